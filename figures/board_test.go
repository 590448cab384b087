package figures

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// A complaint that is about an office or names somebody or a relative of theirs, or
// from which somebody stepped back, changes no number of theirs: not when it comes in, not while it is handled,
// neither before nor after the counts take it in.
func TestWhatIsHiddenFromSomebodyLeavesNoTraceInTheirFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 3 {
			c := w.receive(shuangliu)
			w.accept(&c)
		}
		w.issue(panshan, poor, w.receive(shuangliu))
		by, colleague := w.people[panshan], w.person(panshan)
		w.tie(by, "self", "named")
		w.tie(by, "sibling", "tied")
		for name, hide := range map[string]func(c *intake.Complaint){
			"about the own office":  func(c *intake.Complaint) { w.name(c, panshan) },
			"about an office above": func(c *intake.Complaint) { w.name(c, cityDesk) },
			"stepped back":          func(c *intake.Complaint) { w.stepBack(c, by) },
			"named":                 func(c *intake.Complaint) { w.mention(c, "named", "") },
			"named with the office": func(c *intake.Complaint) { w.mention(c, "named", panshan) },
			"a relative is named":   func(c *intake.Complaint) { w.mention(c, "tied", "") },
			"about an office": func(c *intake.Complaint) {
				w.change(c, "described", map[string]any{"accused_level": "office"})
			},
		} {
			before, known := w.sheet(by), w.sheet(colleague).Total.N(Closed)
			same := func(when string) {
				t.Helper()
				for counted, sheet := range map[string]Sheet{"before counting": w.read(by), "after counting": w.sheet(by)} {
					before.CountedAt = sheet.CountedAt
					if !reflect.DeepEqual(sheet, before) {
						t.Errorf("%s, %s, %s:\n%+v\nwas\n%+v", name, when, counted, sheet, before)
					}
				}
			}
			c := w.receive(shuangliu, func(c *intake.Complaint) { c.Kind = "OTHER" })
			hide(&c)
			same("received")
			w.accept(&c)
			i := w.issue(panshan, poor, c)
			if name == "about an office" {
				w.step(&i, "cancelled", "cancelled") // items are not hidden for that
				before = w.sheet(by)
			}
			same("taken up")
			w.answer(&c, intake.Substantiated)
			w.end(&c, intake.Closed)
			same("closed")
			// The numbers are there for who may know.
			if sees := w.people[cityDesk]; name != "about an office above" {
				if got := w.sheet(sees).Total; got.N(ClosedAs(intake.Substantiated)) == 0 {
					t.Errorf("%s: the city counts %+v", name, got)
				}
			}
			personal := name == "stepped back" || strings.Contains(name, "named")
			if more := w.sheet(colleague).Total.N(Closed) - known; personal && more != 1 {
				t.Errorf("%s: a colleague counts %d more", name, more)
			}
		}
	})
}

// TestATieThatIsDeclaredLaterTakesTheCaseOutOfTheFigures, as it does out of the lists.
func TestATieThatIsDeclaredLaterTakesTheCaseOutOfTheFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.receive(shuangliu)
		w.mention(&c, "named", "")
		w.accept(&c)
		w.answer(&c, intake.Substantiated)
		w.end(&c, intake.Closed)
		by := w.people[panshan]
		if got := w.sheet(by).Total; got.N(Closed) != 1 {
			t.Fatalf("before: %+v", got)
		}
		w.tie(by, "spouse", "named")
		for when, sheet := range map[string]Sheet{"before counting": w.read(by), "after counting": w.sheet(by)} {
			if got := sheet.Total; got.N(Closed) != 0 || got.N(Reports) != 0 {
				t.Errorf("%s: %+v", when, got)
			}
		}
	})
}

func TestFiguresAreForWhoMayReadThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ask := Ask{Period: LastYear(w.today())}
		nobody := w.people[panshan]
		nobody.Roles = []staff.Role{staff.UnitHandler, staff.Auditor, staff.Administrator}
		if _, err := w.Sheet(bg, nobody, ask); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("without the permission: %v", err)
		}
		for _, office := range []string{cityDesk, dawa} {
			ask.Office = w.units[office].ID
			if _, err := w.Sheet(bg, w.people[panshan], ask); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("盘山县 asks for %s: %v", office, err)
			}
		}
		ask.Office = uuid.New()
		if _, err := w.Sheet(bg, w.people[cityDesk], ask); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an office that is not there: %v", err)
		}
	})
}

