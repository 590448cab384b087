package triage

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// A reporter's name that goes outside: to an organ, or to be opened away from the portal.

// ReleaseName opens a name for somebody outside, to whom then seals it in the same
// transaction: a second custodian does, after a first one agreed, which whoever
// calls has checked. Errors: those of RuleName and of then; *step.Invalid (reason).
func (q *Queue) ReleaseName(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID, words string, then func(tx *gorm.DB, who intake.Identity) error) error {
	if err := within("reason", words, 4, 500, "case_reason"); err != nil {
		return err
	}
	return q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		who, err := q.intake.Unseal(tx, by, own, c.ReportID)
		if err != nil {
			return err
		}
		if err := then(tx, who); err != nil {
			return err
		}
		if err := q.keepReason(tx, by, c, words); err != nil {
			return err
		}
		return q.note(tx, by, &c, "identity_opened", map[string]string{"reason": "referral"})
	})
}

// TakeOffline hands out a name as it is sealed to the offline recipient, for a
// custodian who opens it, with whoever holds the other key, on a machine of their
// own. It counts as opening it. Errors: those of AskName.
func (q *Queue) TakeOffline(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) (sealed []byte, err error) {
	purpose, why := revealReason(reason)
	if err := within("reason", why, 4, 500, "case_reason"); err != nil {
		return nil, err
	}
	err = q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		if sealed, err = q.intake.Offline(tx, c.ReportID); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if err := q.looked(tx, by, c.ID, SawName); err != nil {
			return err
		}
		if err := q.keepReason(tx, by, c, why); err != nil {
			return err
		}
		return q.note(tx, by, &c, "identity_opened", map[string]string{"reason": purpose})
	})
	return sealed, err
}
