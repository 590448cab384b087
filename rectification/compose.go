package rectification

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/paper"
)

func orderTitle(round int) string {
	if round == 1 {
		return "整改通知书"
	}
	return fmt.Sprintf("整改通知书（第%d轮）", round)
}

// evidenceOf is how papers call what proves a finding.
func evidenceOf(inspection string, n int) string { return fmt.Sprintf("%s 发现%d", inspection, n) }

// limitWords says until when something is due that counts from the day on which an
// order is signed for: nobody knows that day yet, but the last one that it can be.
func limitWords(c clock.Deadline) string {
	days := "日"
	if c.DayKind == workday.WorkingDays {
		days = "个工作日"
	}
	return fmt.Sprintf("签收后%d%s（不签收的，%s）", c.N, days, paper.Day(c.DueOn))
}

// orderContent composes an order (整改通知书). plan and report say until when, in
// words.
func orderContent(o Order, to, basis, plan, report string, points []Point) paper.Content {
	c := paper.Content{
		Fields: map[string]string{
			"主送单位": to, "督查依据": basis, "交换意见情况": o.Exchange, "整改要求": o.Requirement, "整改时限": report, "方案时限": plan, "报送方式": o.Contact,
		},
		Lists: map[string][]map[string]string{},
	}
	for _, p := range points {
		c.Lists["问题"] = append(c.Lists["问题"], map[string]string{
			"序号": itoa(p.N), "问题": p.Problem + involved(p), "依据条款": p.Basis, "佐证编号": p.Evidence, "整改要求": p.Requirement, "单位意见": opinionOn(p),
		})
	}
	return c
}

// involved says how much money and how many households a point is about.
func involved(p Point) string {
	var parts []string
	if p.AmountFen > 0 {
		parts = append(parts, "涉及金额"+yuan(p.AmountFen)+"元")
	}
	if p.Households > 0 {
		parts = append(parts, fmt.Sprintf("涉及%d户", p.Households))
	}
	if len(parts) == 0 {
		return ""
	}
	return "（" + strings.Join(parts, "，") + "）"
}

// opinionOn is what the ordered office said to a point, in its own words.
func opinionOn(p Point) string {
	var said []string
	for _, r := range p.Opinion {
		switch {
		case r.Kind == "correction":
		case r.Words != "":
			said = append(said, r.Words)
		case r.Kind == "opinion" && r.Agreed:
			said = append(said, "无异议")
		}
	}
	return strings.Join(said, "；")
}

// reportContent composes a report (整改报告): per point what was done, and the
// money that the unit entered.
func reportContent(o Order, to string, r Report, points []Point, money map[uuid.UUID]Money, proofs []string) paper.Content {
	c := paper.Content{
		Fields: map[string]string{"主送单位": to, "原文号": o.Number, "基本情况": r.Basics, "长效机制": r.Lasting, "单位负责人": r.Head},
		Lists:  map[string][]map[string]string{},
	}
	var left []string
	for _, p := range points {
		l := r.of(p.ID)
		state := "已完成。"
		if !l.Done {
			state = "未完成。"
			left = append(left, itoa(p.N)+"．"+l.Words)
		}
		c.Lists["问题"] = append(c.Lists["问题"], map[string]string{
			"序号": itoa(p.N), "问题": p.Problem, "原因": l.Cause, "整改措施": l.Measures, "完成情况": state + l.Words, "责任人": l.Responsible,
			"追回金额": some(money[p.ID].Recovered), "退还金额": some(money[p.ID].Returned), "佐证": strings.Join(proofs, "、"),
		})
	}
	c.Fields["未完成事项"] = strings.Join(left, "\n")
	return c
}

// some is an amount in yuan, "" for none.
func some(fen int64) string {
	if fen == 0 {
		return ""
	}
	return yuan(fen)
}

// yuan writes fen as yuan, without anything lost: 12.30.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }
