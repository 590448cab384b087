package rectification

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/docket"
	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/staff"
)

// Wording is what an order says beside its points. The ordered office reads it.
type Wording struct {
	Exchange    string // what came of the exchange of views (Art. 16): 4 to 1000 characters
	Requirement string // for all points: at most 2000
	Contact     string // how and to whom to report: 2 to 300
}

func (w Wording) tidy(f *step.Form) Wording {
	w.Exchange = f.Text("exchange", w.Exchange, 4, 1000, "order_exchange")
	w.Requirement = f.Text("requirement", w.Requirement, 0, 2000, "order_requirement")
	w.Contact = f.Text("contact", w.Contact, 2, 300, "order_contact")
	return w
}

func (w Wording) texts() [][2]string {
	return [][2]string{{"exchange", w.Exchange}, {"requirement", w.Requirement}, {"contact", w.Contact}}
}

// discretion is what texts to the ordered office are held to: those who reported
// behind an item, and those to whom an inspection's team spoke, are not to be
// known from them. Under an inspection the office's own number may stand in the
// contact; under an item any number could be a reporter's.
func (d *Desk) discretion(ctx context.Context, by staff.Officer, o Order) (discretion, error) {
	if by.UnitID != o.UnitID { // who reports upwards writes what they like
		return func(*gorm.DB, ...[2]string) error { return nil }, nil
	}
	if o.ItemID != nil {
		secret, err := d.Docket.SecretsOf(ctx, by, *o.ItemID)
		return func(_ *gorm.DB, texts ...[2]string) error { return secret.Check(texts...) }, err
	}
	return func(tx *gorm.DB, texts ...[2]string) error {
		var f step.Form
		all := map[string]string{}
		for _, t := range texts {
			all[t[0]] = t[1]
			f.Require(t[0] == "contact" || len(privacy.Find(t[1])) == 0, t[0], "inspection_personal")
		}
		if err := f.Err(); err != nil {
			return err
		}
		return d.Inspections.Discreet(tx, *o.InspectionID, all)
	}, nil
}

// probed keeps count of texts that were refused for who reported.
func (d *Desk) probed(ctx context.Context, by staff.Officer, o Order, err error) error {
	if err == nil || o.ItemID == nil {
		return err
	}
	return d.Docket.Probed(ctx, by, err, *o.ItemID)
}

// FromFindings proposes an order to put right findings of an inspection that are
// issued (staff.OrderRectifying, of the office that inspected). Somebody else
// issues it. Errors: *step.Invalid, also for a finding that is ordered already;
// store.ErrNotFound, staff.ErrForbidden.
func (d *Desk) FromFindings(ctx context.Context, by staff.Officer, inspection uuid.UUID, findings []uuid.UUID, w Wording) (uuid.UUID, error) {
	if err := by.Require(staff.OrderRectifying); err != nil {
		return uuid.Nil, err
	}
	whole, err := d.Inspections.Open(ctx, by, inspection)
	if err != nil {
		return uuid.Nil, err
	}
	o := Order{UnitID: whole.UnitID, TargetID: whole.TargetID, InspectionID: &inspection}
	var rows []pointRow
	for _, f := range whole.Findings {
		if slices.Contains(findings, f.ID) && f.IssuedAt != nil {
			rows = append(rows, ofFinding(f))
		}
	}
	if len(rows) == 0 || len(rows) < len(findings) {
		return uuid.Nil, step.Bad("findings", "order_findings")
	}
	return d.propose(ctx, by, o, rows, w, func(tx *gorm.DB) error {
		var taken int64
		err := tx.Model(&pointRow{}).Where("finding_id IN ? AND NOT dropped", findings).Count(&taken).Error
		if err == nil && taken > 0 {
			err = step.Bad("findings", "order_finding_taken")
		}
		return err
	})
}

