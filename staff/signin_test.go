package staff_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/region"
	"minsheng/staff"
)

var ctx = context.Background()

// strong is a password that breaks no rule.
const strong = "纸船 over quiet water"

// house is a desk with the offices, and a clock that can be moved.
type house struct {
	*staff.Desk
	store *store.Store
	atlas *region.Atlas
	keys  *seal.Keys
	city  region.Unit
	panel map[string]region.Unit // offices by document mark
}

func newHouse(t *testing.T, s *store.Store) *house {
	t.Helper()
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := region.Seed(ctx, s); err != nil {
		t.Fatal(err)
	}
	atlas, err := region.NewAtlas(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	units, err := atlas.StandardUnits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: s, atlas: atlas, keys: keys, panel: map[string]region.Unit{}}
	h.Desk = staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas}).Cheapen()
	for _, u := range units {
		h.panel[u.DocMark] = u
	}
	h.city = h.panel["盘督"]
	return h
}

// each runs test with a house on both databases.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newHouse(t, s)) })
}

// add makes an account whose password is strong and must be changed.
func (h *house) add(t *testing.T, login string, unit region.Unit, roles ...staff.Role) {
	t.Helper()
	_, err := h.AddFromCommandLine(ctx, staff.NewAccount{Login: login, Name: "王测试", UnitID: unit.ID, Roles: roles, Password: strong})
	if err != nil {
		t.Fatal(err)
	}
}

// enter signs in, enrolling on the way, and returns a full session.
func (h *house) enter(t *testing.T, login string) (cookie string, s staff.Session, secret string, recovery []string) {
	t.Helper()
	cookie, s, err := h.SignIn(ctx, login, strong, "Chrome · Android")
	if err != nil {
		t.Fatal(err)
	}
	if !s.NeedsCode || !s.MustEnrol {
		t.Fatalf("session after the password: %+v", s)
	}
	e, err := h.StartEnrolment(ctx, cookie)
	if err != nil {
		t.Fatal(err)
	}
	cookie, recovery, err = h.FinishEnrolment(ctx, cookie, e.Sealed, h.code(t, e.Secret, 0))
	if err != nil {
		t.Fatal(err)
	}
	if s, err = h.Whose(ctx, cookie); err != nil || s.NeedsCode {
		t.Fatalf("session after enrolment: %+v, %v", s, err)
	}
	return cookie, s, e.Secret, recovery
}

// code is the code of a secret, some steps from now.
func (h *house) code(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.store.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (h *house) officer(t *testing.T, login string) staff.Officer {
	t.Helper()
	list, err := h.ListFromCommandLine(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Login == login {
			return a.Officer
		}
	}
	t.Fatalf("no account %s", login)
	return staff.Officer{}
}

func TestFirstAdministratorSignsInEnrolsAndReplacesThePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		password, err := h.Bootstrap(ctx, staff.NewAccount{Login: "Root.One", Name: "赵管理", UnitID: h.city.ID})
		if err != nil {
			t.Fatal(err)
		}
		cookie, s, err := h.SignIn(ctx, " root.one ", password, "Firefox · Linux")
		if err != nil {
			t.Fatal(err)
		}
		if !s.NeedsCode || !s.MustEnrol || !s.MustChange || s.CSRF == "" {
			t.Fatalf("session: %+v", s)
		}
		e, err := h.StartEnrolment(ctx, cookie)
		if err != nil {
			t.Fatal(err)
		}
		full, codes, err := h.FinishEnrolment(ctx, cookie, e.Sealed, h.code(t, e.Secret, 0))
		if err != nil || len(codes) != 10 {
			t.Fatalf("codes %v, %v", codes, err)
		}
		if err := h.ChangePassword(ctx, full, password, strong); err != nil {
			t.Fatal(err)
		}
		s, err = h.Whose(ctx, full)
		if err != nil || s.NeedsCode || s.MustEnrol || s.MustChange {
			t.Fatalf("session: %+v, %v", s, err)
		}
		if o := s.Officer; o.Login != "root.one" || o.Name != "赵管理" || o.UnitName != h.city.Name || !o.May(staff.ManageStaff) || o.ID == uuid.Nil {
			t.Errorf("officer %+v", o)
		}
	})
}
