package inspection

import (
	"context"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// clocked is an entry as what a clock runs for.
func (e Entry) clocked() clock.Subject {
	return clock.Subject{Kind: ledger.OfPlan, ID: e.Key, Of: string(e.Kind)}
}

// PlanLine is a plan in a list.
type PlanLine struct {
	Plan
	UnitName string
	Entries  int
}

// PlanSheet is a plan with all of it.
type PlanSheet struct {
	Plan
	UnitName string
	Proposer string
	Ruler    string
	Entries  []PlannedEntry
	Others   []Plan // the other versions, the newest first
	Events   []ledger.Event
	Actions  []string // save, entry, propose, rule, amend, arrange
}

// PlannedEntry is an entry of a plan with what became of it.
type PlannedEntry struct {
	Entry
	UnitName string
	Became   *Inspection
	Ripe     bool // its month has come and it is no inspection yet
	Late     bool // its month is over
}

// Plans lists plans of the own office and of offices below it, the newest year
// first, without versions that were replaced; at most 200.
func (d *Desk) Plans(ctx context.Context, by staff.Officer) ([]PlanLine, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	var plans []Plan
	err := d.visiblePlans(db, by).Where("state <> ?", PlanReplaced).Order("year DESC, unit_id, n DESC").Limit(200).Find(&plans).Error
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	var ids []uuid.UUID
	for _, p := range plans {
		ids = append(ids, p.ID)
	}
	var sizes []struct {
		PlanID uuid.UUID
		Size   int
	}
	err = db.Model(&Entry{}).Select("plan_id, count(*) AS size").Where("plan_id IN ?", ids).Group("plan_id").Scan(&sizes).Error
	if err != nil {
		return nil, err
	}
	size := map[uuid.UUID]int{}
	for _, s := range sizes {
		size[s.PlanID] = s.Size
	}
	lines := make([]PlanLine, len(plans))
	for n, p := range plans {
		lines[n] = PlanLine{p, d.unitName(p.UnitID), size[p.ID]}
	}
	return lines, nil
}

// ShowPlan opens a plan of the own office or of one below it, or store.ErrNotFound.
func (d *Desk) ShowPlan(ctx context.Context, by staff.Officer, id uuid.UUID) (PlanSheet, error) {
	db := d.Store.Read(ctx)
	var p Plan
	if err := store.One(d.visiblePlans(db, by).Where("inspection_plan.id = ?", id), &p); err != nil {
		return PlanSheet{}, err
	}
	s := PlanSheet{Plan: p, UnitName: d.unitName(p.UnitID)}
	names, err := namesOf(db, some(p.ProposedBy, p.RuledBy)...)
	if err != nil {
		return s, err
	}
	s.Proposer, s.Ruler = called(names, p.ProposedBy), called(names, p.RuledBy)
	if s.Entries, err = d.plannedEntries(ctx, p); err != nil {
		return s, err
	}
	err = d.visiblePlans(db, by).Where("unit_id = ? AND year = ? AND id <> ?", p.UnitID, p.Year, p.ID).Order("n DESC").Limit(50).Find(&s.Others).Error
	if err != nil {
		return s, err
	}
	s.Actions = s.actions(by)
	s.Events, err = ledger.Of(ctx, d.Store, ledger.OfPlan, id)
	return s, err
}

func (d *Desk) plannedEntries(ctx context.Context, p Plan) ([]PlannedEntry, error) {
	db := d.Store.Read(ctx)
	entries, err := entriesOf(db, p.ID)
	if err != nil {
		return nil, err
	}
	var keys []uuid.UUID
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	became, err := becameOf(db, keys...)
	today := d.today()
	all := make([]PlannedEntry, len(entries))
	for n, e := range entries {
		all[n] = PlannedEntry{Entry: e}
		if e.UnitID != nil {
			all[n].UnitName = d.unitName(*e.UnitID)
		}
		i, done := became[e.Key]
		if done {
			all[n].Became = &i
		}
		stands := p.State == PlanApproved && !done
		all[n].Ripe = stands && today >= firstOf(p.Year, e.Month)
		all[n].Late = stands && today > endOf(p.Year, e.Month)
	}
	return all, err
}

// firstOf is the first day of a month.
func firstOf(year, month int) workday.Date { return endOf(year, month-1).Add(1) }

// actions lists what the page offers; each asks again for itself.
func (s PlanSheet) actions(by staff.Officer) (offered []string) {
	if s.UnitID != by.UnitID {
		return nil
	}
	add := func(may bool, actions ...string) {
		if may {
			offered = append(offered, actions...)
		}
	}
	latest := len(s.Others) == 0 || s.Others[0].N < s.N
	add(s.State == PlanDraft, "save", "entry", "propose")
	add(s.State == PlanProposed && by.May(staff.ApprovePlans) && *s.ProposedBy != by.ID, "rule")
	add(s.State == PlanApproved && latest, "amend")
	add(s.State == PlanApproved, "arrange")
	return offered
}
