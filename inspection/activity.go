package inspection

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// activityRow is an activity (Art. 15) as stored.
type activityRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	Method       Method
	OnDay        workday.Date
	FromTime     string
	ToTime       string
	Place        string
	PeopleSealed []byte
	FoundSealed  []byte
	ByID         uuid.UUID
	At           time.Time
	CopyID       *uuid.UUID
}

func (activityRow) TableName() string { return "inspection_activity" }

// Done is what was done on a visit, as its team writes it down.
type Done struct {
	Method   Method
	On       workday.Date // not after today
	From, To string       // "09:30"; "" not told
	Place    string       // 2 to 100 characters
	People   []string     // who took part: at most 30 of 2 to 60 characters; stored sealed
	Found    string       // 4 to 5000 characters; stored sealed
	Form     []byte       // key of staged files; nil none
}

// Activity is a recorded one. The inspected office never reads it.
type Activity struct {
	ID       uuid.UUID
	Method   Method
	On       workday.Date
	From, To string
	Place    string
	People   []string
	Found    string
	By       string
	At       time.Time
	CopyID   *uuid.UUID // written in the field
	Files    []evidence.File
}

const (
	mostActivities = 200
	mostPeople     = 30
)

var timeOfDay = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func (a Done) tidy(today workday.Date) (Done, error) {
	var f step.Form
	f.Require(member(Methods(), a.Method), "method", "inspection_method")
	_, err := workday.Parse(string(a.On))
	f.Require(err == nil && a.On <= today, "on", "inspection_on")
	f.Require(a.From == "" || timeOfDay.MatchString(a.From), "from_time", "inspection_time")
	f.Require(a.To == "" || timeOfDay.MatchString(a.To) && a.To >= a.From, "to_time", "inspection_time")
	a.Place = f.Text("place", a.Place, 2, 100, "inspection_place")
	a.Found = f.Text("found", a.Found, 4, 5000, "inspection_found")
	f.Require(len(a.People) <= mostPeople, "people", "inspection_people")
	a.People = slices.Clone(a.People)
	for i, name := range a.People {
		a.People[i] = f.Text("people", name, 2, 60, "inspection_people")
	}
	return a, f.Err()
}

// Record writes down an activity, for good (staff.WorkInspections, of the team);
// it begins the inspection. Errors: *step.Invalid, those of a step.
func (d *Desk) Record(ctx context.Context, by staff.Officer, id uuid.UUID, a Done) error {
	a, err := a.tidy(d.today())
	if err != nil {
		return err
	}
	activity, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToRecord, id, 0, func(tx *gorm.DB, i *Inspection) error {
		return d.record(tx, by, i, activity, nil, a)
	})
}

// record writes an activity that came in with a copy or was typed at a desk.
func (d *Desk) record(tx *gorm.DB, by staff.Officer, i *Inspection, id uuid.UUID, copyID *uuid.UUID, a Done) error {
	if err := d.move(tx, by, i, ToRecord, nil); err != nil {
		return err
	}
	var there int64
	if err := tx.Model(&activityRow{}).Where("inspection_id = ?", i.ID).Count(&there).Error; err != nil {
		return err
	}
	if there >= mostActivities {
		return step.Bad("found", "inspection_many_activities")
	}
	err := tx.Create(&activityRow{
		ID: id, InspectionID: i.ID, Method: a.Method, OnDay: a.On, FromTime: a.From, ToTime: a.To, Place: a.Place,
		PeopleSealed: d.shut("people", id, strings.Join(a.People, "\n")), FoundSealed: d.shut("found", id, a.Found),
		ByID: by.ID, At: d.Store.Now(), CopyID: copyID,
	}).Error
	if err != nil {
		return err
	}
	files, err := d.Shelf.Bind(tx, a.Form, "activity", id)
	if err != nil {
		return err
	}
	return d.note(tx, by, i.ID, "activity_recorded", files.Tell(map[string]string{"method": string(a.Method), "on": string(a.On)}))
}

// activities reads the activities of an inspection by day.
func (d *Desk) activities(ctx context.Context, db *gorm.DB, inspection uuid.UUID) ([]Activity, error) {
	var rows []activityRow
	err := db.Where("inspection_id = ?", inspection).Order("on_day, from_time, id").Limit(mostActivities).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.ByID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	files, err := d.filesOf(ctx, "activity", ids)
	if err != nil {
		return nil, err
	}
	all := make([]Activity, len(rows))
	for n, r := range rows {
		all[n] = Activity{ID: r.ID, Method: r.Method, On: r.OnDay, From: r.FromTime, To: r.ToTime, Place: r.Place, By: names[r.ByID], At: r.At.UTC(), CopyID: r.CopyID, Files: files[r.ID]}
		if all[n].People, err = d.peopleOf(r); err != nil {
			return nil, err
		}
		if all[n].Found, err = d.open("found", r.ID, r.FoundSealed); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *Desk) peopleOf(r activityRow) ([]string, error) {
	text, err := d.open("people", r.ID, r.PeopleSealed)
	if text == "" {
		return nil, err
	}
	return strings.Split(text, "\n"), err
}

// witnesses lists who took part in activities among people: names that must not
// stand in what the inspected office reads.
func (d *Desk) witnesses(tx *gorm.DB, inspection uuid.UUID) ([]string, error) {
	var rows []activityRow
	if err := tx.Where("inspection_id = ?", inspection).Limit(mostActivities).Find(&rows).Error; err != nil {
		return nil, err
	}
	var names []string
	for _, r := range rows {
		if !r.Method.amongPeople() {
			continue
		}
		people, err := d.peopleOf(r)
		if err != nil {
			return nil, err
		}
		names = append(names, people...)
	}
	return names, nil
}
