package appeal

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// Ending is what followed the answers of a case, as an officer may see it.
type Ending struct {
	Ratings []Rating
	Calls   []Callback
	Looks   []Look
	Appeals []Appeal
	Actions []Action
}

// Callback is a call-back.
type Callback struct {
	Call
	Kept   intake.Kept // why its words are not shown
	ID     uuid.UUID
	ByName string
	At     time.Time
	Files  []evidence.File
}

// Look is a second look.
type Look struct {
	N        int // of the letter
	Desk     string
	Why      string // rating, callback
	State    string
	Words    string      // what the reporter reads
	Kept     intake.Kept // why they are not shown here
	OpenedAt time.Time
	EndedAt  *time.Time
	ByName   string
	Due      *clock.Deadline // while it is open
}

// Appeal is a review or a re-examination.
type Appeal struct {
	ID           uuid.UUID
	Level        intake.LetterKind
	Of           string // number of the asking reporter's own complaint
	From, Desk   string
	AskedAt      time.Time
	State        State
	Hidden       bool        // what follows is read by the office that decides and those above it
	Words        string      // of the reporter
	Kept         intake.Kept // why they are not shown
	Ruling       Ruling      // proposed or decided
	RulingKept   intake.Kept // why no more than Ruling.Ruling of it is shown
	ProposedBy   string
	ProposedByID uuid.UUID
	ProposedAt   *time.Time
	DecidedBy    string
	DecidedAt    *time.Time
	Notes        []Note
	Pauses       []clock.Pause
}

// Note is what somebody who looks again wrote down.
type Note struct {
	Kind, Words, ByName string
	Kept                intake.Kept // why the words are not shown
	At                  time.Time
}

// Of reads what followed the answers of a case that triage has opened for the
// officer.
func (d *Desk) Of(ctx context.Context, by staff.Officer, c triage.Case) (Ending, error) {
	db := d.Store.Read(ctx)
	var e Ending
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, triage.Case, *Ending) error{
		d.readRatings, d.readCalls, d.readLooks, d.readAppeals, d.readActions,
	} {
		if err := part(ctx, db, by, c, &e); err != nil {
			return e, err
		}
	}
	e.cover(c)
	return e, nil
}

func (d *Desk) readRatings(_ context.Context, db *gorm.DB, by staff.Officer, c triage.Case, e *Ending) error {
	own := map[uuid.UUID]string{c.ID: c.Number()}
	for _, each := range c.Linked {
		own[each.ID] = each.Number()
	}
	var ids []uuid.UUID
	for id := range own {
		ids = append(ids, id)
	}
	var rows []ratingRow
	if err := db.Where("complaint_id IN ?", ids).Order("at, complaint_id").Limit(100).Find(&rows).Error; err != nil {
		return err
	}
	sheets := make([]intake.Sheet, len(rows))
	for i, r := range rows {
		sheets[i] = d.said(r)
	}
	texts, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	for i, r := range rows {
		one, err := d.rating(db, r, texts[sheets[i].ID])
		if err != nil {
			return err
		}
		one.Of = own[r.ComplaintID]
		e.Ratings = append(e.Ratings, one)
	}
	return nil
}

func (d *Desk) readCalls(ctx context.Context, db *gorm.DB, by staff.Officer, c triage.Case, e *Ending) error {
	var rows []callRow
	if err := db.Where("complaint_id = ?", c.ID).Order("at, id").Limit(100).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	var people, ids []uuid.UUID
	var sheets []intake.Sheet
	for _, r := range rows {
		people, ids, sheets = append(people, r.ByID), append(ids, r.ID), append(sheets, d.sheet("callback", r.ID, r.WordsSealed))
	}
	texts, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	files, err := d.Shelf.Of(ctx, "callback", ids...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		one := Callback{ID: r.ID, ByName: names[r.ByID], At: r.At.UTC(), Call: Call{OnDay: r.OnDay, Channel: r.Channel, Reached: r.Reached, Result: r.Result}}
		one.Words, one.Kept = words(texts[r.ID])
		for _, f := range files {
			if f.OwnerID != nil && *f.OwnerID == r.ID {
				one.Files = append(one.Files, f)
			}
		}
		e.Calls = append(e.Calls, one)
	}
	return nil
}

// words are those of a sheet, or why there are none.
func words(t intake.SheetText) (string, intake.Kept) { return string(t.Text), t.Kept }

