package privacy

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Surnames that most people here have, but for those that are as often a word of
// another kind (于, 向, 成, 时 …).
const Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严武戴莫孔汤柳佟关那安常乔温庄颜兰鲁苗宫宁焦"

// NotGiven are characters that end no name of a person: 王家村 and 陈组长 are none.
const NotGiven = "村镇乡县区市组户民人众员部会委办府局所站队屯里面次时家书主长某们的"

// noNames begin with a surname, and are none after 我是.
var noNames = map[string]bool{"高中": true, "高中生": true, "高龄": true, "安保": true, "石油": true, "金融": true, "林业": true, "林场": true, "常住": true, "温饱": true, "白天": true, "黄牛": true, "任何": true, "何时": true, "何况": true, "那天": true, "那年": true, "那个": true, "那边": true, "那时": true, "关键": true, "关于": true, "安全": true, "常年": true, "常常": true, "程序": true, "宁可": true}

var (
	introduced = regexp.MustCompile(`(?:我的?名字?[叫是]|姓名[是为]?|我叫|(?:我|本人)[是系]` + fromHere + `|本人叫?|本人姓名)[\s:：]*((?:` + compoundSurname() + `|[` + Surnames + `])\p{Han}{1,2})` +
		`(?:$|[\s,，.。;；:：、!！?？（()）]|[是住男女今现电手身联反举的]|家住)`)
	introducedLatin = regexp.MustCompile(`(?i:my name is|i am called)\s+(\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+){0,2})`)
	// ownNumber ends in front of a number that somebody gives as theirs.
	ownNumber = regexp.MustCompile(`(?i)(?:我|本人|联系|打给?|\bmy |call )(?:的|家的?|家里的?|我|me)?\s*(?:联系)?(?:电话|手机|座机|身份证|方式|phone|mobile|number)?[^，。；,.;！!?？\n]{0,6}$`)
)

// fromHere is what may stand between 我是 and a name: 双柳村三组的, 村民. With toReport
// in it, it is somebody else's name: 我是来反映双柳村的王某.
const (
	fromHere = `((?:\p{Han}{0,12}?[村镇乡县区市组户里队社上](?:的|村民|居民|民)?)?)`
	toReport = "反举检投控告指想要来说听问看替给帮跟从找被"
)

func compoundSurname() string { return strings.ReplaceAll(compound, " ", "|") }

// afterName is how many characters after their name people put their number, with a
// comma between.
const afterName = 10

// Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// Introductions finds, in order, how the writer of a text says who they are: the name
// after 我叫, 我是, 本人 or "my name is", and a telephone or identity number that they
// call theirs. It finds what is commonly written, not everything.
func Introductions(text string) (own []Span) {
	for _, m := range introduced.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[4]:m[5]]
		_, surname := utf8.DecodeRuneInString(name)
		others := m[2] >= 0 && strings.ContainsAny(text[m[2]:m[3]], toReport)
		if !others && !noNames[name] && !strings.ContainsAny(name[surname:], NotGiven) {
			own = append(own, Span{m[4], m[5]})
		}
	}
	for _, m := range introducedLatin.FindAllStringSubmatchIndex(text, -1) {
		own = append(own, Span{m[2], m[3]})
	}
	names := own
	for _, f := range Find(text) {
		if (f.Kind == Mobile || f.Kind == Landline || f.Kind == IDNumber) && givenAsOwn(text[:f.Start], names) {
			own = append(own, Span{f.Start, f.End})
		}
	}
	return own
}

// givenAsOwn reports whether what stands before a number makes it the writer's.
func givenAsOwn(before string, names []Span) bool {
	if ownNumber.MatchString(before) {
		return true
	}
	for _, n := range names {
		if n.End <= len(before) && utf8.RuneCountInString(before[n.End:]) <= afterName {
			return true
		}
	}
	return false
}
