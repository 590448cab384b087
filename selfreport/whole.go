package selfreport

import (
	"context"
	"io"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Whole is a report with what was asked and answered.
type Whole struct {
	Report
	Schedule  Schedule
	UnitName  string
	AskerName string
	Own       bool // the reader's office owes it
	Questions []Question
	Answers   Answers // as handed in; to its own office what it is writing
	Rounds    []Round // handed in, the newest first
	TakerName string
	Clocks    []clock.Deadline
	Events    []ledger.Event
	Actions   []string // save, hand_in, take, return
	Late      int      // working days overdue
}

// Open reads a report of either side, or store.ErrNotFound.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	db := d.Store.Read(ctx)
	var w Whole
	if err := store.One(d.readable(db, by).Where("self_report.id = ?", id), &w.Report); err != nil {
		return w, err
	}
	var err error
	if w.Schedule, err = scheduleOf(db, w.Report); err != nil {
		return w, err
	}
	w.UnitName, w.AskerName = d.unitName(w.UnitID), d.unitName(w.Schedule.UnitID)
	w.Own = w.UnitID == by.UnitID && by.May(staff.SendSelfReports)
	if w.Questions, err = questionsOf(db, w.ScheduleID); err != nil {
		return w, err
	}
	if err := d.readRounds(ctx, db, &w); err != nil {
		return w, err
	}
	if w.Clocks, err = d.Clocks.Of(ctx, id); err != nil {
		return w, err
	}
	if w.waits() && w.Schedule.EndedAt == nil {
		w.Late = d.Clocks.Late(&w.DueOn, d.today())
	}
	w.Actions = w.actions(by)
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfSelfReport, id)
	return w, err
}

// readRounds reads what was handed in, and for its own office what it is writing:
// as long as nothing is written anew, what was handed in last.
func (d *Desk) readRounds(ctx context.Context, db *gorm.DB, w *Whole) error {
	rows, said, err := roundsOf(db, w.ID)
	if err != nil {
		return err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids = append(ids, r.ID)
		for _, who := range []*uuid.UUID{r.HandedBy, r.ReturnedBy} {
			if who != nil {
				people = append(people, *who)
			}
		}
	}
	if w.TakenBy != nil {
		people = append(people, *w.TakenBy)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return err
	}
	files, err := d.filesOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.HandedAt != nil || w.Own {
			w.Answers = said[r.ID]
		}
		if r.HandedAt == nil {
			continue
		}
		round := Round{ID: r.ID, N: r.Round, By: names[*r.HandedBy], At: r.HandedAt.UTC(), Answers: said[r.ID], Files: files[r.ID], ReturnedAt: r.ReturnedAt, ReturnedWhy: r.ReturnedWhy}
		if r.ReturnedBy != nil {
			round.ReturnedBy = names[*r.ReturnedBy]
		}
		w.Rounds = append([]Round{round}, w.Rounds...)
	}
	if w.TakenBy != nil {
		w.TakerName = names[*w.TakenBy]
	}
	return nil
}

func (d *Desk) filesOf(ctx context.Context, rounds []uuid.UUID) (map[uuid.UUID][]evidence.File, error) {
	of := map[uuid.UUID][]evidence.File{}
	if len(rounds) == 0 {
		return of, nil
	}
	files, err := d.Shelf.Of(ctx, "selfreport", rounds...)
	for _, f := range files {
		of[*f.OwnerID] = append(of[*f.OwnerID], f)
	}
	return of, err
}

// actions lists what the page offers; each asks again for itself.
func (w Whole) actions(by staff.Officer) []string {
	switch {
	case w.Schedule.EndedAt != nil:
		return nil
	case w.Own && w.waits():
		return []string{"hand_in", "save"}
	case w.State == HandedIn && w.Schedule.UnitID == by.UnitID && by.May(staff.AskSelfReports):
		return []string{"take", "return"}
	}
	return nil
}

// OpenFile gives out a file that was handed in with a report, to either side. That
// it was opened, and by whom, stands in the record before the first byte is given
// out. The caller closes content.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	db := d.Store.Read(ctx)
	var r Report
	if err := store.One(d.readable(db, by).Where("self_report.id = ?", id), &r); err != nil {
		return f, nil, "", err
	}
	var found struct{ ID uuid.UUID }
	query := db.Table("evidence_file").Select("id").Where("id = ? AND owner_kind = 'selfreport' AND owner_id IN (SELECT id FROM self_report_round WHERE report_id = ?)", file, id)
	if err := store.One(query, &found); err != nil {
		return f, nil, "", err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			return d.note(tx, by, id, "evidence_opened", map[string]string{"file": file.String()})
		})
	})
	if err != nil {
		return f, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}
