package triage

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestACaseShowsTheWholeStory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by, boss := o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor)
		village := o.village(shuangliu)
		c := o.told(shuangliu, "危房改造说好一万五,到手一万二")
		o.about(c, by, village.ID)
		db := func(table string, row map[string]any) { o.must(o.store.Read(bg).Table(table).Create(row).Error) }
		now := o.store.Now()
		db("demand", map[string]any{"complaint_id": c.ID, "n": 2, "body": "退还三千元"})
		db("demand", map[string]any{"complaint_id": c.ID, "n": 1, "body": "查清谁扣的"})
		check := uuid.New()
		o.must(o.store.Read(bg).Create(&verificationRow{
			ID: check, ComplaintID: c.ID, VisitedOn: "2026-03-02", Place: "双柳村", Method: "household_visit",
			Verifiers: []string{"甲", "乙"}, FoundSealed: o.keys.Box("verification").Shut([]byte("存折少三千"), "verification:"+check.String()), ByID: by.ID, At: now,
		}).Error)
		o.file("verification", check)
		o.propose(c, by, "extend")
		merged := o.receive(shuangliu, func(m *intake.Complaint) { m.State, m.MergedInto, m.ClosedAt = intake.Merged, &c.ID, &now })

		got, err := o.Case(bg, boss, c.ID)
		o.must(err)
		if got.Narrative.Text != "危房改造说好一万五,到手一万二" || got.DeskName != panshan || got.HasName {
			t.Errorf("message %+v, desk %s, name %v", got.Narrative, got.DeskName, got.HasName)
		}
		if !slices.Equal(got.Demands, []Demand{{N: 1, Body: "查清谁扣的"}, {N: 2, Body: "退还三千元"}}) {
			t.Errorf("demands %v", got.Demands)
		}
		if !slices.Equal(got.Subjects, []Subject{{village.ID, village.Name}}) {
			t.Errorf("subjects %v", got.Subjects)
		}
		if len(got.Checks) != 1 || got.Checks[0].Found != "存折少三千" || got.Checks[0].Place != "双柳村" || got.Checks[0].ByName != by.Name || len(got.Checks[0].Verifiers) != 2 || len(got.Checks[0].Files) != 1 || got.Checks[0].VisitedOn != workday.Date("2026-03-02") {
			t.Errorf("checks %+v", got.Checks)
		}
		if len(got.Proposals) != 1 || got.Proposals[0].Days != 10 || got.Proposals[0].AskedBy != by.Name || got.Proposals[0].State != "open" {
			t.Errorf("proposals %+v", got.Proposals)
		}
		if len(got.Linked) != 1 || got.Linked[0].ID != merged.ID {
			t.Errorf("linked %v", got.Linked)
		}
		if len(got.Deadlines) == 0 || got.Deadlines[0].DueOn == "" {
			t.Errorf("deadlines %+v", got.Deadlines)
		}
		if len(got.Events) == 0 || !slices.IsSortedFunc(got.Events, func(a, b ledger.Event) int { return a.At.Compare(b.At) }) {
			t.Errorf("events %+v", got.Events)
		}
		if !got.Offers(Rule) || got.Offers(Verify) {
			t.Errorf("actions %v", got.Actions)
		}
	})
}

func TestColleaguesAreThoseWhoSeeTheCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		city := o.officer(cityDesk, staff.Supervisor)
		county, recused := o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.TriageOfficer)
		o.officer(panshan, staff.IdentityCustodian)
		o.officer(dawa, staff.TriageOfficer)
		c := o.receive(shuangliu)
		o.stepBack(c, recused)
		names := func(by staff.Officer) (all []string) {
			t.Helper()
			people, err := o.Colleagues(bg, by, c.ID)
			o.must(err)
			for _, p := range people {
				all = append(all, p.Name)
			}
			slices.Sort(all)
			return all
		}
		both := []string{city.Name, county.Name}
		slices.Sort(both)
		if got := names(city); !slices.Equal(got, both) {
			t.Errorf("the city may choose %v, want %v", got, both)
		}
		if got := names(county); !slices.Equal(got, []string{county.Name}) {
			t.Errorf("the county may choose %v", got)
		}
		o.about(c, city, o.units[panshan].ID)
		if got := names(city); !slices.Equal(got, []string{city.Name}) {
			t.Errorf("of an accused office, the city may choose %v", got)
		}
		if _, err := o.Colleagues(bg, county, c.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the accused chooses: %v", err)
		}
	})
}

