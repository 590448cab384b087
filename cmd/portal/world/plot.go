package world

import (
	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/staff"
	"minsheng/triage"
)

const basis = "《盘锦市精准扶贫督查追责办法（试行）》第十九条"

// work is what the offices do with the messages. Each story stands for itself;
// together they show every state that a case or an item can be in.
func (p *play) work() {
	p.renovation()
	p.road()
	p.dead()
	p.declined()
	p.unfair()
	p.greenhouse()
	p.shares()
	p.well()
	p.loan()
	p.passbook()
	p.ended()
	p.young()
}

// renovation goes the whole way: verified, made into an item, reported, struck
// off, answered, closed.
func (p *play) renovation() {
	p.take("ps.shouli", "renovation", 72, triage.Description{
		Summary: "反映危房改造补助发放不足额，经办人称扣除部分为手续费，涉及同组多户。", Programme: "housing",
		Demands: []string{"查清危房改造补助有没有收手续费的规定", "退还被扣的钱"},
	})
	p.accept("ps.shouli", "renovation", 70)
	p.blame("ps.shouli", "renovation", "甜水镇双柳村村民委员会")
	p.check("ps.shouli", "renovation", 60, "household_visit", "走访四户，核对存折与发放表，四户实收均少于核定数，村里无收费依据。", true)
	item := p.docket("ps.shouli", "renovation", 58, docket.NewItem{
		Title: "核查并清退双柳村危房改造补助违规扣款", Urgency: "normal",
		Summary:     "双柳村上年度危房改造补助存在未足额发放到户的情况，涉及多户。",
		Requirement: "逐户核对核定金额与实际到账金额，违规扣款全部退还到户，报送清退表和到户凭证。",
	}, tianshui, panPoor)
	p.item("issue", "ps.shouli", item, "", false)
	p.at(57, 9)
	p.item("acknowledge", "tianshui", item, "", false)
	p.at(52, 16)
	p.item("note", "ps.fupin", item, "已调取上年度全镇危房改造核定表，双柳村共九户，正逐户比对到账金额。", false)
	p.at(47, 11)
	p.item("report", "tianshui", item, "经逐户核对，九户中六户被扣，合计一万五千元，已于本周全部退还到户并取得签收单，村会计已停职接受调查。", true)
	p.at(45, 10)
	p.item("accept_report", "ps.shouli", item, "材料齐全，抽查三户属实。", false)
	p.answer("ps.shouli", "renovation", 44, intake.Substantiated, "没有任何规定允许收取手续费，村里扣款属实，六户共扣一万五千元。", basis+"第五项", "扣款已经全部退回，请看一下您的存折。")
	p.approve("ps.shenpi", "renovation", 43)
	p.at(42, 9)
	p.item("strike_off", "ps.shouli", item, "钱已退还到户，反映人已得到答复。", false)
	p.reads("renovation", 41, 19)
	p.rates("renovation", 41, intake.Solved, "钱退回来了。")
	p.callsBack("ps.shouli2", "renovation", 40, appeal.Call{Channel: appeal.ByCall, Reached: true, Result: intake.Solved, Words: "说钱已经到折子上了。"})
	p.finish("ps.shouli", "renovation", 37)
}

// road is answered, partly so; nobody ever looked at the answer.
func (p *play) road() {
	p.take("dw.shouli", "road", 59, triage.Description{
		Summary: "反映通村路未硬化，修路资金疑被用于村部装修。", Programme: "roads_water",
		Demands: []string{"查清修路的钱用在哪里", "派人到现场看看"},
	})
	p.accept("dw.shouli", "road", 58)
	p.check("dw.shouli", "road", 45, "site_visit", "现场查看，通村路一点二公里未硬化；查村账，项目资金尚在镇财政专户，村部家具由集体收入支付。", true)
	p.answer("dw.shouli", "road", 40, intake.Partly, "路没有修属实；修路的钱还在镇里的专户，没有被挪用，村部家具用的是村集体自己的钱。", basis+"第七项", "镇里已经重新招标，开春化冻后动工。")
	p.approve("dw.shenpi", "road", 39)
	p.leftUnread("dw.shouli", "road", 6)
}

