package world

import (
	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// endings are what follows answers: content and discontent, a second look, a
// review, a re-examination with a hearing, the same coming again, withdrawals,
// and who looked at the case of somebody who was punished for it.
func (p *play) endings() {
	p.stable()
	p.stableAgain()
	p.ditch()
	p.lamp()
	p.pigs()
	p.roof()
	p.withdrawals()
	p.curious()
}

// stable goes through everything there is, until nothing can be asked for.
func (p *play) stable() {
	p.take("ps.shouli", "stable", 163, triage.Description{
		Summary: "反映养殖补助被扣作圈舍统建费，圈舍至今未建。", Programme: "industry", Demands: []string{"退还被扣的养殖补助"},
	})
	p.accept("ps.shouli", "stable", 162)
	p.check("ps.shouli", "stable", 150, "review_files", "查村账，每户扣四千元转入村集体账户，记作圈舍预付款，有村民会议记录。", false)
	p.answer("ps.shouli", "stable", 140, intake.Unsubstantiated, "村里开会定过统一建圈舍，每户四千元是预付款，钱还在村集体账上。", "《农民专业合作社法》有关规定", "")
	p.approve("ps.shenpi", "stable", 139)
	p.reads("stable", 138, 19)
	p.asks("stable", 130, "会议记录上我的名字不是我签的，我没同意过扣钱。圈舍两年没动工，补助应该发到户。")
	p.noteDown("shi.fucha", "stable", 122, "查会议记录原件，十二户签名中九户当面确认是本人所签，反映人一户不能确认。村账上专款未动。")
	p.judges("shi.fucha", "shi.shenpi", "stable", 118, appeal.Ruling{Ruling: appeal.Upheld,
		Facts: "村里开过会，多数户同意统一建圈舍，专款还在村集体账上，没有被挪用。", Basis: "《信访工作条例》第三十五条"})
	p.reads("stable", 114, 20)
	p.asks("stable", 105, "多数户同意不等于我同意，补助是发给我家的。请市里开个听证会，让村里拿原件出来。")
	p.hears("shi.fuhe", "stable", 97, 5, "上午九点在市委市政府督查室三楼会议室开听证会，您可以来，也可以请一个人替您来。")
	p.judges("shi.fuhe", "shi.fuhe.shenpi", "stable", 86, appeal.Ruling{Ruling: appeal.Changed,
		Facts: "听证会上核对了会议记录原件，这一户的签名不是本人所签。补助是发给农户的，没有本人同意不能扣。", Basis: "《信访工作条例》第三十六条",
		Answer: triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{{
			N: 1, Result: intake.Substantiated, Facts: "这一户没有同意统建，四千元不应当扣。", Basis: basis + "第五项", Done: "村里已经把四千元退到这一户的折子上。"}}}})
	p.reads("stable", 85, 18)
}

// stableAgain is the same matter, reported by somebody after it was decided for
// the last time.
func (p *play) stableAgain() {
	p.take("ps.shouli2", "stable again", 21, triage.Description{
		Summary: "反映养殖补助被扣作圈舍统建费。", Programme: "industry", Demands: []string{"查清圈舍款"},
	})
	p.at(20, 14)
	p.step("answer as before", "ps.shouli2", "stable again", func(by staff.Officer, c triage.Case) error {
		return p.Triage.ProposeRepeat(p.ctx, by, c.ID, c.Version, p.cases["stable"])
	})
	p.approve("ps.shenpi", "stable again", 20)
	p.reads("stable again", 19, 21)
}

// ditch is said to be unsolved: the city owes a second look. Nobody has called
// back yet.
func (p *play) ditch() {
	p.take("dw.shouli2", "ditch", 34, triage.Description{
		Summary: "反映扶贫项目排水沟质量差，验收不到场。", Programme: "roads_water", Demands: []string{"把沟修好"},
	})
	p.accept("dw.shouli2", "ditch", 33)
	p.check("dw.shouli2", "ditch", 20, "site_visit", "现场查看，排水沟塌了约四十米，验收单签字齐全。", true)
	p.answer("dw.shouli2", "ditch", 5, intake.Partly, "排水沟塌了属实；验收单上有三个人签字。", basis+"第七项", "已要求施工单位开春返修。")
	p.approve("dw.shenpi", "ditch", 4)
	p.reads("ditch", 3, 20)
	p.rates("ditch", 3, intake.Unsolved, "签字的三个人我都认得，没有一个来过。")
}

