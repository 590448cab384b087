package roll

import (
	"slices"
	"strings"

	"minsheng/internal/sheet"
)

// Fields lists the columns of a kind in order, as sheets and forms ask for
// them (DOMAIN §7). Codes label, team, people, amount, place are columns of Row;
// the others are Cells: a yes_no as yes or no, a money in fen, the rest as text.
func Fields(k Kind) []sheet.Field {
	switch k {
	case Households:
		return []sheet.Field{household(), team(), people(), cause(), village(), note()}
	case Exits:
		return []sheet.Field{household(), team(), people(), agreed(), village(), note()}
	case Payments:
		return payments()
	case Allocation:
		return allocation()
	case Projects:
		return projects()
	}
	return nil
}

// Causes are the broad classes of why a household is poor. They are never
// shown on the web, and on the village board only as a class (DOMAIN §7).
func Causes() []string {
	return []string{"illness", "disability", "schooling", "disaster", "land", "technology", "labour", "money", "traffic", "other"}
}

// causeOf finds the class of what an office wrote; what fits none is "other".
func causeOf(text string) string {
	if slices.Contains(Causes(), text) {
		return text
	}
	for _, c := range []struct{ code, words string }{
		{"illness", "病"}, {"disability", "残"}, {"schooling", "学 教育"}, {"disaster", "灾"},
		{"land", "土地 缺地 耕地"}, {"technology", "技术 技能"}, {"labour", "劳"}, {"money", "资金 缺钱 本钱"}, {"traffic", "交通 道路"},
	} {
		if slices.ContainsFunc(strings.Fields(c.words), func(word string) bool { return strings.Contains(text, word) }) {
			return c.code
		}
	}
	return "other"
}

func household() sheet.Field {
	return sheet.Field{Code: "label", Type: sheet.Text, Required: true, Max: 50, Names: []string{
		"户主", "户主姓名", "姓名", "户主名字", "户主名", "贫困户", "贫困户姓名", "贫困户户主", "农户姓名", "家庭户主", "householder", "name"}}
}

func team() sheet.Field {
	return sheet.Field{Code: "team", Type: sheet.Text, Max: 20, Names: []string{
		"组", "村民组", "村民小组", "小组", "组别", "所在组", "屯", "自然屯", "自然村", "村组", "组名", "team"}}
}

func people() sheet.Field {
	return sheet.Field{Code: "people", Type: sheet.Whole, Required: true, Names: []string{
		"人口", "人口数", "家庭人口", "家庭人口数", "人数", "户人口", "户内人口", "家庭成员数", "在册人口", "贫困人口", "贫困人口数", "享受人口", "人", "people"}}
}

func cause() sheet.Field {
	return sheet.Field{Code: "cause", Type: sheet.Text, Names: []string{
		"致贫原因", "主要致贫原因", "致贫原因大类", "贫困原因", "主要原因", "原因", "cause"}}
}

func agreed() sheet.Field {
	return sheet.Field{Code: "agreed", Type: sheet.YesNo, Required: true, Names: []string{
		"户认可签字", "户主认可签字", "认可签字", "是否认可", "是否签字", "户主签字", "本人签字", "农户签字", "是否同意", "同意退出", "是否同意退出", "签字", "agreed"}}
}

func village() sheet.Field {
	return sheet.Field{Code: "place", Type: sheet.Text, Names: []string{
		"村", "村名", "行政村", "所在村", "村名称", "村委会", "所属村", "村屯", "村别", "住址", "村庄", "village"}}
}

func note() sheet.Field {
	return sheet.Field{Code: "note", Type: sheet.Text, Max: 200, Names: []string{"备注", "说明", "其他说明", "附注", "注", "note"}}
}

func amount(required bool, names ...string) sheet.Field {
	return sheet.Field{Code: "amount", Type: sheet.Money, Required: required, Names: append([]string{"金额", "amount"}, names...)}
}

