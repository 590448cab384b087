package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

var bg = context.Background()

const (
	normal = "supervision_item.normal"
	reply  = "complaint.reply"
)

// tower is a watch over a city, a county and a town, on a real database with a
// time that the test sets. Its clock is believed.
type tower struct {
	*Watch
	t     testing.TB
	c     store.Config
	items *room
	reps  *room

	city, county, town region.Unit

	mu  sync.Mutex
	now time.Time
}

// each runs a test on SQLite and on PostgreSQL; it is Monday, 2 November 2026,
// nine in the morning.
func each(t *testing.T, test func(t *testing.T, w *tower)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newSQLiteTower(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, newPostgresTower(t)) })
}

func newSQLiteTower(t testing.TB) *tower {
	return newTower(t, store.Config{Dir: storetest.SQLiteDir(t)})
}
func newPostgresTower(t testing.TB) *tower {
	return newTower(t, store.Config{URL: storetest.PostgresURL(t)})
}

func newTower(t testing.TB, c store.Config) *tower {
	t.Helper()
	w := &tower{t: t, items: newRoom(), reps: newRoom()}
	w.on("2026-11-02")
	c.Now = w.clock
	w.c = c
	s, err := store.Open(bg, c)
	w.must(err)
	t.Cleanup(func() { s.Close() })
	atlas, err := region.NewAtlas(bg, s)
	w.must(err)
	add := func(name string, level region.Level, parent *uuid.UUID) region.Unit {
		u, err := atlas.AddUnit(bg, region.Unit{Name: name, Kind: region.SupervisionOffice, Level: level, ParentID: parent, TakesComplaints: level != region.Town, ValidFrom: "2026-10-30"})
		w.must(err)
		return u
	}
	w.city = add("市督查室", region.City, nil)
	w.county = add("县督查室", region.County, &w.city.ID)
	w.town = add("镇政府", region.Town, &w.county.ID)
	w.Watch = w.replica(s, atlas)
	return w
}

// replica is another watch over the same.
func (w *tower) replica(s *store.Store, atlas *region.Atlas) *Watch {
	w.t.Helper()
	keys, err := seal.Create(w.t.TempDir())
	w.must(err)
	return New(Config{Store: s, Atlas: atlas, Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas}), Clocks: clock.New(s, workday.BuiltIn()),
		Keepers: map[ledger.Subject]clock.Keeper{ledger.OfItem: w.items, ledger.OfComplaint: w.reps},
		Trust:   func(context.Context) error { return nil }})
}

// another is a replica with connections of its own.
func (w *tower) another() *Watch {
	w.t.Helper()
	s, err := store.Open(bg, w.c)
	w.must(err)
	w.t.Cleanup(func() { s.Close() })
	atlas, err := region.NewAtlas(bg, s)
	w.must(err)
	return w.replica(s, atlas)
}

func (w *tower) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *tower) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *tower) set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = at
}

func (w *tower) pass(d time.Duration) { w.set(w.clock().Add(d)) }

// on sets the clock to nine in the morning of a day.
func (w *tower) on(day workday.Date) { w.set(day.Time().Add(9 * time.Hour)) }

// sweep is one turn that must go well.
func (w *tower) sweep() Swept {
	w.t.Helper()
	swept, err := w.Sweep(bg)
	w.must(err)
	if swept.Still != nil {
		w.t.Fatalf("the watch stands still: %v", swept.Still)
	}
	return swept
}

// start runs a clock of an item that the county asked the town for, or of a
// report on the county's desk.
func (w *tower) start(rule string, from workday.Date) (d clock.Deadline) {
	w.t.Helper()
	subject := clock.Subject{Kind: ledger.OfItem, ID: uuid.Must(uuid.NewV7())}
	keeper, owner := w.items, clock.Owner{Unit: w.town.ID, By: &w.county.ID, Name: "盘督交"}
	if rule == reply {
		subject.Kind, keeper, owner = ledger.OfComplaint, w.reps, clock.Owner{Unit: w.county.ID, Name: "访"}
	}
	keeper.own(subject.ID, owner)
	w.in(func(tx *gorm.DB) (err error) {
		d, err = w.Clocks.Start(tx, subject, rule, from)
		return err
	})
	return d
}

func (w *tower) in(do func(tx *gorm.DB) error) {
	w.t.Helper()
	w.must(w.Store.Transact(bg, do))
}

// alarms lists the stages that were announced of a subject, in order.
func (w *tower) alarms(subject uuid.UUID) (stages []Stage) {
	w.t.Helper()
	var rows []alarmRow
	w.must(w.Store.Read(bg).Where("subject_id = ?", subject).Order("at, grade DESC").Find(&rows).Error)
	for _, r := range rows {
		stages = append(stages, r.Stage)
	}
	return stages
}

