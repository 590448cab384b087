package main

import (
	"context"

	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

// inspectionSums is what the reports upwards say of inspections, with the clauses
// in the words of the office: reports are written in Chinese.
func (h *house) inspectionSums(ctx context.Context, unit uuid.UUID, from, to workday.Date) (sums bulletin.InspectionSums, err error) {
	s, err := h.visits.SumsOf(ctx, unit, workday.Span{First: from, Last: to})
	sums.InPlan, sums.Carried, sums.CarriedPlan = s.InPlan, s.Carried, s.CarriedPlan
	for _, f := range s.Findings {
		sums.Findings = append(sums.Findings, bulletin.FindingSum{Clause: f.Clause, N: f.N, Households: f.Households, AmountFen: f.AmountFen,
			Name: h.tell(string(locale.Chinese), "inspection.clause."+f.Clause)})
	}
	return sums, err
}

// orderSums is what the reports upwards say of orders to put right.
func (h *house) orderSums(ctx context.Context, unit uuid.UUID, from, to workday.Date) (bulletin.OrderSums, error) {
	sums, err := h.orders.SumsOf(ctx, unit, workday.Span{First: from, Last: to})
	return bulletin.OrderSums(sums), err
}

// measureSums is what they say of measures.
func (h *house) measureSums(ctx context.Context, unit uuid.UUID, from, to workday.Date) (sums []bulletin.MeasureSum, err error) {
	tally, err := h.measures.TallyOf(ctx, unit, workday.Span{First: from, Last: to})
	for _, t := range tally {
		sums = append(sums, bulletin.MeasureSum{Name: h.tell(string(locale.Chinese), "accountability.code."+string(t.Code)), N: t.N})
	}
	return sums, err
}
