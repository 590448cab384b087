package tray

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/region"
	"minsheng/staff"
)

var bg = context.Background()

// office is a publisher with a tray on a real database.
type office struct {
	*Tray
	t      *testing.T
	by     staff.Officer
	others staff.Officer // of another office
	keys   *seal.Keys

	hold   chan struct{} // Take waits here before its third record, if set
	held   chan struct{} // closed once Take waits
	breaks bool          // Take fails after its third record
}

func each(t *testing.T, test func(t *testing.T, o *office)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newOffice(t, s)) })
}

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	must(t, region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	must(t, err)
	units, err := atlas.StandardUnits(bg)
	must(t, err)
	o := &office{t: t}
	o.keys, err = seal.Create(t.TempDir())
	must(t, err)
	blobs, err := evidence.Folder(t.TempDir())
	must(t, err)
	o.Tray = New(s, o.keys, evidence.New(evidence.Config{Store: s, Keys: o.keys, Blobs: blobs}), o.names(), o.personal())
	must(t, s.Read(bg).Exec("CREATE TABLE taken (id text PRIMARY KEY, name text NOT NULL, fen bigint NOT NULL)").Error)
	o.by, o.others = o.publisher(units[0]), o.publisher(units[1])
	t.Cleanup(func() { o.wait() })
	return o
}

// replica is another process on the same database and the same files.
func (o *office) replica() *office {
	other := *o
	other.Tray = New(o.store, o.keys, o.shelf, other.names(), other.personal())
	return &other
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) publisher(unit region.Unit) staff.Officer {
	o.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), o.store.Now()
	must(o.t, o.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": id.String(), "name": "录入员", "unit_id": unit.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
		"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error)
	return staff.Officer{ID: id, UnitID: unit.ID, Roles: []staff.Role{staff.Publisher}}
}

var errTarget = errors.New("target broke")

// names is a target that is published: names and amounts, no name twice.
func (o *office) names() Target {
	return Target{
		Code: "names", May: staff.WriteNotices,
		Fields: []sheet.Field{
			{Code: "label", Type: sheet.Text, Names: []string{"户主", "姓名"}, Required: true},
			{Code: "amount", Type: sheet.Money, Names: []string{"金额"}, Required: true},
			{Code: "note", Type: sheet.Text, Names: []string{"备注"}},
		},
		Check: func(context.Context, staff.Officer, Sheet) (func(sheet.Record) []sheet.Problem, error) {
			seen := map[string]bool{}
			return func(r sheet.Record) (problems []sheet.Problem) {
				v := r.Values["label"]
				if seen[v.Text] {
					problems = append(problems, sheet.Problem{Row: r.Row, Column: 0, Ref: v.Ref, Field: "label", Key: "twice", Raw: v.Raw})
				}
				seen[v.Text] = true
				return problems
			}, nil
		},
		Take: o.take,
	}
}

// personal is a target whose numbers are hashed.
func (o *office) personal() Target {
	return Target{
		Code: "personal", May: staff.LoadPayments, Personal: true,
		Fields: []sheet.Field{
			{Code: "label", Type: sheet.Text, Names: []string{"户主", "姓名"}, Required: true},
			{Code: "id_number", Type: sheet.Identity, Names: []string{"身份证号"}, Required: true},
			{Code: "account", Type: sheet.Account, Names: []string{"账号"}},
			{Code: "amount", Type: sheet.Money, Names: []string{"金额"}},
		},
		Take: o.take,
	}
}

func (o *office) take(tx *gorm.DB, _ staff.Officer, s Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
	for n := 1; ; n++ {
		r, err := next()
		if errors.Is(err, io.EOF) {
			return s.ID, nil
		}
		if err != nil {
			return uuid.Nil, err
		}
		if n == 3 && o.hold != nil {
			close(o.held)
			<-o.hold
		}
		if n == 3 && o.breaks {
			return uuid.Nil, errTarget
		}
		err = tx.Exec("INSERT INTO taken (id, name, fen) VALUES (?, ?, ?)", uuid.NewString(), r.Values["label"].Text, r.Values["amount"].N).Error
		if err != nil {
			return uuid.Nil, err
		}
	}
}

func (o *office) count() int64 {
	o.t.Helper()
	var n int64
	must(o.t, o.store.Read(bg).Table("taken").Count(&n).Error)
	return n
}

const four = "户主,金额\n张三丰,1\n李小四,2\n王小五,3\n赵小六,4\n"

func (o *office) put(target, csv string) Sheet {
	o.t.Helper()
	s, err := o.Put(bg, o.by, target, nil, "名单.csv", strings.NewReader(csv))
	must(o.t, err)
	return s
}

func (o *office) now(id uuid.UUID) Sheet {
	o.t.Helper()
	s, err := o.Sheet(bg, o.by, id)
	must(o.t, err)
	return s
}

func (o *office) try(id uuid.UUID) Trial {
	o.t.Helper()
	trial, err := o.Try(bg, o.by, id)
	must(o.t, err)
	return trial
}

func (o *office) wait() {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(bg, 20*time.Second)
	defer cancel()
	must(o.t, o.Wait(ctx))
}

func (o *office) wantState(id uuid.UUID, state string, taken int64) {
	o.t.Helper()
	if s, n := o.now(id), o.count(); s.State != state || n != taken {
		o.t.Errorf("state %s with %d rows, want %s with %d", s.State, n, state, taken)
	}
}

// age moves when a sheet came in, or last gave a sign of life, into the past.
func (o *office) age(id uuid.UUID, column string, by time.Duration) {
	o.t.Helper()
	must(o.t, o.store.Read(bg).Model(&row{}).Where("id = ?", id).Update(column, o.store.Now().Add(-by)).Error)
}

func keys(problems []sheet.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, strings.TrimSpace(p.Ref+" "+p.Key))
	}
	return strings.Join(all, ", ")
}