// hears names the offices that hear of a stage of a subject.
func (w *tower) hears(subject uuid.UUID, s Stage) (names []string) {
	w.t.Helper()
	var rows []hearingRow
	w.must(w.Store.Read(bg).Where("alarm_id IN (SELECT id FROM alarm WHERE subject_id = ? AND stage = ?)", subject, s).Find(&rows).Error)
	for _, r := range rows {
		u, err := w.Atlas.Unit(r.UnitID)
		w.must(err)
		names = append(names, u.Name)
	}
	slices.Sort(names)
	return names
}

// once fails unless every alarm has its event and no event of the watch stands
// twice, whoever wrote it. It returns how many there are of clocks.
func (w *tower) once() int {
	w.t.Helper()
	var alarms []alarmRow
	w.must(w.Store.Read(bg).Find(&alarms).Error)
	want := map[string]int{}
	for _, a := range alarms {
		want[fmt.Sprint(a.SubjectID, marks[a.Grade-1].Event, a.Rule, a.DueOn)]++
	}
	var kinds []string
	for _, m := range marks {
		kinds = append(kinds, m.Event)
	}
	var events []ledger.Event
	w.must(w.Store.Read(bg).Where("kind IN ?", kinds).Find(&events).Error)
	clocks := 0
	for _, e := range events {
		on := e.Body["due_on"]
		if on == "" {
			on = e.Body["since"]
		} else {
			clocks++
		}
		want[fmt.Sprint(e.SubjectID, e.Kind, e.Body["rule"], on)]--
	}
	for key, n := range want {
		if n != 0 {
			w.t.Errorf("%s: %d more alarms than events", key, n)
		}
	}
	if len(want) != len(alarms) {
		w.t.Errorf("%d alarms about %d things", len(alarms), len(want))
	}
	return clocks
}

// person is an account of an office.
func (w *tower) person(unit region.Unit, roles ...staff.Role) staff.Officer {
	w.t.Helper()
	id, at := uuid.Must(uuid.NewV7()), w.Store.Now()
	w.must(w.Store.Read(bg).Table("account").Create(map[string]any{"id": id, "login": id.String(), "name": "员" + id.String()[30:], "unit_id": unit.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false, "totp_last_step": 0, "created_at": at, "updated_at": at, "version": 1}).Error)
	for _, r := range roles {
		w.must(w.Store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": at}).Error)
	}
	return staff.Officer{ID: id, Name: "员", UnitID: unit.ID, UnitName: unit.Name, Roles: roles}
}

// room is a keeper that says what it was told.
type room struct {
	mu        sync.Mutex
	owners    map[uuid.UUID]clock.Owner
	hidden    map[uuid.UUID]bool // from everybody
	escalated map[uuid.UUID][]uuid.UUID
	moved     map[uuid.UUID][]clock.Move
	fails     map[uuid.UUID]bool // at whatever is asked of it
	broken    bool               // cannot say who owes what
	before    func()             // called at the beginning of each question
	told      int                // moves
	mover     func(told int)     // called at each
}

var errRoom = errors.New("room: out of order")

func newRoom() *room {
	return &room{owners: map[uuid.UUID]clock.Owner{}, hidden: map[uuid.UUID]bool{}, escalated: map[uuid.UUID][]uuid.UUID{},
		moved: map[uuid.UUID][]clock.Move{}, fails: map[uuid.UUID]bool{}}
}

func (r *room) own(subject uuid.UUID, o clock.Owner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.owners[subject] = o
}

func (r *room) Owners(_ *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	r.mu.Lock()
	before := r.before
	r.mu.Unlock()
	if before != nil {
		before()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return nil, errRoom
	}
	found := map[uuid.UUID]clock.Owner{}
	for _, id := range subjects {
		if o, ok := r.owners[id]; ok {
			found[id] = o
		}
	}
	return found, nil
}

// Moved and Escalate write down what they are told, and leave an event that stays
// only when the transaction does.
func (r *room) Moved(tx *gorm.DB, m clock.Move) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails[m.SubjectID] {
		return errRoom
	}
	r.moved[m.SubjectID] = append(r.moved[m.SubjectID], m)
	if r.told++; r.mover != nil {
		r.mover(r.told)
	}
	return ledger.Append(tx, m.SubjectKind, m.SubjectID, "told", ledger.System(), time.Now(), nil)
}

func (r *room) Escalate(tx *gorm.DB, subject, to uuid.UUID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails[subject] {
		return errRoom
	}
	r.escalated[subject] = append(r.escalated[subject], to)
	return ledger.Append(tx, ledger.OfItem, subject, "gone_up", ledger.System(), time.Now(), nil)
}

func (r *room) Disclose(_ context.Context, _ staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := map[uuid.UUID]string{}
	for _, id := range subjects {
		if !r.hidden[id] {
			names[id] = r.owners[id].Name
		}
	}
	return names, nil
}
