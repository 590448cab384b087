package appeal

import (
	"context"
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
}

func (ratingRow) TableName() string { return "rating" }

// place binds the words of a rating to its row.
func (r ratingRow) place() string { return r.ComplaintID.String() + "/" + strconv.Itoa(r.LetterN) }

// Rate takes what a reporter says of the newest letter that reached them, under
// their receipt: whether it solved anything, with at most 500 characters if they
// like. One rating stands for each letter; it may be changed within the days of
// its rule, and a form that arrives twice leaves one. "Unsolved" is work for the
// office above at once. Errors: *step.Invalid, *Late when it can no more be
// changed, intake.ErrClosed when there is nothing to rate.
func (d *Desk) Rate(ctx context.Context, report uuid.UUID, part int, code intake.Rating, words string) error {
	var f step.Form
	f.Require(slices.Contains(intake.Ratings(), code), "rating", "rating")
	words = f.Text("rating_words", words, 0, maxRatingWords, "rating_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.listen(ctx, report, part, func(tx *gorm.DB, m heard) error {
		if m.delivery == nil || !answered(m.lead) {
			return intake.ErrClosed
		}
		return d.rate(tx, m, code, words)
	})
}

func (d *Desk) rate(tx *gorm.DB, m heard, code intake.Rating, words string) error {
	now := d.Store.Now()
	row := ratingRow{ComplaintID: m.own.ID, LetterN: m.letter.N, Code: code, At: now, ChangedAt: now}
	row.WordsSealed = d.box.Shut([]byte(words), "rating:"+row.place())
	before, err := d.ratingOf(tx, m.own.ID, m.letter.N)
	event := "rated"
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = tx.Create(&row).Error
	case err != nil:
		return err
	case before.Code == code && before.Words == words:
		return nil
	case d.today() > before.Until:
		return &Late{Until: before.Until}
	default:
		event = "rating_changed"
		err = tx.Model(&ratingRow{}).Where("complaint_id = ? AND letter_n = ?", row.ComplaintID, row.LetterN).
			Updates(map[string]any{"code": code, "words_sealed": row.WordsSealed, "changed_at": now}).Error
	}
	if err != nil {
		return err
	}
	err = tx.Model(&intake.Complaint{}).Where("id = ?", m.own.ID).Updates(map[string]any{"rating": code, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return err
	}
	body := map[string]string{"rating": string(code), "letter": strconv.Itoa(m.letter.N)}
	if err := ledger.Append(tx, ledger.OfComplaint, m.own.ID, event, ledger.Reporter(), now, body); err != nil {
		return err
	}
	if code != intake.Unsolved {
		return nil
	}
	lead, err := read(tx, m.lead.ID)
	if err != nil {
		return err
	}
	return d.openLook(tx, ledger.Reporter(), &lead, m.letter.N, "rating")
}

// Rating is what a reporter said of a letter.
type Rating struct {
	Of    string // number of the reporter's own complaint
	N     int    // of the letter
	Code  intake.Rating
	Words string
	At    time.Time
	Until workday.Date // last day on which it may be changed
}

// ratingOf reads what a reporter said of a letter, or store.ErrNotFound.
func (d *Desk) ratingOf(db *gorm.DB, own uuid.UUID, letter int) (Rating, error) {
	var row ratingRow
	if err := store.One(db.Where("complaint_id = ? AND letter_n = ?", own, letter), &row); err != nil {
		return Rating{}, err
	}
	return d.rating(db, row)
}

func (d *Desk) rating(db *gorm.DB, row ratingRow) (Rating, error) {
	words, err := d.box.Open(row.WordsSealed, "rating:"+row.place())
	if err != nil {
		return Rating{}, err
	}
	first := workday.On(row.At)
	rule, err := d.Clocks.RuleOn(db, ruleRatingChange, "", first)
	return Rating{N: row.LetterN, Code: row.Code, Words: string(words), At: row.At.UTC(), Until: first.Add(rule.N)}, err
}
