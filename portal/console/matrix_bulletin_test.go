package console_test

import (
	"net/url"

	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/internal/workday"
)

const (
	aCircular       kind = "circular" // issued, read by both sides
	circularDraft   kind = "circular, draft"
	circularArrived kind = "circular, received"
	circularPublic  kind = "circular, public"
	aWorkReport     kind = "work report" // issued
	workReportDraft kind = "work report, draft"
	workReportSent  kind = "work report, sent"
	reportSchedule  kind = "schedule of work reports"
)

// A county criticises an office below it. Both and the city read that; what a
// county reports is read by itself and above.
var (
	ofCirculars = []standpoint{
		{name: "issuing office", unit: panshan, sees: "T S"},
		{name: "unit above", unit: cityDesk, sees: "T S"},
		{name: "addressed office", unit: poor, sees: "T S H"},
		{name: "office not addressed", unit: town},
		{name: "foreign unit", unit: dawa},
	}
	ofWorkReports = []standpoint{
		{name: "own office", unit: panshan, sees: "T S"},
		{name: "unit above", unit: cityDesk, sees: "T S"},
		{name: "office below", unit: poor},
		{name: "foreign unit", unit: dawa},
	}
	ofPublicCirculars = []standpoint{{name: "issuing office", unit: panshan, sees: "P"}, {name: "unit above", unit: cityDesk}, {name: "addressed office", unit: poor}}
)

func init() {
	standpoints[aCircular], standpoints[circularDraft], standpoints[circularArrived] = ofCirculars, only(ofCirculars, "issuing office"), only(ofCirculars, "addressed office")
	standpoints[circularPublic] = ofPublicCirculars
	standpoints[aWorkReport], standpoints[workReportDraft], standpoints[workReportSent] = ofWorkReports, only(ofWorkReports, "own office"), only(ofWorkReports, "unit above")
	standpoints[reportSchedule] = only(ofWorkReports, "own office")
}

// bulletinTable has one row for each route of circulars and work reports.
func bulletinTable() map[string]row {
	return map[string]row{
		"GET /console/bulletins":              {who: "T S H"},
		"GET /console/bulletins/new":          {who: "T S"},
		"POST /console/bulletins":             {who: "T S", form: anyCircular},
		"GET /console/bulletins/publish":      {who: "P"},
		"GET /console/bulletins/:id":          {who: "T S H", about: aCircular},
		"POST /console/bulletins/:id/edit":    {who: "T S", about: circularDraft, form: circularForm},
		"POST /console/bulletins/:id/issue":   {who: "S", about: circularDraft, form: words()},
		"POST /console/bulletins/:id/discard": {who: "T S", about: circularDraft, form: words()},
		"POST /console/bulletins/:id/read":    {who: "T S H", about: circularArrived, form: words()},
		"POST /console/bulletins/:id/answer":  {who: "T S H", about: circularArrived, form: words("answer", "已经查清原因，材料补齐。")},
		"POST /console/bulletins/:id/publish": {who: "P", about: circularPublic, form: words()},

		"GET /console/workreports":                    {who: "T S"},
		"POST /console/workreports":                   {who: "T S", form: anyPeriod},
		"POST /console/workreports/schedules":         {who: "S", form: words("every", "month")},
		"POST /console/workreports/schedules/:id/end": {who: "S", about: reportSchedule, form: words()},
		"GET /console/workreports/:id":                {who: "T S", about: aWorkReport},
		"POST /console/workreports/:id/words":         {who: "T S", about: workReportDraft, form: words("plans", "下月重点督查危房改造。")},
		"POST /console/workreports/:id/count":         {who: "T S", about: workReportDraft, form: words()},
		"POST /console/workreports/:id/issue":         {who: "S", about: workReportDraft, form: words()},
		"POST /console/workreports/:id/receive":       {who: "T S", about: workReportSent, form: words()},
	}
}

func (h *house) circular() bulletin.NewCircular {
	return bulletin.NewCircular{Tone: bulletin.Criticism, Scope: bulletin.Internal, Title: "关于核查迟缓的通报", Body: "核查危房改造补助进展迟缓，逾期未报。",
		Demand: "查清原因，补齐材料。", Named: []uuid.UUID{h.units[poor].ID}}
}

func circularForm(m *matrix, _ fixture) url.Values {
	c := m.circular()
	return url.Values{"tone": {string(c.Tone)}, "scope": {string(c.Scope)}, "title": {c.Title}, "body": {c.Body}, "demand": {c.Demand}, "named": {c.Named[0].String()}}
}

// anyCircular goes to an office below that where the person sits.
func anyCircular(m *matrix, f fixture) url.Values {
	v := circularForm(m, f)
	v.Del("named")
	if below := m.bulletin.Targets(m.at.ID); len(below) > 0 {
		v.Set("named", below[0].String())
	}
	return v
}

// monthsBack is how many reports were composed: each is of another month.
var monthsBack int

func aMonth(m *house) bulletin.Period {
	p := bulletin.Month.Of(workday.On(m.store.Now())).Before()
	for range monthsBack % 20 {
		p = p.Before()
	}
	monthsBack++
	return p
}

func anyPeriod(m *matrix, _ fixture) url.Values {
	return url.Values{"period": {string(aMonth(m.house))}}
}

// makeBulletin makes a circular of the county as the row needs it.
func (m *matrix) makeBulletin(r row) fixture {
	m.t.Helper()
	n := m.circular()
	if r.about == circularPublic {
		n.Scope = bulletin.Public
	}
	id, err := m.bulletin.Draft(bg, m.worker, n)
	m.must(err)
	if r.about == circularDraft {
		return fixture{id: id, version: 1}
	}
	m.must(m.bulletin.Issue(bg, m.boss, id, 1))
	return fixture{id: id, version: 2}
}

// makeWorkReport makes a report of the county, or its schedule.
func (m *matrix) makeWorkReport(r row) fixture {
	m.t.Helper()
	if r.about == reportSchedule {
		all, err := m.bulletin.Schedules(bg, m.boss)
		m.must(err)
		for _, s := range all {
			m.must(m.bulletin.EndSchedule(bg, m.boss, s.ID))
		}
		m.must(m.bulletin.SetSchedule(bg, m.boss, bulletin.Month))
		all, err = m.bulletin.Schedules(bg, m.boss)
		m.must(err)
		return fixture{id: all[0].ID, version: 1}
	}
	m.must(m.store.Read(bg).Exec("DELETE FROM work_report WHERE unit_id = ?", m.units[panshan].ID).Error) // there is one a month
	p := aMonth(m.house)
	id, err := m.bulletin.Compose(bg, m.worker, bulletin.Month, p)
	m.must(err)
	whole, err := m.bulletin.Report(bg, m.worker, id)
	m.must(err)
	w := whole.Words
	w[bulletin.Plans], w[bulletin.Problems] = "下月重点督查。", "没有突出问题。"
	m.must(m.bulletin.Write(bg, m.worker, id, whole.Version, w))
	f := fixture{id: id, version: whole.Version + 1}
	if r.about != workReportDraft {
		m.must(m.bulletin.Sign(bg, m.boss, id, f.version))
		f.version++
	}
	return f
}
