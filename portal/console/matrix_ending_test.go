package console_test

import (
	"net/url"

	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

const (
	answered    kind = "answered"    // a case with what followed its answer
	aSecondLook kind = "second look" // a case of a county that the city owes a second look
	anAppeal    kind = "appeal"      // a case of a county that the city decides again
	aRepeat     kind = "repeat"      // a case that another one comes before
	anAudit     kind = "audit"
)

var (
	// Who answered does not look again, and does not decide again: a second look
	// is taken above while the case lies below, a review where the case lies then.
	ofLooks = []standpoint{
		{name: "office that owes it", unit: cityDesk, sees: everybody},
		{name: "office that answered", unit: panshan},
		{name: "foreign unit", unit: dawa},
		{name: "accused unit", unit: cityDesk, about: cityDesk},
		{name: "recused", unit: cityDesk, recused: true},
	}
	ofAppeals = ofLooks
	// An audit is read where nobody can be in it for their office.
	ofAudits = []standpoint{
		{name: "city", unit: cityDesk, sees: everybody},
		{name: "county", unit: panshan},
		{name: "accused city", unit: cityDesk, about: cityDesk},
		{name: "recused", unit: cityDesk, recused: true},
	}
)

// endTable has one row for each route of what follows an answer.
func endTable() map[string]row {
	ruling := words("appeal_ruling", appeal.Upheld, "facts", "入户问过三户，钱已经退还，有收条。", "basis", "信访工作条例")
	return map[string]row{
		"POST /console/cases/:id/deliver":        {who: "T S", about: answered, stage: "decided", form: handed},
		"POST /console/cases/:id/call_back":      {who: "T S", about: answered, stage: "decided", form: called},
		"POST /console/cases/:id/second_look":    {who: "T S", about: aSecondLook, stage: "unsolved", form: words("look", appeal.LookStands, "words", "钱已经退了，有收条。")},
		"POST /console/cases/:id/appeal_note":    {who: "T S", about: anAppeal, stage: "review", form: words("text", "去村里问过三户。")},
		"POST /console/cases/:id/hearing":        {who: "T S", about: anAppeal, stage: "reexam", form: hearing},
		"POST /console/cases/:id/appeal_propose": {who: "T S", about: anAppeal, stage: "review", form: ruling},
		"POST /console/cases/:id/appeal_rule":    {who: "S", about: anAppeal, stage: "proposed", form: words("ruling", "approve")},
		"POST /console/cases/:id/repeat": {who: "T S", about: aRepeat, stage: "final", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"final": {f.twin.ID.String()}}
		}},
		"POST /console/cases/:id/again": {who: "T S", about: aRepeat, stage: "closed", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"into": {f.twin.ID.String()}}
		}},
		"POST /console/cases/:id/earlier": {who: "T S", about: aRepeat, stage: "decided", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"number": {f.twin.Number()}}
		}},
		"POST /console/cases/:id/withdrawal": {who: "T S", about: answered, stage: "leaving", form: words("let_go", "let_go", "words", "看过了，是他自己的意思。")},

		"GET /console/audits":          {who: "S U"},
		"GET /console/audits/:id":      {who: "S U", about: anAudit},
		"POST /console/audits/:id/end": {who: "S", about: anAudit, form: words("audit_found", intake.FoundNothing, "words", "看过的人都经手过这一件。")},
	}
}

func handed(m *matrix, f fixture) url.Values {
	return url.Values{"deliver_to": {f.id.String()}, "how": {intake.ByHand}, "on_day": {string(workday.On(m.store.Now()))}, "words": {"当面交给本人"}, "form": {m.intake.NewForm().Token}}
}

func called(m *matrix, _ fixture) url.Values {
	return url.Values{"callback": {appeal.ByCall}, "reached": {"1"}, "result": {"solved"}, "on_day": {string(workday.On(m.store.Now()))},
		"words": {"说钱收到了。"}, "form": {m.intake.NewForm().Token}}
}

func hearing(m *matrix, _ fixture) url.Values {
	day := string(workday.On(m.store.Now()).Add(1))
	return url.Values{"first_on": {day}, "last_on": {day}, "words": {"上午九点在市里开听证会"}}
}

