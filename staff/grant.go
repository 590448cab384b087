package staff

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
)

// ErrAsked means that nothing has changed yet: another administrator has to agree.
var ErrAsked = errors.New("staff: waits for a second administrator")

// Guarded reports whether giving or taking away one of these roles takes two
// administrators of the top office.
func Guarded(of []Role) bool {
	return slices.ContainsFunc(of, func(r Role) bool { return slices.Contains(guarded, r) })
}

// touchesGuarded reports whether a guarded role is in one of two lists alone.
func touchesGuarded(held, to []Role) bool {
	return slices.ContainsFunc(guarded, func(r Role) bool { return slices.Contains(held, r) != slices.Contains(to, r) })
}

// Request is a change of roles that waits for a second administrator.
type Request struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Name      string // whose account
	UnitName  string
	Held      []Role // when it was asked for
	Roles     []Role // all that the account is to have
	AskedByID uuid.UUID
	AskedBy   string
	AskedAt   time.Time
}

type requestRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	AccountID uuid.UUID
	Roles     string
	Held      string
	AskedBy   uuid.UUID
	AskedAt   time.Time
	State     string // open, approved, refused, lapsed
	RuledBy   *uuid.UUID
	RuledAt   *time.Time
}

func (requestRow) TableName() string { return "role_request" }

func rolesIn(list string) (all []Role) {
	for _, r := range strings.Split(list, ",") {
		if r != "" {
			all = append(all, Role(r))
		}
	}
	return inOrder(all)
}

// ask keeps a change of roles until somebody else agrees, in place of one that was
// asked for before.
func (d *Desk) ask(tx *gorm.DB, by Officer, account uuid.UUID, held, to []Role) error {
	err := tx.Model(&requestRow{}).Where("account_id = ? AND state = 'open'", account).Updates(map[string]any{"state": "lapsed"}).Error
	if err != nil {
		return err
	}
	row := requestRow{ID: uuid.Must(uuid.NewV7()), AccountID: account, Roles: roleList(to), Held: roleList(held), AskedBy: by.ID, AskedAt: d.store.Now(), State: "open"}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return d.record(tx, account, "roles_asked", by.Actor(), map[string]string{"from": row.Held, "to": row.Roles})
}

// Requests lists the changes of roles that wait, of accounts that by administers,
// the oldest first, at most 50; none for who could not agree to one.
func (d *Desk) Requests(ctx context.Context, by Officer) ([]Request, error) {
	if err := by.Require(ManageStaff); err != nil {
		return nil, err
	}
	if d.mayGrant(by, guarded) != nil {
		return nil, nil
	}
	var rows []struct {
		R      requestRow `gorm:"embedded"`
		Name   string
		UnitID uuid.UUID
		Asker  string
	}
	err := d.store.Read(ctx).Table("role_request").Select("role_request.*, account.name, account.unit_id, asker.name AS asker").
		Joins("JOIN account ON account.id = role_request.account_id").Joins("JOIN account asker ON asker.id = role_request.asked_by").
		Where("role_request.state = 'open' AND account.unit_id IN ?", d.atlas.Subtree(by.UnitID)).
		Order("role_request.asked_at, role_request.id").Limit(50).Find(&rows).Error
	requests := make([]Request, len(rows))
	for i, r := range rows {
		requests[i] = Request{ID: r.R.ID, AccountID: r.R.AccountID, Name: r.Name, Held: rolesIn(r.R.Held), Roles: rolesIn(r.R.Roles),
			AskedByID: r.R.AskedBy, AskedBy: r.Asker, AskedAt: r.R.AskedAt.UTC()}
		if u, err := d.atlas.Unit(r.UnitID); err == nil {
			requests[i].UnitName = u.Name
		}
	}
	return requests, err
}

// RuleRequest agrees to a change of roles that somebody else asked for, or refuses
// it; the one whose roles they are has no say either,
// nor does an account that the asker made, or gave a new password, within 30 days.
// Errors: ErrForbidden,
// store.ErrNotFound, step.ErrSamePerson, step.ErrState (decided already),
// step.ErrStale (the account has other roles by now; the request lapses).
func (d *Desk) RuleRequest(ctx context.Context, by Officer, id uuid.UUID, agree bool) error {
	var r requestRow
	if err := by.Require(ManageStaff); err != nil {
		return err
	}
	if err := store.One(d.store.Read(ctx).Where("id = ?", id), &r); err != nil {
		return err
	}
	stale := false
	err := d.administer(ctx, by, r.AccountID, func(tx *gorm.DB, a accountRow, held []Role) error {
		if err := d.mayGrant(by, guarded); err != nil {
			return err
		}
		if mine, err := d.inTheHandsOf(tx, by.ID, r.AskedBy); err != nil {
			return err
		} else if mine || r.AskedBy == by.ID {
			return step.ErrSamePerson
		}
		stale = roleList(held) != r.Held
		state := map[bool]string{true: "approved", false: "refused"}[agree]
		if stale {
			state = "lapsed"
		}
		now := d.store.Now()
		done := tx.Model(&requestRow{}).Where("id = ? AND state = 'open'", id).Updates(map[string]any{"state": state, "ruled_by": by.ID, "ruled_at": now})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return step.ErrState
		}
		switch state {
		case "approved":
			return d.replaceRoles(tx, by, a, held, rolesIn(r.Roles), map[string]string{"asked_by": r.AskedBy.String()})
		case "refused":
			return d.record(tx, a.ID, "roles_refused", by.Actor(), nil)
		}
		return nil
	})
	if err == nil && stale {
		err = step.ErrStale
	}
	return err
}

// inTheHandsOf reports whether somebody made an account, or gave it a new password,
// in the last 30 days: they could be sitting at it themselves.
func (d *Desk) inTheHandsOf(tx *gorm.DB, account, who uuid.UUID) (bool, error) {
	var n int64
	err := tx.Model(&ledger.Event{}).Where("subject_kind = ? AND subject_id = ? AND actor_id = ?", ledger.OfAccount, account, who).
		Where("kind IN ? AND at > ?", []string{"account_added", "account_reset"}, d.store.Now().AddDate(0, 0, -30)).Count(&n).Error
	return n > 0, err
}

// replaceRoles gives an account other roles, and says so in the record.
func (d *Desk) replaceRoles(tx *gorm.DB, by Officer, a accountRow, held, to []Role, body map[string]string) error {
	if err := tx.Where("account_id = ?", a.ID).Delete(&roleRow{}).Error; err != nil {
		return err
	}
	if err := d.grant(tx, a.ID, to); err != nil {
		return err
	}
	if err := d.change(tx, a, map[string]any{}); err != nil {
		return err
	}
	body["from"], body["to"] = roleList(held), roleList(to)
	return d.record(tx, a.ID, "roles_set", by.Actor(), body)
}
