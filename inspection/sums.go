package inspection

import (
	"context"

	"github.com/google/uuid"

	"minsheng/internal/workday"
)

// Sums is what came of inspections in a span of days.
type Sums struct {
	InPlan      int64 // entries of approved plans for the months of the span
	Carried     int64 // inspections that were to begin in it, and were begun
	CarriedPlan int64 // of those, the ones that a plan had
	Findings    []ClauseSum
}

// ClauseSum counts the findings under one clause of the Measures.
type ClauseSum struct {
	Clause     string // one of Clauses
	N          int64
	Households int64
	AmountFen  int64
}

// SumsOf counts the inspections of an office and those below it in a span of days,
// and the findings that they issued in it, by clause. It says nothing of which
// office was inspected. Whoever calls has made sure that the officer counts for
// that office.
func (d *Desk) SumsOf(ctx context.Context, unit uuid.UUID, span workday.Span) (s Sums, err error) {
	below, db := d.Atlas.Subtree(unit), d.Store.Read(ctx)
	month := func(day workday.Date) int { return day.Year()*12 + int(day.Time().Month()) }
	err = db.Table("inspection_plan p").Joins("JOIN inspection_plan_entry e ON e.plan_id = p.id").
		Where("p.unit_id IN ? AND p.state = ? AND p.year * 12 + e.month BETWEEN ? AND ?", below, PlanApproved, month(span.First), month(span.Last)).Count(&s.InPlan).Error
	if err != nil {
		return s, err
	}
	var carried struct{ N, Planned int64 }
	err = db.Model(&Inspection{}).Select("COUNT(*) AS n, COUNT(plan_key) AS planned").
		Where("unit_id IN ? AND starts_on BETWEEN ? AND ? AND state NOT IN ?", below, span.First, span.Last, []State{Planned, Cancelled}).Scan(&carried).Error
	if err != nil {
		return s, err
	}
	s.Carried, s.CarriedPlan = carried.N, carried.Planned
	return s, db.Table("inspection_finding f").Joins("JOIN inspection i ON i.id = f.inspection_id").
		Select("f.clause, COUNT(*) AS n, CAST(SUM(f.households) AS bigint) AS households, CAST(SUM(f.amount_fen) AS bigint) AS amount_fen").
		Where("i.unit_id IN ? AND f.issued_at >= ? AND f.issued_at < ?", below, span.First.Time().UTC(), span.Last.Add(1).Time().UTC()).
		Group("f.clause").Order("n DESC, f.clause").Scan(&s.Findings).Error
}
