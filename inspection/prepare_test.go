package inspection

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestAnInspectionIsArrangedNumberedAndKnowsItsDay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := o.arranged(), o.arranged()
		w := o.whole(first)
		if w.Number != "盘县督查〔2026〕1号" || o.whole(second).Number != "盘县督查〔2026〕2号" {
			t.Errorf("numbers %s and %s", w.Number, o.whole(second).Number)
		}
		if w.State != Planned || w.LeaderName != o.lead.Name || len(w.Members) != 1 || w.TargetName != tianshui {
			t.Errorf("%+v", w)
		}
		if len(w.Questions) != 3 || w.Questions[0].Clause != "9.2" || w.Questions[2].Words != "一卡通是否由本人保管" {
			t.Errorf("questions %+v", w.Questions)
		}
		if due := o.clocks(first); due[ruleVisit] != "2026-03-02" || *w.DueOn != "2026-03-02" || w.DueRule != ruleVisit {
			t.Errorf("clocks %v, due %v", due, w.DueOn)
		}
		later := o.mandate()
		later.StartsOn, later.EndsOn, later.Members = "2026-03-10", "2026-03-11", nil
		o.must(o.Rearrange(bg, o.boss, first, w.Version, later))
		if due := o.clocks(first); due[ruleVisit] != "2026-03-10" || len(o.whole(first).Members) != 0 {
			t.Errorf("clocks %v", due)
		}
		o.fails("from a stale page", o.Rearrange(bg, o.boss, first, w.Version, later), step.ErrStale)
		o.on("2026-03-11")
		later.Focus = "另加驻村工作队到岗情况"
		o.must(o.Rearrange(bg, o.boss, first, o.version(first), later)) // its first day has passed and stays
		if o.Late(o.whole(first)) != 1 {
			t.Errorf("%d working days late", o.whole(first).Late)
		}
		o.must(o.CallOff(bg, o.boss, first, o.version(first), "与市里的督查合并进行"))
		if w := o.whole(first); w.State != Cancelled || w.ClosedAt == nil || len(o.clocks(first)) != 0 || w.DueOn != nil {
			t.Errorf("called off: %+v", w.Inspection)
		}
		want := []string{"inspection_planned", "inspection_changed", "inspection_changed", "inspection_cancelled"}
		if got := o.kinds(ledger.OfInspection, first); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
	})
}

// Late is what lists show; here so that the test above reads well.
func (o *office) Late(w Whole) int { return w.Late }

