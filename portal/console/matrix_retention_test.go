package console_test

import (
	"net/url"

	"github.com/google/uuid"
)

const (
	anErasure   kind = "erasure" // of a case that ended long ago, asked for by a custodian
	listErasure kind = "erasure of an objection"
	endedCase   kind = "retained" // that ended long ago
	endedList   kind = "retained objection"
)

// What is kept of a case is the business of custodians and supervisors who may see
// it; an auditor reads lists only. A custodian of 盘山县 asked.
var (
	ofRetained     = seers(ofCases, "S I")
	ofErasures     = seers(ofCases, "S")
	ofEndedLists   = seers(ofObjections, "S I")
	ofListErasures = seers(ofObjections, "S")
)

func seers(list []standpoint, who string) []standpoint {
	out := append([]standpoint(nil), list...)
	for i := range out {
		if out[i].sees != "" {
			out[i].sees = who
		}
	}
	return out
}

// retentionTable has one row for each route of keeping and destroying.
func retentionTable() map[string]row {
	return map[string]row{
		"GET /console/retention":                        {who: "S I U"},
		"GET /console/retention/cases/:id":              {who: "S I U", about: endedCase},
		"POST /console/retention/cases/:id":             {who: "I", about: endedCase, form: words("what", "words", "ground", "due")},
		"POST /console/retention/cases/:id/keep":        {who: "S", about: endedCase, form: words("why", "法院调卷")},
		"POST /console/retention/cases/:id/let_go":      {who: "S", about: endedCase, stage: "kept", form: words()},
		"GET /console/retention/objections/:id":         {who: "S I U", about: endedList},
		"POST /console/retention/objections/:id":        {who: "I", about: endedList, form: words("what", "words", "ground", "due")},
		"POST /console/retention/objections/:id/keep":   {who: "S", about: endedList, form: words("why", "法院调卷")},
		"POST /console/retention/objections/:id/let_go": {who: "S", about: endedList, stage: "kept", form: words()},
		"POST /console/retention/requests/:id":          {who: "S", about: anErasure, also: listErasure, form: words("give", "yes")},
		"GET /console/retention/rules":                  {who: "A"},
		"POST /console/retention/rules": {who: "A", about: forAll, form: func(*matrix, fixture) url.Values {
			return url.Values{"what": {"words"}, "class": {"other"}, "years": {"12"}, "basis": {"市档案局批复"}, "why": {"延长保管期限"}}
		}},
	}
}

// makeRetained makes a case that ended twelve years ago, and a request about it.
func (m *matrix) makeRetained(r row, at standpoint) fixture {
	m.t.Helper()
	f := m.makeCase(row{about: aCase}, at)
	c, now := m.again(f.id), m.store.Now()
	m.exec("UPDATE complaint SET state = 'closed', outcome = 'unsubstantiated', closed_at = ? WHERE id = ?", now.AddDate(-12, 0, 0), c.ID)
	if r.stage == "kept" {
		m.exec("INSERT INTO retention_hold (id, complaint_id, why, set_by, set_at) VALUES (?, ?, '法院调卷', ?, ?)", uuid.New(), c.ID, m.city.ID, now)
	}
	if r.about == anErasure {
		f.id = m.askedToDestroy("complaint_id", c.ID, c.ReportID)
	}
	return f
}

// askedToDestroy makes a request of 盘山县's custodian.
func (m *matrix) askedToDestroy(of string, matter, report uuid.UUID) uuid.UUID {
	m.t.Helper()
	id := uuid.Must(uuid.NewV7())
	m.must(m.store.Read(bg).Table("erasure").Create(map[string]any{"id": id, of: matter, "report_id": report, "what": "words", "ground": "due", "basis": "", "why": "",
		"asked_by": m.keeper.ID, "asked_unit": m.units[panshan].ID, "asked_at": m.store.Now(), "state": "asked"}).Error)
	return id
}

// makeEndedList makes an objection that ended twelve years ago, and a request about it.
func (m *matrix) makeEndedList(r row, at standpoint) fixture {
	m.t.Helper()
	f := m.makeObjection(row{about: anObjection}, at)
	now := m.store.Now()
	m.exec("UPDATE objection SET state = 'not_upheld', closed_at = ? WHERE id = ?", now.AddDate(-12, 0, 0), f.id)
	if r.stage == "kept" {
		m.exec("INSERT INTO retention_hold (id, objection_id, why, set_by, set_at) VALUES (?, ?, '法院调卷', ?, ?)", uuid.New(), f.id, m.city.ID, now)
	}
	if r.about == listErasure {
		f.id = m.askedToDestroy("objection_id", f.id, m.lastObjection().ReportID)
	}
	return f
}
