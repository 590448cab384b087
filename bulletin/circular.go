package bulletin

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// ruleRectify is how long a criticised office has to answer.
const ruleRectify = "bulletin.rectify"

// Tone of a circular; catalog key bulletin.tone.<code>.
type Tone string

// Circulars praise or criticise (Art. 18).
const (
	Praise    Tone = "praise"
	Criticism Tone = "criticism"
)

// Tones lists both.
func Tones() []Tone { return []Tone{Praise, Criticism} }

// Scope says who reads a circular; catalog key bulletin.scope.<code>.
type Scope string

// An internal circular is read by the offices that it goes to, a public one also
// by everybody, once the publishing desk has put it up.
const (
	Internal Scope = "internal"
	Public   Scope = "public"
)

// Scopes lists both.
func Scopes() []Scope { return []Scope{Internal, Public} }

// State of a circular or of a report; catalog key bulletin.state.<code>.
type State string

// States: a report is due before somebody composes it.
const (
	Due       State = "due"
	Drafted   State = "draft"
	Issued    State = "issued"
	Discarded State = "discarded"
)

// Circular is one as stored.
type Circular struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	UnitID    uuid.UUID
	State     State
	Tone      Tone
	Scope     Scope
	Title     string
	Body      string
	Demand    string
	UntilOn   *workday.Date
	Number    string
	DraftedBy uuid.UUID
	DraftedAt time.Time
	IssuedBy  *uuid.UUID
	IssuedAt  *time.Time
	NoticeID  *uuid.UUID
	Version   int
}

// TableName is circular.
func (Circular) TableName() string { return "circular" }

// Addressee is an office that a circular goes to.
type Addressee struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	CircularID uuid.UUID
	UnitID     uuid.UUID
	Named      bool // praised or criticised, not merely told
	ReadBy     *uuid.UUID
	ReadAt     *time.Time
	DueOn      *workday.Date
	Answer     string
	AnsweredBy *uuid.UUID
	AnsweredAt *time.Time
}

// TableName is circular_to.
func (Addressee) TableName() string { return "circular_to" }

// itemLink ties a circular to an item that it rests on.
type itemLink struct {
	CircularID uuid.UUID
	ItemID     uuid.UUID
}

// TableName is circular_item.
func (itemLink) TableName() string { return "circular_item" }

// groundLink ties a circular to what else it rests on: an order or an inspection.
type groundLink struct {
	CircularID uuid.UUID
	Kind       ledger.Subject
	RefID      uuid.UUID
}

// TableName is circular_ground.
func (groundLink) TableName() string { return "circular_ground" }

// visible narrows a query over circular to what the officer may read: drafts of
// the own office, what it and those below it issued (staff.WritePapers), and what
// was issued to the own office (staff.ReadItems).
func (d *Desk) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	const addressed = "(circular.state = 'issued' AND circular.id IN (SELECT circular_id FROM circular_to WHERE unit_id = ?))"
	switch {
	case !by.May(staff.ReadItems):
		return db.Where("1 = 0")
	case !by.May(staff.WritePapers):
		return db.Where(addressed, by.UnitID)
	}
	return db.Where("(circular.unit_id = ? OR circular.state = 'issued' AND circular.unit_id IN ? OR "+addressed+")", by.UnitID, d.Atlas.Subtree(by.UnitID), by.UnitID)
}

func (d *Desk) circular(db *gorm.DB, by staff.Officer, id uuid.UUID) (c Circular, err error) {
	return c, store.One(d.visible(db, by).Where("circular.id = ?", id), &c)
}

func addresseesOf(db *gorm.DB, circular uuid.UUID) (all []Addressee, err error) {
	return all, db.Where("circular_id = ?", circular).Order("named DESC, unit_id").Limit(mostAddressed).Find(&all).Error
}
