package notice

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Invented villages, and the places around them.
const (
	panshanAt   = "211122000000"
	tianshuiAt  = "211122111000"
	shuangliuAt = "211122111901"
)

const villages = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
`

var bg = context.Background()

// till is a desk and a board on a real database, with a clock that is set and
// stands still.
type till struct {
	*Desk
	board                          *Board
	t                              testing.TB
	clock                          *atomic.Pointer[time.Time]
	city, county, town, village    region.Unit
	cityBy, countyBy, townBy, desk staff.Officer // publishers; desk is of the county's supervision office
}

// eachTill runs a test on both databases, beginning on Monday 2026-03-02 at ten.
func eachTill(t *testing.T, test func(t *testing.T, b *till)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newTill(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, newTill(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func newTill(t testing.TB, c store.Config) *till {
	t.Helper()
	b := &till{t: t, clock: &atomic.Pointer[time.Time]{}}
	b.at("2026-03-02 10:00:00")
	c.Now = func() time.Time { return *b.clock.Load() }
	s, err := store.Open(bg, c)
	b.must(err)
	t.Cleanup(func() { s.Close() })
	keys, err := seal.Create(t.TempDir())
	b.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	b.must(err)
	b.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	b.must(err)
	_, err = atlas.Import(bg, strings.NewReader(villages), false, nil)
	b.must(err)
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	rolls := roll.New(s, atlas)
	b.Desk = NewDesk(Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Rolls: rolls, Clocks: clock.New(s, workday.BuiltIn()),
		Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas, SkipCode: true})})
	b.board = New(BoardConfig{Store: s, Atlas: atlas, Rolls: rolls, Shelf: shelf})
	b.offices()
	return b
}

func (b *till) offices() {
	units, err := b.Atlas.StandardUnits(bg)
	b.must(err)
	for _, u := range units {
		switch u.Name {
		case "盘锦市扶贫开发办公室":
			b.city = u
		case "盘山县扶贫开发办公室":
			b.county = u
		case "盘山县督查室":
			b.desk = b.officer(u)
		}
	}
	b.village, err = b.Atlas.AddVillageCommittee(bg, shuangliuAt)
	b.must(err)
	b.town, err = b.Atlas.Unit(*b.village.ParentID)
	b.must(err)
	b.cityBy, b.countyBy, b.townBy = b.officer(b.city), b.officer(b.county), b.officer(b.town)
}

func (b *till) officer(u region.Unit, roles ...staff.Role) staff.Officer {
	b.t.Helper()
	if roles == nil {
		roles = []staff.Role{staff.Publisher}
	}
	id := uuid.Must(uuid.NewV7())
	db := b.Store.Read(bg)
	b.must(db.Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "录入员", "unit_id": u.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": b.Store.Now(), "updated_at": b.Store.Now(), "version": 1}).Error)
	for _, r := range roles {
		b.must(b.Store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": r, "granted_at": b.Store.Now()}).Error)
	}
	return staff.Officer{ID: id, UnitID: u.ID, UnitName: u.Name, Roles: roles}
}

func (b *till) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// at sets the clock, in Shanghai.
func (b *till) at(text string) {
	now, err := time.ParseInLocation(time.DateTime, text, workday.Shanghai)
	b.must(err)
	b.clock.Store(&now)
}

// do runs a transaction that has to go through.
func (b *till) do(f func(tx *gorm.DB) error) {
	b.t.Helper()
	b.must(b.Store.Transact(bg, f))
}

// roll makes a roll of the office with rows.
func (b *till) roll(by staff.Officer, k roll.Kind, place string, rows ...roll.Edit) roll.Roll {
	b.t.Helper()
	var r roll.Roll
	b.do(func(tx *gorm.DB) (err error) {
		if r, err = b.Rolls.Create(tx, by, k, place, 2026); err == nil {
			r, err = b.Rolls.Amend(tx, r.ID, r.Version, rows, "", uuid.Nil)
		}
		return err
	})
	return r
}

// put stores a notice as if it had been published an hour ago.
func (b *till) put(n Notice) Notice {
	b.t.Helper()
	at := b.Store.Now().Add(-time.Hour)
	if n.PublishedAt == nil && n.State != draftState {
		n.PublishedAt = &at
	}
	if n.State == "" {
		n.State = published
	}
	if n.StartsOn == "" {
		n.StartsOn = b.today()
	}
	if n.Title == "" {
		n.Title = "公告"
	}
	n, err := b.board.Put(bg, n)
	b.must(err)
	return n
}

// until is a last day.
func until(day workday.Date) *workday.Date { return &day }

// fund records one of the county.
func (b *till) fund(total int64) Fund {
	b.t.Helper()
	f, err := b.NewFund(bg, b.countyBy, Fund{PlaceCode: panshanAt, Name: "省级专项扶贫资金", DocNumber: "辽财农〔2026〕示例1号",
		Source: "province", TotalFen: total, Year: 2026, AllocatedOn: "2026-02-27"})
	b.must(err)
	return f
}

// allocated stores a published allocation of a fund with its projects.
func (b *till) allocated(f Fund, amounts ...int64) (Notice, []Project) {
	b.t.Helper()
	r := b.roll(b.countyBy, roll.Allocation, panshanAt, projectRows(amounts)...)
	n := b.put(Notice{Kind: "FUND_ALLOC", Title: "资金分配结果公告", UnitID: b.county.ID, PlaceCode: panshanAt, RollID: &r.ID, FundID: &f.ID})
	b.do(func(tx *gorm.DB) error { return b.projectsOf(tx, n) })
	var projects []Project
	b.must(b.Store.Read(bg).Where("roll_id = ?", r.ID).Order("row_key").Find(&projects).Error)
	return n, projects
}

func projectRows(amounts []int64) []roll.Edit {
	rows := make([]roll.Edit, len(amounts))
	for i, fen := range amounts {
		rows[i] = roll.Edit{Label: "通村路硬化", PlaceCode: tianshuiAt, AmountFen: fen, Cells: map[string]string{"content": "水泥路1公里"}}
	}
	return rows
}

// roster stores a roster of payments.
func (b *till) roster(state string, fund, project *uuid.UUID, amounts ...int64) Notice {
	b.t.Helper()
	rows := make([]roll.Edit, len(amounts))
	for i, fen := range amounts {
		rows[i] = roll.Edit{Label: "张三", AmountFen: fen}
	}
	r := b.roll(b.townBy, roll.Payments, shuangliuAt, rows...)
	end := b.today().Add(6)
	return b.put(Notice{Kind: "SUBSIDY_ROSTER", State: state, UnitID: b.town.ID, PlaceCode: shuangliuAt, EndsOn: &end,
		RollID: &r.ID, FundID: fund, ProjectID: project})
}
