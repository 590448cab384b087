package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/audit"
	"minsheng/bulletin"
	"minsheng/clock"
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
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/portal"
	"minsheng/portal/console"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
	"minsheng/portal/public"
	"minsheng/portal/view"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/selfreport"
	"minsheng/staff"
	"minsheng/transparency"
	"minsheng/tray"
	"minsheng/triage"
	"minsheng/watch"
)

// house is every room, built in the order of the arrows.
type house struct {
	settings settings
	store    *store.Store
	keys     *seal.Keys
	redis    *redis.Client // nil without REDIS_URL
	clocks   *clock.Book
	atlas    *region.Atlas
	staff    *staff.Desk
	shelf    *evidence.Shelf
	tray     *tray.Tray
	rolls    *roll.Book
	notices  *notice.Board
	desk     *notice.Desk
	purse    *household.Purse
	checks   *crosscheck.Bench
	objects  *objection.Desk
	custody  *custody.Desk
	intake   *intake.Desk
	triage   *triage.Queue
	papers   *paper.Press
	docket   *docket.Desk
	appeals  *appeal.Desk
	audits   *audit.Desk
	visits   *inspection.Desk
	orders   *rectification.Desk
	measures *accountability.Desk
	selves   *selfreport.Desk
	figures  *figures.Board
	register *register.Book
	keeping  *retention.Desk
	bulletin *bulletin.Desk
	watch    *watch.Watch
	log      *transparency.Log
	catalog  *locale.Catalog
	puzzles  *gate.Puzzles
	sent     *gate.Sent
	metrics  *portal.Metrics
	site     *portal.Site
}

// options are what differs between a real portal and a demo.
type options struct {
	skipCode bool
	now      func() time.Time
}

// openStore opens the database; in embedded mode it also makes the data folder
// and brings the schema up to date.
func openStore(ctx context.Context, s settings, now func() time.Time, progress io.Writer) (*store.Store, error) {
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Config{URL: s.databaseURL, Dir: s.data, Now: now, Throwaway: s.throwaway})
	if err != nil {
		return nil, err
	}
	if s.databaseURL == "" {
		if err := prepare(ctx, s, db, progress); err != nil {
			db.Close()
			return nil, err
		}
	}
	return db, nil
}

// prepare brings a database up to date: schema, keys, townships and, the first
// time, the offices that the Measures name. Without an office no report would
// have a desk to lie on.
func prepare(ctx context.Context, s settings, db *store.Store, progress io.Writer) error {
	if err := db.MigrateUp(ctx, progress); err != nil {
		return err
	}
	if _, err := unlock(ctx, db, s.keys); err != nil {
		return err
	}
	if _, err := openLog(ctx, s, db); err != nil {
		return err
	}
	if err := region.Seed(ctx, db); err != nil {
		return err
	}
	atlas, err := region.NewAtlas(ctx, db)
	if err != nil || len(atlas.Units()) > 0 {
		return err
	}
	_, err = atlas.StandardUnits(ctx)
	return err
}

// openRooms builds the domain rooms on a database whose schema is current.
func openRooms(ctx context.Context, s settings, o options) (*house, error) {
	db, err := openStore(ctx, s, o.now, io.Discard)
	if err != nil {
		return nil, err
	}
	h := &house{settings: s, store: db}
	if err := h.furnish(ctx, o); err != nil {
		db.Close()
		return nil, err
	}
	return h, nil
}

func (h *house) furnish(ctx context.Context, o options) error {
	behind, err := h.store.Behind(ctx)
	if err != nil {
		return err
	}
	if behind > 0 {
		return fmt.Errorf("the database lacks %d migrations: run 'portal migrate up' first", behind)
	}
	if err := h.store.Durable(ctx); err != nil {
		return err
	}
	if err := h.store.Tend(ctx); err != nil {
		return err
	}
	if h.keys, err = unlock(ctx, h.store, h.settings.keys); err != nil {
		return err
	}
	if h.log, err = openLog(ctx, h.settings, h.store); err != nil {
		return err
	}
	if h.catalog, err = locale.Load(); err != nil {
		return err
	}
	if h.atlas, err = region.NewAtlas(ctx, h.store); err != nil {
		return err
	}
	blobs, err := evidence.Folder(filepath.Join(h.settings.data, "evidence"))
	if err != nil {
		return err
	}
	h.clocks = clock.New(h.store, workday.BuiltIn())
	if err := h.clocks.LoadCalendar(ctx); err != nil {
		return err
	}
	h.staff = staff.New(staff.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, SkipCode: o.skipCode})
	h.shelf = evidence.New(evidence.Config{Store: h.store, Keys: h.keys, Blobs: blobs})
	h.rolls = roll.New(h.store, h.atlas)
	h.notices = notice.New(notice.BoardConfig{Store: h.store, Atlas: h.atlas, Rolls: h.rolls, Shelf: h.shelf})
	h.desk = notice.NewDesk(notice.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Rolls: h.rolls, Clocks: h.clocks})
	h.purse = household.New(h.store, h.keys, h.atlas)
	h.custody = custody.New(custody.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Offline: h.settings.offline})
	h.intake = intake.New(intake.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Shelf: h.shelf, Clocks: h.clocks, Custody: h.custody})
	h.objects = objection.New(objection.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff,
		Intake: h.intake, Notices: h.desk, Rolls: h.rolls, Shelf: h.shelf, Clocks: h.clocks, Tell: h.tell})
	h.papers = paper.New(paper.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Intake: h.intake, Guards: h.guards()})
	h.triage = triage.New(triage.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff,
		Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks, Notices: h.notices, Purse: h.purse, Papers: h.papers, Tell: h.tell})
	h.supervise(o)
	h.checks = crosscheck.New(crosscheck.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Purse: h.purse, Intake: h.intake})
	targets := append(h.rolls.Targets(), h.checks.Targets()...)
	h.tray = tray.New(h.store, h.keys, h.shelf, append(targets, h.purse.Target())...)
	return nil
}

