package bulletin

import (
	"strconv"

	"minsheng/ledger"
	"minsheng/paper"
)

// numberNames are what papers call the numbers of the first section.
var numberNames = map[string]string{
	"reports": "收到群众反映（件次）", "accepted": "受理（件）", "answered": "答复（件）", "closed": "办结（件）", "in_time": "按期答复率",
	"founded": "查实率", "issued": "交办督查事项（件）", "struck_off": "销号（件）",
}

// reportPaper is what the paper of a report says.
func (d *Desk) reportPaper(r Report) paper.Draft {
	n := r.Numbers
	fields := map[string]string{"期间": r.Period.Chinese(), "总体情况": r.Words[Overview], "办理情况": r.Words[Handling], "督办情况": r.Words[Supervising],
		"督查情况": r.Words[Inspecting], "整改情况": r.Words[Rectifying], "问责情况": r.Words[Accounting], "存在问题": r.Words[Problems], "下步工作": r.Words[Plans]}
	for i, s := range n.Sections() {
		if name := headed[s]; name != "" {
			fields[name+"标题"] = string([]rune("一二三四五六七八")[i]) + "、" + titles[s]
		}
	}
	draft := paper.Draft{Kind: paper.Bulletin, Unit: r.UnitID, Subject: ledger.OfBulletin, SubjectID: r.ID,
		Title: d.unitName(r.UnitID) + r.Period.Chinese() + "督查工作报告", Content: paper.Content{Fields: fields, Lists: n.lists()}}
	if r.ToUnitID != nil {
		draft.To, fields["主送单位"] = *r.ToUnitID, d.unitName(*r.ToUnitID)
	}
	return draft
}

// headed are the sections whose number depends on which others there are.
var (
	headed = map[Section]string{Inspecting: "督查", Rectifying: "整改", Accounting: "问责", Problems: "问题", Plans: "打算"}
	titles = map[Section]string{Inspecting: "开展督查", Rectifying: "整改落实", Accounting: "责任追究", Problems: "存在的问题", Plans: "下步打算"}
)

// lists are the tables of a paper.
func (n Numbers) lists() map[string][]map[string]string {
	all := map[string][]map[string]string{}
	whole := func(v int64) string { return strconv.FormatInt(v, 10) }
	for _, l := range n.Lines {
		said := whole
		if l.Share {
			said = Share
		}
		all["指标"] = append(all["指标"], map[string]string{"指标": numberNames[l.Code], "本期": said(l.Now), "上期": said(l.Before), "去年同期": said(l.LastYear)})
	}
	for _, o := range n.Offices {
		all["单位情况"] = append(all["单位情况"], map[string]string{"单位": o.Name, "收件": whole(o.Received), "应答复": whole(o.Due), "按期": whole(o.Kept), "延期": whole(o.Extended),
			"逾期": whole(o.Missed), "查实率": Share(o.Founded())})
		if o.Due > 0 {
			all["按期率"] = append(all["按期率"], map[string]string{"单位": o.Name, "图": Bar(o.InTime()), "按期率": Share(o.InTime())})
		}
	}
	for _, i := range n.Items {
		all["督办"] = append(all["督办"], map[string]string{"单位": i.Name, "交办": whole(i.Issued), "销号": whole(i.StruckOff), "逾期": whole(i.Missed), "红牌": whole(i.Red)})
	}
	if n.Inspections != nil {
		n.Inspections.list(all)
	}
	if n.Orders != nil {
		for _, row := range [][2]string{{"下达整改通知（份）", whole(n.Orders.Issued)}, {"销号（份）", whole(n.Orders.StruckOff)},
			{"追回资金（元）", Amount(n.Orders.RecoveredFen)}, {"退还群众（元）", Amount(n.Orders.ReturnedFen)}} {
			all["整改"] = append(all["整改"], map[string]string{"项目": row[0], "数量": row[1]})
		}
	}
	for _, m := range n.Measures {
		all["问责"] = append(all["问责"], map[string]string{"措施": m.Name, "次数": whole(m.N)})
	}
	return all
}

// list puts inspections into the tables of a paper: three counts, and the findings
// by clause with bars as long as their share of the most frequent one.
func (s InspectionSums) list(all map[string][]map[string]string) {
	for _, row := range []struct {
		name string
		n    int64
	}{{"年度计划安排（次）", s.InPlan}, {"实际开展（次）", s.Carried}, {"其中计划内（次）", s.CarriedPlan}} {
		all["督查"] = append(all["督查"], map[string]string{"项目": row.name, "数量": strconv.FormatInt(row.n, 10)})
	}
	for _, f := range s.Findings {
		all["条款"] = append(all["条款"], map[string]string{"条款": f.Name, "图": Bar(share(f.N, s.Findings[0].N)), "个数": strconv.FormatInt(f.N, 10),
			"户数": strconv.FormatInt(f.Households, 10), "金额": Amount(f.AmountFen)})
	}
}