// lamp has its answer under the receipt, where nobody has looked yet.
func (p *play) lamp() {
	p.take("dw.shouli2", "lamp", 22, triage.Description{
		Summary: "反映扶贫项目路灯大部分不亮。", Programme: "roads_water", Demands: []string{"把路灯修好"},
	})
	p.accept("dw.shouli2", "lamp", 21)
	p.check("dw.shouli2", "lamp", 14, "site_visit", "夜间现场清点，二十盏路灯亮三盏，电池仓进水。", true)
	p.answer("dw.shouli2", "lamp", 3, intake.Substantiated, "二十盏路灯只亮三盏，电池进了水，还在质保期内。", basis+"第七项", "厂家本月底前免费换电池，换完我们再去数一遍。")
	p.approve("dw.shenpi", "lamp", 2)
}

// pigs was sent back by the city, once.
func (p *play) pigs() {
	p.take("ps.shouli2", "pigs", 33, triage.Description{
		Summary: "反映仔猪扶贫款长期未发放到户。", Programme: "industry", Demands: []string{"把钱发到户"},
	})
	p.accept("ps.shouli2", "pigs", 32)
	p.check("ps.shouli2", "pigs", 26, "interview", "电话向镇里了解，款项正在走拨付程序。", false)
	p.answer("ps.shouli2", "pigs", 24, intake.Unsubstantiated, "镇里说款项正在办理拨付手续，没有扣留。", "财政专项资金管理规定", "")
	p.approve("ps.shenpi", "pigs", 23)
	p.reads("pigs", 22, 19)
	p.rates("pigs", 22, intake.Unsolved, "走了一年程序，你们也没来问过我们。")
	p.looksAgain("shi.shouli", "pigs", 15, true, "只打电话问了镇里，没有问过农户，也没有查拨付单据。请重新到户核查，查清款项停在哪一步。")
}

// roof is under review.
func (p *play) roof() {
	p.take("ps.shouli", "roof", 32, triage.Description{
		Summary: "反映危房评定漏评，评上的房屋状况更好。", Programme: "housing", Demands: []string{"重新鉴定我家房子"},
	})
	p.accept("ps.shouli", "roof", 31)
	p.check("ps.shouli", "roof", 22, "site_visit", "现场查看，房屋墙体有裂缝，屋面漏雨，住建部门上年度评为 C 级。", true)
	p.answer("ps.shouli", "roof", 18, intake.Unsubstantiated, "您家房子去年评的是 C 级，评上的那一户是 D 级。", "农村危险房屋鉴定有关规定", "")
	p.approve("ps.shenpi", "roof", 17)
	p.reads("roof", 16, 8)
	p.rates("roof", 16, intake.Partway, "来人看过了，可是鉴定是两年前的。")
	p.asks("roof", 9, "鉴定是前年做的，今年夏天又塌了一面墙，应该重新鉴定。")
	p.noteDown("shi.fucha", "roof", 5, "已请市住建部门派人重新鉴定，约定下周二到户。")
}

// withdrawals: one whose reporter was made to, one that can still be taken back.
func (p *play) withdrawals() {
	p.take("dw.shouli", "flour", 12, triage.Description{
		Summary: "反映慰问面粉被村里扣留。", Programme: "relief_goods", Demands: []string{"查清面粉去向"},
	})
	p.accept("dw.shouli", "flour", 11)
	p.withdraws("flour", 5, "tired")
	p.take("ps.shouli2", "card", 10, triage.Description{
		Summary: "反映低保卡由村民组长代管。", Programme: "subsistence", Demands: []string{"把卡还给本人"},
	})
	p.accept("ps.shouli2", "card", 9)
	p.withdraws("card", 4, intake.Pressed)
}

