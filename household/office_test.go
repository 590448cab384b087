package household

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Invented villages; 新立村 is twice. The numbers of people are the two of the
// standard, or have a wrong check digit.
const (
	shuangliu = "211122111901" // 盘山县甜水镇双柳村
	idWithX   = "11010519491231002X"
	idPlain   = "440524188001010014"
)

const villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122111908,211122111000,新立村,village,220
211122108908,211122108000,新立村,village,220
211104112904,211104112000,大榆树村,village,220
`

var bg = context.Background()

// office is a purse on a real database and people who load payments.
type office struct {
	*Purse
	t     testing.TB
	units map[string]region.Unit
}

func newOffice(t testing.TB, s *store.Store) *office {
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
	o := &office{Purse: New(s, keys, atlas), t: t, units: map[string]region.Unit{}}
	for _, u := range units {
		o.units[u.Name] = u
	}
	return o
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// loader is a publisher of an office, with an account.
func (o *office) loader(unit string) staff.Officer {
	o.t.Helper()
	u, known := o.units[unit]
	if !known {
		o.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), o.store.Now()
	must(o.t, o.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "录入员", "unit_id": u.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error)
	return staff.Officer{ID: id, UnitID: u.ID, Roles: []staff.Role{staff.Publisher}}
}

// paid is one row of a sheet.
type paid struct {
	village, name, id, account, programme, batch string
	fen                                          int64
	on                                           workday.Date
}

func pay(name, id string) paid {
	return paid{"双柳村", name, id, "6217 0000 0000 00001234", "低保金", "2026年一季度", 123400, "2026-03-05"}
}

func (p paid) record(row int) sheet.Record {
	r := sheet.Record{Row: row, Values: map[string]sheet.Value{}}
	for i, v := range [][2]string{{"place", p.village}, {"name", p.name}, {"identity", p.id}, {"account", p.account},
		{"programme", p.programme}, {"batch", p.batch}} {
		if v[1] != "" {
			r.Values[v[0]] = sheet.Value{Ref: string(rune('A'+i)) + strconv.Itoa(row), Raw: v[1], Text: v[1]}
		}
	}
	r.Values["amount"] = sheet.Value{Ref: fmt.Sprint("G", row), N: p.fen}
	r.Values["paid_on"] = sheet.Value{Ref: fmt.Sprint("H", row), Day: p.on}
	return r
}

func (o *office) load(by staff.Officer, title string, all ...paid) (batch uuid.UUID, err error) {
	err = o.store.Transact(bg, func(tx *gorm.DB) (err error) {
		batch, err = o.Target().Take(tx, by, tray.Sheet{Name: title}, records(all))
		return err
	})
	return batch, err
}

func records(all []paid) func() (sheet.Record, error) {
	at := -1
	return func() (sheet.Record, error) {
		if at++; at >= len(all) {
			return sheet.Record{}, io.EOF
		}
		return all[at].record(at + 2), nil
	}
}

func (o *office) look(village, name, six string) []Line {
	o.t.Helper()
	lines, err := o.Look(bg, village, name, six)
	must(o.t, err)
	return lines
}
