package notice_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// next is the draft of the next round of a list.
func (d *desks) next(kind string, of notice.Notice) notice.Draft {
	in := d.list()
	in.Kind, in.RollID = kind, of.RollID
	if kind == "LIST_TOWN" {
		in.Fields["sample_share"] = "30"
	}
	return in
}

func TestAListGoesThroughItsRounds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		if r := d.table(first.ID); r.Stage != roll.Village || r.Size != 2 {
			t.Fatalf("%+v", r)
		}
		row, err := d.Rolls.Row(ctx, *first.RollID, 1)
		if err != nil || row.StandsUntil != "2026-03-08" {
			t.Fatalf("%+v, %v", row, err)
		}
		d.goTo("2026-03-09", 0)
		second := d.publish(d.town, d.next("LIST_TOWN", first))
		d.goTo("2026-03-16", 0)
		third := d.publish(d.county, d.next("LIST_COUNTY", first))
		if *second.RollID != *first.RollID || *third.RollID != *first.RollID || d.table(first.ID).Stage != roll.County {
			t.Fatalf("%+v", d.table(first.ID))
		}
		d.must(d.Tick(ctx))
		d.goTo("2026-03-22", 0)
		d.must(d.Tick(ctx))
		if got := d.table(first.ID).Stage; got != roll.County {
			t.Fatalf("final a day early: %s", got)
		}
		held := d.hold(third.ID, 2)
		d.goTo("2026-03-23", 0)
		d.must(d.Tick(ctx))
		if got := d.table(first.ID).Stage; got != roll.County {
			t.Fatalf("final with an open objection: %s", got)
		}
		d.lift(held)
		d.must(d.Tick(ctx))
		d.must(d.Tick(ctx))
		if got := d.table(first.ID).Stage; got != roll.Final || d.events(third.ID, "notice_roll_final") != 1 {
			t.Fatalf("after the ruling: %s", got)
		}
	})
}

func TestAListIsNotHandedInUnready(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.list())
		handIn := func() error { return d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version) }
		d.is(handIn(), roll.ErrEmpty)
		d.rows(editor, n.ID, households("赵甲", "钱乙"))
		d.is(handIn(), roll.ErrMinutes)
		d.wrong(d.SetMinutes(ctx, editor, n.ID, roll.Minutes{MetOn: "2026-03-03", Present: 9, Entitled: 3}, nil), "met_on", "entitled")
		d.must(d.SetMinutes(ctx, editor, n.ID, roll.Minutes{MetOn: "2026-03-01", Present: 40, Entitled: 52}, nil))
		d.wrong(handIn(), "minutes")
		d.wrong(d.SetMinutes(ctx, editor, n.ID, roll.Minutes{MetOn: "2026-03-01", Present: 40, Entitled: 52}, d.stage("签到.csv", "姓名\n赵甲\n")), "files")
		d.minutes(editor, n.ID)
		d.must(handIn())
		p, err := d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Minutes) != 1 || len(p.MinuteFiles) != 1 || p.May != nil {
			t.Fatalf("%+v, %v", p, err)
		}
		_, content, _, err := d.OpenFile(ctx, editor, n.ID, p.MinuteFiles[0].ID)
		d.must(err)
		content.Close()
	})
}

func TestAnOpenObjectionStopsTheNextRound(t *testing.T) {
	for _, key := range []int{0, 2} {
		eachDesk(t, func(t *testing.T, d *desks) {
			first := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
			d.goTo("2026-03-08", 0)
			editor, approver := d.editor(d.town), d.approver(d.town)
			n := d.begin(editor, d.next("LIST_TOWN", first))
			d.minutes(editor, n.ID)
			d.is(d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version), roll.ErrStanding)
			d.goTo("2026-03-09", 0)
			in := d.next("LIST_TOWN", first)
			d.must(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, in))
			held := d.hold(first.ID, key)
			d.is(d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version), roll.ErrHeld)
			d.lift(held)
			d.handIn(editor, n.ID)
			held = d.hold(first.ID, key)
			d.is(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{}), roll.ErrHeld)
			if d.table(first.ID).Stage != roll.Village || d.now(n.ID).State != "draft" {
				t.Fatal("the list went on")
			}
			d.lift(held)
			d.approve(approver, n.ID)
		})
	}
}

