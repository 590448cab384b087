package privacy

import (
	"regexp"
	"slices"
	"strings"
)

// maxGroups is in how many pieces a number may be written.
const maxGroups = 18

// How numbers are broken up when they are written in groups. Any other way is
// more often a row of figures than a number in disguise.
var (
	idSplits     = []string{"6 8 4", "6 12", "14 4", "6 4 4 4", "6 4 2 2 4", "3 3 4 4 4", "4 4 4 4 2", "4 4 4 6", "4 8 6", "17 1", "6 8 3 1", "6 11 1", "6 4 4 3 1", "6 6 3", "6 2 2 2 3"}
	mobileSplits = []string{"3 4 4", "3 8", "7 4", "4 4 3", "4 3 4", "3 3 5", "5 6", "3 2 2 2 2", "3 4 2 2", "1 2 2 2 2 2"}
	cardSplits   = []string{"4 4 4 4", "4 4 4 4 1", "4 4 4 4 2", "4 4 4 4 3", "6 10", "6 13", "16 3", "6 6 7", "8 8", "8 8 3", "4 4 8", "5 5 5 4", "6 4 4 5"}
	phoneSplits  = []string{"3 8", "4 7", "4 8", "3 4 4", "4 3 4", "4 4 4"}

	landline  = regexp.MustCompile(`^(10|2\d|[3-9]\d\d)$`)
	nearID    = regexp.MustCompile(`身份|证件|IDCARD`)
	nearCard  = regexp.MustCompile(`卡|[账帐]号|[账帐]户|开户|存折`)
	nearPhone = regexp.MustCompile(`(电话|座机|固话|联系方式|TEL|手机)[::号码是为\s]{0,4}$`)
	nearCode  = regexp.MustCompile(`编号|文号|单号|代码|凭证|流水|统一|合同|[元¥¥]\s?$`)
	ofAmount  = regexp.MustCompile(`^\s?(元|万|亿|分|%|户|人|亩|米|公里|吨|斤|平方|株|只|头|\.\d{1,2}(\D|$))`)
)

// number tells what the groups from i on are, and how many of them belong to it
// (0: nothing). Longer readings go before shorter ones.
func (s *scanned) number(i int) (Kind, int) {
	most := 1
	for most < maxGroups && i+most < len(s.groups) && s.groups[i+most].joins != "" {
		most++
	}
	all := s.joined(i, most)
	for n, end := most, len(all); n >= 1; n-- {
		digits := all[:end]
		if end -= len(s.groups[i+n-1].digits); len(digits) < 7 {
			break
		}
		if kind := s.reading(i, n, digits); kind != "" {
			return kind, n
		}
	}
	return "", 0
}

// reading is what n groups are, taken together.
func (s *scanned) reading(i, n int, digits string) Kind {
	switch {
	case len(digits) > 40:
		return ""
	case len(digits) < 10 && (n > 1 || digits[0] == '0'): // only a local telephone is shorter
		return ""
	}
	switch split := s.split(i, n); {
	case s.isID(i, digits, split):
		return IDNumber
	case strings.HasSuffix(digits, "X"):
		return ""
	case s.isMobile(i, n, digits, split):
		return Mobile
	case s.isLandline(i, n, digits, split):
		return Landline
	case s.isCard(i, n, digits, split):
		return BankCard
	}
	return ""
}

// split is how the digits are broken up: "6 8 4", "" in one piece, "singles"
// when each stands alone.
func (s *scanned) split(i, n int) string {
	if n == 1 {
		return ""
	}
	sizes := make([]byte, 0, 3*n)
	singles := true
	for _, g := range s.groups[i : i+n] {
		if len(sizes) > 0 {
			sizes = append(sizes, ' ')
		}
		if len(g.digits) > 9 {
			sizes = append(sizes, '1')
		}
		sizes = append(sizes, '0'+byte(len(g.digits)%10))
		singles = singles && len(g.digits) == 1
	}
	if singles {
		return "singles"
	}
	return string(sizes)
}

