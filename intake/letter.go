package intake

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
)

// LetterKind tells on which level a letter was decided.
type LetterKind string

const (
	OfDecision LetterKind = "decision" // 处理意见
	OfReview   LetterKind = "review"   // 复查意见
	OfReexam   LetterKind = "reexam"   // 复核意见
)

// DecisionLetter is what was decided about a complaint, as its reporters read it: codes
// and the office's own words, which pages put into the language of the reader.
type DecisionLetter struct {
	ID          uuid.UUID    `json:"-"`
	N           int          `json:"-"` // 1, 2 … of the complaint
	ComplaintID uuid.UUID    `json:"-"`
	Kind        LetterKind   `json:"-"`
	UnitID      uuid.UUID    `json:"-"`
	At          time.Time    `json:"-"`
	On          workday.Date // day of the decision
	Office      string       // who decided
	Number      string       `json:",omitempty"` // of the paper; "" when there is none
	Matter      string       `json:",omitempty"` // what it is about, in the office's words; "" where several people reported it
	Accepted    workday.Date `json:",omitempty"`
	Outcome     Outcome      `json:",omitempty"` // of the whole; "" where an earlier letter stands
	Ruling      string       `json:",omitempty"` // review, reexam: upheld, changed, redo
	Facts       string       `json:",omitempty"` // review, reexam: what was found
	Basis       string       `json:",omitempty"` // of the ruling
	Parts       []LetterPart `json:",omitempty"` // one for each numbered demand
	Next        LetterKind   `json:",omitempty"` // what can be asked for; "" nothing: it is final
	NextBy      string       `json:",omitempty"` // the office that would look again
	NextHere    bool         `json:",omitempty"` // it is the same office, by other people
	NextDays    int          `json:",omitempty"` // calendar days from when the letter arrives
}

// LetterPart answers the n-th demand.
type LetterPart struct {
	N      int
	Demand string `json:",omitempty"` // "" where several people reported it
	Result Outcome
	Facts  string
	Basis  string
	Done   string `json:",omitempty"`
}

type letterRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	N           int
	Kind        LetterKind
	UnitID      uuid.UUID
	BodySealed  []byte
	At          time.Time
}

// TableName is letter.
func (letterRow) TableName() string { return "letter" }

// maxLetters is how many letters one complaint has at most: each is a decision,
// a review or a re-examination, and only one is sent back to be made anew.
const maxLetters = 20

// PutLetter stores the next letter of a complaint, in the caller's transaction,
// and returns it with its id and number. Whoever calls tells the reporters
// (Answer).
func (d *Desk) PutLetter(tx *gorm.DB, complaint uuid.UUID, l DecisionLetter) (DecisionLetter, error) {
	err := tx.Model(&letterRow{}).Where("complaint_id = ?", complaint).Select("COALESCE(MAX(n), 0) + 1").Scan(&l.N).Error
	if err != nil {
		return l, err
	}
	body, err := json.Marshal(l)
	if err != nil {
		return l, err
	}
	l.ID, l.ComplaintID, l.At = newID(), complaint, d.store.Now()
	return l, tx.Create(&letterRow{
		ID: l.ID, ComplaintID: complaint, N: l.N, Kind: l.Kind, UnitID: l.UnitID,
		BodySealed: d.letterBox.Shut(body, letterPlace(l.ID)), At: l.At,
	}).Error
}

func letterPlace(id uuid.UUID) string { return "letter:" + id.String() }

// Letters opens the letters of a complaint, newest first. Whoever calls has
// checked that they may be read.
func (d *Desk) Letters(db *gorm.DB, complaint uuid.UUID) ([]DecisionLetter, error) {
	return d.letters(db.Where("complaint_id = ?", complaint).Order("n DESC").Limit(maxLetters))
}

// LettersSince opens the letters that an office wrote since a time, newest
// first, at most n.
func (d *Desk) LettersSince(db *gorm.DB, unit uuid.UUID, since time.Time, n int) ([]DecisionLetter, error) {
	return d.letters(db.Where("unit_id = ? AND at >= ?", unit, since).Order("at DESC").Limit(n))
}

func (d *Desk) letters(query *gorm.DB) ([]DecisionLetter, error) {
	var rows []letterRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, err
	}
	var letters []DecisionLetter
	for _, r := range rows {
		body, err := d.letterBox.Open(r.BodySealed, letterPlace(r.ID))
		if err != nil {
			return nil, fmt.Errorf("intake: open letter %s: %w", r.ID, err)
		}
		l := DecisionLetter{ID: r.ID, ComplaintID: r.ComplaintID, N: r.N, Kind: r.Kind, UnitID: r.UnitID, At: r.At.UTC()}
		if err := json.Unmarshal(body, &l); err != nil {
			return nil, err
		}
		letters = append(letters, l)
	}
	return letters, nil
}
