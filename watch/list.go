package watch

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Alarm is one that an officer's office hears and that is not over.
type Alarm struct {
	ID      uuid.UUID
	Stage   Stage
	Kind    ledger.Subject
	Subject uuid.UUID
	Name    string // what the subject is called; "" when its room does not say to whom
	Owes    uuid.UUID
	At      time.Time
	Heads   bool            // for those who approve: no office stands above
	Since   workday.Date    // last day of the deadline; else since when it is so
	Year    int             // whose calendar is missing
	Clock   *clock.Deadline // nil for what no clock runs for
	Late    int             // working days past the last one
	HeardBy string          // who of the office acknowledged it, and when
	HeardAt *time.Time
}

// AlarmPlace is where a list of alarms goes on; the zero value is its beginning.
type AlarmPlace struct {
	Grade int
	ID    uuid.UUID
}

// pageSize is how many alarms one page shows at most.
const pageSize = 30

// heardRow is an alarm with its deadline as a list reads it.
type heardRow struct {
	Alarm    alarmRow       `gorm:"embedded;embeddedPrefix:a_"`
	Deadline clock.Deadline `gorm:"embedded;embeddedPrefix:d_"`
	Heads    bool
	HeardBy  string
	HeardAt  *time.Time
}

// Alarms lists what the officer's office hears and nobody there has acknowledged,
// the gravest first, 30 at a time; next is where to go on, zero at the end. An
// alarm is over when its deadline is met or moved. What the officer may not see
// is left out. Alarms of clocks and offices are for staff.HearAlarms, of the
// calendar for staff.KeepClocks; without either there are none.
func (w *Watch) Alarms(ctx context.Context, by staff.Officer, after AlarmPlace) (all []Alarm, next AlarmPlace, err error) {
	var rows []heardRow
	if err := w.heard(ctx, by, after, pageSize+1).Scan(&rows).Error; err != nil {
		return nil, AlarmPlace{}, err
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		last := rows[pageSize-1].Alarm
		next = AlarmPlace{last.Grade, last.ID}
	}
	all, err = w.shown(ctx, by, rows)
	return all, next, err
}

// mostCounted is how far alarms are counted.
const mostCounted = 100

// Count counts the alarms that the officer would see, up to 100, and those of
// them about something that is late. It stands on every page.
func (w *Watch) Count(ctx context.Context, by staff.Officer) (open, late int, err error) {
	var rows []heardRow
	if err := w.heard(ctx, by, AlarmPlace{}, mostCounted).Scan(&rows).Error; err != nil {
		return 0, 0, err
	}
	all, err := w.shown(ctx, by, rows)
	for _, a := range all {
		if a.Stage.Late() {
			late++
		}
	}
	return len(all), late, err
}

// heard asks for what an office hears, by the index alarm_unit_open.
func (w *Watch) heard(ctx context.Context, by staff.Officer, after AlarmPlace, n int) *gorm.DB {
	query := w.hearing(ctx, by).
		Where("alarm_unit.heard_at IS NULL AND alarm_unit.over_at IS NULL AND (alarm.rule = '' OR deadline.subject_id IS NOT NULL)")
	if after.Grade > 0 {
		query = query.Where("(alarm_unit.grade, alarm_unit.alarm_id) > (?, ?)", after.Grade, after.ID)
	}
	return query.Order("alarm_unit.grade, alarm_unit.alarm_id").Limit(n)
}

// heardColumns are those of a heardRow, but for HeardBy.
var heardColumns = columns("a", "alarm", "id", "subject_kind", "subject_id", "rule", "round", "due_on", "stage", "grade", "owes_id", "at") + ", " +
	columns("d", "deadline", "subject_id", "subject_kind", "subject_of", "rule", "round", "n", "day_kind", "basis", "started_on",
		"due_on", "calendar", "provisional", "extends", "agreed", "told_on") + ", alarm_unit.heads, alarm_unit.heard_at"

// hearing starts a query over what an officer hears, each with its deadline if
// that runs to the day that the alarm is about.
func (w *Watch) hearing(ctx context.Context, by staff.Officer) *gorm.DB {
	return forOfficer(w.Store.Read(ctx).Table("alarm_unit"), by).Select(heardColumns).
		Joins("JOIN alarm ON alarm.id = alarm_unit.alarm_id").Joins("LEFT " + standingDeadline)
}

// forOfficer narrows a query over alarm_unit to what an officer hears for the
// own office.
func forOfficer(query *gorm.DB, by staff.Officer) *gorm.DB {
	query = query.Where("alarm_unit.unit_id = ?", by.UnitID)
	if !by.May(staff.HearAlarms) && !by.May(staff.KeepClocks) {
		return query.Where("1 = 0")
	}
	if !by.May(staff.HearAlarms) {
		return query.Where("alarm_unit.grade = ?", Calendar.grade())
	}
	if !by.May(staff.KeepClocks) {
		query = query.Where("alarm_unit.grade <> ?", Calendar.grade())
	}
	return query.Where("(NOT alarm_unit.heads OR ?)", by.May(staff.ApproveCases))
}

// columns names columns of a table with a prefix.
func columns(prefix, table string, names ...string) string {
	list := ""
	for i, name := range names {
		if i > 0 {
			list += ", "
		}
		list += table + "." + name + " AS " + prefix + "_" + name
	}
	return list
}

// shown are those alarms that the officer may know of, with what their subjects
// are called.
func (w *Watch) shown(ctx context.Context, by staff.Officer, rows []heardRow) ([]Alarm, error) {
	subjects := map[ledger.Subject][]uuid.UUID{}
	for _, r := range rows {
		subjects[r.Alarm.SubjectKind] = append(subjects[r.Alarm.SubjectKind], r.Alarm.SubjectID)
	}
	names := map[ledger.Subject]map[uuid.UUID]string{}
	for kind, ids := range subjects {
		room, tells := w.Keepers[kind].(clock.Discloser)
		if !tells {
			continue
		}
		var err error
		if names[kind], err = room.Disclose(ctx, by, ids); err != nil {
			return nil, err
		}
	}
	today := workday.On(w.Store.Now())
	var all []Alarm
	for _, r := range rows {
		known, tells := names[r.Alarm.SubjectKind]
		name, visible := known[r.Alarm.SubjectID]
		if tells && !visible {
			continue // for the officer it does not exist
		}
		a := r.alarm()
		a.Name = name
		if a.Clock != nil {
			a.Late = w.Clocks.Calendar().WorkdaysBetween(a.Clock.DueOn, today)
		}
		all = append(all, a)
	}
	return all, nil
}

func (r heardRow) alarm() Alarm {
	a := Alarm{ID: r.Alarm.ID, Stage: r.Alarm.Stage, Kind: r.Alarm.SubjectKind, Subject: r.Alarm.SubjectID, At: r.Alarm.At.UTC(), Heads: r.Heads,
		Since: r.Alarm.DueOn, Year: r.Alarm.Round,
		HeardBy: r.HeardBy, HeardAt: r.HeardAt}
	if r.Alarm.OwesID != nil {
		a.Owes = *r.Alarm.OwesID
	}
	if r.Alarm.Rule != "" {
		d := r.Deadline
		a.Clock = &d
	}
	return a
}
