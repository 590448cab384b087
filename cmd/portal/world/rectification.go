package world

import (
	"fmt"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/workday"
	"minsheng/rectification"
	"minsheng/staff"
)

// rectify shows orders to put things right: one that is struck off, with money
// back in households' hands; one of which a part failed and is in its second round;
// and one that waits for its plan.
func (p *play) rectify() {
	p.paidBack()
	p.roundTwo()
	p.planAwaited()
}

// amend lets somebody do something with an order as they see it now.
func (p *play) amend(what, who string, id *uuid.UUID, act func(by staff.Officer, w rectification.Whole) error) {
	p.do(what+" an order", func() error {
		by := p.people[who]
		w, err := p.Orders.Open(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return act(by, w)
	})
}

func (p *play) orderItem(who string, item *uuid.UUID, w rectification.Wording, points ...rectification.Wanted) *uuid.UUID {
	id := new(uuid.UUID)
	p.do("propose an order", func() (err error) {
		*id, err = p.Orders.FromItem(p.ctx, p.people[who], *item, points, w)
		return err
	})
	return id
}

// ordered issues an order and has it signed for.
func (p *play) ordered(who, clerk string, days int, id *uuid.UUID) {
	p.at(days, 9)
	p.amend("issue", who, id, func(by staff.Officer, w rectification.Whole) error { return p.Orders.Issue(p.ctx, by, w.ID, w.Version) })
	p.at(days-1, 10)
	p.amend("sign for", clerk, id, func(by staff.Officer, w rectification.Whole) error {
		return p.Orders.Acknowledge(p.ctx, by, w.ID, w.Version)
	})
}

// orderPlanned hands in a plan with the same answer to each point, and has it
// approved the day after.
func (p *play) orderPlanned(clerk, who string, days int, id *uuid.UUID, measures, responsible string) {
	p.at(days, 14)
	p.amend("plan", clerk, id, func(by staff.Officer, w rectification.Whole) error {
		var plan rectification.Plan
		for _, point := range w.Points {
			plan.Points = append(plan.Points, rectification.PointPlan{Point: point.ID, Measures: measures, Responsible: responsible, By: workday.On(p.Store.Now()).Add(15)})
		}
		return p.Orders.HandInPlan(p.ctx, by, w.ID, w.Version, plan)
	})
	p.at(days-1, 10)
	p.amend("approve the plan of", who, id, func(by staff.Officer, w rectification.Whole) error {
		return p.Orders.RulePlan(p.ctx, by, w.ID, w.Version, true, "措施可行，按期报告。")
	})
}

func (p *play) orderNoted(clerk string, id *uuid.UUID, words string) {
	p.amend("note progress of", clerk, id, func(by staff.Officer, w rectification.Whole) error {
		return p.Orders.Note(p.ctx, by, w.ID, words, nil)
	})
}

// orderReported reports on the points in their order.
func (p *play) orderReported(clerk string, days int, id *uuid.UUID, r rectification.Report, told ...rectification.PointReport) {
	p.at(days, 15)
	p.amend("report on", clerk, id, func(by staff.Officer, w rectification.Whole) error {
		for n, one := range told {
			one.Point = w.Points[n].ID
			r.Points = append(r.Points, one)
		}
		r.Form = []byte(fmt.Sprint("demo:order:", w.ID))
		if err := p.stage(r.Form, "整改照片.jpg"); err != nil {
			return err
		}
		return p.Orders.HandInReport(p.ctx, by, w.ID, w.Version, r)
	})
}

// looked records a look on site; failed says what was wrong with a point, by
// number.
func (p *play) looked(who string, days int, id *uuid.UUID, s rectification.Seen, failed map[int]string) {
	p.at(days, 14)
	p.amend("check", who, id, func(by staff.Officer, w rectification.Whole) error {
		s.On = workday.On(p.Store.Now())
		for _, point := range w.Points {
			words, bad := failed[point.N]
			s.Points = append(s.Points, rectification.PointSeen{Point: point.ID, Passed: !bad, Words: words})
		}
		return p.Orders.Check(p.ctx, by, w.ID, w.Version, s)
	})
}

// paid enters money under the first point.
func (p *play) paid(clerk string, id *uuid.UUID, kind string, fen int64, households int, voucher string) {
	p.amend("enter money of", clerk, id, func(by staff.Officer, w rectification.Whole) error {
		return p.Orders.Enter(p.ctx, by, w.ID, rectification.Amount{Point: w.Points[0].ID, Kind: kind, Fen: fen, Households: households,
			On: workday.On(p.Store.Now()), Words: voucher})
	})
}

// confirmed confirms all money that was entered.
func (p *play) confirmed(who string, id *uuid.UUID) {
	p.amend("confirm money of", who, id, func(by staff.Officer, w rectification.Whole) error {
		for _, r := range w.Recoveries {
			if err := p.Orders.Confirm(p.ctx, by, w.ID, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// paidBack went the whole way: what was kept back was recovered and is with the
// households.
func (p *play) paidBack() {
	item := p.docketed("ps.shouli", 48, docket.NewItem{
		Title: "清退甜水镇产业补助违规收取的手续费", Urgency: "normal",
		Summary:     "县领导批示：甜水镇发放到户产业补助时收取手续费，要求全部清退。",
		Requirement: "逐户核清收取金额，全部退还到户，说明原因，报送凭证。",
		Origin:      docket.LeaderInstruction, OriginNote: "县政府主要领导批示：一分不留，全部退给群众。",
		Kind: "FUND_WITHHOLD", Programme: "industry", PlaceCode: "211122111000", AmountFen: 1_260_000, Households: 42,
	}, tianshui)
	p.at(47, 10)
	p.entry("acknowledge", "tianshui", item, docket.Entry{Responsible: "甘办事"})
	p.at(46, 9)
	id := p.orderItem("ps.shouli", item, rectification.Wording{
		Exchange: "已当面向镇政府主要负责人通报，对问题没有异议。", Requirement: "举一反三，对近三年到户补助逐项自查。", Contact: "书面报县督查室，附银行回单复印件",
	}, rectification.Wanted{Problem: "发放到户产业补助时按每户三百元收取手续费，共四十二户、一万二千六百元。", Basis: "《督查追责办法》第九条第二项、第十九条第五项",
		Requirement: "全部退还到户，逐户签字确认。", AmountFen: 1_260_000, Households: 42},
		rectification.Wanted{Problem: "补助发放前没有在村里公示名单和金额。", Basis: "《督查追责办法》第九条第六项", Requirement: "补做公示，建立先公示后发放的制度。"})
	p.ordered("ps.shouli2", "tianshui", 45, id)
	p.orderPlanned("tianshui", "ps.shouli", 42, id, "镇纪检、财政两个人一组，逐户核对、退还、签字。", "副镇长 甄某")
	p.at(36, 10)
	p.paid("tianshui", id, rectification.Recovered, 1_260_000, 0, "镇财政专户收款回单一号，原收取人交回。")
	p.at(33, 15)
	p.paid("tianshui", id, rectification.Returned, 1_260_000, 42, "一卡通代发回单，四十二户。")
	p.orderNoted("tianshui", id, "四十二户的款已从一卡通发出，公示正在补做。")
	p.orderReported("tianshui", 30, id, rectification.Report{Basics: "镇党委召开专题会议，成立工作组，两条问题全部整改到位。", Lasting: "补助发放一律先公示、后发放，通过一卡通直达农户，任何人不得代收。", Head: "镇长 季某"},
		rectification.PointReport{Cause: "经办人按老做法收取手续费，镇里没有发现。", Measures: "责令原收取人交回，全部退还农户。", Done: true, Words: "四十二户全部退还，均已签字。", Responsible: "副镇长 甄某"},
		rectification.PointReport{Cause: "以为发放表上墙就算公示。", Measures: "在四个村补做公示七天，拍照存档。", Done: true, Words: "公示已满七天，没有异议。", Responsible: "扶贫办主任 穆某"})
	p.looked("ps.shouli2", 27, id, rectification.Seen{Place: "甜水镇双柳村、苇子沟村", People: "镇扶贫办二人，村干部二人", Words: "抽查十二户存折和签字，钱都已到账；公示照片与公示栏一致。"}, nil)
	p.confirmed("ps.shouli2", id)
	p.at(26, 10)
	p.amend("strike off", "ps.shenpi", id, func(by staff.Officer, w rectification.Whole) error {
		return p.Orders.StrikeOff(p.ctx, by, w.ID, w.Version, "钱已退到户，同意销号，一个月内回头看。")
	})
	p.at(25, 10)
	recovered := int64(1_260_000)
	p.entry("report", "tianshui", item, docket.Entry{Body: "手续费一万二千六百元已全部退还四十二户，整改已销号。", Conclusion: "substantiated",
		RecoveredFen: &recovered, ReturnedFen: &recovered, FormKey: p.photo(item)})
	p.at(24, 10)
	p.entry("accept_report", "ps.shouli", item, docket.Entry{Body: "凭证齐全。"})
	p.at(23, 10)
	p.entry("strike_off", "ps.shouli", item, docket.Entry{Body: "钱已退到户，予以销号。"})
}

// roundTwo orders what 大洼区 found in 唐家镇: one point was put right, the other
// was not and goes on.
func (p *play) roundTwo() {
	p.last = p.Store.Now().AddDate(-1, 0, 0)
	id, next := new(uuid.UUID), new(uuid.UUID)
	p.at(39, 9)
	p.do("propose an order", func() error {
		by := p.people["dw.shouli"]
		visits, err := p.Inspections.List(p.ctx, by, inspection.Filter{State: inspection.FindingsIssued})
		if err != nil || len(visits) != 1 {
			return fmt.Errorf("%d inspections, %w", len(visits), err)
		}
		w, err := p.Inspections.Open(p.ctx, by, visits[0].ID)
		if err != nil {
			return err
		}
		*id, err = p.Orders.FromFindings(p.ctx, by, w.ID, []uuid.UUID{w.Findings[0].ID, w.Findings[1].ID}, rectification.Wording{
			Exchange: "督查结束时与镇长荣某、副镇长洪某交换意见，对公示问题认可，对工作队缺勤天数有不同意见，已核对更正。", Contact: "书面报区督查室，附照片"})
		return err
	})
	p.ordered("dw.shenpi", "tangjia", 37, id)
	p.orderPlanned("tangjia", "dw.shouli", 34, id, "恢复每日签到，镇里每周抽查；名单重新公示。", "副镇长 洪某")
	p.orderReported("tangjia", 15, id, rectification.Report{Basics: "镇政府逐条整改，已向区督查室报告进展。", Head: "镇长 荣某"},
		rectification.PointReport{Cause: "队长长期在镇里帮忙，签到没有人管。", Measures: "约谈队长，恢复每日签到。", Done: true, Words: "近两周全员在岗。", Responsible: "组织委员 路某"},
		rectification.PointReport{Cause: "公示栏维修，没有及时张贴。", Measures: "重新公示。", Words: "公示栏已修好，名单下周张贴。", Responsible: "副镇长 洪某"})
	p.looked("dw.shouli2", 12, id, rectification.Seen{Place: "南泡子村村部", People: "村干部二人", Words: "工作队两人在岗，签到完整；公示栏仍然没有名单。"}, map[int]string{2: "公示栏已修好，名单没有张贴。"})
	p.amend("find the next round of", "dw.shenpi", id, func(_ staff.Officer, w rectification.Whole) error {
		*next = w.Rounds[1].ID
		return nil
	})
	p.ordered("dw.shenpi", "tangjia", 11, next)
	p.orderPlanned("tangjia", "dw.shouli", 7, next, "三天内张贴名单，首日、末日拍照。", "副镇长 洪某")
	p.at(3, 10)
	p.orderNoted("tangjia", next, "名单已张贴，正在公示期内。")
}

// planAwaited was issued yesterday; nobody has signed for it.
func (p *play) planAwaited() {
	item := p.docketed("ps.shouli", 7, docket.NewItem{
		Title: "补齐坝墙子镇扶贫项目公示公告", Urgency: "complex",
		Summary:     "抽查发现坝墙子镇今年两个扶贫项目没有按规定公示公告。",
		Requirement: "补做公示公告，说明原因，报送照片。",
		Origin:      docket.AnnualPlan, OriginNote: "年度督查计划：名单和资金公示公告。", PlaceCode: "211122108000",
	}, baqiangzi)
	p.at(6, 9)
	p.entry("acknowledge", "baqiangzi", item, docket.Entry{Responsible: "巴办事"})
	p.at(2, 15)
	id := p.orderItem("ps.shouli", item, rectification.Wording{Exchange: "电话与镇长交换意见，对方承认没有公示。", Contact: "书面报县督查室，附公示照片"},
		rectification.Wanted{Problem: "今年两个扶贫项目的资金来源、金额、实施单位没有公示公告。", Basis: "《督查追责办法》第九条第六项", Requirement: "十日内补做公示公告，首日、末日拍照。"})
	p.at(1, 9)
	p.amend("issue", "ps.shenpi", id, func(by staff.Officer, w rectification.Whole) error { return p.Orders.Issue(p.ctx, by, w.ID, w.Version) })
}
