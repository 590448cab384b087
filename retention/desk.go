package retention

import (
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/objection"
	"minsheng/region"
	"minsheng/triage"
)

// What is destroyed (catalog key retention.what.<code>).
const (
	Names = "names" // who reported
	Words = "words" // what was written, with files, and who reported
)

// Whats lists them in order.
func Whats() []string { return []string{Names, Words} }

// Ground is why something is destroyed; catalog key retention.ground.<code>.
type Ground string

// Grounds.
const (
	Due         Ground = "due" // its years are over
	Wish        Ground = "wish"
	Unlawful    Ground = "unlawful"
	ThirdPerson Ground = "third_person"
)

// Grounds lists those on which something can be destroyed before it is due.
func Grounds() []Ground { return []Ground{Wish, Unlawful, ThirdPerson} }

// Held says what keeps something from being destroyed: codes, catalog key
// retention.hold.<code>.
type Held struct{ By []string }

// Error names the codes.
func (h *Held) Error() string { return "retention: kept by " + strings.Join(h.By, ", ") }

var (
	// ErrNotDue means that the years of the rule are not over.
	ErrNotDue = errors.New("retention: not due")
	// ErrTookPart means that the officer took part in what was done about it.
	ErrTookPart = errors.New("retention: took part in it")
)

// askedDays is how many days a request waits for an answer.
const askedDays = 14

// PageSize is how many lines stand on a page.
const PageSize = 50

// Also destroys what a room above the cases keeps of some complaints' words, in the
// caller's transaction.
type Also func(tx *gorm.DB, complaints []uuid.UUID) error

// Config is what a Desk needs.
type Config struct {
	Store      *store.Store
	Atlas      *region.Atlas
	Triage     *triage.Queue
	Objections *objection.Desk
	Shelf      *evidence.Shelf
	Also       []Also
	File       string // outside the database: which reports were erased; "" keeps none
}

// Desk keeps and ends what was reported. It is safe for use by many goroutines.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

// row is a request as stored.
type row struct {
	ID          uuid.UUID  `gorm:"primaryKey"`
	ComplaintID *uuid.UUID // or
	ObjectionID *uuid.UUID
	ReportID    uuid.UUID
	What        string
	Ground      Ground
	Basis       string
	Why         string
	AskedBy     uuid.UUID
	AskedUnit   uuid.UUID
	AskedAt     time.Time
	State       string // asked, done, refused, over
	RuledBy     *uuid.UUID
	RuledUnit   *uuid.UUID
	RuledAt     *time.Time
}

func (row) TableName() string { return "erasure" }

// of is what it is about.
func (r row) of() Ref { return refOf(r.ComplaintID, r.ObjectionID) }

// refOf reads a Ref from the two columns of which one is filled, and columns writes it.
func refOf(complaintID, objectionID *uuid.UUID) Ref {
	switch {
	case objectionID != nil:
		return Objection(*objectionID)
	case complaintID != nil:
		return Case(*complaintID)
	}
	return Ref{}
}

func (r Ref) columns() (complaintID, objectionID *uuid.UUID) {
	if r.Of == ledger.OfObjection {
		return nil, &r.ID
	}
	return &r.ID, nil
}

// Erasure is a request, or what came of it.
type Erasure struct {
	ID        uuid.UUID
	Of        Ref
	Number    string // of what it is about
	PlaceName string
	What      string
	Ground    Ground
	Basis     string
	Why       string
	State     string
	AskedBy   string
	AskedUnit string
	AskedAt   time.Time
	RuledBy   string
	RuledUnit string
	RuledAt   time.Time
	Own       bool // the officer asked
	ToRule    bool // the officer may agree
}

// unit is what an office is called.
func (d *Desk) unit(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	u, err := d.Atlas.Unit(*id)
	if err != nil {
		return ""
	}
	return u.Name
}
