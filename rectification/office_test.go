package rectification

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
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
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

var bg = context.Background()

const (
	cityDesk    = "盘锦市委市政府督查室"
	panshan     = "盘山县督查室"
	panshanPoor = "盘山县扶贫开发办公室"
	dawa        = "大洼区督查室"
	tianshui    = "甜水镇人民政府"
	shuangliu   = "211122111901"

	villagesCSV = "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"
)

// office is a desk on a real database with the rooms below it, the people whom
// most stories need, and a time that the test sets: at first it is nine o'clock on
// Monday, 2 March 2026.
type office struct {
	*Desk
	t      *testing.T
	now    atomic.Int64 // nanoseconds; each look at the clock takes a millisecond
	units  map[string]region.Unit
	Intake *intake.Desk
	Triage *triage.Queue

	worker, mate, checker, boss staff.Officer // of the county that orders
	city, other                 staff.Officer // above it, beside it
	town, poor, idle            staff.Officer // handlers of three offices below it
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
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	people := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	o.Intake = intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks})
	o.Triage = triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Intake: o.Intake, Shelf: shelf, Clocks: clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	items := docket.New(docket.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Triage: o.Triage, Shelf: shelf, Clocks: clocks})
	press := paper.New(paper.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Intake: o.Intake, Guards: map[ledger.Subject]paper.Guard{
		ledger.OfOrder: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return o.MayRead(ctx, by, id) }}})
	visits := inspection.New(inspection.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: items, Papers: press})
	o.Desk = New(Config{Store: s, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Docket: items, Inspections: visits, Papers: press})
	o.worker, o.mate, o.checker = o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.TriageOfficer)
	o.boss, o.city, o.other = o.person(panshan, staff.Supervisor), o.person(cityDesk, staff.Supervisor), o.person(dawa, staff.Supervisor)
	o.town, o.poor, o.idle = o.person(tianshui, staff.UnitHandler), o.person(panshanPoor, staff.UnitHandler), o.person(dawa, staff.UnitHandler)
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

const witness = "甄大有"

// inspected is an inspection of the town with two issued findings.
func (o *office) inspected() inspection.Whole {
	o.t.Helper()
	visit := func() inspection.Whole {
		all, err := o.Inspections.List(bg, o.boss, inspection.Filter{State: "all"})
		o.must(err)
		w, err := o.Inspections.Open(bg, o.boss, all[0].ID)
		o.must(err)
		return w
	}
	lead := o.person(panshan, staff.TriageOfficer)
	id, err := o.Inspections.Arrange(bg, lead, inspection.Mandate{
		Target: o.units[tianshui].ID, Kind: inspection.Irregular, Form: inspection.Onsite, Basis: "《督查追责办法》第四条", Focus: "专项资金到村到户情况",
		StartsOn: o.today(), EndsOn: o.today(), Leader: lead.ID, Clauses: []string{"9.2"},
	})
	o.must(err)
	o.must(o.Inspections.Record(bg, lead, id, inspection.Done{Method: inspection.HouseholdVisit, On: o.today(), Place: "双柳村三组", People: []string{witness + "（三组）"}, Found: "两户补助没有到折上"}))
	for _, facts := range []string{"抽查六户，两户补助资金没有到户。", "公示栏里没有今年的名单，村民不知情。"} {
		o.must(o.Inspections.Write(bg, lead, id, nil, 0, inspection.Words{Clause: "9.2", Facts: facts, Basis: "《督查追责办法》第九条第二项", Severity: inspection.Serious,
			Households: 2, AmountFen: 400000, Requirement: "十五日内发放到户", Activities: []uuid.UUID{visit().Activities[0].ID}}))
	}
	w := visit()
	o.must(o.Inspections.ExchangeViews(bg, lead, id, w.Version, inspection.Talk{HeldOn: o.today(), Leaders: []string{"镇长 季某"}, Signed: true, Whole: inspection.Opinion{Agreed: true},
		Of: map[uuid.UUID]inspection.Opinion{w.Findings[0].ID: {Words: "款项在途中"}, w.Findings[1].ID: {Agreed: true}}}))
	o.must(o.Inspections.SubmitFindings(bg, lead, id, visit().Version))
	o.must(o.Inspections.IssueFindings(bg, o.boss, id, visit().Version))
	return visit()
}