// openLog opens the public log. Events of the time before it are committed to
// before any room writes another.
func openLog(ctx context.Context, s settings, db *store.Store) (*transparency.Log, error) {
	if err := ledger.CommitOld(ctx, db); err != nil {
		return nil, err
	}
	return transparency.New(ctx, s.ofLog(db))
}

func (s settings) ofLog(db *store.Store) transparency.Config {
	return transparency.Config{Store: db, KeysDir: s.keys, Origin: s.origin(), Last: s.lastSigned(), Every: s.logEvery, Pad: s.logPad, Witnesses: s.witnesses}
}

// supervise builds the rooms of what follows from cases, and of what the office
// looks for itself.
func (h *house) supervise(o options) {
	h.appeals = appeal.New(appeal.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Triage: h.triage, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks})
	h.docket = docket.New(docket.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Triage: h.triage, Shelf: h.shelf, Clocks: h.clocks, Papers: h.papers})
	h.visits = inspection.New(inspection.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks,
		Docket: h.docket, Papers: h.papers,
		Finders:    map[ledger.Subject]inspection.Finder{ledger.OfComplaint: h.triage.Numbered, ledger.OfItem: h.docket.Numbered},
		Disclosers: map[ledger.Subject]clock.Discloser{ledger.OfComplaint: h.triage.Keeper().(clock.Discloser), ledger.OfItem: h.docket.Keeper().(clock.Discloser)},
		Looked: func(ctx context.Context, by staff.Officer, complaint uuid.UUID) error {
			return h.triage.Looked(ctx, by, complaint, triage.SawItem)
		}})
	h.orders = rectification.New(rectification.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks,
		Docket: h.docket, Inspections: h.visits, Papers: h.papers})
	h.measures = accountability.New(accountability.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Triage: h.triage,
		Shelf: h.shelf, Clocks: h.clocks, Docket: h.docket, Inspections: h.visits, Orders: h.orders, Papers: h.papers,
		Finders: map[ledger.Subject]accountability.Finder{ledger.OfComplaint: h.triage.Numbered, ledger.OfItem: h.docket.Numbered, ledger.OfInspection: h.visits.Numbered, ledger.OfOrder: h.orders.Numbered}})
	h.selves = selfreport.New(selfreport.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks})
	h.figures = figures.New(figures.Config{Store: h.store, Atlas: h.atlas, Clocks: h.clocks})
	h.keeping = retention.New(retention.Config{Store: h.store, Atlas: h.atlas, Triage: h.triage, Objections: h.objects, Shelf: h.shelf, Also: []retention.Also{h.appeals.Erase}, File: h.settings.lastErased()})
	h.register = register.New(register.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Triage: h.triage, Docket: h.docket,
		Rectified: register.OfOrders(h.orders), Accounted: register.OfMeasures(h.measures), CalledBack: register.OfCalls(h.appeals)})
	h.bulletin = bulletin.New(bulletin.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Docket: h.docket,
		Notices: h.desk, Figures: h.figures, Sources: bulletin.SourcesOf(h.visits, h.orders), Papers: h.papers, Inspections: h.inspectionSums, Orders: h.orderSums, Measures: h.measureSums})
	h.audits = audit.New(audit.Config{Store: h.store, Keys: h.keys, Triage: h.triage, Intake: h.intake, Clocks: h.clocks, Atlas: h.atlas, Disclosers: h.disclosers()})
	h.watch = watch.New(watch.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Keepers: h.keepers(), Waiting: h.waiting,
		Trust: o.trust(), Interval: h.settings.watchEvery, Hours: h.settings.officeHours})
}

// keepers are the rooms that clocks run for.
func (h *house) keepers() map[ledger.Subject]clock.Keeper {
	return map[ledger.Subject]clock.Keeper{
		ledger.OfComplaint: h.triage.Keeper(), ledger.OfObjection: h.objects.Keeper(), ledger.OfItem: h.docket.Keeper(),
		ledger.OfInspection: h.visits, ledger.OfPlan: h.visits, ledger.OfOrder: h.orders, ledger.OfMeasure: h.measures, ledger.OfSelfReport: h.selves, ledger.OfBulletin: h.bulletin,
	}
}

