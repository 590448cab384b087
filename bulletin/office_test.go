package bulletin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	cityDesk    = "盘锦市委市政府督查室"
	panshan     = "盘山县督查室"
	dawa        = "大洼区督查室"
	panshanPoor = "盘山县扶贫开发办公室"

	shuangliu   = "211122111901" // an invented village
	villagesCSV = "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"
	told        = "村会计把我家危房改造补助款扣下三千元没有给"
)

var bg = context.Background()

// office is a desk on a real database with the standard offices and a time that
// the test sets: at first it is nine o'clock on Monday, 2 March 2026.
type office struct {
	*Desk
	t      *testing.T
	now    atomic.Int64
	units  map[string]region.Unit
	intake *intake.Desk
	cases  *triage.Queue
	visits *inspection.Desk
	orders *rectification.Desk

	author, mate, boss, publisher staff.Officer // of 盘山县督查室
	city, cityBoss                staff.Officer
	foreign                       staff.Officer // of 大洼区督查室
	handler, other                staff.Officer // of an office that is addressed; of one that is not
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
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
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
	clocks := clock.New(s, workday.BuiltIn())
	people := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	o.intake = intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks})
	o.cases = triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Intake: o.intake, Shelf: shelf, Clocks: clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	guard := func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return o.MaySee(ctx, by, id) }
	o.Desk = New(Config{
		Store: s, Atlas: atlas, Clocks: clocks, Staff: people,
		Docket:  docket.New(docket.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Triage: o.cases, Shelf: shelf, Clocks: clocks}),
		Notices: notice.NewDesk(notice.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Rolls: roll.New(s, atlas), Clocks: clocks}),
		Figures: figures.New(figures.Config{Store: s, Atlas: atlas, Clocks: clocks}),
		Papers: paper.New(paper.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Intake: o.intake,
			Guards: map[ledger.Subject]paper.Guard{ledger.OfBulletin: guard}}),
	})
	o.visits = inspection.New(inspection.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: o.Docket,
		Finders: map[ledger.Subject]inspection.Finder{ledger.OfComplaint: o.cases.Numbered}})
	o.orders = rectification.New(rectification.Config{Store: s, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: o.Docket, Inspections: o.visits, Papers: o.Papers})
	o.Sources = SourcesOf(o.visits, o.orders)
	o.author, o.mate, o.boss, o.publisher = o.person(panshan, "何试样", staff.TriageOfficer), o.person(panshan, "罗试样", staff.TriageOfficer), o.person(panshan, "方试样", staff.Supervisor), o.person(panshan, "施试样", staff.Publisher)
	o.city, o.cityBoss, o.foreign = o.person(cityDesk, "田试样", staff.TriageOfficer), o.person(cityDesk, "关试样", staff.Supervisor), o.person(dawa, "沈试样", staff.Supervisor)
	o.handler, o.other = o.person(panshanPoor, "祝试样", staff.UnitHandler), o.person("大洼区扶贫开发办公室", "盛试样", staff.UnitHandler)
	return o
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

// problem is what is wrong with a field.
func problem(err error, field string) string {
	var invalid *step.Invalid
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Problems[field]
}

func (o *office) person(unit, name string, role staff.Role) staff.Officer {
	o.t.Helper()
	u, known := o.units[unit]
	if !known {
		o.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), o.Store.Now()
	p := staff.Officer{ID: id, Login: id.String(), Name: name, UnitID: u.ID, UnitName: u.Name, Roles: []staff.Role{role}}
	o.must(o.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	o.must(o.Store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(role), "granted_at": now}).Error)
	return p
}

// criticism is one that may be issued.
func (o *office) criticism() NewCircular {
	return NewCircular{Tone: Criticism, Scope: Internal, Title: "关于危房改造补助发放迟缓的通报", Body: "部分单位核查危房改造补助进展迟缓，逾期未报。",
		Demand: "查清原因，补齐材料。", Named: []uuid.UUID{o.units[panshanPoor].ID}}
}

