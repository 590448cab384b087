package notice_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
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
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Invented villages (block codes 9xx).
const villages = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
`

const (
	shuangliu = "211122111901"
	tianshui  = "211122111000"
	dawaTown  = "211104112000"
)

// desks is the publishing desk of a village, its town and its county on a real
// database, with a clock that the test sets.
type desks struct {
	*notice.Desk
	t     *testing.T
	clock *atomic.Int64
	board *notice.Board

	village, town, county, elsewhere region.Unit
}

// eachDesk runs a test on SQLite and PostgreSQL at 8 in the morning of 2 March
// 2026, a Monday.
func eachDesk(t *testing.T, test func(t *testing.T, d *desks)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newDesks(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newDesks(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func newDesks(t *testing.T, c store.Config) *desks {
	t.Helper()
	d := &desks{t: t, clock: &atomic.Int64{}}
	d.goTo("2026-03-02", 8*time.Hour)
	c.Now = func() time.Time { return time.Unix(0, d.clock.Add(int64(time.Millisecond))) }
	s, err := store.Open(ctx, c)
	d.must(err)
	t.Cleanup(func() { s.Close() })
	d.must(region.Seed(ctx, s))
	atlas, err := region.NewAtlas(ctx, s)
	d.must(err)
	_, err = atlas.Import(ctx, strings.NewReader(villages), false, nil)
	d.must(err)
	d.offices(atlas)
	keys, err := seal.Create(t.TempDir())
	d.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	d.must(err)
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	rolls := roll.New(s, atlas)
	d.Desk = notice.NewDesk(notice.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Rolls: rolls, Clocks: clock.New(s, workday.BuiltIn()),
		Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})})
	d.board = notice.New(notice.BoardConfig{Store: s, Atlas: atlas, Rolls: rolls, Shelf: shelf})
	return d
}

func (d *desks) offices(atlas *region.Atlas) {
	d.t.Helper()
	units, err := atlas.StandardUnits(ctx)
	d.must(err)
	for _, u := range units {
		if u.Name == "盘山县扶贫开发办公室" {
			d.county = u
		}
	}
	d.town, err = atlas.AddTownOffice(ctx, tianshui)
	d.must(err)
	d.village, err = atlas.AddVillageCommittee(ctx, shuangliu)
	d.must(err)
	d.elsewhere, err = atlas.AddTownOffice(ctx, dawaTown)
	d.must(err)
}

func (d *desks) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// is asks for an error.
func (d *desks) is(got, want error) {
	d.t.Helper()
	if !errors.Is(got, want) {
		d.t.Fatalf("%v, want %v", got, want)
	}
}

// wrong asks for exactly these fields to be fixed.
func (d *desks) wrong(got error, fields ...string) {
	d.t.Helper()
	var bad *notice.Invalid
	if !errors.As(got, &bad) {
		d.t.Fatalf("%v, want problems with %v", got, fields)
	}
	if len(bad.Problems) != len(fields) {
		d.t.Fatalf("problems %v, want %v", bad.Problems, fields)
	}
	for _, f := range fields {
		if bad.Problems[f] == "" {
			d.t.Fatalf("problems %v, want %v", bad.Problems, fields)
		}
	}
}

// found asks what the gate found.
func (d *desks) found(got error) []notice.Exposure {
	d.t.Helper()
	var exposed *notice.Exposed
	if !errors.As(got, &exposed) || len(exposed.Findings) == 0 {
		d.t.Fatalf("%v, want something found", got)
	}
	return exposed.Findings
}

// goTo sets the clock to a time of a day in Shanghai.
func (d *desks) goTo(day workday.Date, hour time.Duration) {
	d.clock.Store(day.Time().Add(hour).UnixNano())
}

func (d *desks) today() workday.Date { return workday.On(d.Store.Now()) }

// person adds somebody to an office.
func (d *desks) person(unit region.Unit, roles ...staff.Role) staff.Officer {
	d.t.Helper()
	id := uuid.Must(uuid.NewV7())
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: unit.ID, UnitName: unit.Name, Roles: roles}
	now := d.Store.Now()
	d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error {
		return tx.Table("account").Create(map[string]any{
			"id": id, "login": p.Login, "name": p.Name, "unit_id": unit.ID, "state": "active",
			"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
			"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
		}).Error
	}))
	return p
}

func (d *desks) editor(u region.Unit) staff.Officer   { return d.person(u, staff.Publisher) }
func (d *desks) approver(u region.Unit) staff.Officer { return d.person(u, staff.NoticeApprover) }

// contact are the fields that every notice asks for.
func contact(more ...string) map[string]string {
	fields := map[string]string{"contact_unit": "双柳村村委会", "contact_phone": "0427-5000000", "contact_address": "双柳村一组", "report_phone": "12317"}
	for i := 0; i < len(more); i += 2 {
		fields[more[i]] = more[i+1]
	}
	return fields
}

// project is a complete notice of a project that begins today and stands ten
// days.
func (d *desks) project() notice.Draft {
	return notice.Draft{Kind: "PROJECT_PRE", Title: "双柳村通组路硬化工程开工公示", PlaceCode: shuangliu, Year: 2026, Body: "一、工程概况",
		StartsOn: d.today(), EndsOn: workday.PublicityEnd(d.today(), 10),
		Fields: contact("project_name", "通组路硬化", "funding", "县级资金", "works", "硬化道路2公里", "works_period", "三个月", "owner_unit", "双柳村村委会",
			"owner_person", "赵主任", "builder_unit", "盘山县路桥队", "builder_person", "钱队长", "bidding", "询价", "beneficiaries", "全村")}
}

// list is a complete notice of the first round.
func (d *desks) list() notice.Draft {
	return notice.Draft{Kind: "LIST_VILLAGE", Title: "双柳村贫困户初选名单公示", PlaceCode: shuangliu, Year: 2026,
		StartsOn: d.today(), EndsOn: workday.PublicityEnd(d.today(), 7), Fields: contact("objection_channel", "到村委会说")}
}

// households are rows of a list.
func households(names ...string) []roll.Edit {
	var edits []roll.Edit
	for _, name := range names {
		edits = append(edits, roll.Edit{Label: name, Team: "一组", People: 3, Cells: map[string]string{"cause": "illness"}})
	}
	return edits
}

func (d *desks) begin(by staff.Officer, in notice.Draft) notice.Notice {
	d.t.Helper()
	n, err := d.Begin(ctx, by, in)
	d.must(err)
	return n
}

// now reads a notice as it is stored.
func (d *desks) now(id uuid.UUID) notice.Notice {
	d.t.Helper()
	var n notice.Notice
	d.must(store.One(d.Store.Read(ctx).Where("id = ?", id), &n))
	return n
}

func (d *desks) table(id uuid.UUID) roll.Roll {
	d.t.Helper()
	r, err := d.Rolls.Roll(ctx, *d.now(id).RollID)
	d.must(err)
	return r
}

// rows fills the list of a draft.
func (d *desks) rows(by staff.Officer, id uuid.UUID, edits []roll.Edit) {
	d.t.Helper()
	d.must(d.EditRows(ctx, by, id, d.table(id).Version, edits))
}

// minutes sets the minutes of a round with the photo of the signatures.
func (d *desks) minutes(by staff.Officer, id uuid.UUID) {
	d.t.Helper()
	d.must(d.SetMinutes(ctx, by, id, roll.Minutes{MetOn: d.today().Add(-1), Present: 40, Entitled: 52}, d.photo()))
}

func (d *desks) handIn(by staff.Officer, id uuid.UUID) {
	d.t.Helper()
	d.must(d.HandIn(ctx, by, id, d.now(id).Version))
}

func (d *desks) approve(by staff.Officer, id uuid.UUID) {
	d.t.Helper()
	d.must(d.Approve(ctx, by, id, d.now(id).Version, notice.Approval{UnreadFiles: true}))
}

// publish takes a draft through both hands of its office.
func (d *desks) publish(unit region.Unit, in notice.Draft, rows ...roll.Edit) notice.Notice {
	d.t.Helper()
	editor := d.editor(unit)
	n := d.begin(editor, in)
	if len(rows) > 0 {
		d.rows(editor, n.ID, rows)
	}
	if in.Kind == "LIST_VILLAGE" || in.Kind == "LIST_TOWN" {
		d.minutes(editor, n.ID)
	}
	d.handIn(editor, n.ID)
	d.approve(d.approver(unit), n.ID)
	return d.now(n.ID)
}

// stage stages a file for a new form.
func (d *desks) stage(name, content string) []byte {
	d.t.Helper()
	id := uuid.New()
	_, err := d.Shelf.StagePaper(ctx, id[:], name, strings.NewReader(content))
	d.must(err)
	return id[:]
}

func (d *desks) photo() []byte {
	d.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 32, 32))
	img.Set(3, 3, color.White)
	var out bytes.Buffer
	d.must(png.Encode(&out, img))
	return d.stage("签字.png", out.String())
}

// hold places an objection on a row, or with key 0 on the list.
func (d *desks) hold(id uuid.UUID, key int) uuid.UUID {
	d.t.Helper()
	objection := uuid.New()
	var at *int
	if key != 0 {
		at = &key
	}
	d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.Rolls.Hold(tx, objection, *d.now(id).RollID, at) }))
	return objection
}

func (d *desks) lift(objection uuid.UUID) {
	d.t.Helper()
	d.must(d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.Rolls.Lift(tx, objection) }))
}

// events counts what happened to a notice.
func (d *desks) events(id uuid.UUID, kind string) int {
	d.t.Helper()
	events, err := ledger.Of(context.Background(), d.Store, ledger.OfNotice, id, kind)
	d.must(err)
	return len(events)
}

func (d *desks) stamp() int64 {
	d.t.Helper()
	n, err := d.board.Stamp(ctx)
	d.must(err)
	return n
}