func TestViewsAreOnesOwnAndRepliesTheOffices(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		me, colleague, stranger := o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor), o.officer(dawa, staff.TriageOfficer)
		o.must(o.SaveView(bg, me, "我的超期", "?mine=1"))
		o.must(o.SaveView(bg, me, " 我的超期 ", "mine=1&late=1"))
		views, err := o.Views(bg, me)
		o.must(err)
		if len(views) != 1 || views[0].Name != "我的超期" || views[0].Query != "mine=1&late=1" {
			t.Fatalf("views %+v", views)
		}
		if theirs, err := o.Views(bg, colleague); err != nil || len(theirs) != 0 {
			t.Errorf("a colleague's views: %+v, %v", theirs, err)
		}
		if err := o.DropView(bg, colleague, views[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a colleague drops it: %v", err)
		}
		o.must(o.DropView(bg, me, views[0].ID))
		if views, _ = o.Views(bg, me); len(views) != 0 {
			t.Errorf("still there: %+v", views)
		}

		o.must(o.SaveReply(bg, me, "要照片", "请补几张照片"))
		o.must(o.SaveReply(bg, colleague, "要照片", "请补几张清楚的照片"))
		replies, err := o.SavedReplies(bg, me)
		o.must(err)
		if len(replies) != 1 || replies[0].Body != "请补几张清楚的照片" {
			t.Errorf("replies %+v", replies)
		}
		if theirs, err := o.SavedReplies(bg, stranger); err != nil || len(theirs) != 0 {
			t.Errorf("another office's replies: %+v, %v", theirs, err)
		}
		if _, err := o.SavedReplies(bg, o.officer(panshan, staff.Registrar)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar reads replies: %v", err)
		}
		for field, err := range map[string]error{
			"name":  o.SaveView(bg, me, " ", "mine=1"),
			"title": o.SaveReply(bg, me, "", "话"),
			"body":  o.SaveReply(bg, me, "题", " "),
		} {
			var invalid *intake.Invalid
			if !errors.As(err, &invalid) || invalid.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for i := range maxViews {
			o.must(o.SaveView(bg, me, string(rune('a'+i%26))+string(rune('a'+i/26)), "mine=1"))
		}
		if err := o.SaveView(bg, me, "一个太多", "mine=1"); err == nil {
			t.Error("31 views")
		}
		o.must(o.SaveView(bg, me, "aa", "late=1"))
	})
}

func TestTheRecordIsForTheAuditor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		me, auditor := o.officer(panshan, staff.TriageOfficer), o.officer(dawa, staff.Auditor)
		o.must(o.SaveView(bg, me, "一", "mine=1"))
		events, err := o.Record(bg, auditor, uuid.Nil)
		o.must(err)
		if !slices.ContainsFunc(events, func(e ledger.Event) bool { return e.Kind == "view_saved" && *e.ActorID == me.ID }) {
			t.Errorf("record %+v", events)
		}
		if _, err := o.Record(bg, me, uuid.Nil); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an officer reads the record: %v", err)
		}
	})
}

// A page loads several files at once; each look is recorded.
func TestManyLooksAtOnceAreAllRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.TriageOfficer)
		c := o.told(shuangliu, "井打完没有水,工程队早走了")
		file := o.file("report", c.ReportID)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				opened, err := o.OpenFile(bg, by, file)
				if err != nil {
					t.Error(err)
					return
				}
				opened.Content.Close()
			})
		}
		all.Wait()
		events, err := ledger.Of(bg, s, ledger.OfComplaint, c.ID)
		o.must(err)
		looks := 0
		for _, e := range events {
			add(&looks, e.Kind == "evidence_opened")
		}
		if looks != 8 {
			t.Errorf("%d looks recorded of 8", looks)
		}
	})
}
