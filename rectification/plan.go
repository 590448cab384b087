package rectification

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// PointPlan is what the ordered office will do about one point.
type PointPlan struct {
	Point       uuid.UUID
	Measures    string       // 4 to 2000 characters
	Responsible string       // who answers for it: 2 to 60
	By          workday.Date // until when; from today on
}

// Plan is how the ordered office will put right what was found.
type Plan struct {
	Words  string // at most 2000 characters
	Points []PointPlan
	Form   []byte // key of staged files; nil none
}

// Acknowledge signs for an order (staff.HandleItems, staff.AnswerOffices): plan
// and report are counted from that day. Errors: those of a step; step.ErrState
// when it is signed for.
func (d *Desk) Acknowledge(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.on(ctx, by, ToAcknowledge, id, version, func(tx *gorm.DB, o *Order, _ discretion) error {
		if o.ReceivedAt != nil {
			return step.ErrState
		}
		if err := d.move(tx, o, ToAcknowledge, map[string]any{"received_at": d.Store.Now()}); err != nil {
			return err
		}
		if err := d.received(tx, o); err != nil {
			return err
		}
		if _, err := d.write(tx, by, o, entryRow{Kind: acknowledged}, nil, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_acknowledged", nil)
	})
}

// HandInPlan hands in the plan, with an answer to every point. Whoever does has
// received the order. Errors: *step.Invalid, those of a step.
func (d *Desk) HandInPlan(ctx context.Context, by staff.Officer, id uuid.UUID, version int, p Plan) error {
	return d.on(ctx, by, ToPlan, id, version, func(tx *gorm.DB, o *Order, _ discretion) error {
		rows, err := pointRows(tx, id)
		if err != nil {
			return err
		}
		words, lines, err := p.tidy(rows, d.today())
		if err != nil {
			return err
		}
		set := map[string]any{}
		if o.ReceivedAt == nil {
			set["received_at"] = d.Store.Now()
		}
		if err := d.move(tx, o, ToPlan, set); err != nil {
			return err
		}
		if err := d.received(tx, o); err != nil {
			return err
		}
		if err := d.met(tx, o, rulePlan); err != nil {
			return err
		}
		files, err := d.write(tx, by, o, entryRow{Kind: planHandedIn, Words: words}, lines, p.Form)
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "order_plan_handed_in", files.Tell(nil))
	})
}

func (p Plan) tidy(rows []pointRow, today workday.Date) (string, []Line, error) {
	var f step.Form
	words := f.Text("words", p.Words, 0, 2000, "order_words")
	given := map[uuid.UUID]PointPlan{}
	for _, one := range p.Points {
		given[one.Point] = one
	}
	lines := make([]Line, len(rows))
	for n, r := range rows {
		one, of := given[r.ID], "."+r.ID.String()
		_, err := workday.Parse(string(one.By))
		f.Require(err == nil && one.By >= today && one.By.Sub(today) <= mostPlanned, "by_on"+of, "order_by_on")
		lines[n] = Line{PointID: r.ID, ByOn: &one.By, Measures: f.Text("measures"+of, one.Measures, 4, 2000, "order_measures"),
			Responsible: f.Text("responsible"+of, one.Responsible, 2, 60, "order_responsible")}
	}
	return words, lines, f.Err()
}

const mostPlanned = 366 // days that a plan may look ahead

// RulePlan approves the plan, or returns it with words of 4 to 1000 characters
// that the ordered office reads; the clock of the plan then starts again. Whoever
// rules does not look on site. Errors: *step.Invalid, *triage.Leak, those of a
// step.
func (d *Desk) RulePlan(ctx context.Context, by staff.Officer, id uuid.UUID, version int, approve bool, words string) error {
	least := 4
	if approve {
		least = 0
	}
	var f step.Form
	words = f.Text("words", words, least, 1000, "order_ruling")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToRulePlan, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		if err := fit(tx, [2]string{"words", words}); err != nil {
			return err
		}
		if approve {
			return d.ruledPlan(tx, by, o, map[string]any{"state": PlanApproved, "approved_by": by.ID}, planApproved, "order_plan_approved", words)
		}
		if err := d.ruledPlan(tx, by, o, map[string]any{"state": Ordered}, planReturned, "order_plan_returned", words); err != nil {
			return err
		}
		return d.start(tx, o, d.today(), rulePlan)
	})
}

func (d *Desk) ruledPlan(tx *gorm.DB, by staff.Officer, o *Order, set map[string]any, kind, event, words string) error {
	if err := d.move(tx, o, ToRulePlan, set); err != nil {
		return err
	}
	if _, err := d.write(tx, by, o, entryRow{Kind: kind, Words: words}, nil, nil); err != nil {
		return err
	}
	return d.note(tx, by, o.ID, event, nil)
}
