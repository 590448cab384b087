package accountability

import (
	"strings"

	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

const (
	theMeasures = "《盘锦市精准扶贫督查追责办法（试行）》"
	numerals    = "一二三四五六七"
)

// names says what papers call the measures, roles and bodies: papers are in
// Chinese, whatever the reader of a page chose.
var names = map[Code]string{
	Rectify: "责令整改", Explain: "责令向市委、市政府作出书面说明", Criticise: "通报批评", NoAward: "取消年度评先选优资格",
	SelfCriticism: "责令作出书面检查", CriticisePerson: "通报批评", NoAwardPerson: "取消评先选优资格", NoPromotion: "取消晋职晋级资格",
	Transfer: "调离岗位", Resign: "责令辞职", Dismiss: "辞退", ToDiscipline: "移送纪检监察机关", ToJudicial: "移送司法机关", ToCounty: "由你们依照管理权限追究责任",
}

var roleNames = map[Role]string{Direct: "直接责任人", DeputyLead: "分管领导", ChiefLead: "主要领导"}

// clauseName is a clause of Art. 19 as papers cite it.
func clauseName(clause string) string {
	_, n, _ := strings.Cut(clause, ".")
	if len(n) != 1 || n[0] < '1' || int(n[0]-'1') >= len([]rune(numerals)) {
		return clause
	}
	return "第十九条第（" + string([]rune(numerals)[n[0]-'1']) + "）项"
}

func clauseNames(clauses []string) string {
	all := make([]string, len(clauses))
	for i, c := range clauses {
		all[i] = clauseName(c)
	}
	return theMeasures + strings.Join(all, "、")
}

// rests says on which rules a measure rests.
func rests(m Measure, reference string) string {
	text := theMeasures + "第二十条"
	if reference != "" {
		text += "，" + reference
	}
	return text
}

// paper issues the paper of a measure and returns its number. A person stands in
// what it says, never in its title, which lists show.
func (d *Desk) paper(tx *gorm.DB, by staff.Officer, m Measure, on workday.Date) (string, error) {
	w, p, err := d.said(m)
	if err != nil {
		return "", err
	}
	target := d.unitName(m.TargetID)
	fields := map[string]string{"主送单位": target, "对象": target, "事实": w.Facts, "适用条款": clauseNames(m.Clauses)}
	about := target
	if m.OfPerson() {
		fields["对象"], fields["对象职务"] = p.Name, target+p.Post+"（"+roleNames[p.Role]+"）"
		about += "有关人员"
	}
	done := names[m.Code]
	if w.Requirement != "" && m.Nature == Recommend {
		done += "。" + w.Requirement
	}
	draft := paper.Draft{Unit: by.UnitID, Subject: ledger.OfMeasure, SubjectID: m.ID, DraftedBy: m.ProposedBy, Content: paper.Content{Fields: fields}}
	if m.Nature == Decide {
		draft.Kind, draft.To, draft.Title = paper.MeasureDecision, m.TargetID, "关于对"+about+"作出责任追究决定的通知"
		fields["决定措施"], fields["决定依据"], fields["执行要求"] = done, rests(m, w.Reference), w.Requirement
		fields["申诉权利"] = "对本决定不服的，可以向作出决定的机关书面申诉。申诉期间不停止执行。"
	} else {
		draft.Kind, draft.Title = paper.MeasureProposal, "关于对"+about+"追究责任的建议"
		fields["主送单位"], fields["建议措施"], fields["建议依据"] = m.BodyName, done, rests(m, w.Reference)
		if m.Code == ToCounty {
			rule, err := d.Clocks.RuleOn(tx, ruleReply, string(m.Code), on)
			if err != nil {
				return "", err
			}
			fields["反馈期限"] = paper.Day(d.Clocks.Calendar().Limit(on, rule.N, rule.DayKind).On)
		}
	}
	issued, err := d.Papers.Issue(tx, by, draft)
	return issued.Number, err
}
