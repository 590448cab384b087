package notice

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Pull takes a published notice off the web in the caller's transaction, because
// somebody says it shows their personal data. A version that an approver looked
// through after an earlier pull stays: pulled is false.
func (d *Desk) Pull(tx *gorm.DB, id uuid.UUID) (pulled bool, err error) {
	res := tx.Model(&Notice{}).
		Where("id = ? AND state IN ? AND pulled_at IS NULL AND cleared <> version", id, []string{published, ended}).
		Updates(map[string]any{"pulled_at": d.Store.Now(), "version": gorm.Expr("version + 1")})
	if res.Error != nil {
		return false, res.Error
	}
	if res.RowsAffected == 0 {
		var n Notice
		return false, store.One(tx.Where("id = ?", id), &n)
	}
	if err := ledger.Append(tx, ledger.OfNotice, id, "notice_pulled", ledger.Reporter(), d.Store.Now(), nil); err != nil {
		return false, err
	}
	return true, Touch(tx)
}

// Restore puts a pulled notice back with a reason of 4 to 200 characters
// (staff.ApproveNotices; not the editor), which stands in the record of the
// notice's releases: the version was looked through and stays from now on. Days
// on which nobody could read it do not count: it stands for as many as were left
// when it was pulled.
func (d *Desk) Restore(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	if err := by.Require(staff.ApproveNotices); err != nil {
		return err
	}
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.ApproveNotices, id, version, func(tx *gorm.DB, n *Notice) error {
		if n.PulledAt == nil || n.State != published && n.State != ended {
			return step.ErrState
		}
		if err := d.other(tx, by, *n); err != nil {
			return err
		}
		pulledAt := n.PulledAt.UTC()
		set := lengthened(*n, d.lostDays(*n))
		set["pulled_at"], set["cleared"] = nil, n.Version+1
		if err := move(tx, n, set); err != nil {
			return err
		}
		if err := d.keepRestoring(tx, by, id, pulledAt.String(), reason); err != nil {
			return err
		}
		if err := d.note(tx, by, id, "notice_restored", nil); err != nil {
			return err
		}
		return Touch(tx)
	})
}

// lostDays is the last day of a pulled notice that is restored today; "" when its
// days were over before.
func (d *Desk) lostDays(n Notice) workday.Date {
	pulled := max(workday.On(*n.PulledAt), n.StartsOn)
	if n.EndsOn == nil || pulled > *n.EndsOn {
		return ""
	}
	return d.today().Add(n.EndsOn.Sub(pulled))
}

// keepRestoring stores the reason beside the releases of the gate: a pull is an
// alarm, too, raised by a reader.
func (d *Desk) keepRestoring(tx *gorm.DB, by staff.Officer, id uuid.UUID, pull, reason string) error {
	now := d.Store.Now()
	return tx.Create(&override{ID: uuid.Must(uuid.NewV7()), NoticeID: id, Place: "pull", Finding: d.Keys.MAC("notice-pull", []byte(pull)),
		AskedAt: now, Reason: reason, ByID: &by.ID, At: &now}).Error
}

// Renew lengthens a list's running notice to lastDay, because rows of it were
// changed by a ruling, in the caller's transaction; line is what the public
// reads about objections ("" leaves it). One that was over stands again; a roll
// whose notice was withdrawn has none to lengthen.
func (d *Desk) Renew(tx *gorm.DB, roll uuid.UUID, lastDay workday.Date, line string) error {
	r, err := d.Rolls.RollIn(tx, roll)
	if err != nil {
		return err
	}
	n, err := d.lastRound(tx, r)
	if err != nil || n == nil || n.State == withdrawn {
		return err
	}
	if n.State == archived {
		return step.ErrState
	}
	set := lengthened(*n, lastDay)
	if line != "" {
		set["public_line"] = line
	}
	if err := move(tx, n, set); err != nil {
		return err
	}
	body := map[string]string{}
	if n.EndsOn != nil {
		body["ends_on"] = string(*n.EndsOn)
	}
	if err := d.noteSelf(tx, n.ID, "notice_renewed", body); err != nil {
		return err
	}
	return Touch(tx)
}