var wording = Wording{Exchange: "2026年3月2日与镇长交换意见，对问题一有不同意见。", Requirement: "举一反三，全镇自查。", Contact: "书面报县督查室，电话0427-0000000"}

// proposed is an order on both findings of an inspection.
func (o *office) proposed() uuid.UUID {
	o.t.Helper()
	w := o.inspected()
	id, err := o.FromFindings(bg, o.worker, w.ID, []uuid.UUID{w.Findings[0].ID, w.Findings[1].ID}, wording)
	o.must(err)
	return id
}

// whole is an order as the boss sees it.
func (o *office) whole(id uuid.UUID) Whole {
	o.t.Helper()
	w, err := o.Open(bg, o.boss, id)
	o.must(err)
	return w
}

func (o *office) version(id uuid.UUID) int { o.t.Helper(); return o.whole(id).Version }

func (o *office) plan(id uuid.UUID) (p Plan) {
	for _, one := range o.whole(id).Points {
		p.Points = append(p.Points, PointPlan{one.ID, "逐户核对后补发", "副镇长 洪某", o.today().Add(10)})
	}
	return p
}

func (o *office) report(id uuid.UUID) Report {
	r := Report{Basics: "镇里召开专题会议，逐条整改。", Lasting: "发放表公示后再发放", Head: "镇长 季某"}
	for n, one := range o.whole(id).Points {
		r.Points = append(r.Points, PointReport{one.ID, "经办人截留", "追回并补发", n == 0, "第二笔月底到账", "副镇长 洪某"})
	}
	return r
}

