package docket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

// Lend implements triage.Lender for what came with an entry or a request of an item.
// With nothing covered it is seen by the office that handed it in and by the one that
// issued the item. Whoever issues items says that it may leave.
func (d *Desk) Lend(ctx context.Context, by staff.Officer, f evidence.File) (triage.Lent, error) {
	db := d.Store.Read(ctx)
	of, err := whose(db, f)
	if err != nil {
		return triage.Lent{}, err
	}
	i, err := d.itemIn(db, by, of.ItemID)
	if err != nil {
		return triage.Lent{}, err
	}
	return triage.Lent{
		Whole: by.UnitID == of.UnitID || by.UnitID == i.IssuerID && by.May(staff.IssueItems), Offices: true, Needs: staff.IssueItems,
		Matter: itemMatter{d, by, i.ID},
	}, nil
}

// itemMatter is an item to which a file belongs.
type itemMatter struct {
	*Desk
	by staff.Officer
	id uuid.UUID
}

// Record implements triage.Matter.
func (m itemMatter) Record(ctx context.Context, kind string, facts map[string]string) error {
	return m.inscribe(ctx, func(tx *gorm.DB) error { return m.note(tx, m.by, m.id, kind, facts) })
}

// Act implements triage.Matter.
func (m itemMatter) Act(ctx context.Context, kind string, facts map[string]string, do func(tx *gorm.DB) error) error {
	return m.change(ctx, func(tx *gorm.DB) error {
		if _, err := m.itemIn(tx, m.by, m.id); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return m.note(tx, m.by, m.id, kind, facts)
	})
}

// handed is of which item a file is, and which office handed it in.
type handed struct{ ItemID, UnitID uuid.UUID }

func whose(db *gorm.DB, f evidence.File) (of handed, err error) {
	table := "item_note"
	if f.OwnerKind == extensionFiles {
		table = "item_extension"
	}
	return of, store.One(db.Table(table).Select("item_id", "unit_id").Where("id = ?", f.OwnerID), &of)
}
