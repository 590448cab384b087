package notice

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Draft is what an editor types.
type Draft struct {
	Kind      string
	Title     string // 4 to 100 characters
	DocNumber string
	PlaceCode string // within the office's jurisdiction
	Year      int
	Body      string // Markdown, at most 20 000 characters
	StartsOn  workday.Date
	EndsOn    workday.Date // "" for the long term
	Fields    map[string]string
	RollID    *uuid.UUID // goes on with this roll (town round, announcement); nil makes its own where the kind needs one
	FundID    *uuid.UUID
	ProjectID *uuid.UUID
	Disputed  []string // Exposure.Token of findings the editor calls false alarms: they are stored, an approver decides
}

// Begin makes a draft, and its roll where the kind needs one
// (staff.WriteNotices). Only what is needed to begin is asked for: kind, place,
// title. Errors: *Invalid, *Exposed, staff.ErrForbidden.
func (d *Desk) Begin(ctx context.Context, by staff.Officer, in Draft) (Notice, error) {
	return d.BeginWith(ctx, by, in, func(*gorm.DB, Notice) error { return nil })
}

// BeginWith is Begin for rooms that tie something of theirs to the draft: also
// runs in the same transaction.
func (d *Desk) BeginWith(ctx context.Context, by staff.Officer, in Draft, also func(tx *gorm.DB, n Notice) error) (Notice, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Notice{}, err
	}
	unit, err := d.Atlas.Unit(by.UnitID)
	if err != nil {
		return Notice{}, err
	}
	now := d.Store.Now()
	n := Notice{ID: uuid.Must(uuid.NewV7()), Kind: in.Kind, UnitID: unit.ID, State: draftState, CreatedAt: now, Version: 1, EditorID: &by.ID}
	p, err := d.take(ctx, by, &n, in, "")
	if err != nil {
		return Notice{}, err
	}
	k, err := d.startable(ctx, by, p, unit, &n, in)
	if err != nil {
		return Notice{}, err
	}
	if err := p.err(); err != nil {
		return Notice{}, err
	}
	if err := d.checkWords(n, disputed(nil, in.Disputed)); err != nil {
		return Notice{}, err
	}
	err = d.again(ctx, func(tx *gorm.DB) error {
		if err := d.begin(tx, by, k, &n, in); err != nil {
			return err
		}
		return also(tx, n)
	})
	return n, err
}

// startable looks at the kind and at the roll that a draft goes on with.
func (d *Desk) startable(ctx context.Context, by staff.Officer, p problems, unit region.Unit, n *Notice, in Draft) (Kind, error) {
	k, ok := KindOf(in.Kind)
	p.require(ok && in.Kind != correction, "kind", "notice_kind")
	p.require(!ok || k.PublishedBy(unit.Level), "kind", "notice_level")
	if k.Roll == "" {
		return k, nil
	}
	first := roll.Roll{Kind: k.Roll, Stage: roll.Draft}.Next()
	if in.RollID == nil {
		p.require(k.Stage == "" || k.Stage == first, "roll", "notice_roll")
		return k, nil
	}
	r, err := d.rollInScope(ctx, by, *in.RollID)
	if errors.Is(err, store.ErrNotFound) {
		p.require(false, "roll", "notice_roll")
		return k, nil
	}
	if err != nil {
		return k, err
	}
	p.require(r.Kind == k.Roll && region.Within(r.PlaceCode, n.PlaceCode), "roll", "notice_roll")
	n.RollID = &r.ID
	return k, nil
}

// rollInScope is a roll of an office whose lists the officer's may go on with.
func (d *Desk) rollInScope(ctx context.Context, by staff.Officer, id uuid.UUID) (roll.Roll, error) {
	r, err := d.Rolls.Roll(ctx, id)
	if err == nil && !slices.Contains(d.Atlas.Reach(by.UnitID), r.UnitID) {
		err = store.ErrNotFound
	}
	return r, err
}

