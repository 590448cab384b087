package docket

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// Convert dockets a supervision item from a case. Kind, programme and place are
// the case's. The text is checked against the reporters' phrases, names and
// phones: *triage.Leak. Lead and assisting units must not be accused by the
// case, nor under command of one that is. Of two officers who convert the same
// version of a case one gets *triage.Taken, with the other's name. Errors:
// *step.Invalid.
func (d *Desk) Convert(ctx context.Context, by staff.Officer, complaint uuid.UUID, version int, n NewItem) (uuid.UUID, error) {
	secret, err := d.Triage.SecretsOf(ctx, by, complaint)
	if err != nil {
		return uuid.Nil, err
	}
	item, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	err = d.Triage.Convert(ctx, by, complaint, version, func(tx *gorm.DB, c intake.Complaint, into triage.Into) error {
		issuable, err := d.issuable(tx, by.UnitID, nil, c.ID)
		if err != nil {
			return err
		}
		tidied, err := n.of(c).tidy(issuable, d.today(), d.Clocks.Calendar())
		if err != nil {
			return err
		}
		if err := tidied.check(secret); err != nil {
			return err
		}
		if err := into(item); err != nil {
			return err
		}
		if err := d.docket(tx, by, item, tidied); err != nil {
			return err
		}
		return tie(tx, item, c.ID)
	})
	if err != nil {
		return uuid.Nil, d.Triage.Probed(ctx, by, err, complaint)
	}
	return item, nil
}

// of is the item as one that comes of a case.
func (n NewItem) of(c intake.Complaint) NewItem {
	received := workday.On(c.ReceivedAt)
	n.Origin, n.OriginNote, n.OriginOn, n.OriginRef, n.OriginReport, n.Against = PublicComplaint, "", &received, nil, nil, nil
	n.Kind, n.Programme, n.PlaceCode = c.Kind, c.Programme, c.PlaceCode
	return n
}

func tie(tx *gorm.DB, item, complaint uuid.UUID) error {
	return tx.Exec("INSERT INTO item_complaint (item_id, complaint_id) VALUES (?, ?) ON CONFLICT DO NOTHING", item, complaint).Error
}

// mostBehind is how many complaints one item may serve: what it says is compared
// with the words of all of them.
const mostBehind = 200

// behind lists the complaints that an item came of, whoever may see them: only
// triage tells who may.
func behind(db *gorm.DB, item uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.Table("item_complaint").Where("item_id = ?", item).Order("complaint_id").Limit(mostBehind).Pluck("complaint_id", &ids).Error
	return ids, err
}

// AlsoServes ties a further complaint to an item that is not over. The item's
// text must not give that reporter away either (*triage.Leak), and none of its
// units may be accused by that complaint (*step.Invalid). An item serves at most
// 200 complaints: step.ErrState.
func (d *Desk) AlsoServes(ctx context.Context, by staff.Officer, item, complaint uuid.UUID) error {
	secret, err := d.Triage.SecretsOf(ctx, by, complaint)
	if err != nil {
		return err
	}
	err = d.Triage.Join(ctx, by, complaint, func(tx *gorm.DB, c intake.Complaint, into triage.Into) error {
		i, err := d.ownItem(tx, by, item)
		if err != nil {
			return err
		}
		if i.ClosedAt != nil {
			return step.ErrState
		}
		n, err := asNew(tx, i)
		if err != nil {
			return err
		}
		if err := d.spares(tx, n, c.ID); err != nil {
			return err
		}
		if err := n.check(secret); err != nil {
			return err
		}
		return d.alsoServes(tx, by, &i, c.ID, into)
	})
	return d.Triage.Probed(ctx, by, err, complaint)
}

func (d *Desk) alsoServes(tx *gorm.DB, by staff.Officer, i *Item, complaint uuid.UUID, into triage.Into) error {
	served, err := behind(tx, i.ID)
	if err != nil || slices.Contains(served, complaint) {
		return err
	}
	if len(served) == mostBehind {
		return step.ErrState
	}
	if err := move(tx, i, nil); err != nil {
		return err
	}
	if err := into(i.ID); err != nil {
		return err
	}
	if err := tie(tx, i.ID, complaint); err != nil {
		return err
	}
	// The item's own record does not say whom it serves: handling units read it.
	return d.note(tx, by, i.ID, "serves_more", nil)
}
