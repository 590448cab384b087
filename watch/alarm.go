package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// alarmRow is an alarm as stored.
type alarmRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	SubjectKind ledger.Subject
	SubjectID   uuid.UUID
	Rule        string
	Round       int
	DueOn       workday.Date
	Stage       Stage
	Grade       int
	OwesID      *uuid.UUID
	At          time.Time
}

func (alarmRow) TableName() string { return "alarm" }

// hearingRow is an office that hears an alarm.
type hearingRow struct {
	AlarmID uuid.UUID `gorm:"primaryKey"`
	UnitID  uuid.UUID `gorm:"primaryKey"`
	Grade   int
	Heads   bool
	HeardBy *uuid.UUID
	HeardAt *time.Time
	OverAt  *time.Time
}

func (hearingRow) TableName() string { return "alarm_unit" }

// raise writes an alarm, who hears it, and its event. A second one for the same
// stage of the same thing collides with the first (store.IsDuplicate).
func (w *Watch) raise(tx *gorm.DB, a alarmRow, to []hearer) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	a.ID, a.Grade, a.At = id, a.Stage.grade(), w.Store.Now()
	if err := tx.Create(&a).Error; err != nil {
		return fmt.Errorf("watch: alarm: %w", err)
	}
	var rows []hearingRow
	for _, h := range to {
		rows = append(rows, hearingRow{AlarmID: id, UnitID: h.Unit, Grade: a.Grade, Heads: h.Heads})
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("watch: alarm: %w", err)
	}
	facts := map[string]string{"units": w.names(to)}
	if a.Rule != "" {
		facts["rule"], facts["due_on"] = a.Rule, string(a.DueOn)
	} else {
		facts["since"] = string(a.DueOn)
	}
	return ledger.Append(tx, a.SubjectKind, a.SubjectID, marks[a.Grade-1].Event, ledger.System(), a.At, facts)
}

// names lists offices for the record, which carries no more than 500 bytes.
func (w *Watch) names(of []hearer) string {
	const most = 160 // characters, of three bytes mostly
	var all []string
	for _, h := range of {
		if u, err := w.Atlas.Unit(h.Unit); err == nil {
			all = append(all, u.Name)
		}
	}
	if r := []rune(strings.Join(all, "、")); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.Join(all, "、")
}

// putAway ends the earlier alarms of a deadline: the new one says more. It fetches
// their ids first: in one statement PostgreSQL, while its statistics are old, goes
// through everything that anybody hears.
func putAway(tx *gorm.DB, d clock.Deadline, now time.Time) error {
	var earlier []uuid.UUID
	err := tx.Model(&alarmRow{}).Where("subject_id = ? AND rule = ? AND round = ?", d.SubjectID, d.Rule, d.Round).Pluck("id", &earlier).Error
	if err != nil || len(earlier) == 0 {
		return err
	}
	return tx.Model(&hearingRow{}).Where("alarm_id IN ? AND over_at IS NULL", earlier).Updates(map[string]any{"over_at": now}).Error
}
