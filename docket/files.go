package docket

import (
	"context"
	"io"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// noteFiles is the kind of owner that files kept with an entry have.
const noteFiles = "item_note"

// OpenFile gives out a file of a visible item: store.ErrNotFound for any other. Where
// something is covered on it, all but the office that handed it in and the one that
// issued the item get the copy. That it was opened, and by whom, stands in the record
// before the first byte is given out. The caller closes content.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, item, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	if err := d.HasFile(ctx, by, item, file); err != nil {
		return f, nil, "", err
	}
	opened, err := d.Triage.OpenFile(ctx, by, file)
	return opened.File, opened.Content, opened.DownloadName, err
}

// HasFile returns nil when a file is one of an item that the officer may see, else
// store.ErrNotFound.
func (d *Desk) HasFile(ctx context.Context, by staff.Officer, item, file uuid.UUID) error {
	db := d.Store.Read(ctx)
	if _, err := d.itemIn(db, by, item); err != nil {
		return err
	}
	return belongs(db, item, file)
}

// belongs is store.ErrNotFound unless a file is the item's.
func belongs(db *gorm.DB, item, file uuid.UUID) error {
	var found struct{ ID uuid.UUID }
	return store.One(db.Table("evidence_file").Select("id").
		Where("id = ?", file).
		Where(`(owner_kind = ? AND owner_id IN (SELECT id FROM item_note WHERE item_id = ?))
			OR (owner_kind = ? AND owner_id IN (SELECT id FROM item_extension WHERE item_id = ?))`,
			noteFiles, item, extensionFiles, item), &found)
}

// inscribe runs a small transaction that ends with an event and starts again
// when another event of the same item took its place meanwhile, as happens when
// a page loads several files at once.
func (d *Desk) inscribe(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for range 20 {
		err = d.Store.Transact(ctx, do)
		if !store.IsDuplicate(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// note writes what happened to an item.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, item uuid.UUID, kind string, body map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfItem, item, kind, by.Actor(), body)
}
