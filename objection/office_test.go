package objection

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Invented villages (block codes 9xx) and the offices over them.
const (
	shuangliu = "211122111901" // 盘山县甜水镇双柳村
	tianshui  = "211122111000"
	panshanCo = "211122000000"
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	dawa      = "大洼区督查室"
	poor      = "盘山县扶贫开发办公室"

	villagesCSV = "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"

	words = "他家在镇上有楼，还开着车，怎么还在名单上。"
	reply = "经入户核实，该户在镇上有房，不符合条件，已从名单上去掉。"
)

var bg = context.Background()

// office is the room on a real database with a clock that the test moves.
type office struct {
	*Desk
	t     testing.TB
	board *notice.Board
	units map[string]region.Unit
	town  region.Unit
	mu    sync.Mutex
	now   time.Time
}

// each runs a test in an office on SQLite and in one on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newOffice(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) {
		test(t, newOffice(t, store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()}))
	})
}

func newOffice(t testing.TB, c store.Config) *office {
	t.Helper()
	// A Monday morning in Shanghai.
	o := &office{t: t, units: map[string]region.Unit{}, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	c.Now = o.clock
	s, err := store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { s.Close() })
	o.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	o.must(err)
	units, err := atlas.StandardUnits(bg)
	o.must(err)
	for _, u := range units {
		o.units[u.Name] = u
	}
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	o.must(err)
	o.town, err = atlas.AddTownOffice(bg, tianshui)
	o.must(err)
	o.units["town"] = o.town
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	o.must(err)
	clocks := clock.New(s, workday.BuiltIn())
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	rolls := roll.New(s, atlas)
	people := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	o.board = notice.New(notice.BoardConfig{Store: s, Atlas: atlas, Rolls: rolls, Shelf: shelf})
	o.Desk = New(Config{
		Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Clocks: clocks, Rolls: rolls,
		Intake:  intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks}),
		Notices: notice.NewDesk(notice.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people, Shelf: shelf, Rolls: rolls, Clocks: clocks}),
		Tell:    func(lang, key string, pairs ...any) string { return lang + " " + key + " " + fmt.Sprint(pairs...) },
	})
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) days(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.AddDate(0, 0, n)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) in(do func(tx *gorm.DB) error) {
	o.t.Helper()
	o.must(o.Store.Transact(bg, do))
}

func (o *office) count(table, where string, args ...any) int {
	o.t.Helper()
	var n int64
	o.must(o.Store.Read(bg).Table(table).Where(where, args...).Count(&n).Error)
	return int(n)
}

// officer adds a person to an office.
func (o *office) officer(unit string, roles ...staff.Role) staff.Officer {
	o.t.Helper()
	u, ok := o.units[unit]
	if !ok {
		o.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), o.Store.Now()
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: u.Name, Roles: roles}
	o.must(o.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	return p
}

// list publishes a list of three households of the village, in its first round,
// for seven days from today.
func (o *office) list(with ...func(*notice.Notice)) notice.Notice {
	o.t.Helper()
	by := o.officer("town", staff.Publisher)
	today := workday.On(o.Store.Now())
	last := workday.PublicityEnd(today, 7)
	var list roll.Roll
	o.in(func(tx *gorm.DB) (err error) {
		if list, err = o.Rolls.Create(tx, by, roll.Households, shuangliu, 2026); err != nil {
			return err
		}
		var rows []roll.Edit
		for _, name := range []string{"王甲一", "李乙二", "张丙三"} {
			rows = append(rows, roll.Edit{Label: name, Team: "1组", People: 4, PlaceCode: shuangliu})
		}
		if list, err = o.Rolls.Amend(tx, list.ID, list.Version, rows, "", uuid.Nil); err != nil {
			return err
		}
		for _, stage := range []roll.Stage{roll.Village, roll.Town} {
			if _, err := o.Rolls.SetMinutes(tx, by, roll.Minutes{RollID: list.ID, Stage: stage, MetOn: today, Present: 30, Entitled: 40}); err != nil {
				return err
			}
		}
		return o.Rolls.Advance(tx, list.ID, roll.Village, today, last)
	})
	at := o.Store.Now()
	n := notice.Notice{
		Kind: "LIST_VILLAGE", Title: "双柳村贫困户初选名单公示", UnitID: o.town.ID, PlaceCode: shuangliu, Body: "名单",
		State: "published", StartsOn: today, EndsOn: &last, PublishedAt: &at, ApprovedAt: &at, RollID: &list.ID,
	}
	for _, change := range with {
		change(&n)
	}
	n, err := o.board.Put(bg, n)
	o.must(err)
	return n
}

