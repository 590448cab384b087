package docket

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// Item opens one visible item with its life. Handling units read what the
// issuing office wrote to them, and nothing of the complaints behind it.
func (d *Desk) Item(ctx context.Context, by staff.Officer, id uuid.UUID) (ItemView, error) {
	db := d.Store.Read(ctx)
	i, err := d.itemIn(db, by, id)
	if err != nil {
		return ItemView{}, err
	}
	views := []ItemView{d.face(d.seen(by, i))}
	if err := d.paint(ctx, views); err != nil {
		return ItemView{}, err
	}
	if err := d.dress(db, views); err != nil {
		return ItemView{}, err
	}
	v := views[0]
	if i.IssuedAt != nil {
		// A paper keeps the name under which it was issued.
		if v.IssuerName, err = d.Atlas.NameOn(ctx, i.IssuerID, workday.On(*i.IssuedAt)); err != nil {
			return ItemView{}, err
		}
	}
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, *ItemView) error{
		d.readLife, d.readRequests, d.readBehind, d.readActions,
	} {
		if err := part(ctx, db, by, &v); err != nil {
			return ItemView{}, err
		}
	}
	return v, nil
}

// readLife reads the entries, the clocks and the events.
func (d *Desk) readLife(ctx context.Context, db *gorm.DB, by staff.Officer, v *ItemView) error {
	var err error
	if v.Notes, err = d.notes(ctx, db, v.ID); err != nil {
		return err
	}
	if v.Deadlines, err = d.Clocks.Of(ctx, v.ID); err != nil {
		return err
	}
	if v.Pauses, err = d.Clocks.Pauses(ctx, v.ID); err != nil {
		return err
	}
	v.Events, err = ledger.Of(ctx, d.Store, ledger.OfItem, v.ID)
	if !d.issues(by, v.Item) {
		v.Events = slices.DeleteFunc(v.Events, amongOurselves)
	}
	return err
}

// amongOurselves are the events that handling units do not read: an investigation is
// not to be announced before it halts their work, nor a package by the look at what
// goes into it.
func amongOurselves(e ledger.Event) bool {
	return slices.Contains([]string{"item_suspension_asked", "item_suspension_denied", "serves_more", "file_cleared", "file_agreed"}, e.Kind) ||
		e.Kind == "evidence_opened" && e.Body["copy"] != ""
}

func (d *Desk) readRequests(ctx context.Context, db *gorm.DB, by staff.Officer, v *ItemView) error {
	if err := d.readExtension(ctx, db, v); err != nil {
		return err
	}
	return d.readSuspensions(db, by, v)
}

// readBehind reads what only the issuing office sees: the complaints behind an
// item, those of them that the officer may see.
func (d *Desk) readBehind(ctx context.Context, db *gorm.DB, by staff.Officer, v *ItemView) error {
	if !d.issues(by, v.Item) {
		return nil
	}
	behind, err := behind(db, v.ID)
	if err != nil {
		return err
	}
	if v.Complaints, err = d.Triage.Among(ctx, by, behind...); err != nil {
		return err
	}
	for _, c := range v.Complaints {
		if err := d.Triage.Looked(ctx, by, c.ID, triage.SawItem); err != nil {
			return err
		}
	}
	return nil
}

// readActions reads what the officer can do now, and, for the issuing office,
// what striking off still lacks.
func (d *Desk) readActions(_ context.Context, db *gorm.DB, by staff.Officer, v *ItemView) error {
	duty, err := dutyOf(db, by.UnitID, v.ID)
	if err != nil {
		return err
	}
	f, err := d.factsOf(db, v.Item)
	if err != nil {
		return err
	}
	if d.issues(by, v.Item) {
		v.Missing = f.Lacks
	}
	v.Actions = offered(by, d.partIn(by, v.Item, duty), v.Item, f)
	return nil
}

// noteRow is one entry in an item's life as stored.
type noteRow struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	ItemID   uuid.UUID
	Kind     string
	UnitID   uuid.UUID
	AuthorID uuid.UUID
	Body     string
	At       time.Time
}

func (noteRow) TableName() string { return "item_note" }

func (d *Desk) notes(ctx context.Context, db *gorm.DB, item uuid.UUID) ([]ItemNote, error) {
	var rows []noteRow
	if err := db.Where("item_id = ?", item).Order("at, id").Limit(500).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.AuthorID)
	}
	called, err := peopleNames(db, people)
	if err != nil {
		return nil, err
	}
	files, err := d.Shelf.Of(ctx, noteFiles, ids...)
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]evidence.File{}
	for _, f := range files {
		of[*f.OwnerID] = append(of[*f.OwnerID], f)
	}
	notes := make([]ItemNote, len(rows))
	for i, r := range rows {
		notes[i] = ItemNote{
			ID: r.ID, Kind: r.Kind, UnitName: d.unitName(r.UnitID), AuthorName: called[r.AuthorID],
			Body: r.Body, At: r.At.UTC(), Files: of[r.ID],
		}
	}
	return notes, nil
}
