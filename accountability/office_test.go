package accountability

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/staff/stafftest"
	"minsheng/triage"
)

const (
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	poor      = "盘山县扶贫开发办公室"
	dawa      = "大洼区督查室"
	tianshui  = "甜水镇人民政府"
	shuangliu = "211122111901"
	villages  = "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"

	told     = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二,会计说那三千是手续费。"
	reporter = "张试样"
	accused  = "冯佑才" // who is held to account: must be found nowhere in the clear
)

var bg = context.Background()

// office is a desk on a real database with the rooms it leans on, the people whom
// stories need, and a time that the test sets: at first nine o'clock on Monday,
// 2 March 2026.
type office struct {
	*Desk
	t      *testing.T
	now    atomic.Int64 // each look at the clock takes a millisecond
	intake *intake.Desk
	units  map[string]region.Unit

	custody                    *custody.Desk
	officer, mate, boss, boss2 staff.Officer // of 盘山县's desk
	custodian, keeper          staff.Officer // the same
	city, cityBoss, foreign    staff.Officer // above it, and beside it
	clerk, stranger            staff.Officer // of the town held to account, and of another office
}

func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, build(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, build(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func build(t *testing.T, c store.Config) *office {
	t.Helper()
	o := &office{t: t, units: map[string]region.Unit{}}
	o.on("2026-03-02")
	c.Now = func() time.Time { return time.Unix(0, o.now.Add(1e6)) }
	s, err := store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { s.Close() })
	o.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	o.must(err)
	_, err = atlas.Import(bg, strings.NewReader(villages), false, nil)
	o.must(err)
	_, err = atlas.StandardUnits(bg)
	o.must(err)
	_, err = atlas.AddTownOffice(bg, "211122111000")
	o.must(err)
	for _, u := range atlas.Units() {
		o.units[u.Name] = u
	}
	o.furnish(s, atlas)
	o.officer, o.mate, o.boss, o.boss2 = o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.Supervisor), o.person(panshan, staff.Supervisor)
	o.custodian, o.city, o.cityBoss, o.foreign = o.person(panshan, staff.IdentityCustodian), o.person(cityDesk, staff.TriageOfficer), o.person(cityDesk, staff.Supervisor), o.person(dawa, staff.Supervisor)
	o.keeper = o.person(panshan, staff.IdentityCustodian)
	o.clerk, o.stranger = o.person(tianshui, staff.UnitHandler), o.person(poor, staff.UnitHandler)
	return o
}

// furnish builds the rooms.
func (o *office) furnish(s *store.Store, atlas *region.Atlas) {
	o.t.Helper()
	keys, err := seal.Create(o.t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(o.t.TempDir())
	o.must(err)
	clocks, shelf := clock.New(s, workday.BuiltIn()), evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	people := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	o.custody = custody.New(custody.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people})
	o.intake = intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks, Custody: o.custody})
	cases := triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Intake: o.intake, Shelf: shelf, Clocks: clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	items := docket.New(docket.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Triage: cases, Shelf: shelf, Clocks: clocks})
	papers := paper.New(paper.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Intake: o.intake, Guards: map[ledger.Subject]paper.Guard{
		ledger.OfReferral: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return o.MaySeal(ctx, by, id) },
		ledger.OfMeasure:  func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return o.MayRead(ctx, by, id) },
	}})
	visits := inspection.New(inspection.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: items, Papers: papers})
	orders := rectification.New(rectification.Config{Store: s, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: items, Inspections: visits, Papers: papers})
	o.Desk = New(Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Triage: cases, Shelf: shelf, Clocks: clocks, Docket: items, Inspections: visits, Orders: orders, Papers: papers,
		Finders: map[ledger.Subject]Finder{ledger.OfComplaint: cases.Numbered, ledger.OfItem: items.Numbered, ledger.OfInspection: visits.Numbered, ledger.OfOrder: orders.Numbered}})
}

// key is the key of somebody's session.
func (o *office) key(of staff.Officer) *staff.Key {
	o.t.Helper()
	return stafftest.Session(o.t, o.Store, o.Keys, o.Staff, of.ID).Key
}

// lockAway has the county's two custodians keep names under a key of theirs.
func (o *office) lockAway() {
	o.t.Helper()
	heard := o.key(o.keeper).Recipient()
	o.must(o.custody.Ring(custody.Identity).Create(bg, o.custodian, o.key(o.custodian)))
	o.must(o.custody.Ring(custody.Identity).Admit(bg, o.custodian, o.key(o.custodian), o.keeper.ID, heard))
}

// on sets the clock to nine in the morning of a day in Shanghai.
func (o *office) on(day workday.Date) { o.now.Store(day.Time().Add(9 * time.Hour).UnixNano()) }

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

