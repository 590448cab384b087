package objection

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// Case is everything an officer may see of one.
type Case struct {
	Objection
	Notice    notice.Notice
	RowNow    *roll.Row // the row as it stands, in full; nil when there is none now
	Narrative intake.Narrative
	Household string // who is missing
	Files     []evidence.File
	Messages  []intake.Message
	Checks    []Check
	Rulings   []Ruling
	Events    []ledger.Event
	DeskName  string
	OwnerName string
	Late      int      // working days overdue; negative: left
	Outcomes  []State  // what may be proposed
	Actions   []string // acknowledge, message, check, sign, propose, rule
}

// Open shows one, or store.ErrNotFound; a refused attempt leaves an event.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Case, error) {
	db := d.Store.Read(ctx)
	o, err := d.one(db, by, id)
	if errors.Is(err, store.ErrNotFound) {
		return Case{}, d.refuse(ctx, by, id)
	}
	if err != nil {
		return Case{}, err
	}
	c := Case{Objection: o, Late: d.late(o), Outcomes: o.Kind.Outcomes()}
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, *Case) error{
		d.readList, d.readMessage, d.readChecks, d.readRulings, d.readHistory,
	} {
		if err := part(ctx, db, by, &c); err != nil {
			return Case{}, err
		}
	}
	c.Actions = c.actions(by)
	return c, nil
}

