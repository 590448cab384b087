package staff

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/ledger"
)

// accountRow is an account as stored.
type accountRow struct {
	ID            uuid.UUID `gorm:"primaryKey"`
	Login         string
	Name          string
	UnitID        uuid.UUID
	State         string
	PasswordSalt  []byte
	PasswordCheck []byte
	MustChange    bool
	TOTPSealed    []byte `gorm:"column:totp_sealed"`
	TOTPLastStep  int64  `gorm:"column:totp_last_step"`
	LastSeenAt    *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int
}

func (accountRow) TableName() string { return "account" }

// States of an account.
const (
	active   = "active"
	disabled = "disabled"
)

type roleRow struct {
	AccountID uuid.UUID
	Role      Role
	GrantedAt time.Time
}

func (roleRow) TableName() string { return "account_role" }

type recoveryRow struct {
	AccountID uuid.UUID
	CodeHash  []byte
	UsedAt    *time.Time
}

func (recoveryRow) TableName() string { return "recovery_code" }

type sessionRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	TokenHash  []byte
	AccountID  uuid.UUID
	Stage      string
	Device     string
	CSRFKey    []byte `gorm:"column:csrf_key"`
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	KeySealed  []byte // the account's key under the cookie; nil: it has none yet
	// SteppedUpAt is when the person last proved who they are, with all that it takes.
	SteppedUpAt *time.Time
}

func (sessionRow) TableName() string { return "staff_session" }

// Stages of a session.
const (
	stagePassword = "password" // the code is still owed
	stageFull     = "full"
)

// find returns the account of a login, or nil.
func find(db *gorm.DB, login string) (*accountRow, error) {
	var a accountRow
	err := store.One(db.Where("login = ?", login), &a)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &a, err
}

// hold reads an account and keeps other transactions from changing it, or from
// writing its events, until this one ends.
func hold(tx *gorm.DB, id uuid.UUID) (accountRow, error) {
	var a accountRow
	err := store.One(tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id), &a)
	return a, err
}

// change updates the account that hold returned.
func (d *Desk) change(tx *gorm.DB, a accountRow, to map[string]any) error {
	to["version"] = a.Version + 1
	to["updated_at"] = d.store.Now()
	done := tx.Model(&accountRow{}).Where("id = ? AND version = ?", a.ID, a.Version).Updates(to)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return ErrStale
	}
	return nil
}

// record writes what happened to an account.
func (d *Desk) record(tx *gorm.DB, account uuid.UUID, kind string, by ledger.Actor, body map[string]string) error {
	return ledger.Append(tx, ledger.OfAccount, account, kind, by, d.store.Now(), body)
}

// officer is the account as the person who acts.
func (d *Desk) officer(a accountRow, roles []Role) Officer {
	o := Officer{ID: a.ID, Login: a.Login, Name: a.Name, UnitID: a.UnitID, Roles: inOrder(roles)}
	if unit, err := d.atlas.Unit(a.UnitID); err == nil {
		o.UnitName = unit.Name
	}
	return o
}

// inOrder sorts roles the way forms show them.
func inOrder(held []Role) []Role {
	sorted := make([]Role, 0, len(held))
	for _, r := range roles {
		if slices.Contains(held, r) {
			sorted = append(sorted, r)
		}
	}
	return sorted
}

func rolesOf(db *gorm.DB, accounts ...uuid.UUID) (map[uuid.UUID][]Role, error) {
	held := map[uuid.UUID][]Role{}
	if len(accounts) == 0 {
		return held, nil
	}
	var rows []roleRow
	if err := db.Where("account_id IN ?", accounts).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		held[r.AccountID] = append(held[r.AccountID], r.Role)
	}
	return held, nil
}

// endSessions ends the sessions of an account but the one to keep (uuid.Nil
// for none).
func endSessions(tx *gorm.DB, account, keep uuid.UUID) error {
	return tx.Where("account_id = ? AND id <> ?", account, keep).Delete(&sessionRow{}).Error
}
