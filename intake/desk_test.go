package intake_test

import (
	"context"
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
	"minsheng/region"
	"minsheng/staff"
)

const (
	village = "211122111901" // 双柳村
	words   = "去年报的危房改造，说是补一万五，到我折子上就一万二。"
)

var ctx = context.Background()

// office is a running intake with a clock that the test moves.
type office struct {
	*intake.Desk
	t      testing.TB
	store  *store.Store
	shelf  *evidence.Shelf
	clocks *clock.Book
	atlas  *region.Atlas
	dir    string
	mu     sync.Mutex
	now    time.Time
}

// each runs a test in an office on SQLite and in one on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()})) })
}

func open(t testing.TB, c store.Config) *office {
	t.Helper()
	// A Monday morning in Shanghai.
	o := &office{t: t, dir: c.Dir, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	c.Now = o.clock
	var err error
	if o.store, err = store.Open(ctx, c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	o.must(region.Seed(ctx, o.store))
	if o.atlas, err = region.NewAtlas(ctx, o.store); err != nil {
		t.Fatal(err)
	}
	if _, err = o.atlas.StandardUnits(ctx); err != nil {
		t.Fatal(err)
	}
	csv := "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n211122108902,211122108000,苇子沟村,village,220\n"
	if got, err := o.atlas.Import(ctx, strings.NewReader(csv), false, nil); err != nil || got.Added != 2 {
		t.Fatal(got, err)
	}
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	o.must(err)
	o.shelf = evidence.New(evidence.Config{Store: o.store, Keys: keys, Blobs: blobs})
	o.clocks = clock.New(o.store, workday.BuiltIn())
	o.Desk = intake.New(intake.Config{Store: o.store, Keys: keys, Atlas: o.atlas, Shelf: o.shelf, Clocks: o.clocks})
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// filled is a good anonymous form.
func (o *office) filled() intake.Submission {
	return intake.Submission{Token: o.NewForm().Token, PlaceCode: village, Text: words, Mode: intake.Anonymous}
}

func (o *office) submit(s intake.Submission) intake.Receipt {
	o.t.Helper()
	r, err := o.Submit(ctx, s)
	o.must(err)
	return r
}

func (o *office) track(r intake.Receipt) intake.Tracked {
	o.t.Helper()
	t, err := o.Track(ctx, r.Digits)
	o.must(err)
	return t
}

// complaint reads the only complaint of a report.
func (o *office) complaint(report uuid.UUID) intake.Complaint {
	o.t.Helper()
	var c intake.Complaint
	o.must(store.One(o.store.Read(ctx).Where("report_id = ?", report), &c))
	return c
}

// set changes a complaint as an officer's step would.
func (o *office) set(c intake.Complaint, changes map[string]any) {
	o.t.Helper()
	o.must(o.store.Read(ctx).Model(&intake.Complaint{}).Where("id = ?", c.ID).Updates(changes).Error)
}

func (o *office) in(do func(tx *gorm.DB) error) {
	o.t.Helper()
	o.must(o.store.Transact(ctx, do))
}

func (o *office) count(table, where string, args ...any) int {
	o.t.Helper()
	var n int64
	q := o.store.Read(ctx).Table(table)
	if where != "" {
		q = q.Where(where, args...)
	}
	o.must(q.Count(&n).Error)
	return int(n)
}

// officer is somebody of the county's office with an account.
func (o *office) officer(roles ...staff.Role) staff.Officer {
	o.t.Helper()
	unit, _, err := o.atlas.DeskFor(village, region.Accused{Level: "village"})
	o.must(err)
	by := staff.Officer{ID: uuid.New(), Login: uuid.NewString(), Name: "王登记", UnitID: unit.ID, UnitName: unit.Name, Roles: roles}
	o.must(o.store.Read(ctx).Exec(`INSERT INTO account (id, login, name, unit_id, state, password_salt, password_check, must_change, totp_last_step, created_at, updated_at, version)
		VALUES (?, ?, ?, ?, 'active', ?, ?, ?, 0, ?, ?, 1)`, by.ID, by.Login, by.Name, by.UnitID, []byte{1}, []byte{1}, false, o.store.Now(), o.store.Now()).Error)
	return by
}
