package triage

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// itemScope narrows a query over supervision_item to what the officer may
// know of: items that the own office or one below it issues, unless they came
// of a case that is about the own office or one above it, or that the officer
// stepped back from; and items addressed to the own office once they are issued.
func (q *Queue) itemScope(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ReadItems) {
		return db.Where("1 = 0")
	}
	addressed := `(supervision_item.issued_at IS NOT NULL AND supervision_item.id IN
		(SELECT item_id FROM item_unit WHERE unit_id = ?))`
	if !by.May(staff.IssueItems) {
		return db.Where(addressed, by.UnitID)
	}
	return db.Where(`((supervision_item.issuer_id IN ? AND NOT EXISTS (
			SELECT 1 FROM item_complaint served JOIN recusal ON recusal.complaint_id = served.complaint_id
			WHERE served.item_id = supervision_item.id AND recusal.account_id = ?)
		AND NOT EXISTS (
			SELECT 1 FROM item_complaint served JOIN complaint_subject named ON named.complaint_id = served.complaint_id
			WHERE served.item_id = supervision_item.id AND named.unit_id IN ?)) OR `+addressed+`)`,
		q.atlas.Subtree(by.UnitID), by.ID, q.atlas.Above(by.UnitID), by.UnitID)
}

// itemIn reads one visible item, or store.ErrNotFound.
func (q *Queue) itemIn(tx *gorm.DB, by staff.Officer, id uuid.UUID) (Item, error) {
	var i Item
	err := store.One(q.itemScope(tx, by).Where("supervision_item.id = ?", id), &i)
	return i, err
}

// ownItem reads one item that the officer's office, or one below it, issues.
func (q *Queue) ownItem(tx *gorm.DB, by staff.Officer, id uuid.UUID) (Item, error) {
	i, err := q.itemIn(tx, by, id)
	if err == nil && !q.issues(by, i) {
		err = store.ErrNotFound
	}
	return i, err
}

// issues reports whether the officer acts for the office that issues an item.
func (q *Queue) issues(by staff.Officer, i Item) bool {
	return by.May(staff.IssueItems) && slices.Contains(q.atlas.Subtree(by.UnitID), i.IssuerID)
}

// itemVisible returns nil when the officer may open the item, else
// store.ErrNotFound. files.go asks it before giving out a note's files.
func (q *Queue) itemVisible(db *gorm.DB, by staff.Officer, item uuid.UUID) error {
	_, err := q.itemIn(db, by, item)
	return err
}

// noDue stands for the last day of an item that has none yet: after all
// others.
const noDue = "9999-12-31"

// Items lists visible items: those issued by the own office and below, and
// those addressed to the own office, most pressing first (finished ones newest
// first), 50 at a time. The lists carry no notes, events or complaints.
func (q *Queue) Items(ctx context.Context, by staff.Officer, finished bool, cursor string) ([]ItemView, string, error) {
	db := q.store.Read(ctx)
	query, key := q.itemScope(db, by), func(i Item) string { return noDue }
	at, id := readItemCursor(cursor)
	if finished {
		query = query.Where("closed_at IS NOT NULL").Order("id DESC")
		if id != uuid.Nil {
			query = query.Where("id < ?", id)
		}
	} else {
		key = func(i Item) string {
			if i.DueOn == nil {
				return noDue
			}
			return string(*i.DueOn)
		}
		query = query.Where("closed_at IS NULL").Order("COALESCE(due_on, '" + noDue + "'), id")
		if id != uuid.Nil {
			query = query.Where("(COALESCE(due_on, '"+noDue+"'), id) > (?, ?)", at, id)
		}
	}
	var items []Item
	if err := query.Limit(pageSize + 1).Find(&items).Error; err != nil {
		return nil, "", err
	}
	next := ""
	if len(items) > pageSize {
		items = items[:pageSize]
		last := items[pageSize-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(key(last) + "," + last.ID.String()))
	}
	views := make([]ItemView, len(items))
	for n, i := range items {
		views[n] = q.face(i)
	}
	return views, next, q.nameAssists(db, views)
}

// readItemCursor reads what Items wrote; anything else is the beginning.
func readItemCursor(text string) (due string, id uuid.UUID) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", uuid.Nil
	}
	due, rest, _ := strings.Cut(string(plain), ",")
	id, err = uuid.Parse(rest)
	if err != nil {
		return "", uuid.Nil
	}
	return due, id
}

