package roll

import (
	"context"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Invented villages.
const (
	shuangliu = "211122111901" // 盘山县甜水镇双柳村
	weizigou  = "211122108902"
	tianshui  = "211122111000" // the town of 双柳村
)

const villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122111908,211122111000,新立村,village,220
211122108908,211122108000,新立村,village,220
`

var bg = context.Background()

// shelf is a book on a real database, and a publisher who works with it.
type shelf struct {
	*Book
	t  testing.TB
	by staff.Officer
}

func newShelf(t testing.TB, s *store.Store) *shelf {
	t.Helper()
	must(t, region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	must(t, err)
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	must(t, err)
	units, err := atlas.StandardUnits(bg)
	must(t, err)
	h := &shelf{Book: New(s, atlas), t: t}
	h.by = h.publisher(units[0])
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *shelf) publisher(unit region.Unit) staff.Officer {
	h.t.Helper()
	id := uuid.Must(uuid.NewV7())
	now := h.store.Now()
	must(h.t, h.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "录入员", "unit_id": unit.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error)
	return staff.Officer{ID: id, UnitID: unit.ID, Roles: []staff.Role{staff.Publisher}}
}

func (h *shelf) create(k Kind, place string) Roll {
	h.t.Helper()
	var r Roll
	h.do(func(tx *gorm.DB) (err error) {
		r, err = h.Create(tx, h.by, k, place, 2026)
		return err
	})
	return r
}

// do runs a transaction that has to go through.
func (h *shelf) do(f func(tx *gorm.DB) error) {
	h.t.Helper()
	must(h.t, h.store.Transact(bg, f))
}

func (h *shelf) now(id uuid.UUID) Roll {
	h.t.Helper()
	r, err := h.Roll(bg, id)
	must(h.t, err)
	return r
}

// amend edits what is there now, as nobody's ruling.
func (h *shelf) amend(id uuid.UUID, stands workday.Date, edits ...Edit) error {
	return h.store.Transact(bg, func(tx *gorm.DB) error {
		r, err := h.RollIn(tx, id)
		if err == nil {
			_, err = h.Amend(tx, id, r.Version, edits, stands, uuid.Nil)
		}
		return err
	})
}

func (h *shelf) advance(id uuid.UUID, to Stage, today, stands workday.Date) error {
	return h.store.Transact(bg, func(tx *gorm.DB) error { return h.Advance(tx, id, to, today, stands) })
}

func (h *shelf) hold(id uuid.UUID, key int) (uuid.UUID, error) {
	objection := uuid.Must(uuid.NewV7())
	at := &key
	if key == 0 {
		at = nil
	}
	return objection, h.store.Transact(bg, func(tx *gorm.DB) error { return h.Hold(tx, objection, id, at) })
}

func (h *shelf) lift(objection uuid.UUID) {
	h.t.Helper()
	h.do(func(tx *gorm.DB) error { return h.Lift(tx, objection) })
}

func (h *shelf) minutes(id uuid.UUID, stage Stage) error {
	return h.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := h.SetMinutes(tx, h.by, Minutes{RollID: id, Stage: stage, MetOn: workday.On(h.store.Now()), Present: 30, Entitled: 41})
		return err
	})
}

// households are a draft with so many rows.
func (h *shelf) households(n int) Roll {
	h.t.Helper()
	r := h.create(Households, shuangliu)
	h.fill(r, records(n))
	return h.now(r.ID)
}

// opened is a list in its first round, whose days end on lastDay.
func (h *shelf) opened(n int, today, lastDay workday.Date) Roll {
	h.t.Helper()
	r := h.households(n)
	must(h.t, h.minutes(r.ID, Village))
	must(h.t, h.advance(r.ID, Village, today, lastDay))
	return h.now(r.ID)
}

func (h *shelf) target(k Kind) tray.Target {
	for _, t := range h.Targets() {
		if t.Code == "roll."+string(k) {
			return t
		}
	}
	h.t.Fatalf("no target for %s", k)
	return tray.Target{}
}

func (h *shelf) fill(r Roll, all []sheet.Record) {
	h.t.Helper()
	h.do(func(tx *gorm.DB) error {
		_, err := h.target(r.Kind).Take(tx, h.by, tray.Sheet{OwnerID: &r.ID}, each(all))
		return err
	})
}

// each hands out records as the tray does.
func each(all []sheet.Record) func() (sheet.Record, error) {
	at := -1
	return func() (sheet.Record, error) {
		if at++; at >= len(all) {
			return sheet.Record{}, io.EOF
		}
		return all[at], nil
	}
}

var surnames = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "欧阳"}

// records are invented households: names 王甲一, 李甲二 …
func records(n int) []sheet.Record {
	all := make([]sheet.Record, n)
	for i := range all {
		all[i] = record(i+1,
			"label", surnames[i%len(surnames)]+string(rune(0x4e00+i/len(surnames)%2000))+string(rune(0x5e00+i%977)),
			"team", strconv.Itoa(i%9+1)+"组", "people", strconv.Itoa(i%6+1), "amount", strconv.Itoa(10000+i%700*100))
	}
	return all
}

func record(row int, pairs ...string) sheet.Record {
	r := sheet.Record{Row: row, Values: map[string]sheet.Value{}}
	for i := 0; i < len(pairs); i += 2 {
		v := sheet.Value{Ref: string(rune('A'+i/2)) + strconv.Itoa(row), Raw: pairs[i+1], Text: pairs[i+1]}
		v.N, _ = strconv.ParseInt(pairs[i+1], 10, 64)
		if pairs[i] == "agreed" && pairs[i+1] == "是" {
			v.N = 1
		}
		r.Values[pairs[i]] = v
	}
	return r
}
