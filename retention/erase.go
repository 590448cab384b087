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
// about the case. What keeps it is looked at anew. Of two who rule at once one is told
// to look again. Nothing brings back what is destroyed. Errors: those of a step,
// step.ErrSamePerson, ErrTookPart, step.ErrState, *Held, ErrNotDue.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, agree bool) error {
	var asked row
	if err := store.One(d.Store.Read(ctx).Where("id = ?", id), &asked); err != nil {
		return err
	}
	err := d.Triage.Act(ctx, by, staff.AgreeErasure, asked.ComplaintID, func(tx *gorm.DB, c intake.Complaint) error {
		if err := d.Triage.Hold(tx, c.ID); err != nil {
			return err
		}
		if err := d.second(tx, by, c, asked); err != nil {
			return err
		}
		now := d.Store.Now()
		set := map[string]any{"state": "refused", "ruled_by": by.ID, "ruled_unit": by.UnitID, "ruled_at": now}
		if agree {
			set["state"] = "done"
		}
		done := tx.Model(&row{}).Where("id = ? AND state = 'asked' AND asked_at > ?", id, d.since()).Updates(set)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return step.ErrState
		}
		if !agree {
			return d.Triage.Note(tx, by, &c, "erasure_refused", map[string]string{"what": asked.What})
		}
		if _, err := d.free(tx, by, c, asked.What, asked.Ground); err != nil {
			return err
		}
		return d.destroy(tx, by.Actor(), c, asked, nil)
	})
	if err != nil || !agree {
		return err
	}
	// It is destroyed: what follows is done again by Tend where it fails.
	return d.Tend(context.WithoutCancel(ctx))
}

// second returns nil for somebody who may agree.
func (d *Desk) second(tx *gorm.DB, by staff.Officer, c intake.Complaint, asked row) error {
	if asked.AskedBy == by.ID {
		return step.ErrSamePerson
	}
	if !slices.Contains(d.Atlas.Subtree(by.UnitID), asked.AskedUnit) {
		return store.ErrNotFound
	}
	took, err := d.Triage.TookPart(tx, &c)
	if err == nil && took[by.ID] {
		err = ErrTookPart
	}
	return err
}

// destroy does it, in one transaction with what tells of it. again holds what the
// event tells when it is done once more after a backup was put back.
func (d *Desk) destroy(tx *gorm.DB, by ledger.Actor, c intake.Complaint, asked row, again map[string]string) error {
	var n intake.Destroyed
	var parts []uuid.UUID
	err := tx.Table("complaint").Where("report_id = ?", c.ReportID).Order("part").Limit(100).Pluck("id", &parts).Error
	if err != nil {
		return err
	}
	if asked.What == Names {
		err = d.Triage.EraseName(tx, c)
	} else {
		n, err = d.Triage.EraseWords(tx, c)
	}
	if err != nil {
		return err
	}
	if asked.What == Words {
		for _, also := range d.Also {
			if err := also(tx, parts); err != nil {
				return err
			}
		}
		first, err := intake.FirstEvents(tx, c.ReportID)
		if err != nil {
			return err
		}
		if err := transparency.Erase(tx, d.Store.Now(), first...); err != nil {
			return err
		}
	}
	body := map[string]string{"what": asked.What, "ground": string(asked.Ground), "asked_by": asked.AskedBy.String(), "asked_unit": d.unit(&asked.AskedUnit),
		"request": asked.ID.String(), "case": asked.ComplaintID.String(), "messages": text(n.Messages), "files": text(n.Files)}
	for name, value := range again {
		body[name] = value
	}
	if err := ledger.Append(tx, ledger.OfReport, c.ReportID, "erased", by, d.Store.Now(), body); err != nil {
		return err
	}
	for _, part := range parts {
		if err := ledger.Append(tx, ledger.OfComplaint, part, "erased", by, d.Store.Now(), map[string]string{"what": asked.What, "ground": string(asked.Ground)}); err != nil {
			return err
		}
	}
	return nil
}