func (o *office) drafted(n NewCircular) Whole {
	o.t.Helper()
	id, err := o.Draft(bg, o.author, n)
	o.must(err)
	return o.read(o.author, id)
}

func (o *office) issued(n NewCircular) Whole {
	o.t.Helper()
	c := o.drafted(n)
	o.must(o.Issue(bg, o.boss, c.ID, c.Version))
	return o.read(o.author, c.ID)
}

func (o *office) read(by staff.Officer, id uuid.UUID) Whole {
	o.t.Helper()
	w, err := o.Open(bg, by, id)
	o.must(err)
	return w
}

// item is an issued item behind which a villager's report stands.
func (o *office) item() docket.Brief {
	o.t.Helper()
	_, err := o.intake.Submit(bg, intake.Submission{Token: o.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Mode: intake.Named, Name: "张试样", Phone: "13800000000", Channel: intake.Web, Lang: "zh-CN"})
	o.must(err)
	c := o.lastCase()
	o.must(o.cases.Describe(bg, o.author, c.ID, c.Version, triage.Description{Summary: "反映双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"查清补助去向"}}))
	o.must(o.cases.Accept(bg, o.author, c.ID, o.lastCase().Version))
	id, err := o.Docket.Convert(bg, o.author, c.ID, o.lastCase().Version, docket.NewItem{Title: "核查补助发放", Summary: "请核查补助是否足额发到农户。", Requirement: "逐户核对。", Urgency: "normal", Lead: o.units[panshanPoor].ID})
	o.must(err)
	o.must(o.Docket.Step(bg, o.author, id, 1, "issue", docket.Entry{}))
	b, err := o.Docket.Brief(bg, o.author, id)
	o.must(err)
	return b
}

// order is an issued order that comes of such an item.
func (o *office) order() string {
	o.t.Helper()
	id, err := o.orders.FromItem(bg, o.author, o.item().ID, []rectification.Wanted{{Problem: "部分补助没有足额发放。", Basis: "资金管理办法第五条", Requirement: "逐户核对补发。"}},
		rectification.Wording{Exchange: "已与单位主要负责人交换意见，没有异议。", Contact: "书面报县督查室"})
	o.must(err)
	o.must(o.orders.Issue(bg, o.boss, id, 1))
	w, err := o.orders.Open(bg, o.author, id)
	o.must(err)
	return w.Number
}

// visit is an inspection whose team spoke to somebody.
func (o *office) visit() string {
	o.t.Helper()
	today := o.today()
	id, err := o.visits.Arrange(bg, o.author, inspection.Mandate{Target: o.units["甜水镇人民政府"].ID, Kind: inspection.Irregular, Form: inspection.Onsite,
		Basis: "《督查追责办法》第四条", Focus: "补助资金到户情况", StartsOn: today, EndsOn: today, Leader: o.author.ID, Clauses: []string{"9.2"}})
	o.must(err)
	o.must(o.visits.Record(bg, o.author, id, inspection.Done{Method: inspection.HouseholdVisit, On: today, From: "09:00", To: "09:30", Place: "双柳村三组", People: []string{"甄试样"}, Found: "补助没有到折上，存折在会计手里。"}))
	b, err := o.visits.Brief(bg, o.author, id)
	o.must(err)
	return b.Number
}

func (o *office) lastCase() (c intake.Complaint) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c
}

// kinds lists the events of a subject, and holds what they carry to codes, ids,
// dates and numbers.
func (o *office) kinds(id uuid.UUID) string {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, ledger.OfBulletin, id)
	o.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		for key, value := range e.Body {
			if key != "number" && strings.ContainsFunc(value, func(r rune) bool { return r > 0x2e7f }) {
				o.t.Errorf("%s carries words: %q", e.Kind, value)
			}
		}
	}
	return strings.Join(kinds, " ")
}

// count counts everything anew, also what happened within the last minute.
func (o *office) count() {
	o.t.Helper()
	o.must(o.Figures.Rebuild(bg))
}
