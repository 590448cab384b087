package bulletin

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// Issue sends a circular that somebody else drafted to those it is for
// (staff.SignPapers): it gets its number and its paper, is frozen, and the time of
// criticised offices begins. Errors: store.ErrNotFound, staff.ErrForbidden,
// step.ErrSamePerson, step.ErrState, step.ErrStale, *step.Invalid, *triage.Leak.
func (d *Desk) Issue(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	if err := by.Require(staff.SignPapers); err != nil {
		return err
	}
	c, err := d.ownDraft(d.Store.Read(ctx), by, id)
	if err != nil {
		return err
	}
	if c.DraftedBy == by.ID {
		return step.ErrSamePerson
	}
	n, err := d.written(ctx, by, c)
	if err != nil {
		return err
	}
	grounds, err := d.fit(ctx, by, &n) // what must not leave may have come to be known since
	if err != nil {
		return err
	}
	author, err := d.author(ctx, by, c.DraftedBy)
	if err != nil {
		return err
	}
	return d.onDraft(ctx, by, id, func(tx *gorm.DB, c Circular) error {
		now := d.Store.Now()
		if err := step.Move(tx, &Circular{}, id, version, map[string]any{"state": Issued, "issued_by": by.ID, "issued_at": now}); err != nil {
			return err
		}
		to, err := addresseesOf(tx, id)
		if err != nil {
			return err
		}
		if to, err = d.begin(tx, c, to); err != nil {
			return err
		}
		p, err := d.press(tx, author, by, d.onPaper(c, to))
		if err != nil {
			return err
		}
		if err := tx.Model(&Circular{}).Where("id = ?", id).Updates(map[string]any{"number": p.Number}).Error; err != nil {
			return err
		}
		if err := d.tellGrounds(tx, by, p.Number, grounds); err != nil {
			return err
		}
		var each []uuid.UUID
		for _, a := range to {
			each = append(each, a.ID)
		}
		facts, err := d.Clocks.TellParts(tx, map[string]string{"number": p.Number, "units": strconv.Itoa(len(to))}, each...)
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "circular_issued", facts)
	})
}

// written is a draft as its author wrote it.
func (d *Desk) written(ctx context.Context, by staff.Officer, c Circular) (NewCircular, error) {
	db := d.Store.Read(ctx)
	n := NewCircular{Tone: c.Tone, Scope: c.Scope, Title: c.Title, Body: c.Body, Demand: c.Demand}
	if c.UntilOn != nil {
		n.UntilOn = *c.UntilOn
	}
	to, err := addresseesOf(db, c.ID)
	if err != nil {
		return n, err
	}
	for _, a := range to {
		n.Units = append(n.Units, a.UnitID)
		if a.Named {
			n.Named = append(n.Named, a.UnitID)
		}
	}
	briefs, err := d.briefs(ctx, by, c.ID)
	for _, b := range briefs {
		n.Grounds = append(n.Grounds, b.Number)
	}
	if err != nil {
		return n, err
	}
	others, err := d.groundsOf(ctx, by, c.ID)
	for _, o := range others {
		n.Grounds = append(n.Grounds, o.Number)
	}
	return n, err
}

// begin starts the clocks of criticised offices.
func (d *Desk) begin(tx *gorm.DB, c Circular, to []Addressee) ([]Addressee, error) {
	if c.Tone != Criticism {
		return to, nil
	}
	for i, a := range to {
		if !a.Named {
			continue
		}
		subject := clock.Subject{Kind: ledger.OfBulletin, ID: a.ID}
		var due clock.Deadline
		var err error
		if c.UntilOn != nil {
			due, err = d.Clocks.Until(tx, subject, ruleRectify, d.today(), *c.UntilOn)
		} else {
			due, err = d.Clocks.Start(tx, subject, ruleRectify, d.today())
		}
		if err != nil {
			return nil, err
		}
		to[i].DueOn = &due.DueOn
		if err := tx.Model(&Addressee{}).Where("id = ?", a.ID).Updates(map[string]any{"due_on": due.DueOn}).Error; err != nil {
			return nil, err
		}
	}
	return to, nil
}

// onPaper is what the paper of a circular says.
func (d *Desk) onPaper(c Circular, to []Addressee) paper.Draft {
	word := map[Tone]string{Praise: "表扬", Criticism: "批评"}[c.Tone]
	var names []string
	var rows []map[string]string
	var due workday.Date
	for _, a := range to {
		names = append(names, d.unitName(a.UnitID))
		if a.Named {
			rows = append(rows, map[string]string{"序号": strconv.Itoa(len(rows) + 1), "单位": d.unitName(a.UnitID), "评价": "予以通报" + word + "。"})
		}
		if a.DueOn != nil {
			due = *a.DueOn
		}
	}
	draft := paper.Draft{Kind: paper.Circular, Unit: c.UnitID, Subject: ledger.OfBulletin, SubjectID: c.ID, Title: c.Title, Content: paper.Content{
		Fields: map[string]string{"主送单位": strings.Join(names, "、"), "通报类型": word, "情况": c.Body, "要求": c.Demand, "整改期限": paper.Day(due)},
		Lists:  map[string][]map[string]string{"单位": rows},
	}}
	draft.To = to[0].UnitID
	for _, a := range to[1:] {
		draft.Also = append(draft.Also, a.UnitID)
	}
	return draft
}