// TestWithdrawingBuriesNoObjection tries the ways around an open objection that
// lead over taking the list down.
func TestWithdrawingBuriesNoObjection(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		held := d.hold(first.ID, 2)
		d.must(d.Withdraw(ctx, d.approver(d.village), first.ID, first.Version, "名单有误，重新公示"))
		if holds, err := d.Rolls.Holds(ctx, *first.RollID); err != nil || holds[2] != 1 {
			t.Fatalf("%v, %v", holds, err)
		}
		d.goTo("2026-03-20", 0)

		editor := d.editor(d.village)
		fresh := d.begin(editor, d.list())
		d.rows(editor, fresh.ID, households("赵甲"))
		d.minutes(editor, fresh.ID)
		d.is(d.HandIn(ctx, editor, fresh.ID, d.now(fresh.ID).Version), roll.ErrHeld)

		again := d.begin(editor, d.next("LIST_VILLAGE", first))
		d.is(d.HandIn(ctx, editor, again.ID, again.Version), roll.ErrHeld)
		town := d.editor(d.town)
		onward := d.begin(town, d.next("LIST_TOWN", first))
		d.minutes(town, onward.ID)
		err := d.HandIn(ctx, town, onward.ID, d.now(onward.ID).Version)
		if !errors.Is(err, roll.ErrHeld) && !errors.Is(err, roll.ErrStage) {
			t.Fatalf("the next round: %v", err)
		}

		// When it is ruled on, the round begins again; the next one still may not,
		// because the withdrawn one did not stand its days.
		d.lift(held)
		d.is(d.HandIn(ctx, town, onward.ID, d.now(onward.ID).Version), roll.ErrStage)
		d.handIn(editor, again.ID)
		d.approve(d.approver(d.village), again.ID)
		row, err := d.Rolls.Row(ctx, *first.RollID, 1)
		if err != nil || row.StandsUntil != "2026-03-26" || d.table(again.ID).Stage != roll.Village {
			t.Fatalf("%+v, %v", row, err)
		}
		d.goTo("2026-03-27", 0)
		d.must(d.Save(ctx, town, onward.ID, d.now(onward.ID).Version, d.next("LIST_TOWN", first)))
		d.handIn(town, onward.ID)
		d.approve(d.approver(d.town), onward.ID)
	})
}

// TestNoListBesideTheOneObjectedToGoesOn publishes a list twice before anybody
// objects to the first of them.
func TestNoListBesideTheOneObjectedToGoesOn(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		beside := d.publish(d.village, d.list(), households("赵甲")...)
		last := d.publish(d.village, d.list(), households("赵甲")...)
		d.goTo("2026-03-09", 0)
		d.publish(d.town, d.next("LIST_TOWN", last))
		d.goTo("2026-03-16", 0)
		d.publish(d.county, d.next("LIST_COUNTY", last))
		town := d.editor(d.town)
		onward := d.begin(town, d.next("LIST_TOWN", beside))
		d.minutes(town, onward.ID)
		d.handIn(town, onward.ID)
		held := d.hold(first.ID, 2)
		d.is(d.Approve(ctx, d.approver(d.town), onward.ID, d.now(onward.ID).Version, notice.Approval{UnreadFiles: true}), roll.ErrHeld)
		d.goTo("2026-04-01", 0)
		d.must(d.Tick(ctx))
		d.must(d.Tick(ctx))
		if got := d.table(last.ID).Stage; got != roll.County {
			t.Errorf("a list of the village is %s while another one is objected to", got)
		}
		d.lift(held)
		d.must(d.Tick(ctx))
		if got := d.table(last.ID).Stage; got != roll.Final {
			t.Errorf("after the ruling: %s", got)
		}
		d.approve(d.approver(d.town), onward.ID)
	})
}

