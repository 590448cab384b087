package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/portal/console"
	"minsheng/staff"
)

// lists are the pages that show more than one thing, and their filters.
func lists() []string {
	paths := []string{"/console/cases?finished=1", "/console/cases?late=1", "/console/cases?due=week", "/console/cases?unassigned=1", "/console/cases?waiting=1",
		"/console/cases?kind=FUND_WITHHOLD", "/console/cases?place=" + shuangliu, "/console/cases?text=%E5%8D%B1%E6%88%BF", "/console/items?finished=1"}
	for _, r := range console.Routes() {
		// The record says that something happened, to auditors only.
		if r.Method == "GET" && r.May != "" && !r.Half && !strings.Contains(r.Path, ":") && r.Path != "/console/record" {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// readers is what the pages say to the people of an office, by letter and path:
// those that a role opens at all. What it does not is TestWhoMayGoWhere's.
func (m *matrix) readers(unit, who string, paths ...string) map[string]string {
	m.t.Helper()
	shown := map[string]string{}
	for letter := range strings.FieldsSeq(who) {
		m.become(letters[letter], unit)
		for _, path := range paths {
			if opens(letters[letter], path) {
				shown[letter+" "+path] = m.ask(m.b, "GET", path, nil).plain()
			}
		}
	}
	return shown
}

// opens reports whether a role is let in at an address without parameters.
func opens(role staff.Role, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return staff.Officer{Roles: []staff.Role{role}}.Require(permissions()[path]) == nil
}

// permissions are what pages ask for, by address.
var permissions = sync.OnceValue(func() map[string]staff.Permission {
	may := map[string]staff.Permission{}
	for _, r := range console.Routes() {
		if r.Method == "GET" {
			may[r.Path] = r.May
		}
	}
	return may
})

// TestHiddenCasesLeaveNoTrace compares every list before and after a case
// comes in: whoever may not know of it reads the same bytes, counts and all.
func TestHiddenCasesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	for _, at := range ofCases {
		before := m.readers(at.unit, everybody, lists()...)
		c := m.complaint("proposed", "")
		m.put(c.ID, at)
		after, knows := m.readers(at.unit, everybody, lists()...), 0
		for who, body := range after {
			if body == before[who] {
				continue
			}
			if letter, _, _ := strings.Cut(who, " "); !has("T S I", letter) || at.sees == "" {
				t.Errorf("%s, %s: the case changed the page", at.name, who)
			} else if strings.Contains(body, c.Number()) {
				knows++
			}
		}
		// Its number stands on every list that it belongs on: the test sees.
		if at.sees != "" && knows < 15 {
			t.Errorf("%s: its number stands on %d pages only", at.name, knows)
		}
		for _, letter := range []string{"T", "S", "I"} {
			m.become(letters[letter], at.unit)
			p := m.b.get("/console/cases?text=" + url.QueryEscape(c.Number()))
			if found := p.Find("a[data-row]").Length() > 0; found != (at.sees != "") {
				t.Errorf("%s, %s: found by number is %v", at.name, letters[letter], found)
			}
		}
	}
}

// TestNobodyComesInHalf tries every route without a session, and with one that
// still owes its code: nothing is shown and nothing changes.
func TestNobodyComesInHalf(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	stranger := m.browser()
	stranger.http.CheckRedirect = m.b.http.CheckRedirect
	rows := table()
	owing := func(on string) {
		m.exec("UPDATE staff_session SET stage = ? WHERE account_id = ?", on, m.me)
	}
	for _, route := range console.Routes() {
		r := rows[route.Method+" "+route.Path]
		if route.May == "" || r.about == own {
			continue
		}
		at := standpoints[r.about][0]
		thing := m.make(r, at)
		for letter := range strings.FieldsSeq(r.who) {
			m.become(letters[letter], at.unit)
			break
		}
		before := m.state()
		name := route.Method + " " + route.Path
		me := m.b
		m.b = stranger
		out := m.send(route, r, thing)
		m.b = me
		if route.Method == "POST" && out.status != 401 || route.Method == "GET" && (out.status != 303 || !strings.HasPrefix(out.header.Get("Location"), "/console/signin")) {
			t.Errorf("%s without a session: %d to %q", name, out.status, out.header.Get("Location"))
		}
		owing("password")
		half := m.send(route, r, thing)
		owing("full")
		if !route.Half && (half.status != 303 || half.header.Get("Location") != "/console/code") {
			t.Errorf("%s owing the code: %d to %q", name, half.status, half.header.Get("Location"))
		}
		if now := m.state(); now != before {
			t.Errorf("%s changed something\n%s\n%s", name, before, now)
		}
	}
}

// TestFormsOfOtherPagesAreRefused sends every form of staff and of villagers
// as another site's page would, and those of staff without, and with another
// session's, proof.
func TestFormsOfOtherPagesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	rows, forms := table(), 0
	for _, route := range console.Routes() {
		if route.Method != "POST" {
			continue
		}
		r := rows[route.Method+" "+route.Path]
		at := standpoints[r.about][0]
		letter := strings.Fields(r.who)[0]
		if has(r.who, "H") && r.about == handling {
			at = ofItems[2]
		}
		m.become(letters[letter], at.unit)
		thing := m.make(r, at)
		before := m.state()
		m.foreign(strings.NewReplacer(":id", thing.id.String()).Replace(route.Path), r.filled(m, thing))
		for _, proof := range []string{"", "x", m.csrf[1:], "A" + m.csrf, "." + m.csrf, strings.Replace(m.csrf, ".", "A.", 1)} {
			if route.May == "" {
				break // nobody has a session yet
			}
			form := r.filled(m, thing)
			form.Set("csrf", proof)
			if got := m.ask(m.b, "POST", strings.NewReplacer(":id", thing.id.String()).Replace(route.Path), form); got.status != 403 {
				t.Errorf("%s with the proof %q: %d", route.Path, proof, got.status)
			}
		}
		if now := m.state(); now != before {
			t.Errorf("%s: a refused form changed something\n%s\n%s", route.Path, before, now)
		}
		forms++
	}
	for _, path := range []string{"/receipt", "/report/files", "/report/files/remove", "/track", "/track/say", "/track/files", "/track/files/remove", "/track/withdraw"} {
		before := m.state()
		m.foreign(path, url.Values{"token": {m.intake.NewForm().Token}, "place": {shuangliu}, "text": {told}, "mode": {"anonymous"}})
		if now := m.state(); now != before {
			t.Errorf("%s: a foreign form changed something", path)
		}
		// The same form from nobody's page is heard.
		if got := m.ask(m.b, "POST", path, url.Values{}); got.status == 403 || got.status == 404 || got.status == 405 {
			t.Errorf("%s takes no form: %d", path, got.status)
		}
	}
	if forms < 40 {
		t.Errorf("only %d forms", forms)
	}
}

// filled is the row's form with its proof.
func (r row) filled(m *matrix, f fixture) url.Values {
	form := url.Values{"csrf": {m.csrf}, "version": {fmt.Sprint(f.version)}}
	if r.form != nil {
		for name, values := range r.form(m, f) {
			form[name] = values
		}
	}
	return form
}

// foreign sends a form with the headers of another site's page.
func (m *matrix) foreign(path string, form url.Values) {
	m.t.Helper()
	for _, header := range [][2]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", strings.Replace(m.base, "127.0.0.1", "127.0.0.1.evil.example", 1)},
		{"Origin", strings.Replace(m.base, "http:", "https:", 1)}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "other"},
	} {
		r, err := http.NewRequest("POST", m.base+path, strings.NewReader(form.Encode()))
		m.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header[0], header[1])
		if header[0] != "Origin" {
			r.Header.Set("Origin", m.base) // it would be believed
		}
		res, err := m.b.http.Do(r)
		m.must(err)
		res.Body.Close()
		if res.StatusCode != 403 {
			m.t.Errorf("%s with %s %q: %d", path, header[0], header[1], res.StatusCode)
		}
	}
}