// curious people looked at the case of somebody who says now that they were
// punished for it, at night.
func (p *play) curious() {
	p.last = p.arrived["renovation"]
	p.follow(p.when(56, 22))
	p.step("look at", "ps.shouli2", "renovation", func(staff.Officer, triage.Case) error { return nil })
}

// reads lets the reporter look at the page under the receipt.
func (p *play) reads(name string, days, hour int) {
	p.follow(p.when(days, hour))
	p.do("read about "+name, func() error {
		_, err := p.Intake.Track(p.ctx, p.receipts[name])
		return err
	})
}

// heard lets the reporter do something with the page under the receipt.
func (p *play) heard(what, name string, days int, act func(t intake.Tracked) error) {
	p.follow(p.when(days, 20))
	p.do(what+" "+name, func() error {
		t, err := p.Intake.Track(p.ctx, p.receipts[name])
		if err != nil {
			return err
		}
		return act(t)
	})
}

func (p *play) rates(name string, days int, code intake.Rating, words string) {
	p.heard("rate", name, days, func(t intake.Tracked) error {
		return p.Appeals.Rate(p.ctx, t.ReportID, t.Matters[0].Part, appeal.Say{Code: code, Words: words})
	})
}

// asks is the reporter's wish that the level above decides again.
func (p *play) asks(name string, days int, words string) {
	p.heard("ask again about", name, days, func(t intake.Tracked) error {
		return p.Appeals.Ask(p.ctx, t.ReportID, t.Matters[0].Part, t.Form.Key, words)
	})
}

func (p *play) withdraws(name string, days int, reason string) {
	p.heard("withdraw", name, days, func(t intake.Tracked) error { return p.Intake.Withdraw(p.ctx, t.Token, reason) })
}

func (p *play) callsBack(who, name string, days int, call appeal.Call) {
	p.at(days, 15)
	p.step("call back about", who, name, func(by staff.Officer, c triage.Case) error {
		call.OnDay = workday.On(p.Store.Now())
		return p.Appeals.CallBack(p.ctx, by, c.ID, c.Version, call)
	})
}

func (p *play) looksAgain(who, name string, days int, redo bool, words string) {
	p.at(days, 14)
	p.step("look again at", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Appeals.SecondLook(p.ctx, by, c.ID, c.Version, redo, words)
	})
}

// leftUnread takes a letter for delivered that nobody ever looked at.
func (p *play) leftUnread(who, name string, days int) {
	p.at(days, 9)
	p.step("take for delivered", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Appeals.Deliver(p.ctx, by, c.ID, c.Version, appeal.Handing{To: c.ID, How: intake.Presumed})
	})
}

func (p *play) noteDown(who, name string, days int, words string) {
	p.at(days, 10)
	p.step("note down about", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Appeals.NoteDown(p.ctx, by, c.ID, c.Version, words)
	})
}

// hears sets a hearing some days later.
func (p *play) hears(who, name string, days, later int, words string) {
	p.at(days, 9)
	p.step("set a hearing about", who, name, func(by staff.Officer, c triage.Case) error {
		day := workday.On(p.Store.Now()).Add(later)
		return p.Appeals.Hear(p.ctx, by, c.ID, c.Version, appeal.Hearing{First: day, Last: day, Words: words})
	})
}

// judges lets one propose what comes of an appeal and another agree two days
// later.
func (p *play) judges(who, agrees, name string, days int, r appeal.Ruling) {
	p.at(days, 11)
	p.step("propose on the appeal of", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Appeals.Propose(p.ctx, by, c.ID, c.Version, r)
	})
	p.at(days-2, 15)
	p.step("rule on the appeal of", agrees, name, func(by staff.Officer, c triage.Case) error {
		return p.Appeals.Rule(p.ctx, by, c.ID, c.Version, true, "")
	})
}
