package world_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/audit"
	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/cmd/portal/world"
	"minsheng/crosscheck"
	"minsheng/custody"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/selfreport"
	"minsheng/staff"
	"minsheng/tray"
	"minsheng/triage"
	"minsheng/watch"
)

var ctx = context.Background()

// each runs a test with empty rooms on both databases.
func each(t *testing.T, test func(t *testing.T, r world.Rooms)) {
	t.Run("sqlite", func(t *testing.T) { test(t, rooms(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, rooms(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

// rooms opens all rooms on a database of the test's own, with a clock that can
// be set and then runs on.
func rooms(t testing.TB, c store.Config) world.Rooms {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var ahead atomic.Int64
	c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	s, err := store.Open(ctx, c)
	must(err)
	t.Cleanup(func() { s.Close() })
	keys, err := seal.Create(t.TempDir())
	must(err)
	must(region.Seed(ctx, s))
	atlas, err := region.NewAtlas(ctx, s)
	must(err)
	blobs, err := evidence.Folder(t.TempDir())
	must(err)
	r := world.Rooms{Store: s, Keys: keys, Atlas: atlas, Clocks: clock.New(s, workday.BuiltIn()), Clock: func(at time.Time) { ahead.Store(int64(time.Until(at))) }}
	r.Staff = staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas, SkipCode: true})
	r.Shelf = evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	r.Rolls = roll.New(s, atlas)
	r.Notices = notice.New(notice.BoardConfig{Store: s, Atlas: atlas, Rolls: r.Rolls, Shelf: r.Shelf})
	r.Desk = notice.NewDesk(notice.Config{Store: s, Keys: keys, Atlas: atlas, Staff: r.Staff, Shelf: r.Shelf, Rolls: r.Rolls, Clocks: r.Clocks})
	r.Purse = household.New(s, keys, atlas)
	r.Custody = custody.New(custody.Config{Store: s, Keys: keys, Atlas: atlas, Staff: r.Staff})
	r.Intake = intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: r.Shelf, Clocks: r.Clocks, Custody: r.Custody})
	press(&r)
	r.Triage = triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: r.Staff, Intake: r.Intake,
		Shelf: r.Shelf, Clocks: r.Clocks, Papers: r.Papers, Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	r.Objections = objection.New(objection.Config{Store: s, Keys: keys, Atlas: atlas, Staff: r.Staff, Intake: r.Intake, Notices: r.Desk,
		Rolls: r.Rolls, Shelf: r.Shelf, Clocks: r.Clocks, Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	r.Checks = crosscheck.New(crosscheck.Config{Store: s, Keys: keys, Atlas: atlas, Purse: r.Purse, Intake: r.Intake})
	r.Tray = tray.New(s, keys, r.Shelf, append(append(r.Rolls.Targets(), r.Checks.Targets()...), r.Purse.Target())...)
	supervise(&r)
	return r
}

// press builds the room of papers, which asks others who may see what they are
// about.
func press(r *world.Rooms) {
	r.Papers = paper.New(paper.Config{Store: r.Store, Keys: r.Keys, Atlas: r.Atlas, Staff: r.Staff, Shelf: r.Shelf, Intake: r.Intake,
		Guards: map[ledger.Subject]paper.Guard{
			ledger.OfComplaint: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				_, err := r.Triage.CaseIn(r.Store.Read(ctx), by, id)
				return err
			},
			ledger.OfItem: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return r.Docket.MaySee(ctx, by, id) },
			ledger.OfBulletin: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return r.Bulletins.MaySee(ctx, by, id)
			},
			ledger.OfInspection: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return r.Inspections.MayRead(ctx, by, id)
			},
			ledger.OfOrder: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return r.Orders.MayRead(ctx, by, id) },
			ledger.OfReferral: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return r.Measures.MaySeal(ctx, by, id)
			},
			ledger.OfMeasure: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return r.Measures.MayRead(ctx, by, id)
			},
		}})
}

