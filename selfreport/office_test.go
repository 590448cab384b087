package selfreport

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

var bg = context.Background()

const (
	cityDesk = "盘锦市委市政府督查室"
	panshan  = "盘山县督查室"
	dawa     = "大洼区督查室"
	tianshui = "甜水镇人民政府"
)

// office is a desk on a real database with the standard offices, a town, and a
// time that the test sets: at first it is nine o'clock on Monday, 2 March 2026.
type office struct {
	*Desk
	t     *testing.T
	now   atomic.Pointer[time.Time]
	units map[string]region.Unit

	city, second  staff.Officer // of the office that asks
	county, mate  staff.Officer // of one that owes
	zone, reader  staff.Officer // of another that owes; of the county, without a part in it
	town, handler staff.Officer // of the town: without a part in it; who answers for it
}

func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, build(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, build(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func build(t *testing.T, c store.Config) *office {
	t.Helper()
	o := &office{t: t, units: map[string]region.Unit{}}
	o.on("2026-03-02")
	c.Now = func() time.Time { return *o.now.Load() }
	s, err := store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { s.Close() })
	o.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	o.must(err)
	_, err = atlas.StandardUnits(bg)
	o.must(err)
	_, err = atlas.AddTownOffice(bg, "211122111000")
	o.must(err)
	for _, u := range atlas.Units() {
		o.units[u.Name] = u
	}
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	o.must(err)
	o.Desk = New(Config{
		Store: s, Atlas: atlas, Clocks: clock.New(s, workday.BuiltIn()), Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas}),
		Shelf: evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs}),
	})
	o.city, o.second = o.person(cityDesk, staff.TriageOfficer), o.person(cityDesk, staff.Supervisor)
	o.county, o.mate, o.reader = o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.Supervisor), o.person(panshan, staff.Registrar)
	o.zone, o.town, o.handler = o.person(dawa, staff.Supervisor), o.person(tianshui, staff.Publisher), o.person(tianshui, staff.UnitHandler)
	return o
}

// on sets the clock to nine in the morning of a day in Shanghai.
func (o *office) on(day workday.Date) {
	at := day.Time().Add(9 * time.Hour)
	o.now.Store(&at)
}

func (o *office) must(err error) {
	o.t.Helper()
	var invalid *step.Invalid
	if errors.As(err, &invalid) {
		o.t.Fatalf("%v: %v", err, invalid.Problems)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// fails holds an error to a sentinel.
func (o *office) fails(what string, err, want error) {
	o.t.Helper()
	if !errors.Is(err, want) {
		o.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// problem is what is wrong with a field.
func problem(err error, field string) string {
	var invalid *step.Invalid
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Problems[field]
}

// person adds an account to an office.
func (o *office) person(unit string, role staff.Role) staff.Officer {
	o.t.Helper()
	u, known := o.units[unit]
	if !known {
		o.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), o.Store.Now()
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: u.Name, Roles: []staff.Role{role}}
	o.must(o.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	o.must(o.Store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(role), "granted_at": now}).Error)
	return p
}

// request is a proper one: the city asks two counties each month, from February.
func (o *office) request() Request {
	return Request{Title: "精准扶贫月度自查", Every: Month, First: "2026-02", Units: []uuid.UUID{o.units[panshan].ID, o.units[dawa].ID}, Questions: []Question{
		{Words: "本月入户走访户数", Kind: Number, Required: true}, {Words: "专项资金拨付合计", Kind: Amount, Required: true},
		{Words: "名单是否按期公示", Kind: YesNo, Required: true}, {Words: "存在的问题", Kind: Text},
	}}
}

func (o *office) asked() uuid.UUID {
	o.t.Helper()
	id, err := o.Ask(bg, o.city, o.request())
	o.must(err)
	return id
}

// owes is the first report that an officer's office has to hand in.
func (o *office) owes(by staff.Officer) Whole {
	o.t.Helper()
	lines, err := o.Waiting(bg, by)
	o.must(err)
	if len(lines) == 0 {
		o.t.Fatalf("%s owes nothing", by.UnitName)
	}
	return o.read(by, lines[0].ID)
}

func (o *office) read(by staff.Officer, id uuid.UUID) Whole {
	o.t.Helper()
	w, err := o.Open(bg, by, id)
	o.must(err)
	return w
}

var answered = Answers{1: {Figure: 42}, 2: {Figure: 5_200_000}, 3: {Figure: 1}, 4: {Words: "两个村公示晚了三天"}}

// sent is a report of the county that was handed in.
func (o *office) sent() Whole {
	o.t.Helper()
	w := o.owes(o.county)
	o.must(o.HandIn(bg, o.county, w.ID, w.Version, answered, nil))
	return o.read(o.county, w.ID)
}

// stage puts a small PDF into a form.
func (o *office) stage(key []byte) {
	o.t.Helper()
	_, err := o.Shelf.Stage(bg, key, "台账.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
}

// kinds lists the events of a subject, and holds what they carry to codes, ids and
// dates.
func (o *office) kinds(id uuid.UUID) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, ledger.OfSelfReport, id)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		for _, value := range e.Body {
			if strings.ContainsFunc(value, func(r rune) bool { return r > 0x2e7f }) {
				o.t.Errorf("%s carries words: %q", e.Kind, value)
			}
		}
	}
	return kinds
}

// clocks lists what runs for a report: its last day.
func (o *office) clocks(id uuid.UUID) (due []workday.Date) {
	o.t.Helper()
	open, err := o.Clocks.Running(o.Store.Read(bg), id)
	o.must(err)
	for _, d := range open {
		due = append(due, d.DueOn)
	}
	return due
}

func (o *office) exec(statement string, values ...any) error {
	return o.Store.Read(bg).Exec(statement, values...).Error
}

// race runs things at the same time.
func race(all ...func() error) []error {
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	start := make(chan struct{})
	for n, do := range all {
		wait.Add(1)
		go func() {
			defer wait.Done()
			<-start
			errs[n] = do()
		}()
	}
	close(start)
	wait.Wait()
	return errs
}
