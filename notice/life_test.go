package notice_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

func TestANoticeIsPublishedByTwoPeople(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.town)
		n := d.begin(editor, notice.Draft{Kind: "PROJECT_PRE", Title: "通组路开工公示", PlaceCode: shuangliu})
		d.wrong(d.HandIn(ctx, editor, n.ID, n.Version), "body", "starts_on", "field:project_name", "field:funding", "field:works",
			"field:works_period", "field:owner_unit", "field:owner_person", "field:builder_unit", "field:builder_person", "field:bidding",
			"field:beneficiaries", "field:contact_unit", "field:contact_phone", "field:contact_address", "field:report_phone")
		d.must(d.Save(ctx, editor, n.ID, n.Version, d.project()))
		d.is(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{}), step.ErrState)
		d.handIn(editor, n.ID)
		d.is(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, d.project()), step.ErrState)
		if _, err := d.board.Notice(ctx, n.ID); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the public sees a draft: %v", err)
		}
		before := d.stamp()
		d.approve(approver, n.ID)
		got, err := d.board.Notice(ctx, n.ID)
		if err != nil || got.State != "published" || got.Title != d.project().Title || *got.ApproverID != approver.ID || *got.EditorID != editor.ID {
			t.Fatalf("%+v, %v", got, err)
		}
		if d.stamp() == before {
			t.Error("cached pages keep the old list")
		}
		if d.events(n.ID, "notice_approved") != 1 || d.events(n.ID, "notice_begun") != 1 || d.events(n.ID, "notice_handed_in") != 1 {
			t.Error("the record lacks a step")
		}
		d.is(d.Approve(ctx, approver, n.ID, got.Version, notice.Approval{}), step.ErrState)
	})
}

func TestNobodyApprovesWhatTheyHadAHandIn(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first, second := d.person(d.town, staff.Publisher, staff.NoticeApprover), d.person(d.town, staff.Publisher, staff.NoticeApprover)
		n := d.begin(first, notice.Draft{Kind: "PROJECT_PRE", Title: "通组路开工公示", PlaceCode: shuangliu})
		d.must(d.Save(ctx, second, n.ID, n.Version, d.project()))
		d.handIn(second, n.ID)
		for _, by := range []staff.Officer{first, second} {
			d.is(d.Approve(ctx, by, n.ID, d.now(n.ID).Version, notice.Approval{}), step.ErrSamePerson)
			p, err := d.Paper(ctx, by, n.ID)
			d.must(err)
			if slices.Contains(p.Actions, "approve") {
				t.Error("the page offers what is refused")
			}
		}
		d.approve(d.approver(d.town), n.ID)
		for _, by := range []staff.Officer{first, second} {
			d.is(d.Withdraw(ctx, by, n.ID, d.now(n.ID).Version, "内容有误，重新公示"), step.ErrSamePerson)
		}
	})
}

func TestWhoImportedTheRowsDoesNotApproveThem(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, importer := d.editor(d.village), d.person(d.village, staff.Publisher, staff.NoticeApprover)
		n := d.begin(editor, d.list())
		d.rows(editor, n.ID, households("赵甲"))
		d.minutes(editor, n.ID)
		d.must(d.Store.Read(ctx).Table("tray_sheet").Create(map[string]any{"id": uuid.New(), "target": "roll.households", "owner_id": *n.RollID,
			"unit_id": d.village.ID, "by_id": importer.ID, "file_id": uuid.New(), "name": "名单.xlsx", "layout": "{}", "fixes": "{}",
			"state": "done", "done": 1, "total": 1, "created_at": d.Store.Now(), "version": 1}).Error)
		d.handIn(editor, n.ID)
		d.is(d.Approve(ctx, importer, n.ID, d.now(n.ID).Version, notice.Approval{}), step.ErrSamePerson)
	})
}

// TestEachStepAsksWhoAndWhere takes every step as somebody without the role, as
// somebody of another county, and with a page that is out of date.
func TestEachStepAsksWhoAndWhere(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		draft := d.begin(d.editor(d.village), d.project())
		version := func(id uuid.UUID, stale int) int { return d.now(id).Version - stale }
		for _, each := range []struct {
			name  string
			role  staff.Role
			stale bool
			on    uuid.UUID
			take  func(by staff.Officer, id uuid.UUID, stale int) error
		}{
			{name: "save", role: staff.Publisher, stale: true, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Save(ctx, by, id, version(id, stale), d.project())
			}},
			{name: "attach", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.Attach(ctx, by, id, "notice", d.photo())
			}},
			{name: "detach", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.Detach(ctx, by, id, uuid.New())
			}},
			{name: "minutes", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.SetMinutes(ctx, by, id, roll.Minutes{}, nil)
			}},
			{name: "rows", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.EditRows(ctx, by, id, 1, nil)
			}},
			{name: "drop column", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.DropColumn(ctx, by, id, 1, "cause")
			}},
			{name: "dispute", role: staff.Publisher, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				return d.Dispute(ctx, by, id)
			}},
			{name: "hand in", role: staff.Publisher, stale: true, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.HandIn(ctx, by, id, version(id, stale))
			}},
			{name: "discard", role: staff.Publisher, stale: true, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Discard(ctx, by, id, version(id, stale))
			}},
			{name: "return", role: staff.NoticeApprover, stale: true, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Return(ctx, by, id, version(id, stale), "请补充附件说明")
			}},
			{name: "approve", role: staff.NoticeApprover, stale: true, on: draft.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Approve(ctx, by, id, version(id, stale), notice.Approval{})
			}},
			{name: "lengthen", role: staff.NoticeApprover, stale: true, on: n.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Lengthen(ctx, by, id, version(id, stale), "2026-04-01")
			}},
			{name: "withdraw", role: staff.NoticeApprover, stale: true, on: n.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Withdraw(ctx, by, id, version(id, stale), "内容有误，重新公示")
			}},
			{name: "restore", role: staff.NoticeApprover, stale: true, on: n.ID, take: func(by staff.Officer, id uuid.UUID, stale int) error {
				return d.Restore(ctx, by, id, version(id, stale), "看过了没有个人信息")
			}},
			{name: "correct", role: staff.Publisher, on: n.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				_, err := d.Correct(ctx, by, id, "人口数写错了")
				return err
			}},
			{name: "paper", role: staff.Publisher, on: n.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				_, err := d.Paper(ctx, by, id)
				return err
			}},
			{name: "open file", role: staff.Publisher, on: n.ID, take: func(by staff.Officer, id uuid.UUID, _ int) error {
				_, _, _, err := d.OpenFile(ctx, by, id, uuid.New())
				return err
			}},
		} {
			if err := each.take(d.person(d.village, staff.Administrator), each.on, 0); !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("%s without the role: %v", each.name, err)
			}
			if err := each.take(d.person(d.elsewhere, each.role), each.on, 0); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s from another county: %v", each.name, err)
			}
			if !each.stale {
				continue
			}
			if err := each.take(d.person(d.village, each.role), each.on, 1); !errors.Is(err, step.ErrStale) {
				t.Errorf("%s on an old page: %v", each.name, err)
			}
		}
		if _, err := d.Begin(ctx, d.approver(d.village), d.project()); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("begin without the role: %v", err)
		}
		if _, err := d.List(ctx, d.person(d.village, staff.Auditor), notice.Filter{}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("list without the role: %v", err)
		}
		if page, err := d.List(ctx, d.editor(d.elsewhere), notice.Filter{}); err != nil || len(page) != 0 {
			t.Errorf("another county lists %d, %v", len(page), err)
		}
	})
}

func TestADraftBeginsWithWhatFitsTheOffice(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		for _, c := range []struct {
			change func(*notice.Draft)
			fields []string
		}{
			{func(in *notice.Draft) { in.Kind = "NONE" }, []string{"kind"}},
			{func(in *notice.Draft) { in.Kind = "CORRECTION" }, []string{"kind"}},
			{func(in *notice.Draft) { in.Kind = "CIRCULAR_PUB" }, []string{"kind"}},
			{func(in *notice.Draft) { in.Title = "短的" }, []string{"title"}},
			{func(in *notice.Draft) { in.PlaceCode = "" }, []string{"place"}},
			{func(in *notice.Draft) { in.PlaceCode = "211122111999" }, []string{"place"}},
			{func(in *notice.Draft) { in.PlaceCode = tianshui }, []string{"place"}},
			{func(in *notice.Draft) { in.StartsOn, in.EndsOn = "2026-02-30", "x" }, []string{"starts_on", "ends_on"}},
			{func(in *notice.Draft) { in.EndsOn = "2026-03-01" }, []string{"ends_on"}},
			{func(in *notice.Draft) { in.Year = 26 }, []string{"year"}},
			{func(in *notice.Draft) { id := uuid.New(); in.FundID, in.ProjectID = &id, &id }, []string{"fund", "project"}},
			{func(in *notice.Draft) { in.Kind, in.Fields = "LIST_TOWN", nil }, []string{"kind", "roll"}},
		} {
			in := d.project()
			c.change(&in)
			_, err := d.Begin(ctx, editor, in)
			d.wrong(err, c.fields...)
		}
		in := d.list()
		in.Kind, in.Fields = "EXIT_VILLAGE", contact("exit_year", "二零", "objection_channel", "村委会")
		_, err := d.Begin(ctx, editor, in)
		d.wrong(err, "field:exit_year")
	})
}

func TestAReturnedDraftSaysWhy(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		n := d.begin(editor, d.project())
		d.is(d.Return(ctx, approver, n.ID, n.Version, "请补充附件说明"), step.ErrState)
		d.handIn(editor, n.ID)
		d.wrong(d.Return(ctx, approver, n.ID, d.now(n.ID).Version, "改"), "reason")
		d.must(d.Return(ctx, approver, n.ID, d.now(n.ID).Version, "请补充附件说明"))
		if got := d.now(n.ID); got.Returned != "请补充附件说明" || got.HandedInAt != nil {
			t.Fatalf("%+v", got)
		}
		d.must(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, d.project()))
		d.handIn(editor, n.ID)
		if got := d.now(n.ID); got.Returned != "" {
			t.Errorf("an old reason stands: %s", got.Returned)
		}
	})
}

func TestADiscardedDraftIsNeverShown(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.project())
		d.must(d.Discard(ctx, editor, n.ID, n.Version))
		if _, err := d.board.Published(ctx, n.ID); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("a discarded draft: %v", err)
		}
		d.is(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, d.project()), step.ErrState)
		d.is(d.Discard(ctx, editor, n.ID, d.now(n.ID).Version), step.ErrState)
	})
}

func TestOfTwoApproversOneSigns(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.project())
		d.handIn(editor, n.ID)
		version := d.now(n.ID).Version
		people := []staff.Officer{d.approver(d.village), d.approver(d.town), d.approver(d.village)}
		results := make([]error, len(people))
		var all sync.WaitGroup
		for i, by := range people {
			all.Go(func() { results[i] = d.Approve(ctx, by, n.ID, version, notice.Approval{}) })
		}
		all.Wait()
		signed := 0
		for _, err := range results {
			switch {
			case err == nil:
				signed++
			case !errors.Is(err, step.ErrStale) && !errors.Is(err, step.ErrState):
				t.Error(err)
			}
		}
		if signed != 1 || d.events(n.ID, "notice_approved") != 1 {
			t.Errorf("%d signed", signed)
		}
	})
}

func TestTheDesksListWalksAndNarrows(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		for range 52 {
			d.begin(editor, d.project())
		}
		waiting := d.begin(editor, d.project())
		d.handIn(editor, waiting.ID)
		running := d.publish(d.village, d.project())
		seen := map[uuid.UUID]bool{}
		for after := uuid.Nil; ; {
			page, err := d.List(ctx, d.editor(d.town), notice.Filter{After: after})
			d.must(err)
			if len(page) == 0 {
				break
			}
			for _, n := range page {
				seen[n.ID] = true
			}
			after = page[len(page)-1].ID
		}
		if len(seen) != 54 {
			t.Errorf("walked over %d of 54", len(seen))
		}
		for stand, want := range map[string]uuid.UUID{"waiting": waiting.ID, "running": running.ID} {
			page, err := d.List(ctx, editor, notice.Filter{Stand: stand, Kind: "PROJECT_PRE"})
			if err != nil || len(page) != 1 || page[0].ID != want {
				t.Errorf("%s: %d, %v", stand, len(page), err)
			}
		}
		for _, stand := range []string{"ended", "withdrawn", "pulled", "none"} {
			if page, err := d.List(ctx, editor, notice.Filter{Stand: stand}); err != nil || len(page) != 0 {
				t.Errorf("%s: %d, %v", stand, len(page), err)
			}
		}
		if page, _ := d.List(ctx, editor, notice.Filter{Kind: "POLICY"}); len(page) != 0 {
			t.Errorf("another kind: %d", len(page))
		}
		_, err := d.List(ctx, editor, notice.Filter{After: uuid.New()})
		d.is(err, store.ErrNotFound)
	})
}

