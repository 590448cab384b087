package triage

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// LetGo says what becomes of a grave complaint that its reporter withdrew, once
// the days are over in which that could be taken back. It takes somebody who took
// no part in the case (step.ErrSamePerson): they look whether somebody stood
// behind the wish. Either the case ends, or the office goes on with it, of which
// the reporter's page says nothing, as they asked not to hear of it. words, 4 to
// 1000 characters, are kept sealed. Errors: *step.Invalid.
func (q *Queue) LetGo(ctx context.Context, by staff.Officer, id uuid.UUID, version int, end bool, words string) error {
	words = strings.TrimSpace(words)
	if err := within("words", words, 4, 1000, "case_withdrawal"); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, LetGo, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if *c.LeavesOn > q.today() {
			return step.ErrState
		}
		took, err := q.TookPart(tx, c)
		if err != nil {
			return err
		}
		if took[by.ID] {
			return step.ErrSamePerson
		}
		return q.settleWithdrawal(tx, by, c, end, words)
	})
}

func (q *Queue) settleWithdrawal(tx *gorm.DB, by staff.Officer, c *intake.Complaint, end bool, words string) error {
	ended, event := "goes_on", "withdrawal_refused"
	if end {
		ended, event = "let_go", "withdrawal_let_go"
	}
	if err := move(tx, c, map[string]any{"leaves_on": nil}); err != nil {
		return err
	}
	var w intake.Withdrawal
	if err := store.One(tx.Where("complaint_id = ? AND taken_back_at IS NULL", c.ID), &w); err != nil {
		return err
	}
	sealed, err := q.shut(tx, *c, q.withdrawalSheet(w), words)
	if err != nil {
		return err
	}
	err = tx.Model(&intake.Withdrawal{}).Where("id = ?", w.ID).Updates(map[string]any{
		"ended": ended, "ended_by": by.ID, "ended_at": q.store.Now(), "words_sealed": sealed,
	}).Error
	if err != nil {
		return err
	}
	if end {
		if err := q.end(tx, c, intake.Withdrawn); err != nil {
			return err
		}
	}
	return q.note(tx, by, c, event, nil)
}

// readWithdrawal reads the reporter's wish to withdraw.
func (q *Queue) readWithdrawal(db *gorm.DB, by staff.Officer, c *Case) error {
	var rows []intake.Withdrawal
	err := db.Where("complaint_id = ? AND taken_back_at IS NULL", c.ID).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	w := Withdrawal{Withdrawal: rows[0]}
	if w.EndedBy != nil {
		names, err := peopleNames(db, []uuid.UUID{*w.EndedBy})
		if err != nil {
			return err
		}
		texts, err := q.intake.ReadSheets(db, by, q.withdrawalSheet(w.Withdrawal))
		if err != nil {
			return err
		}
		w.ByName, w.Words, w.Kept = names[*w.EndedBy], string(texts[w.ID].Text), texts[w.ID].Kept
	}
	c.Withdrawal = &w
	return nil
}
