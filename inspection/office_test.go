package inspection

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
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
)

var bg = context.Background()

const (
	cityDesk    = "盘锦市委市政府督查室"
	panshan     = "盘山县督查室"
	panshanPoor = "盘山县扶贫开发办公室"
	dawa        = "大洼区督查室"
	tianshui    = "甜水镇人民政府"
)

// office is a desk on a real database with the standard offices, a town, and a
// time that the test sets: at first it is nine o'clock on Monday, 2 March 2026.
type office struct {
	*Desk
	t     *testing.T
	now   atomic.Pointer[time.Time]
	units map[string]region.Unit

	lead, mate, idle, boss staff.Officer // of the county that inspects
	city, other            staff.Officer // above it, beside it
	town, clerk            staff.Officer // of the inspected town: who answers, who only reads
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
		Store: s, Keys: keys, Atlas: atlas, Clocks: clock.New(s, workday.BuiltIn()),
		Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas}),
		Shelf: evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs}),
	})
	reports := intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: o.Shelf, Clocks: o.Clocks})
	o.Papers = paper.New(paper.Config{Store: s, Keys: keys, Atlas: atlas, Staff: o.Staff, Shelf: o.Shelf, Intake: reports, Guards: map[ledger.Subject]paper.Guard{
		ledger.OfInspection: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return o.MayRead(ctx, by, id) }}})
	o.lead, o.mate, o.idle = o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.TriageOfficer), o.person(panshan, staff.TriageOfficer)
	o.boss, o.city, o.other = o.person(panshan, staff.Supervisor), o.person(cityDesk, staff.Supervisor), o.person(dawa, staff.Supervisor)
	o.town, o.clerk = o.person(tianshui, staff.UnitHandler), o.person(tianshui, staff.Supervisor)
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

// mandate is a proper one: the county inspects the town today.
func (o *office) mandate() Mandate {
	return Mandate{
		Target: o.units[tianshui].ID, Kind: Irregular, Form: Onsite, Basis: "《盘锦市精准扶贫督查追责办法（试行）》第四条", Focus: "财政专项扶贫资金到村到户情况",
		Contact: "县督查室 0427-0000000", StartsOn: o.today(), EndsOn: o.today().Add(2), Leader: o.lead.ID, Members: []uuid.UUID{o.mate.ID},
		Clauses: []string{"9.2", "9.6"}, Own: []string{"一卡通是否由本人保管"},
	}
}

func (o *office) arranged() uuid.UUID {
	o.t.Helper()
	id, err := o.Arrange(bg, o.lead, o.mandate())
	o.must(err)
	return id
}

func (o *office) whole(id uuid.UUID) Whole {
	o.t.Helper()
	w, err := o.Open(bg, o.lead, id)
	o.must(err)
	return w
}

func (o *office) version(id uuid.UUID) int { o.t.Helper(); return o.whole(id).Version }

// done is a proper activity.
func (o *office) done() Done {
	return Done{Method: HouseholdVisit, On: o.today(), From: "09:30", To: "10:10", Place: "双柳村三组", People: []string{"甄大有（三组）", "穆青山"},
		Found: "该户说补助款两千元没有到折上，存折在会计手里。"}
}

// words is a proper finding, proved by the activities there are.
func (o *office) words(id uuid.UUID) Words {
	w := Words{Clause: "9.2", Facts: "抽查六户，两户补助资金没有到户，合计四千元。", Basis: "《督查追责办法》第九条第二项", Severity: Serious,
		Households: 2, AmountFen: 400000, Requirement: "十五日内查清资金去向并发放到户"}
	for _, a := range o.whole(id).Activities {
		w.Activities = append(w.Activities, a.ID)
	}
	return w
}

// visited is an inspection under way, with an activity.
func (o *office) visited() uuid.UUID {
	o.t.Helper()
	id := o.arranged()
	o.must(o.Record(bg, o.lead, id, o.done()))
	return id
}

// found adds a finding.
func (o *office) found(id uuid.UUID) Finding {
	o.t.Helper()
	o.must(o.Write(bg, o.lead, id, nil, 0, o.words(id)))
	all := o.whole(id).Findings
	return all[len(all)-1]
}

// talk is a proper exchange of views on all findings that need one.
func (o *office) talk(id uuid.UUID) Talk {
	t := Talk{HeldOn: o.today(), Leaders: []string{"镇长 季某"}, Whole: Opinion{true, "认可督查组的工作"}, Of: map[uuid.UUID]Opinion{}, Signed: true}
	for _, f := range o.whole(id).Findings {
		if f.ExchangeID == nil {
			t.Of[f.ID] = Opinion{Agreed: true}
		}
	}
	return t
}

func (o *office) exchange(id uuid.UUID) {
	o.t.Helper()
	o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), o.talk(id)))
}

// issued is an inspection with one finding, issued.
func (o *office) issued() uuid.UUID {
	o.t.Helper()
	id := o.visited()
	o.found(id)
	o.exchange(id)
	o.must(o.SubmitFindings(bg, o.lead, id, o.version(id)))
	o.must(o.IssueFindings(bg, o.boss, id, o.version(id)))
	return id
}

// stage puts a small PDF into a form.
func (o *office) stage(key []byte) {
	o.t.Helper()
	_, err := o.Shelf.Stage(bg, key, "账本.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
}

// kinds lists the events of a subject.
func (o *office) kinds(subject ledger.Subject, id uuid.UUID) (kinds []string) {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, subject, id)
	o.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		for _, value := range e.Body {
			if subject == ledger.OfInspection && e.Kind != "inspection_planned" && e.Kind != "inspection_announced" && e.Kind != "findings_issued" && strings.ContainsFunc(value, func(r rune) bool { return r > 0x2e7f }) {
				o.t.Errorf("%s carries words: %q", e.Kind, value)
			}
		}
	}
	return kinds
}

// clocks lists what runs for a subject: rule → last day.
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

func (o *office) exec(statement string, values ...any) error {
	return o.Store.Read(bg).Exec(statement, values...).Error
}

// race runs several things at once and returns what each got.
func race(all ...func() error) []error {
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
	return got
}

// oneWins fails unless exactly one got nil and the others one of the sentinels.
func (o *office) oneWins(got []error, sentinels ...error) {
	o.t.Helper()
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

// finders find numbers for some people.
func finders(numbers map[string]uuid.UUID, seen ...uuid.UUID) map[ledger.Subject]Finder {
	return map[ledger.Subject]Finder{ledger.OfComplaint: func(_ context.Context, by staff.Officer, number string) (uuid.UUID, error) {
		id, known := numbers[number]
		if !known || !slices.Contains(seen, by.ID) {
			return uuid.Nil, store.ErrNotFound
		}
		return id, nil
	}}
}
