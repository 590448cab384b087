package notice

import (
	"slices"

	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/roll"
)

// Kind is one of the fifteen types of notices (DOMAIN §7) with its rules.
type Kind struct {
	Code         string         // catalog keys notice.<code>, notice.hint.<code>
	Levels       []region.Level // of the office that publishes
	MinDays      int            // of publicity, both ends counted; 0: the long term (MinDaysFor)
	BoardDays    int            // instead of MinDays in towns and villages, where a board is used; 0: no difference
	Announcement bool           // tells a result: no objections are invited
	Personal     bool           // names people: masked on the web, gone after its days, no download
	CountsOnly   bool           // on the web numbers of households and people, names on the village's board only
	Rule         string         // time rule of the duty to publish; "" none
	Roll         roll.Kind      // the table it needs; "" none
	Stage        roll.Stage     // the stage its publication moves the roll to; "" none
	Fund         bool           // speaks of a fund, which has to be named: its name, number, source and total are asked for there
	Fields       []Field        // what this kind asks for, then what every notice does
	Basis        string         // why these rules, in Chinese, for staff
}

// MinDaysFor is the shortest period of publicity for an office of that level, in
// days, both ends counted; 0 for the long term. City and county publish on the
// portal for the long term, towns, villages and project units on a board (DOMAIN
// §7). A CORRECTION has the period of what it corrects.
func (k Kind) MinDaysFor(level region.Level) int {
	if k.BoardDays > 0 && (level == region.Town || level == region.Village) {
		return k.BoardDays
	}
	return k.MinDays
}

// PublishedBy reports whether an office of that level may publish the kind.
func (k Kind) PublishedBy(level region.Level) bool { return slices.Contains(k.Levels, level) }

// Field is one thing a kind asks for. Amounts are typed in yuan and kept in fen;
// dates are workday.Date; a phone is that of an office, never of a person.
type Field struct {
	Code     string   // catalog key notice.field.<code>
	Type     string   // text, lines, whole, money, date, choice, percent, phone
	Options  []string // of choice; catalog key notice.choice.<field>.<option>
	Required bool
	Max      int // characters
}

func line(code string) Field  { return asked(code, "text", 100) }
func prose(code string) Field { return asked(code, "lines", 1000) }
func phone(code string) Field { return asked(code, "phone", 30) }
func asked(code, kind string, max int) Field {
	return Field{Code: code, Type: kind, Required: true, Max: max}
}

func oneOf(code string, options ...string) Field {
	return Field{Code: code, Type: "choice", Options: options, Required: true, Max: 20}
}

// with adds what every notice asks for (DOMAIN §7: 意见受理单位、电话、地址,
// 监督举报电话).
func with(own ...Field) []Field {
	return append(own, line("contact_unit"), phone("contact_phone"), line("contact_address"), phone("report_phone"))
}

var anyLevel = []region.Level{region.City, region.County, region.Town, region.Village}