// disclosers are those of them that say what an officer may know of.
func (h *house) disclosers() map[ledger.Subject]clock.Discloser {
	all := map[ledger.Subject]clock.Discloser{}
	for kind, k := range h.keepers() {
		if tells, ok := k.(clock.Discloser); ok {
			all[kind] = tells
		}
	}
	return all
}

// guards say who may see what papers are about. The rooms that they ask stand on
// the press, so they are looked up when they are asked.
func (h *house) guards() map[ledger.Subject]paper.Guard {
	return map[ledger.Subject]paper.Guard{
		ledger.OfComplaint: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
			_, err := h.triage.CaseIn(h.store.Read(ctx), by, id)
			return err
		},
		ledger.OfItem:       func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.docket.MaySee(ctx, by, id) },
		ledger.OfBulletin:   func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.bulletin.MaySee(ctx, by, id) },
		ledger.OfInspection: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.visits.MayRead(ctx, by, id) },
		ledger.OfOrder:      func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.orders.MayRead(ctx, by, id) },
		ledger.OfReferral: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
			return h.measures.MaySeal(ctx, by, id)
		},
		ledger.OfMeasure: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
			return h.measures.MayRead(ctx, by, id)
		},
	}
}

// waiting counts what lies on each desk.
func (h *house) waiting(ctx context.Context) (map[uuid.UUID]int, error) {
	waiting, err := h.triage.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	objections, err := h.objects.Waiting(ctx)
	for desk, n := range objections {
		waiting[desk] += n
	}
	return waiting, err
}

// trust believes a clock that is set on purpose.
func (o options) trust() func(context.Context) error {
	if o.now == nil {
		return nil
	}
	return func(context.Context) error { return nil }
}

// tell is how the domain finds the sentences it sends to reporters.
func (h *house) tell(lang, key string, pairs ...any) string {
	text, err := h.catalog.Text(locale.Lang(lang), key, pairs...)
	if err != nil {
		slog.Error("missing sentence", "component", "catalog", "error_kind", key)
	}
	return text
}

// openSite puts the faces on the rooms.
func (h *house) openSite(log *slog.Logger) error {
	s := h.settings
	assets, err := view.LoadAssets()
	if err != nil {
		return err
	}
	views, err := view.New(h.catalog, assets)
	if err != nil {
		return err
	}
	if s.redisURL != "" {
		if h.redis, err = gate.RedisClient(s.redisURL); err != nil {
			return fmt.Errorf("REDIS_URL: %w", err)
		}
	}
	limits := gate.NewLimits(h.redis, h.keys, s.limits, s.replicas)
	visitors := gate.NewVisitors(h.keys, s.proxies)
	h.puzzles, h.sent = gate.NewPuzzles(h.store, h.keys, s.captcha), gate.NewSent(h.store)
	h.metrics = portal.NewMetrics()
	h.site, err = portal.New(portal.Config{
		Store: h.store, View: views, Assets: assets, Limits: limits, Visitors: visitors,
		BaseURL: s.baseURL, Log: log, Metrics: h.metrics,
		Public: public.New(public.Config{Intake: h.intake, Transparency: h.log, Clocks: h.clocks, Figures: h.figures, Appeals: h.appeals, Notices: h.notices, Rolls: h.rolls, Objections: h.objects, Purse: h.purse, Atlas: h.atlas, Shelf: h.shelf,
			View: views, Assets: assets, Puzzles: h.puzzles, Limits: limits, Visitors: visitors,
			BaseURL: s.baseURL, Phone: s.phone, Now: h.store.Now, Log: log}),
		Console: console.New(console.Config{Transparency: h.log, Staff: h.staff, Custody: h.custody, Triage: h.triage, Intake: h.intake, Notices: h.desk, Board: h.notices, Rolls: h.rolls,
			Tray: h.tray, Objections: h.objects, Purse: h.purse, Checks: h.checks, Atlas: h.atlas,
			Clocks: h.clocks, Papers: h.papers, Docket: h.docket, Appeals: h.appeals, Audits: h.audits, Inspections: h.visits, Orders: h.orders, Measures: h.measures,
			SelfReports: h.selves, Figures: h.figures, Register: h.register, Retention: h.keeping, Bulletins: h.bulletin, Watch: h.watch, Sent: h.sent,
			Shelf: h.shelf, View: views, Limits: limits, Visitors: visitors,
			BaseURL: s.baseURL, Phone: s.phone, Now: h.store.Now, Log: log}),
	})
	return err
}

// importGrace is how long an import under way may take to end; what is not
// finished by then is as if it had not begun, and can be started again.
const importGrace = 20 * time.Second

func (h *house) close() {
	if h.tray != nil {
		ctx, cancel := context.WithTimeout(context.Background(), importGrace)
		defer cancel()
		_ = h.tray.Wait(ctx)
	}
	if h.redis != nil {
		h.redis.Close()
	}
	h.store.Close()
}
