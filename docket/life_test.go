package docket

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// everything that can be done, by state and by who stands how to the item, when
// nothing beside the state stands in the way. It is written from DOMAIN §8.2 and
// repeats nothing of the code.
var whole = []struct {
	state                        ItemState
	issuer, raised, lead, assist string
}{
	{Docketed, "issue cancel", "", "", ""},
	{Issued, "press suspend cancel", "press", "acknowledge dispute", ""},
	{Acknowledged, "press suspend cancel", "press", "report note extend dispute", "note"},
	{InProgress, "press suspend cancel", "press", "report note extend", "note"},
	{Returned, "press suspend cancel", "press", "report note extend", "note"},
	{Disputed, "return suspend cancel", "", "", ""},
	{Reported, "accept_report return cancel", "", "", ""},
	{Reviewed, "strike_off return cancel", "", "", ""},
	{StruckOff, "", "", "", ""},
	{Cancelled, "", "", "", ""},
}

// What is possible while a court or the discipline organ has the matter.
var halted = "acknowledge note return resume cancel"

const (
	yesterday = workday.Date("2026-03-01")
	today     = workday.Date("2026-03-02")
	tomorrow  = workday.Date("2026-03-03")
)

func day(d workday.Date) *workday.Date { return &d }

func TestTheWholeLife(t *testing.T) {
	boss := staff.Officer{ID: uuid.New(), Roles: []staff.Role{staff.Supervisor, staff.UnitHandler}}
	officer := staff.Officer{ID: uuid.New(), Roles: []staff.Role{staff.TriageOfficer, staff.UnitHandler}}
	free := facts{Today: today, ObjectBy: day(today)}
	for _, row := range whole {
		i := Item{State: row.state, DueOn: day(today)}
		if row.state == StruckOff || row.state == Cancelled {
			at := today.Time()
			i.ClosedAt = &at
		}
		is := map[part]string{issuer: row.issuer, raised: row.raised, lead: row.lead, assist: row.assist}
		for who, want := range is {
			same(t, row.state, "as it is", offered(officer, who, i, free), want)
			// With a request of somebody else's to rule on, for who approves.
			asked := free
			asked.Extension, asked.ExtensionBy, asked.Halt, asked.HaltBy = open, uuid.New(), open, uuid.New()
			ruled := without(want, "extend", "suspend")
			if slices.Contains([]ItemState{Issued, Acknowledged, InProgress, Returned, Disputed}, row.state) {
				switch who {
				case issuer:
					ruled = "extend_rule suspend_rule " + ruled
				case raised:
					ruled = "extend_rule " + ruled
				}
			}
			same(t, row.state, "with requests", offered(boss, who, i, asked), ruled)
			same(t, row.state, "with requests, for who does not approve", offered(officer, who, i, asked), without(want, "extend", "suspend"))
			asked.ExtensionBy, asked.HaltBy = boss.ID, boss.ID
			same(t, row.state, "with own requests", offered(boss, who, i, asked), without(want, "extend", "suspend"))
			// Suspended.
			still := i
			still.SuspendedUntil = day(today)
			within := only(want, halted)
			if who == issuer && strings.Contains(want, "suspend") {
				within += " resume"
			}
			if row.state != StruckOff && row.state != Cancelled {
				same(t, row.state, "suspended", offered(officer, who, still, free), within)
			}
			still.SuspendedUntil = day(yesterday)
			same(t, row.state, "after a suspension", offered(officer, who, still, free), want)
		}
		same(t, row.state, "for strangers", offered(boss, 0, i, free), "")
	}
}

func TestWhatStandsInTheWay(t *testing.T) {
	officer := staff.Officer{ID: uuid.New(), Roles: []staff.Role{staff.TriageOfficer, staff.UnitHandler}}
	for name, test := range map[string]struct {
		code  string
		item  Item
		facts facts
		may   bool
	}{
		"more time, on the last day":        {"extend", Item{State: InProgress, DueOn: day(today)}, facts{}, true},
		"more time, after it":               {"extend", Item{State: InProgress, DueOn: day(yesterday)}, facts{}, false},
		"more time, asked for":              {"extend", Item{State: InProgress, DueOn: day(tomorrow)}, facts{Extension: open}, false},
		"more time, granted":                {"extend", Item{State: InProgress, DueOn: day(tomorrow)}, facts{Extension: approved}, false},
		"more time, denied":                 {"extend", Item{State: InProgress, DueOn: day(tomorrow)}, facts{Extension: denied}, false},
		"ruling on what nobody asked":       {"extend_rule", Item{State: InProgress, DueOn: day(tomorrow)}, facts{}, false},
		"ruling on what was granted":        {"extend_rule", Item{State: InProgress, DueOn: day(tomorrow)}, facts{Extension: approved}, false},
		"granting after the last day":       {"extend_rule", Item{State: InProgress, DueOn: day(yesterday)}, facts{Extension: open}, true},
		"granting while suspended":          {"extend_rule", Item{State: InProgress, DueOn: day(tomorrow), SuspendedUntil: day(tomorrow)}, facts{Extension: open}, false},
		"suspending what is overdue":        {"suspend", Item{State: InProgress, DueOn: day(yesterday)}, facts{}, false},
		"suspending twice":                  {"suspend", Item{State: InProgress, DueOn: day(tomorrow)}, facts{Halt: open}, false},
		"suspending again later":            {"suspend", Item{State: InProgress, DueOn: day(tomorrow), SuspendedUntil: day(yesterday)}, facts{}, true},
		"resuming what runs":                {"resume", Item{State: InProgress, DueOn: day(tomorrow)}, facts{}, false},
		"objecting on the last day":         {"dispute", Item{State: Issued}, facts{ObjectBy: day(today)}, true},
		"objecting after it":                {"dispute", Item{State: Issued}, facts{ObjectBy: day(yesterday)}, false},
		"objecting when no clock runs":      {"dispute", Item{State: Issued}, facts{}, false},
		"objecting again":                   {"dispute", Item{State: Acknowledged}, facts{ObjectBy: day(today), Objected: true}, false},
		"striking off with nothing missing": {"strike_off", Item{State: Reviewed}, facts{}, true},
		"striking off without evidence":     {"strike_off", Item{State: Reviewed}, facts{Lacks: []string{"evidence"}}, false},
	} {
		w, known := wayOf(test.code)
		test.facts.Today = today
		if err := w.possible(test.item, test.facts); !known || (err == nil) != test.may || err != nil && !errors.Is(err, step.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	approve, _ := wayOf("extend_rule")
	if err := approve.allowed(officer, issuer); !errors.Is(err, staff.ErrForbidden) {
		t.Errorf("who does not approve: %v", err)
	}
}

func same(t *testing.T, state ItemState, when string, got []string, want string) {
	t.Helper()
	wanted := strings.Fields(want)
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("%s, %s: %v, want %v", state, when, got, wanted)
	}
}

func without(list string, codes ...string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(list), func(c string) bool { return slices.Contains(codes, c) }), " ")
}

func only(list, codes string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(list), func(c string) bool { return !slices.Contains(strings.Fields(codes), c) }), " ")
}