func (o *office) fails(what string, err, want error) {
	o.t.Helper()
	if !errors.Is(err, want) {
		o.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

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
	o.must(o.Store.Transact(bg, func(tx *gorm.DB) error {
		err := tx.Table("account").Create(map[string]any{
			"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
			"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
		}).Error
		if err != nil {
			return err
		}
		return tx.Table("account_role").Create(map[string]any{"account_id": id, "role": string(role), "granted_at": now}).Error
	}))
	return p
}

// complaint is a case of 双柳村 at 盘山县's desk, described and accepted.
func (o *office) complaint() intake.Complaint {
	o.t.Helper()
	_, err := o.intake.Submit(bg, intake.Submission{Token: o.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Mode: intake.Named,
		Name: reporter, Phone: "13800000000", Channel: intake.Web, Lang: "zh-CN"})
	o.must(err)
	var c intake.Complaint
	o.must(o.Store.Read(bg).Order("seq DESC").Take(&c).Error)
	o.must(o.Triage.Describe(bg, o.officer, c.ID, c.Version, triage.Description{Summary: "反映危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"补发三千元"}}))
	o.must(o.Triage.Accept(bg, o.officer, c.ID, c.Version+1))
	o.must(store.One(o.Store.Read(bg).Where("id = ?", c.ID), &c))
	return c
}

// item is one of the county's, that comes of no case; issued, with its number.
func (o *office) item(by staff.Officer) docket.Brief {
	o.t.Helper()
	today := o.today()
	id, err := o.Docket.Open(bg, by, docket.NewItem{OriginOn: &today, Title: "核查危房改造补助发放", Summary: "请核查双柳村危房改造补助是否足额发到农户。", Requirement: "逐户核对发放表与存折。",
		Urgency: "normal", Lead: o.units[tianshui].ID, Origin: docket.LeaderInstruction, OriginNote: "请查清楚，限期整改。"})
	o.must(err)
	o.must(o.Docket.Step(bg, by, id, 1, "issue", docket.Entry{}))
	b, err := o.Docket.Brief(bg, by, id)
	o.must(err)
	return b
}

// against is a proper proposal on a ground.
func (o *office) against(code Code, ground string) Proposal {
	p := Proposal{Code: code, Target: o.units[tianshui].ID, Clauses: []string{"19.5"}, Grounds: []string{ground},
		Words: Words{Facts: "抽查六户，两户补助资金没有到户，合计四千元。", Requirement: "十五日内书面报告。", Reference: "《盘锦市督促检查工作实施办法》第二十二条"}}
	if code[0] == 'P' {
		p.Person = Person{Name: accused, Post: "分管副镇长", Role: DeputyLead, Level: "town"}
	}
	if s, _ := sanctionOf(code); s.Nature != Decide {
		p.Body, p.BodyName = s.Bodies[0], "盘山县委组织部"
	}
	return p
}

func (o *office) proposed(by staff.Officer, p Proposal) uuid.UUID {
	o.t.Helper()
	id, err := o.Propose(bg, by, p)
	o.must(err)
	return id
}

// approved is a measure that the boss approved.
func (o *office) approved(p Proposal) uuid.UUID {
	o.t.Helper()
	id := o.proposed(o.officer, p)
	o.must(o.Rule(bg, o.boss, id, 1, true, false, ""))
	return id
}

// handed is a measure that was served.
func (o *office) handed(p Proposal) uuid.UUID {
	o.t.Helper()
	id := o.approved(p)
	o.must(o.Serve(bg, o.officer, id, 2, o.today(), "in_person"))
	return id
}

func (o *office) stored(id uuid.UUID) Measure {
	o.t.Helper()
	var m Measure
	o.must(store.One(o.Store.Read(bg).Where("id = ?", id), &m))
	return m
}

func (o *office) whole(by staff.Officer, id uuid.UUID) Whole {
	o.t.Helper()
	w, err := o.Open(bg, by, id)
	o.must(err)
	return w
}

func (o *office) kinds(subject ledger.Subject, id uuid.UUID) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, subject, id)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// stage puts a small PDF into a form.
func (o *office) stage(key []byte) {
	o.t.Helper()
	_, err := o.Shelf.Stage(bg, key, "反馈函.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
}

// oneWins runs several things at once: one gets nil, the others a sentinel.
func (o *office) oneWins(what string, sentinels []error, all ...func() error) {
	o.t.Helper()
	got, start := make([]error, len(all)), make(chan struct{})
	var running sync.WaitGroup
	for n, do := range all {
		running.Go(func() { <-start; got[n] = do() })
	}
	close(start)
	running.Wait()
	won := 0
	for _, err := range got {
		if err == nil {
			won++
		} else if !slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) }) {
			o.t.Errorf("%s: the loser got %v", what, err)
		}
	}
	if won != 1 {
		o.t.Errorf("%s: %d won: %v", what, won, got)
	}
}
