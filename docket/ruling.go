package docket

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
	"minsheng/triage"
)

// ruling is what a second person says to a request.
type ruling struct {
	By      staff.Officer
	Approve bool
	Note    string
}

// rule settles an open request of another person; of two who rule one is too
// late. The unit reads the note.
func (d *Desk) rule(tx *gorm.DB, model any, request, asked uuid.UUID, r *ruling, secret triage.Secrets) error {
	if asked == r.By.ID {
		return step.ErrSamePerson
	}
	least, state := 2, denied
	if r.Approve {
		least, state = 0, approved
	}
	var f step.Form
	r.Note = f.Text("note", r.Note, least, 500, "item_note")
	if err := f.Err(); err != nil {
		return err
	}
	if err := secret.Check([2]string{"note", r.Note}); err != nil {
		return err
	}
	res := tx.Model(model).Where("id = ? AND state = 'open'", request).Updates(map[string]any{
		"state": state, "ruled_by": r.By.ID, "ruled_at": d.Store.Now(), "ruling_note": r.Note,
	})
	if res.Error == nil && res.RowsAffected == 0 {
		return step.ErrStale
	}
	return res.Error
}

// utc shows an optional time in UTC, whatever zone the database handed out.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
