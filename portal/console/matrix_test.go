package console_test

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/portal/console"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	town = "甜水镇人民政府"
	dawa = "大洼区督查室"
)

// matrix is a house with one person who is everybody in turn: signed in once,
// and then given one role and one office after the other.
type matrix struct {
	*house
	b       *browser
	me      uuid.UUID
	csrf    string
	at      region.Unit // where the person sits now
	worker  staff.Officer
	boss    staff.Officer
	city    staff.Officer
	handler staff.Officer
	keeper  staff.Officer // custodian of the city
	others  map[string]staff.Officer
	nothing answer                // what an address says that leads nowhere
	listed  fixture               // the list that people object to, once there is one
	shown   map[[4]string]fixture // what has been tried and stays as it is
}

// fixture is a thing that an address or a form names.
type fixture struct {
	id, file, proposal uuid.UUID
	version            int
	rollVersion        int
	roll               uuid.UUID
	token              string           // of a form that holds a file
	lead               string           // the office that an item could go to
	twin               intake.Complaint // another case of the same office
	kind               string           // of papers, in the address
}

func nobodys() fixture {
	return fixture{id: uuid.New(), file: uuid.New(), proposal: uuid.New(), version: 1, lead: poor, kind: "nothing", twin: intake.Complaint{ID: uuid.New(), Seq: 999999}}
}

// answer is what came back, as sent.
type answer struct {
	status int
	header http.Header
	body   string
}

func newMatrix(t *testing.T, s *store.Store) *matrix {
	t.Helper()
	m := &matrix{house: newHouseOn(t, s, false), others: map[string]staff.Officer{}, shown: map[[4]string]fixture{}}
	u, err := m.atlas.AddTownOffice(bg, "211122111000")
	m.must(err)
	m.units[u.Name] = u
	m.exec("UPDATE unit SET doc_mark = '甜' WHERE id = ?", u.ID) // it may inspect the village below it
	_, err = m.atlas.AddVillageCommittee(bg, shuangliu)
	m.must(err)
	m.hire("everybody", panshan, staff.Publisher)
	m.b = m.signedIn("everybody")
	m.csrf, _ = m.b.get("/console").Find("input[name=csrf]").Attr("value")
	var me struct{ ID uuid.UUID }
	m.must(store.One(s.Read(bg).Table("account").Where("login = ?", "everybody"), &me))
	m.me = me.ID
	// Password and code were given a moment ago, however long the test takes.
	m.exec("UPDATE staff_session SET stepped_up_at = ? WHERE account_id = ?", s.Now().AddDate(1, 0, 0), m.me)
	m.b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	m.worker, m.boss = m.person(panshan, staff.TriageOfficer), m.person(panshan, staff.Supervisor)
	m.city, m.handler = m.person(cityDesk, staff.Supervisor), m.person(poor, staff.UnitHandler)
	m.keeper = m.person(cityDesk, staff.IdentityCustodian)
	m.nothing = m.ask(m.b, "GET", "/console/nowhere", nil)
	return m
}

// person is an account nobody signs in to.
func (m *matrix) person(unit string, roles ...staff.Role) staff.Officer {
	m.t.Helper()
	u, login := m.units[unit], "x"+uuid.NewString()
	name := "员" + login[len(login)-4:]
	id := m.employ(login, name, u, []byte{1}, []byte{1}, roles...)
	return staff.Officer{ID: id, Name: name, UnitID: u.ID, UnitName: unit, Roles: roles}
}

// become gives the person another role and office, past all that would end the
// session.
func (m *matrix) become(role staff.Role, unit string) {
	m.t.Helper()
	m.at = m.units[unit]
	m.exec("UPDATE account_role SET role = ? WHERE account_id = ?", string(role), m.me)
	m.exec("UPDATE account SET unit_id = ? WHERE id = ?", m.at.ID, m.me)
}

func (m *matrix) exec(statement string, values ...any) {
	m.t.Helper()
	done := m.store.Read(bg).Exec(statement, values...)
	m.must(done.Error)
	if done.RowsAffected == 0 {
		m.t.Fatalf("%s changed nothing", statement)
	}
}