// dead is late, both the case and the item; a second report was linked to it.
func (p *play) dead() {
	p.take("lhk.shouli", "dead", 65, triage.Description{
		Summary: "反映已故人员仍在低保名单内，低保金被他人领取。", Programme: "subsistence",
		Demands: []string{"查清低保金由谁领取", "停发并追回"},
	})
	p.accept("lhk.shouli", "dead", 64)
	p.blame("lhk.shouli", "dead", "羊圈子镇新河沿村村民委员会")
	p.check("lhk.shouli", "dead", 50, "review_files", "比对低保发放表与注销户口登记，一人已注销户口二十余个月，低保金按月发放并有取款记录。", false)
	item := p.docket("lhk.shouli", "dead", 30, docket.NewItem{
		Title: "核查新河沿村低保对象动态管理和资金去向", Urgency: "normal",
		Summary:     "新河沿村有对象已注销户口但待遇未停，需查明资金去向。",
		Requirement: "核对全村低保对象生存状态，停发不符合条件的待遇，追回多发资金，查明取款人。",
	}, yangjuanzi)
	p.item("issue", "lhk.shouli", item, "", false)
	p.at(28, 9)
	p.item("acknowledge", "yangjuanzi", item, "", false)
	p.take("lhk.shouli", "dead again", 23, triage.Description{
		Summary: "再次反映同一已故人员低保金被领取，与前件为同一事项。", Programme: "subsistence", Demands: []string{"查清低保金去向"},
	})
	p.step("link", "lhk.shouli", "dead again", func(by staff.Officer, c triage.Case) error {
		return p.Triage.Link(p.ctx, by, c.ID, c.Version, p.cases["dead"])
	})
}

// declined was decided by a court: it is not the portal's to judge.
func (p *play) declined() {
	p.take("ps.shouli2", "land", 42, triage.Description{
		Summary: "反映与邻居的地界纠纷，法院已作出判决。", Demands: []string{"希望重新处理地界"},
	})
	p.at(41, 11)
	p.step("decline", "ps.shouli2", "land", func(by staff.Officer, c triage.Case) error {
		return p.Triage.ProposeDecline(p.ctx, by, c.ID, c.Version, "这件事法院已经判了，我们不能改法院的判决。", "不服判决可以在规定时间内向上一级法院上诉，法律援助电话 12348")
	})
	p.approve("ps.shenpi", "land", 40)
}

// unfair was looked at by two people and is not so; whoever reported it is not
// content, and the city looks again.
func (p *play) unfair() {
	p.take("dw.shouli", "unfair", 48, triage.Description{
		Summary: "反映公示名单中一户家庭条件较好，与村干部有亲属关系。", Programme: "subsistence", Demands: []string{"核实那一户是否符合条件"},
	})
	p.accept("dw.shouli", "unfair", 47)
	p.check("dw.shouli", "unfair", 25, "household_visit", "入户并查询房产车辆登记：该户在县城无房产，车辆登记在已分户的儿子名下；评议会记录齐全，该亲属已回避。", true)
	p.answer("dw.shouli", "unfair", 21, intake.Unsubstantiated, "这一户在县城没有房子，车是已经分家的儿子的；开会评议时他的亲属没有参加。", "市扶贫对象识别有关规定", "")
	p.approve("dw.shenpi", "unfair", 20)
	p.reads("unfair", 19, 20)
	p.rates("unfair", 19, intake.Unsolved, "他哥开会没去，可是谁敢说他家的坏话。")
	p.looksAgain("shi.shouli", "unfair", 13, false, "我们又去问了八户，也查了县里的房产和车辆登记，这一户确实没有房子，车也不是他的。评议那天是每户一票，不记名。")
}

