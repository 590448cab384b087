package inspection

import (
	"strconv"
	"strings"

	"minsheng/internal/workday"
	"minsheng/paper"
)

// What papers say of forms.
var inWriting = map[Form]string{PeriodicReport: "县区定期上报", Onsite: "现场检查"}

// noticed is what a notice of inspection (督查通知书) is composed from, beside the
// inspection itself.
type noticed struct {
	To      string // inspected office
	Leader  string
	Members []string
}

// noticeContent composes a notice of inspection. What is not there yet is said in
// words, so that no line of the paper stands empty.
func noticeContent(i Inspection, n noticed) paper.Content {
	return paper.Content{Fields: map[string]string{
		"主送单位": n.To, "督查依据": i.Basis, "督查时间": onPaper(i.StartsOn, i.EndsOn), "督查内容": i.Focus, "督查方式": inWriting[i.Form],
		"组长": n.Leader, "成员": orElse(strings.Join(n.Members, "、"), "无"), "准备材料": "另行通知", "联系人": orElse(i.Contact, n.Leader),
	}}
}

// reported is what a report of inspection (督查报告, Art. 17) is composed from,
// beside the inspection itself.
type reported struct {
	noticed
	Above     string // to whom it goes
	Exchanged workday.Date
	Leaders   []string // of the inspected office
	Agreed    bool
	Findings  []Finding
}

// reportContent composes a report of inspection, with the opinion of the inspected
// office beside each finding (Art. 16).
func reportContent(i Inspection, r reported) paper.Content {
	agreed := "无不同意见。"
	if !r.Agreed {
		agreed = "有不同意见，见各条所附单位意见。"
	}
	c := paper.Content{
		Fields: map[string]string{
			"主送单位":   r.Above,
			"督查概况":   onPaper(i.StartsOn, i.EndsOn) + "，根据" + i.Basis + "，由" + r.Leader + "任组长，对" + r.To + "开展督查（" + i.Number + "）。督查内容：" + i.Focus + "。",
			"督查方式":   inWriting[i.Form],
			"总体评价":   "发现问题" + strconv.Itoa(len(r.Findings)) + "个。",
			"交换意见情况": onPaper(r.Exchanged, r.Exchanged) + "与" + strings.Join(r.Leaders, "、") + "交换意见，" + agreed,
		},
		Lists: map[string][]map[string]string{},
	}
	for _, f := range r.Findings {
		c.Lists["发现"] = append(c.Lists["发现"], map[string]string{
			"序号": strconv.Itoa(f.N), "问题": f.Facts, "依据条款": f.Basis, "佐证编号": i.Number + " 发现" + strconv.Itoa(f.N), "单位意见": opinionOn(f.Remarks),
		})
	}
	return c
}

// opinionOn is what the inspected office said to a finding, in its own words.
func opinionOn(remarks []Remark) string {
	var said []string
	for _, r := range remarks {
		if r.Kind != "correction" && r.Words != "" {
			said = append(said, r.Words)
		}
	}
	return orElse(strings.Join(said, "；"), "无异议")
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
