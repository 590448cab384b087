package staff

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
)

// ErrStale means that somebody else changed the account in between.
var ErrStale = errors.New("staff: account changed meanwhile")

// guarded roles open names, rule over accounts, or read the record of all
// offices, by which an accused one would learn when somebody reported. Only
// administrators of the top office give or take them, one who asks and another who
// agrees (grant.go), and only they touch an account that has one.
var guarded = []Role{IdentityCustodian, Auditor, Administrator}

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,31}$`)

// Bootstrap creates the first administrator; only the command line calls it.
// ErrForbidden when there is an active one already.
func (d *Desk) Bootstrap(ctx context.Context, a NewAccount) (password string, err error) {
	a.Roles = []Role{Administrator}
	return d.create(ctx, a, ledger.System(), func(tx *gorm.DB) error {
		var n int64
		err := tx.Table("account").Joins("JOIN account_role ON account_role.account_id = account.id").
			Where("account.state = ? AND account_role.role = ?", active, Administrator).Count(&n).Error
		if err == nil && n > 0 {
			err = ErrForbidden
		}
		return err
	})
}

// AddFromCommandLine creates any account; whoever has the machine may.
func (d *Desk) AddFromCommandLine(ctx context.Context, a NewAccount) (password string, err error) {
	return d.create(ctx, a, ledger.System(), nil)
}

// Add creates an account in by's office or below and returns its first
// password. Administrators, custodians and auditors are made by administrators of
// the top office only, and by two of them: the account begins without such a role,
// which is asked for in the same commit. Nobody gives power over an office above
// their own. Errors:
// ErrForbidden, store.ErrNotFound (an office elsewhere), ErrLoginTaken,
// ErrBadLogin, ErrBadName, ErrBadRole, ErrWeakPassword, ErrBusy.
func (d *Desk) Add(ctx context.Context, by Officer, a NewAccount) (password string, err error) {
	if err := d.mayManage(by, a.UnitID); err != nil {
		return "", err
	}
	if err := d.mayGrant(by, a.Roles); err != nil {
		return "", err
	}
	a.asked, a.asks = slices.Clone(a.Roles), by
	if a.Roles = slices.DeleteFunc(slices.Clone(a.Roles), func(r Role) bool { return slices.Contains(guarded, r) }); len(a.Roles) == len(a.asked) {
		a.asked = nil
	}
	return d.create(ctx, a, by.Actor(), nil)
}

// mayManage reports whether by administers that office.
func (d *Desk) mayManage(by Officer, unit uuid.UUID) error {
	if err := by.Require(ManageStaff); err != nil {
		return err
	}
	if !slices.Contains(d.atlas.Subtree(by.UnitID), unit) {
		return store.ErrNotFound
	}
	return nil
}

// mayGrant reports whether by may give, or take, all of those roles.
func (d *Desk) mayGrant(by Officer, of []Role) error {
	if !Guarded(of) {
		return nil
	}
	unit, err := d.atlas.Unit(by.UnitID)
	if err != nil {
		return err
	}
	if unit.ParentID != nil {
		return ErrForbidden
	}
	return nil
}

// create writes an account and its event; allowed, if any, is asked in the
// same transaction.
func (d *Desk) create(ctx context.Context, a NewAccount, by ledger.Actor, allowed func(tx *gorm.DB) error) (password string, err error) {
	a.Login, a.Name = normalLogin(a.Login), strings.TrimSpace(a.Name)
	if err := d.wellFormed(a); err != nil {
		return "", err
	}
	salt, made, password, err := d.firstPassword(ctx, a)
	if err != nil {
		return "", err
	}
	now := d.store.Now()
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		if allowed != nil {
			if err := allowed(tx); err != nil {
				return err
			}
		}
		row := accountRow{
			ID: id, Login: a.Login, Name: a.Name, UnitID: a.UnitID, State: active,
			PasswordSalt: salt, PasswordCheck: made.check, MustChange: !d.skipCode,
			CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		if err := tx.Create(&row).Error; store.IsDuplicate(err) {
			return ErrLoginTaken
		} else if err != nil {
			return err
		}
		if err := d.tieSelf(tx, row); err != nil {
			return err
		}
		if err := d.grant(tx, id, a.Roles); err != nil {
			return err
		}
		if err := d.record(tx, id, "account_added", by, map[string]string{"roles": roleList(a.Roles)}); err != nil || a.asked == nil {
			return err
		}
		return d.ask(tx, a.asks, id, a.Roles, a.asked)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

func (d *Desk) wellFormed(a NewAccount) error {
	if !loginForm.MatchString(a.Login) {
		return ErrBadLogin
	}
	if n := utf8.RuneCountInString(a.Name); n == 0 || n > 50 {
		return ErrBadName
	}
	if err := knownRoles(slices.Concat(a.Roles, a.asked)); err != nil {
		return err
	}
	_, err := d.atlas.Unit(a.UnitID)
	return err
}

func knownRoles(of []Role) error {
	if len(of) == 0 || slices.ContainsFunc(of, func(r Role) bool { return !slices.Contains(roles, r) }) {
		return ErrBadRole
	}
	return nil
}

// firstPassword makes a password, or checks the one that is given.
func (d *Desk) firstPassword(ctx context.Context, a NewAccount) (salt []byte, made derived, password string, err error) {
	if password = a.Password; password == "" {
		password = randomWord()
	} else if err := d.strongFor(password, a.Login, a.Name, a.UnitID); err != nil {
		return nil, derived{}, "", err
	}
	salt, made, err = d.passes.fresh(ctx, password)
	return salt, made, password, err
}

func (d *Desk) grant(tx *gorm.DB, account uuid.UUID, to []Role) error {
	now := d.store.Now()
	for _, r := range inOrder(to) {
		if err := tx.Create(&roleRow{AccountID: account, Role: r, GrantedAt: now}).Error; err != nil {
			return err
		}
	}
	return nil
}

func roleList(of []Role) string {
	var names []string
	for _, r := range inOrder(of) {
		names = append(names, string(r))
	}
	return strings.Join(names, ",")
}

// SetRoles replaces a person's roles and ends their sessions. By must not be the
// person. A change that gives or takes a guarded role is only asked for: ErrAsked,
// and another administrator decides (RuleRequest). Other errors as for Add.
func (d *Desk) SetRoles(ctx context.Context, by Officer, account uuid.UUID, to []Role) error {
	if err := knownRoles(to); err != nil {
		return err
	}
	asked := false
	err := d.administer(ctx, by, account, func(tx *gorm.DB, a accountRow, held []Role) error {
		if err := d.mayGrant(by, to); err != nil {
			return err
		}
		if asked = touchesGuarded(held, to); asked {
			return d.ask(tx, by, a.ID, held, to)
		}
		return d.replaceRoles(tx, by, a, held, to, map[string]string{})
	})
	if err == nil && asked {
		err = ErrAsked
	}
	return err
}

// SetActive enables or disables an account and ends its sessions. By must not
// be the person: nobody shuts the last door behind themselves.
func (d *Desk) SetActive(ctx context.Context, by Officer, account uuid.UUID, on bool) error {
	state, kind := disabled, "account_disabled"
	if on {
		state, kind = active, "account_enabled"
	}
	return d.administer(ctx, by, account, func(tx *gorm.DB, a accountRow, _ []Role) error {
		if err := d.change(tx, a, map[string]any{"state": state}); err != nil {
			return err
		}
		return d.record(tx, a.ID, kind, by.Actor(), nil)
	})
}

// Reset gives a new first password, removes the second factor and the account's
// key, and ends all sessions. By must not be the person.
func (d *Desk) Reset(ctx context.Context, by Officer, account uuid.UUID) (password string, err error) {
	if err := by.Require(ManageStaff); err != nil {
		return "", err
	}
	password = randomWord()
	salt, made, err := d.passes.fresh(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.administer(ctx, by, account, func(tx *gorm.DB, a accountRow, _ []Role) error {
		return d.reset(tx, a, salt, made.check, by.Actor())
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// ResetFromCommandLine is Reset for any login: the way back in when no
// administrator can sign in any more. store.ErrNotFound when there is none.
func (d *Desk) ResetFromCommandLine(ctx context.Context, login string) (password string, err error) {
	password = randomWord()
	salt, made, err := d.passes.fresh(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		found, err := find(tx, normalLogin(login))
		if err != nil {
			return err
		}
		if found == nil {
			return store.ErrNotFound
		}
		a, err := hold(tx, found.ID)
		if err != nil {
			return err
		}
		if err := d.reset(tx, a, salt, made.check, ledger.System()); err != nil {
			return err
		}
		return endSessions(tx, a.ID, uuid.Nil)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// reset leaves totp_last_step where it is: a code once spent stays spent. The
// account's key is lost with the password: whoever resets one holds an account
// that opens nothing.
func (d *Desk) reset(tx *gorm.DB, a accountRow, salt, check []byte, by ledger.Actor) error {
	err := d.change(tx, a, map[string]any{
		"password_salt": salt, "password_check": check, "must_change": !d.skipCode, "totp_sealed": nil,
	})
	if err != nil {
		return err
	}
	if err := tx.Where("account_id = ?", a.ID).Delete(&recoveryRow{}).Error; err != nil {
		return err
	}
	if err := loseKey(tx, a.ID); err != nil {
		return err
	}
	return d.record(tx, a.ID, "account_reset", by, nil)
}

// administer runs do on an account that by may administer, and ends its
// sessions.
func (d *Desk) administer(ctx context.Context, by Officer, account uuid.UUID, do func(tx *gorm.DB, a accountRow, held []Role) error) error {
	if err := by.Require(ManageStaff); err != nil {
		return err
	}
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		a, err := hold(tx, account)
		if err != nil {
			return err
		}
		if err := d.mayManage(by, a.UnitID); err != nil {
			return err
		}
		if a.ID == by.ID {
			return ErrForbidden
		}
		held, err := rolesOf(tx, a.ID)
		if err != nil {
			return err
		}
		if err := d.mayGrant(by, held[a.ID]); err != nil {
			return err
		}
		if err := do(tx, a, held[a.ID]); err != nil {
			return err
		}
		return endSessions(tx, a.ID, uuid.Nil)
	})
}
