package watch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

const (
	// standingEvery is how often is looked at what does not change by the minute.
	standingEvery = 30 * time.Minute
	// absentAfter is how many working days an office may be without anybody.
	absentAfter = 10
	// mostStanding bounds how many alarms of one kind stand at a time.
	mostStanding = 1000
)

// standing looks after what no clock runs for: a calendar that is missing,
// offices without people, desks that nobody works at. Such an alarm stands until
// its reason is gone, and only then can there be another.
func (t *turn) standing(ctx context.Context, swept *Swept) error {
	now := t.Store.Now()
	if now.Sub(t.stood).Abs() < standingEvery {
		return nil
	}
	for _, look := range []func(ctx context.Context) (Stage, []alarmRow, error){t.missingCalendar, t.absent, t.ownerless} {
		stage, wanted, err := look(ctx)
		if err == nil {
			err = t.stand(ctx, stage, wanted, swept)
		}
		if err != nil {
			return err
		}
	}
	if err := t.tidy(ctx); err != nil {
		return err
	}
	t.stood = now
	return nil
}

// stand raises the alarms of a stage that are wanted and do not stand, and ends
// those that stand and are wanted no more.
func (t *turn) stand(ctx context.Context, stage Stage, wanted []alarmRow, swept *Swept) error {
	var told dealt
	err := t.write(ctx, func(tx *gorm.DB) error {
		told = dealt{}
		stand, err := standing(tx, stage)
		if err != nil {
			return err
		}
		var over []uuid.UUID
		for _, a := range stand {
			if !a.among(wanted) {
				over = append(over, a.ID)
			}
		}
		err = tx.Model(&hearingRow{}).Where("alarm_id IN ? AND over_at IS NULL", over).Updates(map[string]any{"over_at": t.Store.Now()}).Error
		if err != nil {
			return err
		}
		for _, a := range wanted {
			if a.among(stand) {
				continue
			}
			if raised, err := t.raiseOnce(tx, a); err != nil {
				return err
			} else if raised {
				told.told = append(told.told, stage)
			}
		}
		return nil
	})
	if err == nil {
		swept.add(told)
	}
	return err
}

// among reports whether an alarm is one of others: of those that stand whether
// it goes on, of those that are wanted whether it is raised already. That nobody
// comes in counts from the day on which somebody last did; a calendar is missed
// anew each week; a desk without people is one time until somebody sits there.
func (a alarmRow) among(others []alarmRow) bool {
	return slices.ContainsFunc(others, func(o alarmRow) bool {
		return o.SubjectID == a.SubjectID && (a.Stage == Ownerless || o.DueOn == a.DueOn && o.Round == a.Round)
	})
}

// standing reads the alarms of a stage that are not over.
func standing(tx *gorm.DB, stage Stage) ([]alarmRow, error) {
	var all []alarmRow
	err := tx.Where("rule = '' AND stage = ?", stage).
		Where("EXISTS (SELECT 1 FROM alarm_unit WHERE alarm_unit.alarm_id = alarm.id AND alarm_unit.over_at IS NULL)").
		Order("subject_id, at").Limit(mostStanding).Find(&all).Error
	return all, err
}

// raiseOnce raises an alarm unless it was raised before. hearers are of the
// stage.
func (t *turn) raiseOnce(tx *gorm.DB, a alarmRow) (bool, error) {
	var before alarmRow
	err := store.One(tx.Where("subject_id = ? AND rule = '' AND round = ? AND due_on = ? AND stage = ?", a.SubjectID, a.Round, a.DueOn, a.Stage), &before)
	if !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	to := []hearer{}
	if a.OwesID != nil {
		to = append(to, above(t.Atlas.Above(*a.OwesID)))
	} else {
		for _, root := range t.roots() {
			to = append(to, hearer{Unit: root})
		}
	}
	return true, t.raise(tx, a, to)
}

// roots are the offices that nobody commands.
func (w *Watch) roots() (all []uuid.UUID) {
	for _, u := range w.Atlas.Units() {
		if u.ParentID == nil {
			all = append(all, u.ID)
		}
	}
	return all
}

// missingCalendar is wanted once a week while the days off of a year are not
// imported.
func (t *turn) missingCalendar(context.Context) (Stage, []alarmRow, error) {
	year := t.Clocks.MissingYear()
	if year == 0 || len(t.roots()) == 0 {
		return Calendar, nil, nil
	}
	today := workday.On(t.Store.Now())
	monday := today.Add(-(int(today.Time().Weekday()) + 6) % 7)
	return Calendar, []alarmRow{{SubjectKind: ledger.OfCalendar, SubjectID: clock.CalendarID, Round: year, DueOn: monday, Stage: Calendar}}, nil
}

