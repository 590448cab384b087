package console_test

import (
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

const (
	anInspection   kind = "inspection"      // read by the inspecting office and those above
	inspectionFile kind = "inspection file" // the same; looking at it stands on record
	anOffices      kind = "inspection, office's"
	aTeams         kind = "inspection, team's"
	anApprovers    kind = "inspection, approver's"
	aVisit         kind = "visit" // taken along by the person
	inspectedBy    kind = "inspected"
	inspectedFile  kind = "inspected file"
	aPlan          kind = "plan"
	ownPlan        kind = "own plan"
)

// An inspection is of the office that carries it out. What is written down on it
// is its team's; the inspected office reads what is addressed to it, once it was
// told, under another address. Who sits in the inspected office is of no team,
// whatever the list of members says.
var (
	ofInspections = []standpoint{
		{name: "inspecting office", unit: panshan, desk: panshan, about: town, sees: everybody},
		{name: "unit above", unit: cityDesk, desk: panshan, about: town, sees: everybody},
		{name: "foreign unit", unit: dawa, desk: panshan, about: town},
		{name: "inspected office", unit: town, desk: panshan, about: town},
		{name: "inspected office, above the inspecting one", unit: panshan, desk: cityDesk, about: panshan},
	}
	ofOffices = seenBy(ofInspections, "unit above")
	ofTeams   = []standpoint{
		{name: "of the team", unit: panshan, desk: panshan, about: town, team: true, sees: everybody},
		{name: "not of the team", unit: panshan, desk: panshan, about: town},
		{name: "unit above", unit: cityDesk, desk: panshan, about: town},
		{name: "foreign unit", unit: dawa, desk: panshan, about: town},
		{name: "of the team, moved to the inspected office", unit: town, desk: panshan, about: town, team: true},
		{name: "of the team, moved to another", unit: dawa, desk: panshan, about: town, team: true},
	}
	ofVisits    = []standpoint{ofTeams[0], ofTeams[2], ofTeams[3], ofTeams[4], ofTeams[5]}
	ofInspected = []standpoint{
		{name: "inspected office", unit: town, desk: panshan, about: town, sees: everybody},
		{name: "before it was told", unit: town, desk: panshan, about: town, recused: true},
		{name: "inspecting office", unit: panshan, desk: panshan, about: town},
		{name: "unit above", unit: cityDesk, desk: panshan, about: town},
		{name: "office beside", unit: poor, desk: panshan, about: town},
	}
	ofPlans = []standpoint{
		{name: "own office", unit: panshan, desk: panshan, sees: everybody},
		{name: "unit above", unit: cityDesk, desk: panshan, sees: everybody},
		{name: "foreign unit", unit: dawa, desk: panshan},
		{name: "office below", unit: town, desk: panshan},
	}
)

// inspectionTable has one row for each route of inspections, plans and visits.
func inspectionTable() map[string]row {
	return map[string]row{
		"GET /console/inspections":                 {who: "T S"},
		"POST /console/inspections":                {who: "T S", form: anyMandate},
		"GET /console/inspections/new":             {who: "T S"},
		"GET /console/inspections/:id":             {who: "T S", about: anInspection, stage: "issued"},
		"GET /console/inspections/:id/files/:file": {who: "T S", about: inspectionFile, stage: "under_way"},
		"GET /console/inspections/:id/checklist":   {who: "T S", about: anInspection, stage: "under_way"},
		"POST /console/inspections/:id/checklist":  {who: "T S", about: aTeams, form: checklistForm},
		"GET /console/inspections/:id/exchange":    {who: "T S", about: anInspection, stage: "found"},
		"POST /console/inspections/:id/exchange":   {who: "T S", about: aTeams, stage: "found", form: exchangeForm},
		"POST /console/inspections/:id/change":     {who: "T S", about: anOffices, form: mandateForm},
		"POST /console/inspections/:id/announce":   {who: "T S", about: anOffices, form: words()},
		"POST /console/inspections/:id/ask":        {who: "T S", about: aTeams, stage: "told", form: words("what", "2026年发放表")},
		"POST /console/inspections/:id/return":     {who: "T S", about: aTeams, stage: "given", form: materialForm},
		"POST /console/inspections/:id/silence":    {who: "T S", about: aTeams, stage: "silent", form: materialForm},
		"POST /console/inspections/:id/question":   {who: "T S", about: aTeams, form: words("own", "存折是否由本人保管")},
		"POST /console/inspections/:id/record":     {who: "T S", about: aTeams, form: activityForm},
		"POST /console/inspections/:id/matter":     {who: "T S", about: anOffices, twin: "accepted", form: matterForm},
		"POST /console/inspections/:id/write":      {who: "T S", about: aTeams, stage: "under_way", form: findingForm},
		"POST /console/inspections/:id/drop":       {who: "T S", about: aTeams, stage: "found", form: findingNamed},
		"POST /console/inspections/:id/submit":     {who: "T S", about: aTeams, stage: "exchanged", form: words()},
		"POST /console/inspections/:id/issue":      {who: "S", about: anApprovers, stage: "submitted", form: words("ruling", "approve")},
		"POST /console/inspections/:id/correct":    {who: "T S", about: aTeams, stage: "exchanged", form: correctionForm},
		"POST /console/inspections/:id/revoke":     {who: "T S", about: anOffices, stage: "abroad", form: copyForm},
		"POST /console/inspections/:id/close":      {who: "T S", about: anOffices, stage: "issued", form: words("why", "整改另行跟踪")},
		"POST /console/inspections/:id/cancel":     {who: "T S", about: anOffices, form: words("why", "合并到下月进行")},
		"GET /console/inspected":                   {who: "T S H"},
		"GET /console/inspected/:id":               {who: "T S H", about: inspectedBy, stage: "issued"},
		"GET /console/inspected/:id/files/:file":   {who: "T S H", about: inspectedFile, stage: "given"},
		"POST /console/inspected/:id/hand_in":      {who: "H", about: inspectedBy, stage: "asked", form: materialForm},
		"POST /console/inspected/:id/refuse":       {who: "H", about: inspectedBy, stage: "asked", form: materialForm},
		"POST /console/inspected/:id/comment":      {who: "H", about: inspectedBy, stage: "exchanged", form: words("words", "已开始整改")},
		"GET /console/plans":                       {who: "T S"},
		"POST /console/plans":                      {who: "T S", form: anyYear},
		"GET /console/plans/:id":                   {who: "T S", about: aPlan},
		"POST /console/plans/:id/save":             {who: "T S", about: ownPlan, form: words("priorities", "专项资金到村到户")},
		"POST /console/plans/:id/entry":            {who: "T S", about: ownPlan, form: words("kind", "special", "way", "onsite", "place", "任选三个村", "month", "9", "focus", "驻村工作队到岗")},
		"POST /console/plans/:id/drop":             {who: "T S", about: ownPlan, form: entryForm},
		"POST /console/plans/:id/propose":          {who: "T S", about: ownPlan, form: words()},
		"POST /console/plans/:id/rule":             {who: "S", about: ownPlan, stage: "proposed", form: words("ruling", "approve")},
		"GET /console/field":                       {who: "T S"},
		"GET /console/field/shell":                 {who: "T S"},
		"GET /console/field/sw.js":                 {who: "T S"},
		"GET /console/field/session":               {who: "T S"},
		"POST /console/field/visits/:id/take":      {who: "T S", about: aTeams, says: 200, form: words()},
		"POST /console/field/visits/:id/entries":   {who: "T S", about: aVisit, stage: "abroad", says: 200, form: entryOfPhone},
		"POST /console/field/visits/:id/done":      {who: "T S", about: aVisit, stage: "abroad", says: 200, form: func(_ *matrix, f fixture) url.Values { return url.Values{"copy": {f.file.String()}} }},
	}
}

func (m *matrix) mandate(target, leader uuid.UUID) inspection.Mandate {
	today := workday.On(m.store.Now())
	return inspection.Mandate{Target: target, Kind: inspection.Irregular, Form: inspection.Onsite, Basis: "《督查追责办法》第四条", Focus: "专项资金到村到户情况",
		StartsOn: today, EndsOn: today, Leader: leader, Clauses: []string{"9.2"}}
}

// makeInspection arranges one and brings it to a stage of its life, by others than
// the person. fixture.file is a file of it, or the copy on the person's phone;
// fixture.proposal is what the form names: a question, a material, a finding, a
// copy.
func (m *matrix) makeInspection(r row, at standpoint) fixture {
	m.t.Helper()
	lead, boss := m.worker, m.boss
	if at.desk == cityDesk {
		lead, boss = m.person(cityDesk, staff.TriageOfficer), m.city
	}
	id, err := m.visits.Arrange(bg, lead, m.mandate(m.units[at.about].ID, lead.ID))
	m.must(err)
	if at.team {
		m.exec("INSERT INTO inspection_member (inspection_id, account_id) VALUES (?, ?)", id, m.me)
	}
	v := &making{m, lead, boss, at.about, id, fixture{id: id, file: uuid.New(), rollVersion: 1}}
	v.f.proposal = v.open().Questions[0].ID
	if r.twin != "" {
		v.f.twin = m.complaint(r.twin, "")
	}
	for _, do := range makings[r.stage] {
		m.must(do(v, v.open()))
	}
	if r.about == aVisit {
		m.exec("UPDATE inspection_copy SET account_id = ? WHERE inspection_id = ?", m.me, id)
	}
	if at.recused { // it knows nothing yet
		m.exec("UPDATE inspection SET announced_at = NULL WHERE id = ?", id)
	}
	v.f.version = v.open().Version
	return v.f
}

// making is an inspection that is being brought to a stage.
type making struct {
	*matrix
	lead, boss staff.Officer
	about      string // the inspected office
	id         uuid.UUID
	f          fixture
}

func (v *making) open() inspection.Whole {
	v.t.Helper()
	w, err := v.visits.Open(bg, v.lead, v.id)
	v.must(err)
	return w
}

type makes func(v *making, w inspection.Whole) error

var (
	tells makes = func(v *making, w inspection.Whole) error { return v.visits.Announce(bg, v.lead, v.id, w.Version) }
	asks  makes = func(v *making, w inspection.Whole) error {
		err := v.visits.AskFor(bg, v.lead, v.id, "2026年发放表", "")
		v.f.proposal = v.open().Materials[0].ID
		return err
	}
	gives makes = func(v *making, w inspection.Whole) error {
		key := []byte(uuid.NewString())
		v.f.file, v.f.rollVersion = v.stage(key, "发放表.pdf"), 2
		return v.visits.HandIn(bg, v.person(v.about, staff.UnitHandler), v.id, v.f.proposal, 1, "", key)
	}
	sleeps makes = func(v *making, w inspection.Whole) error {
		v.exec("UPDATE inspection_material SET due_on = '2020-01-01' WHERE id = ?", v.f.proposal)
		return nil
	}
	looks makes = func(v *making, w inspection.Whole) error {
		key := []byte(uuid.NewString())
		v.f.file = v.stage(key, "公示栏.pdf")
		err := v.visits.Record(bg, v.lead, v.id, inspection.Done{Method: inspection.SiteVisit, On: w.StartsOn, Place: "双柳村村部", Found: "公示栏里没有名单", Form: key})
		v.f.proposal = v.open().Activities[0].ID
		return err
	}
	finds makes = func(v *making, w inspection.Whole) error {
		err := v.visits.Write(bg, v.lead, v.id, nil, 0, inspection.Words{Clause: "9.6", Facts: "公示栏里没有今年的名单。", Basis: "《督查追责办法》第九条",
			Severity: inspection.Ordinary, Requirement: "五日内张贴名单", Activities: []uuid.UUID{v.f.proposal}})
		v.f.proposal = v.open().Findings[0].ID
		return err
	}
	talks makes = func(v *making, w inspection.Whole) error {
		return v.visits.ExchangeViews(bg, v.lead, v.id, w.Version, inspection.Talk{HeldOn: w.StartsOn, Leaders: []string{"镇长 某"}, Signed: true,
			Whole: inspection.Opinion{Agreed: true}, Of: map[uuid.UUID]inspection.Opinion{v.f.proposal: {Agreed: true}}})
	}
	submits makes = func(v *making, w inspection.Whole) error { return v.visits.SubmitFindings(bg, v.lead, v.id, w.Version) }
	issues  makes = func(v *making, w inspection.Whole) error { return v.visits.IssueFindings(bg, v.boss, v.id, w.Version) }
	carries makes = func(v *making, w inspection.Whole) error {
		bag, err := v.visits.TakeAlong(bg, v.lead, v.id, "Chrome · Android")
		v.f.file, v.f.proposal = bag.Copy, bag.Copy
		return err
	}
	makings = map[string][]makes{
		"told": {tells}, "asked": {tells, asks}, "given": {tells, asks, gives}, "silent": {tells, asks, sleeps},
		"under_way": {looks}, "found": {looks, finds}, "exchanged": {looks, finds, talks}, "submitted": {looks, finds, talks, submits},
		"issued": {looks, finds, talks, submits, issues}, "abroad": {carries},
	}
)

// makePlan drafts a plan of a year that no other plan is for.
func (m *matrix) makePlan(r row, at standpoint) fixture {
	m.t.Helper()
	m.clearYears()
	id, err := m.visits.BeginPlan(bg, m.worker, m.store.Now().Year(), "")
	m.must(err)
	m.must(m.visits.SetPriorities(bg, m.worker, id, 1, "专项资金到村到户"))
	m.must(m.visits.SetEntry(bg, m.worker, id, 2, inspection.Entry{Kind: inspection.Special, Form: inspection.Onsite, Place: "任选三个村", Month: 9, Focus: "驻村工作队到岗"}))
	s, err := m.visits.ShowPlan(bg, m.worker, id)
	m.must(err)
	if r.stage == "proposed" {
		m.must(m.visits.ProposePlan(bg, m.worker, id, s.Version))
		s.Version++
	}
	return fixture{id: id, proposal: s.Entries[0].Key, version: s.Version}
}

// clearYears moves the plans there are to years long past.
func (m *matrix) clearYears() {
	m.t.Helper()
	m.must(m.store.Read(bg).Exec("UPDATE inspection_plan SET year = year - 2000 - (SELECT count(*) FROM inspection_plan older WHERE older.id < inspection_plan.id) WHERE year > 0").Error)
}

// anyMandate is one for an office below that where the person sits.
func anyMandate(m *matrix, _ fixture) url.Values {
	target := uuid.New()
	if below := m.visits.Targets(m.at.ID); len(below) > 0 {
		target = below[0]
	}
	v := mandateForm(m, fixture{})
	v.Set("target", target.String())
	v.Set("leader", m.me.String())
	return v
}

func anyYear(m *matrix, _ fixture) url.Values {
	m.clearYears()
	return url.Values{"year": {strconv.Itoa(m.store.Now().Year())}}
}

func mandateForm(m *matrix, _ fixture) url.Values {
	today := string(workday.On(m.store.Now()))
	return url.Values{"kind": {"special"}, "way": {"onsite"}, "basis": {"《督查追责办法》第四条"}, "focus": {"名单公示公告"}, "starts_on": {today}, "ends_on": {today}, "leader": {m.worker.ID.String()}}
}

func checklistForm(_ *matrix, f fixture) url.Values {
	q := f.proposal.String()
	return url.Values{"was." + q: {"1."}, "answer." + q: {"no"}, "note." + q: {"两户没到"}}
}

func exchangeForm(m *matrix, f fixture) url.Values {
	of := f.proposal.String()
	return url.Values{"held_on": {string(workday.On(m.store.Now()))}, "leaders": {"镇长 某"}, "agreed." + of: {"no"}, "opinion." + of: {"名单贴过"},
		"agreed": {"yes"}, "opinion": {""}, "signed": {"yes"}, "form": {m.intake.NewForm().Token}}
}

func materialForm(m *matrix, f fixture) url.Values {
	return url.Values{"material": {f.proposal.String() + "." + strconv.Itoa(f.rollVersion)}, "words": {"发放表由县里统一保管"}, "form": {m.intake.NewForm().Token}}
}

func activityForm(m *matrix, _ fixture) url.Values {
	return url.Values{"method": {"interview"}, "on": {string(workday.On(m.store.Now()))}, "place": {"双柳村"}, "found": {"两户存折不在本人手里"}, "form": {m.intake.NewForm().Token}}
}

func matterForm(_ *matrix, f fixture) url.Values { return url.Values{"number": {f.twin.Number()}} }

func findingForm(_ *matrix, f fixture) url.Values {
	return url.Values{"clause": {"9.6"}, "facts": {"公示栏里没有今年的名单。"}, "basis": {"《督查追责办法》第九条"}, "severity": {"serious"},
		"requirement": {"五日内张贴名单"}, "proofs": {"activity." + f.proposal.String()}}
}

func findingNamed(_ *matrix, f fixture) url.Values {
	return url.Values{"finding": {f.proposal.String() + ".1"}}
}

func correctionForm(_ *matrix, f fixture) url.Values {
	return url.Values{"finding": {f.proposal.String()}, "words": {"经核对，名单贴过三天"}}
}

func copyForm(_ *matrix, f fixture) url.Values { return url.Values{"copy": {f.proposal.String()}} }

func entryForm(_ *matrix, f fixture) url.Values { return url.Values{"key": {f.proposal.String()}} }

func entryOfPhone(m *matrix, f fixture) url.Values {
	v := activityForm(m, f)
	v.Set("kind", "activity")
	v.Set("copy", f.file.String())
	v.Set("entry", uuid.NewString())
	return v
}

// TestHiddenInspectionsLeaveNoTrace compares every list before and after an
// office is inspected: nobody but those who work on it and those above sees a byte
// of it, and the inspected office not before it is told.
func TestHiddenInspectionsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	readers := func(unit string) map[string]string {
		return m.readers(unit, everybody, append(lists(), "/console/inspections?state=all")...)
	}
	for _, at := range append(slices.Clone(ofInspections), ofInspected[:2]...) {
		before := readers(at.unit)
		f := m.makeInspection(row{stage: "asked"}, at)
		if !at.recused && at.unit == at.about && at.sees == "" {
			m.exec("UPDATE inspection SET announced_at = NULL WHERE id = ?", f.id)
		}
		var i inspection.Inspection
		m.must(store.One(m.store.Read(bg).Where("id = ?", f.id), &i))
		changed := 0
		for who, body := range readers(at.unit) {
			if body == before[who] {
				continue
			}
			if changed++; at.sees == "" {
				t.Errorf("%s, %s: the inspection changed the page", at.name, who)
			}
		}
		if at.sees != "" && changed < 2 {
			t.Errorf("%s: it changed %d pages only", at.name, changed)
		}
	}
}