// ask sends a request without following where it leads.
func (m *matrix) ask(b *browser, method, path string, form url.Values) answer {
	m.t.Helper()
	r, err := http.NewRequest(method, m.base+path, strings.NewReader(form.Encode()))
	m.must(err)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.http.Do(r)
	m.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	m.must(err)
	for _, name := range []string{"Date", "X-Request-Id"} {
		res.Header.Del(name)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// same reports whether nobody can tell two answers apart.
func (a answer) same(b answer) bool {
	return a.status == b.status && a.body == b.body && fmt.Sprint(a.header) == fmt.Sprint(b.header)
}

// complaint is a case of 双柳村 at a stage of its life, as the city's people
// brought it there; demands and all.
func (m *matrix) complaint(stage, file string) intake.Complaint {
	m.t.Helper()
	form := m.intake.NewForm()
	if file != "" {
		opened, err := m.intake.OpenForm(form.Token)
		m.must(err)
		m.stage(opened.Key, file)
	}
	_, err := m.intake.Submit(bg, intake.Submission{Token: form.Token, PlaceCode: shuangliu, Text: told, Mode: intake.Confidential,
		Name: "柳大有", Phone: "13800000000", Kind: "FUND_WITHHOLD", Channel: intake.Web, Lang: "zh-CN"})
	m.must(err)
	var c intake.Complaint
	m.must(m.store.Read(bg).Order("seq DESC").Take(&c).Error)
	steps := []string{"submitted", "described", "accepted", "verified", "proposed", "delivered"}
	upTo := slices.Index(steps, stage)
	for _, do := range []func() error{
		func() error {
			return m.triage.Describe(bg, m.city, c.ID, c.Version, triage.Description{Summary: "反映危房改造补助没有发全", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"补发三千元"}})
		},
		func() error { return m.triage.Accept(bg, m.city, c.ID, c.Version) },
		func() error {
			return m.triage.Verify(bg, m.city, c.ID, c.Version, triage.NewVerification{VisitedOn: workday.On(m.store.Now()), Place: "村部", Method: "interview",
				Verifiers: []string{"李核", "王查"}, Found: "走访三户,都说少发。"})
		},
		func() error {
			return m.triage.ProposeAnswer(bg, m.city, c.ID, c.Version, triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{
				{N: 1, Result: intake.Substantiated, Facts: "扣下三千元。", Basis: "应足额发放。", Done: "已责令改正。"}}})
		},
		func() error { return m.triage.Rule(bg, m.boss, c.ID, m.proposal(c.ID), true, "") },
	} {
		if upTo--; upTo < 0 {
			break
		}
		m.must(do())
		c = m.again(c.ID)
	}
	return c
}

func (m *matrix) again(id uuid.UUID) intake.Complaint {
	m.t.Helper()
	var c intake.Complaint
	m.must(store.One(m.store.Read(bg).Where("id = ?", id), &c))
	return c
}

func (m *matrix) proposal(c uuid.UUID) uuid.UUID {
	m.t.Helper()
	var p struct{ ID uuid.UUID }
	m.must(store.One(m.store.Read(bg).Table("proposal").Where("complaint_id = ? AND state = 'open'", c), &p))
	return p.ID
}

// stage puts a small PDF on the shelf.
func (m *matrix) stage(key []byte, name string) uuid.UUID {
	m.t.Helper()
	f, err := m.shelf.Stage(bg, key, name, strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	m.must(err)
	return f.ID
}

func (m *matrix) fileOf(owner uuid.UUID) uuid.UUID {
	m.t.Helper()
	var f struct{ ID uuid.UUID }
	m.must(store.One(m.store.Read(bg).Table("evidence_file").Where("owner_id = ?", owner), &f))
	return f.ID
}

// put lays a case where the standpoint wants it.
func (m *matrix) put(c uuid.UUID, at standpoint) {
	m.t.Helper()
	if at.desk != "" {
		m.exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", m.units[at.desk].ID, c)
	}
	if at.about != "" {
		m.exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) VALUES (?, ?, ?, ?)", c, m.units[at.about].ID, m.city.ID, m.store.Now())
	}
	if at.recused {
		m.exec("INSERT INTO recusal (complaint_id, account_id, reason, at) VALUES (?, ?, ?, ?)", c, m.me, "是亲戚", m.store.Now())
	}
}

