package audit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/audit"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Whoever may see a thing sees who tried to; an auditor sees all; nobody else
// learns from an attempt that there is such a thing.
func TestWhoSeesRefusedAttempts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.submit("FUND_WITHHOLD", "")
		o.blame(m, o.units[panshan].ID)
		o.must(o.store.Read(bg).Exec("UPDATE complaint SET desk_unit_id = ? WHERE id = ?", o.units[cityDesk].ID, m.ID).Error)
		ask := func(by staff.Officer, id uuid.UUID) {
			t.Helper()
			if _, err := o.Triage.Case(bg, by, id); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("shown: %v", err)
			}
		}
		nothing := uuid.New()
		ask(o.curious, m.ID)
		ask(o.curious, m.ID) // within the hour: once
		ask(o.curious, nothing)
		if _, err := o.Triage.Numbered(bg, o.handler, m.Number()); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("found by number: %v", err)
		}
		o.must(o.Refused(bg, o.handler, ledger.OfPortal, nothing, "/console/record"))
		outside := o.officer("大洼区督查室", staff.Supervisor)
		said := func(by staff.Officer) (all []string) {
			t.Helper()
			list, next, err := o.Attempts(bg, by, uuid.Nil)
			o.must(err)
			if next != uuid.Nil {
				t.Errorf("more than there are")
			}
			for _, a := range list {
				all = append(all, a.Name+" "+string(a.Kind)+" "+strings.Fields(a.Called + " ?")[0])
			}
			return all
		}
		number := m.Number()
		for name, test := range map[string]struct {
			by   staff.Officer
			want []string
		}{
			"the office above": {o.chief, []string{o.handler.Name + " portal ?", o.handler.Name + " complaint " + number, o.curious.Name + " complaint ?", o.curious.Name + " complaint " + number}},
			"an auditor":       {o.auditor, []string{o.handler.Name + " portal ?", o.handler.Name + " complaint ?", o.curious.Name + " complaint ?", o.curious.Name + " complaint ?"}},
			"the accused":      {o.boss, nil},
			"another county":   {outside, nil},
		} {
			if got := said(test.by); strings.Join(got, ",") != strings.Join(test.want, ",") {
				t.Errorf("%s reads %q, want %q", name, got, test.want)
			}
		}
		if _, _, err := o.Attempts(bg, o.handler, uuid.Nil); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("without the permission: %v", err)
		}
	})
}

func TestAttemptsAreListedByThePage(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for range 60 {
			o.must(o.Refused(bg, o.curious, ledger.OfPortal, uuid.New(), "/console/record"))
		}
		first, next, err := o.Attempts(bg, o.auditor, uuid.Nil)
		o.must(err)
		rest, end, err := o.Attempts(bg, o.auditor, next)
		o.must(err)
		seen := map[uuid.UUID]bool{}
		for _, a := range append(append([]audit.Attempt{}, first...), rest...) {
			seen[a.ID] = true
		}
		if len(first) != 50 || len(rest) != 10 || end != uuid.Nil || len(seen) != 60 {
			t.Errorf("%d and %d, %d different", len(first), len(rest), len(seen))
		}
	})
}
