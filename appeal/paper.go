package appeal

import (
	"strings"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

// issue writes what was decided on paper and returns its number.
func (d *Desk) issue(tx *gorm.DB, by staff.Officer, c intake.Complaint, a row, l triage.Letter) (string, error) {
	before, err := d.Intake.Letters(tx, staff.Officer{}, c.ID)
	if err != nil || len(before) == 0 {
		return "", err
	}
	right := d.Triage.RightWords("zh-CN", l)
	draft := paper.Draft{Kind: paper.ReviewDecision, Unit: a.DeskUnitID, DraftedBy: *a.ProposedBy}
	if a.Level == intake.OfReview {
		draft.Content = reviewContent(before[0], l, right)
		return d.Triage.Issue(tx, by, c, draft)
	}
	pauses, err := d.Clocks.PausesIn(tx, c.ID)
	if err != nil {
		return "", err
	}
	draft.Kind, draft.Content = paper.ReexamDecision, reexamContent(before[0], l, since(pauses, a.AskedAt), right)
	return d.Triage.Issue(tx, by, c, draft)
}

// reviewContent fills a review decision (复查意见书). What the reporter wrote
// stays with the office that reads it: everybody whose report is handled as the
// same case gets this paper.
func reviewContent(before, l triage.Letter, right string) paper.Content {
	return paper.Content{Fields: map[string]string{
		"原处理单位": before.Office, "原处理意见": cited(before), "复查请求": "对上述处理意见不服，请求复查。",
		"复查认定": l.Facts, "依据": l.Basis, "复查意见": opinion(l, "处理意见"), "复核权利": right,
	}}
}

// reexamContent fills a re-examination decision (复核意见书).
func reexamContent(before, l triage.Letter, hearings []clock.Pause, final string) paper.Content {
	var heard []string
	for _, h := range hearings {
		span := paper.Day(h.FirstOn)
		if h.LastOn != h.FirstOn {
			span += "至" + paper.Day(h.LastOn)
		}
		heard = append(heard, "于"+span+"举行听证，听证时间不计入办理期限。")
	}
	return paper.Content{Fields: map[string]string{
		"原复查单位": before.Office, "原复查意见": cited(before), "复核请求": "对上述复查意见不服，请求复核。", "听证情况": strings.Join(heard, "\n"),
		"复核认定": l.Facts, "依据": l.Basis, "复核意见": opinion(l, "复查意见"), "终结说明": final,
	}}
}

// cited is how a paper names an earlier letter: by its number, or by day.
func cited(l triage.Letter) string {
	if l.Number != "" {
		return l.Number
	}
	return paper.Day(l.On) + "作出"
}

// opinion is the ruling in writing, with the new answer when it changes the old.
func opinion(l triage.Letter, what string) string {
	if l.Ruling != Changed {
		return "维持原" + what + "。"
	}
	lines := []string{"变更原" + what + "：反映的情况" + triage.OutcomeInWriting(l.Outcome) + "。"}
	for _, p := range triage.PartsInWriting(l.Parts) {
		line := "第" + p["序号"] + "项" + p["诉求"] + "：" + p["结论"] + "。认定的事实：" + p["认定事实"] + "依据：" + p["依据"] + "。"
		if p["处理意见"] != "" {
			line += "处理：" + p["处理意见"]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
