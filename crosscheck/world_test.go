package crosscheck

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/tray"
)

// Invented villages. The numbers of people have wrong check digits.
const (
	shuangliu = "211122111901" // 盘山县甜水镇双柳村
	weizigou  = "211122108902" // 盘山县沙岭镇苇子沟村
	xinheyan  = "211122106903" // 新河沿村, of the zone
	dayushu   = "211104112904" // 大洼区大榆树村

	county = "盘山县督查室"
	other  = "大洼区督查室"
	zone   = "辽河口生态经济区督查室"
	city   = "盘锦市委市政府督查室"
)

const villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122106903,211122106000,新河沿村,village,220
211104112904,211104112000,大榆树村,village,220
`

var bg = context.Background()

// world is a bench with everything behind it.
type world struct {
	*Bench
	t     testing.TB
	units map[string]region.Unit
	files int
}

// eachWorld runs a test in a world on SQLite and in one on PostgreSQL.
func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newWorld(t, s)) })
}

func newWorld(t testing.TB, s *store.Store) *world {
	t.Helper()
	must(t, region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	must(t, err)
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	must(t, err)
	units, err := atlas.StandardUnits(bg)
	must(t, err)
	keys, err := seal.Create(t.TempDir())
	must(t, err)
	blobs, err := evidence.Folder(t.TempDir())
	must(t, err)
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	desk := intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clock.New(s, workday.BuiltIn())})
	w := &world{t: t, units: map[string]region.Unit{}, Bench: New(Config{
		Store: s, Keys: keys, Atlas: atlas, Purse: household.New(s, keys, atlas), Intake: desk})}
	for _, u := range units {
		w.units[u.Name] = u
	}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// officer has an account at an office.
func (w *world) officer(unit string, roles ...staff.Role) staff.Officer {
	w.t.Helper()
	u, known := w.units[unit]
	if !known {
		w.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), w.Store.Now()
	must(w.t, w.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "督查员", "unit_id": u.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error)
	return staff.Officer{ID: id, Name: "督查员", UnitID: u.ID, UnitName: unit, Roles: roles}
}

func (w *world) checker(unit string) staff.Officer { return w.officer(unit, staff.TriageOfficer) }

// paidTo is one row of a sheet of payments.
type paidTo struct{ village, name, id, account, day string }

// knownAs is one row of a reference set.
type knownAs struct{ village, name, id, since string }

func record(row int, texts map[string]string, day string) sheet.Record {
	r := sheet.Record{Row: row, Values: map[string]sheet.Value{}}
	for code, text := range texts {
		if text != "" {
			r.Values[code] = sheet.Value{Ref: "A" + fmt.Sprint(row), Raw: text, Text: text}
		}
	}
	if day != "" {
		for _, code := range []string{"paid_on", "since"} {
			r.Values[code] = sheet.Value{Day: workday.Date(day)}
		}
	}
	return r
}

// hand hands out records one by one.
func hand(records []sheet.Record) func() (sheet.Record, error) {
	return func() (sheet.Record, error) {
		if len(records) == 0 {
			return sheet.Record{}, io.EOF
		}
		r := records[0]
		records = records[1:]
		return r, nil
	}
}

// pay loads payments of 100 yuan each.
func (w *world) pay(all ...paidTo) {
	w.t.Helper()
	by := w.officer(city, staff.Publisher)
	var records []sheet.Record
	w.files++
	for i, p := range all {
		r := record(i+2, map[string]string{"place": p.village, "name": p.name, "identity": p.id, "account": p.account,
			"programme": "低保金", "batch": fmt.Sprint("第", w.files, "批")}, p.day)
		r.Values["amount"] = sheet.Value{N: 10000}
		records = append(records, r)
	}
	must(w.t, w.Store.Transact(bg, func(tx *gorm.DB) error {
		_, err := w.Purse.Target().Take(tx, by, tray.Sheet{Name: "补贴.xlsx"}, hand(records))
		return err
	}))
}

func (w *world) target(kind string) tray.Target {
	for _, t := range w.Targets() {
		if t.Code == "reference."+kind {
			return t
		}
	}
	w.t.Fatalf("no target %s", kind)
	return tray.Target{}
}

// load loads a reference set.
func (w *world) load(by staff.Officer, kind string, all ...knownAs) error {
	return w.Store.Transact(bg, func(tx *gorm.DB) error {
		_, err := w.target(kind).Take(tx, by, tray.Sheet{Name: kind + ".xlsx"}, hand(knownRecords(all)))
		return err
	})
}

func knownRecords(all []knownAs) (records []sheet.Record) {
	for i, k := range all {
		records = append(records, record(i+2, map[string]string{"place": k.village, "name": k.name, "identity": k.id}, k.since))
	}
	return records
}

func (w *world) refer(kind string, all ...knownAs) {
	w.t.Helper()
	must(w.t, w.load(w.officer(city, staff.Publisher), kind, all...))
}

// list publishes a list of names of one village; stands is the last of its days.
func (w *world) list(kind roll.Kind, stage roll.Stage, place string, year int, stands string, names ...string) roll.Roll {
	w.t.Helper()
	r := roll.Roll{ID: uuid.Must(uuid.NewV7()), Kind: kind, UnitID: w.units[county].ID, PlaceCode: place, Year: year, Stage: stage,
		Version: 1, Size: len(names), CreatedAt: w.Store.Now()}
	must(w.t, w.Store.Read(bg).Create(&r).Error)
	for i, name := range names {
		must(w.t, w.Store.Read(bg).Create(&roll.Row{ID: uuid.Must(uuid.NewV7()), RollID: r.ID, Key: i + 1, N: i + 1, Since: 1, PlaceCode: place,
			Label: name, Shown: "*", AmountFen: 20000, Cells: map[string]string{}, StandsUntil: workday.Date(stands), Reason: "imported"}).Error)
	}
	return r
}

// check runs a check that has to go through.
func (w *world) check(by staff.Officer) Run {
	w.t.Helper()
	run, err := w.Check(bg, by)
	must(w.t, err)
	return run
}

// hits lists all open hits of an officer.
func (w *world) hits(by staff.Officer, f Filter) []Hit {
	w.t.Helper()
	hits, err := w.Hits(bg, by, f)
	must(w.t, err)
	return hits
}

// events counts the events of a kind.
func (w *world) events(kind string) int {
	w.t.Helper()
	var n int64
	must(w.t, w.Store.Read(bg).Table("event").Where("kind = ?", kind).Count(&n).Error)
	return int(n)
}
