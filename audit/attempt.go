package audit

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/ledger"
	"minsheng/staff"
)

// Attempt is that somebody asked for something that does not exist for them.
type Attempt struct {
	At     time.Time
	Name   string
	Role   string
	Unit   string
	Kind   ledger.Subject // of what was asked for
	ID     uuid.UUID
	Called string // what it is called, where the reader may see it; else ""
	Route  string // address that was asked for, without ids; "" when it was not by an address
}

const (
	attemptsShown = 50
	attemptsRead  = 5 // stretches of 200, however few of them may be shown
)

// Attempts lists refused attempts, newest first, at most 50, before the cursor (an
// event id, or uuid.Nil for the start), and the cursor of the next; uuid.Nil at
// the end. It needs staff.AuditLooks.
//
// An auditor reads all of them, as they do the record. A supervisor reads those on
// what they may see themselves, and those by people of offices below their own;
// never their own. Whether something that was asked for exists, it tells only who
// may see it.
func (d *Desk) Attempts(ctx context.Context, by staff.Officer, before uuid.UUID) (all []Attempt, next uuid.UUID, err error) {
	if err := by.Require(staff.AuditLooks); err != nil {
		return nil, uuid.Nil, err
	}
	below, err := d.peopleBelow(ctx, by)
	if err != nil {
		return nil, uuid.Nil, err
	}
	for range attemptsRead {
		events, err := ledger.RefusedBefore(ctx, d.Store, before)
		if err != nil {
			return nil, uuid.Nil, err
		}
		called, err := d.disclosed(ctx, by, events)
		if err != nil {
			return nil, uuid.Nil, err
		}
		for _, e := range events {
			before = e.ID
			name, sees := called[e.SubjectID]
			if e.ActorID == nil || *e.ActorID == by.ID || !sees && !below[*e.ActorID] && !by.May(staff.ReadRecord) {
				continue
			}
			all = append(all, Attempt{At: e.At, Name: e.ActorName, Role: e.ActorRole, Unit: e.ActorUnit,
				Kind: e.SubjectKind, ID: e.SubjectID, Called: name, Route: e.Body["route"]})
			if len(all) == attemptsShown {
				return all, before, nil
			}
		}
		if len(events) < 200 {
			return all, uuid.Nil, nil
		}
	}
	return all, before, nil
}

// disclosed is what the things asked for are called that the officer may see.
func (d *Desk) disclosed(ctx context.Context, by staff.Officer, events []ledger.Event) (map[uuid.UUID]string, error) {
	ids := map[ledger.Subject][]uuid.UUID{}
	for _, e := range events {
		if !slices.Contains(ids[e.SubjectKind], e.SubjectID) {
			ids[e.SubjectKind] = append(ids[e.SubjectKind], e.SubjectID)
		}
	}
	called := map[uuid.UUID]string{}
	for kind, some := range ids {
		if d.Disclosers[kind] == nil {
			continue
		}
		names, err := d.Disclosers[kind].Disclose(ctx, by, some)
		if err != nil {
			return nil, err
		}
		for id, name := range names {
			called[id] = name
		}
	}
	return called, nil
}

// peopleBelow are the accounts of the offices below the officer's own.
func (d *Desk) peopleBelow(ctx context.Context, by staff.Officer) (map[uuid.UUID]bool, error) {
	units := slices.DeleteFunc(slices.Clone(d.Atlas.Subtree(by.UnitID)), func(id uuid.UUID) bool { return id == by.UnitID })
	if len(units) == 0 {
		return nil, nil
	}
	var ids []uuid.UUID
	err := d.Store.Read(ctx).Table("account").Where("unit_id IN ?", units).Limit(5000).Pluck("id", &ids).Error
	below := map[uuid.UUID]bool{}
	for _, id := range ids {
		below[id] = true
	}
	return below, err
}

// Refused records that an officer asked at an address for something that does not
// exist for them.
func (d *Desk) Refused(ctx context.Context, by staff.Officer, kind ledger.Subject, id uuid.UUID, route string) error {
	return ledger.Refuse(ctx, d.Store, kind, id, by.Actor(), map[string]string{"route": route})
}
