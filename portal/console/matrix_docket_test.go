package console_test

import (
	"net/url"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

const (
	pressing  kind = "pressing" // an item, in the hands of who may press: the issuer, or to whom it was raised
	docketing kind = "docketing"
)

// An item is its issuer's and the addressed unit's; what the case behind it
// hides, it hides too. To whom it was raised, it shows itself.
var (
	ofItems = []standpoint{
		{name: "issuing unit", unit: panshan, desk: panshan, sees: "T S"},
		{name: "above the issuer", unit: cityDesk, desk: panshan, sees: "T S"},
		{name: "addressed unit", unit: poor, desk: panshan, sees: "T S H"},
		{name: "foreign unit", unit: dawa, desk: panshan},
		{name: "unit not addressed", unit: town, desk: panshan},
		{name: "accused unit", unit: panshan, desk: cityDesk, about: panshan},
		{name: "recused issuer", unit: panshan, desk: panshan, recused: true},
		{name: "raised to", unit: dawa, desk: panshan, raised: true, sees: "T S"},
		{name: "raised to the accused", unit: dawa, desk: panshan, raised: true, about: dawa},
	}
	// Whose office numbers papers.
	ofDocketing = []standpoint{{name: "county", unit: panshan, sees: everybody}, {name: "city", unit: cityDesk, sees: everybody}}
)

// docketTable has one row for each route of supervision items.
func docketTable() map[string]row {
	body := words("body", "情况写在这里,一共十个字以上")
	ruling := func(_ *matrix, f fixture) url.Values {
		return url.Values{"proposal": {f.proposal.String()}, "ruling": {"approve"}}
	}
	return map[string]row{
		"GET /console/items":                    {who: "T S H"},
		"GET /console/items/new":                {who: "T S"},
		"POST /console/items":                   {who: "T S", about: docketing, form: instruction},
		"GET /console/items/:id":                {who: "T S H", about: anItem, stage: "issued"},
		"GET /console/items/:id/files/:file":    {who: "T S H", about: itemFile, stage: "reported"},
		"POST /console/items/:id/edit":          {who: "T S", about: issuing, stage: "docketed", form: order},
		"POST /console/items/:id/issue":         {who: "T S", about: issuing, stage: "docketed", form: words()},
		"POST /console/items/:id/press":         {who: "T S", about: pressing, stage: "issued", form: body},
		"POST /console/items/:id/accept_report": {who: "T S", about: issuing, stage: "reported", form: words()},
		"POST /console/items/:id/return":        {who: "T S", about: issuing, stage: "reported", form: body},
		"POST /console/items/:id/strike_off":    {who: "T S", about: issuing, stage: "answered", form: words()},
		"POST /console/items/:id/cancel":        {who: "T S", about: issuing, stage: "issued", form: body},
		"POST /console/items/:id/also_serves": {who: "T S", about: issuing, stage: "issued", twin: "accepted", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"number": {f.twin.Number()}}
		}},
		"POST /console/items/:id/suspend": {who: "T S", about: issuing, stage: "acknowledged", form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"halt": {"court"}, "reason": {"法院保全"}, "last_on": {string(m.today().Add(9))}}
		}},
		"POST /console/items/:id/suspend_rule": {who: "S", about: issuing, stage: "halting", form: ruling},
		"POST /console/items/:id/resume":       {who: "T S", about: issuing, stage: "halted", form: body},
		"POST /console/items/:id/extend_rule":  {who: "S", about: pressing, stage: "asked", form: ruling},

		"POST /console/items/:id/acknowledge": {who: "H", about: handling, stage: "issued", form: words()},
		"POST /console/items/:id/dispute":     {who: "H", about: handling, stage: "issued", form: body},
		"POST /console/items/:id/note":        {who: "H", about: handling, stage: "acknowledged", form: withToken},
		"POST /console/items/:id/report":      {who: "H", about: handling, stage: "acknowledged", form: withToken},
		"POST /console/items/:id/extend": {who: "H", about: handling, stage: "acknowledged", form: func(m *matrix, f fixture) url.Values {
			v := withToken(m, f)
			v.Set("days", "10")
			v.Set("reason", "两户在外地")
			v.Set("progress", "已核清十三户")
			return v
		}},
	}
}

func (m *matrix) today() workday.Date { return workday.On(m.store.Now()) }