// supervise builds the rooms of what follows from cases.
func supervise(r *world.Rooms) {
	r.Appeals = appeal.New(appeal.Config{Store: r.Store, Keys: r.Keys, Atlas: r.Atlas, Triage: r.Triage, Intake: r.Intake, Shelf: r.Shelf, Clocks: r.Clocks})
	r.Audits = audit.New(audit.Config{Store: r.Store, Keys: r.Keys, Triage: r.Triage, Intake: r.Intake, Clocks: r.Clocks, Atlas: r.Atlas})
	r.Docket = docket.New(docket.Config{Store: r.Store, Keys: r.Keys, Atlas: r.Atlas, Staff: r.Staff, Triage: r.Triage, Shelf: r.Shelf, Clocks: r.Clocks, Papers: r.Papers})
	r.Inspections = inspection.New(inspection.Config{Store: r.Store, Keys: r.Keys, Atlas: r.Atlas, Staff: r.Staff, Shelf: r.Shelf, Clocks: r.Clocks,
		Docket: r.Docket, Papers: r.Papers,
		Finders: map[ledger.Subject]inspection.Finder{ledger.OfComplaint: r.Triage.Numbered, ledger.OfItem: r.Docket.Numbered}})
	r.Orders = rectification.New(rectification.Config{Store: r.Store, Atlas: r.Atlas, Staff: r.Staff, Shelf: r.Shelf, Clocks: r.Clocks,
		Docket: r.Docket, Inspections: r.Inspections, Papers: r.Papers})
	r.Measures = accountability.New(accountability.Config{Store: r.Store, Keys: r.Keys, Atlas: r.Atlas, Staff: r.Staff, Triage: r.Triage,
		Shelf: r.Shelf, Clocks: r.Clocks, Docket: r.Docket, Inspections: r.Inspections, Orders: r.Orders, Papers: r.Papers,
		Finders: map[ledger.Subject]accountability.Finder{ledger.OfComplaint: r.Triage.Numbered, ledger.OfItem: r.Docket.Numbered, ledger.OfInspection: r.Inspections.Numbered, ledger.OfOrder: r.Orders.Numbered}})
	r.SelfReports = selfreport.New(selfreport.Config{Store: r.Store, Atlas: r.Atlas, Staff: r.Staff, Shelf: r.Shelf, Clocks: r.Clocks})
	r.Figures = figures.New(figures.Config{Store: r.Store, Atlas: r.Atlas, Clocks: r.Clocks})
	r.Retention = retention.New(retention.Config{Store: r.Store, Atlas: r.Atlas, Triage: r.Triage, Objections: r.Objections, Shelf: r.Shelf, Also: []retention.Also{r.Appeals.Erase}})
	r.Register = register.New(register.Config{Store: r.Store, Atlas: r.Atlas, Staff: r.Staff, Clocks: r.Clocks, Triage: r.Triage, Docket: r.Docket,
		Rectified: register.OfOrders(r.Orders), Accounted: register.OfMeasures(r.Measures), CalledBack: register.OfCalls(r.Appeals)})
	r.Bulletins = bulletin.New(bulletin.Config{Store: r.Store, Atlas: r.Atlas, Staff: r.Staff, Clocks: r.Clocks, Docket: r.Docket,
		Notices: r.Desk, Figures: r.Figures, Sources: bulletin.SourcesOf(r.Inspections, r.Orders), Papers: r.Papers})
	r.Watch = watch.New(watch.Config{Store: r.Store, Atlas: r.Atlas, Staff: r.Staff, Clocks: r.Clocks, Waiting: r.Triage.Waiting,
		Keepers: map[ledger.Subject]clock.Keeper{
			ledger.OfComplaint: r.Triage.Keeper(), ledger.OfObjection: r.Objections.Keeper(), ledger.OfItem: r.Docket.Keeper(),
			ledger.OfInspection: r.Inspections, ledger.OfPlan: r.Inspections, ledger.OfOrder: r.Orders, ledger.OfMeasure: r.Measures, ledger.OfSelfReport: r.SelfReports, ledger.OfBulletin: r.Bulletins,
		},
		Trust: func(context.Context) error { return nil }})
}