// readList reads what the objection is about, and who is at work on it.
func (d *Desk) readList(ctx context.Context, db *gorm.DB, _ staff.Officer, c *Case) error {
	if err := store.One(db.Where("id = ?", c.NoticeID), &c.Notice); err != nil {
		return err
	}
	if desk, err := d.Atlas.Unit(c.DeskUnitID); err == nil {
		c.DeskName = desk.Name
	}
	if c.OwnerID != nil {
		names, err := peopleNames(db, []uuid.UUID{*c.OwnerID})
		if err != nil {
			return err
		}
		c.OwnerName = names[*c.OwnerID]
	}
	if c.RollID == nil || c.RowKey == nil {
		return nil
	}
	row, err := d.Rolls.Row(ctx, *c.RollID, *c.RowKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	c.RowNow = &row
	return err
}

func (d *Desk) readMessage(ctx context.Context, _ *gorm.DB, by staff.Officer, c *Case) error {
	told, err := d.Intake.Narratives(ctx, by, c.ReportID)
	if err != nil {
		return err
	}
	c.Narrative = told[c.ReportID]
	c.Household = c.Narrative.Who
	if c.Files, err = d.Shelf.Of(ctx, "report", c.ReportID); err != nil {
		return err
	}
	c.Messages, err = d.Intake.Conversation(ctx, by, c.ReportID)
	return err
}

func (d *Desk) readChecks(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	var stored []checkRow
	err := db.Where("objection_id = ?", c.ID).Order("first_at, id").Limit(100).Find(&stored).Error
	if err != nil || len(stored) == 0 {
		return err
	}
	var people, ids []uuid.UUID
	for _, r := range stored {
		people, ids = append(people, r.FirstID), append(ids, r.ID)
		if r.signed() {
			people = append(people, *r.SecondID)
		}
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	files, err := d.Shelf.Of(ctx, "objection_check", ids...)
	if err != nil {
		return err
	}
	sheets := make([]intake.Sheet, len(stored))
	for i, r := range stored {
		sheets[i] = r.sheet(d)
	}
	found, err := d.Intake.ReadSheets(db, by, sheets...)
	if err != nil {
		return err
	}
	for _, r := range stored {
		check := Check{ID: r.ID, VisitedOn: r.VisitedOn, Place: r.Place, Method: r.Method, First: names[r.FirstID], FirstAt: r.FirstAt.UTC(),
			Found: string(found[r.ID].Text), Kept: found[r.ID].Kept}
		if r.signed() {
			at := r.SecondAt.UTC()
			check.Second, check.SecondAt = names[*r.SecondID], &at
		}
		check.MaySign = !r.signed() && r.FirstID != by.ID
		for _, f := range files {
			if *f.OwnerID == r.ID {
				check.Files = append(check.Files, f)
			}
		}
		c.Checks = append(c.Checks, check)
	}
	return nil
}

func (d *Desk) readRulings(_ context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	var stored []rulingRow
	err := db.Where("objection_id = ?", c.ID).Order("asked_at, id").Limit(100).Find(&stored).Error
	if err != nil {
		return err
	}
	var people []uuid.UUID
	for _, r := range stored {
		people = append(people, r.AskedBy)
		if r.RuledBy != nil {
			people = append(people, *r.RuledBy)
		}
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return err
	}
	proposals, kept, err := d.proposals(db, by, stored)
	if err != nil {
		return err
	}
	for _, r := range stored {
		p := proposals[r.ID]
		ruling := Ruling{ID: r.ID, Outcome: r.Outcome, Change: p.Change, Answer: p.Answer, Kept: kept[r.ID],
			AskedBy: names[r.AskedBy], AskedAt: r.AskedAt.UTC(), State: r.State, Note: r.RulingNote}
		if r.RuledBy != nil {
			ruling.RuledBy = names[*r.RuledBy]
		}
		ruling.MayRule = r.State == "open" && r.AskedBy != by.ID && by.May(staff.RuleObjections)
		c.Rulings = append(c.Rulings, ruling)
	}
	return nil
}

// readHistory reads the events of the objection and of its report.
func (d *Desk) readHistory(ctx context.Context, _ *gorm.DB, _ staff.Officer, c *Case) error {
	own, err := ledger.Of(ctx, d.Store, ledger.OfObjection, c.ID)
	if err != nil {
		return err
	}
	reports, err := ledger.Of(ctx, d.Store, ledger.OfReport, c.ReportID)
	// That it was destroyed, the objection tells itself.
	reports = slices.DeleteFunc(reports, func(e ledger.Event) bool { return e.Kind == "erased" })
	c.Events = append(own, reports...)
	slices.SortStableFunc(c.Events, func(a, b ledger.Event) int { return a.At.Compare(b.At) })
	return err
}

// actions lists the steps that the page offers; each asks again for itself.
func (c Case) actions(by staff.Officer) (offered []string) {
	add := func(may bool, action string) {
		if may {
			offered = append(offered, action)
		}
	}
	waits := slices.ContainsFunc(c.Rulings, func(r Ruling) bool { return r.State == "open" })
	signed := slices.ContainsFunc(c.Checks, func(k Check) bool { return k.Second != "" })
	checking := c.State == Verifying && !waits
	add(slices.ContainsFunc(c.Rulings, func(r Ruling) bool { return r.MayRule }), "rule")
	add(c.State == Submitted, "acknowledge")
	add(checking, "check")
	add(checking && slices.ContainsFunc(c.Checks, func(k Check) bool { return k.MaySign }), "sign")
	add(checking && signed, "propose")
	add(c.ClosedAt == nil, "message")
	return offered
}

// OpenFile gives out a file of an objection the officer may see: what came with
// it or later, and photos of visits. That it was opened, and by whom, stands in
// the record before the first byte is given out. The caller closes content.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	db := d.Store.Read(ctx)
	o, err := d.one(db, by, id)
	if errors.Is(err, store.ErrNotFound) {
		err = d.refuse(ctx, by, id)
	}
	if err != nil {
		return f, nil, "", err
	}
	if err := belongs(db, o, file); err != nil {
		return f, nil, "", err
	}
	event, locked := "evidence_opened", d.Intake.Opens(ctx, by, file)
	if errors.Is(locked, intake.ErrLocked) {
		event = "evidence_locked"
	} else if locked != nil {
		return f, nil, "", locked
	}
	err = d.inscribe(ctx, func(tx *gorm.DB) error {
		return d.note(tx, by.Actor(), o, event, map[string]string{"file": file.String()})
	})
	if err = errors.Join(err, locked); err != nil {
		return f, nil, "", err
	}
	return d.Intake.OpenFile(ctx, by, file)
}

// belongs is store.ErrNotFound unless a file is the objection's.
func belongs(db *gorm.DB, o Objection, file uuid.UUID) error {
	var found struct{ ID uuid.UUID }
	return store.One(db.Table("evidence_file").Select("id").Where("id = ?", file).
		Where(`(owner_kind = 'report' AND owner_id = ?)
			OR (owner_kind = 'message' AND owner_id IN (SELECT id FROM message WHERE report_id = ?))
			OR (owner_kind = 'objection_check' AND owner_id IN (SELECT id FROM objection_check WHERE objection_id = ?))`,
			o.ReportID, o.ReportID, o.ID), &found)
}
