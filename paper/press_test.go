package paper

import (
	"context"
	"slices"
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
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

var bg = context.Background()

const (
	cityDesk = "盘锦市委市政府督查室"
	panshan  = "盘山县督查室"
	poor     = "盘山县扶贫开发办公室"
	dawa     = "大洼区督查室"
)

// office is the room on a real database with a clock that the test moves.
type office struct {
	*Press
	t     testing.TB
	units map[string]region.Unit
	blobs string

	mu     sync.Mutex
	now    time.Time
	hidden map[uuid.UUID]bool // subjects that the guard hides from everybody
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
	o := &office{t: t, units: map[string]region.Unit{}, blobs: t.TempDir(), hidden: map[uuid.UUID]bool{}, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	c.Now = func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }
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
	keys, err := seal.Create(t.TempDir())
	o.must(err)
	blobs, err := evidence.Folder(o.blobs)
	o.must(err)
	guard := func(_ context.Context, by staff.Officer, subject uuid.UUID) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.hidden[subject] {
			return store.ErrNotFound
		}
		return nil
	}
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	o.Press = New(Config{
		Store: s, Keys: keys, Atlas: atlas, Staff: staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas}), Shelf: shelf,
		Intake: intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clock.New(s, workday.BuiltIn())}),
		Guards: map[ledger.Subject]Guard{ledger.OfItem: guard, ledger.OfComplaint: guard, ledger.OfReferral: guard},
	})
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) at(t time.Time) { o.mu.Lock(); o.now = t; o.mu.Unlock() }

func (o *office) hide(subject uuid.UUID) { o.mu.Lock(); o.hidden[subject] = true; o.mu.Unlock() }

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
		"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
		"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	return p
}

// desk are the people of a county's office.
type desk struct{ writer, signer, other staff.Officer }

func (o *office) county() desk {
	return desk{o.officer(panshan, staff.TriageOfficer), o.officer(panshan, staff.Supervisor), o.officer(panshan, staff.Supervisor)}
}

// order is a good draft of an order to the county's poverty office.
func (o *office) order(by staff.Officer) Draft {
	return Draft{
		Kind: Assignment, Unit: by.UnitID, To: o.units[poor].ID, Subject: ledger.OfItem, SubjectID: uuid.Must(uuid.NewV7()), Title: "关于核查危房改造补助发放的交办单",
		Content: Content{Fields: map[string]string{
			"主送单位": poor, "来源": "群众反映", "事项摘要": "请核查甜水镇危房改造补助是否足额发到农户。", "办理要求": "逐户核对发放表与存折。\n有差额的查明去向。",
			"主办单位": poor, "紧急程度": "一般", "交办日期": "2026年3月2日", "办结时限": "2026年3月17日",
		}},
	}
}

func (o *office) put(by staff.Officer, d Draft) uuid.UUID {
	o.t.Helper()
	var id uuid.UUID
	o.must(o.Store.Transact(bg, func(tx *gorm.DB) (err error) {
		id, err = o.Put(tx, by, d)
		return err
	}))
	return id
}

func (o *office) tryPut(by staff.Officer, d Draft) error {
	return o.Store.Transact(bg, func(tx *gorm.DB) error {
		_, err := o.Put(tx, by, d)
		return err
	})
}

// final is a paper that two people of the county made.
func (o *office) final(by desk, d Draft) Paper {
	o.t.Helper()
	id := o.put(by.writer, d)
	done, err := o.Sign(bg, by.signer, id, o.row(id).Version)
	o.must(err)
	return done
}

func (o *office) row(id uuid.UUID) row {
	o.t.Helper()
	var r row
	o.must(store.One(o.Store.Read(bg).Where("id = ?", id), &r))
	return r
}

func (o *office) exec(statement string, values ...any) error {
	return o.Store.Read(bg).Exec(statement, values...).Error
}

func (o *office) events(subject ledger.Subject, id uuid.UUID) []string {
	o.t.Helper()
	events, err := ledger.Of(bg, o.Store, subject, id)
	o.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// says reports whether a page says all of that.
func (p Page) says(words ...string) bool {
	var b strings.Builder
	b.WriteString(p.Office + p.Plain + p.Number + p.Title + p.Sign + p.Day + p.Copies)
	for _, l := range p.Lines {
		b.WriteString(l.Text + strings.Join(l.Heads, ""))
		for _, r := range l.Rows {
			b.WriteString(strings.Join(r, ""))
		}
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(b.String(), w) })
}