// TestNamingWhatIsAnothersGetsNothing goes round the table: ids of others in
// places where one's own belong.
func TestNamingWhatIsAnothersGetsNothing(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	foreign := standpoint{desk: dawa}
	theirs := m.makeCase(row{about: aFile, stage: "described"}, foreign)
	mine := m.makeCase(row{about: aFile, stage: "described"}, ofCases[0])
	proposed := m.makeCase(row{stage: "proposed"}, foreign)
	item := m.makeItem(row{stage: "reported"}, standpoint{})
	m.become(staff.Supervisor, panshan)
	hidden := func(name string, got answer) {
		t.Helper()
		if !got.same(m.nothing) {
			t.Errorf("%s: %d\n%s", name, got.status, got.body)
		}
	}
	get := func(path string) answer { return m.ask(m.b, "GET", path, nil) }
	post := func(path string, pairs ...string) answer {
		form := words(pairs...)(m, mine)
		form.Set("csrf", m.csrf)
		form.Set("version", fmt.Sprint(mine.version))
		return m.ask(m.b, "POST", path, form)
	}
	staged, stranger := m.stage([]byte("a form of somebody"), "未交.pdf"), m.person(dawa, staff.TriageOfficer)
	my, before := "/console/cases/"+mine.id.String(), m.state()
	hidden("a file of another's case under one's own", get(my+"/files/"+theirs.file.String()))
	hidden("a file of another's case under an item", get("/console/items/"+item.id.String()+"/files/"+theirs.file.String()))
	hidden("no id at all", get("/console/cases/"+strings.Repeat("0", 36)))
	hidden("an id with more behind it", get(my+"%2f.."))
	hidden("a path upwards", get("/console/cases/"+url.PathEscape("../items/"+item.id.String())))
	hidden("another's among one's own, assigned together", post("/console/cases/assign", "ids", mine.id.String(), "ids", theirs.id.String(), "to", m.boss.ID.String()))
	hidden("a proposal of another's case", post(my+"/rule", "proposal", proposed.proposal.String(), "ruling", "approve"))
	into, nowhere := post(my+"/link", "into", theirs.id.String()), post(my+"/link", "into", uuid.NewString())
	if into.status != 422 || into.plain() != nowhere.plain() {
		t.Errorf("another's case to be merged into: %d, and one that is none: %d", into.status, nowhere.status)
	}
	// Sentences beside the field are the same whether it is hidden or is none.
	for name, ask := range map[string]func(string) answer{
		"merged by number": func(n string) answer { return post(my+"/link", "number", n) },
		"served by number": func(n string) answer { return post("/console/items/"+item.id.String()+"/also_serves", "number", n) },
	} {
		real := m.again(theirs.id)
		one, none := ask(real.Number()), ask(intake.Complaint{Seq: 888888, ReceivedAt: real.ReceivedAt}.Number())
		if one.status != 422 || strings.ReplaceAll(one.plain(), real.Number(), "#") != strings.ReplaceAll(none.plain(), intake.Complaint{Seq: 888888, ReceivedAt: real.ReceivedAt}.Number(), "#") {
			t.Errorf("%s: %d, and %d for a number of none", name, one.status, none.status)
		}
	}
	to, unfit := post(my+"/assign", "to", stranger.ID.String()), post(my+"/assign", "to", m.handler.ID.String())
	if to.status != 422 || unfit.status != 422 || to.plain() != strings.ReplaceAll(unfit.plain(), m.handler.ID.String(), stranger.ID.String()) {
		t.Errorf("assigned to who could not see it: %d, %d", to.status, unfit.status)
	}
	hidden("a file that is not handed in yet", get(my+"/files/"+staged.String()))
	hidden("the same under an item", get("/console/items/"+item.id.String()+"/files/"+staged.String()))
	for _, letter := range strings.Fields(everybody) {
		m.become(letters[letter], cityDesk)
		hidden("staged, as "+letter, get(my+"/files/"+staged.String()))
		if !has("T S I", letter) {
			hidden("a case's file as one of an item, as "+letter, get("/console/items/"+item.id.String()+"/files/"+mine.file.String()))
		}
		if !has("T S H", letter) {
			hidden("an item's file as one of a case, as "+letter, get(my+"/files/"+item.file.String()))
		}
	}
	if now := m.state(); now != before {
		t.Errorf("something changed\n%s\n%s", before, now)
	}
	for _, path := range []string{"/captcha/" + uuid.NewString() + ".png", "/captcha/..%2f..%2fetc%2fpasswd", "/captcha/.png"} {
		if p := m.ask(m.browser(), "GET", path, nil); p.status != 404 {
			t.Errorf("%s: %d", path, p.status)
		}
	}
}
