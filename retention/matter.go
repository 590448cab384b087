package retention

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Ref names something that was reported: what it is, and its id.
type Ref struct {
	Of ledger.Subject // ledger.OfComplaint, ledger.OfObjection
	ID uuid.UUID
}

// Case is a complaint.
func Case(id uuid.UUID) Ref { return Ref{ledger.OfComplaint, id} }

// Objection is an objection to a list.
func Objection(id uuid.UUID) Ref { return Ref{ledger.OfObjection, id} }

// Matter is something that was reported, without its words.
type Matter struct {
	Ref
	ReportID  uuid.UUID
	Number    string // as the office calls it
	PlaceName string
	Kind      string // code of its room
	State     string // code of its room
	Outcome   string // of a complaint; "" none. How an objection ended its state says
	Mode      intake.Mode
	ClosedAt  *time.Time
	Erased    string // what was destroyed; "" nothing
}

// gone reports whether there is nothing left of that to be destroyed.
func (m Matter) gone(what string) bool {
	return m.Erased == intake.WordsErased || what == Names && (m.Erased != "" || m.Mode == intake.Anonymous)
}

// room is who keeps what was reported: the complaints, or the objections.
type room interface {
	// terms are how its table is asked for what is due, and what keeps it.
	terms() terms
	// visible narrows a query over its table to what who asks or agrees may see.
	visible(db *gorm.DB, by staff.Officer) *gorm.DB
	// whole narrows further to reports of which no part is hidden from the officer.
	whole(db *gorm.DB, by staff.Officer) *gorm.DB
	// mayKnow narrows a query over its table to what may be listed to the officer when
	// it was destroyed, or is to be; an auditor, who reads none, sees what is not hidden.
	mayKnow(db *gorm.DB, by staff.Officer) *gorm.DB
	// read runs a query over its table.
	read(query *gorm.DB) ([]Matter, error)

	// look opens one that the officer may see: store.ErrNotFound for any other, and the
	// attempt is recorded.
	look(ctx context.Context, by staff.Officer, id uuid.UUID) (thing, error)
	// act runs do in a transaction that nobody else changes the thing beside. Errors:
	// those of look, staff.ErrForbidden.
	act(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, t thing) error) error
	// stored reads one for the portal itself.
	stored(tx *gorm.DB, id uuid.UUID) (thing, error)
}

// thing is one of a room, as it was read for a step.
type thing interface {
	matter() Matter
	// hidden reports whether a part of its report is hidden from the officer.
	hidden(db *gorm.DB, by staff.Officer) (bool, error)
	// tookPart lists who took part in what was done about it.
	tookPart(tx *gorm.DB) (map[uuid.UUID]bool, error)
	note(tx *gorm.DB, by staff.Officer, kind string, facts map[string]string) error
	// parts are all that its report became: what happens to it happens to them.
	parts(tx *gorm.DB) ([]uuid.UUID, error)
	eraseName(tx *gorm.DB) error
	eraseWords(tx *gorm.DB) (intake.Destroyed, error)
}

// rooms lists them in order.
func (d *Desk) rooms() []room { return []room{cases{d}, objections{d}} }

// room is who keeps such things; store.ErrNotFound for any other.
func (d *Desk) room(of ledger.Subject) (room, error) {
	for _, r := range d.rooms() {
		if r.terms().of == of {
			return r, nil
		}
	}
	return nil, store.ErrNotFound
}
