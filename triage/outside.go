package triage

import (
	"context"
	"maps"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// A reporter's name that goes outside: to an organ, or to be opened away from the portal.

// ReleaseName opens a name for somebody outside, to whom then seals it in the same
// transaction: a second custodian does, after a first one agreed, which whoever
// calls has checked. Errors: those of RuleName and of then; *step.Invalid (reason).
func (q *Queue) ReleaseName(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID, words string, then func(tx *gorm.DB, who intake.Identity) error) error {
	if err := within("reason", words, 4, 500, "case_reason"); err != nil {
		return err
	}
	return q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		who, err := q.intake.Unseal(tx, by, own, c.ReportID)
		if err != nil {
			return err
		}
		if err := then(tx, who); err != nil {
			return err
		}
		if err := q.keepReason(tx, by, c, words); err != nil {
			return err
		}
		return q.note(tx, by, &c, "identity_opened", map[string]string{"reason": "referral"})
	})
}

// NoteOutside writes down, for those who keep a name, why a custodian would let it go
// outside or not, in the transaction in which then writes what was decided. Errors:
// those of a step and of then; *step.Invalid (reason); store.ErrNotFound as for AskName.
func (q *Queue) NoteOutside(ctx context.Context, by staff.Officer, id uuid.UUID, words string, then func(tx *gorm.DB) error) error {
	if err := within("reason", words, 4, 500, "case_reason"); err != nil {
		return err
	}
	return q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		if err := then(tx); err != nil {
			return err
		}
		return q.keepReason(tx, by, c, words)
	})
}

// TakeOffline hands out a name as it is sealed to the offline recipient, for a
// custodian who opens it, with whoever holds the other key, on a machine of their
// own. It counts as opening it. Errors: those of AskName.
func (q *Queue) TakeOffline(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) (sealed []byte, err error) {
	purpose, why := revealReason(reason)
	if err := within("reason", why, 4, 500, "case_reason"); err != nil {
		return nil, err
	}
	err = q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		if sealed, err = q.intake.Offline(tx, c.ReportID); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if err := q.looked(tx, by, c.ID, SawName); err != nil {
			return err
		}
		if err := q.keepReason(tx, by, c, why); err != nil {
			return err
		}
		return q.note(tx, by, &c, "identity_opened", map[string]string{"reason": purpose})
	})
	return sealed, err
}

// reasonRow is why somebody took a name, or pictures as they came, outside, or what they
// said when a referral asked for it. Of a name
// that is opened here the request keeps the reason; rows of before have it twice.
type reasonRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	Step        string // reveal_name
	WordsSealed []byte // of rows of before; since then the words are a note about the name
	ByID        uuid.UUID
	At          time.Time
}

func (reasonRow) TableName() string { return "step_reason" }

// keepReason writes down why somebody takes a name, or pictures, outside, for those who
// keep that name.
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

// Reason is why somebody took a reporter's name, or pictures, outside, or would not.
type Reason struct {
	Words  string
	Kept   intake.Kept // why there are none
	ByName string
	At     time.Time
}

// Reasons opens, in the officer's session, what custodians wrote down when they took
// the name of a visible case, or its pictures, outside, oldest first. Who may not open
// names gets none.
func (q *Queue) Reasons(ctx context.Context, by staff.Officer, id uuid.UUID) ([]Reason, error) {
	if !by.May(staff.RevealIdentity) {
		return nil, nil
	}
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
		reasons[i] = Reason{Words: string(texts[r.ID].Text), Kept: texts[r.ID].Kept, ByName: called[r.ByID], At: r.At.UTC()}
	}
	return reasons, nil
}
