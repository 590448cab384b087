package bulletin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

const pageSize = 50

// Steps of a circular and of a report (catalog keys bulletin.act.<code>).
const (
	ToEdit    = "edit"
	ToIssue   = "issue"
	ToDiscard = "discard"
	ToRead    = "read"
	ToAnswer  = "answer"
	ToCompose = "compose"
	ToWord    = "words"
	ToCount   = "count"
	ToReceive = "receive"
)

// Whole is a circular with all that its reader may know of it.
type Whole struct {
	Circular
	UnitName   string
	DraftName  string
	IssuerName string
	To         []AddresseeView // an office that it merely goes to sees itself alone
	Mine       *AddresseeView  // the reader's own office
	Items      []docket.Brief  // that it rests on and the reader may open
	Grounds    []Ground        // the same of orders and inspections
	Standing   bool            // its notice is on the web
	Clocks     []clock.Deadline
	Events     []ledger.Event // for the side that issues it
	Actions    []string
}

// AddresseeView is an office with names.
type AddresseeView struct {
	Addressee
	UnitName   string
	ReadName   string
	AnswerName string
	Late       int // working days overdue
}

// Line is a circular in a list.
type Line struct {
	Circular
	UnitName string
	To, Read int            // offices, and how many of them have read it
	Mine     *AddresseeView // in lists of what came in
}

// Circulars lists those of the own office, or those issued to it when received,
// the newest first, 50 before the one with that id (staff.ReadItems).
func (d *Desk) Circulars(ctx context.Context, by staff.Officer, received bool, before uuid.UUID) ([]Line, error) {
	db := d.Store.Read(ctx)
	query := d.visible(db, by).Where("circular.state <> 'discarded'")
	if received {
		query = query.Where("circular.state = 'issued' AND circular.id IN (SELECT circular_id FROM circular_to WHERE unit_id = ?)", by.UnitID)
	} else {
		query = query.Where("circular.unit_id = ?", by.UnitID)
	}
	if before != uuid.Nil {
		query = query.Where("circular.id < ?", before)
	}
	var all []Circular
	if err := query.Order("circular.id DESC").Limit(pageSize).Find(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	var ids []uuid.UUID
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	var to []Addressee
	if err := db.Where("circular_id IN ?", ids).Limit(pageSize * mostAddressed).Find(&to).Error; err != nil {
		return nil, err
	}
	lines := make([]Line, len(all))
	for i, c := range all {
		lines[i] = Line{Circular: c, UnitName: d.unitName(c.UnitID)}
		for _, a := range to {
			if a.CircularID != c.ID {
				continue
			}
			lines[i].To++
			if a.ReadAt != nil {
				lines[i].Read++
			}
			if a.UnitID == by.UnitID {
				view := d.addressee(c, a, nil)
				lines[i].Mine = &view
			}
		}
	}
	return lines, nil
}

// Unread lists what came to the own office and nobody there has read, or has to be
// answered: for the Today page.
func (d *Desk) Unread(ctx context.Context, by staff.Officer) ([]Line, error) {
	lines, err := d.Circulars(ctx, by, true, uuid.Nil)
	return slices.DeleteFunc(lines, func(l Line) bool { return l.Mine == nil || l.Mine.ReadAt != nil && !l.Mine.owes() }), err
}

// owes reports whether an office still has to answer.
func (a Addressee) owes() bool { return a.DueOn != nil && a.AnsweredAt == nil }

func (d *Desk) addressee(c Circular, a Addressee, names map[uuid.UUID]string) AddresseeView {
	v := AddresseeView{Addressee: a, UnitName: d.unitName(a.UnitID), ReadName: nameOf(names, a.ReadBy), AnswerName: nameOf(names, a.AnsweredBy)}
	if c.State == Issued && a.owes() {
		v.Late = d.Clocks.Late(a.DueOn, d.today())
	}
	return v
}

// Open reads a circular, or store.ErrNotFound.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	db := d.Store.Read(ctx)
	c, err := d.circular(db, by, id)
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Circular: c, UnitName: d.unitName(c.UnitID)}
	issues := slices.Contains(d.Atlas.Subtree(by.UnitID), c.UnitID) && by.May(staff.WritePapers)
	if err := d.openAddressees(db, by, &w, issues); err != nil {
		return w, err
	}
	if issues {
		if w.Items, err = d.briefs(ctx, by, id); err != nil {
			return w, err
		}
		if w.Grounds, err = d.groundsOf(ctx, by, id); err != nil {
			return w, err
		}
		if w.Events, err = ledger.Of(ctx, d.Store, ledger.OfBulletin, id); err != nil {
			return w, err
		}
	}
	if c.NoticeID != nil {
		var up int64
		if err := db.Table("notice").Where("id = ? AND state = 'published'", *c.NoticeID).Count(&up).Error; err != nil {
			return w, err
		}
		w.Standing = up > 0
	}
	w.Actions = w.actions(by)
	var clocked []uuid.UUID
	for _, a := range w.To {
		clocked = append(clocked, a.ID)
	}
	w.Clocks, err = d.Clocks.Of(ctx, clocked...)
	return w, err
}

