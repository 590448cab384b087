package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What stands in a report's words in place of its reporter's name and phone. The
// words as they came are sealed with the name.
const (
	coveredName  = "〔反映人姓名〕"
	coveredPhone = "〔反映人电话〕"
)

// cover hides who the reporter is in their own words: the name with whatever stands
// between its characters, the phone however its digits are grouped. It reports
// whether anything was covered.
func (n Narrative) cover(who Identity) (Narrative, bool) {
	covered := n
	for _, field := range []*string{&covered.Text, &covered.Who, &covered.When, &covered.Amount} {
		*field = coverIn(*field, who)
	}
	return covered, covered != n
}

func coverIn(text string, who Identity) string {
	if utf8.RuneCountInString(who.Name) >= 2 {
		text = spaced(who.Name, `[\s·•.]*`).ReplaceAllString(text, coveredName)
	}
	if len(who.Phone) >= 7 {
		text = spaced(who.Phone, `[\s\-–—.·_()（）]*`).ReplaceAllString(text, coveredPhone)
	}
	return text
}

// spaced matches word with anything of between between its characters, digits also
// in their full width.
func spaced(word, between string) *regexp.Regexp {
	var parts []string
	for _, r := range word {
		part := regexp.QuoteMeta(string(r))
		if r >= '0' && r <= '9' {
			part = "[" + string(r) + string(r-'0'+'０') + "]"
		}
		parts = append(parts, part)
	}
	return regexp.MustCompile("(?i)" + strings.Join(parts, between))
}
