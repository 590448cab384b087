package world

import (
	"fmt"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/workday"
)

// orders are the supervision items that come of no report: each story shows one
// turn that such an item can take.
func (p *play) orders() {
	p.settled()
	p.instructed()
	p.assigned()
	p.investigated()
	p.planned()
	p.asking()
}

// docketed opens an item and issues it on the same day.
func (p *play) docketed(who string, days int, n docket.NewItem, lead string, assist ...string) *uuid.UUID {
	item := new(uuid.UUID)
	n.Lead = p.offices[lead].ID
	for _, office := range assist {
		n.Assist = append(n.Assist, p.offices[office].ID)
	}
	p.last = p.Store.Now().AddDate(-1, 0, 0) // a story of its own
	p.at(days, 9)
	on := workday.On(p.Store.Now())
	n.OriginOn = &on
	p.do("docket "+n.Title, func() error {
		var err error
		*item, err = p.Docket.Open(p.ctx, p.people[who], n)
		return err
	})
	p.item("issue", who, item, "", false)
	return item
}

// settled went the whole way, and money came back.
func (p *play) settled() {
	item := p.docketed("shi.shouli", 50, docket.NewItem{
		Title: "清退大洼区重复发放的雨露计划补助", Urgency: "normal",
		Summary:     "比对发现大洼区部分学生同一学期领取两次雨露计划补助。",
		Requirement: "逐人核对，多发的收回，说明原因，报送清退凭证。",
		Origin:      docket.AuditOrMedia, OriginNote: "市审计局年度审计报告指出的问题。",
		Kind: "FUND_FALSE_REPORT", Programme: "education", PlaceCode: "211104000000", AmountFen: 1_350_000, Households: 9,
	}, dawaPoor)
	p.at(49, 9)
	p.entry("acknowledge", "dw.chengban", item, docket.Entry{Responsible: "盛经办", DeputyLead: "石稳"})
	p.at(40, 15)
	recovered, returned := int64(1_350_000), int64(0)
	p.entry("report", "dw.chengban", item, docket.Entry{
		Body: "九名学生重复领取共一万三千五百元，已全部收回缴入专户，系两次导入名单造成。", Conclusion: "substantiated",
		Measures: "今后导入名单前先比对身份证号，由两个人核对。", RecoveredFen: &recovered, ReturnedFen: &returned, FormKey: p.photo(item),
	})
	p.at(38, 10)
	p.entry("accept_report", "shi.shouli", item, docket.Entry{Body: "凭证齐全。"})
	p.at(37, 10)
	p.entry("strike_off", "shi.shouli", item, docket.Entry{Body: "钱已收回，予以销号。"})
}

// instructed is what a leader of the city told a county: acknowledged, pressed
// twice, and red.
func (p *play) instructed() {
	item := p.docketed("shi.shouli", 36, docket.NewItem{
		Title: "核清盘山县危房改造补助资金到户情况", Urgency: "normal",
		Summary:     "近期多地反映危房改造补助到户不足额，请盘山县督查室牵头核清全县上年度危房改造补助到户情况。",
		Requirement: "逐镇核对核定金额与到户金额，列出差额清单，提出清退办法，书面报市督查室。",
		Origin:      docket.LeaderInstruction, OriginNote: "市政府分管领导批示：请督查室牵头，把盘山县这项补助一户一户核清，半月内报我。",
		Kind: "FUND_WITHHOLD", Programme: "housing", PlaceCode: "211122000000", AmountFen: 126_000_000, Households: 84,
	}, panshan)
	p.at(34, 10)
	p.entry("acknowledge", "ps.chengban", item, docket.Entry{Responsible: "宁承办", DeputyLead: "方原"})
	p.at(20, 15)
	p.entry("note", "ps.chengban", item, docket.Entry{Body: "已完成六个镇的核对，其余各镇正在调取发放表。"})
	p.at(12, 10)
	p.entry("press", "shi.shouli", item, docket.Entry{Body: "已经超期，请报现在核到哪几个镇、还差多少户。"})
	p.at(3, 10)
	p.entry("press", "shi.shouli", item, docket.Entry{Body: "请明天下班前先报一份阶段情况。"})
}

// assigned came from the province; it was asked in time for more time, and
// granted.
func (p *play) assigned() {
	item := p.docketed("shi.shouli", 24, docket.NewItem{
		Title: "报送全市扶贫小额信贷贴息核查结果", Urgency: "normal",
		Summary:     "省里要求核查扶贫小额信贷贴息是否按时足额到户，结果统一上报。",
		Requirement: "核对贴息台账与银行流水，列出未贴、少贴的户数和金额，提出补贴时间。",
		Origin:      docket.SuperiorAssignment, OriginNote: "省扶贫开发领导小组办公室《关于开展扶贫小额信贷贴息核查的通知》（演示文号）",
		Kind: "FUND_DELAY", Programme: "microloan", PlaceCode: "211100000000",
	}, cityPoor)
	p.at(23, 11)
	p.entry("acknowledge", "shi.fupin", item, docket.Entry{Responsible: "邢办事"})
	p.at(11, 14)
	p.do("ask for more time", func() error {
		i, err := p.Docket.Item(p.ctx, p.people["shi.fupin"], *item)
		if err != nil {
			return err
		}
		return p.Docket.AskExtension(p.ctx, p.people["shi.fupin"], *item, i.Version, docket.NewExtension{
			Days: 20, Reason: "两家银行的流水要下旬才能提供，需要等流水到了再核。", Progress: "贴息台账已核对完毕，四家银行中两家的流水已核。",
		})
	})
	p.at(10, 9)
	p.grant("shi.shenpi", item, true, "同意，请把已经核完的两家先报。")
}

