package triage

import (
	"regexp"
	"strings"
)

// Surnames that most people here have, but for those that are as often a word of
// another kind (于, 向, 成, 时 …).
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严武戴莫孔汤柳佟关那安常乔温庄颜兰鲁苗宫宁焦"

// notGiven never ends a name of a person: 王家村 and 陈组长 are none.
const notGiven = "村镇乡县区市组户民人众员部会委办府局所站队屯里面次时家书主长某们的"

// speaker is somebody who is said to report or to say something.
var speaker = regexp.MustCompile(`(老|小)?[` + surnames + `]([\p{Han}]{1,2}?)(本人|同志)?(反映|举报|投诉|信访|来电|来访|上访|诉称|陈述|告诉|说|称|讲)`)

// speakers finds people by name who are said to have reported or said something. It
// stands in for the comparison with a reporter's own name, which the portal does not
// know where custodians keep it. It finds what is commonly written, not everything.
func speakers(field, text string) []Finding {
	p := plainly(text)
	written := string(p.runes)
	var found []Finding
	for _, m := range speaker.FindAllStringSubmatchIndex(written, -1) {
		given, rest := written[m[4]:m[5]], written[m[1]:]
		if strings.ContainsAny(given, notGiven) || strings.HasPrefix(rest, "明") || strings.HasPrefix(rest, "呼") {
			continue // 说明, 称呼
		}
		from := len([]rune(written[:m[0]]))
		found = append(found, Finding{field, "name", p.quote(from, from+len([]rune(written[m[0]:m[1]])))})
	}
	return found
}