// absent are the offices with people, or with something that is late, in which
// nobody has been for ten working days.
func (t *turn) absent(ctx context.Context) (Stage, []alarmRow, error) {
	seen, err := t.Staff.Attendance(ctx)
	if err != nil {
		return Absent, nil, err
	}
	owing, err := t.owing(ctx)
	if err != nil {
		return Absent, nil, err
	}
	today := workday.On(t.Store.Now())
	var wanted []alarmRow
	for _, u := range t.Atlas.Units() {
		last, staffed := seen[u.ID]
		since := u.ValidFrom // nobody could ever sign in
		if staffed {
			since = workday.On(last)
		}
		over := u.ParentID == nil || u.ValidTo != nil && *u.ValidTo < today
		if over || !staffed && !owing[u.ID] || t.Clocks.Calendar().WorkdaysBetween(since, today) <= absentAfter {
			continue
		}
		wanted = append(wanted, about(u, Absent, since))
	}
	return Absent, wanted, nil
}

// owing are the offices that keepers named as owing what is late now.
func (t *turn) owing(ctx context.Context) (map[uuid.UUID]bool, error) {
	var units []uuid.UUID
	err := t.Store.Read(ctx).Table("alarm_unit").Select("DISTINCT alarm.owes_id").
		Joins("JOIN alarm ON alarm.id = alarm_unit.alarm_id").
		Joins(standingDeadline).
		Where("alarm_unit.over_at IS NULL AND alarm.grade <= ?", Yellow.grade()).Limit(mostStanding).Pluck("owes_id", &units).Error
	owing := map[uuid.UUID]bool{}
	for _, id := range units {
		owing[id] = true
	}
	return owing, err
}

// ownerless are the offices on whose desk cases lie while nobody in them may
// work on cases.
func (t *turn) ownerless(ctx context.Context) (Stage, []alarmRow, error) {
	if t.Waiting == nil {
		return Ownerless, nil, nil
	}
	waiting, err := t.Waiting(ctx)
	if err != nil {
		return Ownerless, nil, err
	}
	today := workday.On(t.Store.Now())
	var wanted []alarmRow
	for _, u := range t.Atlas.Units() {
		if waiting[u.ID] == 0 || u.ParentID == nil {
			continue
		}
		people, err := t.Staff.ColleaguesWith(ctx, []uuid.UUID{u.ID}, staff.WorkCases)
		if err != nil {
			return Ownerless, nil, err
		}
		if len(people) == 0 {
			wanted = append(wanted, about(u, Ownerless, today))
		}
	}
	return Ownerless, wanted, nil
}

// about is an alarm about an office.
func about(u region.Unit, s Stage, since workday.Date) alarmRow {
	return alarmRow{SubjectKind: ledger.OfUnit, SubjectID: u.ID, DueOn: since, Stage: s, OwesID: &u.ID}
}

// standingDeadline joins to alarms the deadline that they are about while it
// runs to that very day.
const standingDeadline = `JOIN deadline ON deadline.subject_id = alarm.subject_id AND deadline.rule = alarm.rule
	AND deadline.round = alarm.round AND deadline.due_on = alarm.due_on AND deadline.met_at IS NULL`

// tidy puts away alarms whose deadline was met or moved: lists leave them out
// without that, but would have to look at them again and again.
func (t *turn) tidy(ctx context.Context) error {
	for done := false; !done; {
		err := t.write(ctx, func(tx *gorm.DB) error {
			var over []uuid.UUID
			err := tx.Table("alarm_unit").Select("DISTINCT alarm_unit.alarm_id").Joins("JOIN alarm ON alarm.id = alarm_unit.alarm_id").
				Joins("LEFT "+standingDeadline).
				Where("alarm_unit.over_at IS NULL AND alarm.rule <> '' AND deadline.subject_id IS NULL").Limit(batch).Pluck("alarm_id", &over).Error
			if err != nil {
				return err
			}
			done = len(over) < batch
			return tx.Model(&hearingRow{}).Where("alarm_id IN ? AND over_at IS NULL", over).Updates(map[string]any{"over_at": t.Store.Now()}).Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