// greenhouse is at work: an item on its way, and more time was granted.
func (p *play) greenhouse() {
	p.take("ps.shouli", "greenhouse", 45, triage.Description{
		Summary: "反映大棚扶贫项目实际建成数量少于公示牌数量，部分未完工。", Programme: "industry",
		Demands: []string{"核对实际建了几栋", "查清多报的钱去了哪里"},
	})
	p.accept("ps.shouli", "greenhouse", 44)
	p.check("ps.shouli", "greenhouse", 35, "site_visit", "现场清点建成五栋，两栋缺膜，其余仅有地基；验收表上为十二栋全部完工。", true)
	p.lookOver("ps.shouli", "greenhouse")
	item := p.docket("ps.shouli", "greenhouse", 21, docket.NewItem{
		Title: "核查苇子沟村设施农业项目建设数量和资金拨付", Urgency: "complex",
		Summary:     "苇子沟村设施农业项目现场清点数量与验收资料不一致。",
		Requirement: "查明验收过程，核对已拨付资金，收回多拨部分，督促完工。",
	}, baqiangzi, panPoor)
	p.at(20, 15)
	p.item("issue", "ps.shouli", item, "", false)
	p.at(19, 9)
	p.item("acknowledge", "baqiangzi", item, "", false)
	p.at(10, 16)
	p.item("note", "baqiangzi", item, "已约谈施工方，施工方承认七栋未建成，答应退回多领工程款。", true)
	p.at(6, 10)
	p.step("ask for more time for", "ps.shouli", "greenhouse", func(by staff.Officer, c triage.Case) error {
		return p.Triage.ProposeExtension(p.ctx, by, c.ID, c.Version, 20, "要核对三年的工程款，还要等施工方退钱，情况比较复杂。")
	})
	p.approve("ps.shenpi", "greenhouse", 5)
}

// shares waits for somebody to approve its answer.
func (p *play) shares() {
	p.take("dw.shouli", "shares", 32, triage.Description{
		Summary: "六户贫困户反映扶贫资金入股合作社后未按约定分红，资金和土地由大户使用。", Programme: "industry",
		Demands: []string{"查清入股的钱给谁用了", "补发分红或者退股"},
	})
	p.accept("dw.shouli", "shares", 30)
	p.check("dw.shouli", "shares", 16, "review_files", "查合作社账目，六户股金三万元转借给养殖户，合同未经成员大会同意，两年未分红。", false)
	p.answer("dw.shouli", "shares", 2, intake.Substantiated, "合作社没有开会就把股金借给了养殖户，两年没有分红。", basis+"第五项", "合作社已签字承诺年底前退股或补发分红，我们会盯着办。")
}

// well came back: the unit's report was not good enough.
func (p *play) well() {
	p.take("ps.shouli2", "well", 29, triage.Description{
		Summary: "反映扶贫机井建成后一直不出水，水泵被拉走。", Programme: "roads_water", Demands: []string{"把井修好", "查清水泵去向"},
	})
	p.accept("ps.shouli2", "well", 28)
	p.covered()
	p.check("ps.shouli2", "well", 22, "site_visit", "机井井深不足设计深度，现场无水泵，验收单有签字。", true)
	item := p.docket("ps.shouli2", "well", 19, docket.NewItem{
		Title: "整修胡家镇扶贫机井并核查验收", Urgency: "urgent",
		Summary: "胡家镇一处扶贫机井井深不足，不能供水。", Requirement: "查明验收责任，恢复供水，报送现场照片。",
	}, panPoor)
	p.item("issue", "ps.shouli2", item, "", false)
	p.at(18, 9)
	p.item("acknowledge", "ps.fupin", item, "", false)
	p.at(14, 14)
	p.item("report", "ps.fupin", item, "已联系原施工单位，施工单位表示近期处理。", false)
	p.at(13, 10)
	p.item("return", "ps.shouli2", item, "没有说明验收责任，也没有恢复供水的时间和照片，请补充后重报。", false)
}

// loan is a question, answered by the city because its district has nobody.
func (p *play) loan() {
	p.take("shi.shouli", "loan", 26, triage.Description{
		Summary: "咨询扶贫小额贷款到期续贷由哪里办理。", Programme: "microloan", Demands: []string{"告知续贷找谁办"},
	})
	p.accept("shi.shouli", "loan", 26)
	p.check("shi.shouli", "loan", 25, "interview", "向承贷银行了解，续贷由户籍所在村填表、银行网点受理。", false)
	p.answer("shi.shouli", "loan", 24, intake.Substantiated, "续贷先到村里填一张表，再拿身份证到原来贷款的银行网点办。", "扶贫小额信贷有关规定", "已经告诉村里和银行，您去办就行。")
	p.approve("shi.shenpi", "loan", 23)
	p.reads("loan", 22, 12)
	p.rates("loan", 22, intake.Solved, "")
	p.finish("shi.shouli", "loan", 18)
}

