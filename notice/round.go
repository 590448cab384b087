package notice

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/roll"
)

// round is what publishing a notice does to its roll.
type round struct {
	to    roll.Stage  // stage it goes to; "" none
	again bool        // the same stage once more, because what stood there was withdrawn
	rows  []roll.Edit // all rows, when they stand again
}

// round tells whether the roll may go where the notice takes it, today.
//
// A round that was withdrawn did not stand its days, so that the roll goes on
// only from one that did; its objections stay open with the roll, and no other
// roll of the place gets past them (buried).
func (d *Desk) round(ctx context.Context, n Notice) (round, error) {
	k, _ := KindOf(n.Kind)
	if n.RollID == nil || n.CorrectsID != nil {
		return round{}, nil
	}
	r, err := d.Rolls.Roll(ctx, *n.RollID)
	if err != nil {
		return round{}, err
	}
	if r.Size == 0 {
		return round{}, roll.ErrEmpty
	}
	if k.Stage == "" {
		return round{}, nil
	}
	if err := d.buried(d.Store.Read(ctx), r); err != nil {
		return round{}, err
	}
	last, err := d.lastRound(d.Store.Read(ctx), r)
	if err != nil {
		return round{}, err
	}
	if last != nil && last.PulledAt != nil {
		return round{}, roll.ErrStanding // what nobody could read did not stand
	}
	if last != nil && last.State == withdrawn {
		return d.roundAgain(ctx, k, r)
	}
	if last != nil && last.EndsOn != nil && *last.EndsOn >= d.today() {
		return round{}, roll.ErrStanding
	}
	if err := d.Rolls.May(ctx, r.ID, k.Stage, d.today()); err != nil {
		return round{}, err
	}
	return round{to: k.Stage}, d.minuted(ctx, n, k, r)
}

// minuted asks for the photo of the signatures beside minutes that are needed.
func (d *Desk) minuted(ctx context.Context, n Notice, k Kind, r roll.Roll) error {
	minutes, photo, err := d.signed(ctx, n, k.Stage)
	if err == nil && minutes && !photo && r.Kind == roll.Households {
		return bad("minutes", "notice_signatures")
	}
	return err
}

// roundAgain puts all rows up for the days of the round once more.
func (d *Desk) roundAgain(ctx context.Context, k Kind, r roll.Roll) (round, error) {
	if r.Stage != k.Stage {
		return round{}, roll.ErrStage
	}
	holds, err := d.Rolls.Holds(ctx, r.ID)
	if err != nil {
		return round{}, err
	}
	if len(holds) > 0 {
		return round{}, roll.ErrHeld
	}
	again := round{again: true}
	err = d.Rolls.Each(ctx, r.ID, 0, func(row roll.Row) error {
		again.rows = append(again.rows, editOf(row, "published_again"))
		return nil
	})
	return again, err
}

// lastRound is the notice that brought the roll to the stage where it is.
func (d *Desk) lastRound(db *gorm.DB, r roll.Roll) (*Notice, error) {
	kinds := codes(func(k Kind) bool { return k.Roll == r.Kind && k.Stage == r.Stage })
	if len(kinds) == 0 {
		return nil, nil
	}
	var n Notice
	err := store.One(db.Where("roll_id = ? AND kind IN ? AND approved_at IS NOT NULL", r.ID, kinds).Order("approved_at DESC, id DESC"), &n)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &n, err
}

// buried is roll.ErrHeld when another list of the same kind around or in the
// place has an open objection: a list that was objected to is not got rid of by
// withdrawing it and beginning a new one, nor by going on with a second one that
// was published beside it.
func (d *Desk) buried(db *gorm.DB, r roll.Roll) error {
	from, beyond, ok := span(r.PlaceCode)
	if !r.Kind.Personal() || !ok {
		return nil
	}
	var found []int
	err := db.Table("roll_hold").Select("1").Joins("JOIN roll ON roll.id = roll_hold.roll_id").
		Where("roll_hold.lifted_at IS NULL AND roll.kind = ? AND roll.id <> ?", r.Kind, r.ID).
		Where("(roll.place_code IN ? OR (roll.place_code >= ? AND roll.place_code < ?))", around(r.PlaceCode), from, beyond).
		Limit(1).Find(&found).Error
	if err == nil && len(found) > 0 {
		return roll.ErrHeld
	}
	return err
}

// goOn takes the roll where the notice takes it, in the approver's transaction:
// its rows stand until the notice ends, and changes kept with the draft are made.
func (d *Desk) goOn(tx *gorm.DB, n Notice, on round, edits []roll.Edit) error {
	if n.RollID == nil {
		return nil
	}
	until := workday.Date("")
	if n.EndsOn != nil {
		until = *n.EndsOn
	}
	if on.to != "" || on.again {
		r, err := d.Rolls.RollIn(tx, *n.RollID)
		if err != nil {
			return err
		}
		if err := d.buried(tx, r); err != nil {
			return err
		}
	}
	if on.to != "" {
		if err := d.Rolls.Advance(tx, *n.RollID, on.to, d.today(), until); err != nil {
			return err
		}
	}
	if on.again && len(edits) > 0 {
		edits = merged(on.rows, edits)
	} else if on.again {
		edits = on.rows
	}
	if len(edits) == 0 {
		return nil
	}
	r, err := d.Rolls.RollIn(tx, *n.RollID)
	if err != nil {
		return err
	}
	_, err = d.Rolls.Amend(tx, r.ID, r.Version, edits, until, uuid.Nil)
	return err
}