// face is an item with what everybody who may see it reads on a list.
func (q *Queue) face(i Item) ItemView {
	v := ItemView{Item: i, IssuerName: q.unitName(i.IssuerID), LeadName: q.unitName(i.LeadUnitID)}
	if waitsForUnit(i.State) {
		v.Late = q.late(i.DueOn, q.today())
	}
	return v
}

// waitsForUnit lists the states in which the clock runs against the handling
// unit; a report that lies with the issuing office is not late.
func waitsForUnit(s ItemState) bool {
	return slices.Contains([]ItemState{Issued, Acknowledged, InProgress, Disputed, Returned}, s)
}

func (q *Queue) nameAssists(db *gorm.DB, views []ItemView) error {
	var ids []uuid.UUID
	for _, v := range views {
		ids = append(ids, v.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []itemUnit
	err := db.Where("item_id IN ? AND duty = 'assist'", ids).Order("item_id, unit_id").Find(&rows).Error
	for n := range views {
		for _, r := range rows {
			if r.ItemID == views[n].ID {
				views[n].AssistNames = append(views[n].AssistNames, q.unitName(r.UnitID))
			}
		}
	}
	return err
}

// Item opens one visible item with its life. Handling units read what the
// issuing office wrote to them, and nothing of the complaints behind it.
func (q *Queue) Item(ctx context.Context, by staff.Officer, id uuid.UUID) (ItemView, error) {
	db := q.store.Read(ctx)
	i, err := q.itemIn(db, by, id)
	if err != nil {
		return ItemView{}, err
	}
	views := []ItemView{q.face(i)}
	if err := q.nameAssists(db, views); err != nil {
		return ItemView{}, err
	}
	v := views[0]
	if i.IssuedAt != nil {
		// A paper keeps the name under which it was issued.
		if v.IssuerName, err = q.atlas.NameOn(ctx, i.IssuerID, workday.On(*i.IssuedAt)); err != nil {
			return ItemView{}, err
		}
	}
	if v.Notes, err = q.itemNotes(ctx, db, id); err != nil {
		return ItemView{}, err
	}
	if v.Events, err = ledger.Of(ctx, q.store, ledger.OfItem, id); err != nil {
		return ItemView{}, err
	}
	if q.issues(by, i) {
		if v.Complaints, err = q.served(ctx, db, by, id); err != nil {
			return ItemView{}, err
		}
		if v.Missing, err = missing(db, i); err != nil {
			return ItemView{}, err
		}
	}
	duty, err := dutyOf(db, by.UnitID, id)
	v.Actions = q.itemActions(by, i, duty, v.Missing)
	return v, err
}

// served lists the complaints behind an item that the officer may see.
func (q *Queue) served(ctx context.Context, db *gorm.DB, by staff.Officer, item uuid.UUID) ([]Row, error) {
	var found []intake.Complaint
	err := q.visible(db.Model(&intake.Complaint{}), by).
		Where("complaint.id IN (SELECT complaint_id FROM item_complaint WHERE item_id = ?)", item).
		Order("complaint.seq").Limit(100).Find(&found).Error
	if err != nil {
		return nil, err
	}
	return q.rows(ctx, by, found)
}

// itemNoteRow is one entry in an item's life as stored.
type itemNoteRow struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	ItemID   uuid.UUID
	Kind     string
	UnitID   uuid.UUID
	AuthorID uuid.UUID
	Body     string
	At       time.Time
}

func (itemNoteRow) TableName() string { return "item_note" }

func (q *Queue) itemNotes(ctx context.Context, db *gorm.DB, item uuid.UUID) ([]ItemNote, error) {
	var rows []itemNoteRow
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
	files, err := q.shelf.Of(ctx, "item_note", ids...)
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
			ID: r.ID, Kind: r.Kind, UnitName: q.unitName(r.UnitID), AuthorName: called[r.AuthorID],
			Body: r.Body, At: r.At.UTC(), Files: of[r.ID],
		}
	}
	return notes, nil
}

// dutyOf is an office's part in an item: lead, assist, or "".
func dutyOf(db *gorm.DB, unit, item uuid.UUID) (string, error) {
	var duties []string
	err := db.Table("item_unit").Where("item_id = ? AND unit_id = ?", item, unit).Pluck("duty", &duties).Error
	if len(duties) == 0 {
		return "", err
	}
	return duties[0], err
}
