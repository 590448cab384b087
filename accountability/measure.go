package accountability

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Measure is a measure as stored, without the words and the person in it.
type Measure struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	UnitID       uuid.UUID
	Code         Code
	Nature       Nature
	TargetID     uuid.UUID // the office, or where the person serves
	PersonSealed []byte
	Role         Role
	Level        string
	Clauses      []string `gorm:"serializer:json"`
	WordsSealed  []byte
	Body         Body
	BodyName     string
	AfterID      *uuid.UUID
	Offer        Offer
	State        State
	Number       string // of its paper
	Public       bool
	ProposedBy   uuid.UUID
	ProposedAt   time.Time
	RuledBy      *uuid.UUID
	RuledAt      *time.Time
	ServedOn     *workday.Date
	ServedHow    string
	ServedAt     *time.Time
	DueOn        *workday.Date
	Version      int
}

// TableName is measure.
func (Measure) TableName() string { return "measure" }

// OfPerson reports whether a person is held to account.
func (m Measure) OfPerson() bool { return m.Role != "" }

// Words is what a measure says.
type Words struct {
	Facts       string `json:"facts"`       // 10 to 3000 characters
	Requirement string `json:"requirement"` // what is to be done and until when; at most 1000
	Reference   string `json:"reference"`   // other rules that it rests on; at most 300
}

// Ground is what a measure stands on.
type Ground struct {
	MeasureID uuid.UUID      `gorm:"primaryKey"`
	Kind      ledger.Subject `gorm:"primaryKey"`
	RefID     uuid.UUID      `gorm:"primaryKey"`
	Number    string
}

// TableName is measure_ground.
func (Ground) TableName() string { return "measure_ground" }

// noteRow is what was said to a measure, as stored.
type noteRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	MeasureID   uuid.UUID
	Kind        State
	OnDay       workday.Date
	WordsSealed []byte
	ByID        uuid.UUID
	UnitID      uuid.UUID
	At          time.Time
}

func (noteRow) TableName() string { return "measure_note" }

// declinedRow is an offer that somebody did not take up.
type declinedRow struct {
	MeasureID uuid.UUID `gorm:"primaryKey"`
	Offer     Offer     `gorm:"primaryKey"`
	ByID      uuid.UUID
	At        time.Time
}

func (declinedRow) TableName() string { return "measure_declined" }

// Note is what was said to a measure: why it was returned, what became of it, the
// appeal, why it was lifted.
type Note struct {
	Kind  State
	On    workday.Date
	Words string
	By    string
	Unit  string
	At    time.Time
	Files []evidence.File
}

// Line is a measure in a list. It names no person.
type Line struct {
	Measure
	UnitName   string
	TargetName string
	Late       int // working days since the reply was due
}

// Whole is a measure with everything of it, for the office that holds to account.
type Whole struct {
	Line
	Words
	Person   Person
	Proposer string
	Ruler    string
	Grounds  []Ground
	Notes    []Note
	After    *Measure  // whose offer it took up
	Linked   []Measure // which took up offers of it
	Offers   []Offer   // still open; nil for who may not propose
	Clocks   []clock.Deadline
	Events   []ledger.Event
	Actions  []Act
}

func (d *Desk) shut(kind string, id uuid.UUID, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return d.box.Shut(text, place(kind, id)), nil
}

func (d *Desk) unseal(kind string, id uuid.UUID, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	text, err := d.box.Open(sealed, place(kind, id))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// said opens what a measure says, and of whom.
func (d *Desk) said(m Measure) (w Words, p Person, err error) {
	if err = d.unseal("words", m.ID, m.WordsSealed, &w); err != nil {
		return w, p, err
	}
	err = d.unseal("person", m.ID, m.PersonSealed, &p)
	p.Role, p.Level = m.Role, m.Level
	return w, p, err
}

// groundsOf lists what a measure stands on.
func groundsOf(db *gorm.DB, id uuid.UUID) (all []Ground, err error) {
	err = db.Where("measure_id = ?", id).Order("kind, number").Limit(mostGrounds).Find(&all).Error
	return all, err
}
