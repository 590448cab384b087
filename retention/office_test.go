package retention_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/region"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/triage"
)

const (
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	dawa      = "大洼区督查室"
	shuangliu = "211122111901"

	said  = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二。"
	later = "会计家的三轮车也是那时候买的。"
)

var bg = context.Background()

// office is the rooms that retention stands on, with a clock that the test moves.
type office struct {
	*retention.Desk
	t      testing.TB
	keys   *seal.Keys
	intake *intake.Desk
	staff  *staff.Desk
	lists  *objection.Desk
	clocks *clock.Book
	blobs  string // folder
	units  map[string]region.Unit
	now    atomic.Int64

	keeper, handler, boss, chief, auditor, admin staff.Officer // custodian and the others of the city; handler and boss of the county
}

// each runs a test in an office on SQLite and in one on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()})) })
}

func open(t testing.TB, c store.Config) *office {
	t.Helper()
	o := &office{t: t, units: map[string]region.Unit{}, blobs: t.TempDir()}
	o.now.Store(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC).UnixNano())
	c.Now = func() time.Time { return time.Unix(0, o.now.Add(1e6)) }
	s, err := store.Open(bg, c)
	o.must(err)
	t.Cleanup(func() { s.Close() })
	o.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	o.must(err)
	_, err = atlas.Import(bg, strings.NewReader("code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"), false, nil)
	o.must(err)
	units, err := atlas.StandardUnits(bg)
	o.must(err)
	for _, u := range units {
		o.units[u.Name] = u
	}
	o.keys, err = seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(o.blobs)
	o.must(err)
	shelf := evidence.New(evidence.Config{Store: s, Keys: o.keys, Blobs: blobs})
	clocks := clock.New(s, workday.BuiltIn())
	o.clocks = clocks
	o.staff = staff.New(staff.Config{Store: s, Keys: o.keys, Atlas: atlas})
	o.intake = intake.New(intake.Config{Store: s, Keys: o.keys, Atlas: atlas, Shelf: shelf, Clocks: clocks,
		Custody: custody.New(custody.Config{Store: s, Keys: o.keys, Atlas: atlas, Staff: o.staff})})
	queue := triage.New(triage.Config{Store: s, Keys: o.keys, Atlas: atlas, Staff: o.staff, Intake: o.intake, Shelf: shelf, Clocks: clocks,
		Tell: say})
	rolls := roll.New(s, atlas)
	o.lists = objection.New(objection.Config{Store: s, Keys: o.keys, Atlas: atlas, Staff: o.staff, Intake: o.intake, Rolls: rolls, Shelf: shelf, Clocks: clocks,
		Notices: notice.NewDesk(notice.Config{Store: s, Keys: o.keys, Atlas: atlas, Staff: o.staff, Shelf: shelf, Rolls: rolls, Clocks: clocks}), Tell: say})
	o.Desk = retention.New(retention.Config{Store: s, Atlas: atlas, Triage: queue, Objections: o.lists, Shelf: shelf, File: filepath.Join(t.TempDir(), "erased")})
	o.handler, o.boss = o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor)
	o.keeper, o.chief = o.officer(cityDesk, staff.IdentityCustodian), o.officer(cityDesk, staff.Supervisor)
	o.auditor, o.admin = o.officer(cityDesk, staff.Auditor), o.officer(cityDesk, staff.Administrator)
	return o
}

// say stands for the catalogs.
func say(lang, key string, pairs ...any) string { return lang + " " + key + " " + fmt.Sprint(pairs...) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) exec(statement string, values ...any) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Exec(statement, values...).Error)
}

func (o *office) officer(unit string, roles ...staff.Role) staff.Officer {
	o.t.Helper()
	u, id, now := o.units[unit], uuid.Must(uuid.NewV7()), o.Store.Now()
	o.must(o.Store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "员" + id.String()[30:], "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	for _, r := range roles {
		o.must(o.Store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": now}).Error)
	}
	return staff.Officer{ID: id, Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: unit, Roles: roles}
}

// ended is a case with a name, a file and a later message, that the county described
// and that ended so many years ago; and its receipt.
func (o *office) ended(yearsAgo int, outcome intake.Outcome) (intake.Complaint, string) {
	o.t.Helper()
	form := o.intake.NewForm()
	opened, err := o.intake.OpenForm(form.Token)
	o.must(err)
	_, err = o.Shelf.Stage(bg, opened.Key, "柳大有的存折.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	o.must(err)
	receipt, err := o.intake.Submit(bg, intake.Submission{Token: form.Token, PlaceCode: shuangliu, Text: said, Mode: intake.Confidential, Name: "柳大有", Phone: "13800000000",
		Kind: "FUND_WITHHOLD", Channel: intake.Web, Lang: "zh-CN"})
	o.must(err)
	page, err := o.intake.Track(bg, receipt.Digits)
	o.must(err)
	o.must(o.intake.Say(bg, page.Token, page.Form.Token, later))
	var c intake.Complaint
	o.must(o.Store.Read(bg).Order("seq DESC").Take(&c).Error)
	o.must(o.Triage.Describe(bg, o.handler, c.ID, c.Version, triage.Description{Summary: "反映双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Severity: 3, Demands: []string{"把少发的补上"}}))
	o.exec("UPDATE complaint SET state = 'closed', outcome = ?, closed_at = ? WHERE id = ?", string(outcome), o.Store.Now().AddDate(-yearsAgo, 0, -1), c.ID)
	return o.again(c.ID), receipt.Digits
}

func (o *office) again(id uuid.UUID) (c intake.Complaint) {
	o.t.Helper()
	o.must(store.One(o.Store.Read(bg).Where("id = ?", id), &c))
	return c
}

// asked asks for it as the custodian does, and returns the request.
func (o *office) asked(c intake.Complaint, what string, ground retention.Ground) uuid.UUID {
	o.t.Helper()
	o.must(o.Ask(bg, o.keeper, retention.Case(c.ID), what, ground, "到期销毁"))
	return o.waiting(c)
}

func (o *office) waiting(c intake.Complaint) uuid.UUID {
	o.t.Helper()
	var r struct{ ID uuid.UUID }
	o.must(store.One(o.Store.Read(bg).Table("erasure").Where("report_id = ? AND state = 'asked'", c.ReportID), &r))
	return r.ID
}

// due lists the numbers of what is due, as somebody sees it.
func (o *office) due(by staff.Officer, what string) (numbers []string) {
	o.t.Helper()
	for cursor := ""; ; {
		page, err := o.Due(bg, by, what, cursor)
		o.must(err)
		for _, l := range page.Lines {
			numbers = append(numbers, l.Number)
		}
		if cursor = page.Next; cursor == "" {
			return numbers
		}
	}
}

// files counts the encrypted files on the disk.
func (o *office) files() (n int) {
	o.t.Helper()
	o.must(filepath.WalkDir(o.blobs, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func (o *office) events(kind string) (n int64) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Table("event").Where("kind = ?", kind).Count(&n).Error)
	return n
}
