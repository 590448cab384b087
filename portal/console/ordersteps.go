package console

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/rectification"
	"minsheng/staff"
)

// orderAct runs one step of an order and shows it again: changed, or with the words
// beside what is wrong.
func (v *visit) orderAct(act rectification.Act, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(orderPath(id), "order_"+string(act))
	}
	draft, status, ok := v.refused(string(act), err)
	if !ok {
		return err
	}
	return v.orderShow(status, id, draft)
}

// orderWords runs a step that takes words and nothing else.
func (v *visit) orderWords(act rectification.Act, do func(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error) error {
	return v.orderAct(act, func(id uuid.UUID, version int) error {
		return do(v.ctx(), v.by(), id, version, v.form.get("words"))
	})
}

func (v *visit) typedWording() rectification.Wording {
	return rectification.Wording{Exchange: v.form.get("exchange"), Requirement: v.form.get("requirement"), Contact: v.form.get("contact")}
}

func (v *visit) changeOrder() error {
	return v.orderAct(rectification.ToChange, func(id uuid.UUID, version int) error {
		return v.Orders.Change(v.ctx(), v.by(), id, version, v.typedWording())
	})
}

func (v *visit) issueOrder() error {
	return v.orderAct(rectification.ToIssue, func(id uuid.UUID, version int) error { return v.Orders.Issue(v.ctx(), v.by(), id, version) })
}

func (v *visit) withdrawOrder() error {
	return v.orderWords(rectification.ToWithdraw, v.Orders.Withdraw)
}

func (v *visit) strikeOrder() error { return v.orderWords(rectification.ToStrike, v.Orders.StrikeOff) }

func (v *visit) resumeOrder() error { return v.orderWords(rectification.ToResume, v.Orders.Resume) }

func (v *visit) acknowledgeOrder() error {
	return v.orderAct(rectification.ToAcknowledge, func(id uuid.UUID, version int) error {
		return v.Orders.Acknowledge(v.ctx(), v.by(), id, version)
	})
}

func (v *visit) ruleOrderPlan() error {
	return v.orderAct(rectification.ToRulePlan, func(id uuid.UUID, version int) error {
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "return" {
			return missing("ruling", "choose")
		}
		return v.Orders.RulePlan(v.ctx(), v.by(), id, version, ruling == "approve", v.form.get("words"))
	})
}

func (v *visit) returnOrderReport() error {
	return v.orderAct(rectification.ToReturn, func(id uuid.UUID, version int) error {
		return v.Orders.ReturnReport(v.ctx(), v.by(), id, version, workday.Date(v.form.get("until")), v.form.get("words"))
	})
}

func (v *visit) suspendOrder() error {
	return v.orderAct(rectification.ToSuspend, func(id uuid.UUID, version int) error {
		return v.Orders.AskSuspension(v.ctx(), v.by(), id, version, v.form.get("halt"), v.form.get("reason"), workday.Date(v.form.get("last_on")))
	})
}

func (v *visit) ruleOrderHalt() error {
	return v.orderAct(rectification.ToRuleHalt, func(id uuid.UUID, _ int) error {
		request, err := v.formID("proposal")
		if err != nil {
			return err
		}
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "deny" {
			return missing("ruling", "choose")
		}
		return v.Orders.RuleSuspension(v.ctx(), v.by(), id, request, ruling == "approve", v.form.get("note"))
	})
}

// typedPoints lists the points that a form asked about: what stands behind the dot
// of a field's names.
func (v *visit) typedPoints(field string) (points []uuid.UUID) {
	for _, name := range v.form.names() {
		if text, is := strings.CutPrefix(name, field+"."); is {
			if id, err := uuid.Parse(text); err == nil {
				points = append(points, id)
			}
		}
	}
	return points
}

// ofPoint is what was typed about one point.
func (v *visit) ofPoint(field string, point uuid.UUID) string {
	return v.form.get(field + "." + point.String())
}

func (v *visit) planOrder() error {
	return v.orderAct(rectification.ToPlan, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		p := rectification.Plan{Words: v.form.get("words"), Form: form.Key}
		for _, point := range v.typedPoints("measures") {
			p.Points = append(p.Points, rectification.PointPlan{Point: point, Measures: v.ofPoint("measures", point),
				Responsible: v.ofPoint("responsible", point), By: workday.Date(v.ofPoint("by_on", point))})
		}
		return v.Orders.HandInPlan(v.ctx(), v.by(), id, version, p)
	})
}

