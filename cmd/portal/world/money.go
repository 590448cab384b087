package world

import (
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// money is a fund with where it goes, projects at each stage, a roster paid out
// of one, and an allocation that does not add up.
func (p *play) money() {
	fund := p.fund("ps.gongshi", 72, notice.Fund{
		Name: "省级财政专项扶贫资金（第二批）", DocNumber: p.number("辽财农", 1), Source: "province", TotalFen: 186_500_000, PlaceCode: "211122000000",
	})
	p.allocation(fund)
	project := p.progress(fund)
	p.roster(project)
	p.before()
	p.library()
	p.doesNotAddUp()
	p.duties()
}

// fund is money that was allocated; it is owed to the public from that day.
func (p *play) fund(who string, daysAgo int, f notice.Fund) *uuid.UUID {
	p.chapter()
	p.near(daysAgo, 9)
	id := new(uuid.UUID)
	p.do("record the fund "+f.Name, func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		f.AllocatedOn, f.Year = workday.On(p.Store.Now()), p.today.Year()
		made, err := p.Desk.NewFund(p.ctx, by, f)
		*id = made.ID
		return err
	})
	return id
}

// whereItGoes is as the office keeps it: in 万元, with a total below.
const whereItGoes = `盘山县省级财政专项扶贫资金分配表,,,,,
资金使用单位,项目名称,实施地点,建设内容及规模,分配金额（万元）,责任单位
甜水镇,双柳村危房改造,双柳村,危房改造42户,63,甜水镇人民政府
坝墙子镇,苇子沟村设施大棚,苇子沟村,大棚12栋,60,坝墙子镇人民政府
胡家镇,扶贫机井,胡家镇,机井1眼,13.5,胡家镇人民政府
沙岭镇,通村路硬化,沙岭镇,水泥路2公里,50,沙岭镇人民政府
合计,,,,186.5,
`

func (p *play) allocation(fund *uuid.UUID) {
	const name = "allocation"
	p.near(65, 9)
	p.draft("ps.gongshi", name, 0, notice.Draft{
		Kind: "FUND_ALLOC", Title: "盘山县省级财政专项扶贫资金分配结果公告（第二批）", DocNumber: p.number("盘县扶公", 2), PlaceCode: "211122000000", FundID: fund,
		Body: "现将资金分配结果公告。每个项目开工前在村里公示，完工后公告；哪一笔不对，都可以反映。",
		Fields: with(office(panPoor, "盘山县行政服务中心二楼"), "fund_use", "危房改造、产业发展、饮水和道路",
			"fund_principle", "按贫困户数、缺口大小和项目准备情况分配，党组会议集体研究决定。"),
	})
	p.rows("ps.gongshi", name, "资金分配表.csv", whereItGoes)
	p.near(65, 11)
	p.handIn("ps.gongshi", name)
	p.sign("ps.shenhe", name, 62)
}

// progress moves the projects of a fund on and returns the one that pays
// households.
func (p *play) progress(fund *uuid.UUID) *uuid.UUID {
	pays := new(uuid.UUID)
	for _, step := range []struct {
		days        int
		name, state string
	}{
		{50, "通村路硬化", "under_way"}, {40, "双柳村危房改造", "under_way"}, {26, "苇子沟村设施大棚", "under_way"}, {15, "通村路硬化", "accepted"}, {5, "扶贫机井", "planned"},
	} {
		p.near(step.days, 10)
		p.do(step.name+" is "+step.state, func() error {
			by, err := p.by("ps.gongshi")
			if err != nil {
				return err
			}
			projects, err := p.Desk.Projects(p.ctx, by, *fund, uuid.Nil)
			for _, made := range projects {
				if made.Name != step.name {
					continue
				}
				on := workday.On(p.Store.Now())
				if step.state == "planned" {
					on = p.today.Add(40)
				}
				if made.Name == "双柳村危房改造" {
					*pays = made.ID
				}
				return p.Desk.Progress(p.ctx, by, made.ID, made.Version, step.state, on)
			}
			return err
		})
	}
	return pays
}

