package world

import (
	"bytes"
	"image"

	"github.com/google/uuid"

	"minsheng/intake"
)

// message is what somebody reports in the demo world.
type message struct {
	name      string // by which the story speaks of it
	days      int    // how long ago
	hour      int
	place     string
	mode      intake.Mode
	kind      intake.Kind
	accused   string
	when      string
	amount    string
	channel   intake.Channel
	enteredBy string // login of who wrote it down for a caller or visitor
	photo     bool
	drawn     func(w, h int) image.Image // what the photo shows; nil: a field
	voice     bool                       // a recording came with it
	earlier   string                     // the message whose receipt is named as that of an earlier report
	text      string
}

const (
	shuangliu  = "211122111901"
	weizigou   = "211122108902"
	xinheyan   = "211122106903"
	dayushu    = "211104112904"
	nanpaozi   = "211104107905"
	wangwei    = "211122111906"
	heqi       = "211122111907"
	shalingTwn = "211122101000"
	hujiaTwn   = "211122103000"
	tangjiaTwn = "211104112000"
	dongguo    = "211122004000"
	tongyi     = "211102100000"
	xingsheng  = "211103017000"
)

// messages are the samples of DOMAIN §14 that are no objections, and some more,
// oldest first.
var messages = []message{
	{name: "stable", days: 165, hour: 9, place: weizigou, mode: intake.Named, kind: "FUND_WITHHOLD", accused: "village", when: "前年", amount: "四千", channel: intake.Web,
		text: "我家前年报的养殖补助是一万,领到手六千,村里说那四千交了圈舍的统一建设费,可圈舍到现在也没建。"},
	{name: "renovation", days: 74, hour: 9, place: shuangliu, mode: intake.Confidential, kind: "FUND_WITHHOLD", accused: "village", when: "去年", amount: "三千", channel: intake.Poster,
		text: "我是甜水镇双柳村二组的,去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二。我问会计,他说那三千是手续费,上头规定的。别人家也都扣了,有扣两千的有扣三千的。你们给问问到底有没有这个规定,千万别说是我说的。"},
	{name: "dead", days: 66, hour: 20, place: xinheyan, mode: intake.Anonymous, kind: "FUND_FRAUD_CLAIM", accused: "village", when: "前年冬天", channel: intake.Web,
		text: "新河沿村老孙头前年冬天就没了,低保名单上他还搁那挂着呢,钱谁领的?村里都知道没人敢吱声。"},
	{name: "road", days: 61, hour: 10, place: nanpaozi, mode: intake.Anonymous, kind: "FUND_DIVERT", accused: "village", channel: intake.Phone, enteredBy: "shi.dengji",
		text: "(代录)来电人称:南泡子村通村路到现在还是土道,听说修路的钱拿去给村部装修了,买的沙发空调。来电人六十多岁,不愿留姓名,要求派人去看看。"},
	{name: "greenhouse", days: 47, hour: 16, place: weizigou, mode: intake.Anonymous, kind: "FUND_FALSE_REPORT", accused: "village", channel: intake.Poster, photo: true,
		text: "大棚项目牌子写的十二栋,你们自己来数数,就盖了五栋,还有两栋没棚膜。照片都拍了。坝墙子镇苇子沟村"},
	{name: "land", days: 44, hour: 11, place: shalingTwn, mode: intake.Named, kind: "OTHER", accused: "unknown", channel: intake.Web,
		text: "我和邻居地界的事打官司输了,你们给做主"},
	{name: "unfair", days: 50, hour: 21, place: dayushu, mode: intake.Anonymous, kind: "FAVOURITISM", accused: "village", channel: intake.Web,
		text: "上回公示的贫困户里有一户条件挺好,他哥是村干部。查查他县里有没有楼,车是谁的。"},
	{name: "shares", days: 33, hour: 9, place: nanpaozi, mode: intake.Named, kind: "FUND_ENCROACH", accused: "village", amount: "一家五千,六家", channel: intake.Visit, enteredBy: "shi.dengji",
		text: "我们六家都是贫困户,当初入股合作社一家五千是扶贫钱,说好年年分红,分了一年就没了。后来才知道地和钱都让养蟹大户用了,我们一分没见着。我们六家都按了手印,推我和老李头两个人来说。"},
	{name: "well", days: 31, hour: 15, place: hujiaTwn, mode: intake.Anonymous, kind: "PROJECT_QUALITY", accused: "town", when: "今年开春", channel: intake.Web, photo: true, drawn: lorry,
		text: "镇里给打的那口扶贫井,打完就没出过水,水泵也让人拉走了,牌子上还写着受益八十户。拉水泵的车陶大顺看见了,还拍了照,他说的话别往外传。"},
	{name: "ditch", days: 36, hour: 10, place: tangjiaTwn, mode: intake.Anonymous, kind: "PROJECT_QUALITY", accused: "village", channel: intake.Web,
		text: "扶贫项目修的排水沟一场雨就塌了一半,验收的人来都没来。"},
	{name: "pigs", days: 35, hour: 18, place: hujiaTwn, mode: intake.Confidential, kind: "FUND_DELAY", accused: "town", channel: intake.Web,
		text: "镇里发的仔猪扶贫款去年秋天就说到了,我们组八户到现在一户也没领着,问就说在走程序。"},
	{name: "roof", days: 34, hour: 15, place: shuangliu, mode: intake.Named, kind: "HH_INFO_BAD", accused: "village", channel: intake.Poster,
		text: "我家房子漏得住不了人,评危房没有我家,评上的那家房子比我家强多了。"},
	{name: "loan", days: 27, hour: 13, place: tongyi, mode: intake.Named, kind: "OTHER", accused: "unknown", channel: intake.Web,
		text: "小额贷款到期了想续贷找谁,银行说让找村里,村里说让找银行"},
	{name: "passbook", days: 26, hour: 8, place: weizigou, mode: intake.Confidential, kind: "CARD_HELD", accused: "village", channel: intake.Letter, enteredBy: "ps.dengji",
		text: "我们几户的存折一直在会计手里,三年没见过面,取钱得他跟着去,给多少是多少。信是孙子代写的,求领导把折子给要回来。"},
	{name: "dead again", days: 24, hour: 19, place: xinheyan, mode: intake.Anonymous, kind: "FUND_FRAUD_CLAIM", accused: "village", channel: intake.Web,
		text: "老孙头都没了两年了咋还有人给他领低保,这钱进了谁的腰包,新河沿村的"},
	{name: "goods", days: 20, hour: 10, place: tangjiaTwn, mode: intake.Anonymous, kind: "FUND_WITHHOLD", accused: "town", when: "过年前", channel: intake.Web,
		text: "过年慰问的米面油到我们这少了一半,送东西的说镇里留了一部分招待用。"},
	{name: "lamp", days: 23, hour: 20, place: nanpaozi, mode: intake.Anonymous, kind: "PROJECT_QUALITY", accused: "village", channel: intake.Web,
		text: "扶贫项目装的路灯一共二十盏,亮了不到一个月,现在就剩三盏亮。"},
	{name: "stable again", days: 22, hour: 20, place: weizigou, mode: intake.Anonymous, kind: "FUND_WITHHOLD", accused: "village", channel: intake.Web,
		text: "养殖补助一家扣四千说是建圈舍,圈呢?钱呢?苇子沟的。"},
	{name: "fee", days: 18, hour: 14, place: shuangliu, mode: intake.Anonymous, kind: "FEE_EXTORT", accused: "village", amount: "二百", channel: intake.Poster,
		text: "办低保得先交二百块钱押金,不交就不给往上报,收了也没条。"},
	{name: "delay", days: 17, hour: 9, place: dongguo, mode: intake.Named, kind: "FUND_DELAY", accused: "unknown", channel: intake.Phone, enteredBy: "shi.dengji",
		text: "(代录)来电人称:养殖补贴说是春天发,现在都秋天了还没信儿,问了三回都说再等等,想问问到底啥时候能发下来。"},
	{name: "team", days: 12, hour: 12, place: hujiaTwn, mode: intake.Anonymous, kind: "TEAM_DERELICT", accused: "village", channel: intake.Web,
		text: "驻村工作队半年没露面了,墙上的考勤天天打勾,谁打的啊。"},
	{name: "flour", days: 13, hour: 17, place: dayushu, mode: intake.Confidential, kind: "FUND_WITHHOLD", accused: "village", channel: intake.Web,
		text: "慰问品里的面粉村里扣下一半,说是给开会的人吃了。"},
	{name: "card", days: 12, hour: 21, place: heqi, mode: intake.Named, kind: "CARD_HELD", accused: "village", channel: intake.Web,
		text: "我爹的低保卡在组长手里拿着,每月给我爹送三百,卡里到底多少谁也不知道。"},
	{name: "office", days: 11, hour: 20, place: shuangliu, mode: intake.Confidential, kind: "INACTION", accused: "county", channel: intake.Web, voice: true,
		text: "我家危房的事跑县里跑了五趟,扶贫办的人让我找镇里,镇里让我找县里,来回推,一个准话没有。最后一趟我录了音。"},
	{name: "retaliation", days: 9, hour: 22, place: shuangliu, mode: intake.Confidential, kind: "RETALIATION", accused: "village", channel: intake.Web, earlier: "renovation",
		text: "上个月我反映过一回(查询码 4417 0092),没几天村里就有人骂我,说知道是我告的,这个月低保也给停了。你们咋保的密?我现在害怕,你们要不管我就去市里。"},
	{name: "lifted", days: 8, hour: 19, place: weizigou, mode: intake.Anonymous, kind: "HH_INFO_BAD", accused: "unknown", channel: intake.Web,
		text: "我寻思问一下子啊我家咋就脱贫了呢也没人问过我同不同意那个字不是我签的手印也不是我按的我家孩子上学钱还是借的呢"},
	{name: "praise", days: 6, hour: 9, place: nanpaozi, mode: intake.Named, kind: "OTHER", accused: "unknown", channel: intake.Web,
		text: "驻村的小王挺好,天天来,给俺们修了自来水,表扬一下"},
	{name: "housing", days: 4, hour: 15, place: xingsheng, mode: intake.Anonymous, kind: "HH_INELIGIBLE", accused: "village", channel: intake.Web,
		text: "有一户家里开着超市还有两台车,低保照样领,街道知道也不管。"},
	{name: "numbers", days: 3, hour: 16, place: weizigou, mode: intake.Anonymous, kind: "", accused: "unknown", channel: intake.Web,
		text: "=HYPERLINK(\"http://example.invalid\") 有事打这个电话１３８０００００００0,大棚的账不对"},
	{name: "noise", days: 1, hour: 23, place: tongyi, mode: intake.Anonymous, kind: "", accused: "unknown", channel: intake.Web,
		text: "啊啊啊测试测试啊啊啊测试"},
	{name: "today", days: 0, hour: 7, place: shuangliu, mode: intake.Anonymous, kind: "FUND_DELAY", accused: "unknown", channel: intake.Poster,
		text: "雨露计划的钱学校说早就申请了,到现在也没到账,孩子等着交学费呢。"},
}

