package register

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Invented villages (block codes 9xx) and the standard offices over them.
const (
	cityDesk = "盘锦市委市政府督查室"
	panshan  = "盘山县督查室"
	dawa     = "大洼区督查室"
	poor     = "盘山县扶贫开发办公室"

	shuangliu = "211122111901"
	dayushu   = "211104112904"

	villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211104112904,211104112000,大榆树村,village,220
`
)

var bg = context.Background()

// office is a register on a real database with the standard offices, and a time
// that the test sets.
type office struct {
	*Book
	t      testing.TB
	units  map[string]region.Unit
	now    atomic.Int64
	people map[string]staff.Officer

	seconds map[string]staff.Officer // of each office somebody else
}

// each runs a test on SQLite and on PostgreSQL; it is Monday, 2 March 2026.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func open(t testing.TB, c store.Config) *office {
	t.Helper()
	o := &office{t: t, units: map[string]region.Unit{}, people: map[string]staff.Officer{}, seconds: map[string]staff.Officer{}}
	o.on("2026-03-02")
	c.Now = func() time.Time { return time.Unix(0, o.now.Add(1e6)) }
	s, err := store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { s.Close() })
	o.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	o.must(err)
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	o.must(err)
	units, err := atlas.StandardUnits(bg)
	o.must(err)
	for _, u := range units {
		o.units[u.Name] = u
	}
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	o.must(err)
	clocks := clock.New(s, workday.BuiltIn())
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	desk := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	reports := intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks})
	cases := triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: desk, Intake: reports, Shelf: shelf, Clocks: clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	items := docket.New(docket.Config{Store: s, Keys: keys, Atlas: atlas, Staff: desk, Triage: cases, Shelf: shelf, Clocks: clocks})
	o.Book = New(Config{Store: s, Atlas: atlas, Staff: desk, Clocks: clocks, Triage: cases, Docket: items})
	for _, name := range []string{cityDesk, panshan, dawa, poor} {
		o.people[name], o.seconds[name] = o.person(name, "员"+name[:3]), o.person(name, "second")
	}
	return o
}

// on sets the clock to nine in the morning of a day in Shanghai.
func (o *office) on(day workday.Date) { o.now.Store(day.Time().Add(9 * time.Hour).UnixNano()) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) insert(table string, row map[string]any) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Table(table).Create(row).Error)
}

// person is somebody who may read the register of an office.
func (o *office) person(unit, name string) staff.Officer {
	o.t.Helper()
	id, u, now := uuid.Must(uuid.NewV7()), o.units[unit], o.Store.Now()
	o.insert("account", map[string]any{"id": id, "login": id.String(), "name": name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1})
	o.insert("account_role", map[string]any{"account_id": id, "role": staff.Supervisor, "granted_at": now})
	return staff.Officer{ID: id, Name: name, UnitID: u.ID, UnitName: unit, Roles: []staff.Role{staff.TriageOfficer, staff.Supervisor}}
}

// receive stores a complaint from a village, on the desk where it belongs.
func (o *office) receive(village string, with ...func(*intake.Complaint)) intake.Complaint {
	o.t.Helper()
	desk, _, err := o.Atlas.DeskFor(village, region.Accused{Level: "unknown"})
	o.must(err)
	c := intake.Complaint{
		ID: uuid.Must(uuid.NewV7()), ReportID: uuid.Must(uuid.NewV7()), Part: 1, State: intake.Verifying, Mode: intake.Named, Channel: intake.Web,
		PlaceCode: village, TownCode: region.TownCode(village), CountyCode: region.CountyCode(village), PlaceName: village,
		Kind: "FUND_WITHHOLD", Programme: "housing", Severity: 3, AccusedLevel: "unknown", DeskUnitID: desk.ID, ReceivedAt: o.Store.Now(), Version: 1,
	}
	for _, change := range with {
		change(&c)
	}
	o.must(o.Store.Read(bg).Create(&intake.Report{ID: c.ReportID, ReceiptIndex: c.ID[:], Mode: c.Mode, Channel: c.Channel, PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt}).Error)
	o.must(o.Store.Read(bg).Create(&c).Error)
	return c
}

// item stores a supervision item of the issuer for the lead unit, that came of
// complaints.
func (o *office) item(issuer, lead, state string, of []intake.Complaint, with ...func(row map[string]any)) uuid.UUID {
	o.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), o.Store.Now()
	row := map[string]any{"id": id, "issuer_id": o.units[issuer].ID, "year": 2026, "number": "盘县督交〔2026〕" + id.String()[30:] + "号", "title": "核查补助发放", "summary": "请核查补助是否足额发放。",
		"requirement": "逐户核对。", "urgency": "normal", "state": state, "place_code": shuangliu, "lead_unit_id": o.units[lead].ID, "created_by": o.people[cityDesk].ID,
		"created_at": now, "issued_at": now, "due_on": string(o.today().Add(15)), "version": 1}
	if len(of) > 0 {
		row["place_code"] = of[0].PlaceCode
	}
	if state == "docketed" {
		row["issued_at"], row["due_on"], row["number"] = nil, nil, ""
	}
	for _, change := range with {
		change(row)
	}
	o.insert("supervision_item", row)
	o.insert("item_unit", map[string]any{"item_id": id, "unit_id": o.units[lead].ID, "duty": "lead"})
	for _, c := range of {
		o.insert("item_complaint", map[string]any{"item_id": id, "complaint_id": c.ID})
	}
	return id
}

func (o *office) assist(item uuid.UUID, unit string) {
	o.t.Helper()
	o.insert("item_unit", map[string]any{"item_id": item, "unit_id": o.units[unit].ID, "duty": "assist"})
}

// note keeps an entry in an item's life.
func (o *office) note(item uuid.UUID, kind string, by staff.Officer) {
	o.t.Helper()
	o.insert("item_note", map[string]any{"id": uuid.Must(uuid.NewV7()), "item_id": item, "kind": kind, "unit_id": by.UnitID, "author_id": by.ID, "body": "柳大有13800000001说", "at": o.Store.Now()})
}

// look records a check on the spot.
func (o *office) look(c intake.Complaint) {
	o.t.Helper()
	o.insert("verification", map[string]any{"id": uuid.Must(uuid.NewV7()), "complaint_id": c.ID, "visited_on": string(o.today()), "place": "村", "method": "site_visit",
		"verifiers": "[]", "found_sealed": []byte{1}, "by_id": o.people[cityDesk].ID, "at": o.Store.Now()})
}

// owes stores a last day of an item.
func (o *office) owes(item uuid.UUID, rule string, due workday.Date, met *time.Time) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Create(&clock.Deadline{SubjectID: item, SubjectKind: ledger.OfItem, Rule: rule, Round: 1, N: 15, DayKind: "cd", StartedOn: due.Add(-15), DueOn: due, MetAt: met}).Error)
}

// found lists the ids that Find gives on all pages.
func (o *office) found(by staff.Officer, f Filter) (ids []uuid.UUID) {
	o.t.Helper()
	for cursor, pages := "", 0; ; pages++ {
		page, err := o.Find(bg, by, f, cursor)
		o.must(err)
		for _, l := range page.Lines {
			ids = append(ids, l.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
		if pages > 100 {
			o.t.Fatal("Find never ends")
		}
	}
}