func (v *visit) noteOrder() error {
	return v.orderAct(rectification.ToNote, func(id uuid.UUID, _ int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		return v.Orders.Note(v.ctx(), v.by(), id, v.form.get("words"), form.Key)
	})
}

func (v *visit) reportOrder() error {
	return v.orderAct(rectification.ToReport, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		r := rectification.Report{Basics: v.form.get("basics"), Lasting: v.form.get("lasting"), Head: v.form.get("head"), Form: form.Key}
		for _, point := range v.typedPoints("measures") {
			result := v.ofPoint("result", point)
			if result != rectification.Done && result != rectification.Unfinished {
				return missing("result."+point.String(), "choose")
			}
			r.Points = append(r.Points, rectification.PointReport{Point: point, Cause: v.ofPoint("cause", point), Measures: v.ofPoint("measures", point),
				Done: result == rectification.Done, Words: v.ofPoint("told", point), Responsible: v.ofPoint("responsible", point)})
		}
		return v.Orders.HandInReport(v.ctx(), v.by(), id, version, r)
	})
}

func (v *visit) checkOrder() error { return v.lookOnSite(rectification.ToCheck, v.Orders.Check) }

func (v *visit) followOrder() error { return v.lookOnSite(rectification.ToFollow, v.Orders.FollowUp) }

func (v *visit) lookOnSite(act rectification.Act, do func(ctx context.Context, by staff.Officer, id uuid.UUID, version int, s rectification.Seen) error) error {
	return v.orderAct(act, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		s := rectification.Seen{On: workday.Date(v.form.get("on")), Place: v.form.get("place"), People: v.form.get("people"), Words: v.form.get("words"), Form: form.Key}
		for _, point := range v.typedPoints("passed") {
			s.Points = append(s.Points, rectification.PointSeen{Point: point, Passed: v.ofPoint("passed", point) == "yes", Words: v.ofPoint("seen", point)})
		}
		return do(v.ctx(), v.by(), id, version, s)
	})
}

func (v *visit) enterMoney() error {
	return v.orderAct(rectification.ToEnter, func(id uuid.UUID, _ int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		point, err := v.formID("point")
		if err != nil {
			return err
		}
		a := rectification.Amount{Point: point, Kind: v.form.get("money"), Households: number(v.form.get("households")),
			On: workday.Date(v.form.get("on")), Words: v.form.get("voucher"), Form: form.Key}
		if a.Fen, err = v.someFen(); err != nil {
			return err
		}
		return v.Orders.Enter(v.ctx(), v.by(), id, a)
	})
}

// someFen reads an amount that has to be typed.
func (v *visit) someFen() (int64, error) {
	fen, err := v.fen("amount")
	if err != nil || fen == nil {
		return 0, err
	}
	return *fen, nil
}

func (v *visit) correctMoney() error {
	return v.orderAct(rectification.ToCorrect, func(id uuid.UUID, _ int) error {
		entry, err := v.formID("entry")
		if err != nil {
			return err
		}
		fen, err := v.someFen()
		if err != nil {
			return err
		}
		return v.Orders.Correct(v.ctx(), v.by(), id, entry, fen, number(v.form.get("households")), v.form.get("words"))
	})
}

func (v *visit) confirmMoney() error {
	return v.orderAct(rectification.ToConfirm, func(id uuid.UUID, _ int) error {
		entry, err := v.formID("entry")
		if err != nil {
			return err
		}
		return v.Orders.Confirm(v.ctx(), v.by(), id, entry)
	})
}
