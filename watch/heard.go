package watch

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Hear acknowledges an alarm for the officer's office (staff.HearAlarms): nobody
// of it is reminded any more; other offices still are. The subject's history says
// who knew and when. store.ErrNotFound when the office does not hear it, or the
// officer may not know of what it is about; step.ErrStale when a colleague was
// faster. The alarm of a calendar ends when the calendar is imported.
func (w *Watch) Hear(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	if err := by.Require(staff.HearAlarms); err != nil {
		return err
	}
	var rows []heardRow
	if err := w.hearing(ctx, by).Where("alarm_unit.alarm_id = ? AND alarm.stage <> ?", id, Calendar).Limit(1).Scan(&rows).Error; err != nil {
		return err
	}
	seen, err := w.shown(ctx, by, rows)
	if err != nil {
		return err
	}
	if len(seen) == 0 {
		return store.ErrNotFound
	}
	return step.Again(func() error {
		return w.Store.Transact(ctx, func(tx *gorm.DB) error { return w.hear(tx, by, rows[0].Alarm) })
	})
}

func (w *Watch) hear(tx *gorm.DB, by staff.Officer, a alarmRow) error {
	now := w.Store.Now()
	res := tx.Model(&hearingRow{}).Where("alarm_id = ? AND unit_id = ? AND heard_at IS NULL", a.ID, by.UnitID).
		Updates(map[string]any{"heard_by": by.ID, "heard_at": now})
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return step.ErrStale
	}
	facts := map[string]string{"stage": string(a.Stage)}
	if a.Rule != "" {
		facts["rule"], facts["due_on"] = a.Rule, string(a.DueOn)
	}
	return ledger.Append(tx, a.SubjectKind, a.SubjectID, "alarm_heard", by.Actor(), now, facts)
}

// mostHeard is how many acknowledged alarms are shown.
const mostHeard = 20

// Heard lists what the officer's office acknowledged last, the newest first, at
// most 20.
func (w *Watch) Heard(ctx context.Context, by staff.Officer) ([]Alarm, error) {
	var rows []heardRow
	err := w.hearing(ctx, by).Joins("JOIN account ON account.id = alarm_unit.heard_by").
		Select(heardColumns + ", account.name AS heard_by").Where("alarm_unit.heard_at IS NOT NULL").
		Order("alarm_unit.heard_at DESC, alarm_unit.alarm_id DESC").Limit(mostHeard).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	return w.shown(ctx, by, rows)
}
