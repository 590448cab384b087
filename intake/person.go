package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/region"
)

// Person is somebody by name whom a complaint is about. It is hidden from those of
// that name, and from who declared to be tied to them; where it was said in which
// office they work, it lies on a desk above that office.
type Person struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"`
	ID          uuid.UUID `gorm:"primaryKey"`
	NameMark    []byte    // staff.Names.Mark
	UnitID      *uuid.UUID
	WordsSealed []byte
	NamedBy     *uuid.UUID // nil: the reporter
	At          time.Time
}

// TableName is complaint_person.
func (Person) TableName() string { return "complaint_person" }

func personPlace(id uuid.UUID) string { return "complaint_person:" + id.String() }

// NewPerson is a person for a complaint, with the words by which they were named.
func (d *Desk) NewPerson(complaint uuid.UUID, name string, unit, by *uuid.UUID) Person {
	id := newID()
	return Person{ComplaintID: complaint, ID: id, NameMark: d.names.Mark(name), UnitID: unit,
		WordsSealed: d.personBox.Shut([]byte(name), personPlace(id)), NamedBy: by, At: d.store.Now()}
}

// NameOf opens how a person was named. Whoever calls has checked that the officer
// may read the complaint.
func (d *Desk) NameOf(p Person) (string, error) {
	plain, err := d.personBox.Open(p.WordsSealed, personPlace(p.ID))
	return string(plain), err
}

// PeopleOf reads whom a complaint names, in the order in which they were named, at
// most 50.
func (d *Desk) PeopleOf(db *gorm.DB, complaint uuid.UUID) (all []Person, err error) {
	return all, db.Where("complaint_id = ?", complaint).Order("at, id").Limit(50).Find(&all).Error
}

// DeskFor is the desk of a complaint from a place that is about those offices and
// people: above the offices, and above those where the people work. A desk where
// nobody would be left to see it is passed over, if there is another above.
func (d *Desk) DeskFor(db *gorm.DB, place string, accused region.Accused, people []Person) (desk region.Unit, beyond bool, err error) {
	var marks [][]byte
	accused.Units = slices.Clone(accused.Units)
	for _, p := range people {
		marks = append(marks, p.NameMark)
		if p.UnitID != nil {
			accused.Units = append(accused.Units, *p.UnitID)
		}
	}
	for {
		desk, beyond, err = d.atlas.DeskFor(place, accused)
		if err != nil || beyond {
			return desk, beyond, err
		}
		empty, err := d.names.Unmanned(db, desk.ID, marks)
		if err != nil || !empty {
			return desk, false, err
		}
		accused.Units = append(accused.Units, desk.ID)
	}
}

// named finds in the words of whom a report is about the names of people of the
// staff and of those tied to them. An office counts as said when its name stands
// there too, or when it is over the place and of the level that was ticked.
func (d *Desk) named(db *gorm.DB, f filed) ([]Person, error) {
	known, err := d.names.In(db, f.Who)
	if err != nil {
		return nil, err
	}
	var people []Person
	for _, k := range known {
		var at *uuid.UUID
		for _, id := range k.Units {
			if u, err := d.atlas.Unit(id); err == nil && d.said(f, u) {
				at = &u.ID
			}
		}
		people = append(people, d.NewPerson(uuid.Nil, k.Name, at, f.enteredBy))
	}
	return people, nil
}

func (d *Desk) said(f filed, u region.Unit) bool {
	if strings.Contains(f.Who, u.Name) {
		return true
	}
	over := slices.ContainsFunc(d.atlas.UnitsFor(f.place.Code), func(o region.Unit) bool { return o.ID == u.ID })
	return over && string(u.Level) == f.AccusedLevel
}

// personRows are people as rows of a complaint. At is left as it is.
func personRows(complaint uuid.UUID, people []Person) []any {
	rows := make([]any, len(people))
	for i := range people {
		people[i].ComplaintID = complaint
		rows[i] = &people[i]
	}
	return rows
}
