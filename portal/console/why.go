package console

import (
	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
)

// whyDate explains the date of a deadline; pauses are those of its subject.
func (v *visit) whyDate(d clock.Deadline, pauses []clock.Pause) *view.Why {
	l := view.Limit{
		Name: v.known("console.rule."+d.Rule, "console.rule.other"), From: d.StartedOn, Due: d.DueOn,
		N: d.N, Unit: d.DayKind, Basis: d.Basis, Granted: d.Extends, Provisional: d.Provisional,
	}
	for _, p := range pauses {
		if p.Rule == d.Rule && p.Round == d.Round {
			l.Pauses = append(l.Pauses, workday.Span{First: p.FirstOn, Last: p.LastOn})
		}
	}
	w := v.View.Why(v.lang, l, v.Clocks.Calendar())
	return &w
}

// whyDuty explains the date of a notice that is owed; nil when its rule is gone.
func (v *visit) whyDuty(d notice.Duty) *view.Why {
	r, err := v.Clocks.Stood(v.ctx(), d.Rule, d.Kind, d.EventOn)
	if err != nil {
		return nil
	}
	w := v.View.Why(v.lang, view.Limit{
		Name: v.known("publish.rule."+d.Rule, "publish.rule.other"), From: d.EventOn, Due: d.DueOn,
		N: r.N, Unit: r.DayKind, Basis: d.Basis, Provisional: d.Provisional,
	}, v.Clocks.Calendar())
	return &w
}
