package register

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestEveryFilterNarrows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.people[cityDesk]
		one := func(c intake.Complaint) []intake.Complaint { return []intake.Complaint{c} }
		set := func(column string, value any) func(map[string]any) {
			return func(row map[string]any) { row[column] = value }
		}
		due := func(day workday.Date) func(map[string]any) { return set("due_on", string(day)) }
		at := func(day workday.Date) time.Time { return day.Time().Add(10 * time.Hour).UTC() }
		seen := o.receive(shuangliu)
		struck := func(day workday.Date) func(map[string]any) {
			return func(row map[string]any) { row["closed_at"], row["issued_at"] = at(day), at("2026-02-02") }
		}
		ids := map[string]uuid.UUID{}
		ids["plain"] = o.item(panshan, poor, "issued", one(o.receive(shuangliu)))
		ids["draft"] = o.item(panshan, poor, "docketed", nil)
		ids["dawa"] = o.item(dawa, dawa, "issued", one(o.receive(dayushu)))
		ids["of the city"] = o.item(cityDesk, panshan, "acknowledged", nil)
		ids["last year"] = o.item(panshan, poor, "issued", nil, set("year", 2025))
		ids["kind"] = o.item(panshan, poor, "issued", one(o.receive(shuangliu, func(c *intake.Complaint) { c.Kind = "FUND_DELAY" })))
		ids["yellow"] = o.item(panshan, poor, "returned", nil, due("2026-02-27"))
		ids["red"] = o.item(panshan, poor, "issued", nil, due("2026-01-05"), set("origin", string(docket.LeaderInstruction)), set("origin_note", "请查清"))
		ids["handed in"] = o.item(panshan, poor, "reported", nil, due("2026-01-05"))
		ids["struck"] = o.item(panshan, poor, "struck_off", one(seen), struck("2026-02-20"))
		ids["right"] = o.item(panshan, poor, "struck_off", one(seen), struck("2026-03-20"))
		ids["cancelled"] = o.item(panshan, poor, "cancelled", nil, struck("2026-02-21"))
		o.note(ids["struck"], "report", o.people[poor])
		o.note(ids["right"], "report", o.people[poor])
		o.look(seen) // after both reports; the first was struck off before it
		late := at("2026-02-12")
		o.owes(ids["plain"], "supervision_item.acknowledge", "2026-02-10", nil)
		o.owes(ids["kind"], "supervision_item.acknowledge", "2026-02-10", &late)
		o.owes(ids["handed in"], "supervision_item.normal", "2026-02-11", nil)
		o.note(ids["handed in"], "report", o.people[poor]) // today: late
		o.owes(ids["cancelled"], "supervision_item.acknowledge", "2026-02-10", nil)
		o.recovers(ids["right"], at("2026-02-11"), 520000)
		o.recovers(ids["struck"], at("2026-02-11"), 520000, -520000)
		o.recovers(ids["plain"], time.Time{}, 520000) // nobody confirmed it
		february := workday.Span{First: "2026-02-01", Last: "2026-02-28"}
		ack, normal := []string{"supervision_item.acknowledge"}, []string{"supervision_item.urgent", "supervision_item.normal"}
		all := []string{"cancelled", "right", "struck", "handed in", "red", "yellow", "kind", "last year", "of the city", "dawa", "draft", "plain"}
		for name, test := range map[string]struct {
			f    Filter
			want []string
		}{
			"none":           {Filter{}, all},
			"year":           {Filter{Year: 2025}, []string{"last year"}},
			"lead":           {Filter{Lead: o.units[panshan].ID}, []string{"of the city"}},
			"county":         {Filter{Place: "211104000000"}, []string{"dawa"}},
			"town":           {Filter{Place: "211104112000"}, []string{"dawa"}},
			"village":        {Filter{Place: dayushu}, []string{"dawa"}},
			"city":           {Filter{Place: "211100000000"}, all},
			"nowhere":        {Filter{Place: "12"}, nil},
			"kind":           {Filter{Kind: "FUND_DELAY"}, []string{"kind"}},
			"state":          {Filter{State: docket.Docketed}, []string{"draft"}},
			"open":           {Filter{Open: true}, []string{"handed in", "red", "yellow", "kind", "last year", "of the city", "dawa", "plain"}},
			"late":           {Filter{Late: true}, []string{"red", "yellow"}},
			"yellow":         {Filter{Color: clock.Yellow}, []string{"yellow"}},
			"red":            {Filter{Color: clock.Red}, []string{"red"}},
			"blue":           {Filter{Color: "blue"}, nil},
			"right":          {Filter{Right: true}, []string{"right"}},
			"office":         {Filter{Office: o.units[dawa].ID}, []string{"dawa"}},
			"led by":         {Filter{Office: o.units[panshan].ID, State: docket.Acknowledged}, []string{"of the city"}},
			"issued":         {Filter{Period: Period{By: Issued, Span: february}}, []string{"cancelled", "right", "struck"}},
			"ended":          {Filter{Period: Period{By: Ended, Span: february}}, []string{"cancelled", "struck"}},
			"struck off":     {Filter{Period: Period{By: Ended, Span: february}, State: docket.StruckOff}, []string{"struck"}},
			"not taken over": {Filter{Period: Period{By: Dated, Span: february, Rules: ack, Result: clock.Missed}}, []string{"kind", "plain"}},
			"taken over":     {Filter{Period: Period{By: Dated, Span: february, Rules: ack, Result: clock.Kept}}, nil},
			"late report":    {Filter{Period: Period{By: Dated, Span: february, Rules: normal, Result: clock.Missed}}, []string{"handed in"}},
			"any result":     {Filter{Period: Period{By: Dated, Span: february, Rules: ack}}, []string{"kind", "plain"}},
			"origin":         {Filter{Origin: docket.LeaderInstruction}, []string{"red"}},
			"money":          {Filter{Money: true}, []string{"right"}},
			"nothing known":  {Filter{Period: Period{By: "eaten", Span: february}}, nil},
		} {
			var want, names []string
			for _, n := range test.want {
				want = append(want, ids[n].String())
			}
			var got []string
			for _, id := range o.found(by, test.f) {
				got = append(got, id.String())
				for n, other := range ids {
					if other == id {
						names = append(names, n)
					}
				}
			}
			if test.f.Period.By == Issued { // issued at the same time: by id
				slices.Sort(got)
				slices.Sort(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, names, test.want)
			}
		}
		pressing := func(f Filter, limit int) (names []string) {
			lines, err := o.Pressing(bg, by, f, limit)
			o.must(err)
			for _, l := range lines {
				for n, id := range ids {
					if id == l.ID {
						names = append(names, n)
					}
				}
			}
			return names
		}
		if got, one := pressing(Filter{Late: true}, 9), pressing(Filter{Late: true}, 1); !slices.Equal(got, []string{"red", "yellow"}) || !slices.Equal(one, got[:1]) {
			t.Errorf("the most pressing: %v, of one %v", got, one)
		}
	})
}

