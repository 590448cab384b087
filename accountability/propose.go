package accountability

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

const mostGrounds = 20

// Proposal is what a measure is proposed with.
type Proposal struct {
	Code   Code
	Target uuid.UUID // under the command of the proposing office
	Person Person    // its zero: the office itself
	Words
	Clauses  []string // of Art. 19; at least one
	Body     Body     // whom it is addressed to, of those that the code allows; ignored where there is one
	BodyName string   // as it stands on the paper, 2 to 60 characters: "中共盘山县委"; ignored for what the office decides
	Grounds  []string // numbers of cases, items, inspections or orders; at least one
	After    *uuid.UUID
	Offer    Offer // of After, that is taken up
}

// OfPerson reports whether a person is proposed to be held to account.
func (p Proposal) OfPerson() bool { return p.Person.Role != "" || p.Person.Name != "" }

// tidy trims a proposal and says what is wrong with it.
func (d *Desk) tidy(by staff.Officer, p Proposal) (Proposal, error) {
	var f step.Form
	s, known := sanctionOf(p.Code)
	f.Require(known, "code", "accountability_code")
	f.Require(slices.Contains(d.Targets(by.UnitID), p.Target), "target", "accountability_target")
	if p.OfPerson() {
		p.Person.Name = f.Text("name", p.Person.Name, 2, 30, "accountability_name")
		p.Person.Post = f.Text("post", p.Person.Post, 2, 60, "accountability_post")
		f.Require(slices.Contains(Roles(), p.Person.Role), "role", "accountability_role")
		f.Require(p.Person.Level == "" || slices.Contains(Levels(), p.Person.Level), "level", "accountability_level")
	} else {
		p.Person = Person{}
	}
	if known {
		f.Require(p.Code.names(p.OfPerson()), "code", "accountability_code_target")
		d.address(&f, by, s, &p)
	}
	p.Clauses = slices.Compact(slices.Sorted(slices.Values(p.Clauses)))
	f.Require(len(p.Clauses) > 0 && !slices.ContainsFunc(p.Clauses, func(c string) bool { return !slices.Contains(Clauses(), c) }), "clauses", "accountability_clauses")
	p.Facts = f.Text("facts", p.Facts, 10, 3000, "accountability_facts")
	p.Requirement = f.Text("requirement", p.Requirement, 0, 1000, "accountability_requirement")
	p.Reference = f.Text("reference", p.Reference, 0, 300, "accountability_reference")
	if p.Person.Name != "" { // who is addressed stands in lists
		f.Require(!strings.Contains(p.BodyName, p.Person.Name), "body_name", "accountability_body_name")
	}
	f.Require((p.After == nil) == (p.Offer == ""), "target", "accountability_target")
	return p, f.Err()
}

// address settles whom a proposal is addressed to.
func (d *Desk) address(f *step.Form, by staff.Officer, s sanction, p *Proposal) {
	if len(s.Bodies) == 1 {
		p.Body = s.Bodies[0]
	}
	f.Require(slices.Contains(s.Bodies, p.Body), "body", "accountability_body")
	if p.Body == OwnOffice {
		p.BodyName = ""
		return
	}
	p.BodyName = f.Text("body_name", p.BodyName, 2, 60, "accountability_body_name")
	if s.Code == ToCounty { // Art. 20(4): the city to the committees of counties and the zone
		own, err := d.Atlas.Unit(by.UnitID)
		f.Require(err == nil && own.Level == region.City, "code", "accountability_city")
	}
}

// grounds finds what a measure stands on by the numbers that the officer typed.
func (d *Desk) grounds(ctx context.Context, by staff.Officer, numbers []string) (all []Ground, err error) {
	if len(numbers) == 0 || len(numbers) > mostGrounds {
		return nil, step.Bad("grounds", "accountability_grounds")
	}
	for _, number := range numbers {
		g := Ground{Number: strings.TrimSpace(number)}
		for _, kind := range []ledger.Subject{ledger.OfItem, ledger.OfInspection, ledger.OfOrder, ledger.OfComplaint} {
			find := d.Finders[kind]
			if find == nil {
				continue
			}
			if g.RefID, err = find(ctx, by, g.Number); err == nil {
				g.Kind = kind
				break
			}
			if !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
		}
		if g.Kind == "" {
			return nil, step.Bad("grounds", "accountability_grounds")
		}
		if err := d.found(ctx, g); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(o Ground) bool { return o.RefID == g.RefID }) {
			all = append(all, g)
		}
	}
	return all, nil
}

