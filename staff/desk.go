package staff

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/region"
)

var (
	// ErrWrong means login, password or code did not fit; which one is not told.
	ErrWrong = errors.New("staff: sign-in failed")
	// ErrBusy means too many sign-ins are being checked; try again in a second.
	ErrBusy = errors.New("staff: sign-in is busy")
	// ErrSignedOut means there is no live session for the cookie.
	ErrSignedOut = errors.New("staff: signed out")
	// ErrWeakPassword means the password is too short, too common or contains
	// the person's own or the place's name.
	ErrWeakPassword = errors.New("staff: password too weak")
	// ErrLoginTaken means another account has that login.
	ErrLoginTaken = errors.New("staff: login taken")
	// ErrBadLogin means a login is not 3 to 32 lower-case letters, digits, dots,
	// hyphens or underscores that start with a letter.
	ErrBadLogin = errors.New("staff: login must be 3 to 32 letters and digits")
	// ErrBadName means a name is empty or longer than 50 characters.
	ErrBadName = errors.New("staff: a name of at most 50 characters is needed")
	// ErrBadRole means no role was chosen, or one that does not exist.
	ErrBadRole = errors.New("staff: no such role")
)

// Limits of sessions (SECURITY §1.1).
const (
	idleLimit     = 30 * time.Minute
	absoluteLimit = 10 * time.Hour
	codeLimit     = 10 * time.Minute // how long a password waits for its code
	touchEvery    = time.Minute
)

// Desk keeps the accounts.
type Desk struct {
	store    *store.Store
	keys     *seal.Keys
	atlas    *region.Atlas
	totp     *seal.Box
	enrol    *seal.Box
	ties     *seal.Box
	names    Names
	passes   *hasher
	skipCode bool
	// pause is how long after the check of a password a refusal is told, so that
	// what is recorded of known accounts takes no time that shows.
	pause time.Duration
}

// Config is what a Desk needs.
type Config struct {
	Store *store.Store
	Keys  *seal.Keys
	Atlas *region.Atlas
	// SkipCode turns the second factor off, and the duty to replace a password
	// that somebody else set, and makes passwords cheap to check. Only the demo,
	// which prints its passwords, sets it.
	SkipCode bool
}

// New returns the desk.
func New(c Config) *Desk {
	d := &Desk{
		store: c.Store, keys: c.Keys, atlas: c.Atlas,
		totp:     c.Keys.Box("totp"),
		enrol:    c.Keys.Box("totp-enrolment"),
		ties:     c.Keys.Box("staff-tie"),
		names:    NewNames(c.Keys),
		passes:   newHasher(c.Keys.Pepper()),
		skipCode: c.SkipCode,
		pause:    250 * time.Millisecond,
	}
	if c.SkipCode {
		d.passes.time, d.passes.memory = 1, 64
	}
	return d
}

// SkipsCode reports whether there is no second factor, as in the demo.
func (d *Desk) SkipsCode() bool { return d.skipCode }

// Account is a person's account as an administrator sees it.
type Account struct {
	Officer
	Active     bool
	Enrolled   bool // has a second factor
	MustChange bool
	CreatedAt  time.Time
	LastSeenAt *time.Time // nil: never signed in
}

// NewAccount is what Add needs.
type NewAccount struct {
	Login, Name string
	UnitID      uuid.UUID
	Roles       []Role
	Password    string // empty: one is made and returned

	asked []Role // all that it is to have once somebody else agreed; nil: no more than Roles
	asks  Officer
}

// Session is one signed-in browser.
type Session struct {
	ID          uuid.UUID
	Device      string
	CreatedAt   time.Time
	LastSeenAt  time.Time
	ExpiresAt   time.Time
	ConfirmedAt *time.Time // when password and code were last given; nil: not since this portal asks
	NeedsCode   bool       // password accepted, code still owed: good for nothing else
	MustEnrol   bool       // no second factor yet
	MustChange  bool       // password set by somebody else: good for ChangePassword only
	CSRF        string
	Officer     Officer
	Key         *Key // opens what is sealed to this person; nil: they have none yet, the code is still owed, or it is one of a list
}
