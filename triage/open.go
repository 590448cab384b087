package triage

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Case opens one visible case with everything about it that the officer may
// see; store.ErrNotFound for any other, and the attempt is recorded.
func (q *Queue) Case(ctx context.Context, by staff.Officer, id uuid.UUID) (Case, error) {
	db := q.store.Read(ctx)
	complaint, err := q.CaseIn(db, by, id)
	if errors.Is(err, store.ErrNotFound) {
		return Case{}, q.refuse(ctx, by, id)
	}
	if err != nil {
		return Case{}, err
	}
	if err := q.Looked(ctx, by, id, SawPage); err != nil {
		return Case{}, err
	}
	c := Case{Complaint: complaint, HasName: complaint.Mode != intake.Anonymous && complaint.Erased == ""}
	if c.ClosedAt == nil {
		c.Late = q.late(c.DueOn, q.today())
	}
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, *Case) error{
		q.readMessage, q.readAbout, q.readWork, q.readRelatives, q.readHistory, q.readNames, q.readEnd, q.readBefore, q.coverWork,
	} {
		if err := part(ctx, db, by, &c); err != nil {
			return Case{}, err
		}
	}
	files := slices.Clone(c.Files)
	for _, m := range c.Messages {
		files = append(files, m.Files...)
	}
	if c.Locked, err = q.lockedTo(ctx, by, complaint, files); err != nil {
		return Case{}, err
	}
	if c.Similar, err = q.similar(ctx, by, complaint); err != nil {
		return Case{}, err
	}
	_, beyond, err := q.deskOf(db, &complaint)
	if err != nil && !errors.Is(err, region.ErrNoDesk) {
		return Case{}, err
	}
	beyond = beyond || err != nil
	took, err := q.TookPart(db, &complaint)
	if err != nil {
		return Case{}, err
	}
	c.Actions = actionsFor(complaint, by, facts{
		Open: openOf(c.Proposals), Checks: len(c.Checks), Demands: len(c.Demands), Beyond: beyond,
		Today: q.today(), Held: len(c.Unfinished) > 0, Took: took[by.ID], Finals: len(c.Finals) > 0, Lately: len(c.Lately) > 0,
	})
	c.bar()
	return c, nil
}

// readMessage reads the reporter's words, files and conversation, as far as
// they are not withheld.
func (q *Queue) readMessage(ctx context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	withheld, err := q.withheld(db, by, c.ReportID)
	if err != nil {
		return err
	}
	c.Withheld = withheld[c.ReportID]
	talk, err := q.intake.Conversation(ctx, by, c.ReportID)
	if err != nil {
		return err
	}
	for _, m := range talk {
		// What was said about another part is shown on that part's page.
		own := m.ComplaintID != nil && *m.ComplaintID == c.ID
		if (own || m.ComplaintID == nil && !c.Withheld) && q.reads(by, m.KeptUnitID) {
			c.Messages = append(c.Messages, m)
		}
	}
	if c.Withheld {
		return nil
	}
	if c.Files, err = q.shelf.Of(ctx, "report", c.ReportID); err != nil {
		return err
	}
	told, err := q.intake.Narratives(ctx, by, c.ReportID)
	c.Narrative = told[c.ReportID]
	return err
}

// readRelatives reads the visible other parts of the message, the visible
// reports merged into this one, and the offices and people it is about.
func (q *Queue) readRelatives(_ context.Context, db *gorm.DB, by staff.Officer, c *Case) error {
	err := q.visible(db, by).Where("complaint.report_id = ? AND complaint.id <> ?", c.ReportID, c.ID).
		Order("complaint.part").Limit(50).Find(&c.Siblings).Error
	if err != nil {
		return err
	}
	err = q.visible(db, by).Where("complaint.merged_into = ?", c.ID).
		Order("complaint.seq").Limit(100).Find(&c.Linked).Error
	if err != nil {
		return err
	}
	var units []uuid.UUID
	err = db.Table("complaint_subject").Where("complaint_id = ?", c.ID).
		Order("at, unit_id").Limit(50).Pluck("unit_id", &units).Error
	for _, id := range units {
		c.Subjects = append(c.Subjects, Subject{UnitID: id, Name: q.unitName(id)})
	}
	if err != nil {
		return err
	}
	return q.readPeople(db, c)
}

// readHistory reads the clocks and the events of the case, and with them those
// of the message unless that is withheld.
func (q *Queue) readHistory(ctx context.Context, db *gorm.DB, _ staff.Officer, c *Case) error {
	err := db.Table("deadline").Where("subject_id = ?", c.ID).
		Order("started_on, rule, round").Limit(100).Find(&c.Deadlines).Error
	if err != nil {
		return err
	}
	if c.Events, err = ledger.Of(ctx, q.store, ledger.OfComplaint, c.ID); err != nil || c.Withheld {
		return err
	}
	message, err := ledger.Of(ctx, q.store, ledger.OfReport, c.ReportID)
	// That it was destroyed, each part tells as well.
	message = slices.DeleteFunc(message, func(e ledger.Event) bool { return e.Kind == "erased" })
	c.Events = append(c.Events, message...)
	slices.SortStableFunc(c.Events, func(a, b ledger.Event) int { return a.At.Compare(b.At) })
	return err
}

// readNames reads who works on it and where it lies.
func (q *Queue) readNames(_ context.Context, db *gorm.DB, _ staff.Officer, c *Case) error {
	c.DeskName = q.unitName(c.DeskUnitID)
	if c.OwnerID == nil {
		return nil
	}
	names, err := peopleNames(db, []uuid.UUID{*c.OwnerID})
	c.OwnerName = names[*c.OwnerID]
	return err
}

// Colleagues lists who a case could be assigned to: people who work on cases
// in the offices that see it, from its desk up to the officer's own, except
// those who stepped back. An invisible case is store.ErrNotFound.
func (q *Queue) Colleagues(ctx context.Context, by staff.Officer, id uuid.UUID) ([]staff.Officer, error) {
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, q.refuse(ctx, by, id)
	}
	if err != nil {
		return nil, err
	}
	mine := q.atlas.Subtree(by.UnitID)
	var units []uuid.UUID
	for _, u := range q.atlas.Above(c.DeskUnitID) {
		if slices.Contains(mine, u) {
			units = append(units, u)
		}
	}
	people, err := q.staff.ColleaguesWith(ctx, units, staff.WorkCases)
	if err != nil {
		return nil, err
	}
	// Whether a case may be seen depends on office and person: the one
	// condition decides, not a second copy of it.
	var able []staff.Officer
	for _, p := range people {
		_, err := q.CaseIn(db, p, id)
		if err == nil {
			able = append(able, p)
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return able, nil
}

// utc shows an optional time in UTC, whatever zone the database handed out.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