// found is *step.Invalid for an inspection that has no issued findings: nobody is
// held to account before views were exchanged (Art. 16).
func (d *Desk) found(ctx context.Context, g Ground) error {
	if g.Kind != ledger.OfInspection {
		return nil
	}
	findings, err := d.Inspections.Findings(d.Store.Read(ctx), g.RefID)
	if err == nil && len(findings) == 0 {
		err = step.Bad("grounds", "accountability_findings")
	}
	return err
}

// secrets gathers what must not leave about reporters behind the grounds.
func (d *Desk) secrets(ctx context.Context, by staff.Officer, grounds []Ground) (all triage.Secrets, err error) {
	if grounds, err = d.items(ctx, grounds); err != nil {
		return all, err
	}
	for _, g := range grounds {
		var more triage.Secrets
		switch g.Kind {
		case ledger.OfComplaint:
			more, err = d.Triage.SecretsOf(ctx, by, g.RefID)
		case ledger.OfItem:
			more, err = d.Docket.SecretsOf(ctx, by, g.RefID)
		}
		if err != nil {
			return all, err
		}
		all = all.And(more)
	}
	return all, nil
}

// items are the grounds with orders replaced by the items that they come of.
func (d *Desk) items(ctx context.Context, grounds []Ground) ([]Ground, error) {
	out := slices.Clone(grounds)
	for n, g := range out {
		if g.Kind != ledger.OfOrder {
			continue
		}
		item, err := d.Orders.ItemBehind(d.Store.Read(ctx), g.RefID)
		if err != nil {
			return nil, err
		}
		if item != nil {
			out[n] = Ground{Kind: ledger.OfItem, RefID: *item}
		}
	}
	return out, nil
}

// discreet is *triage.Leak when texts that are to leave could give a reporter
// behind the grounds away; what was tried is recorded with them.
func (d *Desk) discreet(ctx context.Context, by staff.Officer, grounds []Ground, texts ...[2]string) error {
	grounds, err := d.items(ctx, grounds)
	if err != nil {
		return err
	}
	secret, err := d.secrets(ctx, by, grounds)
	if err != nil {
		return err
	}
	err = secret.Check(texts...)
	for _, g := range grounds {
		switch g.Kind {
		case ledger.OfComplaint:
			err = d.Triage.Probed(ctx, by, err, g.RefID)
		case ledger.OfItem:
			err = d.Docket.Probed(ctx, by, err, g.RefID)
		}
	}
	return err
}

// Propose proposes a measure (staff.ProposeMeasures), or takes up what another
// offers (After, Offer). Nobody is told. Errors: *step.Invalid, *triage.Leak when
// its words could give a reporter away, step.ErrState when the offer is no longer
// open, staff.ErrForbidden.
func (d *Desk) Propose(ctx context.Context, by staff.Officer, p Proposal) (uuid.UUID, error) {
	if err := by.Require(staff.ProposeMeasures); err != nil {
		return uuid.Nil, err
	}
	p, err := d.tidy(by, p)
	var f step.Form
	if err := f.Check(err); err != nil {
		return uuid.Nil, err
	}
	grounds, err := d.grounds(ctx, by, p.Grounds)
	if err := f.Check(err); err != nil {
		return uuid.Nil, err
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	err = d.discreet(ctx, by, grounds, [2]string{"facts", p.Facts}, [2]string{"requirement", p.Requirement}, [2]string{"reference", p.Reference},
		[2]string{"body_name", p.BodyName}, [2]string{"post", p.Person.Post})
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	return id, step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.propose(tx, by, id, p, grounds) })
	})
}