// passbook has an item that is written but not issued yet.
func (p *play) passbook() {
	p.take("ps.shouli", "passbook", 24, triage.Description{
		Summary: "多户反映惠农存折由村会计长期保管，取款须由其陪同。", Programme: "subsistence",
		Demands: []string{"把存折还给本人", "查清三年来的取款"},
	})
	p.accept("ps.shouli", "passbook", 23)
	p.check("ps.shouli", "passbook", 12, "household_visit", "走访五户，四户存折不在本人手中；调取流水，有代取记录。", false)
	p.docket("ps.shouli", "passbook", 1, docket.NewItem{
		Title: "清理苇子沟村代管惠农补贴卡折", Urgency: "normal",
		Summary: "苇子沟村存在代管群众补贴卡折的情况。", Requirement: "全部归还本人并签收，核对代取流水，查明差额。",
	}, baqiangzi)
}

// ended shows the other ways in which a case leaves: transferred, referred,
// waiting for the reporter.
func (p *play) ended() {
	p.take("dw.shouli", "goods", 19, triage.Description{
		Summary: "反映春节慰问物资未足额发放。", Programme: "relief_goods", Demands: []string{"查清慰问物资去向"},
	})
	p.accept("dw.shouli", "goods", 18)
	p.at(15, 11)
	p.step("ask", "dw.shouli", "goods", func(by staff.Officer, c triage.Case) error {
		return p.Triage.AskMore(p.ctx, by, c.ID, c.Version, "您还记得是哪一天送的、一共送了几户吗？知道多少说多少就行。")
	})
	p.take("lhk.shouli", "delay", 16, triage.Description{
		Summary: "咨询养殖补贴发放时间。", Programme: "industry", Demands: []string{"告知补贴什么时候发"},
	})
	p.at(14, 10)
	p.step("transfer", "lhk.shouli", "delay", func(by staff.Officer, c triage.Case) error {
		return p.Triage.Transfer(p.ctx, by, c.ID, c.Version, uuid.Nil, "养殖补贴由农业部门发放，请拨打农业服务电话 12316 查询，我们已经把情况转过去了。")
	})
	p.approve("lhk.shenpi", "delay", 14)
	p.take("ps.shouli2", "team", 10, triage.Description{
		Summary: "反映驻村工作队长期不在岗，考勤记录不实。", Demands: []string{"核实工作队在岗情况"},
	})
	p.at(9, 15)
	p.step("refer", "ps.shouli2", "team", func(by staff.Officer, c triage.Case) error {
		return p.Triage.ProposeReferral(p.ctx, by, c.ID, c.Version, "涉及驻村干部考勤造假，按管理权限移送纪检监察机关。")
	})
	p.approve("ps.shenpi", "team", 9)
}

// young cases have only just begun.
func (p *play) young() {
	p.take("ps.shouli2", "fee", 17, triage.Description{
		Summary: "反映办理低保须先交押金且无收据。", Programme: "subsistence", Demands: []string{"查清收费依据", "退还押金"},
	})
	p.accept("ps.shouli2", "fee", 12)
	p.take("shi.shouli", "office", 10, triage.Description{
		Summary: "反映危房改造申请在县镇之间来回推，多次申请无结果。", Programme: "housing", Demands: []string{"明确由谁办理"},
	})
	p.accept("shi.shouli", "office", 9)
	p.take("shi.shouli", "retaliation", 8, triage.Description{
		Summary: "反映此前反映问题后受到辱骂，低保随后停发，疑似信息泄露。", Programme: "subsistence",
		Demands: []string{"恢复低保", "查清是谁泄的密", "保护反映人安全"},
	})
	p.accept("shi.shouli", "retaliation", 8)
	p.at(7, 10)
	p.step("message", "shi.shouli", "retaliation", func(by staff.Officer, c triage.Case) error {
		return p.Triage.Message(p.ctx, by, c.ID, "您的事市里直接管，不会转到村里和镇里。低保的事我们今天就去问。有人再找您麻烦，请马上打 110，也告诉我们。")
	})
	p.opened("retaliation", "protect: 需要联系反映人了解受威胁的情况")
}
