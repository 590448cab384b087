package triage

import (
	"strconv"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// Issue writes a paper about a complaint, for a step that DraftedBy proposed and
// by, a second person, has approved, and returns its number. Kind, Unit (the office
// that decides), DraftedBy and Content say which. No paper is written, and the
// number is "", when the officer belongs to another office (one above may approve
// what this one proposed, but does not write in its name), or when the office has
// no mark for documents.
func (q *Queue) Issue(tx *gorm.DB, by staff.Officer, c intake.Complaint, d paper.Draft) (string, error) {
	d, ok := q.paperOf(by, c, d)
	if !ok {
		return "", nil
	}
	p, err := q.papers.Issue(tx, by, d)
	return p.Number, err
}

// draftPaper is Issue for what one person does alone: somebody else signs it.
func (q *Queue) draftPaper(tx *gorm.DB, by staff.Officer, c intake.Complaint, k paper.Kind, content paper.Content) error {
	d, ok := q.paperOf(by, c, paper.Draft{Kind: k, Unit: c.DeskUnitID, Content: content})
	if !ok {
		return nil
	}
	_, err := q.papers.Put(tx, by, d)
	return err
}

func (q *Queue) paperOf(by staff.Officer, c intake.Complaint, d paper.Draft) (paper.Draft, bool) {
	unit, err := q.atlas.Unit(d.Unit)
	form, known := paper.FormOf(d.Kind)
	if q.papers == nil || err != nil || !known || unit.DocMark == "" || by.UnitID != d.Unit || !by.May(staff.WritePapers) {
		return d, false
	}
	d.Subject, d.SubjectID, d.Title = ledger.OfComplaint, c.ID, "关于"+c.PlaceName+"反映事项的"+form.Name
	return d, true
}

// matter is what papers call the thing that was reported: the office's summary, or
// place and kind where several people reported it and each gets the same paper.
func (q *Queue) matter(db *gorm.DB, c intake.Complaint) (string, error) {
	everybody, err := withMerged(db, &c)
	if c.Summary != "" && len(everybody) == 1 {
		return c.Summary, err
	}
	return c.PlaceName + "：" + q.tell("zh-CN", "kind."+string(c.Kind)), err
}

// What papers say of an outcome.
var inWriting = map[intake.Outcome]string{
	intake.Substantiated: "属实", intake.Partly: "部分属实", intake.Unsubstantiated: "不属实", intake.Unverifiable: "无法查清",
}

// OutcomeInWriting is what papers say of an outcome.
func OutcomeInWriting(o intake.Outcome) string { return inWriting[o] }

// Basis of papers that no officer writes one for (Regulation on letters and visits,
// 2022).
const (
	acceptBasis  = "《信访工作条例》：自受理之日起60日内办结；情况复杂的，可以延长，不超过30日"
	declineBasis = "《信访工作条例》：不属于本单位职权范围的，不予受理并告知向有权处理的机关、单位提出"
	repeatBasis  = "《信访工作条例》：对复核意见不服，仍以同一事实和理由提出请求的，不再受理"
)

func acceptanceContent(c intake.Complaint, matter string, accepted, due workday.Date) paper.Content {
	return paper.Content{Fields: map[string]string{
		"收到日期": day(c), "反映事项": matter, "受理日期": paper.Day(accepted), "办理期限": paper.Day(due), "期限依据": acceptBasis,
		"查询方式": "在本系统“查办理进度”中输入查询码，可以查看办理情况和答复。",
	}}
}

func nonAcceptanceContent(c intake.Complaint, matter, reason, basis, where string) paper.Content {
	return paper.Content{Fields: map[string]string{"收到日期": day(c), "反映事项": matter, "不予受理理由": reason, "依据": basis, "应向何处反映": where}}
}

func transferContent(c intake.Complaint, matter, to, reason string, on workday.Date) paper.Content {
	if to == "" {
		to = "有权处理的机关、单位"
	}
	return paper.Content{Fields: map[string]string{"收到日期": day(c), "反映事项": matter, "转送单位": to, "转送日期": paper.Day(on), "转送理由": reason}}
}

func extensionContent(matter, office, reason string, before, after workday.Date) paper.Content {
	return paper.Content{Fields: map[string]string{
		"反映事项": matter, "原办理期限": paper.Day(before), "延长后期限": paper.Day(after), "延期理由": reason, "批准单位": office,
	}}
}

// LetterContent fills a decision letter (处理意见书): what was found about each
// demand, on which basis, what is done, and what right remains.
func LetterContent(l Letter, matter, right string) paper.Content {
	return paper.Content{
		Fields: map[string]string{"反映事项": matter, "受理日期": paper.Day(l.Accepted), "总体结论": "反映的情况" + inWriting[l.Outcome] + "。", "复查权利": right},
		Lists:  map[string][]map[string]string{"诉求": PartsInWriting(l.Parts)},
	}
}

// PartsInWriting are the parts of an answer as papers list them.
func PartsInWriting(parts []intake.LetterPart) (rows []map[string]string) {
	for _, p := range parts {
		rows = append(rows, map[string]string{
			"序号": numeral(p.N), "诉求": p.Demand, "认定事实": p.Facts, "依据": p.Basis, "结论": inWriting[p.Result], "处理意见": p.Done,
		})
	}
	return rows
}

func day(c intake.Complaint) string { return paper.Day(workday.On(c.ReceivedAt)) }

// numeral writes a number from 1 to 99 as papers count: 三, 十, 二十一.
func numeral(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n%10]
	}
	return digits[n/10] + "十" + digits[n%10]
}