// make makes a thing of the row's kind as it is from a standpoint.
func (m *matrix) make(r row, at standpoint) fixture {
	m.t.Helper()
	switch r.about {
	case aCase, aFile, accusing, referring:
		return m.makeCase(r, at)
	case anItem, itemFile, issuing, pressing, handling, reportedFile:
		return m.makeItem(r, at)
	case reportedCopy:
		return m.withCopy(m.makeItem(r, at))
	case aView, aSession, aTie:
		whose, id, now := m.me, uuid.Must(uuid.NewV7()), m.store.Now()
		if at.desk != "" {
			whose = m.worker.ID
		}
		if r.about == aTie {
			m.must(m.staff.Declare(bg, staff.Officer{ID: whose, Name: "员"}, staff.Tie{Kind: "kin", Name: "柳避嫌"}))
			var tie struct{ ID uuid.UUID }
			m.must(m.store.Read(bg).Table("staff_tie").Where("account_id = ? AND kind = 'kin'", whose).Order("at DESC").Take(&tie).Error)
			id = tie.ID
		} else if r.about == aView {
			m.exec("INSERT INTO saved_view (id, account_id, name, query) VALUES (?, ?, ?, ?)", id, whose, id.String()[:8]+id.String()[24:], "mine=1")
		} else {
			m.exec(`INSERT INTO staff_session (id, token_hash, account_id, stage, device, csrf_key, created_at, last_seen_at, expires_at)
				VALUES (?, ?, ?, 'full', '', ?, ?, ?, ?)`, id, id[:], whose, id[:], now, now, now.AddDate(0, 0, 1))
		}
		return fixture{id: id}
	case aUnit:
		return fixture{id: m.units[at.desk].ID}
	case aRequest:
		id, account := uuid.Must(uuid.NewV7()), m.person(at.desk, staff.Publisher).ID
		m.exec("INSERT INTO role_request (id, account_id, roles, held, asked_by, asked_at, state) VALUES (?, ?, 'auditor', 'publisher', ?, ?, 'open')", id, account, m.city.ID, m.store.Now())
		return fixture{id: id}
	case anAccount:
		return fixture{id: m.person(at.desk, staff.Publisher).ID}
	case aNotice, aList, aTable, noticeFile:
		return m.makeNotice(r, at)
	case aSheet:
		return m.makeSheet(at)
	case aProject:
		return m.makeProject(at)
	case anObjection, objectionFile:
		return m.makeObjection(r, at)
	case aHit:
		return m.makeHit()
	case aPaper, myDraft, myPaper:
		return m.makePaper(r, at)
	case aForm, aKind:
		return m.makeForm(r, at)
	case anInspection, inspectionFile, anOffices, aTeams, anApprovers, aVisit, inspectedBy, inspectedFile:
		return m.makeInspection(r, at)
	case aPlan, ownPlan:
		return m.makePlan(r, at)
	case anOrder, orderFile, orderGivers, orderTakers, orderOrigins:
		return m.makeOrder(r, at)
	case aMeasure, ownMeasure, measureFile, servedOne, servedFile:
		return m.makeMeasure(r, at)
	case aReferral, ownReferral, referralFile, aRelease:
		return m.makeReferral(r, at)
	case aSchedule, ownSchedule, aReport, owedReport, sentReport, reportFile:
		return m.makeSchedule(r, at)
	case aCircular, circularDraft, circularArrived, circularPublic:
		return m.makeBulletin(r)
	case aWorkReport, workReportDraft, workReportSent, reportSchedule:
		return m.makeWorkReport(r)
	case anAlarm:
		return m.makeAlarm(at)
	case answered, aSecondLook, anAppeal:
		return m.makeAnswered(r, at)
	case aRepeat:
		return m.makeRepeat(r, at)
	case anAudit:
		return m.makeAudit(at)
	case anErasure, endedCase:
		return m.makeRetained(r, at)
	case endedList, listErasure:
		return m.makeEndedList(r, at)
	case aTaking, myTaking:
		return m.makeTaking(r, at)
	case aCustody, aHandling:
		return m.makeCustody(r)
	case aMask:
		return m.makeMask(at)
	case aCopy:
		return m.makeCopy(at)
	case aName, anOpening:
		return m.makeName(r, at)
	}
	return nobodys()
}

