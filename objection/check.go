package objection

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// householdVisit is the method without which nothing is ruled about a household.
const householdVisit = "household_visit"

// Methods lists how the facts of an objection are checked (catalog key
// objection.method.<code>).
func Methods() []string {
	return []string{householdVisit, "neighbours", "records", "site_visit"}
}

// Check is one visit with its two signatures.
type Check struct {
	ID        uuid.UUID
	VisitedOn workday.Date
	Place     string
	Method    string
	Found     string
	Kept      intake.Kept // why Found is not shown
	First     string
	FirstAt   time.Time
	Second    string // "" not yet signed
	SecondAt  *time.Time
	Files     []evidence.File
	MaySign   bool // by who asks
}

// Visit is what the first verifier writes down; Declared: not of that village,
// no relation of the household.
type Visit struct {
	VisitedOn workday.Date // not after today
	Place     string       // 2 to 200 characters
	Method    string       // one of Methods
	Found     string       // 4 to 5000 characters; stored sealed
	Declared  bool
	Form      []byte // key of staged files; nil none
}

func (v Visit) tidy(today workday.Date) (Visit, error) {
	f := form{}
	v.Place, v.Found = strings.TrimSpace(v.Place), strings.TrimSpace(v.Found)
	day, err := workday.Parse(string(v.VisitedOn))
	f.require(err == nil && day <= today, "visited_on", "case_day")
	f.within("place", v.Place, 2, 200, "case_place")
	f.require(slices.Contains(Methods(), v.Method), "method", "case_method")
	f.within("found", v.Found, 4, 5000, "case_found")
	f.require(v.Declared, "declared", "objection_declared")
	return v, f.err()
}

// Record stores a visit with the signature of who was there; what they found is sealed
// like the words of the objection. Errors: *intake.Invalid, step.ErrState, step.ErrStale.
func (d *Desk) Record(ctx context.Context, by staff.Officer, id uuid.UUID, version int, v Visit) error {
	v, err := v.tidy(d.today())
	if err != nil {
		return err
	}
	check, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.step(ctx, by, staff.WorkObjections, id, version, func(tx *gorm.DB, o *Objection) error {
		if err := d.undecided(tx, o); err != nil {
			return err
		}
		if err := move(tx, o, nil); err != nil {
			return err
		}
		found, err := d.Intake.WriteSheet(tx, o.ReportID, check, foundPlace(check), []byte(v.Found))
		if err != nil {
			return err
		}
		err = tx.Create(&checkRow{
			ID: check, ObjectionID: o.ID, VisitedOn: v.VisitedOn, Place: v.Place, Method: v.Method,
			FoundSealed: found, FirstID: by.ID, FirstAt: d.Store.Now(),
		}).Error
		if err != nil {
			return err
		}
		files, err := d.Shelf.Bind(tx, v.Form, "objection_check", check)
		if err != nil {
			return err
		}
		return d.note(tx, by.Actor(), *o, eventVisited, files.Tell(map[string]string{"method": v.Method}))
	})
}

// undecided is step.ErrState unless the facts are being checked and no ruling waits.
func (d *Desk) undecided(tx *gorm.DB, o *Objection) error {
	if o.State != Verifying {
		return step.ErrState
	}
	var open int64
	err := tx.Model(&rulingRow{}).Where("objection_id = ? AND state = 'open'", o.ID).Count(&open).Error
	if err == nil && open > 0 {
		return step.ErrState
	}
	return err
}

// Sign is the second verifier's own hand in their own session: step.ErrSamePerson
// for the first, and the errors of intake.ReadSheet for who cannot read what they would
// sign. declared as in Visit. The time to answer begins.
func (d *Desk) Sign(ctx context.Context, by staff.Officer, id, check uuid.UUID, version int, declared bool) error {
	f := form{}
	f.require(declared, "declared", "objection_declared")
	if err := f.err(); err != nil {
		return err
	}
	return d.step(ctx, by, staff.WorkObjections, id, version, func(tx *gorm.DB, o *Objection) error {
		if err := d.undecided(tx, o); err != nil {
			return err
		}
		var c checkRow
		if err := store.One(tx.Where("id = ? AND objection_id = ?", check, o.ID), &c); err != nil {
			return err
		}
		switch {
		case c.FirstID == by.ID:
			return step.ErrSamePerson
		case c.signed():
			return step.ErrState
		}
		if _, err := d.Intake.ReadSheet(tx, by, c.sheet(d)); err != nil {
			return err
		}
		set, err := d.verified(tx, o)
		if err != nil {
			return err
		}
		if err := move(tx, o, set); err != nil {
			return err
		}
		err = tx.Model(&checkRow{}).Where("id = ? AND second_id IS NULL", c.ID).
			Updates(map[string]any{"second_id": by.ID, "second_at": d.Store.Now()}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by.Actor(), *o, "visit_signed", map[string]string{"method": c.Method})
	})
}

// verified lets the time to answer run from the first signed visit on.
func (d *Desk) verified(tx *gorm.DB, o *Objection) (map[string]any, error) {
	if o.DueRule != ruleVerify {
		return nil, nil
	}
	due, err := d.nextClock(tx, o.ID, ruleVerify, ruleAnswer)
	return map[string]any{"due_on": due.DueOn, "due_rule": due.Rule}, err
}

// checked is ErrTwo unless two people have signed what a ruling needs, and
// ErrOwnList when one of them works for whoever published the list.
func (d *Desk) checked(tx *gorm.DB, o *Objection, outcome State) error {
	var all []checkRow
	if err := tx.Where("objection_id = ?", o.ID).Limit(200).Find(&all).Error; err != nil {
		return err
	}
	enough := func(c checkRow) bool {
		return c.signed() && (c.Method == householdVisit || !o.Kind.needsHousehold() || outcome == Referred)
	}
	if !slices.ContainsFunc(all, enough) {
		return ErrTwo
	}
	for _, c := range slices.DeleteFunc(all, func(c checkRow) bool { return !enough(c) }) {
		var units []uuid.UUID
		err := tx.Table("account").Where("id IN ?", []uuid.UUID{c.FirstID, *c.SecondID}).Pluck("unit_id", &units).Error
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(units, func(unit uuid.UUID) bool { return slices.Contains(d.Atlas.Above(unit), o.PublisherID) }) {
			return nil
		}
	}
	return ErrOwnList
}