// seen is a look on site at which the points that are named by number failed.
func (o *office) seen(id uuid.UUID, failed ...int) Seen {
	s := Seen{On: o.today(), Place: "双柳村村部", People: "村干部二人", Words: "逐户看了存折"}
	for _, one := range o.whole(id).Points {
		p := PointSeen{Point: one.ID, Passed: true}
		if slices.Contains(failed, one.N) {
			p = PointSeen{one.ID, false, "名单仍未张贴"}
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// The stages of an order's life, each reached from the one before.
var stages = []struct {
	state State
	do    func(o *office, id uuid.UUID) error
}{
	{Ordered, func(o *office, id uuid.UUID) error { return o.Issue(bg, o.mate, id, o.version(id)) }},
	{PlanSubmitted, func(o *office, id uuid.UUID) error { return o.HandInPlan(bg, o.town, id, o.version(id), o.plan(id)) }},
	{PlanApproved, func(o *office, id uuid.UUID) error { return o.RulePlan(bg, o.mate, id, o.version(id), true, "") }},
	{InProgress, func(o *office, id uuid.UUID) error { return o.Note(bg, o.town, id, "已核对四户", nil) }},
	{ReportSubmitted, func(o *office, id uuid.UUID) error {
		return o.HandInReport(bg, o.town, id, o.version(id), o.report(id))
	}},
	{Verified, func(o *office, id uuid.UUID) error { return o.Check(bg, o.checker, id, o.version(id), o.seen(id)) }},
	{StruckOff, func(o *office, id uuid.UUID) error { return o.StrikeOff(bg, o.boss, id, o.version(id), "") }},
}

// bring takes an order from where it is to a later state.
func (o *office) bring(id uuid.UUID, to State) {
	o.t.Helper()
	behind := slices.IndexFunc(stages, func(s struct {
		state State
		do    func(o *office, id uuid.UUID) error
	}) bool {
		return s.state == o.whole(id).State
	})
	for _, s := range stages[behind+1:] {
		if o.whole(id).State == to {
			break
		}
		o.must(s.do(o, id))
	}
	if now := o.whole(id).State; now != to {
		o.t.Fatalf("it is %s, want %s", now, to)
	}
}

// at is an order on two findings in a state.
func (o *office) at(s State) uuid.UUID {
	o.t.Helper()
	id := o.proposed()
	o.bring(id, s)
	return id
}

const reporterWords = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二,会计说那三千是手续费。"

// item is an issued supervision item that came of a report under a name, for the
// county's poverty office.
func (o *office) item() uuid.UUID {
	o.t.Helper()
	_, err := o.Intake.Submit(bg, intake.Submission{
		Token: o.Intake.NewForm().Token, PlaceCode: shuangliu, Text: reporterWords, Mode: intake.Named, Name: "张试样", Phone: "13800000001", Channel: intake.Web, Lang: "zh-CN"})
	o.must(err)
	var c intake.Complaint
	read := func() { o.must(o.Store.Read(bg).Order("seq DESC").Take(&c).Error) }
	read()
	o.must(o.Triage.Describe(bg, o.worker, c.ID, c.Version, triage.Description{Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD",
		Programme: "housing", Severity: 2, Demands: []string{"查清补助去向"}}))
	read()
	o.must(o.Triage.Accept(bg, o.worker, c.ID, c.Version))
	read()
	id, err := o.Docket.Convert(bg, o.worker, c.ID, c.Version, docket.NewItem{Title: "核查危房改造补助发放", Summary: "请核查甜水镇危房改造补助是否足额发到农户。",
		Requirement: "逐户核对发放表与存折。", Urgency: "normal", Lead: o.units[panshanPoor].ID})
	o.must(err)
	o.must(o.Docket.Step(bg, o.worker, id, 1, "issue", docket.Entry{}))
	return id
}

var wanted = Wanted{Problem: "发放表与到账凭证金额不符，两户少发。", Basis: "《督查追责办法》第九条第二项", Requirement: "核对全部凭证并补发到户", AmountFen: 300000, Households: 2}

// plain is a wording without numbers, as orders of items have: any could be a
// reporter's.
var plain = Wording{Exchange: "已与单位主要负责人交换意见，没有异议。", Contact: "书面报县督查室"}

// quietly keeps failures that are meant out of the log until it is undone.
func quietly() func() {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	return func() { slog.SetDefault(log) }
}

// stage puts a small PDF into a form.
func (o *office) stage() []byte {
	o.t.Helper()
	key := []byte(uuid.NewString())
	_, err := o.Shelf.Stage(bg, key, "凭证.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
	return key
}

// kinds lists the events of an order; none may carry words.
func (o *office) kinds(id uuid.UUID) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, ledger.OfOrder, id)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		for name, value := range e.Body {
			if name != "number" && strings.ContainsFunc(value, func(r rune) bool { return r > 0x2e7f }) {
				o.t.Errorf("%s carries words: %q", e.Kind, value)
			}
		}
	}
	return kinds
}

// clocks lists what runs for an order: rule → last day.
func (o *office) clocks(id uuid.UUID) map[string]workday.Date {
	o.t.Helper()
	open, err := o.Clocks.Running(o.Store.Read(bg), id)
	o.must(err)
	due := map[string]workday.Date{}
	for _, d := range open {
		due[d.Rule] = d.DueOn
	}
	return due
}

// race runs several things at once; exactly one must get nil and the others one of
// the sentinels.
func (o *office) race(sentinels []error, all ...func() error) {
	o.t.Helper()
	got, start := make([]error, len(all)), make(chan struct{})
	var running sync.WaitGroup
	for n, do := range all {
		running.Go(func() {
			<-start
			got[n] = do()
		})
	}
	close(start)
	running.Wait()
	won := 0
	for _, err := range got {
		switch {
		case err == nil:
			won++
		case !slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) }):
			o.t.Errorf("the loser got %v", err)
		}
	}
	if won != 1 {
		o.t.Errorf("%d won: %v", won, got)
	}
}

var errNotFound = store.ErrNotFound