func (m *matrix) makeCase(r row, at standpoint) fixture {
	file, stage := "", r.stage
	if r.about == aFile {
		file = "账本.pdf"
	}
	if stage == "owned" {
		stage = ""
	}
	c := m.complaint(stage, file)
	m.put(c.ID, at)
	f := fixture{id: c.ID, file: uuid.New(), proposal: uuid.New(), version: c.Version, lead: poor}
	if at.about != "" {
		f.lead = "大洼区扶贫开发办公室" // never an office below the accused
	}
	if r.twin != "" {
		f.twin = m.complaint(r.twin, "")
	}
	if r.stage == "owned" {
		m.exec("UPDATE complaint SET owner_id = ? WHERE id = ?", m.me, c.ID)
	}
	if r.stage == "proposed" {
		f.proposal = m.proposal(c.ID)
	}
	if file != "" {
		f.file = m.fileOf(c.ReportID)
	}
	return f
}

// state is a digest of all that a form could change. An attempt on what the
// person may not see is on record; that alone does not count as a change.
func (m *matrix) state() string {
	m.t.Helper()
	var parts []string
	for _, table := range []string{"staff_session", "account_role", "recovery_code", "saved_view", "saved_reply", "unit", "unit_name", "report", "complaint_subject", "recusal", "demand",
		"notice_override", "notice_backing", "roll_row", "roll_minutes", "duty", "fund", "verification", "proposal", "step_reason", "item_unit", "item_complaint", "item_note", "item_extension", "item_suspension", "message", "evidence_file", "sealed_blob", "deadline",
		"objection_check", "objection_ruling", "report_other", "roll_hold", "complaint_about", "cross_check", "payment", "payment_batch",
		"inspection_plan_entry", "inspection_member", "inspection_matter", "inspection_copy", "inspection_entry", "inspection_material_answer",
		"inspection_activity", "inspection_exchange", "inspection_draft", "inspection_proof", "inspection_remark",
		"rectification_point", "rectification_entry", "rectification_line", "recovery", "rectification_suspension",
		"measure_ground", "measure_note", "measure_declined", "referral_ground", "referral_release", "referral_key",
		"self_report_ower", "self_report_question", "self_report_round", "self_report_answer", "circular_to", "circular_item", "circular_ground", "work_report_schedule",
		"alarm", "time_rule", "calendar_day", "staff_tie", "complaint_person", "role_request",
		"unit_key", "unit_key_member", "escrow_part", "identity_opening", "name_note", "content_key", "sheet", "told_key", "register_export", "erasure", "retention_hold", "retention_rule", "blob_leaving",
		"letter", "delivery", "rating", "second_look", "appeal", "appeal_note", "callback", "withdrawal", "look_audit", "complaint_earlier"} {
		parts = append(parts, "SELECT '"+table+"' AS what, COUNT(*) AS n, 0 AS v FROM "+table)
	}
	for _, table := range []string{"account", "complaint", "supervision_item", "notice", "roll", "project", "tray_sheet", "objection", "cross_hit", "paper", "paper_form",
		"inspection", "inspection_plan", "inspection_question", "inspection_material", "inspection_finding",
		"rectification_order", "measure", "referral", "self_report_schedule", "self_report", "circular", "work_report"} {
		parts = append(parts, "SELECT '"+table+"', COUNT(*), SUM(version) FROM "+table)
	}
	parts = append(parts, "SELECT 'event', COUNT(*), 0 FROM event WHERE kind <> 'refused'",
		"SELECT 'let go', COUNT(*), 0 FROM retention_hold WHERE lifted_at IS NOT NULL",
		"SELECT 'heard', COUNT(*), 0 FROM alarm_unit WHERE heard_at IS NOT NULL",
		"SELECT 'second', COUNT(*), 0 FROM objection_check WHERE second_id IS NOT NULL",
		"SELECT 'ruled', COUNT(*), 0 FROM proposal WHERE state <> 'open'", "SELECT 'granted', COUNT(*), 0 FROM item_extension WHERE state <> 'open'", "SELECT 'owned', COUNT(*), 0 FROM complaint WHERE owner_id IS NOT NULL")
	var rows []struct {
		What string
		N, V int64
	}
	m.must(m.store.Read(bg).Raw(strings.Join(parts, " UNION ALL ")).Find(&rows).Error)
	return fmt.Sprint(rows)
}