// roster pays households out of a project; one amount was wrong and put right
// in public.
func (p *play) roster(project *uuid.UUID) {
	const name = "roster"
	p.chapter()
	p.near(12, 9)
	p.draft("tianshui.gongshi", name, 14, notice.Draft{
		Kind: "SUBSIDY_ROSTER", Title: "双柳村危房改造补助发放公示（第一批）", DocNumber: p.number("甜政公示", 5), PlaceCode: shuangliu, ProjectID: project,
		Body: "补助直接打到户主本人的一卡通。发放前公示，有不对的请提出来。",
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "programme", "农村危房改造", "standard", "C级每户7000元，D级每户15000元",
			"batch", "第一批"),
	})
	p.rows("tianshui.gongshi", name, "危房改造发放表.csv", `双柳村危房改造补助发放表,,,
户主姓名,组,补助标准,补助金额(元)
甄顺,一组,D级,15000
穆青山,一组,D级,15000
阎守田,二组,C级,7000
戴玉莲,二组,C级,"15,000.00"
麻桂兰,三组,C级,7000
栾凤,三组,C级,7000
小计,,,66000
`)
	p.near(12, 11)
	p.handIn("tianshui.gongshi", name)
	p.sign("tianshui.shenhe", name, 11)
	p.near(6, 9)
	p.paper("correct", "tianshui.gongshi", name, func(by staff.Officer, n notice.Notice) error {
		made, err := p.Desk.Correct(p.ctx, by, n.ID, "第4户是C级，补助金额多写了8000元。")
		p.notices["correction"] = made.ID
		return err
	})
	row := p.rowOf(name, "戴玉莲")
	p.paper("write", "tianshui.gongshi", "correction", func(by staff.Officer, n notice.Notice) error {
		r, err := p.Rolls.Roll(p.ctx, row.RollID)
		if err != nil {
			return err
		}
		fields := with(n.Fields, "corrected", "第4户的补助金额由15000元更正为7000元，合计由66000元更正为58000元。")
		err = p.Desk.Save(p.ctx, by, n.ID, n.Version, notice.Draft{Title: n.Title, DocNumber: n.DocNumber, PlaceCode: n.PlaceCode, Year: n.Year,
			Body: n.Body, StartsOn: n.StartsOn, Fields: fields, ProjectID: n.ProjectID})
		if err != nil {
			return err
		}
		return p.Desk.EditRows(p.ctx, by, n.ID, r.Version, []roll.Edit{{Key: row.Key, Label: row.Label, Team: row.Team,
			PlaceCode: row.PlaceCode, AmountFen: 700_000, Cells: row.Cells, Reason: "typo"}})
	})
	p.handIn("tianshui.gongshi", "correction")
	p.sign("tianshui.shenhe", "correction", 5)
}

// before is a project before work begins, and one that was announced too early
// and taken down.
func (p *play) before() {
	p.chapter()
	p.near(4, 9)
	p.draft("tianshui.gongshi", "project", 15, notice.Draft{
		Kind: "PROJECT_PRE", Title: "望苇村田间路建设项目实施前公示", DocNumber: p.number("甜政公示", 8), PlaceCode: wangwei,
		Body: "项目开工前公示。对项目有意见，或者知道有人打招呼、插手招标的，都可以反映。",
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "project_name", "望苇村田间路", "funding", "县财政扶贫资金28万元", "works", "砂石路3.2公里，宽4米，过路涵6处",
			"works_period", "60天", "owner_unit", tianshui, "owner_person", "甘某", "builder_unit", "示例路桥工程队", "builder_person", "段某",
			"bidding", "三家比选，最低价中选", "beneficiaries", "望苇村118户，其中贫困户8户"),
	})
	p.near(4, 11)
	p.handIn("tianshui.gongshi", "project")
	p.sign("tianshui.shenhe", "project", 3)
	p.chapter()
	p.near(10, 9)
	p.draft("tianshui.gongshi", "withdrawn", 15, notice.Draft{
		Kind: "PROJECT_DONE", Title: "鹤栖村饮水工程竣工公告", DocNumber: p.number("甜政公示", 4), PlaceCode: heqi, Body: "工程已经完工。",
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "fund_spent", "安排17万元，用了16.8万元。", "works_result", "铺管道2.4公里，接水到户53户。",
			"acceptance", "合格", "performance", "53户吃上自来水。"),
	})
	p.near(10, 11)
	p.handIn("tianshui.gongshi", "withdrawn")
	p.sign("tianshui.shenhe", "withdrawn", 9)
	p.near(7, 14)
	p.paper("withdraw", "tianshui.shenhe", "withdrawn", func(by staff.Officer, n notice.Notice) error {
		return p.Desk.Withdraw(p.ctx, by, n.ID, n.Version, "工程还没有正式验收，公告发早了；验收以后重新公告。")
	})
}

