package staff

import (
	"context"
	"time"

	"gorm.io/gorm"

	"minsheng/ledger"
)

// FreshFor is how long after password and code what is asked for them again may
// be done (SECURITY §1.2).
const FreshFor = 5 * time.Minute

// Fresh reports whether the person proved at most FreshFor ago, in this session,
// who they are: by signing in, or by Confirm.
func (s Session) Fresh(now time.Time) bool {
	return s.ConfirmedAt != nil && !s.NeedsCode && now.Sub(*s.ConfirmedAt) <= FreshFor
}

// Confirm proves again who somebody is, in a session that goes on: by their
// password and a code that was not used yet, or by the password alone where the
// desk skips codes. Errors: ErrWrong (which one is not told), ErrBusy,
// ErrSignedOut.
func (d *Desk) Confirm(ctx context.Context, cookie, password, code string) error {
	a, _, err := d.knows(ctx, cookie, password)
	if err != nil {
		return err
	}
	fits := false
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		session, held, err := d.own(tx, cookie)
		if err != nil {
			return err
		}
		if fits = d.skipCode; !fits && held.TOTPSealed != nil && held.Version == a.Version {
			if fits, err = d.spend(tx, held, code); err != nil {
				return err
			}
		}
		if !fits {
			return d.record(tx, held.ID, "sign_in_failed", ledger.System(), map[string]string{"step": "confirm"})
		}
		if err := tx.Model(&sessionRow{}).Where("id = ? AND stage = ?", session.ID, stageFull).Update("stepped_up_at", d.store.Now()).Error; err != nil {
			return err
		}
		return d.record(tx, held.ID, "stepped_up", d.officer(held, nil).Actor(), nil)
	})
	if err == nil && !fits {
		err = ErrWrong
	}
	return err
}
