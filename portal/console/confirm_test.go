package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/portal/console"
)

// TestWhatIsGraveIsAskedForAgain tries every route of the table that asks for the
// password again, in a session that gave it too long ago: nothing is shown and
// nothing changes.
func TestWhatIsGraveIsAskedForAgain(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	rows, tried := table(), 0
	for _, route := range console.Routes() {
		if !route.Confirm {
			continue
		}
		tried++
		r := rows[route.Method+" "+route.Path]
		at := standpoints[r.about][0]
		thing := m.make(r, at)
		m.become(letters[strings.Fields(r.who)[0]], at.unit)
		m.exec("UPDATE staff_session SET stepped_up_at = ? WHERE account_id = ?", m.store.Now().Add(-6*time.Minute), m.me)
		before := m.state()
		got := m.send(route, r, thing)
		name := route.Method + " " + route.Path
		if route.Method == "GET" && (got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/console/confirm?next=")) {
			t.Errorf("%s: %d to %q", name, got.status, got.header.Get("Location"))
		}
		if route.Method == "POST" && (got.status != 200 || !strings.Contains(got.body, `action="/console/confirm"`)) {
			t.Errorf("%s: %d\n%s", name, got.status, got.body)
		}
		if now := m.state(); now != before {
			t.Errorf("%s changed something\n%s\n%s", name, before, now)
		}
	}
	if tried < 8 {
		t.Errorf("%d routes ask again", tried)
	}
	for _, path := range []string{"/reveal_name", "/console/staff/:id/roles", "/console/register/exports", "/console/register/exports/:id", "/console/register/exports/:id/xlsx", "/console/register/exports/:id/csv", "/package", "/original", "/console/retention/cases/:id", "/console/retention/objections/:id", "/console/retention/requests/:id"} {
		found := false
		for _, r := range console.Routes() {
			found = found || r.Confirm && strings.HasSuffix(r.Path, path)
		}
		if !found {
			t.Errorf("%s does not ask again", path)
		}
	}
}

// Somebody gives their password in between, and what they typed goes on.
func TestWhatWasTypedGoesOnAfterwards(t *testing.T) {
	h := newHouse(t, false)
	h.hire("guan", cityDesk, "administrator")
	h.hire("wang", panshan, "publisher")
	b := h.signedIn("guan")
	stale := func() {
		h.must(h.store.Read(bg).Exec("UPDATE staff_session SET stepped_up_at = ?", h.store.Now().Add(-6*time.Minute)).Error)
	}
	stale()
	var wang struct{ ID uuid.UUID }
	h.must(h.store.Read(bg).Table("account").Where("login = 'wang'").Take(&wang).Error)
	csrf, _ := b.get("/console").Find("input[name=csrf]").Attr("value")
	p := b.post("/console/staff/"+wang.ID.String()+"/roles", url.Values{"csrf": {csrf}, "roles": {"publisher", "unit_handler"}}).want(200, "再确认一次")
	p = b.send(p, "form[action='/console/confirm']", url.Values{"password": {"not " + password}}).want(422, "不对")
	p = b.send(p, "form[action='/console/confirm']", url.Values{"password": {password}}).want(200, "接着办")
	if strings.Contains(p.text("body"), password) || p.Find("input[type=password], input[name=password]").Length() > 0 {
		t.Error("the password is on the page")
	}
	for range 2 {
		b.send(p, "form[action$='/roles']", nil).want(200)
	}
	var done int64
	h.must(h.store.Read(bg).Table("event").Where("kind = 'roles_set' AND subject_id = ?", wang.ID).Count(&done).Error)
	if done != 1 {
		t.Errorf("sent twice, the roles were set %d times", done)
	}
	var roles []string
	h.must(h.store.Read(bg).Table("account_role").Where("account_id = ?", wang.ID).Order("role").Pluck("role", &roles).Error)
	if strings.Join(roles, " ") != "publisher unit_handler" {
		t.Errorf("roles %v", roles)
	}
	stale()
	p = b.get("/console/register/exports")
	if p.Status != 404 { // an administrator has no register: not even a question
		t.Errorf("%d", p.Status)
	}
}
