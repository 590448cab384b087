package staff

import (
	"errors"

	"github.com/google/uuid"

	"minsheng/ledger"
)

// ErrForbidden means the officer's roles do not allow it. The page shows 404.
var ErrForbidden = errors.New("staff: not allowed")

// Officer is a person at work: who asks a domain room to do something.
type Officer struct {
	ID       uuid.UUID
	Login    string
	Name     string
	UnitID   uuid.UUID
	UnitName string
	Roles    []Role
	Key      *Key `gorm:"-" json:"-"` // of the session that the person came with; nil: none, or they are only spoken of
}

// May reports whether the officer's roles grant p.
func (o Officer) May(p Permission) bool { return May(o.Roles, p) }

// Require returns ErrForbidden unless the officer's roles grant p.
func (o Officer) Require(p Permission) error {
	if !o.May(p) {
		return ErrForbidden
	}
	return nil
}

// Actor is how the ledger records the officer acting in role.
func (o Officer) Actor() ledger.Actor {
	id := o.ID
	role := ""
	if len(o.Roles) > 0 {
		role = string(o.Roles[0])
	}
	return ledger.Actor{Kind: "staff", ID: &id, Name: o.Name, Role: role, Unit: o.UnitName}
}
