package clock_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

var bg = context.Background()

// tower is a book of clocks on a database, with a time that the test sets.
type tower struct {
	*clock.Book
	t     *testing.T
	store *store.Store
	now   atomic.Pointer[time.Time]
	admin staff.Officer
	boss  staff.Officer
}

// each runs a test on SQLite and on PostgreSQL; it is Monday, 2 March 2026.
func each(t *testing.T, test func(t *testing.T, w *tower)) {
	t.Run("sqlite", func(t *testing.T) { test(t, build(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, build(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func build(t *testing.T, c store.Config) *tower {
	t.Helper()
	w := &tower{t: t}
	w.on("2026-03-02")
	c.Now = func() time.Time { return *w.now.Load() }
	var err error
	w.store, err = store.Open(bg, c)
	w.must(err)
	t.Cleanup(func() { w.store.Close() })
	w.Book = clock.New(w.store, workday.BuiltIn())
	w.admin, w.boss = w.person(staff.Administrator), w.person(staff.Supervisor)
	return w
}

// on sets the clock to nine in the morning of a day in Shanghai.
func (w *tower) on(day workday.Date) {
	at := day.Time().Add(9 * time.Hour)
	w.now.Store(&at)
}

func (w *tower) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person is an account of an office.
func (w *tower) person(role staff.Role) staff.Officer {
	w.t.Helper()
	unit, id, at := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), w.store.Now()
	w.must(w.store.Read(bg).Table("unit").Create(map[string]any{"id": unit, "name": "督查室" + unit.String(), "kind": "supervision_office", "level": "city",
		"takes_complaints": true, "doc_mark": "", "phone": "", "valid_from": "2015-01-01"}).Error)
	w.must(w.store.Read(bg).Table("account").Create(map[string]any{"id": id, "login": id.String(), "name": "员", "unit_id": unit, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false, "totp_last_step": 0, "created_at": at, "updated_at": at, "version": 1}).Error)
	return staff.Officer{ID: id, Name: "员", UnitID: unit, UnitName: "督查室", Roles: []staff.Role{role}}
}

// in runs do in a transaction and fails when it does.
func (w *tower) in(do func(tx *gorm.DB) error) {
	w.t.Helper()
	w.must(w.store.Transact(bg, do))
}

// start runs a clock for a new subject.
func (w *tower) start(kind ledger.Subject, of, rule string, from workday.Date) (d clock.Deadline) {
	w.t.Helper()
	w.in(func(tx *gorm.DB) (err error) {
		d, err = w.Start(tx, clock.Subject{Kind: kind, ID: uuid.Must(uuid.NewV7()), Of: of}, rule, from)
		return err
	})
	return d
}

func (w *tower) again(d clock.Deadline) clock.Deadline {
	w.t.Helper()
	var now clock.Deadline
	w.must(store.One(w.store.Read(bg).Where("subject_id = ? AND rule = ? AND round = ?", d.SubjectID, d.Rule, d.Round), &now))
	return now
}

func (w *tower) events(kind string) (n int64) {
	w.t.Helper()
	w.must(w.store.Read(bg).Model(&ledger.Event{}).Where("kind = ?", kind).Count(&n).Error)
	return n
}

const (
	accept = "complaint.accept_notice"
	reply  = "complaint.reply"
	reexam = "complaint.reexam_decide"
	normal = "supervision_item.normal"
)

func TestTimeRulesAreThoseOfTheBrief(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		for code, want := range map[string]clock.Rule{
			"complaint.triage_target":       {N: 2, DayKind: "wd", FromEvent: "submitted", Duty: "internal"},
			"complaint.accept_notice":       {N: 15, DayKind: "cd", FromEvent: "submitted", Duty: "statutory"},
			"complaint.simplified_accept":   {N: 3, DayKind: "wd", FromEvent: "submitted", Duty: "statutory"},
			"complaint.simplified_reply":    {N: 10, DayKind: "wd", FromEvent: "accepted", Duty: "statutory"},
			"complaint.reply":               {N: 60, DayKind: "cd", FromEvent: "accepted", Duty: "statutory"},
			"complaint.reply_extension_max": {N: 30, DayKind: "cd", FromEvent: "reply.due", Duty: "statutory"},
			"complaint.transfer_dispute":    {N: 5, DayKind: "wd", FromEvent: "transferred", Duty: "statutory"},
			"complaint.refer_discipline":    {N: 5, DayKind: "wd", FromEvent: "triaged", Duty: "internal"},
			"complaint.callback":            {N: 5, DayKind: "wd", FromEvent: "replied", Duty: "internal"},
			"complaint.review_request":      {N: 30, DayKind: "cd", FromEvent: "reply_delivered", Duty: "statutory"},
			"complaint.review_decide":       {N: 30, DayKind: "cd", FromEvent: "review_received", Duty: "statutory"},
			"complaint.reexam_request":      {N: 30, DayKind: "cd", FromEvent: "review_delivered", Duty: "statutory"},
			"complaint.reexam_decide":       {N: 30, DayKind: "cd", FromEvent: "reexam_received", Duty: "statutory", PauseOn: "hearing"},
			"objection.verify":              {N: 5, DayKind: "wd", FromEvent: "acknowledged", Duty: "internal"},
			"supervision_item.acknowledge":  {N: 1, DayKind: "wd", FromEvent: "issued", Duty: "internal"},
			"supervision_item.urgent":       {N: 5, DayKind: "cd", FromEvent: "issued", Duty: "internal", PauseOn: "suspension"},
			"supervision_item.complex":      {N: 30, DayKind: "cd", FromEvent: "issued", Duty: "internal", PauseOn: "suspension"},
			"supervision_item.red":          {N: 5, DayKind: "wd", FromEvent: "due", Duty: "internal"},
			"rectification.plan":            {N: 5, DayKind: "wd", FromEvent: "order_received", Duty: "internal"},
			"rectification.follow_up_check": {N: 30, DayKind: "cd", FromEvent: "report_accepted", Duty: "internal"},
		} {
			got, err := w.RuleOn(w.store.Read(bg), code, "", "2026-03-02")
			w.must(err)
			if got.N != want.N || got.DayKind != want.DayKind || got.FromEvent != want.FromEvent || got.Duty != want.Duty || got.PauseOn != want.PauseOn || got.Basis == "" {
				t.Errorf("%s: %+v", code, got)
			}
		}
		old, err := w.RuleOn(w.store.Read(bg), reply, "", "2022-04-30")
		w.must(err)
		now, err := w.RuleOn(w.store.Read(bg), reply, "", "2022-05-01")
		w.must(err)
		if !strings.Contains(old.Basis, "第431号") || !strings.Contains(now.Basis, "信访工作条例") {
			t.Errorf("basis before %q, after %q", old.Basis, now.Basis)
		}
		for _, code := range []string{"complaint.lunch", ""} {
			if _, err := w.RuleOn(w.store.Read(bg), code, "", "2026-03-02"); !errors.Is(err, clock.ErrNoRule) {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}

func TestClocksRunMeetAndRunAgain(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		first := w.start(ledger.OfComplaint, "", accept, "2026-03-02")
		if first.Round != 1 || first.DueOn != "2026-03-17" || first.ToldOn == nil || *first.ToldOn != first.DueOn {
			t.Errorf("first round %+v", first)
		}
		var second clock.Deadline
		w.in(func(tx *gorm.DB) (err error) {
			second, err = w.Start(tx, first.Subject(), accept, "2026-03-05")
			return err
		})
		if second.Round != 2 || second.DueOn != "2026-03-20" {
			t.Errorf("second round %+v", second)
		}
		running, err := w.Running(w.store.Read(bg), first.SubjectID)
		if err != nil || len(running) != 1 || running[0].Round != 2 {
			t.Errorf("runs %+v, %v; the first round should be met", running, err)
		}
		w.in(func(tx *gorm.DB) error {
			if err := w.Meet(tx, uuid.New(), reply); err != nil {
				return err
			}
			return w.Meet(tx, first.SubjectID)
		})
		next, err := w.Next(w.store.Read(bg), first.SubjectID)
		if err != nil || next != nil {
			t.Errorf("still due %+v, %v", next, err)
		}
		all, err := w.Of(bg, first.SubjectID)
		if err != nil || len(all) != 2 {
			t.Errorf("%d deadlines, %v", len(all), err)
		}
	})
}

func TestExtendingCountsFromTheLastDay(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		extend := func(subject uuid.UUID, days int) (d clock.Deadline, err error) {
			w.in(func(tx *gorm.DB) error { d, err = w.Extend(tx, subject, reply, days); return nil })
			return d, err
		}
		if _, err := extend(uuid.New(), 10); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a clock that does not run was extended: %v", err)
		}
		d := w.start(ledger.OfComplaint, "", reply, "2026-03-04")
		for _, days := range []int{0, -1, 31} {
			if _, err := extend(d.SubjectID, days); !errors.Is(err, clock.ErrNoRule) {
				t.Errorf("%d days: %v", days, err)
			}
		}
		// 60 days from 4 March end on 3 May, in the holidays: due on 6 May.
		d, err := extend(d.SubjectID, 30)
		if err != nil || d.StartedOn != "2026-05-06" || d.DueOn != "2026-06-05" || d.Rule != reply || d.Round != 2 || !d.Extends || !strings.Contains(d.Basis, "延长") {
			t.Errorf("extended %+v, %v", d, err)
		}
	})
}

func TestARuleOfItsOwnKindGoesBeforeTheGeneralOne(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		w.must(w.SetRule(bg, w.admin, clock.Change{Code: accept, Kind: "RETALIATION", N: 3, DayKind: workday.WorkingDays,
			Basis: "本系统内部时限：打击报复优先", From: "2026-03-02", Why: "打击报复要更快"}))
		own, general := w.start(ledger.OfComplaint, "RETALIATION", accept, "2026-03-02"), w.start(ledger.OfComplaint, "FUND_DELAY", accept, "2026-03-02")
		if own.DueOn != "2026-03-05" || general.DueOn != "2026-03-17" {
			t.Errorf("own kind due %s, any other %s", own.DueOn, general.DueOn)
		}
		before := w.start(ledger.OfComplaint, "RETALIATION", accept, "2026-03-01")
		if before.DueOn != "2026-03-16" {
			t.Errorf("counted on a rule that did not stand yet: %s", before.DueOn)
		}
	})
}
