package staff

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// liveRow is a session with its account and one of its roles.
type liveRow struct {
	Held       sessionRow `gorm:"embedded"` // GORM sees no embedded field that is not exported
	Login      string
	Name       string
	UnitID     uuid.UUID
	MustChange bool
	Enrolled   bool
	Role       *Role
}

const liveColumns = `s.id, s.token_hash, s.account_id, s.stage, s.device, s.csrf_key, s.created_at, s.last_seen_at, s.expires_at, s.stepped_up_at, s.key_sealed,
	a.login, a.name, a.unit_id, a.must_change, a.totp_sealed IS NOT NULL AS enrolled, r.role`

// live selects the sessions that are good at this moment, one row for each
// role of the account.
func (d *Desk) live(db *gorm.DB) *gorm.DB {
	now := d.store.Now()
	return db.Table("staff_session AS s").Select(liveColumns).
		Joins("JOIN account AS a ON a.id = s.account_id").
		Joins("LEFT JOIN account_role AS r ON r.account_id = s.account_id").
		Where("a.state = ? AND s.expires_at > ? AND s.last_seen_at > ?", active, now, now.Add(-idleLimit))
}

// Whose returns the live session of a cookie, or ErrSignedOut. Idle limit 30
// minutes, absolute limit 10 hours; last use is written at most once a minute.
func (d *Desk) Whose(ctx context.Context, cookie string) (Session, error) {
	rows, err := d.rowsOf(d.store.Read(ctx), cookie)
	if err != nil {
		return Session{}, err
	}
	s := d.session(rows)
	if !s.NeedsCode {
		if s.Key, err = rows[0].Held.openKey(cookie); err != nil {
			return Session{}, err
		}
		s.Officer.Key = s.Key
	}
	return s, d.touch(ctx, rows[0].Held)
}

func (d *Desk) rowsOf(db *gorm.DB, cookie string) ([]liveRow, error) {
	if len(cookie) > 100 {
		return nil, ErrSignedOut
	}
	var rows []liveRow
	if err := d.live(db).Where("s.token_hash = ?", tokenHash(cookie)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrSignedOut
	}
	return rows, nil
}

// session is made of the rows of one session.
func (d *Desk) session(rows []liveRow) Session {
	r, at := rows[0], rows[0].Held
	var held []Role
	for _, row := range rows {
		if row.Role != nil {
			held = append(held, *row.Role)
		}
	}
	return Session{
		ID: at.ID, Device: at.Device,
		CreatedAt: at.CreatedAt.UTC(), LastSeenAt: at.LastSeenAt.UTC(), ExpiresAt: at.ExpiresAt.UTC(),
		ConfirmedAt: utc(at.SteppedUpAt),
		NeedsCode:   at.Stage != stageFull,
		MustEnrol:   !r.Enrolled && !d.skipCode,
		MustChange:  r.MustChange,
		CSRF:        base64.RawURLEncoding.EncodeToString(at.CSRFKey),
		Officer:     d.officer(accountRow{ID: at.AccountID, Login: r.Login, Name: r.Name, UnitID: r.UnitID}, held),
	}
}

// touch writes when a session was last used.
func (d *Desk) touch(ctx context.Context, r sessionRow) error {
	now := d.store.Now()
	if now.Sub(r.LastSeenAt) < touchEvery {
		return nil
	}
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&sessionRow{}).Where("id = ? AND last_seen_at <= ?", r.ID, now.Add(-touchEvery)).Update("last_seen_at", now)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error // another page of the same browser was faster
		}
		return tx.Model(&accountRow{}).Where("id = ?", r.AccountID).Update("last_seen_at", now).Error
	})
}

// Sessions lists the officer's own sessions, newest first, at most 100.
func (d *Desk) Sessions(ctx context.Context, by Officer) ([]Session, error) {
	var rows []liveRow
	// Roles are not shown here; one row for each session is enough.
	err := d.live(d.store.Read(ctx)).Where("s.account_id = ?", by.ID).
		Order("s.created_at DESC, s.id").Limit(100 * len(roles)).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var list []Session
	for start, i := 0, 1; i <= len(rows) && len(list) < 100; i++ {
		if i == len(rows) || rows[i].Held.ID != rows[start].Held.ID {
			list = append(list, d.session(rows[start:i]))
			start = i
		}
	}
	return list, nil
}

// EndSession ends one of the officer's own sessions; store.ErrNotFound when it
// is somebody else's or over.
func (d *Desk) EndSession(ctx context.Context, by Officer, session uuid.UUID) error {
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		if _, err := hold(tx, by.ID); err != nil {
			return err
		}
		done := tx.Where("id = ? AND account_id = ?", session, by.ID).Delete(&sessionRow{})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return store.ErrNotFound
		}
		return d.record(tx, by.ID, "session_ended", by.Actor(), nil)
	})
}

// SignOut ends the session of the cookie, or returns ErrSignedOut when it is
// over already.
func (d *Desk) SignOut(ctx context.Context, cookie string) error {
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		rows, err := d.rowsOf(tx, cookie)
		if err != nil {
			return err
		}
		by := d.session(rows).Officer
		if _, err := hold(tx, by.ID); err != nil {
			return err
		}
		done := tx.Where("id = ? AND token_hash = ?", rows[0].Held.ID, rows[0].Held.TokenHash).Delete(&sessionRow{})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrSignedOut
		}
		return d.record(tx, by.ID, "signed_out", by.Actor(), nil)
	})
}

// own returns the session of a cookie with its account, which is held for the
// rest of the transaction.
func (d *Desk) own(tx *gorm.DB, cookie string) (sessionRow, accountRow, error) {
	rows, err := d.rowsOf(tx, cookie)
	if err != nil {
		return sessionRow{}, accountRow{}, err
	}
	a, err := hold(tx, rows[0].Held.AccountID)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.State != active {
		err = ErrSignedOut
	}
	return rows[0].Held, a, err
}

// shortDevice keeps a browser's name to what is shown of it.
func shortDevice(device string) string {
	if r := []rune(device); len(r) > 60 {
		return string(r[:60])
	}
	return device
}