// FromItem proposes an order to the lead unit of a supervision item that is issued
// and not over (staff.OrderRectifying, of the office that issued it). The texts
// are checked like the item's: *triage.Leak. Errors as of FromFindings;
// step.ErrState.
func (d *Desk) FromItem(ctx context.Context, by staff.Officer, item uuid.UUID, points []Wanted, w Wording) (uuid.UUID, error) {
	if err := by.Require(staff.OrderRectifying); err != nil {
		return uuid.Nil, err
	}
	if err := d.Docket.Owns(ctx, by, item); err != nil {
		return uuid.Nil, err
	}
	brief, err := d.Docket.Brief(ctx, by, item)
	if err != nil {
		return uuid.Nil, err
	}
	var f step.Form
	f.Require(len(points) > 0 && len(points) <= mostPoints, "problem.1", "order_problem")
	var rows []pointRow
	for n, p := range points {
		rows = append(rows, p.tidy(&f, n+1).row())
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	o := Order{UnitID: brief.IssuerID, TargetID: brief.LeadID, ItemID: &item}
	return d.propose(ctx, by, o, rows, w, func(tx *gorm.DB) error {
		now, err := d.Docket.BriefIn(tx, item)
		if err == nil && (now.State == docket.Docketed || now.Over) {
			err = step.ErrState
		}
		return err
	})
}

// propose stores a first round; still looks whether it may be proposed, inside
// the transaction.
func (d *Desk) propose(ctx context.Context, by staff.Officer, o Order, rows []pointRow, w Wording, still func(tx *gorm.DB) error) (uuid.UUID, error) {
	if by.UnitID != o.UnitID {
		return uuid.Nil, staff.ErrForbidden
	}
	var f step.Form
	w = w.tidy(&f)
	own, err := d.Atlas.Unit(o.UnitID)
	f.Require(err == nil && own.DocMark != "", "exchange", "order_no_mark")
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	fit, err := d.discretion(ctx, by, o)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	o.ID, o.RootID, o.Round, o.State = id, id, 1, Proposed
	o.Exchange, o.Requirement, o.Contact = w.Exchange, w.Requirement, w.Contact
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			if err := still(tx); err != nil {
				return err
			}
			if err := fit(tx, texts(o, rows)...); err != nil {
				return err
			}
			return d.insert(tx, by, o, slices.Clone(rows))
		})
	})
	return id, d.probed(ctx, by, o, err)
}

// insert stores an order that is proposed.
func (d *Desk) insert(tx *gorm.DB, by staff.Officer, o Order, rows []pointRow) error {
	o.ProposedBy, o.ProposedAt, o.Version = by.ID, d.Store.Now(), 1
	if err := tx.Create(&o).Error; err != nil {
		return err
	}
	if err := insertPoints(tx, o.ID, rows); err != nil {
		return err
	}
	return d.note(tx, by, o.ID, "order_proposed", map[string]string{"round": itoa(o.Round), "points": itoa(len(rows))})
}

// texts are all texts of an order that the ordered office will read.
func texts(o Order, rows []pointRow) [][2]string {
	all := Wording{o.Exchange, o.Requirement, o.Contact}.texts()
	for n, r := range rows {
		nth := "." + itoa(n+1)
		all = append(all, [2]string{"problem" + nth, r.Problem}, [2]string{"basis" + nth, r.Basis}, [2]string{"required" + nth, r.Requirement})
	}
	return all
}

// Change words a proposal anew; who does that cannot issue it. Errors:
// *step.Invalid, *triage.Leak, those of a step.
func (d *Desk) Change(ctx context.Context, by staff.Officer, id uuid.UUID, version int, w Wording) error {
	var f step.Form
	w = w.tidy(&f)
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToChange, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		if err := fit(tx, w.texts()...); err != nil {
			return err
		}
		err := d.move(tx, o, ToChange, map[string]any{
			"exchange": w.Exchange, "requirement": w.Requirement, "contact": w.Contact, "proposed_by": by.ID, "proposed_at": d.Store.Now(),
		})
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "order_changed", nil)
	})
}

// Withdraw takes back the proposal of a first round, for a reason of 4 to 500
// characters. What failed on site stays to be ordered again: step.ErrState.
// Errors: *step.Invalid, those of a step.
func (d *Desk) Withdraw(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why string) error {
	var f step.Form
	why = f.Text("words", why, 4, 500, "order_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToWithdraw, id, version, func(tx *gorm.DB, o *Order, _ discretion) error {
		if o.Round > 1 {
			return step.ErrState
		}
		if err := d.move(tx, o, ToWithdraw, map[string]any{"closed_at": d.Store.Now()}); err != nil {
			return err
		}
		if err := tx.Model(&pointRow{}).Where("order_id = ?", id).Updates(map[string]any{"dropped": true}).Error; err != nil {
			return err
		}
		if _, err := d.write(tx, by, o, entryRow{Kind: withdrawn, Words: why}, nil, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_withdrawn", nil)
	})
}