// investigated stands still: the discipline organ has the matter.
func (p *play) investigated() {
	item := p.docketed("ps.shouli", 17, docket.NewItem{
		Title: "核查坝墙子镇到户产业补助发放", Urgency: "complex",
		Summary:     "审计发现坝墙子镇到户产业补助有发放表签字不一致的情况。",
		Requirement: "核对发放表、存折和签字，查明经办人，提出追回意见。",
		Origin:      docket.AuditOrMedia, OriginNote: "县审计局上年度扶贫资金审计发现问题清单第三项。",
		Kind: "FUND_FRAUD_CLAIM", Programme: "industry", PlaceCode: "211122108000", AmountFen: 3_680_000, Households: 23,
	}, baqiangzi)
	p.at(16, 9)
	p.entry("acknowledge", "baqiangzi", item, docket.Entry{Responsible: "巴办事"})
	p.at(9, 10)
	p.do("ask to suspend", func() error {
		i, err := p.Docket.Item(p.ctx, p.people["ps.shouli"], *item)
		if err != nil {
			return err
		}
		return p.Docket.AskSuspension(p.ctx, p.people["ps.shouli"], *item, i.Version, docket.NewSuspension{
			Why: "discipline", Reason: "县纪委监委已立案，原始凭证已调走，暂时无法核对。", LastOn: p.today.Add(40),
		})
	})
	p.at(8, 16)
	p.do("suspend", func() error {
		i, err := p.Docket.Item(p.ctx, p.people["ps.shenpi"], *item)
		if err != nil {
			return err
		}
		for _, h := range i.Suspensions {
			return p.Docket.RuleSuspension(p.ctx, p.people["ps.shenpi"], *item, h.ID, true, "同意暂停。")
		}
		return fmt.Errorf("nothing was asked for")
	})
}

// planned is of the year's plan: pressed, and nearly due.
func (p *play) planned() {
	item := p.docketed("dw.shouli", 11, docket.NewItem{
		Title: "完成唐家镇扶贫资产登记", Urgency: "normal",
		Summary:     "年度督查计划安排的扶贫资产登记工作，唐家镇登记数量与项目库不一致。",
		Requirement: "逐项核对项目库，补齐权属、位置、管护人，报送登记表。",
		Origin:      docket.AnnualPlan, OriginNote: "大洼区年度督查计划第四项：扶贫资产登记和管护。",
		Programme: "industry", PlaceCode: "211104112000", Kind: "MEETING_DOC",
	}, tangjia)
	p.at(10, 9)
	p.entry("acknowledge", "tangjia", item, docket.Entry{Responsible: "唐办事"})
	p.at(5, 11)
	p.entry("press", "dw.shouli", item, docket.Entry{Body: "请报登记进度。"})
	p.at(2, 11)
	p.entry("press", "dw.shouli", item, docket.Entry{Body: "快到期了，请抓紧。"})
}

// asking waits: for a ruling on more time, and, of another item, for its issue.
func (p *play) asking() {
	item := p.docketed("ps.shouli2", 8, docket.NewItem{
		Title: "整改鹤栖村公示栏长期空置", Urgency: "normal",
		Summary:     "媒体报道鹤栖村村务公示栏半年没有更新，扶贫资金发放没有张贴。",
		Requirement: "补贴应当公示的内容，拍照报送，明确专人更新。",
		Origin:      docket.AuditOrMedia, OriginNote: "本地晚报民生版报道《空着的公示栏》。",
		Kind: "PROC_NO_PUBLICITY", PlaceCode: "211122111907",
	}, tianshui)
	p.at(7, 9)
	p.entry("acknowledge", "tianshui", item, docket.Entry{Responsible: "甘办事"})
	p.at(1, 10)
	p.do("ask for more time", func() error {
		i, err := p.Docket.Item(p.ctx, p.people["tianshui"], *item)
		if err != nil {
			return err
		}
		key := []byte("demo:extension:" + i.ID.String())
		if err := p.stage(key, "公示栏现状.jpg"); err != nil {
			return err
		}
		return p.Docket.AskExtension(p.ctx, p.people["tianshui"], *item, i.Version, docket.NewExtension{
			Days: 10, Reason: "公示栏玻璃破损要重新订做，厂家十天后安装。", Progress: "应当公示的材料已经整理好，先贴在村部门口。", FormKey: key,
		})
	})
}

// entry lets somebody take a step of an item as they see it now.
func (p *play) entry(what, who string, id *uuid.UUID, e docket.Entry) {
	p.do(what, func() error {
		by := p.people[who]
		i, err := p.Docket.Item(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return p.Docket.Step(p.ctx, by, *id, i.Version, what, e)
	})
	if what == "press" {
		p.do("sign the reminder", func() error { return p.signPapers(who, *id) })
	}
}

// grant rules on the request for more time of an item.
func (p *play) grant(who string, id *uuid.UUID, approve bool, words string) {
	p.do("rule on more time", func() error {
		i, err := p.Docket.Item(p.ctx, p.people[who], *id)
		if err != nil {
			return err
		}
		return p.Docket.RuleExtension(p.ctx, p.people[who], *id, i.Extension.ID, approve, words)
	})
}

// photo stages a picture for a report on an item.
func (p *play) photo(id *uuid.UUID) []byte {
	key := []byte("demo:order:" + id.String())
	p.do("stage a picture", func() error { return p.stage(key, "清退凭证.jpg") })
	return key
}
