package world

import (
	"fmt"
	"time"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/roll"
	"minsheng/staff"
)

// lists are the lists of poor households: one in each round, one that somebody
// objected to, one that an objection changed, and one of the year before.
func (p *play) lists() {
	p.longOver()
	p.firstRound()
	p.missing()
	p.secondRound()
	p.announced()
	p.leaving()
	p.leaked()
}

// longOver is a list of a year ago and more, with an objection that did not hold: the
// name of who made it is due.
func (p *play) longOver() {
	const name, long = "list of long ago", 400
	p.last = time.Time{}
	p.near(long+14, 9)
	year := workday.On(p.moment).Year()
	p.draft("tangjia.gongshi", name, 7, notice.Draft{
		Kind: "LIST_VILLAGE", Title: fmt.Sprintf("大榆树村%d年贫困户初选名单公示（第一次）", year), PlaceCode: dayushu, Year: year,
		Body:   "经村民代表大会民主评议，现将初选名单公示。有意见请在公示期内提出，可以不留名字。",
		Fields: office(tangjia, "唐家镇政府便民服务大厅3号窗口"),
	})
	p.rows("tangjia.gongshi", name, "大榆树村名单（上年）.csv", secondList)
	p.minutes("tangjia.gongshi", name, long+16, 25, 29, "")
	p.near(long+14, 11)
	p.handIn("tangjia.gongshi", name)
	p.sign("tangjia.shenhe", name, long+14)
	p.last = p.when(long+12, 18)
	p.object("long ago", name, "", objection.Filing{Kind: objection.Missed, Household: "滕有仓"},
		"评议那天我去镇上抓药了,没赶上说话。我老伴常年吃药,我家也该上名单,请来看看。")
	p.near(long+10, 9)
	p.acknowledge("dw.shouli", "long ago")
	p.near(long+7, 10)
	p.visit("dw.shouli", "long ago", "入户查看存折和药费单：儿子每月寄钱，药费医保已报销，上年人均收入高于标准；村民组长所说一致。")
	p.near(long+6, 9)
	p.cosign("dw.shouli2", "long ago")
	p.near(long+5, 15)
	p.propose("dw.shouli", "long ago", objection.NotUpheld, roll.Edit{}, "我们两个人到您家看过账和药费单，您家去年的收入超过了标准，这次不能上名单。家里情况有变化，可以随时再提。")
	p.near(long+3, 10)
	p.rule("dw.shenpi", "long ago")
}

// firstList is how the town wrote it down: a title above the headings, notes
// below.
const firstList = `甜水镇双柳村贫困户初选名单,,,,
序号,村民小组,户主姓名,家庭人口数,主要致贫原因
1,一组,甄顺,３,因病
2,一组,穆青山,2,缺劳力
3,一组,欧阳长河,4,因学
4,一组,邢大苇,1,因残
5,二组,宫秀芝,2,因病
6,二组,阎守田,5,缺技术
7,二组,迟有福,4,缺资金
8,二组,戴玉莲,2,因残
9,二组,白启明,3,因病
10,三组,娄长海,2,因病
11,三组,麻桂兰,1,缺劳力
12,三组,斯琴·其木格,4,因学
13,三组,冉树林,3,因灾
14,三组,栾凤,2,因病
合计,,14户,38,
注：本表按村民代表大会评议结果填写,,,,
`

// firstRound is on the board and on the web; one row waits for two people to
// look.
func (p *play) firstRound() {
	const name = "first list"
	p.chapter()
	p.near(6, 9)
	p.draft("tianshui.gongshi", name, 15, notice.Draft{
		Kind: "LIST_VILLAGE", Title: "双柳村贫困户初选名单公示（第一次）", DocNumber: p.number("甜政公示", 6), PlaceCode: shuangliu,
		Body:   "经村民代表大会民主评议，村委会和驻村工作队入户核实，现将双柳村贫困户初选名单公示。\n\n有意见请在公示期内提出，**可以不留名字**。",
		Fields: office(tianshui, "甜水镇政府一楼扶贫站"),
	})
	p.rows("tianshui.gongshi", name, "双柳村初选名单.csv", firstList)
	p.minutes("tianshui.gongshi", name, 8, 27, 31, "评议前先念了标准，有亲属关系的代表回避。")
	p.near(6, 11)
	p.handIn("tianshui.gongshi", name)
	p.sign("tianshui.shenhe", name, 5)
	p.near(4, 9)
	p.hang("tianshui.gongshi", name)
	p.last = p.when(2, 21)
	p.object("seventh", name, "迟有福", objection.Filing{Kind: objection.WrongIn},
		"名单第7户不够格,他家县里有楼,去年才买的轿车,他侄子是村主任。公平点行不行")
	p.near(1, 9)
	p.acknowledge("ps.shouli2", "seventh")
}

const secondList = `村民小组,户主,人口,致贫原因
一组,李守成,2,因病
一组,赵立学,3,因学
一组,葛东来,2,因残
二组,孙大田,1,缺劳力
二组,佟桂花,2,因病
二组,诸葛青,3,因病
二组,展红梅,2,因残
三组,苗春生,4,因学
三组,于满田,5,缺技术
三组,刘双喜,2,因病
四组,寇秀荣,1,因病
四组,敖长青,3,因灾
四组,窦文学,2,缺资金
`

