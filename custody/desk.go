package custody

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

var (
	// ErrNotMember means that a session's key opens none of the keys that
	// something is sealed to.
	ErrNotMember = errors.New("custody: not a member")
	// ErrAlone means that an office has fewer than two people for a duty who have a
	// key: nobody opens a name alone, and what one person holds alone is lost with
	// their password.
	ErrAlone = errors.New("custody: needs a second person")
	// ErrNotReady means that a colleague has no key yet: they have to sign in once
	// with a password of their own.
	ErrNotReady = errors.New("custody: the colleague has no key yet")
)

// Desk keeps the keys of offices.
type Desk struct {
	Config
	drawers drawers
	known   atomic.Pointer[known] // the keys that are sealed to, read lately
	content *seal.Box
}

// Config is what a Desk needs.
type Config struct {
	Store *store.Store
	Keys  *seal.Keys
	Atlas *region.Atlas
	Staff *staff.Desk
	// Offline are one or two age recipients whose private halves are on no
	// server: names go to them, nested, as long as no office in charge has a key.
	Offline []age.Recipient
}

// New returns the desk.
func New(c Config) *Desk { return &Desk{Config: c, content: c.Keys.Box("content")} }

// Offline reads PORTAL_OFFLINE_RECIPIENT: one age recipient, or two with a comma
// between them, both of which are then needed.
func Offline(text string) ([]age.Recipient, error) {
	if text == "" {
		return nil, nil
	}
	to, err := recipients(text)
	if err == nil && len(to) > 2 {
		err = errors.New("one recipient, or two with a comma between them")
	}
	return to, err
}

// Ring is the keys of offices for one duty, and what their members do with them.
type Ring struct {
	*Desk
	duty Duty
}

// Ring returns the keys of a duty.
func (d *Desk) Ring(duty Duty) Ring { return Ring{d, duty} }

// present lists the active people of an office who may hold its key, by account.
func (d Ring) present(ctx context.Context, unit uuid.UUID) (map[uuid.UUID]staff.Officer, error) {
	list, err := d.Staff.ColleaguesWith(ctx, []uuid.UUID{unit}, d.duty.permission())
	there := map[uuid.UUID]staff.Officer{}
	for _, o := range list {
		there[o.ID] = o
	}
	return there, err
}

// on runs one ceremony of the officer's own office in one transaction.
func (d Ring) on(ctx context.Context, by staff.Officer, key *staff.Key, do func(tx *gorm.DB) error) error {
	if err := by.Require(d.duty.permission()); err != nil {
		return err
	}
	if err := holds(by, key); err != nil {
		return err
	}
	defer d.known.Store(nil)
	return step.Again(func() error { return d.Store.Transact(ctx, do) })
}

// holds returns staff.ErrNoKey unless the session's key is the officer's own.
func holds(by staff.Officer, key *staff.Key) error {
	if key == nil || key.Account() != by.ID {
		return staff.ErrNoKey
	}
	return nil
}

// jot writes what happened to an office's key.
func (d Ring) jot(tx *gorm.DB, by staff.Officer, kind string, body map[string]string) error {
	body["duty"] = string(d.duty)
	return ledger.Append(tx, ledger.OfUnit, by.UnitID, kind, by.Actor(), d.Store.Now(), body)
}

// namesOf are the names of accounts.
func namesOf(db *gorm.DB, ids ...uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if err := db.Table("account").Select("id, name").Where("id IN ?", slices.Compact(ids)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("custody: %w", err)
	}
	names := map[uuid.UUID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}
