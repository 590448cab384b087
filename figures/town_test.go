package figures

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Invented villages (block codes 9xx) and the standard offices over them.
const (
	cityDesk = "盘锦市委市政府督查室"
	panshan  = "盘山县督查室"
	dawa     = "大洼区督查室"
	zone     = "辽河口生态经济区督查室"
	poor     = "盘山县扶贫开发办公室"

	shuangliu = "211122111901" // 盘山县甜水镇
	weizigou  = "211122108902" // 盘山县坝墙子镇
	xinheyan  = "211122106903" // in the zone
	dayushu   = "211104112904" // 大洼区唐家镇

	villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122106903,211122106000,新河沿村,village,220
211104112904,211104112000,大榆树村,village,220
`
)

var bg = context.Background()

// world is a board on a real database with the standard offices, a time that
// the test sets, and rows that it writes as the other rooms would.
type world struct {
	*Board
	t      testing.TB
	units  map[string]region.Unit
	now    atomic.Int64 // nanoseconds
	people map[string]staff.Officer
}

// each runs a test on SQLite and on PostgreSQL; it is Monday, 2 March 2026.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, build(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, build(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func build(t testing.TB, c store.Config) *world {
	t.Helper()
	w := &world{t: t, units: map[string]region.Unit{}, people: map[string]staff.Officer{}}
	w.at("2026-03-02", 9)
	c.Now = func() time.Time { return time.Unix(0, w.now.Load()) }
	s, err := store.Open(bg, c)
	w.must(err)
	t.Cleanup(func() { s.Close() })
	w.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	w.must(err)
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	w.must(err)
	units, err := atlas.StandardUnits(bg)
	w.must(err)
	for _, u := range units {
		w.units[u.Name] = u
	}
	w.Board = New(Config{Store: s, Atlas: atlas, Clocks: clock.New(s, workday.BuiltIn())})
	for _, name := range []string{cityDesk, panshan, dawa, zone, poor} {
		w.people[name] = w.person(name)
	}
	return w
}

// at sets the clock to an hour of a day in Shanghai.
func (w *world) at(day workday.Date, hour int) {
	w.now.Store(day.Time().Add(time.Duration(hour) * time.Hour).UnixNano())
}

// pass lets time pass.
func (w *world) pass(d time.Duration) { w.now.Add(int64(d)) }

func (w *world) today() workday.Date { return workday.On(w.Store.Now()) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person is somebody of an office who may read figures.
func (w *world) person(unit string) staff.Officer {
	w.t.Helper()
	id, u, now := uuid.Must(uuid.NewV7()), w.units[unit], w.Store.Now()
	w.must(w.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "员", "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	return staff.Officer{ID: id, Name: "员", UnitID: u.ID, UnitName: unit, Roles: []staff.Role{staff.TriageOfficer, staff.Supervisor}}
}

func (w *world) in(do func(tx *gorm.DB) error) {
	w.t.Helper()
	w.must(w.Store.Transact(bg, do))
}

func (w *world) event(tx *gorm.DB, kind ledger.Subject, id uuid.UUID, name string, body map[string]string) error {
	return ledger.Append(tx, kind, id, name, ledger.System(), w.Store.Now(), body)
}

// receive stores a complaint from a village, as intake does.
func (w *world) receive(village string, with ...func(*intake.Complaint)) intake.Complaint {
	w.t.Helper()
	desk, _, err := w.Atlas.DeskFor(village, region.Accused{Level: "unknown"})
	w.must(err)
	c := intake.Complaint{
		ID: uuid.Must(uuid.NewV7()), ReportID: uuid.Must(uuid.NewV7()), Part: 1, State: intake.Submitted, Mode: intake.Anonymous, Channel: intake.Web,
		PlaceCode: village, TownCode: region.TownCode(village), CountyCode: region.CountyCode(village), PlaceName: village,
		Kind: "FUND_WITHHOLD", Severity: 3, AccusedLevel: "unknown", DeskUnitID: desk.ID, ReceivedAt: w.Store.Now(), Version: 1,
	}
	for _, change := range with {
		change(&c)
	}
	w.in(func(tx *gorm.DB) error {
		r := intake.Report{ID: c.ReportID, ReceiptIndex: c.ID[:], Mode: c.Mode, Channel: c.Channel, PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt}
		if c.Part == 1 {
			if err := tx.Create(&r).Error; err != nil {
				return err
			}
		}
		if err := tx.Create(&c).Error; err != nil {
			return err
		}
		if _, err := w.Clocks.Start(tx, c.Clocked(), intake.RuleAccept, w.today()); err != nil {
			return err
		}
		return w.event(tx, ledger.OfComplaint, c.ID, "submitted", nil)
	})
	return c
}

// change writes columns of a complaint and an event, in one commit.
func (w *world) change(c *intake.Complaint, event string, set map[string]any, also ...func(tx *gorm.DB) error) {
	w.t.Helper()
	w.in(func(tx *gorm.DB) error {
		if len(set) > 0 {
			if err := tx.Table("complaint").Where("id = ?", c.ID).Updates(set).Error; err != nil {
				return err
			}
		}
		for _, do := range also {
			if err := do(tx); err != nil {
				return err
			}
		}
		return w.event(tx, ledger.OfComplaint, c.ID, event, nil)
	})
	var now intake.Complaint
	w.must(store.One(w.Store.Read(bg).Where("id = ?", c.ID), &now))
	*c = now
}

func (w *world) accept(c *intake.Complaint) {
	w.t.Helper()
	w.change(c, "accepted", map[string]any{"state": intake.Accepted, "accepted_at": w.Store.Now()}, func(tx *gorm.DB) error {
		if err := w.Clocks.Meet(tx, c.ID, intake.RuleAccept); err != nil {
			return err
		}
		_, err := w.Clocks.Start(tx, c.Clocked(), intake.RuleReply, w.today())
		return err
	})
}

func (w *world) answer(c *intake.Complaint, o intake.Outcome) {
	w.t.Helper()
	w.change(c, "decided", map[string]any{"state": intake.Delivered, "outcome": o}, func(tx *gorm.DB) error { return w.Clocks.Meet(tx, c.ID) })
}

// end ends a complaint in a state.
func (w *world) end(c *intake.Complaint, s intake.State) {
	w.t.Helper()
	w.change(c, string(s), map[string]any{"state": s, "closed_at": w.Store.Now()}, func(tx *gorm.DB) error { return w.Clocks.Meet(tx, c.ID) })
}

// name names an office as what a complaint is about, wherever it lies.
func (w *world) name(c *intake.Complaint, unit string) {
	w.t.Helper()
	w.change(c, "subject_named", nil, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			c.ID, w.units[unit].ID, w.people[cityDesk].ID, w.Store.Now()).Error
	})
}

func (w *world) stepBack(c *intake.Complaint, by staff.Officer) {
	w.t.Helper()
	w.change(c, "recused", nil, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO recusal (complaint_id, account_id, reason, at) VALUES (?, ?, '是亲戚', ?) ON CONFLICT DO NOTHING", c.ID, by.ID, w.Store.Now()).Error
	})
}

// mention names somebody in a complaint by the mark of their name; of is where they
// work, "" when nobody said.
func (w *world) mention(c *intake.Complaint, mark, of string) {
	w.t.Helper()
	var unit *uuid.UUID
	if of != "" {
		id := w.units[of].ID
		unit = &id
	}
	w.change(c, "person_named", nil, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO complaint_person (complaint_id, id, name_mark, unit_id, words_sealed, at) VALUES (?, ?, ?, ?, ?, ?)",
			c.ID, uuid.New(), []byte(mark), unit, []byte{1}, w.Store.Now()).Error
	})
}

// tie ties an officer to somebody by the mark of their name: themselves, or a
// relative.
func (w *world) tie(by staff.Officer, kind, mark string) {
	w.t.Helper()
	w.must(w.Store.Read(bg).Exec("INSERT INTO staff_tie (id, account_id, kind, name_mark, unit_id, at) VALUES (?, ?, ?, ?, ?, ?)",
		uuid.New(), by.ID, kind, []byte(mark), w.units[panshan].ID, w.Store.Now()).Error)
}

// item is a supervision item as the test writes it.
type item struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	IssuerID    uuid.UUID
	Year        int
	Number      string
	Title       string
	Summary     string
	Requirement string
	Urgency     string
	State       string
	PlaceCode   string
	LeadUnitID  uuid.UUID
	CreatedBy   uuid.UUID
	CreatedAt   time.Time
	IssuedAt    *time.Time
	DueOn       *workday.Date
	ClosedAt    *time.Time
	Version     int
}

func (item) TableName() string { return "supervision_item" }

func (i item) clocked() clock.Subject { return clock.Subject{Kind: ledger.OfItem, ID: i.ID} }

// issue issues an item that came of complaints.
func (w *world) issue(issuer, lead string, of ...intake.Complaint) item {
	w.t.Helper()
	now := w.Store.Now()
	i := item{ID: uuid.Must(uuid.NewV7()), IssuerID: w.units[issuer].ID, Year: 2026, Title: "核查", Urgency: "normal", State: "issued", PlaceCode: shuangliu,
		LeadUnitID: w.units[lead].ID, CreatedBy: w.people[cityDesk].ID, CreatedAt: now, IssuedAt: &now, Version: 1}
	if len(of) > 0 {
		i.PlaceCode = of[0].PlaceCode
	}
	w.in(func(tx *gorm.DB) error {
		if err := tx.Create(&i).Error; err != nil {
			return err
		}
		if err := tx.Exec("INSERT INTO item_unit (item_id, unit_id, duty) VALUES (?, ?, 'lead')", i.ID, i.LeadUnitID).Error; err != nil {
			return err
		}
		for _, c := range of {
			if err := tx.Exec("INSERT INTO item_complaint (item_id, complaint_id) VALUES (?, ?)", i.ID, c.ID).Error; err != nil {
				return err
			}
		}
		if _, err := w.Clocks.Start(tx, i.clocked(), "supervision_item.acknowledge", w.today()); err != nil {
			return err
		}
		due, err := w.Clocks.Start(tx, i.clocked(), "supervision_item.normal", w.today())
		if err != nil {
			return err
		}
		if err := tx.Table("supervision_item").Where("id = ?", i.ID).Updates(map[string]any{"due_on": due.DueOn}).Error; err != nil {
			return err
		}
		return w.event(tx, ledger.OfItem, i.ID, "issued", nil)
	})
	return i
}

// step moves an item on, as the docket does.
func (w *world) step(i *item, state, event string) {
	w.t.Helper()
	w.in(func(tx *gorm.DB) error {
		set := map[string]any{"state": state}
		switch event {
		case "acknowledged":
			if err := w.Clocks.Meet(tx, i.ID, "supervision_item.acknowledge"); err != nil {
				return err
			}
		case "reported":
			err := tx.Exec("INSERT INTO item_note (id, item_id, kind, unit_id, author_id, body, at) VALUES (?, ?, 'report', ?, ?, '', ?)",
				uuid.Must(uuid.NewV7()), i.ID, i.LeadUnitID, i.CreatedBy, w.Store.Now()).Error
			if err != nil {
				return err
			}
		case "struck_off", "cancelled":
			set["closed_at"] = w.Store.Now()
			if err := w.Clocks.Meet(tx, i.ID); err != nil {
				return err
			}
		}
		if err := tx.Table("supervision_item").Where("id = ?", i.ID).Updates(set).Error; err != nil {
			return err
		}
		return w.event(tx, ledger.OfItem, i.ID, event, nil)
	})
	var now item
	w.must(store.One(w.Store.Read(bg).Where("id = ?", i.ID), &now))
	*i = now
}

// look records a check on the spot.
func (w *world) look(c *intake.Complaint, method string) {
	w.t.Helper()
	w.change(c, "verified", nil, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO verification (id, complaint_id, visited_on, place, method, verifiers, found_sealed, by_id, at) VALUES (?, ?, ?, '村', ?, '[]', ?, ?, ?)",
			uuid.Must(uuid.NewV7()), c.ID, w.today(), method, []byte{1}, w.people[cityDesk].ID, w.Store.Now()).Error
	})
}

// sheet reads the figures of the last year after counting.
func (w *world) sheet(by staff.Officer, with ...func(*Ask)) Sheet {
	w.t.Helper()
	w.pass(2 * time.Minute)
	w.must(w.Refresh(bg))
	return w.read(by, with...)
}

func (w *world) read(by staff.Officer, with ...func(*Ask)) Sheet {
	w.t.Helper()
	a := Ask{Period: LastYear(w.today())}
	for _, change := range with {
		change(&a)
	}
	s, err := w.Sheet(bg, by, a)
	w.must(err)
	return s
}
