package console_test

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/selfreport"
	"minsheng/staff"
)

const (
	aSchedule   kind = "schedule"
	ownSchedule kind = "own schedule"
	aReport     kind = "self-report" // read by both sides
	owedReport  kind = "self-report, to send"
	sentReport  kind = "self-report, sent"
	reportFile  kind = "self-report file"
)

// A county asks a town to report of itself. The county and the office above it
// read what comes in; the town alone writes it.
var (
	ofSchedules = []standpoint{
		{name: "asking office", unit: panshan, about: town, sees: everybody},
		{name: "unit above", unit: cityDesk, about: town, sees: everybody},
		{name: "asked office", unit: town, about: town},
		{name: "foreign unit", unit: dawa, about: town},
		{name: "office beside", unit: poor, about: town},
	}
	ofReports = []standpoint{
		{name: "asking office", unit: panshan, about: town, sees: "T S"},
		{name: "unit above", unit: cityDesk, about: town, sees: "T S"},
		{name: "asked office", unit: town, about: town, sees: "T S H"},
		{name: "foreign unit", unit: dawa, about: town},
		{name: "office beside", unit: poor, about: town},
	}
)

// only is the list where nobody sees anything but from one standpoint.
func only(list []standpoint, one string) []standpoint {
	out := append([]standpoint(nil), list...)
	for i := range out {
		if out[i].name != one {
			out[i].sees = ""
		}
	}
	return out
}

// selfReportTable has one row for each route of self-reports.
func selfReportTable() map[string]row {
	return map[string]row{
		"GET /console/selfreports":                          {who: "T S H"},
		"GET /console/selfreports/new":                      {who: "T S"},
		"POST /console/selfreports":                         {who: "T S", form: anySchedule},
		"GET /console/selfreports/schedules/:id":            {who: "T S", about: aSchedule},
		"GET /console/selfreports/schedules/:id/change":     {who: "T S", about: ownSchedule, stage: "coming"},
		"POST /console/selfreports/schedules/:id/change":    {who: "T S", about: ownSchedule, stage: "coming", form: scheduleForm},
		"POST /console/selfreports/schedules/:id/end":       {who: "T S", about: ownSchedule, form: words("why", "并入统计报表")},
		"GET /console/selfreports/schedules/:id/table":      {who: "T S", about: aSchedule},
		"GET /console/selfreports/schedules/:id/table.xlsx": {who: "T S", about: aSchedule},
		"GET /console/selfreports/:id":                      {who: "T S H", about: aReport},
		"GET /console/selfreports/:id/sheet.xlsx":           {who: "T S H", about: aReport},
		"GET /console/selfreports/:id/files/:file":          {who: "T S H", about: reportFile, stage: "sent"},
		"POST /console/selfreports/:id/sheet":               {who: "T S H", about: owedReport, sheet: "编号,问题,填写\n" + lastMonth() + "-1,走访户数（填数字）,42\n"},
		"POST /console/selfreports/:id/hand_in":             {who: "T S H", about: owedReport, form: handInForm},
		"POST /console/selfreports/:id/take":                {who: "T S", about: sentReport, stage: "sent", form: words()},
		"POST /console/selfreports/:id/return":              {who: "T S", about: sentReport, stage: "sent", form: words("why", "数字与台账不符")},
	}
}

func lastMonth() string {
	return string(selfreport.Month.Of(workday.On(time.Now())).Before())
}

// makeSchedule asks a town for what it visited, and brings the report of the last
// month to a stage. fixture.id is the schedule, or the report.
func (m *matrix) makeSchedule(r row, at standpoint) fixture {
	m.t.Helper()
	period := selfreport.Month.Of(workday.On(m.store.Now()))
	if r.stage != "coming" {
		period = period.Before()
	}
	id, err := m.selves.Ask(bg, m.worker, selfreport.Request{Title: "月度自查", Every: selfreport.Month, First: period, Units: []uuid.UUID{m.units[at.about].ID},
		Questions: []selfreport.Question{{Words: "走访户数", Kind: selfreport.Number, Required: true}}})
	m.must(err)
	if r.about == aSchedule || r.about == ownSchedule {
		return fixture{id: id, version: 1}
	}
	var report selfreport.Report
	m.must(store.One(m.store.Read(bg).Where("schedule_id = ?", id), &report))
	f := fixture{id: report.ID, file: uuid.New(), version: 1}
	if r.stage == "sent" {
		key := []byte(uuid.NewString())
		f.file = m.stage(key, "台账.pdf")
		by := staff.Officer{ID: m.handler.ID, Name: m.handler.Name, UnitID: m.units[at.about].ID, UnitName: at.about, Roles: m.handler.Roles}
		m.must(m.selves.HandIn(bg, by, report.ID, 1, selfreport.Answers{1: {Figure: 42}}, key))
		f.version = 2
	}
	return f
}

// anySchedule asks an office below that where the person sits.
func anySchedule(m *matrix, f fixture) url.Values {
	v := scheduleForm(m, f)
	v.Del("units")
	if below := m.selves.Targets(m.at.ID); len(below) > 0 {
		v.Set("units", below[0].String())
	}
	return v
}

func scheduleForm(m *matrix, _ fixture) url.Values {
	return url.Values{"title": {"季度自查"}, "every": {"quarter"}, "first": {string(selfreport.Quarter.Of(workday.On(m.store.Now())))}, "units": {m.units[town].ID.String()},
		"words.1": {"驻村队员人数"}, "kind.1": {"number"}, "required.1": {"1"}}
}

func handInForm(m *matrix, _ fixture) url.Values {
	return url.Values{"q.1": {strconv.Itoa(42)}, "form": {m.intake.NewForm().Token}}
}

// TestHiddenSelfReportsLeaveNoTrace compares every list before and after an office
// is asked to report of itself: only that office, the one that asks and those above
// it see a byte of it.
func TestHiddenSelfReportsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	for _, at := range ofReports {
		before := m.readers(at.unit, everybody, lists()...)
		m.makeSchedule(row{about: aReport}, at)
		changed := 0
		for who, body := range m.readers(at.unit, everybody, lists()...) {
			if body == before[who] {
				continue
			}
			if changed++; !has(at.sees, who[:1]) {
				t.Errorf("%s, %s: the report changed the page", at.name, who)
			}
		}
		if at.sees != "" && changed < 2 {
			t.Errorf("%s: it changed %d pages only", at.name, changed)
		}
	}
}
