package appeal_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	dawa      = "大洼区督查室"
	shuangliu = "211122111901"

	criticism = "县里只看了账本,没有问过我们几户,扣的钱也没有退。"
)

var bg = context.Background()

// office is the rooms that a case goes through, with a clock that the test moves
// and people who work in the county and the city.
type office struct {
	*appeal.Desk
	papers *paper.Press
	t      testing.TB
	store  *store.Store
	units  map[string]region.Unit
	mu     sync.Mutex
	now    time.Time

	handler, boss           staff.Officer // of the county: they answer
	other                   staff.Officer // of the county, with no part in anything
	looker, judge, chief    staff.Officer // of the city
	second, third, chairman staff.Officer // of the city, for what comes after
	foreign                 staff.Officer // of another county
}

// each runs a test in an office on SQLite and in one on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()})) })
}

func open(t testing.TB, c store.Config) *office {
	t.Helper()
	// A Monday morning in Shanghai.
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
	// Sentences come back with what they were filled with.
	tell := func(lang, key string, pairs ...any) string { return lang + " " + key + " " + fmt.Sprint(pairs...) }
	people := staff.New(staff.Config{Store: o.store, Keys: keys, Atlas: atlas})
	o.papers = paper.New(paper.Config{Store: o.store, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Intake: desk})
	queue := triage.New(triage.Config{Store: o.store, Keys: keys, Atlas: atlas, Staff: people, Papers: o.papers,
		Intake: desk, Shelf: shelf, Clocks: clocks, Tell: tell})
	o.Desk = appeal.New(appeal.Config{Store: o.store, Keys: keys, Atlas: atlas, Triage: queue, Intake: desk, Shelf: shelf, Clocks: clocks})
	o.hire()
	return o
}

func (o *office) hire() {
	o.handler, o.boss = o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor)
	o.other = o.officer(panshan, staff.TriageOfficer)
	o.looker, o.judge, o.chief = o.officer(cityDesk, staff.TriageOfficer), o.officer(cityDesk, staff.TriageOfficer), o.officer(cityDesk, staff.Supervisor)
	o.second, o.third, o.chairman = o.officer(cityDesk, staff.TriageOfficer), o.officer(cityDesk, staff.TriageOfficer), o.officer(cityDesk, staff.Supervisor)
	o.foreign = o.officer(dawa, staff.Supervisor)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// pass lets days go by.
func (o *office) pass(days int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.AddDate(0, 0, days)
}

func (o *office) today() workday.Date { return workday.On(o.store.Now()) }

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

func (o *office) submit(with ...func(*intake.Submission)) matter {
	o.t.Helper()
	s := intake.Submission{
		Token: o.Intake.NewForm().Token, PlaceCode: shuangliu, Text: "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二。", Mode: intake.Named,
		Name: "张试样", Phone: "13800000001", Kind: "FUND_WITHHOLD", Channel: intake.Web, Lang: "zh-CN",
	}
	for _, change := range with {
		change(&s)
	}
	r, err := o.Intake.Submit(bg, s)
	o.must(err)
	var c intake.Complaint
	o.must(o.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return matter{c, r.Digits}
}

func anonymous(s *intake.Submission) { s.Mode = intake.Anonymous }

// again is the case as it is now.
func (o *office) again(m matter) matter {
	o.t.Helper()
	var now intake.Complaint
	o.must(store.One(o.store.Read(bg).Where("id = ?", m.ID), &now))
	return matter{now, m.digits}
}

var found = triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{
	{N: 1, Result: intake.Substantiated, Facts: "村会计扣下三千元。", Basis: "资金管理办法第五条", Done: "已责令退还。"},
}}

// accepted takes a case up.
func (o *office) accepted(m matter) matter {
	o.t.Helper()
	o.must(o.Triage.Describe(bg, o.handler, m.ID, o.again(m).Version, triage.Description{
		Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{"把少发的补上"},
	}))
	o.must(o.Triage.Accept(bg, o.handler, m.ID, o.again(m).Version))
	return o.again(m)
}

