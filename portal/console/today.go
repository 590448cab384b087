package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"minsheng/audit"
	"minsheng/inspection"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/staff"
	"minsheng/triage"
)

// todayPage is where everybody lands: what is due, and why each line is here.
type todayPage struct {
	Frame
	Cases       bool // the officer reads cases
	Alarms      []alarmLine
	MayHear     bool // the officer reads all alarms
	Counts      triage.Counts
	Groups      []todayGroup
	Items       []itemGroup
	Objects     []objectionGroup
	Visits      []inspectionGroup
	Asked       []inspection.AddressedLine // materials that the own office owes
	Orders      []orderLine                // that wait for the officer
	Reports     []selfReportLine           // that it owes of itself
	Circulars   []circularLine             // that came to the own office and wait
	WorkReports []reportLine               // that it has not issued
	Publish     []publishGroup
	Duties      []dutyView
	Audits      []audit.Audit
	Names       []triage.NameOpening // to be opened by the officer, or to them
	Takings     []register.Taking    // the register, to be taken along by somebody if the officer agrees
	Erasures    []retention.Erasure  // of what was reported, if the officer agrees
	Roles       []staff.Request      // changes that the officer may agree to
	Tasks       []task
	Nothing     bool
}

type todayGroup struct {
	Code string // overdue, today, waiting, week, one of triage.Wants
	Rows []caseRow
	More string // address of the whole list
	N    int
}

// task is something that a person whose work is not the queue can do.
type task struct{ Href, Key string }

// today gathers what the officer's roles make their business.
func (v *visit) today() error {
	frame, err := v.frame("/console", v.t("console.today.title"))
	if err != nil {
		return err
	}
	page, may := todayPage{Frame: frame, Cases: v.by().May(staff.ReadCases), MayHear: v.by().May(staff.HearAlarms)}, v.by().May
	for _, part := range []struct {
		may  bool
		fill func(*todayPage) error
	}{
		{v.may(staff.HearAlarms) || v.may(staff.KeepClocks), into(v.todayAlarms, func(p *todayPage) *[]alarmLine { return &p.Alarms })},
		{page.Cases, v.todayCases},
		{may(staff.ReadItems), into(v.todayItems, func(p *todayPage) *[]itemGroup { return &p.Items })},
		{may(staff.WorkObjections), into(v.todayObjections, func(p *todayPage) *[]objectionGroup { return &p.Objects })},
		{true, v.todayInspections},
		{may(staff.ReadItems), into(v.waitingOrders, func(p *todayPage) *[]orderLine { return &p.Orders })},
		{may(staff.SendSelfReports), into(v.waitingReports, func(p *todayPage) *[]selfReportLine { return &p.Reports })},
		{true, v.todayBulletins},
		{v.may(staff.ReadNotices), v.todayNotices},
		{may(staff.ReadRegister), into(v.waitingTakings, func(p *todayPage) *[]register.Taking { return &p.Takings })},
		{may(staff.AgreeErasure), into(v.waitingErasures, func(p *todayPage) *[]retention.Erasure { return &p.Erasures })},
		{may(staff.ManageStaff), into(v.waitingRoles, func(p *todayPage) *[]staff.Request { return &p.Roles })},
		{may(staff.AuditLooks), into(v.waitingAudits, func(p *todayPage) *[]audit.Audit { return &p.Audits })},
	} {
		if !part.may {
			continue
		}
		if err := part.fill(&page); err != nil {
			return err
		}
	}
	if page.Names, err = v.waitingNames(); err != nil {
		return err
	}
	for _, p := range places {
		if own := p.may == staff.ReadNotices || p.may == staff.EnterReports || p.may == staff.ReadRecord || p.may == staff.ManageStaff || p.may == staff.KeepClocks; own && v.by().May(p.may) {
			page.Tasks = append(page.Tasks, task{p.path, p.key})
		}
	}
	page.Nothing = len(page.Alarms)+len(page.Audits)+len(page.Names)+len(page.Takings)+len(page.Erasures)+len(page.Roles)+len(page.Groups)+len(page.Items)+len(page.Objects)+len(page.Visits)+len(page.Asked)+len(page.Orders)+len(page.Reports)+len(page.Circulars)+len(page.WorkReports)+len(page.Publish)+len(page.Duties) == 0
	return v.show(fiber.StatusOK, "today", page)
}

// into fills a part of the page with what a question answers.
func into[T any](ask func() (T, error), part func(*todayPage) *T) func(*todayPage) error {
	return func(page *todayPage) (err error) {
		*part(page), err = ask()
		return err
	}
}

// waitingReports are the self-reports that the own office still has to hand in.
func (v *visit) waitingReports() ([]selfReportLine, error) {
	lines, err := v.SelfReports.Waiting(v.ctx(), v.by())
	return v.selfReportLines(lines), err
}

func (v *visit) todayCases(page *todayPage) error {
	counts, err := v.caseCounts()
	if err != nil {
		return err
	}
	groups, err := v.Triage.Today(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page.Counts = counts
	all := []todayGroup{
		{Code: "waiting", N: counts.WaitingForMe, More: "/console/cases?waiting=1"},
		{Code: "overdue", N: counts.Overdue, More: "/console/cases?late=1"},
		{Code: "today", N: counts.DueToday, More: "/console/cases?due=today"},
		{Code: "week", N: counts.DueWeek, More: "/console/cases?due=week"},
	}
	for _, wants := range triage.Wants() {
		all = append(all, todayGroup{Code: wants, N: len(groups[wants]), More: "/console/cases?wants=" + wants})
	}
	for _, g := range all {
		for _, row := range groups[g.Code] {
			line := v.row(row)
			line.Why = v.why(g.Code, row)
			g.Rows = append(g.Rows, line)
		}
		if len(g.Rows) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	return nil
}

// why says in one sentence why a case stands in a group.
func (v *visit) why(group string, row triage.Row) string {
	rule := v.known("console.rule."+row.DueRule, "console.rule.other")
	if slices.Contains(triage.Wants(), group) {
		return v.t("console.why." + group)
	}
	switch group {
	case "waiting":
		return v.t("console.why.waiting")
	case "overdue":
		if row.Late == 0 {
			return v.t("console.why.passed", "rule", rule)
		}
		return v.t("console.why.overdue", "rule", rule, "n", row.Late)
	case "today":
		return v.t("console.why.today", "rule", rule)
	}
	return v.t("console.why.week", "rule", rule)
}
