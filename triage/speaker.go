package triage

import (
	"regexp"
	"strings"

	"minsheng/internal/privacy"
)

// speaker is somebody who is said to report or to say something.
var speaker = regexp.MustCompile(`(老|小)?[` + privacy.Surnames + `]([\p{Han}]{1,2}?)(本人|同志)?(反映|举报|投诉|信访|来电|来访|上访|诉称|陈述|告诉|说|称|讲)`)

// speakers finds people by name who are said to have reported or said something. It
// stands in for the comparison with a reporter's own name, which the portal does not
// know where custodians keep it. It finds what is commonly written, not everything.
func speakers(field, text string) []Finding {
	p := plainly(text)
	written := string(p.runes)
	var found []Finding
	for _, m := range speaker.FindAllStringSubmatchIndex(written, -1) {
		given, rest := written[m[4]:m[5]], written[m[1]:]
		if strings.ContainsAny(given, privacy.NotGiven) || strings.HasPrefix(rest, "明") || strings.HasPrefix(rest, "呼") {
			continue // 说明, 称呼
		}
		from := len([]rune(written[:m[0]]))
		found = append(found, Finding{field, "name", p.quote(from, from+len([]rune(written[m[0]:m[1]])))})
	}
	return found
}
