package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/workday"
)

const (
	anAlarm kind = "alarm"   // that 盘山县 hears, about a report
	forAll  kind = "for all" // set by the highest office, for every other
)

// An alarm is heard by one office, and about something. Who may not know of that
// knows of no alarm either.
var (
	ofAlarms = []standpoint{
		{name: "office that hears", unit: panshan, desk: panshan, sees: "T S"},
		{name: "office above", unit: cityDesk, desk: panshan},
		{name: "foreign office", unit: dawa, desk: panshan},
		{name: "accused since", unit: panshan, desk: panshan, about: panshan},
		{name: "recused", unit: panshan, desk: panshan, recused: true},
	}
	ofAll = []standpoint{
		{name: "highest office", unit: cityDesk, sees: everybody},
		{name: "county", unit: panshan},
		{name: "town", unit: town},
	}
)

// watchTable has one row for each route of alarms, rules and the calendar.
func watchTable() map[string]row {
	return map[string]row{
		"GET /console/alarms":            {who: "T S H"},
		"POST /console/alarms/:id/heard": {who: "T S H", about: anAlarm, form: words()},

		"GET /console/clocks":        {who: "A"},
		"GET /console/clocks/change": {who: "A"},
		"POST /console/clocks/change": {who: "A", about: forAll, form: func(m *matrix, _ fixture) url.Values {
			return url.Values{"rule": {"rectification.plan"}, "n": {"6"}, "day_kind": {"wd"}, "basis": {"督查室通知"}, "from": {string(workday.On(m.store.Now()))}, "why": {"人手不够"}}
		}},

		"GET /console/calendar":         {who: "A"},
		"POST /console/calendar/try":    {who: "A", about: forAll, form: words(), sheet: calendarCSV, says: 200, looks: true},
		"POST /console/calendar/import": {who: "A", about: forAll, form: importForm},
	}
}

const calendarCSV = "date,kind,name,source\n2030-10-01,off,国庆节,通知\n"

func importForm(m *matrix, _ fixture) url.Values {
	seen, err := m.clocks.Version(bg)
	m.must(err)
	day := workday.Date("2031-01-01").Add(int(uuid.New().ID() % 3000))
	return url.Values{"days": {"date,kind,name,source\n" + string(day) + ",off,节日,通知\n"}, "seen": {seen}}
}

// makeAlarm raises an alarm about a report, as the watch does, which 盘山县 hears.
func (m *matrix) makeAlarm(at standpoint) fixture {
	m.t.Helper()
	c := m.complaint("accepted", "")
	m.put(c.ID, at)
	return fixture{id: m.alarm(c.ID)}
}

// alarm is about the answer that is owed to a report.
func (m *matrix) alarm(report uuid.UUID) uuid.UUID {
	m.t.Helper()
	id := uuid.Must(uuid.NewV7())
	m.exec(`INSERT INTO alarm (id, subject_kind, subject_id, rule, round, due_on, stage, grade, owes_id, at)
		SELECT ?, 'complaint', subject_id, rule, round, due_on, 'escalated', 1, ?, ? FROM deadline WHERE subject_id = ? AND rule = 'complaint.reply'`,
		id, m.units[panshan].ID, m.store.Now(), report)
	m.exec("INSERT INTO alarm_unit (alarm_id, unit_id, grade, heads) VALUES (?, ?, 1, ?)", id, m.units[panshan].ID, false)
	return id
}

// TestHiddenAlarmsLeaveNoTrace compares every list before and after an alarm is
// raised: whoever may not know what it is about reads the same bytes, counts and
// all.
func TestHiddenAlarmsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	readers := func(unit string) map[string]string {
		return m.readers(unit, everybody, "/console", "/console/alarms", "/console/account")
	}
	for _, at := range ofAlarms {
		c := m.complaint("accepted", "")
		m.put(c.ID, at)
		before := readers(at.unit)
		m.alarm(c.ID)
		knows := 0
		for who, body := range readers(at.unit) {
			letter, _, _ := strings.Cut(who, " ")
			switch {
			case body == before[who]:
			case !has(at.sees, letter):
				t.Errorf("%s, %s: the alarm changed the page", at.name, who)
			case !strings.HasSuffix(who, "account") && strings.Contains(body, c.Number()):
				knows++
			}
		}
		// Today and the list name it to those who work on it: the test sees.
		if at.sees != "" && knows != 4 {
			t.Errorf("%s: its number stands on %d pages", at.name, knows)
		}
	}
}
