package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/rectification"
	"minsheng/staff"
)

const (
	anOrder      kind = "order" // read by both sides and by those above
	orderFile    kind = "order file"
	orderGivers  kind = "order, ordering office's"
	orderTakers  kind = "order, ordered office's"
	orderOrigins kind = "order, of an inspection"
)

// An order is of the office that gives it and, once it is issued, of the one that
// it is given to; those above read it.
var (
	ofOrders = []standpoint{
		{name: "ordering office", unit: panshan, desk: panshan, about: town, sees: "T S"},
		{name: "ordered office", unit: town, desk: panshan, about: town, sees: everybody},
		{name: "unit above", unit: cityDesk, desk: panshan, about: town, sees: "T S"},
		{name: "before it was issued", unit: town, desk: panshan, about: town, recused: true},
		{name: "foreign unit", unit: dawa, desk: panshan, about: town},
		{name: "office beside", unit: poor, desk: panshan, about: town},
	}
	ofGivers = seenBy(ofOrders, "ordered office", "unit above")[:5]
	ofTakers = append([]standpoint{ofOrders[1]}, seenBy(ofOrders, "unit above")[2:5]...)
)

// orderTable has one row for each route of orders.
func orderTable() map[string]row {
	words := words("words", "情况写在这里,一共十个字以上", "note", "同意")
	return map[string]row{
		"GET /console/orders":                      {who: "T S H"},
		"GET /console/orders/new":                  {who: "T S"},
		"POST /console/orders":                     {who: "T S", about: orderOrigins, form: newOrderForm},
		"GET /console/orders/:id":                  {who: "T S H", about: anOrder, stage: "ordered"},
		"GET /console/orders/:id/files/:file":      {who: "T S H", about: orderFile, stage: "planned"},
		"POST /console/orders/:id/change":          {who: "T S", about: orderGivers, form: wordingForm},
		"POST /console/orders/:id/issue":           {who: "T S", about: orderGivers, form: words},
		"POST /console/orders/:id/withdraw":        {who: "T S", about: orderGivers, form: words},
		"POST /console/orders/:id/rule_plan":       {who: "T S", about: orderGivers, stage: "planned", form: rulingForm},
		"POST /console/orders/:id/return":          {who: "T S", about: orderGivers, stage: "reported", form: returnForm},
		"POST /console/orders/:id/check":           {who: "T S", about: orderGivers, stage: "reported", form: seenForm},
		"POST /console/orders/:id/confirm":         {who: "T S", about: orderGivers, stage: "money", form: moneyForm},
		"POST /console/orders/:id/strike_off":      {who: "S", about: orderGivers, stage: "verified", form: words},
		"POST /console/orders/:id/follow_up":       {who: "T S", about: orderGivers, stage: "struck", form: seenForm},
		"POST /console/orders/:id/suspend":         {who: "T S", about: orderGivers, stage: "approved", form: haltForm},
		"POST /console/orders/:id/rule_suspension": {who: "S", about: orderGivers, stage: "halting", form: rulingForm},
		"POST /console/orders/:id/resume":          {who: "T S", about: orderGivers, stage: "halted", form: words},
		"POST /console/orders/:id/acknowledge":     {who: "H", about: orderTakers, stage: "ordered", form: words},
		"POST /console/orders/:id/plan":            {who: "H", about: orderTakers, stage: "ordered", form: planForm},
		"POST /console/orders/:id/note":            {who: "H", about: orderTakers, stage: "approved", form: planForm},
		"POST /console/orders/:id/report":          {who: "H", about: orderTakers, stage: "approved", form: planForm},
		"POST /console/orders/:id/enter":           {who: "H", about: orderTakers, stage: "ordered", form: moneyForm},
		"POST /console/orders/:id/correct":         {who: "H", about: orderTakers, stage: "money", form: moneyForm},
	}
}

