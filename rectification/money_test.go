package rectification

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Money by random acts: it always is the exact sum of what stands, nothing that
// stands is changed, and no more is returned than recovered, entered or confirmed.
func TestMoneyIsAlwaysTheSumOfWhatStands(t *testing.T) {
	dice := rand.New(rand.NewPCG(20260302, 17))
	for range 2000 {
		var rows []recoveryRow
		var recovered, returned int64
		for range 1 + dice.IntN(30) {
			r := recoveryRow{ID: uuid.New(), Kind: [2]string{Recovered, Returned}[dice.IntN(2)], AmountFen: 1 + dice.Int64N(mostFen)}
			if len(rows) > 0 && dice.IntN(3) == 0 {
				was := rows[dice.IntN(len(rows))]
				fen, _ := left(rows, was.ID)
				if was.CorrectsID != nil || fen <= 0 {
					continue
				}
				r.Kind, r.AmountFen, r.CorrectsID = was.Kind, -1-dice.Int64N(fen), &was.ID
			}
			if dice.IntN(2) == 0 {
				r.ConfirmedAt = new(time.Time)
			}
			if !sum(append(rows, r)).fits() {
				continue
			}
			rows = append(rows, r)
			if r.Kind == Recovered {
				recovered += r.AmountFen
			} else {
				returned += r.AmountFen
			}
		}
		m := sum(rows)
		if m.Recovered != recovered || m.Returned != returned || m.Returned > m.Recovered || m.ConfirmedReturned > m.ConfirmedRecovered {
			t.Fatalf("%+v of %d and %d", m, recovered, returned)
		}
		for _, r := range rows {
			if fen, _ := left(rows, r.ID); r.CorrectsID == nil && (fen < 0 || fen > r.AmountFen) {
				t.Fatalf("%d left of %d", fen, r.AmountFen)
			}
		}
	}
}

func TestMoneyIsEnteredConfirmedAndCorrected(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		item := o.item()
		id, err := o.FromItem(bg, o.worker, item, []Wanted{wanted}, plain)
		o.must(err)
		o.must(o.Issue(bg, o.mate, id, 1))
		point := o.whole(id).Points[0].ID
		enter := func(kind string, fen int64, households int) error {
			return o.Enter(bg, o.poor, id, Amount{Point: point, Kind: kind, Fen: fen, Households: households, On: o.today(), Words: "回单一号", Form: o.stage()})
		}
		o.must(enter(Recovered, 300_001, 0))
		for field, err := range map[string]error{
			"amount": enter(Returned, 300_002, 2), "households": enter(Returned, 1, 0),
			"on":    o.Enter(bg, o.poor, id, Amount{Point: point, Kind: Recovered, Fen: 1, On: o.today().Add(1), Words: "回单"}),
			"point": o.Enter(bg, o.poor, id, Amount{Point: uuid.New(), Kind: Recovered, Fen: 1, On: o.today(), Words: "回单"}),
			"money": o.Enter(bg, o.poor, id, Amount{Point: point, Fen: 1, On: o.today(), Words: "回单"}),
		} {
			if problem(err, field) == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		// Two that together would return too much: one is entered.
		o.race([]error{errTooMuch}, func() error { return tooMuch(enter(Returned, 200_000, 2)) }, func() error { return tooMuch(enter(Returned, 200_000, 2)) })
		rows := func() []Recovery { return o.whole(id).Recoveries }
		first, second := rows()[0], rows()[1]
		if err := o.Confirm(bg, o.checker, id, second.ID); problem(err, "entry") != "order_confirm" {
			t.Errorf("returned before recovered: %v", err)
		}
		o.must(o.Confirm(bg, o.checker, id, first.ID))
		o.must(o.Confirm(bg, o.checker, id, second.ID))
		o.fails("confirming twice", o.Confirm(bg, o.checker, id, second.ID), step.ErrStale)
		o.fails("the town confirms", o.Confirm(bg, o.poor, id, second.ID), staff.ErrForbidden)
		if err := o.Correct(bg, o.poor, id, first.ID, 100_002, 0, "多记了一笔"); problem(err, "amount") != "order_returned" {
			t.Errorf("a correction below what was returned: %v", err)
		}
		if err := o.Correct(bg, o.poor, id, second.ID, 200_001, 0, "多记了一笔"); problem(err, "amount") != "order_correction" {
			t.Errorf("a correction of more than stands: %v", err)
		}
		o.must(o.Correct(bg, o.poor, id, second.ID, 50_000, 1, "一户退回"))
		o.fails("a correction is corrected", o.Correct(bg, o.poor, id, rows()[2].ID, 1, 0, "又改回来"), errNotFound)
		want := Money{Recovered: 300_001, Returned: 150_000, ConfirmedRecovered: 300_001, ConfirmedReturned: 200_000, Households: 1}
		sums, err := o.MoneyOf(bg, item, uuid.New())
		o.must(err)
		if got := o.whole(id).Money; got != want || sums[item] != want || len(sums) != 1 {
			t.Errorf("the order has %+v, the item %+v, want %+v", got, sums, want)
		}
		month := workday.Span{First: o.today().Add(-10), Last: o.today()}
		if s, err := o.SumsOf(bg, o.units[cityDesk].ID, month); err != nil || s != (Sums{Issued: 1, RecoveredFen: 300_001, ReturnedFen: 200_000}) {
			t.Errorf("the report upwards says %+v, %v", s, err)
		}
		for what, s := range map[string]Sums{"another county": o.sums(dawa, month), "before": o.sums(cityDesk, workday.Span{First: o.today().Add(-10), Last: o.today().Add(-1)})} {
			if s != (Sums{}) {
				t.Errorf("%s counts %+v", what, s)
			}
		}
		if r := rows(); r[1].Fen != 200_000 || r[2].Fen != -50_000 || *r[2].Corrects != second.ID || r[1].Left != 150_000 || len(r[0].Files) != 1 {
			t.Errorf("%+v", r)
		}
		o.must(o.HandInPlan(bg, o.poor, id, o.version(id), o.plan(id)))
		o.isListed(id, month)
		o.comesOut(item, id)
		defer quietly()()
		for _, broken := range []string{"UPDATE recovery SET amount_fen = 1", "UPDATE recovery SET words = ''", "DELETE FROM recovery", "UPDATE recovery SET confirmed_at = NULL WHERE confirmed_at IS NOT NULL",
			"UPDATE rectification_entry SET words = ''", "DELETE FROM rectification_line"} {
			if o.Store.Read(bg).Exec(broken).Error == nil {
				t.Errorf("%s went through", broken)
			}
		}
	})
}

