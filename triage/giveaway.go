package triage

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain is a text made comparable: full-width and compatibility forms
// folded (NFKC), small letters, invisible characters gone. at says where in
// the original each character came from, so that findings can quote it.
type plain struct {
	original string
	runes    []rune
	at       []int
}

func plainly(text string) plain {
	p := plain{original: text}
	for i, r := range text {
		if unicode.Is(unicode.Cf, r) {
			continue
		}
		for _, folded := range strings.ToLower(norm.NFKC.String(string(r))) {
			p.runes = append(p.runes, folded)
			p.at = append(p.at, i)
		}
	}
	return p
}

// quote is what the original says between two characters, the last excluded.
func (p plain) quote(from, to int) string {
	end := len(p.original)
	if to < len(p.at) {
		end = p.at[to]
	}
	return p.original[p.at[from]:end]
}

// digits is a stretch of digits that may be broken by single spaces, hyphens
// or dots, as people write numbers. x marks the X that may end an ID number.
type digits struct {
	from, to int
	text     string
}

// digitGroups cuts the unbroken groups out of p, with the gap before each: 0
// when it follows the one before after a single joining character, else 1.
func digitGroups(p plain) (groups []digits, joined []bool) {
	for i := 0; i < len(p.runes); i++ {
		if !isDigit(p.runes[i]) {
			continue
		}
		start := i
		for i < len(p.runes) && isDigit(p.runes[i]) {
			i++
		}
		n := i - start
		if i < len(p.runes) && p.runes[i] == 'x' && (i+1 == len(p.runes) || !isLatin(p.runes[i+1])) {
			i++
		}
		g := digits{start, i, string(p.runes[start:i])}
		last := len(groups) - 1
		joined = append(joined, last >= 0 && n > 0 && start-groups[last].to == 1 && joins(p.runes[start-1]))
		groups = append(groups, g)
		i--
	}
	return groups, joined
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

// joins reports the characters that people put inside one number.
func joins(r rune) bool { return strings.ContainsRune(" -–—.·_", r) || r == '\u00a0' }

// numbers lists every number that could be meant: each group, and each row of
// up to eight neighbouring groups read as one.
func numbers(p plain) []digits {
	groups, joined := digitGroups(p)
	var all []digits
	for i := range groups {
		n := groups[i]
		all = append(all, n)
		for j := i + 1; j < len(groups) && j < i+8 && joined[j]; j++ {
			n = digits{n.from, groups[j].to, n.text + groups[j].text}
			all = append(all, n)
		}
	}
	return all
}

var (
	idNumber = regexp.MustCompile(`^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dx]$`)
	oldID    = regexp.MustCompile(`^[1-9]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}$`)
	longID   = regexp.MustCompile(`^\d{17}[\dx]$`)
	mobile   = regexp.MustCompile(`^(0{0,2}86)?1[3-9]\d{9}$`)
	landline = regexp.MustCompile(`^0\d{9,11}$`)
	local    = regexp.MustCompile(`^[2-8]\d{6,7}$`)
	card     = regexp.MustCompile(`^\d{16,19}$`)
	account  = regexp.MustCompile(`^\d{9,21}$`)
	plate    = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·.\-]?[a-z0-9]{5,6}`)
	mail     = regexp.MustCompile(`[a-z0-9._%+\-]+@[a-z0-9\-]+(\.[a-z0-9\-]+)+`)

	nearID    = regexp.MustCompile(`(身份证|证件|id ?(card|number|no))[^0-9]{0,6}$`)
	nearPhone = regexp.MustCompile(`(电话|座机|手机|号码|tel|phone)[^0-9]{0,4}$`)
	nearCard  = regexp.MustCompile(`(卡号|账号|帐号|存折|一卡通|account|card)[^0-9]{0,6}$`)
)

// giveaways finds ID numbers (also mistyped ones: a wrong check digit excuses
// nothing), phones, bank cards, plates and mail addresses in a text
// (DOMAIN §10). What it quotes are the text's own words.
func giveaways(field, text string) []Finding {
	p := plainly(text)
	var found []Finding
	end := 0
	for _, n := range numbers(p) {
		if reason := numberIs(n.text, string(p.runes[max(0, n.from-14):n.from])); reason != "" && n.to > end {
			found = append(found, Finding{field, reason, p.quote(n.from, n.to)})
			end = n.to
		}
	}
	found = append(found, matches(p, field, "plate", plate)...)
	return append(found, matches(p, field, "mail", mail)...)
}

// numberIs tells what a number is, with the words right before it.
func numberIs(n, before string) string {
	switch {
	case idNumber.MatchString(n), oldID.MatchString(n), len(n) == 18 && strings.HasSuffix(n, "x"),
		longID.MatchString(n) && nearID.MatchString(before):
		return "id_number"
	case mobile.MatchString(n), landline.MatchString(n),
		local.MatchString(n) && nearPhone.MatchString(before):
		return "phone"
	case card.MatchString(n) && luhn(n), account.MatchString(n) && nearCard.MatchString(before):
		return "card"
	}
	return ""
}

func matches(p plain, field, reason string, pattern *regexp.Regexp) []Finding {
	text := string(p.runes)
	var found []Finding
	for _, m := range pattern.FindAllStringIndex(text, -1) {
		from := len([]rune(text[:m[0]]))
		found = append(found, Finding{field, reason, p.quote(from, from+len([]rune(text[m[0]:m[1]])))})
	}
	return found
}

// luhn reports whether a card number's check digit is right.
func luhn(n string) bool {
	sum := 0
	for i := range n {
		d := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
