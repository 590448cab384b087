package console_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// counted counts the statements that are sent from now on.
func (m *matrix) counted() *atomic.Int64 {
	m.t.Helper()
	var n atomic.Int64
	count := func(*gorm.DB) { n.Add(1) }
	on := m.store.Read(bg).Callback()
	for _, err := range []error{
		on.Query().After("gorm:query").Register("test:count", count), on.Row().After("gorm:row").Register("test:count", count),
		on.Raw().After("gorm:raw").Register("test:count", count), on.Create().After("gorm:create").Register("test:count", count),
		on.Update().After("gorm:update").Register("test:count", count), on.Delete().After("gorm:delete").Register("test:count", count),
	} {
		m.must(err)
	}
	return &n
}

// secret is a case that is about the person's own office, with all that came of
// it; or, where there is none, names of what does not exist.
type secret struct {
	c                 intake.Complaint
	file, item, paper uuid.UUID
	number            string // of the item
}

func (m *matrix) nothingSecret() secret {
	return secret{c: intake.Complaint{ID: uuid.New(), Seq: 700000 + int64(uuid.New().ID()%99999), ReceivedAt: m.store.Now()},
		file: uuid.New(), item: uuid.New(), paper: uuid.New(), number: "盘督交〔2026〕777号"}
}

// accusing makes such a case: answered by letter, with a file, an issued item and
// its paper; it lies with the city.
func (m *matrix) accusing(about string) secret {
	m.t.Helper()
	s := secret{c: m.complaint("delivered", "账本.pdf")}
	var err error
	s.item, err = m.docket.Convert(bg, m.city, s.c.ID, s.c.Version, docket.NewItem{Title: "核查危房改造补助发放", Summary: "请核查补助是否足额发到农户。",
		Requirement: "逐户核对发放表与存折。", Urgency: "normal", Lead: m.units["大洼区扶贫开发办公室"].ID})
	m.must(err)
	m.must(m.docket.Step(bg, m.city, s.item, m.item(s.item).Version, "issue", docket.Entry{}))
	s.number = m.item(s.item).Number
	m.put(s.c.ID, standpoint{desk: cityDesk, about: about})
	s.file = m.fileOf(s.c.ReportID)
	var p struct{ ID uuid.UUID }
	m.must(store.One(m.store.Read(bg).Table("paper").Where("subject_kind = ? AND subject_id = ?", ledger.OfItem, s.item).Limit(1), &p))
	s.paper = p.ID
	return s
}

// ways are the paths on which somebody of an accused office could come upon a
// case: each is taken once when there is nothing, and once when there is.
func (m *matrix) ways() map[string]func(s secret) answer {
	get := func(path func(s secret) string) func(s secret) answer {
		return func(s secret) answer { return m.ask(m.b, "GET", path(s), nil) }
	}
	at := func(path string) func(s secret) answer { return get(func(secret) string { return path }) }
	post := func(path func(s secret) string, form func(s secret) url.Values) func(s secret) answer {
		return func(s secret) answer {
			values := form(s)
			values.Set("csrf", m.csrf)
			values.Set("version", "1")
			return m.ask(m.b, "POST", path(s), values)
		}
	}
	twin := m.complaint("described", "") // of the same village and kind, and the office's own
	mine := "/console/cases/" + twin.ID.String()
	none := func(secret) url.Values { return url.Values{} }
	return map[string]func(s secret) answer{
		"the queue":                       at("/console/cases"),
		"filtered by kind":                at("/console/cases?kind=FUND_WITHHOLD"),
		"filtered by place":               at("/console/cases?place=" + shuangliu),
		"what is finished":                at("/console/cases?finished=1"),
		"searched by words":               at("/console/cases?text=" + url.QueryEscape("危房改造补助")),
		"searched by number":              get(func(s secret) string { return "/console/cases?text=" + url.QueryEscape(s.c.Number()) }),
		"Today, and the counts beside it": at("/console"),
		"the case by its id":              get(func(s secret) string { return "/console/cases/" + s.c.ID.String() }),
		"its file by its id":              get(func(s secret) string { return "/console/cases/" + s.c.ID.String() + "/files/" + s.file.String() }),
		"a step on it":                    post(func(s secret) string { return "/console/cases/" + s.c.ID.String() + "/claim" }, none),
		"looks that look alike":           at(mine),
		"merged into it by number":        post(func(secret) string { return mine + "/link" }, func(s secret) url.Values { return url.Values{"number": {s.c.Number()}} }),
		"the items":                       at("/console/items"),
		"its item by its id":              get(func(s secret) string { return "/console/items/" + s.item.String() }),
		"the papers":                      at("/console/papers"),
		"its paper by its id":             get(func(s secret) string { return "/console/papers/" + s.paper.String() }),
		"its paper taken along":           get(func(s secret) string { return "/console/papers/" + s.paper.String() + "/docx" }),
		"the register":                    at("/console/register"),
		"the register taken along":        at("/console/register/exports/" + m.makeTaking(row{about: myTaking}, standpoint{}).id.String() + "/csv"),
		"the figures":                     at("/console/figures"),
		"the alarms":                      at("/console/alarms"),
		"the reports upwards":             at("/console/workreports"),
		"the orders":                      at("/console/orders"),
		"the measures":                    at("/console/measures"),
		"its audit by its id":             get(func(s secret) string { return "/console/audits/" + s.c.ID.String() }),
		"who tried to see what":           at("/console/refused"),
	}
}