// recovers writes an order of an item with money that came back under it, and
// corrections, all confirmed at an instant; the zero instant is never.
func (o *office) recovers(item uuid.UUID, at time.Time, amounts ...int64) {
	o.t.Helper()
	db, now, by := o.Store.Read(bg), o.Store.Now(), o.people[poor].ID
	order, point := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	o.must(db.Table("rectification_order").Create(map[string]any{"id": order, "unit_id": o.units[panshan].ID, "target_id": o.units[poor].ID, "item_id": item, "root_id": order, "round": 1,
		"number": "", "exchange": "", "requirement": "", "contact": "", "state": "proposed", "proposed_by": o.people[panshan].ID, "proposed_at": now, "due_rule": "", "version": 1}).Error)
	o.must(db.Table("rectification_point").Create(map[string]any{"id": point, "order_id": order, "n": 1, "problem": "少发", "basis": "", "requirement": "", "amount_fen": 0, "households": 0, "dropped": false}).Error)
	var first any
	for _, fen := range amounts {
		id := uuid.Must(uuid.NewV7())
		row := map[string]any{"id": id, "order_id": order, "item_id": item, "point_id": point, "kind": "recovered", "amount_fen": fen, "households": 0, "on_day": "2026-02-11", "words": "凭证",
			"corrects_id": first, "by_id": by, "unit_id": o.units[poor].ID, "at": now}
		if !at.IsZero() {
			row["confirmed_by"], row["confirmed_at"] = o.people[panshan].ID, at
		}
		o.must(db.Table("recovery").Create(row).Error)
		first = id
	}
}