// TestDaysOffTheWebDoNotCount pulls a list while it stands: it goes on only when
// people could read it for as many days as its kind asks for.
func TestDaysOffTheWebDoNotCount(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first := d.publish(d.village, d.list(), households("赵甲", "钱乙")...) // until 8 March
		d.goTo("2026-03-04", 0)
		if pulled, err := d.pullAny(first.ID); !pulled || err != nil {
			t.Fatal(pulled, err)
		}
		town := d.editor(d.town)
		d.goTo("2026-05-09", 0)
		d.must(d.Tick(ctx))
		d.must(d.Tick(ctx))
		onward := d.begin(town, d.next("LIST_TOWN", first))
		d.minutes(town, onward.ID)
		d.is(d.HandIn(ctx, town, onward.ID, d.now(onward.ID).Version), roll.ErrStanding)
		d.must(d.Restore(ctx, d.approver(d.village), first.ID, d.now(first.ID).Version, "看过了没有个人信息"))
		if n := d.now(first.ID); n.State != "published" || *n.EndsOn != "2026-05-13" {
			t.Fatalf("%s until %s", n.State, *n.EndsOn)
		}
		d.is(d.HandIn(ctx, town, onward.ID, d.now(onward.ID).Version), roll.ErrStanding)
		d.goTo("2026-05-14", 0)
		d.must(d.Save(ctx, town, onward.ID, d.now(onward.ID).Version, d.next("LIST_TOWN", first)))
		d.handIn(town, onward.ID)
	})
}

// TestRowsStayInTheirVillage fills a list under one village and shows it under
// another, where it would stand beside what was objected to there.
func TestRowsStayInTheirVillage(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.town)
		in := d.list()
		other := in
		other.PlaceCode = tianshui
		n := d.begin(editor, in)
		d.must(d.Save(ctx, editor, n.ID, n.Version, other))
		if got := d.table(n.ID).PlaceCode; got != other.PlaceCode {
			t.Fatalf("an empty list stays behind in %s", got)
		}
		d.rows(editor, n.ID, households("赵甲"))
		d.wrong(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, in), "place")
		d.must(d.Save(ctx, editor, n.ID, d.now(n.ID).Version, other))
	})
}

func TestWithdrawnIsReadWithItsReason(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		by := d.approver(d.village)
		n := d.publish(d.village, d.project())
		d.wrong(d.Withdraw(ctx, by, n.ID, n.Version, "错"), "reason")
		d.found(d.Withdraw(ctx, by, n.ID, n.Version, "名单里有13800000000这个电话"))
		d.must(d.Withdraw(ctx, by, n.ID, n.Version, "内容有误，重新公示"))
		p, err := d.board.Published(ctx, n.ID)
		if err != nil || !p.Withdrawn || p.WithdrawnWhy != "内容有误，重新公示" || p.Body != "" {
			t.Fatalf("%+v, %v", p, err)
		}
		d.is(d.Withdraw(ctx, by, n.ID, d.now(n.ID).Version, "内容有误，重新公示"), step.ErrState)

		in := d.project()
		in.StartsOn, in.EndsOn = "2026-03-04", "2026-03-13"
		coming := d.publish(d.village, in)
		d.must(d.Withdraw(ctx, by, coming.ID, coming.Version, "内容有误，重新公示"))
		d.goTo("2026-03-05", 0)
		d.must(d.Tick(ctx))
		if _, err := d.board.Published(ctx, coming.ID); err == nil {
			t.Error("one that was never shown is read as withdrawn")
		}
	})
}

func TestWithdrawingOwesAgain(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		owed, err := d.Owe(ctx, editor, "LIST_VILLAGE", "2026年贫困户名单", shuangliu, "2026-03-01")
		d.must(err)
		n := d.publish(d.village, d.list(), households("赵甲")...)
		met := func() bool {
			var duty notice.Duty
			d.must(d.Store.Read(ctx).Where("id = ?", owed.ID).Take(&duty).Error)
			return duty.MetOn != nil
		}
		if !met() {
			t.Fatal("publishing did not meet the duty")
		}
		d.must(d.Withdraw(ctx, d.approver(d.village), n.ID, n.Version, "名单有误，重新公示"))
		if met() {
			t.Error("a withdrawn notice still meets the duty")
		}
	})
}