// missing is a list that lacked a household. Two people went there; the list has
// a second version, and for its new row the days begin anew.
func (p *play) missing() {
	const name = "corrected list"
	p.chapter()
	p.near(13, 9)
	p.draft("tangjia.gongshi", name, 12, notice.Draft{
		Kind: "LIST_VILLAGE", Title: "大榆树村贫困户初选名单公示（第一次）", DocNumber: p.number("唐政公示", 3), PlaceCode: dayushu,
		Body:   "大榆树村召开村民代表大会，评议出下列初选贫困户，现予公示。有意见请在公示期内提出，可以不留名字。",
		Fields: office(tangjia, "唐家镇政府便民服务大厅3号窗口"),
	})
	p.rows("tangjia.gongshi", name, "大榆树村名单.csv", secondList)
	p.minutes("tangjia.gongshi", name, 15, 24, 29, "")
	p.near(13, 11)
	p.handIn("tangjia.gongshi", name)
	p.sign("tangjia.shenhe", name, 12)
	p.near(11, 9)
	p.hang("tangjia.gongshi", name)
	p.last = p.when(9, 17)
	p.object("missed", name, "", objection.Filing{Kind: objection.Missed, Household: "石有田"},
		"大榆树村公示里没有我家。我脑梗三年了干不了活儿,老伴也有病,儿子在外头打工不顾家,一年到头就那点地钱。开会评的时候也没人通知我。求求领导给看看。")
	p.near(8, 10)
	p.acknowledge("dw.shouli", "missed")
	p.near(5, 14)
	p.visit("dw.shouli", "missed", "入户查看病历和药费单，户主偏瘫三年，老伴有慢性病，儿子三年未寄钱回家；邻居四户所说一致。评议会签到表上没有这一户，也没有通知记录。")
	p.near(4, 9)
	p.cosign("dw.shouli2", "missed")
	p.near(4, 15)
	p.propose("dw.shouli", "missed", objection.UpheldAdd,
		roll.Edit{Label: "石有田", Team: "三组", People: 2, Cells: map[string]string{"cause": "illness"}},
		"我们两个人到您家看过，您家符合条件，开会没有通知您是村里的错。您家已经加到名单里，从今天起重新公示。")
	p.near(2, 10)
	p.rule("dw.shenpi", "missed")
}

const thirdList = `户主姓名,组别,人口数,致贫原因
桑长林,一组,3,因病
车永福,一组,2,因残
晏清,一组,4,因学
司马德才,二组,2,缺劳力
褚小莲,二组,1,因病
鲍玉山,二组,3,缺技术
计桂英,三组,2,因病
水长青,三组,4,因学
`

// secondRound is a list that the town has checked and posted again.
func (p *play) secondRound() {
	p.village("town list, first round", wangwei, "望苇村贫困户初选名单公示（第一次）", "望苇村名单.csv", thirdList, 24)
	p.town("town list", "town list, first round", wangwei, "望苇村贫困户审核名单公示（第二次）", 6, 14)
}

// village takes a list of a village of 甜水镇 through its first round, which
// lasts a week.
func (p *play) village(name, place, title, file, content string, daysAgo int) {
	p.chapter()
	p.near(daysAgo, 9)
	p.draft("tianshui.gongshi", name, 7, notice.Draft{
		Kind: "LIST_VILLAGE", Title: title, PlaceCode: place, Fields: office(tianshui, "甜水镇政府一楼扶贫站"),
		Body: "经村民代表大会民主评议，现将初选名单公示。有意见请在公示期内提出，可以不留名字。",
	})
	p.rows("tianshui.gongshi", name, file, content)
	p.minutes("tianshui.gongshi", name, daysAgo+2, 22, 26, "")
	p.near(daysAgo, 11)
	p.handIn("tianshui.gongshi", name)
	p.sign("tianshui.shenhe", name, daysAgo)
}

// town takes it through the second.
func (p *play) town(name, before, place, title string, daysAgo, days int) {
	p.near(daysAgo, 9)
	p.draft("tianshui.gongshi", name, days, notice.Draft{
		Kind: "LIST_TOWN", Title: title, PlaceCode: place, RollID: p.rollOf(before),
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "sample_share", "30"),
		Body:   "镇里抽查三成农户，与村里评议的一致。现将审核名单在村里和网上第二次公示。",
	})
	p.minutes("tianshui.gongshi", name, daysAgo+1, 9, 11, "镇扶贫领导小组会议")
	p.near(daysAgo, 11)
	p.handIn("tianshui.gongshi", name)
	p.sign("tianshui.shenhe", name, daysAgo-1)
}

func with(fields map[string]string, pairs ...string) map[string]string {
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i]] = pairs[i+1]
	}
	return fields
}