// bringCase takes an answered case on to a stage of what follows, by other people.
func (m *matrix) bringCase(c intake.Complaint, stage string) intake.Complaint {
	m.t.Helper()
	do := func(err error) { m.t.Helper(); m.must(err); c = m.again(c.ID) }
	deliver := func() {
		do(m.appeals.Deliver(bg, m.city, c.ID, c.Version, appeal.Handing{To: c.ID, How: intake.ByHand, OnDay: workday.On(m.store.Now()), Words: "当面交给本人"}))
	}
	ask := func() {
		form, err := m.intake.OpenForm(m.intake.NewForm().Token)
		m.must(err)
		do(m.appeals.Ask(bg, c.ReportID, c.Part, form.Key, "只看了账本，没有问过我们几户。"))
	}
	propose := func() {
		do(m.appeals.Propose(bg, m.person(cityDesk, staff.TriageOfficer), c.ID, c.Version,
			appeal.Ruling{Ruling: appeal.Upheld, Facts: "入户问过三户，钱已经退还，有收条。", Basis: "信访工作条例"}))
	}
	agree := func() { do(m.appeals.Rule(bg, m.person(cityDesk, staff.Supervisor), c.ID, c.Version, true, "")) }
	rate := func(code intake.Rating) { do(m.appeals.Rate(bg, c.ReportID, c.Part, appeal.Say{Code: code})) }
	switch stage {
	case "decided":
	case "leaving":
		id, now := uuid.Must(uuid.NewV7()), m.store.Now()
		m.exec("INSERT INTO withdrawal (id, complaint_id, reason, asked_at, effective_on, ended) VALUES (?, ?, 'tired', ?, ?, '')", id, c.ID, now, workday.On(now))
		m.exec("UPDATE complaint SET leaves_on = ? WHERE id = ?", workday.On(now), c.ID)
	case "solved", "closed", "unsolved":
		deliver()
		if stage == "unsolved" {
			rate(intake.Unsolved)
			break
		}
		rate(intake.Solved)
		if stage == "closed" {
			do(m.triage.Close(bg, m.city, c.ID, c.Version))
		}
	default:
		deliver()
		ask()
		if stage == "review" {
			break
		}
		propose()
		if stage == "proposed" {
			break
		}
		agree()
		deliver()
		ask()
		if stage == "reexam" {
			break
		}
		propose()
		agree()
	}
	return c
}

func (m *matrix) makeAnswered(r row, at standpoint) fixture {
	m.t.Helper()
	c := m.bringCase(m.complaint("delivered", ""), r.stage)
	m.put(c.ID, at)
	return fixture{id: c.ID, file: uuid.New(), proposal: uuid.New(), version: c.Version}
}

// makeRepeat makes a case that comes after another one of the same village and
// kind, its twin; or one about retaliation for it, where that is only decided.
func (m *matrix) makeRepeat(r row, at standpoint) fixture {
	m.t.Helper()
	before := m.bringCase(m.complaint("delivered", ""), r.stage)
	c := m.complaint("described", "")
	m.put(c.ID, at)
	if r.stage == "decided" {
		m.exec("UPDATE complaint SET kind = ? WHERE id = ?", intake.Retaliation, c.ID)
	}
	return fixture{id: c.ID, file: uuid.New(), proposal: uuid.New(), version: c.Version, twin: before}
}

// makeAudit begins the audit of a case: its reporter says they were punished.
func (m *matrix) makeAudit(at standpoint) fixture {
	m.t.Helper()
	before := m.complaint("accepted", "")
	_, err := m.intake.Submit(bg, intake.Submission{Token: m.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Mode: intake.Anonymous,
		Kind: intake.Retaliation, Channel: intake.Web, Lang: "zh-CN"})
	m.must(err)
	var c intake.Complaint
	m.must(m.store.Read(bg).Order("seq DESC").Take(&c).Error)
	m.must(m.triage.TieEarlier(bg, m.city, c.ID, c.Version, before.ID))
	m.put(c.ID, at)
	return fixture{id: c.ID, version: m.again(c.ID).Version}
}