// What is late becomes late at midnight, without anything happening.
func TestADayThatPassesMakesThingsLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by, late := w.people[panshan], StageAccept.Came(clock.Missed)
		c := w.receive(shuangliu) // to be taken up by 17 March
		w.at("2026-03-17", 23)
		if got := w.sheet(by); got.Total.N(late) != 0 {
			t.Errorf("late on the last day: %+v", got.Total)
		}
		w.at("2026-03-18", 1)
		if got := w.sheet(by); got.Total.N(late) != 1 || got.Offices[c.DeskUnitID].N(late) != 1 || got.Months["2026-03"].N(late) != 1 {
			t.Errorf("the day after: %+v", got)
		}
	})
}

func TestCountingRestsForAMinute(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.people[panshan]
		if got := w.sheet(by); got.Total.N(Matters) != 0 || !got.CountedAt.Equal(w.Store.Now()) {
			t.Errorf("nothing: %+v", got)
		}
		w.receive(shuangliu)
		w.pass(50 * time.Second)
		w.must(w.Refresh(bg))
		if got := w.read(by); got.Total.N(Matters) != 0 || got.Open.Matters != 1 {
			t.Errorf("within the minute: %+v", got)
		}
		w.pass(11 * time.Second)
		w.must(w.Refresh(bg))
		if got := w.read(by); got.Total.N(Matters) != 1 {
			t.Errorf("after it: %+v", got)
		}
		// A clock that was far ahead does not stop counting when it is right again.
		w.pass(72 * time.Hour)
		w.must(w.Refresh(bg))
		w.pass(-72 * time.Hour)
		w.receive(shuangliu)
		if got := w.sheet(by); got.Total.N(Matters) != 2 {
			t.Errorf("after the clock went back: %+v", got)
		}
	})
}

// An event of a transaction that was slow to end comes to light after others
// that say they are later.
func TestWhatComesToLightLateIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(shuangliu)
		w.sheet(w.people[panshan])
		w.pass(-5 * time.Minute)
		c := w.receive(shuangliu)
		w.pass(5 * time.Minute)
		if got := w.sheet(w.people[panshan]); got.Total.N(Matters) != 2 {
			t.Errorf("%s, which came to light late, is not in %+v", c.ID, got.Total)
		}
	})
}

// Of several that count at once one does; who was overtaken writes nothing; who
// died in the middle is followed after two minutes.
func TestOneCountsAtATime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.receive(shuangliu)
		w.must(w.Refresh(bg))
		w.receive(shuangliu)
		w.pass(2 * time.Minute)
		slow, err := w.begin(bg, w.Store.Read(bg))
		w.must(err)
		for range 3 {
			other := New(w.Config)
			w.must(other.Refresh(bg))
		}
		if got := w.read(w.people[cityDesk]).Total.N(Matters); got != 1 {
			t.Errorf("somebody else counted meanwhile: %d", got)
		}
		w.pass(holdFor)
		w.must(New(w.Config).Refresh(bg))
		if got := w.read(w.people[cityDesk]).Total.N(Matters); got != 2 {
			t.Errorf("nobody took over: %d", got)
		}
		before := w.rows()
		if err := slow.keep(bg, "2026-03", nil); !errors.Is(err, errOvertaken) {
			t.Errorf("who was overtaken goes on: %v", err)
		}
		if err := slow.run(bg); !errors.Is(err, errOvertaken) {
			t.Errorf("who was overtaken ends well: %v", err)
		}
		if after := w.rows(); !reflect.DeepEqual(before, after) {
			t.Errorf("who was overtaken wrote %v over %v", after, before)
		}
	})
}