// kinds is DOMAIN §7 as data. Publishers sit in counties, towns and project units
// (DESIGN §1), so that a town writes down what its villages decided: it may
// publish what is of the level of a village. Meeting, attendance and numbers of
// households are asked for with the minutes and counted from the rows.
var kinds = []Kind{
	{
		Code: "LIST_VILLAGE", Levels: []region.Level{region.Village, region.Town}, MinDays: 7, Personal: true,
		Rule: "notice.list", Roll: roll.Households, Stage: roll.Village,
		Fields: with(prose("objection_channel")),
		Basis:  "贫困户识别程序：村民代表大会民主评议、村委会和驻村工作队核实后第一次公示，通行做法不少于7日。扶贫资金项目公告公示制度：名单自确定之日起20个工作日内公布。",
	},
	{
		Code: "LIST_TOWN", Levels: []region.Level{region.Town}, MinDays: 7, Personal: true,
		Rule: "notice.list", Roll: roll.Households, Stage: roll.Town,
		Fields: with(asked("sample_share", "percent", 5), prose("objection_channel")),
		Basis:  "贫困户识别程序：乡镇审核后第二次公示，在各村张贴，通行做法不少于7日。扶贫资金项目公告公示制度：名单自确定之日起20个工作日内公布。",
	},
	{
		Code: "LIST_COUNTY", Levels: []region.Level{region.County}, MinDays: 7, Announcement: true, Personal: true, CountsOnly: true,
		Rule: "notice.list", Roll: roll.Households, Stage: roll.County,
		Fields: with(),
		Basis:  "贫困户识别程序：县扶贫办复审后在各村公告；姓名只在村里的公示栏写全。公告期不少于7日是本系统的规定。",
	},
	{
		Code: "EXIT_VILLAGE", Levels: []region.Level{region.Village, region.Town}, MinDays: 7, Personal: true,
		Rule: "notice.list", Roll: roll.Exits, Stage: roll.Village,
		Fields: with(asked("exit_year", "whole", 4), prose("objection_channel")),
		Basis:  "贫困户退出程序：民主评议、核实、本户认可后在村内公示，不少于一周。",
	},
	{
		Code: "EXIT_ANN", Levels: []region.Level{region.County, region.Village, region.Town}, MinDays: 7, Announcement: true, Personal: true,
		Rule: "notice.list", Roll: roll.Exits, Stage: roll.County,
		Fields: with(line("approved_by"), asked("approved_on", "date", len("2006-01-02"))),
		Basis:  "贫困户退出程序：公示无异议后公告退出。公告期不少于7日是本系统的规定。",
	},
	{
		Code: "FUND_ALLOC", Levels: anyLevel, BoardDays: 10, Announcement: true,
		Rule: "notice.fund", Roll: roll.Allocation, Stage: roll.Final, Fund: true,
		Fields: with(prose("fund_use"), prose("fund_principle")),
		Basis:  "扶贫资金项目公告公示制度：资金分配结果自分配之日起15个工作日内公告。公告公示指导意见第四条：市、县在网上长期公开，乡镇、村和项目单位在固定公示栏公开，原则上不少于10日。",
	},
	{
		Code: "ANNUAL_PLAN", Levels: []region.Level{region.County, region.Town, region.Village}, BoardDays: 10,
		Rule: "notice.plan", Roll: roll.Projects, Stage: roll.Final,
		Fields: with(oneOf("plan_phase", "arranged", "completed")),
		Basis:  "扶贫资金项目公告公示制度：年度资金项目计划自形成之日起20个工作日内公布。公告公示指导意见第四条：县级在网上长期公开，乡镇、村原则上不少于10日。",
	},
	{
		Code: "PROJECT_LIB", Levels: []region.Level{region.Village, region.Town, region.County}, MinDays: 10,
		Roll: roll.Projects, Stage: roll.Final,
		Fields: with(),
		Basis:  "项目库管理要求：入库前由村、乡镇、县逐级公示。公告公示指导意见第四条：原则上不少于10日。",
	},
	{
		Code: "PROJECT_PRE", Levels: anyLevel, MinDays: 10,
		Fields: with(line("project_name"), prose("funding"), prose("works"), line("works_period"), line("owner_unit"),
			line("owner_person"), line("builder_unit"), line("builder_person"), prose("bidding"), prose("beneficiaries")),
		Basis: "谁使用谁公开：开工前由实施单位在实施地公示。公告公示指导意见第四条：原则上不少于10日。",
	},
	{
		Code: "PROJECT_DONE", Levels: anyLevel, MinDays: 10, Announcement: true,
		Fields: with(prose("fund_spent"), prose("works_result"), prose("acceptance"), prose("performance")),
		Basis:  "谁使用谁公开：竣工验收后由实施单位公告，公示牌长期保留。公告公示指导意见第四条：原则上不少于10日。",
	},
	{
		Code: "SUBSIDY_ROSTER", Levels: []region.Level{region.Village, region.Town}, MinDays: 7, Personal: true,
		Roll: roll.Payments, Stage: roll.Final,
		Fields: with(line("programme"), prose("standard"), line("batch")),
		Basis:  "到户补贴、补助发放前在村内公示，通行做法不少于7日；不写身份证号、卡号、电话。",
	},
	{
		Code: "CIRCULAR_PUB", Levels: []region.Level{region.City, region.County}, Announcement: true,
		Fields: with(line("addressee"), line("covered"), prose("situation"), oneOf("verdict", "praise", "criticism", "both"),
			prose("demands"), line("deadline")),
		Basis: "督查通报的公开版。公告公示指导意见第四条：市、县在网上长期公开。",
	},
	{
		Code: "RESULT_PUB", Levels: []region.Level{region.City, region.County, region.Town}, MinDays: 10, Announcement: true,
		Rule:   "notice.result",
		Fields: with(line("problem_kind"), prose("found"), prose("handled")),
		Basis:  "办结后由办理单位公开，不写个人信息，地点只写到乡镇。公告公示指导意见第四条：原则上不少于10日。20个工作日是本系统内部时限。",
	},
	{
		Code: "POLICY", Levels: []region.Level{region.City, region.County, region.Town}, Announcement: true,
		Rule:   "notice.plan",
		Fields: with(),
		Basis:  "扶贫资金项目公告公示制度：政策文件自形成之日起20个工作日内公布。公告公示指导意见第四条：在网上长期公开。",
	},
	{
		Code: "CORRECTION", Levels: anyLevel, Announcement: true,
		Fields: with(line("original_number"), prose("corrected"), prose("correction_reason")),
		Basis:  "公布后改动，另发更正公告并指向原公告；级别、期限与原公告相同。",
	},
}

// Kinds lists the fifteen in the order forms show them.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindOf returns the kind of a code.
func KindOf(code string) (Kind, bool) {
	at := slices.IndexFunc(kinds, func(k Kind) bool { return k.Code == code })
	if at < 0 {
		return Kind{}, false
	}
	return kinds[at], true
}

// personal lists the kinds that name people: they leave the web when their days
// are over (DOMAIN §7).
func personal() []string { return codes(func(k Kind) bool { return k.Personal }) }

// inviting lists the kinds that invite objections.
func inviting() []string { return codes(func(k Kind) bool { return !k.Announcement }) }

func codes(which func(Kind) bool) []string {
	var out []string
	for _, k := range kinds {
		if which(k) {
			out = append(out, k.Code)
		}
	}
	return out
}

// FirstEnd is the earliest last day of a notice of an office of that level that
// begins on start; "" when it stands for the long term.
func (k Kind) FirstEnd(level region.Level, start workday.Date) workday.Date {
	days := k.MinDaysFor(level)
	if days == 0 {
		return ""
	}
	return workday.PublicityEnd(start, days)
}