// makeOrder has an order proposed on the finding of an inspection and brings it to
// a stage of its life, by others than the person. fixture.roll is its point,
// fixture.proposal the entry of money or the suspension that forms name.
func (m *matrix) makeOrder(r row, at standpoint) fixture {
	m.t.Helper()
	from := m.makeInspection(row{stage: "issued"}, standpoint{desk: at.desk, about: at.about})
	if r.about == orderOrigins {
		return from
	}
	wording := rectification.Wording{Exchange: "已与镇长交换意见", Contact: "书面报送"}
	id, err := m.orders.FromFindings(bg, m.worker, from.id, []uuid.UUID{from.proposal}, wording)
	m.must(err)
	f := fixture{id: id, file: uuid.New(), proposal: uuid.New()}
	read := func() rectification.Whole {
		w, err := m.orders.Open(bg, m.boss, id)
		m.must(err)
		return w
	}
	f.roll = read().Points[0].ID
	mate, checker, clerk := m.other(panshan, staff.TriageOfficer), m.other(panshan, staff.Supervisor), m.other(town, staff.UnitHandler)
	ask := func() error {
		m.must(m.orders.AskSuspension(bg, m.boss, id, read().Version, "court", "法院已立案", m.today().Add(9)))
		f.proposal = read().Suspensions[0].ID
		return nil
	}
	for _, s := range []struct {
		only string // stage for which it is done; "" all later ones
		gets string
		do   func() error
	}{
		{"", "ordered", func() error { return m.orders.Issue(bg, mate, id, read().Version) }},
		{"money", "money", func() error {
			m.must(m.orders.Enter(bg, clerk, id, rectification.Amount{Point: f.roll, Kind: rectification.Recovered, Fen: 5000, On: m.today(), Words: "凭证一号"}))
			f.proposal = read().Recoveries[0].ID
			return nil
		}},
		{"", "planned", func() error {
			key := []byte(uuid.NewString())
			f.file = m.stage(key, "方案.pdf")
			return m.orders.HandInPlan(bg, clerk, id, read().Version, rectification.Plan{Form: key,
				Points: []rectification.PointPlan{{Point: f.roll, Measures: "张贴名单", Responsible: "副镇长", By: m.today().Add(9)}}})
		}},
		{"", "approved", func() error { return m.orders.RulePlan(bg, mate, id, read().Version, true, "") }},
		{"halting", "halting", ask},
		{"halted", "halted", func() error {
			m.exec("UPDATE deadline SET started_on = ? WHERE subject_id = ?", m.today().Add(-1), id)
			m.must(ask())
			return m.orders.RuleSuspension(bg, checker, id, f.proposal, true, "")
		}},
		{"", "reported", func() error {
			return m.orders.HandInReport(bg, clerk, id, read().Version, rectification.Report{Basics: "镇里开会逐条整改过了", Head: "镇长 某",
				Points: []rectification.PointReport{{Point: f.roll, Cause: "疏忽大意", Measures: "张贴名单", Done: true, Words: "已经张贴", Responsible: "副镇长"}}})
		}},
		{"", "verified", func() error {
			return m.orders.Check(bg, checker, id, read().Version, rectification.Seen{On: m.today(), Place: "村部", People: "村干部", Words: "名单已张贴",
				Points: []rectification.PointSeen{{Point: f.roll, Passed: true}}})
		}},
		{"", "struck", func() error { return m.orders.StrikeOff(bg, m.boss, id, read().Version, "") }},
	} {
		if r.stage == "" || s.only != "" && s.only != r.stage {
			continue
		}
		m.must(s.do())
		if s.gets == r.stage {
			break
		}
	}
	if r.stage == "halting" {
		m.exec("UPDATE deadline SET started_on = ? WHERE subject_id = ?", m.today().Add(-1), id)
	}
	if at.recused && r.stage != "" { // it knows nothing yet
		m.exec("UPDATE rectification_order SET issued_at = NULL WHERE id = ?", id)
	}
	f.version = read().Version
	return f
}

