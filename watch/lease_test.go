package watch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// expire lets the lease run out, by whichever clock it lives.
func (w *tower) expire() { w.expireIn(0) }

func (w *tower) expireIn(left time.Duration) {
	w.t.Helper()
	until := any(w.Store.Now().Add(left))
	if w.Store.Postgres() {
		until = gorm.Expr("clock_timestamp() + make_interval(secs => ?)", left.Seconds())
	}
	w.must(w.Store.Read(bg).Model(&leaseRow{}).Where("name = ?", leaseName).Updates(map[string]any{"until": until}).Error)
}

func (w *tower) lease() (row leaseRow) {
	w.t.Helper()
	w.must(store.One(w.Store.Read(bg).Where("name = ?", leaseName), &row))
	return row
}

func TestOneReplicaWatchesAndAnotherTakesOver(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		other := w.another()
		w.sweep()
		if swept, err := other.Sweep(bg); err != nil || !errors.Is(swept.Still, errElsewhere) {
			t.Fatalf("two watch at a time: %+v, %v", swept, err)
		}
		first := w.lease()
		var left float64 // seconds
		if w.Store.Postgres() {
			w.must(w.Store.Read(bg).Raw("SELECT EXTRACT(EPOCH FROM until - clock_timestamp()) FROM lease").Scan(&left).Error)
		} else {
			left = first.Until.Sub(w.Store.Now()).Seconds()
		}
		if left > 2*w.Interval.Seconds() || left < 2*w.Interval.Seconds()-5 {
			t.Errorf("another can take over after %f s", left)
		}
		w.expire()
		if swept, err := other.Sweep(bg); err != nil || swept.Still != nil {
			t.Fatalf("nobody took over: %+v, %v", swept, err)
		}
		if now := w.lease(); now.Holder != other.holder || now.Turn <= first.Turn {
			t.Errorf("the lease is %+v", now)
		}
		if swept, err := w.Sweep(bg); err != nil || !errors.Is(swept.Still, errElsewhere) {
			t.Errorf("the first still watches: %+v, %v", swept, err)
		}
		w.must(other.release(bg))
		w.sweep() // who ends hands on at once
	})
}

// Who waits looks again after an interval, and not later than the lease ends:
// else taking over would need three intervals.
func TestWhoWaitsIsThereWhenTheLeaseEnds(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		other := w.another()
		w.sweep()
		for _, left := range []time.Duration{2 * w.Interval, w.Interval / 2} {
			w.expireIn(left)
			swept, err := other.Sweep(bg)
			w.must(err)
			if rest := other.rest(swept.Still); rest > min(left, w.Interval) || rest < min(left, w.Interval)-3*time.Second {
				t.Errorf("with %s left it waits %s", left, rest)
			}
		}
		if rest := w.rest(nil); rest != w.Interval {
			t.Errorf("who watches waits %s", rest)
		}
	})
}

// A process that slept while another took over wakes up in the middle of its
// turn.
func TestWhoWasOvertakenWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		late := w.start(normal, "2026-09-01")
		sleeper, err := w.begin(bg)
		w.must(err)
		w.expire()
		awake := w.another()
		if _, err := awake.Sweep(bg); err != nil {
			t.Fatal(err)
		}
		fresh := w.start(normal, "2026-09-02")
		swept := Swept{Told: map[Stage]int{}}
		for name, act := range map[string]func() error{
			"announce": func() error { return sleeper.announce(bg, &swept) },
			"standing": func() error { return sleeper.standing(bg, &swept) },
			"look":     func() error { w.pass(time.Second); return sleeper.look(bg) },
			"any":      func() error { return sleeper.write(bg, func(*gorm.DB) error { t.Error("it wrote"); return nil }) },
		} {
			if err := act(); !errors.Is(err, errLost) {
				t.Errorf("%s of who slept: %v", name, err)
			}
		}
		w.must(w.Store.Read(bg).Exec("DELETE FROM portal_fact WHERE name = ?", countedOn).Error)
		sleeper.counted = noticed{}
		sleeper.Settle = 0
		if err := sleeper.recount(bg, &swept); !errors.Is(err, errLost) {
			t.Errorf("recount of who slept: %v", err)
		}
		if swept.total() != 0 || len(w.alarms(fresh.SubjectID)) != 0 || len(w.alarms(late.SubjectID)) != 2 || w.once() != 2 {
			t.Errorf("who slept did %+v", swept)
		}
	})
}

