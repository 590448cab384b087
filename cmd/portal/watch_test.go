package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
)

// everyTurn is how often portals look at dates here.
const everyTurn = time.Second

// TestEachStepOnceThroughKills lets two portals look after dates that are due or
// late. The one that announces is killed in the middle of it, with kill -9 or by
// standing still until the other has gone on, again and again. Then each date has
// been announced once at its stage, with its event and its alarm, and none was
// left out.
func TestEachStepOnceThroughKills(t *testing.T) {
	t.Parallel()
	s := newSiege(t)
	halfway := 0
	for round := range 5 {
		s.start(1 - s.holds)
		awaitReady(t, s.addrs[1-s.holds])
		before := s.steps()
		s.late(400)
		for s.steps() == before {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		asleep := round%2 == 1
		took := s.strike(asleep)
		if s.left() > 0 {
			halfway++
		}
		s.finish()
		s.wake()
		t.Logf("taken over after %s, asleep: %v", took.Round(time.Millisecond), asleep)
	}
	if halfway < 2 {
		t.Errorf("only %d of 5 were struck in the middle of their work: the run proves little", halfway)
	}
	time.Sleep(2 * everyTurn) // what woke up had the time to do something
	s.once()
}

// siege is two portals whose watch is attacked, and the dates they look after.
type siege struct {
	*fleet
	conn    *pgx.Conn
	copier  *rowCopier
	started []workday.Date          // days on which a date began that is due or late by now
	due     map[workday.Date]string // what it is due on
	wanted  int                     // dates that are due or late
	holds   int                     // the replica that watches
	holder  uuid.UUID               // as the lease calls it
	sleeps  int                     // the one that stands still; -1: none
}

func newSiege(t *testing.T) *siege {
	url := storetest.PostgresURL(t)
	s := &siege{sleeps: -1, due: map[workday.Date]string{}, // who stands still lets go sooner than in two minutes
		fleet: newFleet(t, 2, url+"&idle_in_transaction_session_timeout=5000", "PORTAL_WATCH_EVERY="+everyTurn.String(), "PORTAL_OFFICE_HOURS=00:00-24:00")}
	ctx := context.Background()
	var err error
	if s.conn, err = pgx.Connect(ctx, url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close(ctx) })
	today := workday.On(time.Now())
	for _, day := range []workday.Date{today, today.Add(1)} { // should midnight pass
		s.exec("INSERT INTO calendar_day (on_day, works, name, source, at) VALUES ($1, true, '加班', '测试', now()) ON CONFLICT (on_day) DO UPDATE SET works = true", string(day))
	}
	rooms := roomsOf(t, s.environ, nil)
	rule, err := rooms.clocks.Stood(ctx, firstLook, "", today)
	if err != nil {
		t.Fatal(err)
	}
	for from := today.Add(-30); from < today; from = from.Add(1) {
		if due := rooms.clocks.Calendar().Limit(from, rule.N, rule.DayKind); due.On <= today {
			s.started, s.due[from] = append(s.started, from), string(due.On)
		}
	}
	s.start(0)
	awaitReady(t, s.addrs[0])
	for s.number("SELECT count(*) FROM lease") == 0 {
		time.Sleep(time.Millisecond)
	}
	s.holder = s.lease()
	s.copier = newRowCopier(t, url, func() {
		v := villager{http.DefaultClient, s.fleet}
		filled, err := v.form(0, words)
		if err == nil {
			_, err = v.send(0, filled)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	return s
}

// firstLook is the rule whose dates are watched: every report has one.
const firstLook = "complaint.triage_target"

func (s *siege) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.conn.Exec(context.Background(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *siege) number(sql string) (n int) {
	s.t.Helper()
	if err := s.conn.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// late makes n complaints whose first look is due or late, all at once.
func (s *siege) late(n int) {
	s.t.Helper()
	ctx := context.Background()
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	last := s.number("SELECT max(seq) FROM complaint")
	var batch pgx.Batch
	for range n {
		for _, row := range s.copier.fresh() {
			batch.Queue(row.insert, row.values...)
		}
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		s.t.Fatal(err)
	}
	for i, from := range s.started {
		_, err := tx.Exec(ctx, `UPDATE deadline SET started_on = $1, due_on = $2 WHERE rule = $3
			AND subject_id IN (SELECT id FROM complaint WHERE seq > $4 AND seq % $5 = $6)`,
			string(from), s.due[from], firstLook, last, len(s.started), i)
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		s.t.Fatal(err)
	}
	s.wanted += n
}

// steps counts what was announced.
func (s *siege) steps() int {
	return s.number("SELECT count(*) FROM alarm WHERE rule = '" + firstLook + "'")
}

// left counts the dates that nothing was announced of yet.
func (s *siege) left() int {
	return s.number(`SELECT count(*) FROM deadline d WHERE rule = '` + firstLook + `' AND due_on <= '` + string(workday.On(time.Now())) + `'
		AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject_id = d.subject_id)`)
}

// strike ends the one that watches, or stops it where it stands, and returns how
// long it took until the other watched.
func (s *siege) strike(asleep bool) time.Duration {
	s.t.Helper()
	holder := s.lease()
	if holder != s.holder {
		s.holds = 1 - s.holds // the other took over by itself: on a busy machine a turn may outlast the lease
	}
	struck := time.Now()
	if asleep {
		s.sleeps = s.holds
		s.procs[s.holds].Process.Signal(syscall.SIGSTOP)
	} else {
		s.kill(s.holds)
	}
	for s.holder = s.lease(); s.holder == holder; s.holder = s.lease() {
		if time.Since(struck) > 60*everyTurn {
			s.t.Fatal("nobody took over")
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.holds = 1 - s.holds
	return time.Since(struck)
}

// lease is who watches.
func (s *siege) lease() (holder uuid.UUID) {
	s.t.Helper()
	if err := s.conn.QueryRow(context.Background(), "SELECT holder FROM lease WHERE name = 'watch'").Scan(&holder); err != nil {
		s.t.Fatal(err)
	}
	return holder
}

// finish waits until everything is announced.
func (s *siege) finish() {
	s.t.Helper()
	for until := time.Now().Add(time.Minute); s.left() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			s.t.Fatalf("%d dates are left out", s.left())
		}
	}
}

// wake lets the one that stood still go on in the middle of its turn, and ends it
// a moment later.
func (s *siege) wake() {
	if s.sleeps < 0 {
		return
	}
	s.procs[s.sleeps].Process.Signal(syscall.SIGCONT)
	time.Sleep(everyTurn)
	s.kill(s.sleeps)
	s.sleeps = -1
}

// once compares alarms and events with the dates.
func (s *siege) once() {
	s.t.Helper()
	for what, sql := range map[string]string{
		"steps without an alarm":   `SELECT subject_id::text, kind FROM event e WHERE kind LIKE 'clock%' AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject_id = e.subject_id AND a.due_on = e.body::json->>'due_on')`,
		"events more than once":    `SELECT subject_id::text, kind FROM event WHERE kind LIKE 'clock%' GROUP BY subject_id, kind, body::json->>'rule', body::json->>'due_on' HAVING count(*) > 1`,
		"alarms more than once":    `SELECT subject_id::text, stage FROM alarm GROUP BY subject_id, rule, due_on, stage HAVING count(*) > 1`,
		"alarms that nobody hears": `SELECT subject_id::text, stage FROM alarm WHERE NOT EXISTS (SELECT 1 FROM alarm_unit WHERE alarm_id = alarm.id)`,
		"reds that went up not":    `SELECT subject_id::text, stage FROM alarm a WHERE stage = 'red' AND NOT EXISTS (SELECT 1 FROM alarm b WHERE b.subject_id = a.subject_id AND b.stage = 'escalated')`,
	} {
		rows, err := s.conn.Query(context.Background(), sql)
		if err != nil {
			s.t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			values, err := row.Values()
			return fmt.Sprint(values...), err
		})
		if err != nil || len(found) > 0 {
			s.t.Errorf("%s: %d, such as %v, %v", what, len(found), found[:min(2, len(found))], err)
		}
	}
	events, alarms := s.number("SELECT count(*) FROM event WHERE kind LIKE 'clock%'"), s.steps()
	told := s.number("SELECT count(DISTINCT subject_id) FROM event WHERE kind LIKE 'clock%'")
	if told != s.wanted || events != alarms {
		s.t.Errorf("%d of %d dates were announced, with %d events and %d alarms", told, s.wanted, events, alarms)
	}
}