// usual reports whether a number is in one piece, in single digits or broken up
// in one of the usual ways.
func usual(split string, ways []string) bool {
	return split == "" || split == "singles" || slices.Contains(ways, split)
}

func (s *scanned) isID(i int, digits, split string) bool {
	label := func() bool { return nearID.MatchString(s.before(s.groups[i].from, 16)) }
	switch {
	case len(digits) < 15:
		return false
	case id18.MatchString(digits):
		return usual(split, idSplits) || digits[17] == checkDigit(digits[:17]) || label()
	case id15.MatchString(digits):
		return usual(split, idSplits) || label()
	case len(digits) == 18, len(digits) == 15 && !strings.HasSuffix(digits, "X"):
		return usual(split, idSplits) && label()
	case split == "" && len(digits) > 18:
		return holdsID(digits)
	}
	return false
}

// holdsID looks for an identity number with a right check digit inside a longer
// run: two numbers written without a gap.
func holdsID(digits string) bool {
	for at := 0; at+18 <= len(digits); at++ {
		if part := digits[at : at+18]; id18.MatchString(part) && part[17] == checkDigit(part[:17]) {
			return true
		}
	}
	return false
}

func (s *scanned) isMobile(i, n int, digits, split string) bool {
	if len(digits) < 11 || len(digits) > 15 || !mobile.MatchString(digits) {
		return false
	}
	if rest, ok := strings.CutPrefix(split, "2 "); ok && strings.HasPrefix(digits, "86") {
		split = strings.TrimPrefix(rest, "11")
	}
	if !usual(split, mobileSplits) || s.decimals(i, n) {
		return false
	}
	return s.isPhone(i, n)
}

// isPhone sorts out amounts and document numbers that have the form of a
// telephone, unless a label calls them one.
func (s *scanned) isPhone(i, n int) bool {
	front := s.before(s.groups[i].from, 10)
	if nearPhone.MatchString(front) {
		return true
	}
	return !ofAmount.MatchString(s.behind(s.groups[i+n-1].to, 4)) && !nearCode.MatchString(front)
}

// decimals reports whether two groups are the two sides of a decimal point.
func (s *scanned) decimals(i, n int) bool { return n == 2 && s.groups[i+1].joins == "." }

func (s *scanned) isLandline(i, n int, digits, split string) bool {
	if n == 1 && (len(digits) == 7 || len(digits) == 8) {
		return digits[0] >= '2' && digits[0] <= '8' && nearPhone.MatchString(s.before(s.groups[i].from, 10))
	}
	if digits[0] != '0' || len(digits) < 10 || len(digits) > 12 || !usual(split, phoneSplits) || split == "singles" {
		return false
	}
	if split != "" && len(s.groups[i].digits) > 4 {
		return false
	}
	for _, area := range []int{3, 4} { // with its 0
		local := digits[area:]
		if split != "" && len(s.groups[i].digits) != area || !landline.MatchString(digits[1:area]) {
			continue
		}
		if (len(local) == 7 || len(local) == 8) && local[0] >= '2' && local[0] <= '8' {
			return true
		}
	}
	return false
}

func (s *scanned) isCard(i, n int, digits, split string) bool {
	if len(digits) < 16 || len(digits) > 19 || !usual(split, cardSplits) || split == "singles" || s.decimals(i, n) {
		return false
	}
	front := s.before(s.groups[i].from, 14)
	if nearCard.MatchString(front) {
		return true
	}
	if !luhn(digits) || nearCode.MatchString(front) || ofAmount.MatchString(s.behind(s.groups[i+n-1].to, 4)) {
		return false
	}
	if split != "" {
		return strings.HasPrefix(digits, "6") || strings.HasPrefix(digits, "95")
	}
	return strings.ContainsRune("34569", rune(digits[0]))
}

// brackets widens a landline over the brackets of its area code.
func (s *scanned) brackets(from, to int) (int, int) {
	if from > 0 && s.units[from-1].ch == '(' {
		from--
	}
	return from, to
}
