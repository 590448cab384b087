package tray

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

func TestAnImportThatFailsStoresNothingAndCanBeTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		o.breaks = true
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		o.wait()
		o.wantState(s.ID, "failed", 0)
		o.breaks = false
		if err := o.Import(bg, o.by, s.ID, s.Version); !errors.Is(err, ErrStale) {
			t.Errorf("import of an old version: %v", err)
		}
		must(t, o.Import(bg, o.by, s.ID, o.now(s.ID).Version))
		o.wait()
		o.wantState(s.ID, "done", 4)
	})
}

func TestATargetThatPanicsEndsItsImportOnly(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		close(closed(o)) // Take closes it again
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		o.wait()
		o.wantState(s.ID, "failed", 0)
	})
}

func closed(o *office) chan struct{} {
	o.hold, o.held = make(chan struct{}), make(chan struct{})
	return o.held
}

func TestASheetIsImportedOnceHoweverManyPress(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		var press sync.WaitGroup
		results := make([]error, 6)
		replicas := []*office{o, o.replica(), o.replica()}
		for i := range results {
			press.Go(func() { results[i] = replicas[i%3].Import(bg, o.by, s.ID, s.Version) })
		}
		press.Wait()
		began := 0
		for _, err := range results {
			if err == nil {
				began++
			} else if !errors.Is(err, ErrStale) && !errors.Is(err, ErrBusy) {
				t.Errorf("pressed: %v", err)
			}
		}
		for _, r := range replicas {
			r.wait()
		}
		// Who comes when all is over is told that it is: no error, and nothing done.
		if began < 1 {
			t.Errorf("%d began", began)
		}
		o.wantState(s.ID, "done", 4)
	})
}

// The file is cleared away when an import ends, and who found the sheet open a
// moment before then finds no file.
func TestWhoPressesAsAnImportEndsIsNotToldThatTheFileIsGone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		late := o.replica()
		must(t, late.reading.Acquire(bg, readers)) // it waits between finding the sheet and opening its file
		told := make(chan error)
		go func() { told <- late.Import(bg, o.by, s.ID, s.Version) }()
		time.Sleep(100 * time.Millisecond)
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		o.wait()
		late.reading.Release(readers)
		if err := <-told; err != nil {
			t.Errorf("pressed: %v", err)
		}
		o.wantState(s.ID, "done", 4)
	})
}

// What was read before another change must not be written over it, even when
// both looked at the same instant.
func TestAChangeOfAnOldVersionIsNotWritten(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		must(t, o.Fix(bg, o.by, s.ID, s.Version, map[string]string{"A2": "欧阳小华"}))
		err := o.store.Transact(bg, func(tx *gorm.DB) error {
			return o.change(tx, s, s.Version, map[string]any{"fixes": o.shutFixes(s.ID, nil)}, open)
		})
		if !errors.Is(err, ErrStale) || o.now(s.ID).Fixes["A2"] == "" {
			t.Errorf("written over: %v", err)
		}
		if err := o.claim(bg, &s, s.Version, 4); !errors.Is(err, ErrStale) {
			t.Errorf("claimed: %v", err)
		}
	})
}

func TestWhileASheetIsImportedNobodyChangesIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		closed(o)
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		<-o.held
		now := o.now(s.ID)
		if now.State != "importing" || now.Done != 3 || now.Total != 4 {
			t.Errorf("under way: %+v", now)
		}
		for _, err := range []error{
			o.Import(bg, o.by, s.ID, now.Version),
			o.Fix(bg, o.by, s.ID, now.Version, map[string]string{"A2": "x"}),
			o.Arrange(bg, o.by, s.ID, now.Version, 0, 1, 1, nil, nil),
			o.replica().Import(bg, o.by, s.ID, now.Version),
		} {
			if !errors.Is(err, ErrBusy) {
				t.Errorf("while importing: %v", err)
			}
		}
		ctx, cancel := context.WithTimeout(bg, 50*time.Millisecond)
		defer cancel()
		if err := o.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("wait: %v", err)
		}
		close(o.hold)
		o.wait()
		o.wantState(s.ID, "done", 4)
	})
}

func TestAnImportThatDiedIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		// A process claimed it and was killed.
		must(t, o.claim(bg, &s, s.Version, 4))
		if err := o.Import(bg, o.by, s.ID, s.Version); !errors.Is(err, ErrBusy) {
			t.Errorf("within the minute: %v", err)
		}
		o.age(s.ID, "started_at", 61*time.Second)
		if now := o.now(s.ID); now.State != "failed" {
			t.Errorf("a dead import shows as %s", now.State)
		}
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		o.wait()
		o.wantState(s.ID, "done", 4)
	})
}

// A replica that only seemed dead must not store a second time. On SQLite there
// is one process, which knows what it is doing.
func TestTheOneThatWasTakenForDeadIsUndone(t *testing.T) {
	onPostgres(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		slow := o.replica()
		slow.hold, slow.held = make(chan struct{}), make(chan struct{})
		slow.Tray = New(o.store, o.keys, o.shelf, slow.names())
		must(t, slow.Import(bg, o.by, s.ID, s.Version))
		<-slow.held
		// Its signs of life stop reaching the database; that is the past.
		for o.now(s.ID).State == "importing" {
			o.age(s.ID, "started_at", 61*time.Second)
		}
		err := ErrBusy
		for errors.Is(err, ErrBusy) {
			o.age(s.ID, "started_at", 61*time.Second)
			err = o.Import(bg, o.by, s.ID, o.now(s.ID).Version)
		}
		must(t, err)
		o.wait()
		close(slow.hold)
		slow.wait()
		o.wantState(s.ID, "done", 4)
	})
}

func onPostgres(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("postgres", func(t *testing.T) { test(t, newOffice(t, storetest.Postgres(t))) })
}

func TestProgressReachesOtherReplicas(t *testing.T) {
	onPostgres(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		closed(o)
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		<-o.held
		other := o.replica()
		for deadline := time.Now().Add(10 * time.Second); other.now(s.ID).Done != 3; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("another replica sees %+v", other.now(s.ID))
			}
		}
		close(o.hold)
		o.wait()
	})
}

func TestTheCommandLineImportsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := staff.Officer{UnitID: o.by.UnitID, Roles: []staff.Role{staff.Publisher}} // an office without an account
		var steps []string
		trial, _, err := o.Now(bg, by, "names", "/tmp/名单.csv", strings.NewReader(four), func(done, total int) { steps = append(steps, fmt.Sprint(done, "/", total)) })
		must(t, err)
		if o.count() != 4 || trial.Records != 4 || trial.Sums["amount"] != 1000 || strings.Join(steps, " ") != "4/4" {
			t.Errorf("%d rows, trial %+v, progress %v", o.count(), trial, steps)
		}
		trial, _, err = o.Now(bg, by, "names", "名单.csv", strings.NewReader("户主,金额\n张三丰,x\n"), nil)
		if !errors.Is(err, ErrProblems) || keys(trial.List) != "B2 not_number" || o.count() != 4 {
			t.Errorf("with a problem: %v, %+v", err, trial)
		}
		if _, _, err = o.Now(bg, by, "names", "a.csv", strings.NewReader("\n"), nil); !errors.Is(err, sheet.ErrEmpty) {
			t.Errorf("empty: %v", err)
		}
		if _, _, err = o.Now(bg, by, "none", "a.csv", strings.NewReader(four), nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no target: %v", err)
		}
		o.breaks = true
		if _, _, err = o.Now(bg, by, "names", "a.csv", strings.NewReader(four), nil); !errors.Is(err, errTarget) || o.count() != 4 {
			t.Errorf("a target that broke: %v, %d rows", err, o.count())
		}
	})
}
