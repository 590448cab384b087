package triage

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

const mostPeople = 20

// NamePerson records, sealed, that a complaint is about somebody by name (2 to 20
// characters) and, if that is known, of an office (uuid.Nil when not). From then on
// it does not exist for whoever of the staff bears that name, or is tied to that
// person; it moves to a desk above the office. Names are only ever added: whoever
// could take one away could show the case to its bearer. The officer may lose
// sight of it, which is not an error. The event says how many are named, and of
// which office. Errors: *step.Invalid; so when nobody would be left to see it.
func (q *Queue) NamePerson(ctx context.Context, by staff.Officer, id uuid.UUID, version int, name string, unit uuid.UUID) error {
	name = strings.TrimSpace(name)
	if err := within("person", name, 2, 20, "case_person"); err != nil {
		return err
	}
	var at *uuid.UUID
	if unit != uuid.Nil {
		if _, err := q.atlas.Unit(unit); err != nil {
			return orInvalid(err, "person_unit", "case_units")
		}
		at = &unit
	}
	return q.step(ctx, by, staff.WorkCases, NamePerson, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		people, err := q.intake.PeopleOf(tx, c.ID)
		if err != nil {
			return err
		}
		if len(people) >= mostPeople {
			return bad("person", "case_people")
		}
		person := q.intake.NewPerson(c.ID, name, at, &by.ID)
		if lone, err := q.leavesNobody(tx, c, append(people, person)); err != nil {
			return err
		} else if lone {
			return bad("person", "case_person_last")
		}
		if err := move(tx, c, nil); err != nil {
			return err
		}
		if err := tx.Create(&person).Error; err != nil {
			return err
		}
		body := map[string]string{}
		if at != nil {
			body["unit"] = q.unitName(unit)
		}
		if err := q.note(tx, by, c, "person_named", body); err != nil {
			return err
		}
		if err := q.reroute(tx, by, c); err != nil {
			return err
		}
		return q.takeFromOwner(tx, by, c)
	})
}

// takeFromOwner frees a complaint that its owner may no longer see.
func (q *Queue) takeFromOwner(tx *gorm.DB, by staff.Officer, c *intake.Complaint) error {
	if c.OwnerID == nil {
		return nil
	}
	owner, err := officer(tx, *c.OwnerID)
	if err == nil {
		_, err = q.CaseIn(tx, owner, c.ID)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := move(tx, c, map[string]any{"owner_id": nil}); err != nil {
		return err
	}
	return q.note(tx, by, c, "released", nil)
}

// leavesNobody reports whether a complaint that names those people would lie on
// the highest desk with nobody there who may see it: it has to be referred first.
func (q *Queue) leavesNobody(tx *gorm.DB, c *intake.Complaint, people []intake.Person) (bool, error) {
	units, err := subjectIDs(tx, c.ID)
	if err != nil {
		return false, err
	}
	desk, _, err := q.intake.DeskFor(tx, c.PlaceCode, region.Accused{Level: intake.RoutedAs(c.Kind, c.AccusedLevel), Units: units}, people)
	if err != nil {
		return false, err
	}
	var marks [][]byte
	for _, p := range people {
		marks = append(marks, p.NameMark)
	}
	return q.names.Unmanned(tx, desk.ID, marks)
}

// readPeople reads whom a case is about by name.
func (q *Queue) readPeople(db *gorm.DB, c *Case) error {
	people, err := q.intake.PeopleOf(db, c.ID)
	for _, p := range people {
		name, failed := q.intake.NameOf(p)
		if failed != nil {
			return failed
		}
		n := Named{Name: name, ByReporter: p.NamedBy == nil}
		if p.UnitID != nil {
			n.UnitName = q.unitName(*p.UnitID)
		}
		c.People = append(c.People, n)
	}
	return err
}