func payments() []sheet.Field {
	who := household()
	who.Names = append(who.Names, "领取人", "领款人", "受益人", "补贴对象", "补助对象", "发放对象", "享受人姓名", "收款人")
	return []sheet.Field{
		who, team(),
		{Code: "programme", Type: sheet.Text, Names: []string{"补贴项目", "补助项目", "项目", "项目名称", "资金项目", "补贴名称", "补助名称", "资金名称", "programme"}},
		{Code: "standard", Type: sheet.Text, Names: []string{"标准", "补贴标准", "补助标准", "发放标准", "每亩标准", "单价", "standard"}},
		amount(true, "补助金额", "补贴金额", "发放金额", "金额合计", "补助资金", "补贴资金", "应发金额", "实发金额", "兑付金额", "发放资金", "补助款", "补贴款", "合计金额"),
		{Code: "batch", Type: sheet.Text, Names: []string{"批次", "发放批次", "期次", "季度", "发放期", "batch"}},
		village(), note(),
	}
}

func allocation() []sheet.Field {
	return []sheet.Field{
		{Code: "unit", Type: sheet.Text, Names: []string{"单位", "资金使用单位", "用款单位", "接收单位", "分配单位", "县区", "乡镇", "乡镇街道", "unit"}},
		{Code: "label", Type: sheet.Text, Required: true, Max: 200, Names: []string{"项目", "项目名称", "工程名称", "名称", "资金项目", "project"}},
		where(),
		{Code: "content", Type: sheet.Text, Max: 500, Names: []string{"内容", "建设内容", "项目内容", "实施内容", "建设内容及规模", "建设规模", "用途", "资金用途", "content"}},
		amount(true, "分配金额", "资金额度", "资金", "下达金额", "安排资金", "安排金额", "下达资金", "财政资金", "资金规模", "资金数额", "投资额", "拨付金额", "额度"),
		{Code: "responsible", Type: sheet.Text, Names: []string{"责任单位", "实施单位", "项目单位", "负责单位", "主管单位", "主管部门", "responsible"}},
		{Code: "note", Type: sheet.Text, Max: 200, Names: []string{"备注", "说明", "附注", "note"}},
	}
}

func where() sheet.Field {
	return sheet.Field{Code: "place", Type: sheet.Text, Max: 200, Names: []string{
		"地点", "实施地点", "建设地点", "项目地点", "项目实施地点", "村", "行政村", "乡镇村", "所在地", "项目所在地", "place"}}
}

// projects are the columns of the library (安徽 2018) and of the yearly plan.
func projects() []sheet.Field {
	text := func(code string, most int, names ...string) sheet.Field {
		return sheet.Field{Code: code, Type: sheet.Text, Max: most, Names: append(names, code)}
	}
	return []sheet.Field{
		{Code: "label", Type: sheet.Text, Required: true, Max: 200, Names: []string{"项目名称", "项目", "名称", "工程名称", "project"}},
		text("category", 100, "类别", "项目类别", "项目类型", "类型", "项目种类"),
		text("nature", 50, "建设性质", "性质", "项目性质"),
		where(),
		text("period", 100, "时间进度", "实施期限", "实施时间", "建设期限", "建设工期", "工期", "起止时间", "完成时限", "进度安排", "计划完成时间", "实施进度"),
		text("unit", 100, "实施单位", "项目实施单位", "建设单位", "承担单位"),
		text("responsible", 100, "责任单位", "主管部门", "主管单位", "项目主管部门", "行业主管部门"),
		text("person", 50, "责任人", "项目负责人", "负责人", "联系人"),
		text("task", 500, "建设任务", "建设内容", "建设内容及规模", "建设规模", "实施内容", "主要建设内容", "项目内容"),
		text("standard", 200, "补助标准", "标准", "补贴标准"),
		amount(true, "资金规模", "资金规模和筹资方式", "投资规模", "总投资", "项目总投资", "概算投资", "预算资金", "资金", "计划投资", "投资", "投资额", "资金总额", "项目资金"),
		text("source", 200, "资金来源", "筹资方式", "资金来源及规模", "资金筹措方式", "资金筹措", "资金构成"),
		text("beneficiaries", 300, "受益对象", "受益人口", "受益户数", "受益范围", "受益贫困户", "受益群众"),
		text("goals", 500, "绩效目标", "预期效益", "绩效", "项目绩效目标"),
		text("mechanism", 500, "带贫减贫机制", "群众参与和带贫减贫机制", "群众参与", "利益联结机制", "带贫机制", "联农带农机制"),
		{Code: "note", Type: sheet.Text, Max: 200, Names: []string{"备注", "说明", "附注", "note"}},
	}
}