func (d *Desk) propose(tx *gorm.DB, by staff.Officer, id uuid.UUID, p Proposal, grounds []Ground) error {
	m := Measure{
		ID: id, UnitID: by.UnitID, Code: p.Code, Nature: p.Code.Nature(), TargetID: p.Target, Role: p.Person.Role, Level: p.Person.Level, Clauses: p.Clauses,
		Body: p.Body, BodyName: p.BodyName, AfterID: p.After, Offer: p.Offer, State: Proposed, ProposedBy: by.ID, ProposedAt: d.Store.Now(), Version: 1,
	}
	var err error
	if m.WordsSealed, err = d.shut("words", id, p.Words); err != nil {
		return err
	}
	if m.OfPerson() {
		if m.PersonSealed, err = d.shut("person", id, p.Person); err != nil {
			return err
		}
	}
	if p.After != nil {
		if err := d.takeUp(tx, by, m); err != nil {
			return err
		}
	}
	if err := tx.Create(&m).Error; err != nil {
		return err
	}
	for i := range grounds {
		grounds[i].MeasureID = id
	}
	if err := tx.Create(&grounds).Error; err != nil {
		return err
	}
	return d.note(tx, by, id, "measure_proposed", map[string]string{"measure": string(p.Code), "clauses": strings.Join(p.Clauses, ",")})
}

// takeUp is nil when a new measure is what another still offers: it is held so
// that nobody takes up or declines the same offer at the same time.
func (d *Desk) takeUp(tx *gorm.DB, by staff.Officer, m Measure) error {
	after, err := d.one(tx.Clauses(clause.Locking{Strength: "UPDATE"}), by, *m.AfterID)
	if err != nil {
		return err
	}
	open, err := d.offers(tx, after)
	switch {
	case err != nil:
		return err
	case after.UnitID != by.UnitID || !slices.Contains(open, m.Offer):
		return step.ErrState
	case after.TargetID != m.TargetID || !m.Offer.takes(m.Role):
		return step.Bad("target", "accountability_linked")
	}
	return d.note(tx, by, after.ID, "measure_linked", map[string]string{"offer": string(m.Offer)})
}

// offers lists what a measure still offers: not taken up, not declined, and not
// what it was itself linked to. A recommendation to a committee leaves to it whom
// else it holds to account.
func (d *Desk) offers(db *gorm.DB, m Measure) ([]Offer, error) {
	if !m.State.stands() || m.Code == ToCounty {
		return nil, nil
	}
	var gone, declined []Offer
	if err := db.Table("measure").Where("after_id = ? AND state <> ?", m.ID, Returned).Pluck("offer", &gone).Error; err != nil {
		return nil, err
	}
	if err := db.Table("measure_declined").Where("measure_id = ?", m.ID).Pluck("offer", &declined).Error; err != nil {
		return nil, err
	}
	gone = append(gone, declined...)
	if m.AfterID != nil {
		var from []Role
		if err := db.Table("measure").Where("id = ?", *m.AfterID).Pluck("role", &from).Error; err != nil {
			return nil, err
		}
		for _, o := range linked(m.Role) {
			if len(from) == 1 && o.takes(from[0]) {
				gone = append(gone, o)
			}
		}
	}
	return slices.DeleteFunc(linked(m.Role), func(o Offer) bool { return slices.Contains(gone, o) }), nil
}

// Decline records that an offer of Art. 20(3) is not taken up (staff.ProposeMeasures),
// and nothing more. Errors: store.ErrNotFound, staff.ErrForbidden, step.ErrState.
func (d *Desk) Decline(ctx context.Context, by staff.Officer, id uuid.UUID, o Offer) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			m, err := d.one(tx.Clauses(clause.Locking{Strength: "UPDATE"}), by, id)
			if err != nil {
				return err
			}
			if m.UnitID != by.UnitID {
				return staff.ErrForbidden
			}
			open, err := d.offers(tx, m)
			if err != nil {
				return err
			}
			if !slices.Contains(open, o) {
				return step.ErrState
			}
			if err := tx.Create(&declinedRow{id, o, by.ID, d.Store.Now()}).Error; err != nil {
				return err
			}
			return d.note(tx, by, id, "measure_declined", map[string]string{"offer": string(o)})
		})
	})
}
