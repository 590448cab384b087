package retention

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Prospect is what stands in the way of destroying the report of a case, and what
// was asked about it.
type Prospect struct {
	intake.Complaint
	Due     []string  // of Whats: their years are over
	Held    []string  // codes of what keeps it
	Hidden  bool      // a part of it is hidden from the officer
	Asked   []Erasure // newest last
	Wanted  *Hold     // kept on somebody's word
	MayAsk  []string  // of Whats: what is left to be destroyed
	MayHold bool
}

// Hold is a word by which a report is kept.
type Hold struct {
	ID    uuid.UUID
	Why   string
	SetBy string
	SetAt time.Time
}

// Look tells what stands in the way of destroying what was reported in a case that
// the officer may see. Errors: staff.ErrForbidden, store.ErrNotFound.
func (d *Desk) Look(ctx context.Context, by staff.Officer, id uuid.UUID) (p Prospect, err error) {
	if !by.May(staff.AskErasure) && !by.May(staff.AgreeErasure) {
		return p, staff.ErrForbidden
	}
	if err := d.Triage.MaySee(ctx, by, id); err != nil {
		return p, err
	}
	db := d.Store.Read(ctx)
	if p.Complaint, err = d.Triage.CaseIn(db, by, id); err != nil {
		return p, err
	}
	whole, err := d.Triage.SeesWhole(db, by, p.ReportID)
	if err != nil {
		return p, err
	}
	p.Hidden = !whole
	if p.Held, err = heldBy(db, id); err != nil {
		return p, err
	}
	for _, what := range Whats() {
		if gone(p.Complaint, what) {
			continue
		}
		p.MayAsk = append(p.MayAsk, what)
		_, due, err := d.isDue(db, p.ReportID, what)
		if err != nil {
			return p, err
		}
		if due {
			p.Due = append(p.Due, what)
		}
	}
	p.MayHold = by.May(staff.AgreeErasure)
	if p.Wanted, err = d.wanted(db, id); err != nil {
		return p, err
	}
	p.Asked, err = d.list(db, by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.report_id = ?", p.ReportID).Order("erasure.asked_at, erasure.id").Limit(50)
	})
	return p, err
}

// gone reports whether there is nothing left of that to be destroyed.
func gone(c intake.Complaint, what string) bool {
	return c.Erased == intake.WordsErased || what == Names && (c.Erased != "" || c.Mode == intake.Anonymous)
}

// Ask asks a second person to destroy what was reported in a case, all its parts
// (staff.AskErasure). why has 4 to 300 characters, and says nothing of the reporter.
// Errors: those of a step, *step.Invalid (what, ground, why), *Held, ErrNotDue,
// step.ErrState (asked already, or destroyed).
func (d *Desk) Ask(ctx context.Context, by staff.Officer, id uuid.UUID, what string, ground Ground, why string) error {
	var f step.Form
	f.Require(slices.Contains(Whats(), what), "what", "choose")
	f.Require(ground == Due || slices.Contains(Grounds(), ground), "ground", "choose")
	least := 4
	if ground == Due {
		least = 0 // the rule says why
	}
	why = f.Text("why", why, least, 300, "retention_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.Triage.Act(ctx, by, staff.AskErasure, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := d.Triage.Hold(tx, c.ID); err != nil {
			return err
		}
		basis, err := d.free(tx, by, c, what, ground)
		if err != nil {
			return err
		}
		old := tx.Model(&row{}).Where("report_id = ? AND state = 'asked' AND asked_at <= ?", c.ReportID, d.since())
		if err := old.Update("state", "over").Error; err != nil {
			return err
		}
		asked := row{ID: uuid.Must(uuid.NewV7()), ComplaintID: c.ID, ReportID: c.ReportID, What: what, Ground: ground, Basis: basis, Why: why,
			AskedBy: by.ID, AskedUnit: by.UnitID, AskedAt: d.Store.Now(), State: "asked"}
		if err := tx.Create(&asked).Error; store.IsDuplicate(err) {
			return step.ErrState
		} else if err != nil {
			return err
		}
		return d.Triage.Note(tx, by, &c, "erasure_asked", map[string]string{"what": what, "ground": string(ground)})
	})
}

// free returns nil when what was reported may be destroyed on that ground, and the
// basis in the law when it is due.
func (d *Desk) free(tx *gorm.DB, by staff.Officer, c intake.Complaint, what string, ground Ground) (basis string, err error) {
	if gone(c, what) {
		return "", step.ErrState
	}
	whole, err := d.Triage.SeesWhole(tx, by, c.ReportID)
	if err != nil {
		return "", err
	}
	if !whole {
		return "", &Held{[]string{"hidden"}}
	}
	held, err := heldBy(tx, c.ID)
	if err != nil {
		return "", err
	}
	if len(held) > 0 {
		return "", &Held{held}
	}
	if ground != Due {
		return "", nil
	}
	basis, due, err := d.isDue(tx, c.ReportID, what)
	if err == nil && !due {
		err = ErrNotDue
	}
	return basis, err
}

// Waiting lists the requests that wait, of cases that the officer may see, oldest
// first, at most 50.
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) ([]Erasure, error) {
	if err := by.Require(staff.ReadErasures); err != nil {
		return nil, err
	}
	return d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.state = 'asked' AND erasure.asked_at > ?", d.since()).Order("erasure.asked_at, erasure.id").Limit(50)
	})
}

