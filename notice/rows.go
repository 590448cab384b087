package notice

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/roll"
	"minsheng/staff"
)

// dropped is why rows without a column were made (code).
const dropped = "column_dropped"

// EditRows changes rows of a draft's roll by hand. Where the roll was published
// before (a correction, the town's round) the changes are kept with the draft
// and made when it is approved, and the changed rows then stand anew; no edits
// at all take the kept ones back. rollVersion is the one the page showed:
// step.ErrStale. Errors: *Exposed, *Invalid and those of roll.
func (d *Desk) EditRows(ctx context.Context, by staff.Officer, id uuid.UUID, rollVersion int, edits []roll.Edit) error {
	n, r, err := d.tableOf(ctx, by, id)
	if err != nil {
		return err
	}
	if r.Version != rollVersion {
		return step.ErrStale
	}
	edits = tidyEdits(edits)
	known, err := passes(d.Store.Read(ctx), id)
	if err != nil {
		return err
	}
	l := d.looks(known)
	l.edits(edits)
	if err := blocking(l.found); err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, id, n.Version, func(tx *gorm.DB, n *Notice) error {
		if err := d.amend(tx, n, r, edits); err != nil {
			return err
		}
		return d.note(tx, by, id, "notice_rows_changed", map[string]string{"rows": strconv.Itoa(len(edits))})
	})
}

// DropColumn empties a column of a draft's roll: the gate's offer.
func (d *Desk) DropColumn(ctx context.Context, by staff.Officer, id uuid.UUID, rollVersion int, field string) error {
	n, r, err := d.tableOf(ctx, by, id)
	if err != nil {
		return err
	}
	if r.Version != rollVersion {
		return step.ErrStale
	}
	edits, err := d.without(ctx, r.ID, field)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, id, n.Version, func(tx *gorm.DB, n *Notice) error {
		if err := d.amend(tx, n, r, edits); err != nil {
			return err
		}
		return d.note(tx, by, id, "notice_column_dropped", map[string]string{"field": field, "rows": strconv.Itoa(len(edits))})
	})
}

// without makes the edits that empty a column. The name and what is counted
// stay.
func (d *Desk) without(ctx context.Context, id uuid.UUID, field string) ([]roll.Edit, error) {
	if slices.Contains([]string{"label", "people", "amount", "place", ""}, field) {
		return nil, bad("column", "notice_column")
	}
	var edits []roll.Edit
	err := d.Rolls.Each(ctx, id, 0, func(row roll.Row) error {
		e := editOf(row, dropped)
		if field == "team" {
			e.Team = ""
		}
		delete(e.Cells, field)
		if e.Team != row.Team || len(e.Cells) != len(row.Cells) {
			edits = append(edits, e)
		}
		return nil
	})
	if err == nil && len(edits) == 0 {
		err = bad("column", "notice_column")
	}
	return edits, err
}

// editOf is the edit that leaves a row as it is.
func editOf(row roll.Row, why string) roll.Edit {
	cells := maps.Clone(row.Cells)
	if cells == nil {
		cells = map[string]string{}
	}
	return roll.Edit{Key: row.Key, Label: row.Label, Team: row.Team, PlaceCode: row.PlaceCode,
		People: row.People, AmountFen: row.AmountFen, Cells: cells, Reason: why}
}

// tableOf finds the draft and the roll whose rows it changes: its own, or that
// of the notice it corrects.
func (d *Desk) tableOf(ctx context.Context, by staff.Officer, id uuid.UUID) (Notice, roll.Roll, error) {
	n, err := d.seen(ctx, by, staff.WriteNotices, id, anyVersion)
	if err != nil {
		return n, roll.Roll{}, err
	}
	if n.State != draftState || n.waits() {
		return n, roll.Roll{}, step.ErrState
	}
	rollID, err := d.rollID(ctx, n)
	if err != nil {
		return n, roll.Roll{}, err
	}
	if rollID == nil {
		return n, roll.Roll{}, store.ErrNotFound
	}
	r, err := d.Rolls.Roll(ctx, *rollID)
	return n, r, err
}

// rollID is the roll that a notice shows or, for a correction, changes.
func (d *Desk) rollID(ctx context.Context, n Notice) (*uuid.UUID, error) {
	original, err := d.originalOf(ctx, n)
	if err != nil || original == nil {
		return n.RollID, err
	}
	return original.RollID, nil
}

// amend makes changes at once while the roll is a draft, and keeps them with
// the notice when it is not: nothing that was published changes without an
// approver.
func (d *Desk) amend(tx *gorm.DB, n *Notice, r roll.Roll, edits []roll.Edit) error {
	if n.State != draftState || n.waits() {
		return step.ErrState
	}
	if err := move(tx, n, nil); err != nil {
		return err
	}
	if r.Stage == roll.Draft {
		_, err := d.Rolls.Amend(tx, r.ID, r.Version, edits, workday.Date(""), uuid.Nil)
		return err
	}
	if k, _ := KindOf(n.Kind); k.Announcement && n.CorrectsID == nil {
		return roll.ErrStage // what is announced was decided by the rounds before
	}
	kept, err := backingOf(tx, n.ID)
	if err != nil {
		return err
	}
	kept.Edits = merged(kept.Edits, edits)
	return kept.keep(tx)
}

// merged puts edits over those kept before, row by row; none at all clears them.
func merged(kept, edits []roll.Edit) []roll.Edit {
	if len(edits) == 0 {
		return nil
	}
	at := map[int]int{}
	for i, e := range kept {
		at[e.Key] = i
	}
	for _, e := range edits {
		if i, has := at[e.Key]; has && e.Key != 0 {
			kept[i] = e
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

func tidyEdits(edits []roll.Edit) []roll.Edit {
	tidied := make([]roll.Edit, 0, len(edits))
	for _, e := range edits {
		e.Label, e.Team, e.Reason = oneLine(e.Label), oneLine(e.Team), oneLine(e.Reason)
		cells := map[string]string{}
		for field, text := range e.Cells {
			if text = oneLine(text); text != "" {
				cells[field] = text
			}
		}
		e.Cells = cells
		tidied = append(tidied, e)
	}
	return tidied
}