// Several processes count while others write: what stands at the end is right,
// and nobody ever reads half a month.
func TestCountsStandWhileEverythingMoves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const writers, each = 4, 12
		var cases [writers * each]intake.Complaint
		for i := range cases {
			cases[i] = w.receive(shuangliu)
		}
		w.must(w.Refresh(bg))
		var writing, counting sync.WaitGroup
		done := make(chan struct{})
		for n := range writers {
			writing.Go(func() {
				for i := range each {
					c := cases[n*each+i]
					// As the sweeper of dates does, and an officer.
					err := w.Store.Transact(bg, func(tx *gorm.DB) error {
						if err := tx.Table("deadline").Where("subject_id = ?", c.ID).Update("due_on", "2026-04-01").Error; err != nil {
							return err
						}
						if err := w.event(tx, ledger.OfComplaint, c.ID, "clock_moved", map[string]string{"before": "2026-03-17"}); err != nil {
							return err
						}
						return tx.Table("complaint").Where("id = ?", c.ID).Updates(map[string]any{"desk_unit_id": w.units[dawa].ID}).Error
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			counting.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					w.pass(time.Minute)
					if err := New(w.Config).Refresh(bg); err != nil && !errors.Is(err, errOvertaken) {
						t.Error(err)
					}
					if got := w.read(w.people[cityDesk]).Total.N(Matters); got != writers*each {
						t.Errorf("half a month was read: %d of %d", got, writers*each)
					}
				}
			})
		}
		writing.Wait()
		close(done)
		counting.Wait()
		sheet := w.sheet(w.people[cityDesk])
		w.scratch().same(t, "at the end", w.people[cityDesk], sheet)
		if got := sheet.Offices[w.units[dawa].ID].N(Matters); got != writers*each {
			t.Errorf("大洼 has %d", got)
		}
	})
}

// A page does not wait for a count that takes long, and the next visitor does
// not begin another.
func TestAPageWaitsOnlyAMoment(t *testing.T) {
	var c counting
	now, hold, begun := time.Unix(0, 0), make(chan struct{}), 0
	first := c.begin(now, func() { begun++; <-hold })
	for _, later := range []time.Duration{0, time.Second, time.Hour} {
		if c.begin(now.Add(later), func() { begun++ }) != first {
			t.Errorf("a second count begins after %s while the first goes on", later)
		}
	}
	close(hold)
	<-first
	if c.begin(now.Add(59*time.Second), func() { begun++ }) != first || begun != 1 {
		t.Error("a second count begins within the minute")
	}
	<-c.begin(now.Add(time.Minute), func() { begun++ })
	if begun != 2 {
		t.Errorf("%d counts", begun)
	}
}

// More happened than is worth following: everything is counted anew.
func TestMuchAtOnceIsCountedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.receive(shuangliu)
		w.must(w.Refresh(bg))
		var events []ledger.Event
		for range mostTouched + 1 {
			events = append(events, ledger.New(ledger.OfComplaint, uuid.Must(uuid.NewV7()), "submitted", ledger.System(), w.Store.Now(), nil))
		}
		w.must(w.Store.Read(bg).CreateInBatches(events, 500).Error)
		if _, known, err := w.touched(bg, w.Store.Now()); err != nil || known {
			t.Errorf("known: %v, %v", known, err)
		}
		// Changed without an event: nothing but counting everything finds it.
		w.must(w.Store.Read(bg).Exec("UPDATE complaint SET received_at = ? WHERE id = ?", w.Store.Now().AddDate(0, -4, 0), c.ID).Error)
		if got := w.sheet(w.people[cityDesk]); got.Months["2025-11"].N(Matters) != 1 || got.Total.N(Matters) != 1 {
			t.Errorf("%+v", got.Months)
		}
	})
}

func TestEverythingIsCountedAnewOnceADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.receive(shuangliu)
		w.must(w.Refresh(bg))
		w.pass(20 * time.Minute)
		w.must(w.Refresh(bg))
		// Changed without an event, as by hand in the database.
		w.must(w.Store.Read(bg).Exec("UPDATE complaint SET received_at = ? WHERE id = ?", w.Store.Now().AddDate(0, -4, 0), c.ID).Error)
		w.pass(23 * time.Hour)
		if got := w.sheet(w.people[cityDesk]); got.Months["2025-11"].N(Matters) != 0 {
			t.Errorf("within the day: %+v", got.Months)
		}
		w.pass(2 * time.Hour)
		if got := w.sheet(w.people[cityDesk]); got.Months["2025-11"].N(Matters) != 1 {
			t.Errorf("the day after: %+v", got.Months)
		}
		w.must(w.Store.Read(bg).Exec("UPDATE complaint SET received_at = ? WHERE id = ?", w.Store.Now().AddDate(0, -6, 0), c.ID).Error)
		w.must(w.Rebuild(bg))
		if got := w.read(w.people[cityDesk]); got.Months["2025-09"].N(Matters) != 1 || got.Total.N(Matters) != 1 {
			t.Errorf("rebuilt: %+v", got.Months)
		}
	})
}

func ExamplePeriod() {
	fmt.Println(Quarter("2026Q1").Period())
	// Output: 2026-01..2026-03
}
