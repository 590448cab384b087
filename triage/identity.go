package triage

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// RevealReasons lists why a reporter's name may be opened. The reporter reads
// the reason on the tracking page (catalog key reveal.<code>).
func RevealReasons() []string {
	return []string{"contact", "visit", "protect", "refund", "referral", "other"}
}

// revealReason cuts "contact: 需要约定入户时间" into its code and the
// custodian's own words. Words without a known code are for another reason.
func revealReason(text string) (code, words string) {
	code, words, _ = strings.Cut(strings.Replace(text, ":", ":", 1), ":")
	if code = strings.TrimSpace(code); slices.Contains(RevealReasons(), code) {
		return code, strings.TrimSpace(words)
	}
	return "other", strings.TrimSpace(text)
}

// reasonRow is why somebody took a step whose reason nobody outside reads.
type reasonRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	Step        string // reveal_name
	WordsSealed []byte // of rows of before; since then the words are a note about the name
	ByID        uuid.UUID
	At          time.Time
}

func (reasonRow) TableName() string { return "step_reason" }

// keepReason writes down why somebody opened a name, or pictures as they came, for those
// who keep that name.
func (q *Queue) keepReason(tx *gorm.DB, by staff.Officer, c intake.Complaint, words string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	if err := tx.Create(&reasonRow{id, c.ID, "reveal_name", []byte{}, by.ID, q.store.Now()}).Error; err != nil {
		return err
	}
	return q.intake.NoteName(tx, c.ReportID, id, words)
}

// Reason is why somebody opened a reporter's name.
type Reason struct {
	Step   string // reveal_name
	Words  string
	Kept   intake.Kept // why there are none
	ByName string
	At     time.Time
}

// Reasons opens, in the officer's session, what custodians wrote down about a visible
// case when they opened its reporter's name, oldest first.
func (q *Queue) Reasons(ctx context.Context, by staff.Officer, id uuid.UUID) ([]Reason, error) {
	db := q.store.Read(ctx)
	if _, err := q.CaseIn(db, by, id); err != nil {
		return nil, err
	}
	var rows []reasonRow
	if err := db.Where("complaint_id = ?", id).Order("at, id").Limit(100).Find(&rows).Error; err != nil {
		return nil, err
	}
	var people, notes []uuid.UUID
	var sheets []intake.Sheet
	for _, r := range rows {
		if people = append(people, r.ByID); len(r.WordsSealed) == 0 {
			notes = append(notes, r.ID)
		} else {
			sheets = append(sheets, q.reasonSheet(r))
		}
	}
	texts, err := q.intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return nil, err
	}
	noted, err := q.intake.NameNotes(db, by, notes...)
	if err != nil {
		return nil, err
	}
	maps.Copy(texts, noted)
	called, err := peopleNames(db, people)
	if err != nil {
		return nil, err
	}
	reasons := make([]Reason, len(rows))
	for i, r := range rows {
		reasons[i] = Reason{Step: r.Step, Words: string(texts[r.ID].Text), Kept: texts[r.ID].Kept, ByName: called[r.ByID], At: r.At.UTC()}
	}
	return reasons, nil
}