func (d *Desk) begin(tx *gorm.DB, by staff.Officer, k Kind, n *Notice, in Draft) error {
	if k.Roll != "" && in.RollID == nil {
		r, err := d.Rolls.Create(tx, by, k.Roll, n.PlaceCode, n.Year)
		if err != nil {
			return err
		}
		n.RollID = &r.ID
	}
	if err := tx.Create(n).Error; err != nil {
		return err
	}
	if err := d.note(tx, by, n.ID, "notice_begun", map[string]string{"kind": n.Kind, "place": n.PlaceCode}); err != nil {
		return err
	}
	return d.dispute(tx, by, n.ID, in.Disputed)
}

// Save stores a draft as far as it is; its kind and roll stay. Personal data is
// refused (*Exposed). A draft that waits for an approver is step.ErrState.
func (d *Desk) Save(ctx context.Context, by staff.Officer, id uuid.UUID, version int, in Draft) error {
	n, err := d.seen(ctx, by, staff.WriteNotices, id, version)
	if err != nil {
		return err
	}
	if n.State != draftState || n.waits() {
		return step.ErrState
	}
	of := ""
	if original, err := d.originalOf(ctx, n); err != nil {
		return err
	} else if original != nil {
		of = original.Kind
		in.PlaceCode = original.PlaceCode
	}
	p, err := d.take(ctx, by, &n, in, of)
	if err != nil {
		return err
	}
	if err := d.sameRows(ctx, p, n); err != nil {
		return err
	}
	if err := p.err(); err != nil {
		return err
	}
	known, err := passes(d.Store.Read(ctx), id)
	if err != nil {
		return err
	}
	if err := d.checkWords(n, disputed(known, in.Disputed)); err != nil {
		return err
	}
	return d.save(ctx, by, n, in)
}

// sameRows asks that the rows of a notice belong to its place: a list is not
// shown under another village than its own. An empty one moves with its notice.
func (d *Desk) sameRows(ctx context.Context, p problems, n Notice) error {
	if n.RollID == nil {
		return nil
	}
	r, err := d.Rolls.Roll(ctx, *n.RollID)
	if err == nil {
		p.require(r.Stage == roll.Draft && r.Size == 0 || region.Within(r.PlaceCode, n.PlaceCode), "place", "notice_place_rows")
	}
	return err
}

// save writes what was typed; who did it is an editor from now on.
func (d *Desk) save(ctx context.Context, by staff.Officer, typed Notice, in Draft) error {
	fields, err := jsonOf(typed.Fields)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, typed.ID, typed.Version, func(tx *gorm.DB, n *Notice) error {
		if n.waits() || n.State != draftState {
			return step.ErrState
		}
		err := move(tx, n, map[string]any{
			"title": typed.Title, "doc_number": typed.DocNumber, "place_code": typed.PlaceCode, "year": typed.Year, "body": typed.Body,
			"starts_on": typed.StartsOn, "ends_on": typed.EndsOn, "fields": fields, "fund_id": typed.FundID, "project_id": typed.ProjectID,
			"editor_id": by.ID,
		})
		if err != nil {
			return err
		}
		if n.RollID != nil {
			if err := d.Rolls.Settle(tx, *n.RollID, n.PlaceCode); err != nil {
				return err
			}
		}
		if err := d.dispute(tx, by, n.ID, in.Disputed); err != nil {
			return err
		}
		return d.note(tx, by, n.ID, "notice_saved", nil)
	})
}

// Discard gives up a draft that does not wait for an approver. It stays on the
// record and is never shown.
func (d *Desk) Discard(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.on(ctx, by, staff.WriteNotices, id, version, func(tx *gorm.DB, n *Notice) error {
		if n.State != draftState || n.waits() {
			return step.ErrState
		}
		if err := move(tx, n, map[string]any{"state": withdrawn, "withdrawn_at": d.Store.Now()}); err != nil {
			return err
		}
		return d.note(tx, by, n.ID, "notice_discarded", nil)
	})
}

// checkWords is the gate at saving: what is typed, not what is attached.
func (d *Desk) checkWords(n Notice, known map[string]pass) error {
	l := d.looks(known)
	l.words(n)
	return blocking(l.found)
}

// disputed adds what an editor now calls false alarms to what is known.
func disputed(known map[string]pass, tokens []string) map[string]pass {
	all := map[string]pass{}
	for token, said := range known {
		all[token] = said
	}
	for _, token := range tokens {
		said := all[strings.TrimSpace(token)]
		said.disputed = true
		all[strings.TrimSpace(token)] = said
	}
	return all
}
