package triage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Claim gives an unowned open case to the officer. Of several who claim it at
// once exactly one gets it; the others get *Taken with the winner's name.
// Claiming what is already one's own changes nothing.
func (q *Queue) Claim(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return q.act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if stageOf(c) == over {
			return step.ErrState
		}
		res := tx.Model(&intake.Complaint{}).
			Where("id = ? AND owner_id IS NULL AND closed_at IS NULL", c.ID).
			Updates(map[string]any{"owner_id": by.ID, "version": gorm.Expr("version + 1")})
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return q.whoHas(tx, by, c.ID)
		}
		return q.note(tx, by, &c, "claimed", nil)
	})
}

// whoHas explains a claim that came too late.
func (q *Queue) whoHas(tx *gorm.DB, by staff.Officer, id uuid.UUID) error {
	c, err := q.CaseIn(tx, by, id)
	switch {
	case err != nil:
		return err
	case c.OwnerID == nil:
		return step.ErrState
	case *c.OwnerID == by.ID:
		return nil
	}
	names, err := peopleNames(tx, []uuid.UUID{*c.OwnerID})
	if err != nil {
		return err
	}
	return &Taken{By: names[*c.OwnerID]}
}

// Assign gives cases to a colleague, all or none; it also hands over. What is
// somebody else's only who approves may give on: *Taken. The colleague must be at work, be allowed to work cases, and be able to see each
// of them by the colleague's own right.
func (q *Queue) Assign(ctx context.Context, by staff.Officer, to uuid.UUID, ids ...uuid.UUID) error {
	if len(ids) == 0 || len(ids) > 200 {
		return bad("cases", "case_pick")
	}
	// Always in the same order, so that two who assign at once wait for each
	// other instead of blocking each other.
	ids = slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	unseen := uuid.Nil
	err := again(func() error {
		return q.store.Transact(ctx, func(tx *gorm.DB) error {
			colleague, err := officer(tx, to)
			if err != nil || !colleague.May(staff.WorkCases) {
				return orInvalid(err, "to", "case_colleague")
			}
			for _, id := range slices.Compact(ids) {
				if err := q.assign(tx, by, colleague, id); err != nil {
					unseen = id
					return err
				}
			}
			return nil
		})
	})
	if errors.Is(err, store.ErrNotFound) {
		return q.refuse(ctx, by, unseen)
	}
	return err
}

func (q *Queue) assign(tx *gorm.DB, by, colleague staff.Officer, id uuid.UUID) error {
	c, err := q.CaseIn(tx, by, id)
	if err != nil {
		return err
	}
	if err := by.Require(staff.WorkCases); err != nil {
		return err
	}
	if !possible(Assign, c) {
		return step.ErrState
	}
	if err := othersCase(tx, by, Assign, c); err != nil {
		return err
	}
	if _, err := q.CaseIn(tx, colleague, id); err != nil {
		return orInvalid(err, "to", "case_colleague")
	}
	if c.OwnerID != nil && *c.OwnerID == colleague.ID {
		return nil
	}
	if err := move(tx, &c, map[string]any{"owner_id": colleague.ID}); err != nil {
		return err
	}
	return q.note(tx, by, &c, "assigned", map[string]string{"to": colleague.Name})
}

// Release puts a case back for anybody to claim: the officer's own, or, for
// who approves, anybody's.
func (q *Queue) Release(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return q.act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if !possible(Release, c) {
			return step.ErrState
		}
		if !allowed(Release, c, by) {
			return staff.ErrForbidden
		}
		if err := move(tx, &c, map[string]any{"owner_id": nil}); err != nil {
			return err
		}
		return q.note(tx, by, &c, "released", nil)
	})
}

// Recuse takes the officer off a case for good and hides it from them. reason
// has 2 to 500 characters, and is sealed like the reporter's words.
func (q *Queue) Recuse(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := within("reason", reason, 2, 500, "case_reason"); err != nil {
		return err
	}
	return q.act(ctx, by, staff.ReadCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		set := map[string]any{}
		if c.OwnerID != nil && *c.OwnerID == by.ID {
			set["owner_id"] = nil
		}
		if err := move(tx, &c, set); err != nil {
			return err
		}
		sealed, err := q.shut(tx, c, recusalSheet(c.ID, by.ID), reason)
		if err != nil {
			return err
		}
		row := map[string]any{"complaint_id": c.ID, "account_id": by.ID, "reason": "", "reason_sealed": sealed, "at": q.store.Now()}
		if err := tx.Table("recusal").Create(row).Error; err != nil {
			return err
		}
		if err := shelter(tx, &c); err != nil {
			return err
		}
		return q.note(tx, by, &c, "recused", nil)
	})
}

// recusalSheet is why somebody stepped back from a case.
func recusalSheet(complaint, account uuid.UUID) intake.Sheet {
	return intake.Sheet{ID: uuid.NewSHA1(complaint, account[:]), Place: "recusal:" + complaint.String() + ":" + account.String()}
}

// officer reads an account that is at work, with its roles as they are now.
func officer(tx *gorm.DB, id uuid.UUID) (staff.Officer, error) {
	var a struct {
		ID          uuid.UUID
		Login, Name string
		UnitID      uuid.UUID
	}
	query := tx.Table("account").Select("id, login, name, unit_id").Where("id = ? AND state = 'active'", id)
	if err := store.One(query, &a); err != nil {
		return staff.Officer{}, err
	}
	o := staff.Officer{ID: a.ID, Login: a.Login, Name: a.Name, UnitID: a.UnitID}
	err := tx.Table("account_role").Where("account_id = ?", id).Order("role").Pluck("role", &o.Roles).Error
	return o, err
}
