package notice

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// ErrMismatch means that amounts do not add up.
var ErrMismatch = errors.New("notice: amounts do not add up")

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Shelf  *evidence.Shelf
	Rolls  *roll.Book
	Clocks *clock.Book
}

// Desk is where notices are written, approved and taken down.
type Desk struct{ Config }

// NewDesk returns the desk.
func NewDesk(c Config) *Desk { return &Desk{c} }

// States of a notice.
const (
	draftState = "draft"
	reviewed   = "reviewed"
	published  = "published"
	ended      = "ended"
	archived   = "archived"
	withdrawn  = "withdrawn"
)

// waits reports whether a draft lies with the approvers.
func (n Notice) waits() bool { return n.State == draftState && n.HandedInAt != nil }

// today is the day in Shanghai by the portal's clock.
func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// mine narrows a query on notice to the officer's own office and those below.
func (d *Desk) mine(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("unit_id IN ?", d.Atlas.Subtree(by.UnitID))
}

// find reads a notice of the own office or below, or returns store.ErrNotFound.
func (d *Desk) find(db *gorm.DB, by staff.Officer, id uuid.UUID) (Notice, error) {
	var n Notice
	err := store.One(d.mine(db, by).Where("id = ?", id), &n)
	return n, err
}

// readable narrows a query on notice to what the officer may read: also those
// of lower offices whose lists the own office goes on with.
func (d *Desk) readable(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("unit_id IN ?", d.Atlas.Reach(by.UnitID))
}

// anyVersion is for steps that do not depend on what the page showed.
const anyVersion = -1

// seen reads the notice as the page showed it, outside a transaction: for what
// has to be looked through before one begins.
func (d *Desk) seen(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, version int) (Notice, error) {
	if err := by.Require(p); err != nil {
		return Notice{}, err
	}
	scope := d.mine
	if p == staff.ReadNotices {
		scope = d.readable
	}
	var n Notice
	err := store.One(scope(d.Store.Read(ctx), by).Where("id = ?", id), &n)
	if err == nil && version != anyVersion && n.Version != version {
		err = step.ErrStale
	}
	return n, err
}

// on runs do in one transaction with a notice that is still as the page showed
// it. It begins again when an event that somebody else wrote at the same moment
// took the place of this one's in the record.
func (d *Desk) on(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, version int, do func(tx *gorm.DB, n *Notice) error) error {
	if err := by.Require(p); err != nil {
		return err
	}
	return d.again(ctx, func(tx *gorm.DB) error {
		n, err := d.find(tx, by, id)
		if err != nil {
			return err
		}
		if version != anyVersion && n.Version != version {
			return step.ErrStale
		}
		return do(tx, &n)
	})
}

// again runs a transaction, at most three times, while it collides with another
// one on a unique key.
func (d *Desk) again(ctx context.Context, do func(tx *gorm.DB) error) error {
	var err error
	for range 3 {
		if err = d.Store.Transact(ctx, do); !store.IsDuplicate(err) {
			return err
		}
	}
	return errors.Join(step.ErrStale, err)
}

// move changes a notice that is still as it was read, and counts its version on.
// It comes before anything else a step writes: whoever loses the race waits here
// for the winner and then finds nothing to change.
func move(tx *gorm.DB, n *Notice, changes map[string]any) error {
	set := maps.Clone(changes)
	if set == nil {
		set = map[string]any{}
	}
	set["version"] = n.Version + 1
	res := tx.Model(&Notice{}).Where("id = ? AND state = ? AND version = ?", n.ID, n.State, n.Version).Updates(set)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return step.ErrStale
	}
	var now Notice
	if err := store.One(tx.Where("id = ?", n.ID), &now); err != nil {
		return err
	}
	*n = now
	return nil
}

// shift is move for steps that change nothing of what the notice says: an
// approver who looked it through after a pull need not do so again.
func shift(tx *gorm.DB, n *Notice, changes map[string]any) error {
	if n.Cleared == n.Version {
		changes = maps.Clone(changes)
		changes["cleared"] = n.Version + 1
	}
	return move(tx, n, changes)
}

// note writes what an officer did to a notice.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, body map[string]string) error {
	return ledger.Append(tx, ledger.OfNotice, id, kind, by.Actor(), d.Store.Now(), body)
}

// noteSelf writes what the portal did to a notice by itself.
func (d *Desk) noteSelf(tx *gorm.DB, id uuid.UUID, kind string, body map[string]string) error {
	return ledger.Append(tx, ledger.OfNotice, id, kind, ledger.System(), d.Store.Now(), body)
}

// handsOn are the events of somebody who wrote at a notice.
var handsOn = []string{"notice_begun", "notice_saved", "notice_rows_changed", "notice_column_dropped", "notice_files_added",
	"notice_file_removed", "notice_minutes_set", "notice_handed_in", "notice_correction_begun"}

// wrote reports whether the officer had a hand in what a notice says: saved it
// once, changed its rows, or imported the sheet they come from.
func (d *Desk) wrote(db *gorm.DB, by staff.Officer, n Notice) (bool, error) {
	if n.EditorID != nil && *n.EditorID == by.ID {
		return true, nil
	}
	var count int64
	err := db.Model(&ledger.Event{}).Where("subject_kind = ? AND subject_id = ?", ledger.OfNotice, n.ID).
		Where("actor_id = ? AND kind IN ?", by.ID, handsOn).Count(&count).Error
	if err != nil || count > 0 || n.RollID == nil {
		return count > 0, err
	}
	err = db.Table("tray_sheet").Where("unit_id = ? AND owner_id = ? AND by_id = ? AND state = 'done'", by.UnitID, *n.RollID, by.ID).
		Count(&count).Error
	return count > 0, err
}

// other returns step.ErrSamePerson when the officer had a hand in the notice.
func (d *Desk) other(db *gorm.DB, by staff.Officer, n Notice) error {
	did, err := d.wrote(db, by, n)
	if err == nil && did {
		return step.ErrSamePerson
	}
	return err
}

// names finds what accounts are called.
func names(db *gorm.DB, ids ...*uuid.UUID) (map[uuid.UUID]string, error) {
	var known []uuid.UUID
	for _, id := range ids {
		if id != nil && !slices.Contains(known, *id) {
			known = append(known, *id)
		}
	}
	called := map[uuid.UUID]string{}
	if len(known) == 0 {
		return called, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", known).Find(&people).Error
	for _, p := range people {
		called[p.ID] = p.Name
	}
	return called, err
}
