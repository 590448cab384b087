package staff_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

// admin makes an administrator of an office.
func (h *house) admin(t *testing.T, login string, unit region.Unit) staff.Officer {
	t.Helper()
	h.add(t, login, unit, staff.Administrator)
	return h.officer(t, login)
}

func TestBootstrapWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := staff.NewAccount{Login: "root", Name: "赵管理", UnitID: h.city.ID}
		if _, err := h.Bootstrap(ctx, first); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Bootstrap(ctx, staff.NewAccount{Login: "root2", Name: "赵管理", UnitID: h.city.ID}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("second administrator: %v", err)
		}
		if _, err := h.AddFromCommandLine(ctx, first); !errors.Is(err, staff.ErrBadRole) {
			t.Errorf("account without a role: %v", err)
		}
	})
}

func TestAccountsNeedALoginANameAndKnownRoles(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root := h.admin(t, "root", h.city)
		good := staff.NewAccount{Login: "new.one", Name: "李新", UnitID: h.city.ID, Roles: []staff.Role{staff.Registrar}}
		for _, c := range []struct {
			change func(a *staff.NewAccount)
			want   error
		}{
			{func(a *staff.NewAccount) { a.Login = "ab" }, staff.ErrBadLogin},
			{func(a *staff.NewAccount) { a.Login = "王五五" }, staff.ErrBadLogin},
			{func(a *staff.NewAccount) { a.Login = "a b c" }, staff.ErrBadLogin},
			{func(a *staff.NewAccount) { a.Login = " ROOT " }, staff.ErrLoginTaken},
			{func(a *staff.NewAccount) { a.Name = "  " }, staff.ErrBadName},
			{func(a *staff.NewAccount) { a.Roles = nil }, staff.ErrBadRole},
			{func(a *staff.NewAccount) { a.Roles = []staff.Role{"emperor"} }, staff.ErrBadRole},
			{func(a *staff.NewAccount) { a.Password = "short" }, staff.ErrWeakPassword},
			{func(a *staff.NewAccount) { a.Password = "my new.one and only" }, staff.ErrWeakPassword},
			{func(a *staff.NewAccount) { a.UnitID = uuid.New() }, store.ErrNotFound},
			{func(*staff.NewAccount) {}, nil},
			{func(*staff.NewAccount) {}, staff.ErrLoginTaken},
		} {
			a := good
			c.change(&a)
			password, err := h.Add(ctx, root, a)
			if !errors.Is(err, c.want) || (password == "") != (err != nil) {
				t.Errorf("%+v: %q, %v, want %v", a, password, err, c.want)
			}
		}
		h.wantEvents(t, h.officer(t, "new.one").ID, "account_added")
	})
}

// Who may do what to whom. The city's office is above the county's, whose
// poverty office stands below it; the other county is a neighbour.
func TestAdministratorsRuleTheirOwnOfficeAndBelow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county, neighbour := h.panel["盘县督"], h.panel["洼督"]
		below, err := h.atlas.AddUnit(ctx, region.Unit{Name: "试验办公室", Kind: region.Department, Level: region.County, ParentID: &county.ID})
		if err != nil {
			t.Fatal(err)
		}
		h.add(t, "officer", h.city, staff.TriageOfficer)
		root, local := h.admin(t, "root", h.city), h.admin(t, "local", county)
		h.admin(t, "colleague", county)
		h.add(t, "keeper", county, staff.IdentityCustodian)
		for login, unit := range map[string]region.Unit{"same": county, "down": below, "next": neighbour, "upper": h.city} {
			h.add(t, login, unit, staff.Registrar)
		}
		no, hidden := staff.ErrForbidden, store.ErrNotFound
		for _, c := range []struct {
			by     staff.Officer
			target string
			want   error
		}{
			{root, "same", nil}, {root, "down", nil}, {root, "next", nil}, {root, "local", nil}, {root, "keeper", nil},
			{root, "root", no},
			{local, "same", nil}, {local, "down", nil},
			{local, "next", hidden}, {local, "upper", hidden}, {local, "root", hidden},
			{local, "local", no}, {local, "colleague", no}, {local, "keeper", no},
			{h.officer(t, "officer"), "upper", no},
		} {
			target := h.officer(t, c.target)
			for what, err := range map[string]error{
				"SetRoles":  h.SetRoles(ctx, c.by, target.ID, []staff.Role{staff.Registrar, staff.UnitHandler}),
				"SetActive": h.SetActive(ctx, c.by, target.ID, true),
				"Reset":     second(h.Reset(ctx, c.by, target.ID)),
			} {
				want := c.want
				if what == "SetRoles" && want == nil && staff.Guarded(target.Roles) {
					want = staff.ErrAsked // their roles would be gone
				}
				if !errors.Is(err, want) {
					t.Errorf("%s %s %s: %v, want %v", c.by.Login, what, c.target, err, want)
				}
			}
		}
		if err := h.SetRoles(ctx, root, uuid.New(), []staff.Role{staff.Registrar}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such account: %v", err)
		}
	})
}

func second(_ string, err error) error { return err }