// report hands in all messages.
func (p *play) report() {
	for i, m := range messages {
		p.arrived[m.name] = p.when(m.days, m.hour)
		p.do("report "+m.name, func() error {
			form := p.Intake.NewForm()
			if m.photo {
				shows := m.drawn
				if shows == nil {
					shows = field
				}
				if err := p.picture(form.Key, "IMG_0001.jpg", shows(640, 480)); err != nil {
					return err
				}
			}
			if m.voice {
				if _, err := p.Shelf.Stage(p.ctx, form.Key, "录音.wav", bytes.NewReader(recording())); err != nil {
					return err
				}
			}
			s := intake.Submission{
				Token: form.Token, PlaceCode: m.place, Text: m.text, Mode: m.mode, Kind: m.kind, AccusedLevel: m.accused,
				When: m.when, Amount: m.amount, Channel: m.channel, Lang: "zh-CN", ReadBack: m.enteredBy != "",
			}
			if m.mode != intake.Anonymous {
				s.Name, s.Phone = surnames[i%len(surnames)].of+"某", "13800000000"
			}
			s.Earlier = p.receipts[m.earlier]
			var receipt intake.Receipt
			var err error
			if m.enteredBy != "" {
				receipt, err = p.Intake.Enter(p.ctx, p.people[m.enteredBy], s)
			} else {
				receipt, err = p.Intake.Submit(p.ctx, s)
			}
			if err != nil {
				return err
			}
			p.receipts[m.name] = receipt.Digits
			p.cases[m.name], err = p.newest()
			return err
		})
	}
}

// newest is the complaint that was taken in last.
func (p *play) newest() (uuid.UUID, error) {
	var c intake.Complaint
	err := p.Store.Read(p.ctx).Order("seq DESC").Limit(1).Take(&c).Error
	return c.ID, err
}
