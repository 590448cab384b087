package audit_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/audit"
	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	shuangliu = "211122111901"
)

var bg = context.Background()

// office is the rooms that an audit looks into, with a clock that the test moves.
type office struct {
	*audit.Desk
	t      testing.TB
	store  *store.Store
	people *staff.Desk
	units  map[string]region.Unit
	mu     sync.Mutex
	now    time.Time

	handler, curious, boss staff.Officer // of the county, whose case was looked at
	chief, second, auditor staff.Officer // of the city
}

// each runs a test in an office on SQLite and in one on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()})) })
}

func open(t testing.TB, c store.Config) *office {
	t.Helper()
	// A Monday, nine in the morning in Shanghai.
	o := &office{t: t, units: map[string]region.Unit{}, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	c.Now = func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }
	var err error
	o.store, err = store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { o.store.Close() })
	o.must(region.Seed(bg, o.store))
	atlas, err := region.NewAtlas(bg, o.store)
	o.must(err)
	_, err = atlas.Import(bg, strings.NewReader("code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"), false, nil)
	o.must(err)
	units, err := atlas.StandardUnits(bg)
	o.must(err)
	for _, u := range units {
		o.units[u.Name] = u
	}
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	o.must(err)
	shelf := evidence.New(evidence.Config{Store: o.store, Keys: keys, Blobs: blobs})
	clocks := clock.New(o.store, workday.BuiltIn())
	desk := intake.New(intake.Config{Store: o.store, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks})
	o.people = staff.New(staff.Config{Store: o.store, Keys: keys, Atlas: atlas})
	queue := triage.New(triage.Config{Store: o.store, Keys: keys, Atlas: atlas, Staff: o.people,
		Intake: desk, Shelf: shelf, Clocks: clocks, Tell: func(lang, key string, pairs ...any) string { return lang + " " + key + " " + fmt.Sprint(pairs...) }})
	o.Desk = audit.New(audit.Config{Store: o.store, Keys: keys, Triage: queue, Intake: desk, Clocks: clocks, Atlas: atlas,
		Disclosers: map[ledger.Subject]clock.Discloser{ledger.OfComplaint: queue.Keeper().(clock.Discloser)}})
	o.handler, o.curious, o.boss = o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor)
	o.chief, o.second, o.auditor = o.officer(cityDesk, staff.Supervisor), o.officer(cityDesk, staff.Supervisor), o.officer(cityDesk, staff.Auditor)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// pass lets hours go by.
func (o *office) pass(hours int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(time.Duration(hours) * time.Hour)
}

func (o *office) officer(unit string, roles ...staff.Role) staff.Officer {
	o.t.Helper()
	u, ok := o.units[unit]
	if !ok {
		o.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), o.store.Now()
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: u.Name, Roles: roles}
	o.must(o.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	for _, r := range roles {
		o.must(o.store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": now}).Error)
	}
	return p
}

// matter is a case with the receipt of its reporter.
type matter struct {
	intake.Complaint
	digits string
}

func (o *office) submit(kind intake.Kind, earlier string) matter {
	o.t.Helper()
	r, err := o.Intake.Submit(bg, intake.Submission{Token: o.Intake.NewForm().Token, PlaceCode: shuangliu, Text: "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二。",
		Mode: intake.Confidential, Name: "张试样", Phone: "13800000000", Kind: kind, Channel: intake.Web, Lang: "zh-CN", Earlier: earlier})
	o.must(err)
	var c intake.Complaint
	o.must(o.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return matter{c, r.Digits}
}

// punished is a case that the county took up, and the report of its reporter that
// they were punished for it.
func (o *office) punished() (before, after matter) {
	o.t.Helper()
	before = o.submit("FUND_WITHHOLD", "")
	o.see(o.handler, before)
	o.describe(before)
	return before, o.submit(intake.Retaliation, before.digits)
}

// describe is a step in a case: whoever takes it has a part in it.
func (o *office) describe(m matter) {
	o.t.Helper()
	o.must(o.Triage.Describe(bg, o.handler, m.ID, m.Version, triage.Description{
		Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"把少发的补上"}}))
}

// see shows a case to somebody.
func (o *office) see(by staff.Officer, m matter) {
	o.t.Helper()
	_, err := o.Triage.Case(bg, by, m.ID)
	o.must(err)
}

// blame says that a case is about an office.
func (o *office) blame(m matter, unit uuid.UUID) {
	o.t.Helper()
	o.must(o.store.Read(bg).Exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) VALUES (?, ?, ?, ?)", m.ID, unit, o.second.ID, o.store.Now()).Error)
}

func (o *office) view(by staff.Officer, m matter) audit.View {
	o.t.Helper()
	v, err := o.Open(bg, by, m.ID, time.Time{})
	o.must(err)
	return v
}
