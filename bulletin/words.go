package bulletin

import (
	"fmt"
	"slices"
	"strings"

	"minsheng/internal/step"
)

// Section of a report; catalog key bulletin.section.<code>.
type Section string

// Sections in their order. Inspecting, Rectifying and Accounting are there only
// when the rooms that know of them are.
const (
	Overview    Section = "overview"
	Handling    Section = "handling"
	Supervising Section = "supervising"
	Inspecting  Section = "inspecting"
	Rectifying  Section = "rectifying"
	Accounting  Section = "accounting"
	Problems    Section = "problems"
	Plans       Section = "plans"
)

// AllSections lists all that a report can have.
func AllSections() []Section {
	return []Section{Overview, Handling, Supervising, Inspecting, Rectifying, Accounting, Problems, Plans}
}

// Sections lists those of a report with these numbers.
func (n Numbers) Sections() []Section {
	all := []Section{Overview, Handling, Supervising}
	if n.Inspections != nil {
		all = append(all, Inspecting)
	}
	if n.Orders != nil {
		all = append(all, Rectifying)
	}
	if n.Measures != nil {
		all = append(all, Accounting)
	}
	return append(all, Problems, Plans)
}

// Words are what people wrote, by section.
type Words map[Section]string

const mostWords = 3000 // characters of a section

// fit tidies words; whole asks for every section.
func (w Words) fit(sections []Section, whole bool) (Words, error) {
	var f step.Form
	out := Words{}
	for _, s := range sections {
		least := 0
		if whole {
			least = 4
		}
		out[s] = f.Text(string(s), w[s], least, mostWords, "bulletin_words")
	}
	return out, f.Err()
}

// suggest writes the first words of every section from the numbers; people go on
// from there.
func suggest(p Period, n Numbers) Words {
	w := Words{Overview: n.overview(p), Plans: ""}
	due, kept, missed, extended := int64(0), int64(0), int64(0), int64(0)
	for _, o := range n.Offices {
		due, kept, missed, extended = due+o.Due, kept+o.Kept, missed+o.Missed, extended+o.Extended
	}
	w[Handling] = fmt.Sprintf("应答复%d件，按期答复%d件，经批准延期%d件，逾期%d件，按期率%s。", due, kept, extended, missed, Share(share(kept, due)))
	if due == 0 {
		w[Handling] = "本期没有到期要答复的事项。"
	}
	var red int64
	for _, i := range n.Items {
		red += i.Red
	}
	w[Supervising] = fmt.Sprintf("交办督查事项%d件，销号%d件，目前红牌%d件。", n.value("issued"), n.value("struck_off"), red)
	if n.Inspections != nil {
		w[Inspecting] = n.Inspections.inWords()
	}
	if n.Orders != nil {
		w[Rectifying] = fmt.Sprintf("下达整改通知%d份，销号%d份，追回资金%s元，退还群众%s元。", n.Orders.Issued, n.Orders.StruckOff, Amount(n.Orders.RecoveredFen), Amount(n.Orders.ReturnedFen))
	}
	if n.Measures != nil {
		w[Accounting] = n.accounted()
	}
	w[Problems] = n.problems()
	return w
}

func (n Numbers) value(code string) int64 {
	i := slices.IndexFunc(n.Lines, func(l Number) bool { return l.Code == code })
	if i < 0 {
		return 0
	}
	return n.Lines[i].Now
}

func (n Numbers) overview(p Period) string {
	i := slices.IndexFunc(n.Lines, func(l Number) bool { return l.Code == "reports" })
	compared := ""
	if i >= 0 {
		compared = "，" + against("上期", n.Lines[i].Now-n.Lines[i].Before) + "，" + against("去年同期", n.Lines[i].Now-n.Lines[i].LastYear)
	}
	return fmt.Sprintf("%s共收到群众反映%d件次%s；受理%d件，办结%d件。", p.Chinese(), n.value("reports"), compared, n.value("accepted"), n.value("closed"))
}

func against(what string, more int64) string {
	switch {
	case more > 0:
		return fmt.Sprintf("比%s多%d件次", what, more)
	case more < 0:
		return fmt.Sprintf("比%s少%d件次", what, -more)
	}
	return "与" + what + "持平"
}

func (s InspectionSums) inWords() string {
	said := fmt.Sprintf("年度计划安排本期督查%d次；实际开展督查%d次，其中计划内%d次。", s.InPlan, s.Carried, s.CarriedPlan)
	if len(s.Findings) == 0 {
		return said + "本期没有下发督查发现。"
	}
	var found int64
	var parts []string
	for i, f := range s.Findings {
		found += f.N
		if i < 3 {
			parts = append(parts, fmt.Sprintf("%s（%d个）", f.Name, f.N))
		}
	}
	return said + fmt.Sprintf("下发督查发现%d个，较多的是：%s。", found, strings.Join(parts, "、"))
}

func (n Numbers) accounted() string {
	if len(n.Measures) == 0 {
		return "本期没有追责情况。"
	}
	var parts []string
	for _, m := range n.Measures {
		parts = append(parts, fmt.Sprintf("%s%d次", m.Name, m.N))
	}
	return "采取追责措施：" + strings.Join(parts, "，") + "。"
}

// problems are the facts that call for words: who was late most, who did nothing,
// what came again.
func (n Numbers) problems() string {
	var lines []string
	late := slices.DeleteFunc(slices.Clone(n.Offices), func(o Handled) bool { return o.Missed == 0 })
	slices.SortStableFunc(late, func(a, b Handled) int { return int(b.Missed - a.Missed) })
	var names []string
	for _, o := range late[:min(3, len(late))] {
		names = append(names, fmt.Sprintf("%s（%d件）", o.Name, o.Missed))
	}
	if len(names) > 0 {
		lines = append(lines, "逾期答复较多的单位："+strings.Join(names, "、")+"。")
	}
	names = nil
	for _, o := range n.Offices {
		if o.Received > 0 && o.Closed == 0 && o.Kept == 0 {
			names = append(names, o.Name)
		}
	}
	if len(names) > 0 {
		lines = append(lines, "本期收件后没有答复、没有办结的单位："+strings.Join(names, "、")+"。")
	}
	if n.Repeats > 0 {
		lines = append(lines, fmt.Sprintf("办结后90天内同村同类再次反映%d件。", n.Repeats))
	}
	return strings.Join(lines, "\n")
}

// Amount writes fen as yuan without separators, as papers do.
func Amount(fen int64) string {
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

// Bar draws thousandths in ten squares, which every office program has.
func Bar(n int64) string {
	full := int(min(max(n+50, 0), 1000) / 100)
	if n < 0 {
		return ""
	}
	return strings.Repeat("■", full) + strings.Repeat("□", 10-full)
}