func TestOnlyTheRowsHandedInAreSigned(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		n := d.begin(editor, d.list())
		d.rows(editor, n.ID, households("赵甲"))
		d.minutes(editor, n.ID)
		d.handIn(editor, n.ID)
		d.is(d.EditRows(ctx, editor, n.ID, d.table(n.ID).Version, households("钱乙")), step.ErrState)
		d.is(d.DropColumn(ctx, editor, n.ID, d.table(n.ID).Version, "cause"), step.ErrState)
		d.is(d.SetMinutes(ctx, editor, n.ID, roll.Minutes{MetOn: "2026-03-01", Present: 1, Entitled: 2}, nil), step.ErrState)
		// A sheet that was still being imported gets in behind the desk's back.
		d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error {
			_, err := d.Rolls.Amend(tx, *n.RollID, d.table(n.ID).Version, households("孙丙"), "", uuid.Nil)
			return err
		}))
		d.is(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{}), step.ErrStale)
		p, err := d.Paper(ctx, approver, n.ID)
		if err != nil || !errors.Is(p.May, roll.ErrStale) {
			t.Fatalf("%v, %v", p.May, err)
		}
		d.must(d.Return(ctx, approver, n.ID, d.now(n.ID).Version, "名单变了，请再看一遍"))
		d.handIn(editor, n.ID)
		d.approve(approver, n.ID)
	})
}

func TestTheTownsChangesAreMadeWhenItsRoundIsSigned(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		first := d.publish(d.village, d.list(), households("赵甲", "钱乙", "孙丙")...)
		d.goTo("2026-03-09", 0)
		editor := d.editor(d.town)
		n := d.begin(editor, d.next("LIST_TOWN", first))
		version := d.table(first.ID).Version
		d.rows(editor, n.ID, []roll.Edit{{Key: 3, Gone: true, Reason: "duplicate"}, {Key: 1, Label: "赵甲", People: 9, Reason: "typo"}})
		d.rows(editor, n.ID, []roll.Edit{{Key: 1, Label: "赵甲", People: 4, Reason: "typo"}})
		if d.table(first.ID).Version != version {
			t.Fatal("a published list changed without an approver")
		}
		p, err := d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Edits) != 2 || p.Edits[1].People != 4 {
			t.Fatalf("%+v, %v", p.Edits, err)
		}
		d.minutes(editor, n.ID)
		d.handIn(editor, n.ID)
		d.approve(d.approver(d.town), n.ID)
		row, err := d.Rolls.Row(ctx, *first.RollID, 1)
		if r := d.table(first.ID); err != nil || r.Size != 2 || r.Stage != roll.Town || row.People != 4 || row.StandsUntil != "2026-03-15" {
			t.Fatalf("%+v %+v, %v", r, row, err)
		}
	})
}

func TestARulingLengthensTheRunningRound(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲", "钱乙")...)
		renew := func(to workday.Date, line string) {
			t.Helper()
			d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.Renew(tx, *n.RollID, to, line) }))
		}
		renew("2026-03-05", "收到意见1条，核实后改动1户")
		if got := d.now(n.ID); *got.EndsOn != "2026-03-08" || got.PublicLine == "" {
			t.Fatalf("shortened: %+v", got)
		}
		d.goTo("2026-03-09", 0)
		d.must(d.Tick(ctx))
		renew("2026-03-15", "")
		if got := d.now(n.ID); *got.EndsOn != "2026-03-15" || got.State != "published" || got.PublicLine == "" {
			t.Fatalf("%+v", got)
		}
		// The round stands its new days before the next one.
		editor := d.editor(d.town)
		onward := d.begin(editor, d.next("LIST_TOWN", n))
		d.minutes(editor, onward.ID)
		d.is(d.HandIn(ctx, editor, onward.ID, d.now(onward.ID).Version), roll.ErrStanding)
	})
}