func TestNobodyGivesMorePowerThanTheyMay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county := h.panel["盘县督"]
		root, local := h.admin(t, "root", h.city), h.admin(t, "local", county)
		h.add(t, "clerk", county, staff.Registrar)
		clerk := h.officer(t, "clerk").ID
		for _, role := range []staff.Role{staff.Administrator, staff.IdentityCustodian, staff.Auditor} {
			if err := h.SetRoles(ctx, local, clerk, []staff.Role{staff.Registrar, role}); !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("the county's administrator gave %s: %v", role, err)
			}
			_, err := h.Add(ctx, local, staff.NewAccount{Login: "made", Name: "某人", UnitID: county.ID, Roles: []staff.Role{role}})
			if !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("the county's administrator made a %s: %v", role, err)
			}
			if err := h.SetRoles(ctx, root, clerk, []staff.Role{role}); !errors.Is(err, staff.ErrAsked) {
				t.Errorf("the city's administrator could not ask for %s: %v", role, err)
			}
		}
		_, err := h.Add(ctx, local, staff.NewAccount{Login: "made", Name: "某人", UnitID: h.city.ID, Roles: []staff.Role{staff.Registrar}})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an account in the office above: %v", err)
		}
	})
}

func TestSessionsDieOnEveryChangeOfTheAccount(t *testing.T) {
	for name, change := range map[string]func(h *house, root staff.Officer, id uuid.UUID) error{
		"roles": func(h *house, root staff.Officer, id uuid.UUID) error {
			return h.SetRoles(ctx, root, id, []staff.Role{staff.Supervisor})
		},
		"disable": func(h *house, root staff.Officer, id uuid.UUID) error { return h.SetActive(ctx, root, id, false) },
		"enable":  func(h *house, root staff.Officer, id uuid.UUID) error { return h.SetActive(ctx, root, id, true) },
		"reset":   func(h *house, root staff.Officer, id uuid.UUID) error { return second(h.Reset(ctx, root, id)) },
		"console": func(h *house, _ staff.Officer, _ uuid.UUID) error {
			return second(h.ResetFromCommandLine(ctx, "officer"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				root := h.admin(t, "root", h.city)
				h.add(t, "officer", h.city, staff.TriageOfficer)
				full, s, _, _ := h.enter(t, "officer")
				half := h.half(t)
				if err := change(h, root, s.Officer.ID); err != nil {
					t.Fatal(err)
				}
				h.wantSignedOut(t, full, "full session")
				h.wantSignedOut(t, half, "half session")
			})
		})
	}
}

func TestResetTakesEverythingThatOpensTheAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root := h.admin(t, "root", h.city)
		h.add(t, "officer", h.city, staff.TriageOfficer)
		_, s, _, codes := h.enter(t, "officer")
		password, err := h.Reset(ctx, root, s.Officer.ID)
		if err != nil || len(password) < 12 {
			t.Fatalf("%q, %v", password, err)
		}
		if _, _, err := h.SignIn(ctx, "officer", strong, ""); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("the old password: %v", err)
		}
		var left int64
		if err := h.store.Read(ctx).Table("recovery_code").Where("account_id = ?", s.Officer.ID).Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d recovery codes are left, %v", left, err)
		}
		cookie, s, err := h.SignIn(ctx, "officer", password, "")
		if err != nil || !s.MustEnrol || !s.MustChange {
			t.Fatalf("session: %+v, %v", s, err)
		}
		if _, _, err := h.Code(ctx, cookie, codes[0]); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("an old recovery code: %v", err)
		}
		h.wantEvents(t, s.Officer.ID, "account_added", "second_factor_set", "signed_in", "account_reset", "sign_in_failed")
		if _, err := h.ResetFromCommandLine(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such login: %v", err)
		}
	})
}

func TestListsShowTheOwnOfficeAndBelow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county := h.panel["盘县督"]
		local := h.admin(t, "local", county)
		h.admin(t, "root", h.city)
		h.add(t, "clerk", county, staff.Registrar, staff.TriageOfficer)
		h.add(t, "triage", h.city, staff.TriageOfficer)
		h.add(t, "handler", h.panel["洼督"], staff.UnitHandler)
		h.enter(t, "clerk")
		list, err := h.List(ctx, local)
		if err != nil || len(list) != 2 {
			t.Fatalf("list %+v, %v", list, err)
		}
		for _, a := range list {
			if enrolled := a.Login == "clerk"; a.Enrolled != enrolled || (a.LastSeenAt != nil) != enrolled || !a.Active || !a.MustChange || a.UnitName != county.Name {
				t.Errorf("%+v", a)
			}
		}
		if _, err := h.List(ctx, h.officer(t, "triage")); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("list for an officer: %v", err)
		}
		both := []uuid.UUID{county.ID, h.city.ID}
		names := func(units []uuid.UUID, p staff.Permission) (logins string) {
			t.Helper()
			officers, err := h.ColleaguesWith(ctx, units, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range officers {
				logins += o.Login + " "
			}
			return logins
		}
		if got := names(both, staff.WorkCases); got != "clerk triage " {
			t.Errorf("who works cases: %s", got)
		}
		if got := names(both[:1], staff.WorkCases); got != "clerk " {
			t.Errorf("who works cases in the county: %s", got)
		}
		if got := names(both, staff.HandleItems); got != "" {
			t.Errorf("who handles items there: %s", got)
		}
		if got := names(nil, staff.WorkCases); got != "" {
			t.Errorf("nowhere: %s", got)
		}
		officers, err := h.ColleaguesWith(ctx, both[:1], staff.EnterReports)
		if err != nil || len(officers) != 1 || len(officers[0].Roles) != 2 || officers[0].UnitName != county.Name {
			t.Errorf("%+v, %v", officers, err)
		}
		if err := h.SetActive(ctx, local, h.officer(t, "clerk").ID, false); err != nil {
			t.Fatal(err)
		}
		if got := names(both, staff.WorkCases); got != "triage " {
			t.Errorf("with one disabled: %s", got)
		}
	})
}