// Who sees what is decided by the docket; the register shows no more, and of
// what it shows the issuing office alone learns where it comes from.
func TestTheRegisterShowsWhatTheDocketShows(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, other := o.receive(shuangliu), o.receive(shuangliu)
		plain := o.item(panshan, poor, "issued", []intake.Complaint{c})
		draft := o.item(panshan, poor, "docketed", []intake.Complaint{other})
		o.insert("complaint_subject", map[string]any{"complaint_id": other.ID, "unit_id": o.units[panshan].ID, "named_by": o.people[cityDesk].ID, "at": o.Store.Now()})
		for name, want := range map[string][]uuid.UUID{cityDesk: {draft, plain}, panshan: {plain}, poor: {plain}, dawa: nil} {
			if got := o.found(o.people[name], Filter{}); !slices.Equal(got, want) {
				t.Errorf("%s sees %v, want %v", name, got, want)
			}
			page, err := o.Find(bg, o.people[name], Filter{}, "")
			o.must(err)
			for _, l := range page.Lines {
				knows := name == cityDesk || name == panshan
				if (len(l.Sources) > 0 || l.Kind != "" || l.ReceivedOn != "") != knows {
					t.Errorf("%s reads %v %s %s", name, l.Sources, l.Kind, l.ReceivedOn)
				}
			}
			if byKind := o.found(o.people[name], Filter{Kind: "FUND_WITHHOLD"}); (len(byKind) > 0) != (name == cityDesk || name == panshan) {
				t.Errorf("%s finds %v by kind", name, byKind)
			}
		}
		o.insert("recusal", map[string]any{"complaint_id": c.ID, "account_id": o.people[panshan].ID, "reason": "是亲戚", "at": o.Store.Now()})
		if got := o.found(o.people[panshan], Filter{}); len(got) > 0 {
			t.Errorf("who stepped back sees %v", got)
		}
		handler := o.people[poor]
		handler.Roles = []staff.Role{staff.UnitHandler, staff.Auditor, staff.Administrator}
		if _, err := o.Find(bg, handler, Filter{}, ""); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a handler: %v", err)
		}
		if _, err := o.Export(bg, handler, uuid.New(), "csv", func(Line) error { return nil }); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a handler takes it along: %v", err)
		}
	})
}

func TestALineSaysWhatBecameOfAnItem(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.receive(shuangliu, func(c *intake.Complaint) { c.Outcome = intake.Unsubstantiated }), o.receive(shuangliu, func(c *intake.Complaint) { c.Outcome = intake.Partly })
		id := o.item(panshan, poor, "struck_off", []intake.Complaint{first, second}, func(row map[string]any) { row["closed_at"] = o.Store.Now() })
		o.assist(id, dawa)
		o.note(id, "report", o.people[poor])
		o.on("2026-03-10")
		o.note(id, "report", o.people[poor])
		o.on("2026-03-12")
		o.note(id, "strike_off", o.people[panshan])
		late := o.item(panshan, poor, "issued", nil, func(row map[string]any) { row["due_on"] = "2026-03-04" })
		page, err := o.Find(bg, o.people[panshan], Filter{}, "")
		o.must(err)
		l := page.Lines[1]
		if l.ID != id || l.Issuer != panshan || l.LeadName != poor || fmt.Sprint(l.Assists) != "["+dawa+"]" || l.County != "盘山县" || l.Town != "甜水镇" || l.Village != "双柳村" ||
			len(l.Sources) != 2 || l.ReceivedOn != "2026-03-02" || l.Kind != "FUND_WITHHOLD" || l.Programme != "housing" || l.Outcome != intake.Partly ||
			l.ReportedOn != "2026-03-10" || l.StruckOn != "2026-03-12" || l.StruckBy != o.people[panshan].Name || l.Late != 0 || l.Color != clock.NotLate || l.Left != 0 {
			t.Errorf("struck off: %+v", l)
		}
		if l := page.Lines[0]; l.ID != late || l.Left != -8 || l.Late != 6 || l.Color != clock.Red || l.StruckBy != "" || l.ReportedOn != "" {
			t.Errorf("late: %+v", l)
		}
	})
}