func TestALengthenedRoundStandsAllItsDays(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲")...)
		d.must(d.Lengthen(ctx, d.approver(d.village), n.ID, n.Version, "2026-03-20"))
		d.goTo("2026-03-20", 0)
		editor := d.editor(d.town)
		onward := d.begin(editor, d.next("LIST_TOWN", n))
		d.minutes(editor, onward.ID)
		d.is(d.HandIn(ctx, editor, onward.ID, d.now(onward.ID).Version), roll.ErrStanding)
	})
}

func TestAListGoesOnOnlyBelowItsOffice(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.village, d.list(), households("赵甲")...)
		d.goTo("2026-03-09", 0)
		in := d.next("LIST_TOWN", n)
		in.PlaceCode = dawaTown
		_, err := d.Begin(ctx, d.editor(d.elsewhere), in)
		d.wrong(err, "roll")
		in = d.next("SUBSIDY_ROSTER", n)
		in.Fields = nil
		_, err = d.Begin(ctx, d.editor(d.village), in)
		d.wrong(err, "roll")
	})
}

// TestWhoGoesOnWithAListReadsItOnly: a county's poverty office does not command
// the town whose list it announces.
func TestWhoGoesOnWithAListReadsItOnly(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		n := d.publish(d.town, d.list(), households("赵甲")...)
		both := d.person(d.county, staff.Publisher, staff.NoticeApprover)
		p, err := d.Paper(ctx, both, n.ID)
		if err != nil || len(p.Actions) != 0 {
			t.Fatalf("%v, %v", p.Actions, err)
		}
		if page, err := d.List(ctx, both, notice.Filter{}); err != nil || len(page) != 1 {
			t.Fatalf("%d, %v", len(page), err)
		}
		d.is(d.Withdraw(ctx, both, n.ID, n.Version, "名单有误，重新公示"), store.ErrNotFound)
		_, err = d.Correct(ctx, both, n.ID, "名单写错了一户")
		d.is(err, store.ErrNotFound)
	})
}

// TestAmountsThatDifferNeedAReason allocates less than the fund has.
func TestAmountsThatDifferNeedAReason(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.county), d.approver(d.county)
		fund, err := d.NewFund(ctx, editor, notice.Fund{PlaceCode: "211122000000", Name: "财政专项扶贫资金", DocNumber: "盘县财农〔2026〕1号", Source: "county",
			TotalFen: 100_000_00, Year: 2026, AllocatedOn: "2026-03-01"})
		d.must(err)
		n := d.begin(editor, notice.Draft{Kind: "FUND_ALLOC", Title: "财政专项扶贫资金分配结果公告", PlaceCode: "211122000000", Year: 2026, StartsOn: d.today(),
			Fields: contact("fund_use", "产业", "fund_principle", "按户数"), FundID: &fund.ID})
		d.rows(editor, n.ID, []roll.Edit{{Label: "大棚项目", PlaceCode: shuangliu, AmountFen: 60_000_00, Cells: map[string]string{"unit": "甜水镇"}}})
		d.handIn(editor, n.ID)
		approve := func(a notice.Approval) error { return d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, a) }
		d.is(approve(notice.Approval{}), notice.ErrMismatch)
		d.wrong(approve(notice.Approval{Mismatch: "无"}), "mismatch")
		d.must(approve(notice.Approval{Mismatch: "余款下半年再分"}))
		p, err := d.Paper(ctx, approver, n.ID)
		if err != nil || p.Mismatch != "余款下半年再分" || p.Sums == nil || !p.Sums.Differs || p.Fund == nil {
			t.Fatalf("%+v, %v", p, err)
		}
		events, err := ledger.Of(ctx, d.Store, ledger.OfNotice, n.ID, "notice_approved")
		if err != nil || len(events) != 1 || events[0].Body["mismatch"] != "yes" {
			t.Fatalf("%+v, %v", events, err)
		}
		projects, err := d.Projects(ctx, editor, fund.ID, uuid.Nil)
		if err != nil || len(projects) != 1 || projects[0].AmountFen != 60_000_00 {
			t.Errorf("%+v, %v", projects, err)
		}
	})
}