// Done lists what was destroyed of late, newest first, at most 50.
func (d *Desk) Done(ctx context.Context, by staff.Officer) ([]Erasure, error) {
	if err := by.Require(staff.ReadErasures); err != nil {
		return nil, err
	}
	return d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.state = 'done'").Order("erasure.ruled_at DESC, erasure.id DESC").Limit(50)
	})
}

// mayKnow narrows requests to those about cases that the officer may see; an auditor,
// who reads no case, to those that are not hidden from them.
func (d *Desk) mayKnow(db *gorm.DB, by staff.Officer) *gorm.DB {
	if by.May(staff.ReadCases) {
		return d.Triage.Visible(db, by)
	}
	return db.Where("NOT ?", d.Triage.Hides(by, clause.Column{Table: "complaint", Name: "id"}))
}

func (d *Desk) list(db *gorm.DB, by staff.Officer, which func(*gorm.DB) *gorm.DB) ([]Erasure, error) {
	var rows []struct {
		R            row              `gorm:"embedded"`
		Of           intake.Complaint `gorm:"embedded;embeddedPrefix:of_"`
		Asker, Ruler string
	}
	err := which(d.mayKnow(db.Table("erasure").Joins("JOIN complaint ON complaint.id = erasure.complaint_id"), by)).
		Joins("JOIN account asker ON asker.id = erasure.asked_by").Joins("LEFT JOIN account ruler ON ruler.id = erasure.ruled_by").
		Select("erasure.*, complaint.seq AS of_seq, complaint.received_at AS of_received_at, complaint.place_name AS of_place_name, asker.name AS asker, COALESCE(ruler.name, '') AS ruler").
		Scan(&rows).Error
	all := make([]Erasure, len(rows))
	for i, r := range rows {
		e := Erasure{ID: r.R.ID, ComplaintID: r.R.ComplaintID, Number: r.Of.Number(), PlaceName: r.Of.PlaceName, What: r.R.What, Ground: r.R.Ground, Basis: r.R.Basis, Why: r.R.Why,
			State: r.R.State, AskedBy: r.Asker, AskedUnit: d.unit(&r.R.AskedUnit), AskedAt: r.R.AskedAt.UTC(), RuledBy: r.Ruler, RuledUnit: d.unit(r.R.RuledUnit), Own: r.R.AskedBy == by.ID}
		if r.R.RuledAt != nil {
			e.RuledAt = r.R.RuledAt.UTC()
		}
		e.ToRule = r.R.State == "asked" && !e.Own && by.May(staff.AgreeErasure) && slices.Contains(d.Atlas.Subtree(by.UnitID), r.R.AskedUnit)
		all[i] = e
	}
	return all, err
}

// Keep keeps what was reported in a case, whatever its years, on the word of somebody
// who wants it: a court, an audit (staff.AgreeErasure). why has 4 to 200 characters.
// Errors: those of a step, *step.Invalid, step.ErrState (kept already).
func (d *Desk) Keep(ctx context.Context, by staff.Officer, id uuid.UUID, why string) error {
	var f step.Form
	why = f.Text("why", why, 4, 200, "retention_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.Triage.Act(ctx, by, staff.AgreeErasure, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := d.Triage.Hold(tx, c.ID); err != nil {
			return err
		}
		if w, err := d.wanted(tx, c.ID); err != nil || w != nil {
			if err == nil {
				err = step.ErrState
			}
			return err
		}
		if err := tx.Create(&holdRow{ID: uuid.Must(uuid.NewV7()), ComplaintID: c.ID, Why: why, SetBy: by.ID, SetAt: d.Store.Now()}).Error; err != nil {
			return err
		}
		return d.Triage.Note(tx, by, &c, "retention_kept", nil)
	})
}

// LetGo ends what Keep began. Errors: those of a step, step.ErrState (not kept).
func (d *Desk) LetGo(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return d.Triage.Act(ctx, by, staff.AgreeErasure, id, func(tx *gorm.DB, c intake.Complaint) error {
		done := tx.Model(&holdRow{}).Where("complaint_id = ? AND lifted_at IS NULL", c.ID).Updates(map[string]any{"lifted_by": by.ID, "lifted_at": d.Store.Now()})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return step.ErrState
		}
		return d.Triage.Note(tx, by, &c, "retention_let_go", nil)
	})
}

// holdRow is a hold as stored.
type holdRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	Why         string
	SetBy       uuid.UUID
	SetAt       time.Time
	LiftedBy    *uuid.UUID
	LiftedAt    *time.Time
}

func (holdRow) TableName() string { return "retention_hold" }

// wanted is the hold on a case; nil when there is none.
func (d *Desk) wanted(db *gorm.DB, complaint uuid.UUID) (*Hold, error) {
	var h struct {
		holdRow
		Name string
	}
	err := store.One(db.Table("retention_hold").Joins("JOIN account ON account.id = retention_hold.set_by").
		Where("retention_hold.complaint_id = ? AND retention_hold.lifted_at IS NULL", complaint).Select("retention_hold.*, account.name"), &h)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Hold{ID: h.ID, Why: h.Why, SetBy: h.Name, SetAt: h.SetAt.UTC()}, nil
}

// OfCase is what was destroyed last of what was reported in a case that CaseIn gave;
// nil when nothing was.
func (d *Desk) OfCase(ctx context.Context, by staff.Officer, c intake.Complaint) (*Erasure, error) {
	if c.Erased == "" {
		return nil, nil
	}
	all, err := d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.report_id = ? AND erasure.state = 'done'", c.ReportID).Order("erasure.ruled_at DESC").Limit(1)
	})
	if err != nil || len(all) == 0 {
		return &Erasure{What: c.Erased}, err // its request is in no backup
	}
	return &all[0], nil
}