// isListed asks for the order as a number that counted it leads to it.
func (o *office) isListed(id uuid.UUID, span workday.Span) {
	o.t.Helper()
	money := Filter{State: "all", Money: Recovered, Confirmed: span}
	plan := Filter{State: "all", Dated: Dated{Rule: rulePlan, Span: workday.Span{First: o.today(), Last: o.today().Add(60)}}}
	with := func(f Filter, change func(*Filter)) Filter { change(&f); return f }
	for what, test := range map[string]struct {
		f    Filter
		by   staff.Officer
		want int
	}{
		"money":              {money, o.boss, 1},
		"of another kind":    {with(money, func(f *Filter) { f.Money = "interest" }), o.boss, 0},
		"before":             {with(money, func(f *Filter) { f.Confirmed.Last = span.Last.Add(-1) }), o.boss, 0},
		"of the office":      {with(money, func(f *Filter) { f.Office = o.units[panshan].ID }), o.boss, 1},
		"of who was ordered": {with(money, func(f *Filter) { f.Office = o.units[panshanPoor].ID }), o.boss, 1},
		"of another office":  {with(money, func(f *Filter) { f.Office = o.units[dawa].ID }), o.boss, 0},
		"in the town":        {with(money, func(f *Filter) { f.Place = "211122111000" }), o.boss, 1},
		"in the county":      {with(money, func(f *Filter) { f.Place = "211122000000" }), o.boss, 1},
		"in the city":        {with(money, func(f *Filter) { f.Place = "211100000000" }), o.boss, 1},
		"in another town":    {with(money, func(f *Filter) { f.Place = "211122112000" }), o.boss, 0},
		"nowhere":            {with(money, func(f *Filter) { f.Place = "%" }), o.boss, 0},
		"by who was ordered": {money, o.poor, 1},
		"and tries places":   {with(money, func(f *Filter) { f.Place = "211122111000" }), o.poor, 0},
		"plan":               {plan, o.boss, 1},
		"plan in time":       {with(plan, func(f *Filter) { f.Dated.Result = clock.Kept }), o.boss, 1},
		"plan too late":      {with(plan, func(f *Filter) { f.Dated.Result = clock.Missed }), o.boss, 0},
		"look on site":       {with(plan, func(f *Filter) { f.Dated.Rule = ruleCheck }), o.boss, 0},
		"plan before":        {with(plan, func(f *Filter) { f.Dated.Span = span }), o.boss, 0},
	} {
		rows, err := o.List(bg, test.by, test.f)
		o.must(err)
		if len(rows) != test.want || test.want == 1 && rows[0].ID != id {
			o.t.Errorf("%s: %d orders, want %d", what, len(rows), test.want)
		}
	}
}

// comesOut brings an order of an item to its end, and reads what is said of it
// beside the item: nothing to who may not know of it.
func (o *office) comesOut(item, id uuid.UUID) {
	o.t.Helper()
	o.must(o.RulePlan(bg, o.mate, id, o.version(id), true, ""))
	o.must(o.HandInReport(bg, o.poor, id, o.version(id), o.report(id)))
	read := func(by staff.Officer) Outcome {
		all, err := o.Outcomes(bg, by, []uuid.UUID{item, uuid.New()})
		o.must(err)
		return all[item]
	}
	if got := read(o.boss); got.Unit != panshanPoor || got.PassedOn != nil || got.Measures == "" || got.RecoveredFen != 300_001 || got.ReturnedFen != 200_000 {
		o.t.Errorf("before the look: %+v", got)
	}
	o.must(o.Check(bg, o.checker, id, o.version(id), o.seen(id)))
	if got := read(o.boss); got.PassedOn == nil || *got.PassedOn != o.today() {
		o.t.Errorf("after the look: %+v", got)
	}
	if got := read(o.other); got != (Outcome{}) {
		o.t.Errorf("another county reads %+v", got)
	}
	today := workday.Span{First: o.today(), Last: o.today()}
	if s := o.sums(cityDesk, today); s.StruckOff != 0 {
		o.t.Errorf("before it is struck off: %+v", s)
	}
	o.must(o.StrikeOff(bg, o.boss, id, o.version(id), ""))
	for span, want := range map[workday.Span]int64{today: 1, {First: o.today().Add(-9), Last: o.today().Add(-1)}: 0} {
		if s := o.sums(cityDesk, span); s.StruckOff != want {
			o.t.Errorf("struck off in %v: %+v, want %d", span, s, want)
		}
	}
}

func (o *office) sums(unit string, span workday.Span) Sums {
	o.t.Helper()
	s, err := o.SumsOf(bg, o.units[unit].ID, span)
	o.must(err)
	return s
}

var errTooMuch = step.Bad("amount", "order_returned")

// tooMuch is errTooMuch for that problem.
func tooMuch(err error) error {
	if problem(err, "amount") == "order_returned" {
		return errTooMuch
	}
	return err
}