const fourthList = `户主,小组,人口,原因
江渡,一组,3,因病
鱼得水,一组,2,因残
鹿鸣春,二组,4,因学
柏长青,二组,1,缺劳力
麦香兰,三组,3,因病
令狐成,三组,2,因病
`

// announced is a list at the end of its way: on the web only how many they are.
func (p *play) announced() {
	p.village("county list, first round", heqi, "鹤栖村贫困户初选名单公示（第一次）", "鹤栖村名单.csv", fourthList, 47)
	p.town("county list, second round", "county list, first round", heqi, "鹤栖村贫困户审核名单公示（第二次）", 33, 8)
	const name = "county list"
	p.near(7, 9)
	p.draft("ps.gongshi", name, 15, notice.Draft{
		Kind: "LIST_COUNTY", Title: "鹤栖村贫困户名单公告", DocNumber: p.number("盘县扶公", 9), PlaceCode: heqi, RollID: p.rollOf("county list, second round"),
		Body:   "鹤栖村贫困户名单经两次公示无异议，县扶贫办复审通过，现予公告。姓名写在村里的公示栏上。",
		Fields: office(panPoor, "盘山县行政服务中心二楼"),
	})
	p.near(7, 11)
	p.handIn("ps.gongshi", name)
	p.sign("ps.shenhe", name, 6)
}

// leaving is a list of households that leave the list, each with its own
// agreement.
func (p *play) leaving() {
	const name = "exit list"
	p.chapter()
	p.near(5, 9)
	p.draft("tianshui.gongshi", name, 15, notice.Draft{
		Kind: "EXIT_VILLAGE", Title: "双柳村拟脱贫户名单公示", DocNumber: p.number("甜政公示", 7), PlaceCode: shuangliu,
		Body:   "以下农户经评议拟脱贫，户主本人已经签字认可。有意见请在公示期内提出，可以不留名字。",
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "exit_year", p.year()),
	})
	p.rows("tianshui.gongshi", name, "双柳村脱贫户.csv", `户主姓名,村民小组,家庭人口数,户主认可签字
张立,一组,3,是
王玉山,一组,2,是
关成,二组,4,是
费长庚,三组,2,是
`)
	p.near(5, 11)
	p.handIn("tianshui.gongshi", name)
	p.sign("tianshui.shenhe", name, 4)
	p.near(3, 10)
	p.hang("tianshui.gongshi", name)
}

// leaked is a list off the web: somebody says that the board shows their
// numbers, and an approver has to look.
func (p *play) leaked() {
	const name = "pulled list"
	p.chapter()
	p.near(6, 9)
	p.draft("tangjia.gongshi", name, 15, notice.Draft{
		Kind: "EXIT_VILLAGE", Title: "大榆树村拟脱贫户名单公示", DocNumber: p.number("唐政公示", 4), PlaceCode: dayushu,
		Body:   "以下农户经评议拟脱贫，户主本人已经签字认可。",
		Fields: with(office(tangjia, "唐家镇政府便民服务大厅3号窗口"), "exit_year", p.year()),
	})
	p.rows("tangjia.gongshi", name, "大榆树村脱贫户.csv", `户主,组,人口,是否同意退出
祁大河,一组,5,是
尚红,二组,3,是
滕守业,二组,2,是
`)
	p.near(6, 11)
	p.handIn("tangjia.gongshi", name)
	p.sign("tangjia.shenhe", name, 5)
	p.last = p.when(1, 10)
	p.object("numbers on the wall", name, "祁大河", objection.Filing{Kind: objection.Privacy},
		"公示上写我家5口人,实际4口,我妈去年迁走了。另外墙上那张纸把我身份证号和电话全写上了,最近老有骗子打电话,赶紧给撕下来!")
}

// drafts are papers that nobody has signed: one being written, one that came
// back.
func (p *play) drafts() {
	p.chapter()
	p.near(2, 9)
	p.draft("tianshui.gongshi", "draft", 10, notice.Draft{
		Kind: "SUBSIDY_ROSTER", Title: "双柳村冬季取暖补助发放公示", PlaceCode: shuangliu,
		Fields: with(office(tianshui, "甜水镇政府一楼扶贫站"), "programme", "冬季取暖补助"),
	})
	p.near(3, 9)
	p.draft("tangjia.gongshi", "returned draft", 10, notice.Draft{
		Kind: "PROJECT_DONE", Title: "唐家镇机井维修工程竣工公告", PlaceCode: tangjiaTwn, Body: "机井三眼已经修好，能出水。",
		Fields: with(office(tangjia, "唐家镇政府便民服务大厅3号窗口"), "fund_spent", "安排9万元，用了8.6万元，剩下的交回县财政。", "works_result", "修好机井3眼，换水泵3台。",
			"acceptance", "合格", "performance", "能浇地420亩，受益76户。"),
	})
	p.near(3, 11)
	p.handIn("tangjia.gongshi", "returned draft")
	p.near(2, 15)
	p.paper("return", "tangjia.shenhe", "returned draft", func(by staff.Officer, n notice.Notice) error {
		return p.Desk.Return(p.ctx, by, n.ID, n.Version, "没有写哪一天验收、谁验收的，请补上再报。")
	})
}
