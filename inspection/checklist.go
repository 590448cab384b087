package inspection

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// questionRow is a question of a checklist as stored.
type questionRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	N            int
	Clause       string
	Words        string
	FindingID    *uuid.UUID
	Answer       string
	NoteSealed   []byte
	ByID         *uuid.UUID
	At           *time.Time
	CopyID       *uuid.UUID
	Version      int
}

func (questionRow) TableName() string { return "inspection_question" }

// Asked is a question of a checklist with its answer.
type Asked struct {
	ID        uuid.UUID
	N         int
	Clause    string // "" a question of the office's own
	Words     string // "" those of the clause
	FindingID *uuid.UUID
	Answer    string // "" not yet answered
	Note      string
	By        string
	At        *time.Time
	CopyID    *uuid.UUID // answered in the field
	Version   int
}

// Answered is an answer to a question that still is as its page, or the phone,
// showed it.
type Answered struct {
	Question uuid.UUID
	Version  int
	Answer   string // one of Answers; "" takes it back
	Note     string // at most 1000 characters; stored sealed
}

// Conflict says that somebody else answered a question meanwhile, with what it
// says now. It is a step.ErrStale.
type Conflict struct{ Now []Asked }

// Error counts; what was answered is somebody's words.
func (c *Conflict) Error() string {
	return fmt.Sprintf("inspection: %d questions were answered by somebody else", len(c.Now))
}

// Unwrap makes a conflict a step.ErrStale.
func (c *Conflict) Unwrap() error { return step.ErrStale }

func (a Answered) tidy() (Answered, error) {
	var f step.Form
	f.Require(a.Answer == "" || slices.Contains(Answers(), a.Answer), "answer", "inspection_answer")
	a.Note = f.Text("note", a.Note, 0, 1000, "inspection_note")
	return a, f.Err()
}

// addQuestions writes questions behind the first so many.
func addQuestions(tx *gorm.DB, inspection uuid.UUID, behind int, rows []questionRow) error {
	if behind+len(rows) > mostQuestions {
		return step.Bad("clauses", "inspection_many_questions")
	}
	for i := range rows {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		rows[i].ID, rows[i].InspectionID, rows[i].N, rows[i].Version = id, inspection, behind+i+1, 1
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// AskAlso adds questions to the checklist: clauses that are not on it, and one
// of the office's own (4 to 300 characters, or ""). Errors: *step.Invalid, those
// of a step.
func (d *Desk) AskAlso(ctx context.Context, by staff.Officer, id uuid.UUID, clauses []string, own string) error {
	n := Mandate{Clauses: clauses}
	if own != "" {
		n.Own = []string{own}
	}
	var f step.Form
	f.Require(len(n.Clauses)+len(n.Own) > 0, "clauses", "inspection_no_question")
	n.tidyQuestions(&f)
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToQuestion, id, 0, func(tx *gorm.DB, i *Inspection) error {
		there, err := questionsOf(tx, id)
		if err != nil {
			return err
		}
		var rows []questionRow
		for _, clause := range n.Clauses {
			if !slices.ContainsFunc(there, func(q questionRow) bool { return q.Clause == clause && q.FindingID == nil }) {
				rows = append(rows, questionRow{Clause: clause})
			}
		}
		for _, words := range n.Own {
			rows = append(rows, questionRow{Words: words})
		}
		if err := addQuestions(tx, id, len(there), rows); err != nil {
			return err
		}
		return d.note(tx, by, id, "question_added", map[string]string{"n": strconv.Itoa(len(rows))})
	})
}

func questionsOf(db *gorm.DB, inspection uuid.UUID) (rows []questionRow, err error) {
	err = db.Where("inspection_id = ?", inspection).Order("n").Limit(mostQuestions).Find(&rows).Error
	return rows, err
}

// Answer answers questions of the checklist: all, or none when somebody else
// answered one of them meanwhile (*Conflict). Errors: *step.Invalid,
// store.ErrNotFound, those of a step.
func (d *Desk) Answer(ctx context.Context, by staff.Officer, id uuid.UUID, answers []Answered) error {
	for n := range answers {
		var err error
		if answers[n], err = answers[n].tidy(); err != nil {
			return err
		}
	}
	return d.on(ctx, by, ToAnswer, id, 0, func(tx *gorm.DB, i *Inspection) error {
		return d.answer(tx, by, i, nil, answers)
	})
}

// answer writes answers, which came in with a copy or were typed at a desk. A
// phone that changes what came in from it before contradicts nobody.
func (d *Desk) answer(tx *gorm.DB, by staff.Officer, i *Inspection, copyID *uuid.UUID, answers []Answered) error {
	if err := d.move(tx, by, i, ToAnswer, nil); err != nil {
		return err
	}
	var stale []uuid.UUID
	for _, a := range answers {
		var q questionRow
		if err := store.One(tx.Where("id = ? AND inspection_id = ?", a.Question, i.ID), &q); err != nil {
			return err
		}
		if q.Version != a.Version && !same(q.CopyID, copyID) {
			stale = append(stale, q.ID)
			continue
		}
		err := step.Move(tx, &questionRow{}, q.ID, q.Version, map[string]any{
			"answer": a.Answer, "note_sealed": d.shut("note", q.ID, a.Note), "by_id": by.ID, "at": d.Store.Now(), "copy_id": copyID,
		})
		if err != nil {
			return err
		}
	}
	if len(stale) > 0 {
		return d.conflict(tx, i.ID, stale)
	}
	return d.note(tx, by, i.ID, "checklist_answered", map[string]string{"n": strconv.Itoa(len(answers))})
}

// same reports whether what is stored came in with the copy that brings more.
func same(stored, brings *uuid.UUID) bool {
	return stored != nil && brings != nil && *stored == *brings
}

// conflict reads what the questions say now.
func (d *Desk) conflict(tx *gorm.DB, inspection uuid.UUID, stale []uuid.UUID) error {
	rows, err := questionsOf(tx, inspection)
	if err != nil {
		return err
	}
	all, err := d.asked(tx, slices.DeleteFunc(rows, func(q questionRow) bool { return !slices.Contains(stale, q.ID) }))
	if err != nil {
		return err
	}
	return &Conflict{all}
}

// asked opens questions with their answers.
func (d *Desk) asked(db *gorm.DB, rows []questionRow) ([]Asked, error) {
	var people []uuid.UUID
	for _, r := range rows {
		if r.ByID != nil {
			people = append(people, *r.ByID)
		}
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	all := make([]Asked, len(rows))
	for n, r := range rows {
		all[n] = Asked{ID: r.ID, N: r.N, Clause: r.Clause, Words: r.Words, FindingID: r.FindingID, Answer: r.Answer, At: r.At, CopyID: r.CopyID, Version: r.Version}
		if r.ByID != nil {
			all[n].By = names[*r.ByID]
		}
		if all[n].Note, err = d.open("note", r.ID, r.NoteSealed); err != nil {
			return nil, err
		}
	}
	return all, nil
}