func order(m *matrix, f fixture) url.Values {
	return url.Values{"title": {"核查危房改造补助发放"}, "summary": {"请核查甜水镇危房改造补助是否足额发到农户。"},
		"requirement": {"逐户核对发放表与存折。"}, "urgency": {"normal"}, "lead": {m.units[f.lead].ID.String()}}
}

func withToken(m *matrix, _ fixture) url.Values {
	return url.Values{"body": {"情况写在这里,一共十个字以上"}, "form": {m.intake.NewForm().Token}}
}

func instruction(m *matrix, f fixture) url.Values {
	v := order(m, f)
	v.Set("origin", "leader_instruction")
	v.Set("origin_note", "市领导批示：请查明。")
	v.Set("origin_on", string(m.today()))
	return v
}

// makeItem dockets an item to the poverty office of 盘山县 and brings it to a
// stage of its life.
func (m *matrix) makeItem(r row, at standpoint) fixture {
	m.t.Helper()
	c, by := m.complaint(map[bool]string{true: "delivered", false: "accepted"}[r.stage == "answered"], ""), m.worker
	if at.desk == cityDesk {
		by = m.city
	}
	id, err := m.docket.Convert(bg, by, c.ID, c.Version, docket.NewItem{Title: "核查危房改造补助发放", Summary: "请核查甜水镇危房改造补助是否足额发到农户。",
		Requirement: "逐户核对发放表与存折。", Urgency: "normal", Lead: m.units[poor].ID})
	m.must(err)
	f := fixture{id: id, file: uuid.New(), proposal: uuid.New(), lead: poor}
	if r.twin != "" {
		f.twin = m.complaint(r.twin, "")
	}
	m.bring(&f, by, r.stage)
	if at.raised {
		m.exec("UPDATE supervision_item SET escalated_to = ? WHERE id = ?", m.units[at.unit].ID, id)
	}
	at.desk = ""
	m.put(c.ID, at)
	f.version = m.item(id).Version
	return f
}

func (m *matrix) item(id uuid.UUID) (i docket.Item) {
	m.t.Helper()
	m.must(store.One(m.store.Read(bg).Where("id = ?", id), &i))
	return i
}

// bring brings an item to a stage of its life, by its issuer and its unit.
func (m *matrix) bring(f *fixture, by staff.Officer, stage string) {
	m.t.Helper()
	step := func(by staff.Officer, code string) {
		e := docket.Entry{Body: "情况写在这里,一共十个字以上"}
		if code == "report" {
			e.FormKey = []byte(uuid.NewString())
			f.file = m.stage(e.FormKey, "发放表.pdf")
		}
		m.must(m.docket.Step(bg, by, f.id, m.item(f.id).Version, code, e))
	}
	for _, s := range []struct {
		by    staff.Officer
		code  string
		stage string
	}{{by, "", "docketed"}, {by, "issue", "issued"}, {m.handler, "acknowledge", "acknowledged"}, {m.handler, "report", "reported"}, {by, "accept_report", "answered"}} {
		if s.code != "" {
			step(s.by, s.code)
		}
		if s.stage == stage {
			return
		}
		if s.stage == "acknowledged" && (stage == "asked" || stage == "halting" || stage == "halted") {
			m.request(f, by, stage)
			return
		}
	}
}

// request asks for more time, or to let an item stand still, as on the day after
// it was issued.
func (m *matrix) request(f *fixture, by staff.Officer, stage string) {
	m.t.Helper()
	version := m.item(f.id).Version
	if stage == "asked" {
		m.must(m.docket.AskExtension(bg, m.handler, f.id, version, docket.NewExtension{Days: 10, Reason: "两户在外地", Progress: "已核清十三户"}))
	} else {
		m.exec("UPDATE deadline SET started_on = ? WHERE subject_id = ?", m.today().Add(-1), f.id)
		m.must(m.docket.AskSuspension(bg, by, f.id, version, docket.NewSuspension{Why: "court", Reason: "法院保全", LastOn: m.today().Add(9)}))
	}
	v, err := m.docket.Item(bg, by, f.id)
	m.must(err)
	if stage == "asked" {
		f.proposal = v.Extension.ID
		return
	}
	f.proposal = v.Suspensions[0].ID
	if stage == "halted" {
		m.must(m.docket.RuleSuspension(bg, m.person(by.UnitName, staff.Supervisor), f.id, f.proposal, true, ""))
	}
}