// cell is one route, tried by one role from one standpoint.
func (m *matrix) send(route console.Route, r row, f fixture) answer {
	m.t.Helper()
	path := strings.NewReplacer(":id", f.id.String(), ":file", f.file.String(), ":kind", f.kind, ":pair", "ab", ":mask", f.file.String()).Replace(route.Path)
	if route.Method == "GET" {
		return m.ask(m.b, "GET", path, nil)
	}
	form := url.Values{}
	if r.form != nil {
		maps.Copy(form, r.form(m, f))
	}
	if r.about != own {
		session, _, _ := strings.Cut(m.csrf, ".") // no page: each time is meant
		form.Set("csrf", session)
		form.Set("version", fmt.Sprint(f.version))
		if r.byRoll {
			form.Set("version", fmt.Sprint(f.rollVersion))
		}
	}
	if r.sheet != "" {
		return m.upload(path, form, r.sheet)
	}
	return m.ask(m.b, "POST", path, form)
}

// tried narrows the matrix while somebody works on a few routes.
var tried = flag.String("routes", "", "try only routes whose address contains this")

// TestWhoMayGoWhere is the permission matrix: every route of the table, tried
// by every role, from the own, a foreign and the accused unit and what else
// there is. What is not for somebody answers exactly as an address that leads
// nowhere, whether the thing exists or not, and changes nothing; what is, is
// shown, and a form that it is for is taken.
func TestWhoMayGoWhere(t *testing.T) {
	t.Parallel()
	for share := range matrixShares {
		t.Run(fmt.Sprintf("share %d", share), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				t.Parallel() // with the other database
				m := newMatrix(t, s)
				if m.nothing.status != 404 {
					t.Fatalf("nowhere is %d", m.nothing.status)
				}
				t.Logf("%d cells", m.tryShare(share))
			})
		})
	}
}

// matrixShares is in how many parts the matrix is tried, each with databases of its
// own: one alone keeps one processor busy long after everything else.
const matrixShares = 3

// tryShare tries those routes that fall to a share.
func (m *matrix) tryShare(share int) (cells int) {
	rows := table()
	for n, route := range console.Routes() {
		r, known := rows[route.Method+" "+route.Path]
		if !known || n%matrixShares != share || !strings.Contains(route.Method+" "+route.Path, *tried) {
			continue
		}
		for _, r.about = range r.kinds() {
			for _, at := range standpoints[r.about] {
				cells += m.try(route, r, at)
			}
		}
	}
	return cells
}

// TestTheMatrixHasEveryRoute, and no other, and what a route needs fits who may.
func TestTheMatrixHasEveryRoute(t *testing.T) {
	rows := table()
	for _, route := range console.Routes() {
		name := route.Method + " " + route.Path
		r, ok := rows[name]
		if !ok {
			t.Errorf("%s has no row in the permission matrix", name)
			continue
		}
		delete(rows, name)
		for letter, role := range letters {
			// The rooms ask again; the door must not rely on it.
			if route.May != "" && staff.May([]staff.Role{role}, route.May) != has(r.who, letter) {
				t.Errorf("%s needs %s, which does not fit %s", name, route.May, role)
			}
		}
	}
	for name := range rows {
		t.Errorf("%s stands in the permission matrix and is no route", name)
	}
}

