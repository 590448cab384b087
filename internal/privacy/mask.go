package privacy

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaskID shows 4 + 4 characters of an identity number, to staff only; of what
// is none, nothing.
func MaskID(id string) string {
	folded := fold(id)
	if !id18.MatchString(folded) && !id15.MatchString(folded) {
		return "****"
	}
	return folded[:4] + strings.Repeat("*", len(folded)-8) + folded[len(folded)-4:]
}

// MaskPhone is 138****5678, to staff only. Of a shorter number only the last
// two digits are left.
func MaskPhone(phone string) string {
	digits := without(fold(phone), func(r rune) bool { return r < '0' || r > '9' })
	switch {
	case len(digits) < 7:
		return "****"
	case mobile.MatchString(digits):
		return digits[len(digits)-11:][:3] + "****" + digits[len(digits)-4:]
	}
	return "****" + digits[len(digits)-2:]
}

// Tail is the last four digits of an account or card, or "". What has stars in
// it already keeps its last four; a number of five to seven digits has no tail,
// because little would be hidden.
func Tail(account string) string {
	folded := fold(account)
	n := len(folded)
	if n < 4 || n > 4 && n < 8 {
		return ""
	}
	tail := folded[n-4:]
	if strings.Trim(tail, "0123456789") != "" {
		return ""
	}
	return tail
}

// maskPlate is 辽L·1***5.
func maskPlate(plate string) string {
	runes := []rune(strings.ToUpper(without(norm.NFKC.String(plate), func(r rune) bool { return isGap(r) || isHidden(r) })))
	if len(runes) < 4 {
		return "****"
	}
	return string(runes[:2]) + "·" + string(runes[2]) + strings.Repeat("*", len(runes)-4) + string(runes[len(runes)-1])
}

var (
	id18   = regexp.MustCompile(`^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$`)
	id15   = regexp.MustCompile(`^[1-9]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}$`)
	mobile = regexp.MustCompile(`^(0|(00)?86)?1[3-9]\d{9}$`)
)

// ID folds an identity number to 18 characters (15-digit ones are lengthened,
// x becomes X, width, spaces and hyphens go). form is whether it has the form of
// one; valid whether its check digit is right too (GB 11643). The old numbers of
// 15 digits have no check digit that could be wrong.
func ID(text string) (id string, form, valid bool) {
	id = fold(text)
	switch {
	case id18.MatchString(id):
		return id, true, id[17] == checkDigit(id[:17])
	case id15.MatchString(id):
		long := id[:6] + "19" + id[6:]
		return long + string(checkDigit(long)), true, true
	}
	return id, false, false
}

// checkDigit is the 18th character for the first 17 (GB 11643-1999).
func checkDigit(digits string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// luhn reports whether the last digit of a card number is its check digit.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// fold is a number as it is compared: plain digits and capitals, without gaps
// and what cannot be seen.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(text, "")) {
		if r = plain(r); isGap(r) || isHidden(r) {
			continue
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// plain turns digits of any script into 0 to 9 and what looks like an X into
// one.
func plain(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r == 'Х', r == 'х', r == '×', r == 'Χ', r == 'χ': // Cyrillic, multiplication sign, Greek
		return 'X'
	case r == '\u2ed8': // radicals that PDFs write and NFKC leaves as they are
		return '青'
	case r == '\u2ecb':
		return '车'
	case unicode.Is(unicode.Nd, r):
		return digit(r)
	}
	return r
}

// digit is the value of a decimal digit. Unicode keeps each ten of them
// together, beginning with zero.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}

// isGap reports whether people put r between the digits of a number.
func isGap(r rune) bool {
	switch r {
	case ' ', '-', '.', '_', '·', '•', '・', '\u00a0', '−', '―', '。':
		return true
	}
	return unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Zs, r)
}

// isHidden reports whether r cannot be seen.
func isHidden(r rune) bool {
	return r == '\u00ad' || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Mn)
}
