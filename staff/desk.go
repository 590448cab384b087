package staff

import (
	"context"
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
)

// Desk keeps the accounts.
type Desk struct{}

// Config is what a Desk needs.
type Config struct {
	Store *store.Store
	Keys  *seal.Keys
	Atlas *region.Atlas
	// SkipCode turns the second factor off. Only the demo sets it.
	SkipCode bool
}

// New returns the desk.
func New(c Config) *Desk { panic("contract: not built") }

// Account is a person's account as an administrator sees it.
type Account struct {
	Officer
	Active     bool
	Enrolled   bool // has a second factor
	MustChange bool
	CreatedAt  time.Time
	LastSeenAt *time.Time
}

// NewAccount is what Add needs.
type NewAccount struct {
	Login, Name string
	UnitID      uuid.UUID
	Roles       []Role
	Password    string // empty: one is made and returned
}

// Bootstrap creates the first administrator; only the command line calls it.
func (d *Desk) Bootstrap(ctx context.Context, a NewAccount) (password string, err error) {
	panic("contract: not built")
}

// Add creates an account below by's office and returns its first password. By
// can grant no role outside what an administrator may (the custodian role
// needs a custodian's own administrator; nobody grants more than their office).
func (d *Desk) Add(ctx context.Context, by Officer, a NewAccount) (password string, err error) {
	panic("contract: not built")
}

// SetRoles replaces a person's roles and ends their sessions.
func (d *Desk) SetRoles(ctx context.Context, by Officer, account uuid.UUID, roles []Role) error {
	panic("contract: not built")
}

// SetActive enables or disables an account and ends its sessions.
func (d *Desk) SetActive(ctx context.Context, by Officer, account uuid.UUID, active bool) error {
	panic("contract: not built")
}

// Reset gives a new first password, removes the second factor and ends all
// sessions. By must not be the person.
func (d *Desk) Reset(ctx context.Context, by Officer, account uuid.UUID) (password string, err error) {
	panic("contract: not built")
}

// List shows the accounts of by's office and below, by office and name, at
// most 500.
func (d *Desk) List(ctx context.Context, by Officer) ([]Account, error) {
	panic("contract: not built")
}

// ColleaguesWith lists active officers of the given units whose roles grant p,
// by name, at most 200. It feeds "assign to".
func (d *Desk) ColleaguesWith(ctx context.Context, units []uuid.UUID, p Permission) ([]Officer, error) {
	panic("contract: not built")
}

// Session is one signed-in browser.
type Session struct {
	ID         uuid.UUID
	Device     string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	NeedsCode  bool // password accepted, code still owed
	MustEnrol  bool // no second factor yet
	MustChange bool // password set by somebody else
	CSRF       string
	Officer    Officer
}

// SignIn checks login and password in equal time whether or not the account
// exists, and returns the cookie of a session that still owes the code.
func (d *Desk) SignIn(ctx context.Context, login, password, device string) (cookie string, s Session, err error) {
	panic("contract: not built")
}

// Code completes a sign-in with a TOTP or recovery code. The session gets a
// new cookie. A code is accepted once.
func (d *Desk) Code(ctx context.Context, cookie, code string) (newCookie string, s Session, err error) {
	panic("contract: not built")
}

// Enrolment is a second factor being set up.
type Enrolment struct {
	Secret string // base32, to type in
	URL    string // otpauth://…, shown as a QR code
	Sealed string // carried in the form until confirmed
}

// StartEnrolment makes a new secret for a session that has none yet.
func (d *Desk) StartEnrolment(ctx context.Context, cookie string) (Enrolment, error) {
	panic("contract: not built")
}

// FinishEnrolment stores the secret once a code proves it arrived, and returns
// ten recovery codes, shown once, and the new cookie.
func (d *Desk) FinishEnrolment(ctx context.Context, cookie, sealed, code string) (newCookie string, recovery []string, err error) {
	panic("contract: not built")
}

// Whose returns the live session of a cookie, or ErrSignedOut. Idle limit 30
// minutes, absolute limit 10 hours; last use is written at most once a minute.
func (d *Desk) Whose(ctx context.Context, cookie string) (Session, error) {
	panic("contract: not built")
}

// ChangePassword replaces the officer's own password and ends the other
// sessions.
func (d *Desk) ChangePassword(ctx context.Context, cookie, old, new string) error {
	panic("contract: not built")
}

// Sessions lists the officer's own sessions, newest first.
func (d *Desk) Sessions(ctx context.Context, by Officer) ([]Session, error) {
	panic("contract: not built")
}

// EndSession ends one of the officer's own sessions.
func (d *Desk) EndSession(ctx context.Context, by Officer, session uuid.UUID) error {
	panic("contract: not built")
}

// SignOut ends the session of the cookie.
func (d *Desk) SignOut(ctx context.Context, cookie string) error { panic("contract: not built") }
