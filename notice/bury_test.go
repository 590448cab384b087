package notice_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// TestNoPathGetsPastAnOpenObjection lets offices do what they like, in any
// order, while an objection to a list is open: neither that list nor another
// one of the village moves to a round until it is ruled on.
func TestNoPathGetsPastAnOpenObjection(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		for seed := range uint64(6) {
			w := &walk{desks: d, r: rand.New(rand.NewPCG(seed, 1)), day: "2026-03-02"}
			w.day = w.day.Add(int(seed) * 100) // apart from the walks before
			d.goTo(w.day, 8*time.Hour)
			w.run(t, seed)
		}
	})
}

// walk is a number of random steps with one list that was objected to.
type walk struct {
	*desks
	r        *rand.Rand
	day      workday.Date
	first    notice.Notice
	notices  []uuid.UUID
	objected roll.Stage
}

func (w *walk) run(t *testing.T, seed uint64) {
	t.Helper()
	w.first = w.publish(w.village, w.list(), households("赵甲", "钱乙")...)
	w.notices = []uuid.UUID{w.first.ID}
	if w.r.IntN(2) == 0 {
		w.day = w.day.Add(7)
		w.goTo(w.day, 8*time.Hour)
		w.notices = append(w.notices, w.publish(w.town, w.next("LIST_TOWN", w.first)).ID)
	}
	held := w.hold(w.first.ID, w.r.IntN(3))
	w.objected = w.table(w.first.ID).Stage
	var done []string
	for range 40 {
		done = append(done, w.step())
		if got := w.table(w.first.ID).Stage; got != w.objected {
			t.Fatalf("walk %d took the list from %s to %s: %v", seed, w.objected, got, done)
		}
		for _, id := range w.notices {
			if n := w.now(id); *n.RollID != *w.first.RollID && w.table(id).Stage != roll.Draft {
				t.Fatalf("walk %d got another list past it: %v", seed, done)
			}
		}
	}
	w.lift(held)
}

// step takes one step as somebody who may; what is refused is refused.
func (w *walk) step() string {
	units := []struct {
		kind string
		by   staff.Officer
	}{{"LIST_VILLAGE", w.person(w.village, staff.Publisher)}, {"LIST_TOWN", w.person(w.town, staff.Publisher)}, {"LIST_COUNTY", w.person(w.county, staff.Publisher)}}
	at := units[w.r.IntN(len(units))]
	approver := w.person(w.town, staff.NoticeApprover)
	if at.kind == "LIST_COUNTY" {
		approver = w.person(w.county, staff.NoticeApprover)
	}
	id := w.notices[w.r.IntN(len(w.notices))]
	n := w.now(id)
	steps := []string{"again", "fresh", "hand in", "approve", "withdraw", "correct", "tick", "days"}
	what := steps[w.r.IntN(len(steps))]
	switch what {
	case "again", "fresh":
		in := w.next(at.kind, w.first)
		if what == "fresh" {
			in.RollID = nil
		}
		if made, err := w.Begin(ctx, at.by, in); err == nil {
			w.notices = append(w.notices, made.ID)
			if what == "fresh" {
				w.rows(at.by, made.ID, households("孙丙"))
			}
			_ = w.SetMinutes(ctx, at.by, made.ID, roll.Minutes{MetOn: w.today(), Present: 1, Entitled: 2}, w.photo())
		}
	case "hand in":
		in := w.next(n.Kind, w.first)
		_ = w.Save(ctx, at.by, id, n.Version, in)
		_ = w.HandIn(ctx, at.by, id, w.now(id).Version)
	case "approve":
		_ = w.Approve(ctx, approver, id, n.Version, notice.Approval{UnreadFiles: true})
	case "withdraw":
		_ = w.Withdraw(ctx, approver, id, n.Version, "名单有误，重新公示")
	case "correct":
		if n.Kind != "CORRECTION" {
			_, _ = w.Correct(ctx, at.by, id, "名单写错了一户")
		}
	case "tick":
		w.must(w.Tick(ctx))
	case "days":
		w.day = w.day.Add(w.r.IntN(9))
		w.goTo(w.day, 8*time.Hour)
	}
	return what
}