// other is the same further person of an office each time.
func (m *matrix) other(unit string, role staff.Role) staff.Officer {
	m.t.Helper()
	p, hired := m.others[unit+string(role)]
	if !hired {
		p = m.person(unit, role)
		m.others[unit+string(role)] = p
	}
	return p
}

func wordingForm(*matrix, fixture) url.Values {
	return url.Values{"exchange": {"已与镇长交换意见，没有异议"}, "contact": {"书面报县督查室"}}
}

func newOrderForm(m *matrix, f fixture) url.Values {
	v := wordingForm(m, f)
	v.Set("inspection", f.id.String())
	v.Set("findings", f.proposal.String())
	return v
}

func rulingForm(_ *matrix, f fixture) url.Values {
	return url.Values{"ruling": {"approve"}, "proposal": {f.proposal.String()}}
}

func returnForm(m *matrix, f fixture) url.Values {
	until := m.today().Add(3)
	for works, _ := m.clocks.Calendar().IsWorkday(until); !works; works, _ = m.clocks.Calendar().IsWorkday(until) {
		until = until.Add(1)
	}
	return url.Values{"words": {"缺少发放凭证"}, "until": {string(until)}}
}

func seenForm(m *matrix, f fixture) url.Values {
	return url.Values{"on": {string(m.today())}, "place": {"双柳村村部"}, "people": {"村干部二人"}, "words": {"名单已张贴"}, "passed." + f.roll.String(): {"yes"},
		"form": {m.intake.NewForm().Token}}
}

func haltForm(m *matrix, f fixture) url.Values {
	return url.Values{"halt": {"court"}, "reason": {"法院已立案"}, "last_on": {string(m.today().Add(9))}}
}

// planForm fits the plan, the note and the report.
func planForm(m *matrix, f fixture) url.Values {
	of := "." + f.roll.String()
	return url.Values{"measures" + of: {"张贴名单并拍照"}, "responsible" + of: {"副镇长"}, "by_on" + of: {string(m.today().Add(9))}, "cause" + of: {"疏忽大意"}, "result" + of: {"done"},
		"told" + of: {"已经张贴"}, "basics": {"镇里开会逐条整改过了"}, "head": {"镇长 某"}, "words": {"已经着手整改"}, "form": {m.intake.NewForm().Token}}
}

// moneyForm fits entering, correcting and confirming.
func moneyForm(m *matrix, f fixture) url.Values {
	return url.Values{"point": {f.roll.String()}, "money": {"recovered"}, "amount": {"12.30"}, "on": {string(m.today())}, "voucher": {"凭证二号"}, "words": {"多记了一笔"},
		"entry": {f.proposal.String()}, "form": {m.intake.NewForm().Token}}
}

// TestHiddenOrdersLeaveNoTrace compares every list before and after an order is
// proposed and issued: nobody sees a byte of it who may not know of it.
func TestHiddenOrdersLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	but := slices.DeleteFunc(lists(), func(path string) bool { return path == "/console/staff" })
	readers := func(unit string) map[string]string {
		return m.readers(unit, everybody, append(but, "/console/orders?state=all", "/console/papers?box=received")...)
	}
	for _, at := range slices.Clone(ofOrders) {
		m.makeOrder(row{about: orderOrigins}, at) // the inspection itself may be known
		before := readers(at.unit)
		stage := "ordered"
		if at.recused {
			stage = ""
		}
		m.makeOrder(row{about: anOrder, stage: stage}, standpoint{desk: at.desk, about: at.about})
		changed := 0
		for who, body := range readers(at.unit) {
			if body == before[who] || at.recused && strings.HasSuffix(who, "/console/inspected") { // its inspection
				continue
			}
			if changed++; at.sees == "" {
				t.Errorf("%s, %s: the order changed the page", at.name, who)
			}
		}
		if at.sees != "" && changed < 2 {
			t.Errorf("%s: it changed %d pages only", at.name, changed)
		}
	}
}
