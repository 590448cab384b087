package objection

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
)

// publish makes the list what the ruling says, lets it move again, and tells the
// public in numbers. What is upheld stands anew for all the days of its kind.
func (d *Desk) publish(tx *gorm.DB, o *Objection, outcome State, edit roll.Edit) error {
	if o.RollID == nil {
		return nil
	}
	var n notice.Notice
	if err := store.One(tx.Where("id = ?", o.NoticeID), &n); err != nil {
		return err
	}
	var list roll.Roll
	if err := lock(tx, *o.RollID, &list); err != nil {
		return err
	}
	lastDay, err := d.lastDay(n, outcome)
	if err != nil {
		return err
	}
	if err := d.amend(tx, o, list, outcome, edit, lastDay); err != nil {
		return err
	}
	if err := d.Rolls.Lift(tx, o.ID); err != nil {
		return err
	}
	counts, err := count(tx, n)
	if err != nil {
		return err
	}
	err = d.Notices.Renew(tx, list.ID, lastDay, d.Tell("zh-CN", "objection.public_line",
		"received", counts.Received, "upheld", counts.Upheld, "not_upheld", counts.NotUpheld, "open", counts.Open))
	if errors.Is(err, step.ErrState) {
		return notice.Touch(tx) // put away long ago: the list is put right all the same
	}
	return err
}

// amend makes the next version of the list. Several people may object to one
// row: what one of them is right in is put right although the others still wait,
// and for them the row stays frozen.
func (d *Desk) amend(tx *gorm.DB, o *Objection, list roll.Roll, outcome State, edit roll.Edit, stands workday.Date) error {
	if !outcome.upheld() || blank(edit) {
		return nil
	}
	others, err := d.setAside(tx, list.ID, edit.Key, o.ID)
	if err != nil {
		return err
	}
	if _, err := d.Rolls.Amend(tx, list.ID, list.Version, []roll.Edit{edit}, stands, o.ID); err != nil {
		return err
	}
	return putBack(tx, others)
}

// setAside takes the other holds on a row away until putBack, in the same
// transaction: nobody else ever sees the row without them.
func (d *Desk) setAside(tx *gorm.DB, list uuid.UUID, key int, own uuid.UUID) ([]uuid.UUID, error) {
	var others []uuid.UUID
	err := tx.Table("roll_hold").Where("roll_id = ? AND key = ? AND id <> ? AND lifted_at IS NULL", list, key, own).
		Limit(1000).Pluck("id", &others).Error
	for _, id := range others {
		if err := d.Rolls.Lift(tx, id); err != nil {
			return nil, err
		}
	}
	return others, err
}

func putBack(tx *gorm.DB, holds []uuid.UUID) error {
	if len(holds) == 0 {
		return nil
	}
	var standing *time.Time
	return tx.Table("roll_hold").Where("id IN ?", holds).Updates(map[string]any{"lifted_at": standing}).Error
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("objection: only tried")

// rehearse tries what a ruling would do to the list and undoes it, so that who
// proposes hears what is wrong with it, and not who approves.
func (d *Desk) rehearse(tx *gorm.DB, o *Objection, outcome State, edit roll.Edit) error {
	if o.RollID == nil || !outcome.upheld() || blank(edit) {
		return nil
	}
	err := tx.Transaction(func(tx *gorm.DB) error {
		var list roll.Roll
		if err := lock(tx, *o.RollID, &list); err != nil {
			return err
		}
		if err := d.amend(tx, o, list, outcome, edit, d.today()); err != nil {
			return err
		}
		return errRehearsed
	})
	var wrong *roll.Invalid
	switch {
	case errors.Is(err, errRehearsed):
		return nil
	case errors.Is(err, store.ErrNotFound):
		return &intake.Invalid{Problems: map[string]string{"row": "objection_row"}}
	case errors.As(err, &wrong):
		problems := form{}
		for field := range wrong.Problems {
			problems[field] = "objection_cell"
		}
		return problems.err()
	}
	return err
}

// lastDay is until when a notice stands after a ruling: anew for the days of its
// kind when the objector was right, else as before.
func (d *Desk) lastDay(n notice.Notice, outcome State) (workday.Date, error) {
	var last workday.Date
	if n.EndsOn != nil {
		last = *n.EndsOn
	}
	kind, known := notice.KindOf(n.Kind)
	if !outcome.upheld() || !known {
		return last, nil
	}
	publisher, err := d.Atlas.Unit(n.UnitID)
	if err != nil {
		return "", err
	}
	return max(last, kind.FirstEnd(publisher.Level, d.today())), nil
}