// A process may be stopped in the middle of a transaction, with the lease's row
// in its hands. PostgreSQL ends the transaction.
func TestWhoStandsStillInATransactionHoldsUpNobody(t *testing.T) {
	for name, stop := range map[string]func(w *tower, still func()){
		"as it announces": func(w *tower, still func()) { w.items.before = still },
		"as it takes the lease": func(w *tower, still func()) {
			w.must(w.Store.Read(bg).Callback().Query().Before("gorm:query").Register("still", func(db *gorm.DB) {
				if db.Statement.Table == "lease" {
					still()
				}
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newPostgresTower(t)
			late := w.start(normal, "2026-09-01")
			w.Interval = time.Second
			awake := w.another()
			awake.Interval = time.Second
			stopped, wake := make(chan bool, 1), make(chan bool)
			var still atomic.Bool
			stop(w, func() {
				if still.CompareAndSwap(false, true) {
					stopped <- true
					<-wake
				}
			})
			ended := make(chan error, 1)
			go func() {
				_, err := w.Sweep(bg)
				ended <- err
			}()
			<-stopped
			began := time.Now()
			soon, cancel := context.WithTimeout(bg, 4*w.Interval)
			defer cancel()
			for swept := (Swept{Still: errElsewhere}); swept.Still != nil; {
				var err error
				if swept, err = awake.Sweep(soon); err != nil {
					t.Fatalf("nobody takes over: %v", err)
				}
				time.Sleep(20 * time.Millisecond)
			}
			if took := time.Since(began); took > 2*w.Interval+time.Second/2 {
				t.Errorf("taken over after %s", took)
			}
			wake <- true
			if err := <-ended; err == nil {
				t.Error("who was stopped went on as if nothing had been")
			}
			if got := w.alarms(late.SubjectID); !slices.Equal(got, []Stage{Red, Escalated}) || w.once() != 2 {
				t.Errorf("alarms %v", got)
			}
		})
	}
}

// Three replicas with leases that run out all the time, so that each overtakes
// the others in the middle of their turns.
func TestReplicasThatRaceAnnounceOnce(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		const n = 250
		var all []clock.Deadline
		for range n {
			all = append(all, w.start(normal, "2026-09-01"))
		}
		var wait sync.WaitGroup
		var stop atomic.Bool // a turn ends first: of one that is cut off nobody knows whether its commit arrived
		for _, replica := range []*Watch{w.Watch, w.another(), w.another()} {
			replica.Interval = 2 * time.Millisecond
			wait.Go(func() {
				for !stop.Load() {
					if _, err := replica.Sweep(bg); err != nil && !errors.Is(err, errLost) {
						t.Error(err)
						return
					}
				}
			})
		}
		deadline := time.Now().Add(time.Minute)
		for done := int64(0); done < 2*n && time.Now().Before(deadline); {
			w.pass(time.Millisecond) // SQLite's leases run out by this
			w.must(w.Store.Read(bg).Model(&alarmRow{}).Where("rule <> ''").Count(&done).Error)
		}
		stop.Store(true)
		wait.Wait()
		if got := w.once(); got != 2*n {
			t.Errorf("%d steps of %d deadlines", got, n)
		}
		for _, d := range all {
			if up := len(w.eventsOf(d.SubjectID, "gone_up")); up != 1 {
				t.Errorf("%d times up", up)
			}
		}
	})
}

// eventsOf are the events of an item of one kind.
func (w *tower) eventsOf(subject uuid.UUID, kind string) []ledger.Event {
	w.t.Helper()
	events, err := ledger.Of(bg, w.Store, ledger.OfItem, subject, kind)
	w.must(err)
	return events
}

// Were there no lease at all, the unique key would still let only one through.
func TestAnAlarmCollidesWithItself(t *testing.T) {
	each(t, func(t *testing.T, w *tower) {
		a := alarmRow{SubjectKind: ledger.OfItem, SubjectID: uuid.New(), Rule: normal, Round: 1, DueOn: "2026-11-17", Stage: Yellow, OwesID: &w.town.ID}
		results := make(chan error, 2)
		for range 2 {
			go func() {
				results <- w.Store.Transact(bg, func(tx *gorm.DB) error { return w.raise(tx, a, []hearer{{Unit: w.town.ID}}) })
			}()
		}
		first, second := <-results, <-results
		if (first == nil) == (second == nil) || !store.IsDuplicate(errors.Join(first, second)) || w.once() != 1 {
			t.Errorf("%v, %v", first, second)
		}
	})
}

