package staff

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/ledger"
)

// SignIn checks login and password in equal time whether or not the account
// exists, and returns the cookie of a session that still owes the code (or of
// a full one, where the desk skips codes). Device is the kind of browser, never
// an address. Errors: ErrWrong, ErrBusy.
func (d *Desk) SignIn(ctx context.Context, login, password, device string) (cookie string, s Session, err error) {
	if utf8.RuneCountInString(password) > maxPassword {
		return "", Session{}, ErrWrong // says nothing about the login
	}
	a, err := find(d.store.Read(ctx), normalLogin(login))
	if err != nil {
		return "", Session{}, err
	}
	salt, want := d.passes.dummy, []byte(nil)
	if a != nil {
		salt, want = a.PasswordSalt, a.PasswordCheck
	}
	got, err := d.passes.derive(ctx, password, salt)
	if err != nil {
		return "", Session{}, err
	}
	told := time.Now().Add(d.pause)
	if subtle.ConstantTimeCompare(got.check, want) != 1 || a.State != active {
		err := d.refuse(ctx, a, "password")
		sleepUntil(ctx, told)
		return "", Session{}, err
	}
	return d.open(ctx, *a, got, device)
}

// refuse records a failed sign-in of an account, if there is one, and returns
// ErrWrong.
func (d *Desk) refuse(ctx context.Context, a *accountRow, step string) error {
	if a == nil {
		return ErrWrong
	}
	err := d.store.Transact(ctx, func(tx *gorm.DB) error {
		if _, err := hold(tx, a.ID); err != nil {
			return err
		}
		return d.record(tx, a.ID, "sign_in_failed", ledger.System(), map[string]string{"step": step})
	})
	if err != nil {
		return err
	}
	return ErrWrong
}

func sleepUntil(ctx context.Context, t time.Time) {
	select {
	case <-time.After(time.Until(t)):
	case <-ctx.Done():
	}
}

// open begins a session of an account whose password was right. The session
// holds the account's key under its cookie.
func (d *Desk) open(ctx context.Context, a accountRow, made derived, device string) (cookie string, s Session, err error) {
	now := d.store.Now()
	cookie, hash := newToken()
	id, err := uuid.NewV7()
	if err != nil {
		return "", Session{}, err
	}
	row := sessionRow{
		ID: id, TokenHash: hash, AccountID: a.ID, Stage: stagePassword, Device: shortDevice(device),
		CSRFKey: randomBytes(32), CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(codeLimit),
	}
	if d.skipCode {
		row.Stage, row.ExpiresAt, row.SteppedUpAt = stageFull, now.Add(absoluteLimit), &now
	}
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		held, err := hold(tx, a.ID)
		if err != nil {
			return err
		}
		// The account may have changed while the password was checked.
		if held.State != active || subtle.ConstantTimeCompare(held.PasswordCheck, a.PasswordCheck) != 1 {
			return ErrWrong
		}
		if err := tx.Where("expires_at <= ? OR last_seen_at <= ?", now, now.Add(-idleLimit)).Delete(&sessionRow{}).Error; err != nil {
			return err
		}
		if row.KeySealed, err = d.keyForSession(tx, held, made, cookie, row.ID); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if row.Stage != stageFull {
			return nil
		}
		return d.signedIn(tx, held, row.Device)
	})
	if err != nil {
		return "", Session{}, err
	}
	s, err = d.Whose(ctx, cookie)
	return cookie, s, err
}

// signedIn records that a sign-in was completed.
func (d *Desk) signedIn(tx *gorm.DB, a accountRow, device string) error {
	err := tx.Model(&accountRow{}).Where("id = ?", a.ID).Update("last_seen_at", d.store.Now()).Error
	if err != nil {
		return err
	}
	held, err := rolesOf(tx, a.ID)
	if err != nil {
		return err
	}
	return d.record(tx, a.ID, "signed_in", d.officer(a, held[a.ID]).Actor(), map[string]string{"device": device})
}

// promote makes a session full, under a new cookie in place of old: whoever saw
// the old one has nothing.
func (d *Desk) promote(tx *gorm.DB, session sessionRow, old string) (cookie string, err error) {
	now := d.store.Now()
	cookie, hash := newToken()
	key, err := session.moveKey(old, cookie)
	if err != nil {
		return "", err
	}
	done := tx.Model(&sessionRow{}).
		Where("id = ? AND stage = ? AND token_hash = ?", session.ID, session.Stage, session.TokenHash).
		Updates(map[string]any{
			"token_hash": hash, "stage": stageFull, "csrf_key": randomBytes(32), "key_sealed": key,
			"last_seen_at": now, "expires_at": now.Add(absoluteLimit), "stepped_up_at": now,
		})
	if done.Error != nil {
		return "", done.Error
	}
	if done.RowsAffected == 0 {
		return "", ErrSignedOut
	}
	return cookie, nil
}

// newToken makes a cookie of 256 bits and the hash under which it is stored.
func newToken() (cookie string, hash []byte) {
	cookie = base64.RawURLEncoding.EncodeToString(randomBytes(32))
	return cookie, tokenHash(cookie)
}

func tokenHash(cookie string) []byte {
	sum := sha256.Sum256([]byte(cookie))
	return sum[:]
}

func normalLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }
