package notice_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/roll"
)

// amend puts rows into a roll behind the desk's back, as an import does.
func (d *desks) amend(id uuid.UUID, rows []roll.Edit) {
	d.t.Helper()
	d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error {
		_, err := d.Rolls.Amend(tx, *d.now(id).RollID, d.table(id).Version, rows, "", uuid.Nil)
		return err
	}))
}

// corrected begins a correction that says what it changes.
func (d *desks) corrected(n notice.Notice, in notice.Draft) notice.Notice {
	d.t.Helper()
	editor := d.editor(d.village)
	c, err := d.Correct(ctx, editor, n.ID, "工程长度写错了")
	d.must(err)
	in.Fields["original_number"], in.Fields["correction_reason"], in.Fields["corrected"] = n.Title, "工程长度写错了", "长度由2公里改为3公里"
	d.must(d.Save(ctx, editor, c.ID, c.Version, in))
	return d.now(c.ID)
}

func TestACorrectionChangesTheOriginalAndKeepsWhatItSaid(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.project())
		d.goTo("2026-03-05", 9*time.Hour)
		in := d.project()
		in.Title, in.Body, in.Fields["works"] = "双柳村通组路硬化工程开工公示（改）", "一、工程概况（改）", "硬化道路3公里"
		c := d.corrected(n, in)
		if c.Kind != "CORRECTION" || *c.CorrectsID != n.ID || c.UnitID != n.UnitID {
			t.Fatalf("%+v", c)
		}
		if d.now(n.ID).Version != n.Version {
			t.Fatal("the original changed before an approver signed")
		}
		d.handIn(d.editor(d.village), c.ID)
		d.approve(d.approver(d.village), c.ID)
		got := d.now(n.ID)
		if got.Title != in.Title || got.Body != in.Body || got.Fields["works"] != "硬化道路3公里" || got.Fields["corrected"] != "" || *got.EndsOn != *n.EndsOn {
			t.Fatalf("%+v", got)
		}
		p, err := d.board.Published(ctx, n.ID)
		if err != nil || len(p.Revisions) != 1 || p.Revisions[0].Title != n.Title || p.Revisions[0].Fields["works"] != "硬化道路2公里" || p.Revisions[0].CorrectionID != c.ID {
			t.Fatalf("%+v, %v", p.Revisions, err)
		}
		if len(p.Correction) != 1 || p.Correction[0].ID != c.ID {
			t.Errorf("the correction is not linked: %+v", p.Correction)
		}
		published, err := d.board.Published(ctx, c.ID)
		if err != nil || published.Corrects == nil || published.StartsOn != "2026-03-05" || *published.EndsOn != *n.EndsOn {
			t.Fatalf("%+v, %v", published, err)
		}
		if d.events(n.ID, "notice_corrected") != 1 || d.events(c.ID, "notice_approved") != 1 {
			t.Error("the record lacks the correction")
		}
		again := d.corrected(got, d.project())
		d.handIn(d.editor(d.village), again.ID)
		d.approve(d.approver(d.village), again.ID)
		if p, err := d.board.Published(ctx, n.ID); err != nil || len(p.Revisions) != 2 || p.Revisions[1].Title != in.Title {
			t.Errorf("%+v, %v", p.Revisions, err)
		}
	})
}

func TestWhatMayBeCorrected(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		correct := func(id uuid.UUID) error {
			_, err := d.Correct(ctx, editor, id, "工程长度写错了")
			return err
		}
		draft := d.begin(editor, d.project())
		d.is(correct(draft.ID), step.ErrState)
		n := d.publish(d.village, d.project())
		_, err := d.Correct(ctx, editor, n.ID, "错")
		d.wrong(err, "reason")
		_, err = d.Correct(ctx, editor, n.ID, "漏写了"+mobile)
		d.found(err)
		c, err := d.Correct(ctx, editor, n.ID, "工程长度写错了")
		d.must(err)
		d.is(correct(n.ID), step.ErrState) // not twice at once
		d.must(d.Discard(ctx, editor, c.ID, c.Version))
		c = d.corrected(n, d.project())
		d.is(correct(c.ID), step.ErrState)
		d.handIn(editor, c.ID)
		d.must(d.Withdraw(ctx, d.approver(d.village), n.ID, n.Version, "内容有误，重新公示"))
		d.is(d.Approve(ctx, d.approver(d.village), c.ID, d.now(c.ID).Version, notice.Approval{}), step.ErrState)
		d.is(correct(n.ID), step.ErrState)
	})
}

func TestCorrectedRowsStandAnew(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲", "钱乙", "孙丙")...)
		d.goTo("2026-03-05", 9*time.Hour)
		c := d.corrected(n, d.list())
		editor, approver := d.editor(d.village), d.approver(d.village)
		d.must(d.EditRows(ctx, editor, c.ID, d.table(n.ID).Version, []roll.Edit{
			{Key: 2, Label: "钱乙", Team: "一组", People: 5, Reason: "typo"}, {Label: "李丁", People: 2, Reason: "moved"}}))
		if r := d.table(n.ID); r.Size != 3 {
			t.Fatal("the list changed before an approver signed")
		}
		held := d.hold(n.ID, 2)
		d.is(d.HandIn(ctx, editor, c.ID, d.now(c.ID).Version), roll.ErrFrozen)
		d.lift(held)
		d.handIn(editor, c.ID)
		held = d.hold(n.ID, 2)
		d.is(d.Approve(ctx, approver, c.ID, d.now(c.ID).Version, notice.Approval{}), roll.ErrFrozen)
		d.lift(held)
		d.hold(n.ID, 3) // an objection to another row does not stand in the way
		d.approve(approver, c.ID)
		r, got := d.table(n.ID), d.now(n.ID)
		if r.Size != 4 || r.Stage != roll.Village || *got.EndsOn != "2026-03-11" {
			t.Fatalf("%+v %+v", r, got)
		}
		for key, until := range map[int]string{1: "2026-03-08", 2: "2026-03-11", 3: "2026-03-08", 4: "2026-03-11"} {
			row, err := d.Rolls.Row(ctx, r.ID, key)
			if err != nil || string(row.StandsUntil) != until {
				t.Errorf("row %d stands until %s, %v", key, row.StandsUntil, err)
			}
		}
		changes, err := d.Rolls.Compare(ctx, r.ID, r.Version-1, r.Version)
		if err != nil || len(changes) != 2 {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}

func TestRowsOfAnEarlierRoundAreNotCorrected(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		d.goTo("2026-03-09", 0)
		d.publish(d.town, d.next("LIST_TOWN", n))
		c := d.corrected(n, d.list())
		editor := d.editor(d.village)
		d.must(d.EditRows(ctx, editor, c.ID, d.table(n.ID).Version, []roll.Edit{{Key: 2, Gone: true, Reason: "duplicate"}}))
		d.is(d.HandIn(ctx, editor, c.ID, d.now(c.ID).Version), roll.ErrStage)
		d.must(d.EditRows(ctx, editor, c.ID, d.table(n.ID).Version, nil)) // taken back
		d.handIn(editor, c.ID)
	})
}

func TestAPullTakesANoticeOffTheWeb(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲")...)
		pull := func() bool {
			t.Helper()
			var pulled bool
			d.must(d.Store.Transact(ctx, func(tx *gorm.DB) (err error) {
				pulled, err = d.Pull(tx, n.ID)
				return err
			}))
			return pulled
		}
		visible := func() bool {
			_, err := d.board.Notice(ctx, n.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		before := d.stamp()
		if !pull() || visible() || d.stamp() == before || d.events(n.ID, "notice_pulled") != 1 {
			t.Fatal("it is still on the web")
		}
		if pull() || d.events(n.ID, "notice_pulled") != 1 {
			t.Error("pulled twice")
		}
		approver := d.approver(d.village)
		page, err := d.List(ctx, approver, notice.Filter{Stand: "pulled"})
		if err != nil || len(page) != 1 || page[0].ID != n.ID {
			t.Errorf("approvers do not see it: %+v, %v", page, err)
		}
		p, err := d.Paper(ctx, approver, n.ID)
		if err != nil || !slices.Contains(p.Actions, "restore") {
			t.Errorf("%v, %v", p.Actions, err)
		}
		d.wrong(d.Restore(ctx, approver, n.ID, d.now(n.ID).Version, "没"), "reason")
		d.must(d.Restore(ctx, approver, n.ID, d.now(n.ID).Version, "看过了没有个人信息"))
		if !visible() || pull() || !visible() {
			t.Fatal("a version that was looked through was pulled again")
		}
		// Lengthening changes nothing that is shown; a correction does.
		d.must(d.Lengthen(ctx, approver, n.ID, d.now(n.ID).Version, "2026-03-09"))
		if pull() {
			t.Error("pulled again after its days were lengthened")
		}
		c := d.corrected(d.now(n.ID), d.list())
		d.handIn(d.editor(d.village), c.ID)
		d.approve(approver, c.ID)
		if !pull() || visible() {
			t.Error("a new version is not pulled")
		}
		d.is(d.Restore(ctx, d.approver(d.village), n.ID, 1, "看过了没有个人信息"), step.ErrStale)
		if _, err := d.pullAny(uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		draft := d.begin(d.editor(d.village), d.project())
		if pulled, err := d.pullAny(draft.ID); pulled || err != nil {
			t.Errorf("a draft: %v, %v", pulled, err)
		}
		d.is(d.Restore(ctx, approver, draft.ID, draft.Version, "看过了没有个人信息"), step.ErrState)
	})
}

func (d *desks) pullAny(id uuid.UUID) (pulled bool, err error) {
	err = d.Store.Transact(ctx, func(tx *gorm.DB) error {
		pulled, err = d.Pull(tx, id)
		return err
	})
	return pulled, err
}

// TestWhatWasPulledIsNotShownAsHistory corrects a notice because it showed
// somebody's data.
func TestWhatWasPulledIsNotShownAsHistory(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		in := d.project()
		in.Body = "受益户赵甲，家住村东第三户"
		n := d.publish(d.village, in)
		if pulled, err := d.pullAny(n.ID); !pulled || err != nil {
			t.Fatal(pulled, err)
		}
		c := d.corrected(d.now(n.ID), d.project())
		d.handIn(d.editor(d.village), c.ID)
		d.approve(d.approver(d.village), c.ID)
		d.must(d.Restore(ctx, d.approver(d.village), n.ID, d.now(n.ID).Version, "个人信息已经删去"))
		p, err := d.board.Published(ctx, n.ID)
		if err != nil || len(p.Revisions) != 0 || p.Body != d.project().Body {
			t.Fatalf("%+v, %v", p, err)
		}
		paper, err := d.Paper(ctx, d.editor(d.village), n.ID)
		if err != nil || len(paper.Revisions) != 1 || !paper.Revisions[0].Withheld || paper.Revisions[0].Body != in.Body {
			t.Errorf("the desk lost it: %+v, %v", paper.Revisions, err)
		}
	})
}

// TestRowsThatWerePulledAreNotShownAsHistory takes somebody's data out of a row
// of a plan, which the page would tell as a change of the row.
func TestRowsThatWerePulledAreNotShownAsHistory(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		corrects := func(e roll.Edit) {
			c := d.corrected(d.now(n.ID), d.list())
			d.must(d.EditRows(ctx, d.editor(d.village), c.ID, d.table(n.ID).Version, []roll.Edit{e}))
			d.handIn(d.editor(d.village), c.ID)
			d.approve(d.approver(d.village), c.ID)
		}
		corrects(roll.Edit{Key: 1, Label: "赵甲", People: 4, Reason: "typo"})
		before, err := d.board.Published(ctx, n.ID)
		if err != nil || before.RollSince == 0 || before.RollSince >= before.Roll.Version {
			t.Fatalf("%d of %d, %v", before.RollSince, before.Roll.Version, err)
		}
		if pulled, err := d.pullAny(n.ID); !pulled || err != nil {
			t.Fatal(pulled, err)
		}
		corrects(roll.Edit{Key: 2, Label: "钱乙", People: 4, Reason: "typo"})
		d.must(d.Restore(ctx, d.approver(d.village), n.ID, d.now(n.ID).Version, "个人信息已经删去"))
		p, err := d.board.Published(ctx, n.ID)
		if err != nil || p.RollSince != p.Roll.Version || len(p.Revisions) != 1 || p.Revisions[0].RollVersion != 0 {
			t.Fatalf("history from %d of %d, %+v, %v", p.RollSince, p.Roll.Version, p.Revisions, err)
		}
	})
}

func TestACorrectionOfAListLeavesTheWebWithIt(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		for _, c := range []struct {
			in    notice.Draft
			rows  []roll.Edit
			shown bool
		}{{d.list(), households("赵甲"), false}, {d.project(), nil, true}} {
			n := d.publish(d.village, c.in, c.rows...)
			fix := d.corrected(n, c.in)
			d.handIn(d.editor(d.village), fix.ID)
			d.approve(d.approver(d.village), fix.ID)
			if _, err := d.board.Notice(ctx, fix.ID); err != nil {
				t.Fatal(err)
			}
			want := "archived"
			if c.shown {
				want = "ended"
			}
			at := d.now(n.ID).EndsOn.Add(1)
			d.goTo(at, 0)
			d.must(d.Tick(ctx))
			if _, err := d.board.Notice(ctx, fix.ID); (err == nil) != c.shown || d.now(fix.ID).State != want {
				t.Errorf("the correction of %s is %s: %v", n.Kind, d.now(fix.ID).State, err)
			}
			d.goTo("2026-03-02", 9*time.Hour)
		}
	})
}