// TestAnAccusedOfficeLearnsNothing takes every way twice: as long as there is
// nothing, and when there is a case about the office. The answers are the same to
// the byte, and so are the numbers of statements by which they were found.
func TestAnAccusedOfficeLearnsNothing(t *testing.T) {
	m := newMatrix(t, still(t))
	statements := m.counted()
	took := func(way func(s secret) answer, s secret) string {
		way(s) // what is kept for a minute, and an attempt that is on record for an hour
		before := statements.Load()
		a := way(s)
		header := a.header.Clone()
		header.Del("Content-Length")
		body := strings.NewReplacer(s.c.Number(), "#", url.QueryEscape(s.c.Number()), "#", s.number, "#", s.c.ID.String(), "#").Replace(a.plain())
		return fmt.Sprintf("%d %d statements %v\n%s", a.status, statements.Load()-before, header, body)
	}
	for _, role := range []staff.Role{staff.TriageOfficer, staff.Supervisor, staff.UnitHandler} {
		m.become(role, panshan)
		ways := m.ways()
		if len(ways) < 20 {
			t.Fatalf("%d ways", len(ways))
		}
		m.become(role, panshan)
		before := map[string]string{}
		for name, way := range ways {
			before[name] = took(way, m.nothingSecret())
		}
		hidden := m.accusing(panshan)
		for name, way := range ways {
			if after := took(way, hidden); after != before[name] {
				t.Errorf("%s, %s, tells that there is a case:\n%s", role, name, difference(before[name], after))
			}
		}
		// The same ways show it to the office above: they lead somewhere.
		if role == staff.Supervisor {
			m.become(role, cityDesk)
			shows := 0
			for _, way := range ways {
				if a := way(hidden); a.status == 200 && (strings.Contains(a.body, hidden.c.Number()) || strings.Contains(a.body, hidden.number)) {
					shows++
				}
			}
			if shows < 9 {
				t.Errorf("to the office above %d of the ways show it", shows)
			}
		}
	}
}

// TestTheFirstAttemptCostsTheSame: recording it takes as long for what is hidden as
// for what there is not.
func TestTheFirstAttemptCostsTheSame(t *testing.T) {
	m := newMatrix(t, still(t))
	statements := m.counted()
	m.become(staff.Supervisor, panshan)
	for name, way := range m.ways() {
		if !strings.HasSuffix(name, "id") && name != "a step on it" && name != "searched by number" {
			continue
		}
		hidden := m.accusing(panshan) // nobody has asked for it yet
		cost := func(s secret) int64 {
			before := statements.Load()
			way(s)
			return statements.Load() - before
		}
		cost(m.nothingSecret()) // what is read once a minute
		nothing, first := cost(m.nothingSecret()), cost(hidden)
		if again := cost(hidden); nothing != first || again >= first {
			t.Errorf("%s: %d statements for nothing, %d for what is hidden, %d the second time", name, nothing, first, again)
		}
	}
}

// difference is where two texts part.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	end := func(s string) string { return s[max(0, min(i-60, len(s))):min(len(s), i+160)] }
	return end(a) + "\n— and —\n" + end(b)
}