func TestAReplicaWhoseClockIsOffDoesNotWatch(t *testing.T) {
	w := newPostgresTower(t)
	w.start(normal, "2026-09-01")
	for ahead, want := range map[time.Duration]error{3 * time.Second: nil, 7 * time.Second: ErrSkewed, -7 * time.Second: ErrSkewed, 72 * time.Hour: ErrSkewed, -72 * time.Hour: ErrSkewed} {
		s, err := store.Open(bg, store.Config{URL: w.c.URL, Now: func() time.Time { return time.Now().Add(ahead) }})
		w.must(err)
		defer s.Close()
		c := w.Config
		c.Store, c.Trust = s, nil
		swept, err := New(c).Sweep(bg)
		if err != nil || !errors.Is(swept.Still, want) || (swept.Still == nil) != (want == nil) {
			t.Errorf("%s ahead: %+v, %v", ahead, swept, err)
		}
		if want == nil {
			w.must(w.Store.Read(bg).Exec("DELETE FROM lease").Error)
			continue
		}
		var leases int64
		if w.must(w.Store.Read(bg).Model(&leaseRow{}).Count(&leases).Error); leases != 0 {
			t.Errorf("%s ahead, and it holds the lease", ahead)
		}
	}
}

// One process has nobody to ask: it lets one turn go by and says so.
func TestAClockThatJumpsStandsStillForATurn(t *testing.T) {
	w := newSQLiteTower(t)
	c := w.Config
	c.Trust = nil
	w.Watch = New(c)
	late := w.start(normal, "2026-09-01")
	w.set(workday.Date("2026-11-01").Time().Add(9 * time.Hour)) // a Sunday
	w.sweep()
	w.on("2026-11-04")
	if swept, err := w.Sweep(bg); err != nil || !errors.Is(swept.Still, ErrJumped) || len(w.alarms(late.SubjectID)) != 0 {
		t.Errorf("three days ahead at once: %+v, %v", swept, err)
	}
	w.sweep()
	w.on("2026-11-02")
	for i, want := range []error{ErrJumped, ErrBackwards, ErrBackwards} {
		if swept, err := w.Sweep(bg); err != nil || !errors.Is(swept.Still, want) {
			t.Errorf("turn %d after it went back: %+v, %v", i, swept, err)
		}
	}
}

// Whatever the clock does, in the end each deadline was announced once at each
// stage in which it was seen, and none is left out.
func TestAClockThreeDaysOffLosesAndDoublesNothing(t *testing.T) {
	for name, jump := range map[string]int{"ahead": 3, "back": -3} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *tower) {
				due := map[workday.Date]uuid.UUID{}
				for from := workday.Date("2026-10-26"); from <= "2026-11-06"; from = from.Add(1) {
					d := w.start("supervision_item.urgent", from)
					due[d.DueOn] = d.SubjectID
				}
				w.days("2026-11-02", "2026-11-09")
				wrong := workday.Date("2026-11-10").Add(jump) // a Friday, or a Saturday
				for hour := range 5 {
					w.set(wrong.Time().Add(time.Duration(9+hour) * time.Hour))
					if swept, err := w.Sweep(bg); err != nil || (jump > 0) != (swept.Still == nil) {
						t.Errorf("at the wrong time: %+v, %v", swept, err)
					}
				}
				still := 0
				for day := workday.Date("2026-11-10"); day <= "2026-11-30"; day = day.Add(1) {
					for hour := range 3 {
						w.set(day.Time().Add(time.Duration(9+hour) * time.Hour))
						swept, err := w.Sweep(bg)
						w.must(err)
						if swept.Still != nil {
							still++
						}
					}
				}
				if jump > 0 && still != 12 || jump < 0 && still != 0 { // until one o'clock of the 13th
					t.Errorf("stood still for %d turns", still)
				}
				for on, subject := range due {
					got := w.alarms(subject)
					if len(got) < 3 || !slices.Equal(got[len(got)-2:], []Stage{Red, Escalated}) {
						t.Errorf("due on %s: %v", on, got)
					}
					if before := on < "2026-11-05"; before && !slices.Contains(got, Yellow) {
						t.Errorf("due on %s, before anything was wrong: %v", on, got)
					}
				}
				w.once()
			})
		})
	}
}
