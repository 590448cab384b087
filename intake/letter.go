package intake

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/workday"
	"minsheng/staff"
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
	Kept        Kept         `json:"-"`          // why matter, facts, basis and parts are not here
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
	WordsSealed []byte // nil: in the body
	At          time.Time
}

// TableName is letter.
func (letterRow) TableName() string { return "letter" }

// maxLetters is how many letters one complaint has at most: each is a decision,
// a review or a re-examination, and only one is sent back to be made anew.
const maxLetters = 20

// letterWords is what of a letter tells what was reported and found. It is sealed as
// the words of the report are; the rest stays with the portal, which counts days by it.
type letterWords struct {
	Matter, Facts, Basis string       `json:",omitempty"`
	Parts                []LetterPart `json:",omitempty"`
}

// PutLetter stores the next letter of a complaint, in the caller's transaction,
// and returns it with its id and number. Whoever calls tells the reporters
// (Answer).
func (d *Desk) PutLetter(tx *gorm.DB, c Complaint, l DecisionLetter) (DecisionLetter, error) {
	err := tx.Model(&letterRow{}).Where("complaint_id = ?", c.ID).Select("COALESCE(MAX(n), 0) + 1").Scan(&l.N).Error
	if err != nil {
		return l, err
	}
	l.ID, l.ComplaintID, l.At = newID(), c.ID, d.store.Now()
	row := letterRow{ID: l.ID, ComplaintID: c.ID, N: l.N, Kind: l.Kind, UnitID: l.UnitID, At: l.At}
	rest, err := d.putLetterWords(tx, c, l, &row)
	if err != nil {
		return l, err
	}
	body, err := json.Marshal(rest)
	if err != nil {
		return l, err
	}
	row.BodySealed = d.letterBox.Shut(body, letterPlace(l.ID))
	return l, tx.Create(&row).Error
}

// putLetterWords seals the words of a letter to offices and to the receipts of all who
// read it, and returns the rest. One receipt without a key of its own is enough for
// the words to stay in the body, with the portal.
func (d *Desk) putLetterWords(tx *gorm.DB, c Complaint, l DecisionLetter, row *letterRow) (rest DecisionLetter, err error) {
	reports, err := reportsUnder(tx, c.ID)
	if err != nil {
		return l, err
	}
	hears, all, err := hearers(tx, reports...)
	if err != nil || !all {
		return l, err
	}
	sheet, to, err := d.sheetAbout(tx, c, nil, l.ID)
	if err != nil {
		return l, err
	}
	words, err := json.Marshal(letterWords{l.Matter, l.Facts, l.Basis, l.Parts})
	if err != nil {
		return l, err
	}
	key := newKey()
	row.WordsSealed, err = d.putSheet(tx, key, sheet, letterWordsPlace(l.ID), words, to)
	if err != nil {
		return l, err
	}
	l.Matter, l.Facts, l.Basis, l.Parts = "", "", "", nil
	if len(to) == 0 {
		return l, nil
	}
	return l, d.tell(tx, hears, l.ID, key)
}

// ShowLetters lets the reporter of what was merged into a complaint read its letters,
// as far as the officer's session opens them.
func (d *Desk) ShowLetters(tx *gorm.DB, by staff.Officer, lead, report uuid.UUID) error {
	var letters []uuid.UUID
	if err := tx.Model(&letterRow{}).Where("complaint_id = ? AND words_sealed IS NOT NULL", lead).Pluck("id", &letters).Error; err != nil {
		return err
	}
	return d.show(tx, by, []uuid.UUID{report}, letters...)
}

func letterPlace(id uuid.UUID) string { return "letter:" + id.String() }

func letterWordsPlace(id uuid.UUID) string { return letterPlace(id) + ":words" }

// Letters opens the letters of a complaint in the officer's session, newest first. The
// zero Officer is the portal itself. Whoever calls has checked that they may be read.
func (d *Desk) Letters(db *gorm.DB, by staff.Officer, complaint uuid.UUID) ([]DecisionLetter, error) {
	rows, err := letterRows(db.Where("complaint_id = ?", complaint).Order("n DESC").Limit(maxLetters))
	if err != nil {
		return nil, err
	}
	return d.readLetters(db, by, rows)
}

// LettersSince opens the letters that an office wrote since a time, newest
// first, at most n.
func (d *Desk) LettersSince(db *gorm.DB, by staff.Officer, unit uuid.UUID, since time.Time, n int) ([]DecisionLetter, error) {
	rows, err := letterRows(db.Where("unit_id = ? AND at >= ?", unit, since).Order("at DESC").Limit(n))
	if err != nil {
		return nil, err
	}
	return d.readLetters(db, by, rows)
}

// lettersUnder opens the letters of a matter for whoever holds the receipt.
func (d *Desk) lettersUnder(db *gorm.DB, m matter, pass passKey) ([]DecisionLetter, error) {
	rows, err := letterRows(db.Where("complaint_id = ?", m.lead.ID).Order("n DESC").Limit(maxLetters))
	if err != nil {
		return nil, err
	}
	keys, err := d.letterKeys(db, staff.Officer{}, rows)
	if err != nil {
		return nil, err
	}
	if err := underReceipt(db, m.own.ReportID, pass, keys); err != nil {
		return nil, err
	}
	return d.openLetters(rows, keys)
}

func letterRows(query *gorm.DB) (rows []letterRow, err error) { return rows, query.Find(&rows).Error }

func (d *Desk) readLetters(db *gorm.DB, by staff.Officer, rows []letterRow) ([]DecisionLetter, error) {
	keys, err := d.letterKeys(db, by, rows)
	if err != nil {
		return nil, err
	}
	return d.openLetters(rows, keys)
}

func (d *Desk) letterKeys(db *gorm.DB, by staff.Officer, rows []letterRow) (map[uuid.UUID]custody.Content, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		if r.WordsSealed != nil {
			ids = append(ids, r.ID)
		}
	}
	return d.contents.Contents(db, by, ids...)
}

func (d *Desk) openLetters(rows []letterRow, keys map[uuid.UUID]custody.Content) (letters []DecisionLetter, err error) {
	for _, r := range rows {
		body, err := d.letterBox.Open(r.BodySealed, letterPlace(r.ID))
		if err != nil {
			return nil, fmt.Errorf("intake: open letter %s: %w", r.ID, err)
		}
		l := DecisionLetter{ID: r.ID, ComplaintID: r.ComplaintID, N: r.N, Kind: r.Kind, UnitID: r.UnitID, At: r.At.UTC()}
		if err := json.Unmarshal(body, &l); err != nil {
			return nil, err
		}
		if r.WordsSealed != nil {
			if err := l.addWords(Sheet{ID: r.ID, Place: letterWordsPlace(r.ID), Sealed: r.WordsSealed}, keys); err != nil {
				return nil, err
			}
		}
		letters = append(letters, l)
	}
	return letters, nil
}

// addWords adds what keys open of a letter, or why they do not.
func (l *DecisionLetter) addWords(s Sheet, keys map[uuid.UUID]custody.Content) error {
	text, kept, err := s.opened(keys)
	if l.Kept = kept; err != nil || kept != "" {
		return err
	}
	var w letterWords
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	l.Matter, l.Facts, l.Basis, l.Parts = w.Matter, w.Facts, w.Basis, w.Parts
	return nil
}
