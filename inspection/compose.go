package inspection

import (
	"strconv"
	"strings"

	"minsheng/internal/workday"
)

// Content is what a paper of this room says, as data: fields by the names that
// templates have for them, and lists whose rows repeat. It has the shape of what
// the press takes.
type Content struct {
	Fields map[string]string
	Lists  map[string][]map[string]string
}

// Notice is what a notice of inspection (督查通知书, DOMAIN §8.3) is composed from.
type Notice struct {
	To        string // inspected office
	Basis     string
	From, Til workday.Date
	Focus     string
	Form      string   // in words
	Methods   []string // in words; those of Art. 15 that are meant
	Leader    string
	Members   []string
	Materials []AskedPaper
	Contact   string
}

// AskedPaper is a document that the inspected office is to have ready.
type AskedPaper struct {
	What string
	Due  workday.Date
}

// NoticeContent composes a notice of inspection. What is not there yet is said in
// words, so that no line of the paper stands empty.
func NoticeContent(n Notice) Content {
	how := n.Form
	if len(n.Methods) > 0 {
		how += "：" + strings.Join(n.Methods, "、")
	}
	c := Content{
		Fields: map[string]string{
			"主送单位": n.To, "督查依据": n.Basis, "督查时间": onPaper(n.From, n.Til), "督查内容": n.Focus, "督查方式": how,
			"组长": n.Leader, "成员": orElse(strings.Join(n.Members, "、"), "无"), "准备材料": "另行通知", "联系人": orElse(n.Contact, n.Leader),
		},
		Lists: map[string][]map[string]string{"材料清单": {}},
	}
	var lines []string
	for i, m := range n.Materials {
		lines = append(lines, strconv.Itoa(i+1)+". "+m.What+"（"+onPaper(m.Due, m.Due)+"前）")
		c.Lists["材料清单"] = append(c.Lists["材料清单"], map[string]string{"序号": strconv.Itoa(i + 1), "材料": m.What, "期限": onPaper(m.Due, m.Due)})
	}
	if len(lines) > 0 {
		c.Fields["准备材料"] = strings.Join(lines, "\n")
	}
	return c
}

// Report is what a report of inspection (督查报告, Art. 17) is composed from.
type Report struct {
	Number    string
	Target    string
	Basis     string
	From, Til workday.Date
	Focus     string
	Leader    string
	Members   []string
	Done      []string // methods in words, with how often
	Exchanged workday.Date
	Leaders   []string // of the inspected office
	Agreed    string   // in words
	Missing   []string // materials that were refused, with what was said
	Findings  []FoundPaper
}

// FoundPaper is a finding on paper.
type FoundPaper struct {
	Clause      string // in words
	Facts       string
	Basis       string
	Severity    string // in words
	Households  int
	Amount      string // in yuan
	Requirement string
	Opinion     string // of the inspected office
}

// ReportContent composes a report of inspection.
func ReportContent(r Report) Content {
	c := Content{
		Fields: map[string]string{
			"督查编号": r.Number, "被督查单位": r.Target, "督查依据": r.Basis, "督查时间": onPaper(r.From, r.Til), "督查内容": r.Focus,
			"组长": r.Leader, "成员": orElse(strings.Join(r.Members, "、"), "无"), "督查方式": orElse(strings.Join(r.Done, "；"), "无"),
			"交换意见情况": onPaper(r.Exchanged, r.Exchanged) + "与" + strings.Join(r.Leaders, "、") + "交换意见，" + r.Agreed,
			"未提供材料":  orElse(strings.Join(r.Missing, "\n"), "无"), "发现问题数": strconv.Itoa(len(r.Findings)),
		},
		Lists: map[string][]map[string]string{"发现问题": {}},
	}
	for i, f := range r.Findings {
		c.Lists["发现问题"] = append(c.Lists["发现问题"], map[string]string{
			"序号": strconv.Itoa(i + 1), "对应条款": f.Clause, "事实": f.Facts, "依据": f.Basis, "程度": f.Severity, "涉及户数": strconv.Itoa(f.Households),
			"涉及金额": f.Amount, "整改要求": f.Requirement, "单位意见": orElse(f.Opinion, "无异议"),
		})
	}
	return c
}

// onPaper writes a stretch of days as papers do: 2026年3月2日至5日.
func onPaper(from, til workday.Date) string {
	const whole = "2006年1月2日"
	if from == "" {
		return ""
	}
	a, b := from.Time(), til.Time()
	switch {
	case from == til:
		return a.Format(whole)
	case a.Year() == b.Year() && a.Month() == b.Month():
		return a.Format(whole) + "至" + b.Format("2日")
	case a.Year() == b.Year():
		return a.Format(whole) + "至" + b.Format("1月2日")
	}
	return a.Format(whole) + "至" + b.Format(whole)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