func TestWhoIsSentWhereAndWhoIsNot(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		stranger := o.person(dawa, staff.TriageOfficer)
		for what, c := range map[string]struct {
			change func(*Mandate)
			field  string
		}{
			"oneself":            {func(m *Mandate) { m.Target = o.units[panshan].ID }, "target"},
			"the office above":   {func(m *Mandate) { m.Target = o.units[cityDesk].ID }, "target"},
			"another county":     {func(m *Mandate) { m.Target = o.units[dawa].ID }, "target"},
			"nobody":             {func(m *Mandate) { m.Target = uuid.Nil }, "target"},
			"a kind of none":     {func(m *Mandate) { m.Kind = "lunch" }, "kind"},
			"a form of none":     {func(m *Mandate) { m.Form = "" }, "way"},
			"no basis":           {func(m *Mandate) { m.Basis = " " }, "basis"},
			"no focus":           {func(m *Mandate) { m.Focus = "查" }, "focus"},
			"yesterday":          {func(m *Mandate) { m.StartsOn = "2026-03-01" }, "starts_on"},
			"no day":             {func(m *Mandate) { m.StartsOn = "" }, "starts_on"},
			"backwards":          {func(m *Mandate) { m.EndsOn = "2026-03-01" }, "ends_on"},
			"for a year":         {func(m *Mandate) { m.EndsOn = "2027-03-01" }, "ends_on"},
			"a leader elsewhere": {func(m *Mandate) { m.Leader = stranger.ID }, "leader"},
			"no leader":          {func(m *Mandate) { m.Leader = uuid.Nil }, "leader"},
			// Whose own office is inspected is of no team.
			"a leader of the town":    {func(m *Mandate) { m.Leader = o.clerk.ID }, "leader"},
			"a member of the town":    {func(m *Mandate) { m.Members = []uuid.UUID{o.mate.ID, o.clerk.ID} }, "members"},
			"a clause of none":        {func(m *Mandate) { m.Clauses = []string{"5.1"} }, "clauses"},
			"accountability as one":   {func(m *Mandate) { m.Clauses = []string{"19.5"} }, "clauses"},
			"an empty question":       {func(m *Mandate) { m.Own = []string{"？"} }, "own"},
			"more than a form holds":  {func(m *Mandate) { m.Clauses, m.Own = Questions(), slices.Repeat([]string{"账是否公开"}, 40) }, "clauses"},
			"a contact without end":   {func(m *Mandate) { m.Contact = strings.Repeat("长", 101) }, "contact"},
			"a team that fills a bus": {func(m *Mandate) { m.Members = many(21) }, "members"},
		} {
			m := o.mandate()
			c.change(&m)
			if _, err := o.Arrange(bg, o.lead, m); problem(err, c.field) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := o.Arrange(bg, o.town, o.mandate()); err != staff.ErrForbidden {
			t.Errorf("the inspected office arranges it: %v", err)
		}
		poor := o.person(panshanPoor, staff.TriageOfficer) // its office numbers no papers
		m := o.mandate()
		m.Leader, m.Members = poor.ID, nil
		if _, err := o.Arrange(bg, poor, m); problem(err, "target") == "" {
			t.Errorf("an office without a mark: %v", err)
		}
		// Moved into the inspected office afterwards, one is of the team no more.
		id := o.arranged()
		moved := o.mate
		moved.UnitID = o.units[tianshui].ID
		o.fails("from inside the inspected office", o.Record(bg, moved, id, o.done()), store.ErrNotFound)
		moved.UnitID = o.units[cityDesk].ID
		o.fails("from the office above", o.Record(bg, moved, id, o.done()), staff.ErrForbidden)
		o.fails("not of the team", o.Record(bg, o.idle, id, o.done()), staff.ErrForbidden)
		o.must(o.Record(bg, o.mate, id, o.done()))
	})
}

func many(n int) (ids []uuid.UUID) {
	for range n {
		ids = append(ids, uuid.New())
	}
	return ids
}

func TestAFollowUpAsksWhatBecameOfTheFindings(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.issued()
		m := o.mandate()
		m.Kind, m.Clauses, m.Own, m.Follows = FollowUp, nil, nil, &id
		again, err := o.Arrange(bg, o.lead, m)
		o.must(err)
		w := o.whole(again)
		if len(w.Questions) != 1 || w.Questions[0].Words != o.words(id).Requirement || *w.Questions[0].FindingID != o.whole(id).Findings[0].ID || w.Follows.ID != id {
			t.Errorf("%+v", w.Questions)
		}
		if kin := o.whole(id).Followed; len(kin) != 1 || kin[0].ID != again {
			t.Errorf("followed by %+v", kin)
		}
		open := o.visited()
		for what, c := range map[string]struct {
			by   staff.Officer
			m    func() Mandate
			want error
		}{
			"before anything is issued": {o.lead, func() Mandate { m := m; m.Follows = &open; return m }, step.ErrState},
			"of another office":         {o.lead, func() Mandate { m := m; m.Target = o.units[panshanPoor].ID; return m }, store.ErrNotFound},
			"of nothing":                {o.lead, func() Mandate { m := m; m.Follows = &many(1)[0]; return m }, store.ErrNotFound},
		} {
			if _, err := o.Arrange(bg, c.by, c.m()); err != c.want {
				t.Errorf("%s: %v", what, err)
			}
		}
		m.Leader, m.Members = o.city.ID, nil
		if _, err := o.Arrange(bg, o.city, m); err != store.ErrNotFound {
			t.Errorf("the city follows up what the county found: %v", err)
		}
	})
}