func (d *Desk) readLooks(_ context.Context, db *gorm.DB, by staff.Officer, c triage.Case, e *Ending) error {
	var rows []lookRow
	if err := db.Where("complaint_id = ?", c.ID).Order("opened_at, id").Limit(20).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	var people []uuid.UUID
	var sheets []intake.Sheet
	for _, r := range rows {
		if r.EndedBy != nil {
			people = append(people, *r.EndedBy)
		}
		sheets = append(sheets, d.sheet("second_look", r.ID, r.WordsSealed))
	}
	texts, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	for _, r := range rows {
		one := Look{N: r.LetterN, Desk: d.unitName(r.DeskUnitID), Why: r.Why, State: r.State, OpenedAt: r.OpenedAt.UTC(), EndedAt: r.EndedAt}
		one.Words, one.Kept = words(texts[r.ID])
		if r.EndedBy != nil {
			one.ByName = names[*r.EndedBy]
		}
		if r.State == LookOpen {
			one.Due = runningOf(c.Deadlines, intake.RuleSecondLook)
		}
		e.Looks = append(e.Looks, one)
	}
	return nil
}

// runningOf is the deadline of a rule that runs, nil when none does.
func runningOf(all []clock.Deadline, rule string) *clock.Deadline {
	i := slices.IndexFunc(all, func(x clock.Deadline) bool { return x.Rule == rule && x.MetAt == nil })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (d *Desk) readAppeals(ctx context.Context, db *gorm.DB, by staff.Officer, c triage.Case, e *Ending) error {
	var rows []row
	if err := db.Where("complaint_id = ?", c.ID).Order("asked_at, id").Limit(20).Find(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	pauses, err := d.Clocks.Pauses(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		one, err := d.appeal(db, by, c, r)
		if err != nil {
			return err
		}
		if r.Level == intake.OfReexam {
			one.Pauses = pauses
		}
		e.Appeals = append(e.Appeals, one)
	}
	return nil
}

func (d *Desk) appeal(db *gorm.DB, by staff.Officer, c triage.Case, r row) (Appeal, error) {
	a := Appeal{
		ID: r.ID, Level: r.Level, From: d.unitName(r.FromUnitID), Desk: d.unitName(r.DeskUnitID), AskedAt: r.AskedAt.UTC(),
		State: r.State, Hidden: !d.above(by, r.DeskUnitID), DecidedAt: r.DecidedAt,
	}
	asking, err := read(db, r.AskedFor)
	if err != nil {
		return a, err
	}
	a.Of = asking.Number()
	var people []uuid.UUID
	for _, p := range []*uuid.UUID{r.ProposedBy, r.DecidedBy} {
		if p != nil {
			people = append(people, *p)
		}
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return a, err
	}
	if r.DecidedBy != nil {
		a.DecidedBy = names[*r.DecidedBy]
	}
	if a.Hidden && r.State != Decided {
		return a, nil
	}
	if err := d.readRuling(db, by, r, &a); err != nil || a.Hidden {
		return a, err
	}
	for _, m := range c.Messages {
		if m.ID == r.MessageID {
			a.Words, a.Kept = m.Text, m.Kept
		}
	}
	if r.ProposedBy != nil {
		a.ProposedBy, a.ProposedByID, a.ProposedAt = names[*r.ProposedBy], *r.ProposedBy, r.ProposedAt
	}
	a.Notes, err = d.notes(db, by, r.ID)
	return a, err
}

// readRuling reads what was proposed or decided. Which ruling it is, is told to whom
// its words are locked too.
func (d *Desk) readRuling(db *gorm.DB, by staff.Officer, r row, a *Appeal) error {
	sheet := d.sheet("appeal", r.ID, r.BodySealed)
	texts, err := d.Intake.ReadSheets(db, by, sheet)
	if err != nil {
		return err
	}
	if body := texts[r.ID].Text; len(body) > 0 {
		return json.Unmarshal(body, &a.Ruling)
	}
	a.Ruling.Ruling, a.RulingKept = r.Ruling, texts[r.ID].Kept
	return nil
}

func (d *Desk) notes(db *gorm.DB, by staff.Officer, appeal uuid.UUID) ([]Note, error) {
	var rows []noteRow
	if err := db.Where("appeal_id = ?", appeal).Order("at, id").Limit(100).Find(&rows).Error; err != nil {
		return nil, err
	}
	var people []uuid.UUID
	var sheets []intake.Sheet
	for _, r := range rows {
		people, sheets = append(people, r.ByID), append(sheets, d.sheet("appeal_note", r.ID, r.WordsSealed))
	}
	texts, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return nil, err
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return nil, err
	}
	var notes []Note
	for _, r := range rows {
		one := Note{Kind: r.Kind, ByName: names[r.ByID], At: r.At.UTC()}
		one.Words, one.Kept = words(texts[r.ID])
		notes = append(notes, one)
	}
	return notes, nil
}

// Today is the civil day in Shanghai by the portal's clock.
func (d *Desk) Today() workday.Date { return d.today() }
