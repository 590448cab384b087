package staff_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

func (h *house) asked(t *testing.T, by staff.Officer) staff.Request {
	t.Helper()
	all, err := h.Requests(ctx, by)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d requests, %v", len(all), err)
	}
	return all[0]
}

func TestGuardedRolesTakeTwoAdministrators(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county := h.panel["盘县督"]
		root, other, local := h.admin(t, "root", h.city), h.admin(t, "other", h.city), h.admin(t, "local", county)
		h.add(t, "clerk", county, staff.Registrar)
		clerk := h.officer(t, "clerk")
		want := func(why string, roles ...staff.Role) {
			t.Helper()
			if got := h.officer(t, "clerk").Roles; !slices.Equal(got, roles) {
				t.Errorf("%s: roles %v, want %v", why, got, roles)
			}
		}
		ask := func(to ...staff.Role) staff.Request {
			t.Helper()
			if err := h.SetRoles(ctx, root, clerk.ID, to); !errors.Is(err, staff.ErrAsked) {
				t.Fatal(err)
			}
			return h.asked(t, other)
		}
		r := ask(staff.Registrar, staff.IdentityCustodian)
		want("only asked", staff.Registrar)
		if !slices.Equal(r.Roles, []staff.Role{staff.Registrar, staff.IdentityCustodian}) || r.AskedBy != root.Name || r.Name != clerk.Name {
			t.Errorf("asked for %+v", r)
		}
		for name, try := range map[string]struct {
			by   staff.Officer
			want error
		}{"who asked": {root, step.ErrSamePerson}, "a county's administrator": {local, staff.ErrForbidden}, "who gets it": {clerk, staff.ErrForbidden}} {
			if err := h.RuleRequest(ctx, try.by, r.ID, true); !errors.Is(err, try.want) {
				t.Errorf("%s agrees: %v", name, err)
			}
		}
		if list, err := h.Requests(ctx, local); err != nil || len(list) != 0 {
			t.Errorf("the county's administrator is shown %v, %v", list, err)
		}
		want("nobody agreed", staff.Registrar)
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i := range errs {
			both.Go(func() { errs[i] = h.RuleRequest(ctx, other, r.ID, true) })
		}
		both.Wait()
		if !(errs[0] == nil && errors.Is(errs[1], step.ErrState) || errs[1] == nil && errors.Is(errs[0], step.ErrState)) {
			t.Errorf("of two who agree: %v", errs)
		}
		want("agreed", staff.Registrar, staff.IdentityCustodian)
		r = ask(staff.Registrar) // taking it away takes two as well
		want("only asked", staff.Registrar, staff.IdentityCustodian)
		if err := h.RuleRequest(ctx, other, r.ID, false); err != nil {
			t.Fatal(err)
		}
		want("refused", staff.Registrar, staff.IdentityCustodian)
		if err := h.RuleRequest(ctx, other, r.ID, true); !errors.Is(err, step.ErrState) {
			t.Errorf("refused before: %v", err)
		}
		if err := h.RuleRequest(ctx, other, uuid.New(), true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
	})
}

// One administrator does not become two by making an account, or by giving the
// other's a new password.
func TestNobodyAgreesWithThemselvesThroughAnotherAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root, other, third := h.admin(t, "root", h.city), h.admin(t, "other", h.city), h.admin(t, "third", h.city)
		h.add(t, "clerk", h.city, staff.Registrar)
		clerk := h.officer(t, "clerk").ID
		if err := h.SetRoles(ctx, root, clerk, []staff.Role{staff.Auditor}); !errors.Is(err, staff.ErrAsked) {
			t.Fatal(err)
		}
		if _, err := h.Reset(ctx, root, other.ID); err != nil {
			t.Fatal(err)
		}
		r := h.asked(t, third)
		if err := h.RuleRequest(ctx, other, r.ID, true); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("with the password that root gave: %v", err)
		}
		if err := h.RuleRequest(ctx, third, r.ID, true); err != nil {
			t.Errorf("somebody else: %v", err)
		}
	})
}

func TestANewAccountBeginsWithoutAGuardedRole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root, other := h.admin(t, "root", h.city), h.admin(t, "other", h.city)
		if _, err := h.Add(ctx, root, staff.NewAccount{Login: "made", Name: "某人", UnitID: h.city.ID, Roles: []staff.Role{staff.TriageOfficer, staff.IdentityCustodian}}); err != nil {
			t.Fatal(err)
		}
		if got := h.officer(t, "made").Roles; !slices.Equal(got, []staff.Role{staff.TriageOfficer}) {
			t.Errorf("begins with %v", got)
		}
		// Meanwhile it gets another role: what was asked for was about another account.
		if err := h.SetRoles(ctx, root, h.officer(t, "made").ID, []staff.Role{staff.Supervisor}); err != nil {
			t.Fatal(err)
		}
		if err := h.RuleRequest(ctx, other, h.asked(t, other).ID, true); !errors.Is(err, step.ErrStale) {
			t.Errorf("agreed to what was asked before: %v", err)
		}
		if list, err := h.Requests(ctx, other); err != nil || len(list) != 0 {
			t.Errorf("it still waits: %v, %v", list, err)
		}
	})
}
