package appeal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// maxRatingWords is how much may be said with a rating, in characters.
const maxRatingWords = 500

// ratingRow is what a reporter says of a letter.
type ratingRow struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"` // the reporter's own
	LetterN     int       `gorm:"primaryKey;autoIncrement:false"`
	Code        intake.Rating
	WordsSealed []byte
	At          time.Time
	ChangedAt   time.Time
	FormHash    []byte // of the form that it came with; nil: the form had nothing of its own
}

func (ratingRow) TableName() string { return "rating" }

// said is what stands beside a rating. Its row is known by two columns, so that the
// id of the sheet is made from them.
func (d *Desk) said(r ratingRow) intake.Sheet {
	n := strconv.Itoa(r.LetterN)
	return intake.Sheet{ID: uuid.NewSHA1(r.ComplaintID, []byte("rating "+n)), Place: "rating:" + r.ComplaintID.String() + "/" + n, Sealed: r.WordsSealed, Before: d.box}
}

// Say is what a reporter says of a letter.
type Say struct {
	Code  intake.Rating
	Words string // at most 500 characters; none need be
	Keep  bool   // they were not shown what they said before: it stays where they say nothing new
	Form  string // what only this form holds, drawn at random; "" nothing
}

// hash tells whether the same form came before. Words that are sealed to others can
// be compared with nothing; without Form the hash would betray them to who guesses.
func (s Say) hash() []byte {
	if s.Form == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(s.Form + "\x00" + string(s.Code) + "\x00" + s.Words))
	return sum[:]
}

// Rate takes what a reporter says of the newest letter that reached them, under
// their receipt: whether it solved anything, with words if they like, which are read
// by who works on the desk where their complaint lies, and above. One rating stands
// for each letter; it may be changed within the days of its rule, and a form that
// arrives twice leaves one. "Unsolved" is work for the office above at once. Errors:
// *step.Invalid, *Late when it can no more be changed, intake.ErrClosed when there is
// nothing to rate.
func (d *Desk) Rate(ctx context.Context, report uuid.UUID, part int, s Say) error {
	var f step.Form
	f.Require(slices.Contains(intake.Ratings(), s.Code), "rating", "rating")
	s.Words = f.Text("rating_words", s.Words, 0, maxRatingWords, "rating_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.listen(ctx, report, part, func(tx *gorm.DB, m heard) error {
		if m.delivery == nil || !answered(m.lead) {
			return intake.ErrClosed
		}
		return d.rate(tx, m, s)
	})
}

func (d *Desk) rate(tx *gorm.DB, m heard, s Say) error {
	now := d.Store.Now()
	row := ratingRow{ComplaintID: m.own.ID, LetterN: m.letter.N, Code: s.Code, At: now, ChangedAt: now, FormHash: s.hash()}
	before, err := d.ratingOf(tx, m.own.ID, m.letter.N)
	event := "rated"
	switch {
	case errors.Is(err, store.ErrNotFound):
		if row.WordsSealed, err = d.shutSaid(tx, m.own, row, s.Words); err == nil {
			err = tx.Create(&row).Error
		}
	case err != nil:
		return err
	case before.saysAlready(s):
		return nil
	case d.today() > before.Until:
		return &Late{Until: before.Until}
	default:
		event = "rating_changed"
		err = d.changeRating(tx, m.own, row, s)
	}
	if err != nil {
		return err
	}
	err = tx.Model(&intake.Complaint{}).Where("id = ?", m.own.ID).Updates(map[string]any{"rating": s.Code, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return err
	}
	body := map[string]string{"rating": string(s.Code), "letter": strconv.Itoa(m.letter.N)}
	if err := ledger.Append(tx, ledger.OfComplaint, m.own.ID, event, ledger.Reporter(), now, body); err != nil {
		return err
	}
	if s.Code != intake.Unsolved {
		return nil
	}
	lead, err := read(tx, m.lead.ID)
	if err != nil {
		return err
	}
	return d.openLook(tx, ledger.Reporter(), &lead, m.letter.N, "rating")
}

// shutSaid seals the words of a rating. Where there are none, those of before go.
func (d *Desk) shutSaid(tx *gorm.DB, own intake.Complaint, row ratingRow, words string) ([]byte, error) {
	sheet := d.said(row)
	if words == "" {
		return []byte{}, intake.EraseSheets(tx, sheet.ID)
	}
	return d.Intake.WriteAbout(tx, own, nil, sheet.ID, sheet.Place, []byte(words))
}

// changeRating puts another rating in the place of one. Words that the reporter could
// not be shown stay where they wrote no others.
func (d *Desk) changeRating(tx *gorm.DB, own intake.Complaint, row ratingRow, s Say) error {
	set := map[string]any{"code": row.Code, "changed_at": row.ChangedAt, "form_hash": row.FormHash}
	if !s.stays() {
		sealed, err := d.shutSaid(tx, own, row, s.Words)
		if err != nil {
			return err
		}
		set["words_sealed"] = sealed
	}
	return tx.Model(&ratingRow{}).Where("complaint_id = ? AND letter_n = ?", row.ComplaintID, row.LetterN).Updates(set).Error
}

// stays reports whether the words of before stay.
func (s Say) stays() bool { return s.Keep && s.Words == "" }

// Rating is what a reporter said of a letter.
type Rating struct {
	Of    string // number of the reporter's own complaint
	N     int    // of the letter
	Code  intake.Rating
	Words string
	Kept  intake.Kept // why the words are not shown
	At    time.Time
	Until workday.Date // last day on which it may be changed

	form []byte // hash of the form that it came with
}

// saysAlready reports whether nothing new is said: by the same form, or in the same
// words.
func (r Rating) saysAlready(s Say) bool {
	if r.Code != s.Code {
		return false
	}
	return s.stays() || r.Kept == "" && r.Words == s.Words || s.Form != "" && bytes.Equal(r.form, s.hash())
}

// ratingOf reads what a reporter said of a letter, as far as their receipt opens it, or
// store.ErrNotFound.
func (d *Desk) ratingOf(db *gorm.DB, own uuid.UUID, letter int) (Rating, error) {
	var row ratingRow
	if err := store.One(db.Where("complaint_id = ? AND letter_n = ?", own, letter), &row); err != nil {
		return Rating{}, err
	}
	sheet := d.said(row)
	texts, err := d.Intake.ReadSheets(db, staff.Officer{}, sheet)
	if err != nil {
		return Rating{}, err
	}
	return d.rating(db, row, texts[sheet.ID])
}

func (d *Desk) rating(db *gorm.DB, row ratingRow, said intake.SheetText) (Rating, error) {
	first := workday.On(row.At)
	rule, err := d.Clocks.RuleOn(db, ruleRatingChange, "", first)
	one := Rating{N: row.LetterN, Code: row.Code, At: row.At.UTC(), Until: first.Add(rule.N), form: row.FormHash}
	one.Words, one.Kept = words(said)
	return one, err
}
