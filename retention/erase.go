package retention

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/transparency"
)

// Rule destroys what somebody asked to have destroyed, or refuses (staff.AgreeErasure):
// another person of the same office or one above, who took no part in what was done
// about it. What keeps it is looked at anew. Of two who rule at once one is told
// to look again. Nothing brings back what is destroyed. Errors: those of a step,
// step.ErrSamePerson, ErrTookPart, step.ErrState, *Held, ErrNotDue.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, agree bool) error {
	var asked row
	if err := store.One(d.Store.Read(ctx).Where("id = ?", id), &asked); err != nil {
		return err
	}
	err := d.act(ctx, by, staff.AgreeErasure, asked.of(), func(tx *gorm.DB, t thing) error { return d.rule(tx, by, t, asked, agree) })
	if err != nil || !agree {
		return err
	}
	// It is destroyed: what follows is done again by Tend where it fails.
	return d.Tend(context.WithoutCancel(ctx))
}

// rule is Rule on what the officer may see.
func (d *Desk) rule(tx *gorm.DB, by staff.Officer, t thing, asked row, agree bool) error {
	if err := d.second(tx, by, t, asked); err != nil {
		return err
	}
	set := map[string]any{"state": "refused", "ruled_by": by.ID, "ruled_unit": by.UnitID, "ruled_at": d.Store.Now()}
	if agree {
		set["state"] = "done"
	}
	done := tx.Model(&row{}).Where("id = ? AND state = 'asked' AND asked_at > ?", asked.ID, d.since()).Updates(set)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return step.ErrState
	}
	if !agree {
		return t.note(tx, by, "erasure_refused", map[string]string{"what": asked.What})
	}
	if _, err := d.free(tx, by, t, asked.What, asked.Ground); err != nil {
		return err
	}
	return d.destroy(tx, by.Actor(), t, asked, nil)
}

// second returns nil for somebody who may agree.
func (d *Desk) second(tx *gorm.DB, by staff.Officer, t thing, asked row) error {
	if asked.AskedBy == by.ID {
		return step.ErrSamePerson
	}
	if !slices.Contains(d.Atlas.Subtree(by.UnitID), asked.AskedUnit) {
		return store.ErrNotFound
	}
	took, err := t.tookPart(tx)
	if err == nil && took[by.ID] {
		err = ErrTookPart
	}
	return err
}

// destroy does it, in one transaction with what tells of it. again holds what the
// event tells when it is done once more after a backup was put back.
func (d *Desk) destroy(tx *gorm.DB, by ledger.Actor, t thing, asked row, again map[string]string) error {
	m := t.matter()
	parts, err := t.parts(tx)
	if err != nil {
		return err
	}
	var n intake.Destroyed
	if asked.What == Names {
		err = t.eraseName(tx)
	} else if n, err = t.eraseWords(tx); err == nil {
		err = d.eraseOpenings(tx, m.ReportID, parts)
	}
	if err != nil {
		return err
	}
	body := map[string]string{"what": asked.What, "ground": string(asked.Ground), "asked_by": asked.AskedBy.String(), "asked_unit": d.unit(&asked.AskedUnit),
		"request": asked.ID.String(), "case": asked.of().ID.String(), "messages": text(n.Messages), "files": text(n.Files)}
	for name, value := range again {
		body[name] = value
	}
	if err := ledger.Append(tx, ledger.OfReport, m.ReportID, "erased", by, d.Store.Now(), body); err != nil {
		return err
	}
	for _, part := range parts {
		if err := ledger.Append(tx, m.Of, part, "erased", by, d.Store.Now(), map[string]string{"what": asked.What, "ground": string(asked.Ground)}); err != nil {
			return err
		}
	}
	return nil
}

// eraseOpenings destroys what opens the leaves of the events by which a report and its
// parts came in.
func (d *Desk) eraseOpenings(tx *gorm.DB, report uuid.UUID, parts []uuid.UUID) error {
	first, err := intake.FirstEvents(tx, report, parts...)
	if err != nil {
		return err
	}
	return transparency.Erase(tx, d.Store.Now(), first...)
}
