package console_test

import (
	"net/url"

	"github.com/google/uuid"
)

const (
	aTaking  kind = "taking" // of the register, asked for by somebody of 盘山县
	myTaking kind = "my taking"
)

var (
	ofTakings = []standpoint{
		{name: "own office", unit: panshan, sees: "T S"},
		{name: "office above", unit: cityDesk, sees: "T S"},
		{name: "foreign office", unit: dawa},
		{name: "office below", unit: town},
	}
	ofMyTakings = []standpoint{{name: "own", unit: panshan, sees: "T S"}, {name: "of another", unit: panshan, desk: "other"}}
)

// figuresTable has one row for each route of figures and of the register.
func figuresTable() map[string]row {
	return map[string]row{
		"GET /console/figures":                   {who: "T S"},
		"GET /console/register":                  {who: "T S"},
		"GET /console/register/exports":          {who: "T S"},
		"POST /console/register/exports":         {who: "T S", form: askAgain},
		"POST /console/register/exports/:id":     {who: "T S", about: aTaking, form: words("give", "yes")},
		"GET /console/register/exports/:id/xlsx": {who: "T S", about: myTaking, recorded: true},
		"GET /console/register/exports/:id/csv":  {who: "T S", about: myTaking, recorded: true},
	}
}

// askAgain asks for the whole register, as if nobody had.
func askAgain(m *matrix, _ fixture) url.Values {
	m.must(m.store.Read(bg).Exec("UPDATE register_export SET state = 'over' WHERE state = 'asked'").Error)
	return url.Values{"why": {"报市政府汇总"}}
}

// makeTaking makes a request of 盘山县's officer that waits, or one that was agreed to.
func (m *matrix) makeTaking(r row, at standpoint) fixture {
	m.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), m.store.Now()
	asked := map[string]any{"id": id, "unit_id": m.units[panshan].ID, "filter": "{}", "query": id.String(), "why": "报市政府汇总", "asked_by": m.worker.ID, "asked_at": now, "state": "asked"}
	if r.about == myTaking {
		asked["state"], asked["ruled_by"], asked["ruled_at"], asked["until"] = "agreed", m.boss.ID, now, now.AddDate(0, 0, 1)
		if at.desk == "" {
			asked["asked_by"] = m.me
		}
	}
	m.must(m.store.Read(bg).Table("register_export").Create(asked).Error)
	return fixture{id: id}
}