func key(k int) *int { return &k }

// filling is a good form against a row.
func (o *office) filling(n notice.Notice, row *int, kind Kind) Filing {
	return Filing{
		Submission: intake.Submission{Token: o.Intake.NewForm().Token, Text: words, Mode: intake.Anonymous},
		NoticeID:   n.ID, RowKey: row, Kind: kind,
	}
}

// filed hands in an objection that is in time.
func (o *office) filed(n notice.Notice, row *int, kind Kind) Objection {
	o.t.Helper()
	return o.send(o.filling(n, row, kind))
}

func (o *office) send(f Filing) Objection {
	o.t.Helper()
	r, late, err := o.File(bg, f)
	o.must(err)
	if late {
		o.t.Fatal("came too late")
	}
	return o.of(r)
}

// of reads the objection of a receipt as it is stored now.
func (o *office) of(r intake.Receipt) Objection {
	o.t.Helper()
	page, err := o.Intake.Track(bg, r.Digits)
	o.must(err)
	found, err := ofReport(o.Store.Read(bg), page.ReportID)
	o.must(err)
	return found
}

func (o *office) again(was Objection) Objection {
	o.t.Helper()
	now, err := ofReport(o.Store.Read(bg), was.ReportID)
	o.must(err)
	return now
}

func (o *office) view(was Objection) View {
	o.t.Helper()
	v, err := o.Of(bg, was.ReportID)
	o.must(err)
	return *v
}

func (o *office) noticeNow(id uuid.UUID) notice.Notice {
	o.t.Helper()
	var n notice.Notice
	o.must(store.One(o.Store.Read(bg).Where("id = ?", id), &n))
	return n
}

func (o *office) roll(n notice.Notice) roll.Roll {
	o.t.Helper()
	r, err := o.Rolls.Roll(bg, *n.RollID)
	o.must(err)
	return r
}

func (o *office) holds(n notice.Notice) map[int]int {
	o.t.Helper()
	h, err := o.Rolls.Holds(bg, *n.RollID)
	o.must(err)
	return h
}

// desk are the people who work on objections in the county.
type desk struct{ first, second, chief staff.Officer }

func (o *office) county() desk {
	return desk{o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor)}
}

func (o *office) visit(method string) Visit {
	return Visit{VisitedOn: workday.On(o.Store.Now()), Place: "双柳村1组", Method: method, Found: "家里有车有楼，村民也这么说。", Declared: true}
}

// verified takes an objection up and has it checked by two people.
func (o *office) verified(by desk, was Objection, method string) Objection {
	o.t.Helper()
	if was.State == Submitted {
		o.must(o.Acknowledge(bg, by.first, was.ID, was.Version))
		was = o.again(was)
	}
	o.must(o.Record(bg, by.first, was.ID, was.Version, o.visit(method)))
	c, err := o.Open(bg, by.second, was.ID)
	o.must(err)
	o.must(o.Sign(bg, by.second, was.ID, c.Checks[len(c.Checks)-1].ID, c.Version, true))
	return o.again(was)
}

// ruled proposes and approves.
func (o *office) ruled(by desk, was Objection, outcome State, edit roll.Edit) (Objection, error) {
	o.t.Helper()
	o.must(o.Propose(bg, by.first, was.ID, was.Version, outcome, edit, reply))
	c, err := o.Open(bg, by.chief, was.ID)
	o.must(err)
	err = o.Rule(bg, by.chief, was.ID, c.Rulings[len(c.Rulings)-1].ID, c.Version, true, "")
	return o.again(was), err
}