func (p *play) library() {
	const name = "library"
	p.chapter()
	p.near(4, 9)
	p.draft("ps.gongshi", name, 15, notice.Draft{
		Kind: "PROJECT_LIB", Title: "盘山县扶贫项目库入库公示", DocNumber: p.number("盘县扶公", 10), PlaceCode: "211122000000",
		Body: "下列项目经村、镇逐级公示，拟入县级项目库。", Fields: office(panPoor, "盘山县行政服务中心二楼"),
	})
	p.rows("ps.gongshi", name, "项目库.csv", `项目名称,类别,建设性质,实施地点,时间进度,责任单位,建设任务,资金规模(万元),资金来源,受益对象,绩效目标,带贫减贫机制
河蟹养殖合作社,产业,新建,羊圈子镇,明年3月至10月,羊圈子镇人民政府,养殖水面400亩,80,财政专项扶贫资金,60户,户均年增收2000元,入股分红
庭院经济,产业,新建,陈家镇,明年4月至9月,陈家镇人民政府,庭院种植养殖90户,25,县财政,90户,户均年增收800元,直接补助
农机合作社,产业,续建,吴家镇,明年全年,吴家镇人民政府,购置农机14台套,45,财政专项扶贫资金和自筹,40户,服务耕地3000亩,优先雇用贫困户
`)
	p.near(4, 11)
	p.handIn("ps.gongshi", name)
	p.sign("ps.shenhe", name, 3)
}

// doesNotAddUp waits for the approver, who has to see that fifty thousand yuan
// are missing from the table.
func (p *play) doesNotAddUp() {
	fund := p.fund("dw.gongshi", 12, notice.Fund{
		Name: "大洼区财政专项扶贫资金（第一批）", DocNumber: p.number("洼财农", 2), Source: "county", TotalFen: 120_000_000, PlaceCode: "211104000000",
	})
	const name = "does not add up"
	p.near(2, 9)
	p.draft("dw.gongshi", name, 0, notice.Draft{
		Kind: "FUND_ALLOC", Title: "大洼区财政专项扶贫资金分配结果公告（第一批）", DocNumber: p.number("洼扶公", 1), PlaceCode: "211104000000", FundID: fund,
		Body: "现将资金分配结果公告。",
		Fields: with(office(dawaPoor, "大洼区政务服务中心一楼"), "fund_use", "产业、道路和慰问",
			"fund_principle", "按各镇贫困人口数和项目准备情况分配。"),
	})
	p.rows("dw.gongshi", name, "大洼分配表.csv", `资金使用单位,项目名称,实施地点,建设内容,分配金额（万元）,责任单位
唐家镇,大榆树村产业项目,大榆树村,香菇棚20栋,55,唐家镇人民政府
新兴镇,通村路,南泡子村,水泥路1.2公里,40,新兴镇人民政府
各镇,慰问物资,大洼区,米面油,20,大洼区扶贫开发办公室
`)
	p.near(2, 11)
	p.handIn("dw.gongshi", name)
}

// duties are what is owed beside what follows by itself: one is late, one soon
// due, and the allocation of 盘山县 was met.
func (p *play) duties() {
	for _, owed := range []struct {
		days             int
		who, kind, about string
		place            string
	}{
		{48, "ps.gongshi", "FUND_ALLOC", "中央财政专项扶贫资金（第三批）分配结果", "211122000000"},
		{24, "ps.gongshi", "ANNUAL_PLAN", "年度扶贫资金项目计划", "211122000000"},
	} {
		p.chapter()
		p.near(owed.days, 9)
		p.do("owe "+owed.about, func() error {
			by, err := p.by(owed.who)
			if err != nil {
				return err
			}
			_, err = p.Desk.Owe(p.ctx, by, owed.kind, owed.about, owed.place, workday.On(p.Store.Now()))
			return err
		})
	}
}

// desk is what lies on the desks now: papers nobody signed, and what midnight
// did.
func (p *play) desk() {
	p.drafts()
	p.do("let the days go by", func() error {
		p.Clock(p.now.Add(-time.Minute)) // Build ends at now: nothing may have happened later
		return p.Desk.Tick(p.ctx)
	})
}
