package world

import (
	"fmt"
	"math/rand/v2"

	"minsheng/intake"
	"minsheng/region"
)

// choice is one of several things with how often it comes.
type choice[T any] struct {
	of     T
	weight int
}

func pick[T any](r *rand.Rand, from []choice[T]) T {
	total := 0
	for _, c := range from {
		total += c.weight
	}
	n := r.IntN(total)
	for _, c := range from {
		if n < c.weight {
			return c.of
		}
		n -= c.weight
	}
	panic("unreachable: n is below the sum of the weights")
}

// even gives every value the same weight.
func even[T any](values ...T) []choice[T] {
	out := make([]choice[T], len(values))
	for i, v := range values {
		out[i] = choice[T]{v, 1}
	}
	return out
}

var (
	modes         = []choice[intake.Mode]{{intake.Anonymous, 60}, {intake.Confidential, 25}, {intake.Named, 15}}
	channels      = []choice[intake.Channel]{{intake.Web, 45}, {intake.Poster, 25}, {intake.Phone, 20}, {intake.Visit, 7}, {intake.Letter, 3}}
	accusedLevels = []choice[string]{{"unknown", 30}, {"village", 50}, {"town", 15}, {"county", 4}, {"city", 1}}
	outcomes      = []choice[intake.Outcome]{{intake.Substantiated, 30}, {intake.Partly, 25}, {intake.Unsubstantiated, 35}, {intake.Unverifiable, 10}}
	endings       = []choice[intake.State]{{intake.Closed, 88}, {intake.NotAccepted, 5}, {intake.Transferred, 3}, {intake.Referred, 3}, {intake.Withdrawn, 1}}
	atWork        = []choice[intake.State]{{intake.Accepted, 35}, {intake.Verifying, 50}, {intake.Delivered, 15}}
	surnames      = even("张", "王", "李", "赵", "刘", "孙", "杨", "田", "于", "关", "佟", "苗")
	seasons       = even("去年秋天", "前年冬天", "今年开春", "去年腊月", "上个月", "八月节前后", "说不清了", "")
)

// DOMAIN §5: what was exposed in 2016 was most often housing and the
// subsistence allowance.
var programmes = []choice[[2]string]{
	{[2]string{"housing", "危房改造"}, 26}, {[2]string{"subsistence", "低保"}, 21}, {[2]string{"industry", "入股分红"}, 9},
	{[2]string{"industry", "大棚项目"}, 6}, {[2]string{"industry", "光伏发电"}, 3}, {[2]string{"roads_water", "修路"}, 8},
	{[2]string{"roads_water", "打井"}, 4}, {[2]string{"microloan", "小额贷款"}, 5}, {[2]string{"education", "雨露计划"}, 4},
	{[2]string{"medical", "医疗救助"}, 5}, {[2]string{"relief_goods", "慰问物资"}, 5}, {[2]string{"public_job", "公益岗位"}, 3}, {[2]string{"other", "土地流转"}, 1},
}

var troubles = []choice[struct {
	kind intake.Kind
	what string
}]{
	{trouble("FUND_WITHHOLD", "补助到手比规定的少,说扣的是手续费"), 12}, {trouble("FUND_WITHHOLD", "款项下来后被留了一部分没有发"), 8},
	{trouble("FUND_FRAUD_CLAIM", "人已经去世钱还有人领"), 5}, {trouble("FUND_FRAUD_CLAIM", "拿别人的名字领了钱"), 5},
	{trouble("FUND_FALSE_REPORT", "实际数量比报上去的少得多"), 6}, {trouble("FUND_DIVERT", "钱拿去装修了办公室"), 5},
	{trouble("FUND_ENCROACH", "指标给了大户,贫困户没有份"), 4}, {trouble("FUND_DELAY", "开春了钱还没有发下来"), 8},
	{trouble("FEE_EXTORT", "办事先要交钱才给登记"), 6}, {trouble("CARD_HELD", "存折一直放在会计手里不给本人"), 5},
	{trouble("FAVOURITISM", "名额都给了亲戚"), 9}, {trouble("HH_INELIGIBLE", "家里有楼有车的也在名单上"), 6},
	{trouble("HH_INFO_BAD", "登记的人口和实际对不上"), 3}, {trouble("PROC_NO_PUBLICITY", "没有开会也没有公示"), 6},
	{trouble("PROJECT_QUALITY", "建好不到一年就不能用了"), 5}, {trouble("TEAM_DERELICT", "驻村工作队半年没有露面"), 2},
	{trouble("INACTION", "跑了好几趟没有人管"), 8}, {trouble("RETALIATION", "反映以后受到刁难"), 1}, {trouble("PRIVACY_LEAK", "公示上写了身份证号"), 1}, {trouble("OTHER", "想问清楚政策是怎么规定的"), 4},
}

func trouble(kind intake.Kind, what string) struct {
	kind intake.Kind
	what string
} {
	return struct {
		kind intake.Kind
		what string
	}{kind, what}
}

var (
	whoFor = even("村民反映", "群众来信说", "来电人称", "多户村民反映", "一位老人反映", "返乡农民工反映", "贫困户反映")
	about  = even("村会计", "村干部", "村委会主任", "包村干部", "合作社负责人", "施工队", "镇里经办人", "小组长")
	wishes = even("要求查清并退还", "请求派人核实", "希望给个说法", "要求公开账目", "请求重新评议", "希望尽快发放", "要求按规定办理")
	// Words that come in one report of some thousands: a search must find them
	// as fast as the common ones.
	rareWords = even("碱蓬滩", "苇席厂", "蟹苗款", "渡口边", "井盖丢", "羊圈塌", "扬水站", "晾晒场", "育秧棚", "防洪堤", "水闸坏",
		"磨坊里", "芦花鸡", "稻田蟹", "泥鳅塘", "马车道", "戏台子", "供销社", "豆腐坊", "敬老院", "拦河坝", "看青人", "护林员", "放映队")
)

// story is what one invented complaint says.
type story struct {
	kind                              intake.Kind
	programme, summary, words, amount string
}

// pickStory puts one together from common words, and now and then a rare one.
func pickStory(r *rand.Rand, place region.Division) story {
	t, p := pick(r, troubles), pick(r, programmes)
	yuan := (1 + r.IntN(60)) * 500
	s := story{kind: t.kind, programme: p[0]}
	s.summary = fmt.Sprintf("%s%s的事,涉及%s:%s,约%d元,%d户。%s。",
		pick(r, whoFor), p[1], pick(r, about), t.what, yuan, 1+r.IntN(12), pick(r, wishes))
	if r.IntN(100) == 0 {
		s.summary += "地点在" + pick(r, rareWords) + "附近。"
	}
	s.words = fmt.Sprintf("我是%s的,%s那个事,%s。%s说是上头规定的,我们也不懂,问了也说不清楚。前后大概%d块钱,不光我们一家。你们给问问到底咋回事,别说是我说的。",
		place.Name, p[1], t.what, pick(r, about), yuan)
	if r.IntN(2) == 0 {
		s.amount = fmt.Sprintf("大概%d块", yuan)
	}
	return s
}
