package sheet

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// units are what stands in brackets behind a heading and says nothing about
// what the column is.
var units = regexp.MustCompile(`[(\[<{【〔](?:单位:?)?(?:百|千|万)?(?:元|块|角|分|人|人次|人口|户|个|名|口|亩|平方米|米|公里|千米|吨|公斤|头|只|株|棵|套|座|处|条|项|天|月|年|%|m|m2|km|kg|大写|小写|必填|选填|可不填|年月日|年/月/日|yyyy-mm-dd|\d{4}-\d{1,2}-\d{1,2})(?:/[^)\]>}】〕]{1,6})?[)\]>}】〕]`)

// Fold is a heading as it is compared: NFKC, without spaces, line breaks,
// brackets with units, or case.
func Fold(heading string) string {
	s := strings.ToLower(squeeze(heading))
	s = units.ReplaceAllString(s, "")
	return strings.Trim(s, "*:;,.、。★※")
}

// squeeze is NFKC without any white space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// inWan reports whether a heading or a note above it counts in 万元; said is
// whether it names a unit of money at all.
func inWan(s string) (wan, said bool) {
	s = squeeze(s)
	wan = strings.Contains(s, "万元")
	return wan, wan || strings.Contains(s, "(元)") || strings.Contains(s, ":元") || strings.HasSuffix(s, "/元") || strings.HasSuffix(s, "元")
}

// tidy is the text of a cell as it is kept: digits, letters and spaces of
// normal width, white space collapsed, and none between Chinese characters
// (张 三 is 张三). Punctuation stays as it was written.
func tidy(s string) string {
	var out []rune
	for _, r := range s {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			r -= 0xfee0
		case r == '•' || r == '・' || r == '‧' || r == '･': // between the parts of a name
			r = '·'
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		if n := len(out); r == ' ' && (n == 0 || out[n-1] == ' ') {
			continue
		}
		if n := len(out); n >= 2 && out[n-1] == ' ' && unicode.Is(unicode.Han, r) && unicode.Is(unicode.Han, out[n-2]) {
			out = out[:n-1]
		}
		out = append(out, r)
	}
	return strings.TrimSuffix(string(out), " ")
}