func TestThePeriodIsHeldToTheRules(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		for _, c := range []struct {
			starts, ends workday.Date
			field        string
		}{
			{"2026-03-02", "2026-03-10", "ends_on"}, // nine days
			{"2026-03-02", "", "ends_on"},
			{"2026-03-01", "2026-03-20", "starts_on"},
			{"2027-03-10", "2027-04-20", "starts_on"},
			{"2026-03-02", "2026-03-11", ""}, // ten: both ends count
		} {
			in := d.project()
			in.StartsOn, in.EndsOn = c.starts, c.ends
			n := d.begin(editor, in)
			err := d.HandIn(ctx, editor, n.ID, n.Version)
			if c.field == "" {
				d.must(err)
				continue
			}
			d.wrong(err, c.field)
		}
	})
}

func TestAPeriodThatPassedWhileWaitingMovesWhole(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.project())
		d.handIn(editor, n.ID)
		d.goTo("2026-03-05", 9*time.Hour)
		d.approve(d.approver(d.village), n.ID)
		if got := d.now(n.ID); got.StartsOn != "2026-03-05" || *got.EndsOn != "2026-03-14" {
			t.Errorf("from %s to %s", got.StartsOn, *got.EndsOn)
		}
	})
}

func TestAPeriodOnlyGrows(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n, by := d.publish(d.village, d.project()), d.approver(d.village)
		for _, to := range []workday.Date{"2026-03-10", "2026-03-11", "x", "2027-12-31"} {
			d.wrong(d.Lengthen(ctx, by, n.ID, n.Version, to), "ends_on")
		}
		d.must(d.Lengthen(ctx, by, n.ID, n.Version, "2026-03-12"))
		if got := d.now(n.ID); *got.EndsOn != "2026-03-12" || d.events(n.ID, "notice_lengthened") != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestTickActsAtMidnightInShanghai(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		in := d.project()
		in.StartsOn, in.EndsOn = "2026-03-04", "2026-03-13"
		n := d.publish(d.village, in)
		list := d.publish(d.village, d.list(), households("赵甲")...)
		at := func(day workday.Date, hour time.Duration, want string) {
			t.Helper()
			d.goTo(day, hour)
			for range 2 {
				d.must(d.Tick(ctx))
			}
			if got := d.now(n.ID).State; got != want {
				t.Fatalf("on %s at %s it is %s, want %s", day, hour, got, want)
			}
		}
		last := 24*time.Hour - time.Second
		at("2026-03-03", last, "reviewed")
		if _, err := d.board.Notice(ctx, n.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error("shown a day early")
		}
		at("2026-03-04", 0, "published")
		if _, err := d.board.Notice(ctx, n.ID); err != nil {
			t.Error(err)
		}
		at("2026-03-13", last, "published")
		at("2026-03-14", 0, "ended")
		if d.events(n.ID, "notice_published") != 1 || d.events(n.ID, "notice_ended") != 1 {
			t.Error("an event is missing or stands twice")
		}
		// The list ended on 8 March, and is kept for thirty days.
		at("2026-04-07", last, "ended")
		if got := d.now(list.ID).State; got != "ended" {
			t.Fatalf("the list is %s", got)
		}
		at("2026-04-08", 0, "ended")
		if got := d.now(list.ID).State; got != "archived" {
			t.Fatalf("the list is %s", got)
		}
	})
}

func TestReplicasTickOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		var ids []uuid.UUID
		for range 5 {
			ids = append(ids, d.publish(d.village, d.project()).ID)
		}
		d.goTo("2026-03-12", 0)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := d.Tick(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			if d.now(id).State != "ended" || d.events(id, "notice_ended") != 1 {
				t.Errorf("%s with %d events", d.now(id).State, d.events(id, "notice_ended"))
			}
		}
	})
}