// try tries all roles from one standpoint: first those that it is hidden from,
// who all together must leave everything as it was.
func (m *matrix) try(route console.Route, r row, at standpoint) (cells int) {
	m.t.Helper()
	var may []string
	for _, letter := range strings.Fields(everybody) {
		if has(r.who, letter) && has(at.sees, letter) {
			may = append(may, letter)
		}
	}
	tries := strings.Fields(everybody)
	if at != standpoints[r.about][0] {
		// Who has no business there at all was tried from the nearest standpoint.
		tries = slices.DeleteFunc(tries, func(letter string) bool { return !has(r.who, letter) })
	}
	shared := m.thing(route, r, at, len(may) == 0)
	before := m.state()
	for _, letter := range tries {
		cells++
		m.become(letters[letter], at.unit)
		m.probe(route, r, at, shared, letter)
	}
	if now := m.state(); now != before {
		m.t.Errorf("%s %s, %s: hidden from all but %v, yet it changed\n%s\n%s", route.Method, route.Path, at.name, may, before, now)
		before = now
	}
	for i, letter := range may {
		m.become(letters[letter], at.unit)
		if i > 0 && route.Method == "POST" {
			shared = m.make(r, at)
			before = m.state()
		}
		before = m.taken(cellOf(route, letter, at), route, r, before, m.send(route, r, shared))
	}
	return cells
}

// thing makes what a route is about. Routes that only show, or that are hidden
// from all, share one of a kind: it stays as it is.
func (m *matrix) thing(route console.Route, r row, at standpoint, hidden bool) fixture {
	m.t.Helper()
	if !hidden && (route.Method != "GET" || r.recorded) {
		return m.make(r, at)
	}
	like := [4]string{string(r.about), r.stage, r.twin, at.name}
	if _, made := m.shown[like]; !made {
		m.shown[like] = m.make(r, at)
	}
	return m.shown[like]
}

// probe asks for what does not exist and, where the thing is hidden from the
// role, for the thing itself: the answers are those of an address that leads
// nowhere.
func (m *matrix) probe(route console.Route, r row, at standpoint, shared fixture, letter string) {
	m.t.Helper()
	if at == standpoints[r.about][0] && !slices.Contains([]kind{page_, own, docketing, forAll, accusing, referring, aCustody, aHandling}, r.about) {
		if none := m.send(route, r, nobodys()); !none.same(m.nothing) {
			m.t.Errorf("%s: what does not exist is %d\n%s", cellOf(route, letter, at), none.status, none.body)
		}
	}
	if has(r.who, letter) && has(at.sees, letter) {
		return
	}
	if got := m.send(route, r, shared); !got.same(m.nothing) {
		m.t.Errorf("%s: hidden, yet %d %v\n%s", cellOf(route, letter, at), got.status, got.header, got.body)
	}
}

// cellOf is a cell of the matrix in words.
func cellOf(route console.Route, letter string, at standpoint) string {
	return fmt.Sprintf("%s %s as %s, %s", route.Method, route.Path, letters[letter], at.name)
}

// taken holds the answer to somebody who may to what the route promises, and
// returns the state afterwards.
func (m *matrix) taken(name string, route console.Route, r row, before string, got answer) string {
	m.t.Helper()
	post := route.Method == "POST"
	want := 200
	switch {
	case r.says != 0:
		want = r.says
	case r.about == own:
		want = 403 // no proof: it was heard, and nothing was lost
	case post:
		want = 303
	}
	if got.status != want {
		m.t.Errorf("%s: %d, want %d\n%s", name, got.status, want, got.body)
	}
	m.must(m.tray.Wait(bg)) // an import goes on after its answer
	now := m.state()
	// That evidence was opened stands on record; what a notice shows is public.
	if changes := post && r.about != own && !r.looks || r.recorded || strings.Contains(route.Path, "/files/") && r.about != noticeFile; (now != before) != changes {
		m.t.Errorf("%s: it changed something: %v, want %v", name, now != before, changes)
	}
	return now
}

func has(list, letter string) bool { return slices.Contains(strings.Fields(list), letter) }

// variable is what differs between two answers that say the same.
var variable = regexp.MustCompile(`(name="(?:csrf|form)" value=")[^"]*`)

func (a answer) plain() string { return variable.ReplaceAllString(a.body, "$1") }