func (d *Desk) openAddressees(db *gorm.DB, by staff.Officer, w *Whole, issues bool) error {
	to, err := addresseesOf(db, w.ID)
	if err != nil {
		return err
	}
	people := []*uuid.UUID{&w.DraftedBy, w.IssuedBy}
	for _, a := range to {
		people = append(people, a.ReadBy, a.AnsweredBy)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return err
	}
	w.DraftName, w.IssuerName = names[w.DraftedBy], nameOf(names, w.IssuedBy)
	for _, a := range to {
		view := d.addressee(w.Circular, a, names)
		if a.UnitID == by.UnitID {
			w.Mine = &view
		}
		if issues || a.UnitID == by.UnitID {
			w.To = append(w.To, view)
		}
	}
	return nil
}

// actions lists what the page offers; each asks again for itself.
func (w Whole) actions(by staff.Officer) (all []string) {
	if w.State == Drafted && w.UnitID == by.UnitID && by.May(staff.WritePapers) {
		if by.May(staff.SignPapers) && w.DraftedBy != by.ID {
			all = append(all, ToIssue)
		}
		all = append(all, ToEdit, ToDiscard)
	}
	if w.State == Issued && w.Mine != nil {
		if w.Mine.ReadAt == nil {
			all = append(all, ToRead)
		}
		if w.Mine.owes() {
			all = append(all, ToAnswer)
		}
	}
	return all
}

// Written is a draft as its author wrote it, for who writes it anew.
func (d *Desk) Written(ctx context.Context, by staff.Officer, id uuid.UUID) (NewCircular, error) {
	c, err := d.circular(d.Store.Read(ctx), by, id)
	if err != nil {
		return NewCircular{}, err
	}
	return d.written(ctx, by, c)
}

// Read says that the own office has read a circular (staff.ReadItems). Errors:
// store.ErrNotFound, step.ErrState when it was said before.
func (d *Desk) Read(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return d.onReceived(ctx, by, id, func(tx *gorm.DB, a Addressee) error {
		if err := once(tx, a.ID, "read_at", map[string]any{"read_by": by.ID, "read_at": d.Store.Now()}); err != nil {
			return err
		}
		return d.note(tx, by, id, "circular_read", nil)
	})
}

// Answer tells what a criticised office has put right, in 10 to 2000 characters;
// its clock stops (staff.ReadItems). Errors: store.ErrNotFound, *step.Invalid
// (answer), step.ErrState.
func (d *Desk) Answer(ctx context.Context, by staff.Officer, id uuid.UUID, words string) error {
	var f step.Form
	words = f.Text("answer", strings.TrimSpace(words), 10, 2000, "circular_answer")
	return d.onReceived(ctx, by, id, func(tx *gorm.DB, a Addressee) error {
		if !a.owes() {
			return step.ErrState
		}
		if err := f.Err(); err != nil {
			return err
		}
		now := d.Store.Now()
		if err := once(tx, a.ID, "answered_at", map[string]any{"answer": words, "answered_by": by.ID, "answered_at": now}); err != nil {
			return err
		}
		if a.ReadAt == nil {
			if err := once(tx, a.ID, "read_at", map[string]any{"read_by": by.ID, "read_at": now}); err != nil {
				return err
			}
		}
		if err := d.Clocks.Meet(tx, a.ID); err != nil {
			return err
		}
		return d.note(tx, by, id, "circular_answered", nil)
	})
}

// once writes what happens to an addressee once: step.ErrState when it has.
func once(tx *gorm.DB, id uuid.UUID, unless string, set map[string]any) error {
	res := tx.Model(&Addressee{}).Where("id = ? AND "+unless+" IS NULL", id).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return step.ErrState
	}
	return res.Error
}

func (d *Desk) onReceived(ctx context.Context, by staff.Officer, id uuid.UUID, do func(tx *gorm.DB, a Addressee) error) error {
	if err := by.Require(staff.ReadItems); err != nil {
		return err
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			c, err := d.circular(tx, by, id)
			if err != nil {
				return err
			}
			if c.State != Issued {
				return store.ErrNotFound
			}
			var a Addressee
			if err := store.One(tx.Where("circular_id = ? AND unit_id = ?", id, by.UnitID), &a); err != nil {
				return err
			}
			return do(tx, a)
		})
	})
}

// MaySee returns nil when the officer may read a circular or a report, else
// store.ErrNotFound. It leaves no trace.
func (d *Desk) MaySee(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	db := d.Store.Read(ctx)
	_, err := d.circular(db, by, id)
	if isNotFound(err) {
		_, err = d.report(db, by, id)
	}
	return err
}