// decide has a case verified and answered by the county.
func (o *office) decide(m matter) matter {
	o.t.Helper()
	o.must(o.Triage.Verify(bg, o.handler, m.ID, o.again(m).Version, triage.NewVerification{
		VisitedOn: o.today(), Place: "双柳村村部", Method: "review_files", Verifiers: []string{"李核", "王查"}, Found: "发放表与存折相差三千元",
	}))
	o.must(o.Triage.ProposeAnswer(bg, o.handler, m.ID, o.again(m).Version, found))
	o.must(o.Triage.Rule(bg, o.boss, m.ID, o.proposal(m), true, ""))
	return o.again(m)
}

func (o *office) proposal(m matter) uuid.UUID {
	o.t.Helper()
	var p struct{ ID uuid.UUID }
	o.must(store.One(o.store.Read(bg).Table("proposal").Where("complaint_id = ? AND state = 'open'", m.ID), &p))
	return p.ID
}

func (o *office) decided(with ...func(*intake.Submission)) matter {
	return o.decide(o.accepted(o.submit(with...)))
}

// look opens the page under the receipt.
func (o *office) look(m matter) intake.Tracked {
	o.t.Helper()
	t, err := o.Intake.Track(bg, m.digits)
	o.must(err)
	return t
}

// delivered is a case whose reporter has read the answer.
func (o *office) delivered(with ...func(*intake.Submission)) matter {
	m := o.decided(with...)
	o.look(m)
	return o.again(m)
}

func (o *office) rate(m matter, code intake.Rating) error {
	return o.Rate(bg, m.ReportID, m.Part, appeal.Say{Code: code, Words: "没人来过"})
}

func (o *office) ask(m matter) error {
	form, err := o.Intake.OpenForm(o.Intake.NewForm().Token)
	o.must(err)
	return o.Ask(bg, m.ReportID, m.Part, form.Key, criticism)
}

// reviewed is a case of which a review has been asked for.
func (o *office) reviewed() matter {
	m := o.delivered()
	o.must(o.ask(m))
	return o.again(m)
}

var upheld = appeal.Ruling{Ruling: appeal.Upheld, Facts: "入户问过三户,扣款已经退还,有收条。", Basis: "信访工作条例"}

// ruled lets one propose and another agree.
func (o *office) ruled(m matter, by, agrees staff.Officer, r appeal.Ruling) matter {
	o.t.Helper()
	o.must(o.Propose(bg, by, m.ID, o.again(m).Version, r))
	o.must(o.Rule(bg, agrees, m.ID, o.again(m).Version, true, ""))
	return o.again(m)
}

func (o *office) ending(by staff.Officer, m matter) appeal.Ending {
	o.t.Helper()
	c, err := o.Triage.Case(bg, by, m.ID)
	o.must(err)
	e, err := o.Of(bg, by, c)
	o.must(err)
	return e
}

func (o *office) side(m matter) appeal.Side {
	o.t.Helper()
	sides, err := o.Sides(bg, m.ReportID)
	o.must(err)
	if len(sides) != 1 {
		o.t.Fatalf("%d sides", len(sides))
	}
	return sides[0]
}

func (o *office) clock(id uuid.UUID, rule string) *clock.Deadline {
	o.t.Helper()
	open, err := o.Clocks.Running(o.store.Read(bg), id)
	o.must(err)
	for i := range open {
		if open[i].Rule == rule {
			return &open[i]
		}
	}
	return nil
}

// kinds are the events of a case, in order.
func (o *office) kinds(m matter) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.store, ledger.OfComplaint, m.ID)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// told is the last message under the receipt.
func (o *office) told(m matter) string {
	o.t.Helper()
	talk, err := o.Intake.Conversation(bg, staff.Officer{}, m.ReportID)
	o.must(err)
	return talk[len(talk)-1].Text
}

func (o *office) count(table, where string, args ...any) int {
	o.t.Helper()
	var n int64
	o.must(o.store.Read(bg).Table(table).Where(where, args...).Count(&n).Error)
	return int(n)
}