// later stands for the rooms that are not there yet.
type later struct{ items, cases []uuid.UUID }

func (l *later) rectified() Rectified   { return rectified{l} }
func (l *later) accounted() Accounted   { return accounted{l} }
func (l *later) calledBack() CalledBack { return calledBack{l} }

type rectified struct{ *later }
type accounted struct{ *later }
type calledBack struct{ *later }

func TestWhatLaterRoomsKnowStandsInItsColumns(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.receive(shuangliu)
		id := o.item(panshan, poor, "issued", []intake.Complaint{c})
		page, err := o.Find(bg, o.people[panshan], Filter{}, "")
		o.must(err)
		if l := page.Lines[0]; l.Rectification != (Rectification{}) || l.Measures != nil || l.CallBack != "" {
			t.Errorf("without them: %+v", l)
		}
		asked := &later{}
		o.Rectified, o.Accounted, o.CalledBack = asked.rectified(), asked.accounted(), asked.calledBack()
		if page, err = o.Find(bg, o.people[panshan], Filter{}, ""); err != nil {
			t.Fatal(err)
		}
		if l := page.Lines[0]; l.Rectification.ReturnedFen != 500 || fmt.Sprint(l.Measures) != "[U_RECTIFY]" || l.CallBack != "satisfied" {
			t.Errorf("with them: %+v", l)
		}
		if !slices.Equal(asked.items, []uuid.UUID{id, id}) || !slices.Equal(asked.cases, []uuid.UUID{c.ID}) {
			t.Errorf("they were asked for %v and %v", asked.items, asked.cases)
		}
	})
}

// Every list has an index that fits: no query reads all items or all deadlines.
func TestTheRegisterGoesAlongAnIndex(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.many(2000)
		span := workday.Span{First: "2025-05-01", Last: "2025-05-31"}
		for _, name := range []string{cityDesk, panshan} {
			for what, f := range map[string]Filter{
				"all": {}, "issued": {Period: Period{By: Issued, Span: span}}, "ended": {Period: Period{By: Ended, Span: span}}, "open": {Open: true},
				"dated": {Period: Period{By: Dated, Span: span, Rules: []string{"supervision_item.normal"}, Result: clock.Missed}},
			} {
				plan := o.plan(o.people[name], f)
				// Beside a month of deadlines two thousand items are not too many to read.
				whole := f.Period.By != Dated && (strings.Contains(plan, "Seq Scan on supervision_item") || strings.Contains(plan, "SCAN supervision_item\n"))
				if whole || strings.Contains(plan, "Seq Scan on deadline") || f.Period.By == Dated && !strings.Contains(plan, "deadline_dated") {
					t.Errorf("%s, by %s:\n%s", what, name, plan)
				}
			}
		}
	})
}

func TestACursorFromElsewhereStartsAtTheBeginning(t *testing.T) {
	for _, text := range []string{"", "x", "!!", "LA", spot{}.String()[:10]} {
		if got := readCursor(text); got != (spot{}) {
			t.Errorf("%q = %+v", text, got)
		}
	}
	for _, s := range []spot{{ID: uuid.Must(uuid.NewV7())}, {uuid.Must(uuid.NewV7()), 12}} {
		if got := readCursor(s.String()); got != s {
			t.Errorf("%+v came back as %+v", s, got)
		}
	}
}
