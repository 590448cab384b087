package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unit is one character as it is compared, with the bytes it was written with.
type unit struct {
	ch         rune
	start, end int
}

// group is a run of digits without anything between them (units from to to);
// a last X of an identity number belongs to it.
type group struct {
	from, to int
	digits   string
	// joins says how it hangs together with the group before: "" not at all,
	// otherwise what stands between.
	joins string
}

// scanned is a text made ready for the detectors.
type scanned struct {
	units  []unit
	groups []group
}

func scan(text string) *scanned {
	s := &scanned{units: make([]unit, 0, len(text))}
	for i, r := range text {
		size := utf8.RuneLen(r)
		switch {
		case r == utf8.RuneError:
			if _, size = utf8.DecodeRuneInString(text[i:]); size == 1 {
				continue
			}
		case r < 0x80, r >= 0x4e00 && r <= 0x9fff:
		case isHidden(r):
			continue
		default:
			for _, folded := range norm.NFKC.String(text[i : i+size]) {
				s.units = append(s.units, unit{plain(folded), i, i + size})
			}
			continue
		}
		s.units = append(s.units, unit{r, i, i + size})
	}
	s.group()
	return s
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// maxBetween is how many characters between two groups of digits still join
// them: "138 - 0000".
const maxBetween = 3

// group finds the runs of digits that do not belong to a word of letters and
// digits mixed, such as a hash.
func (s *scanned) group() {
	for i := 0; i < len(s.units); {
		if !isDigit(s.units[i].ch) {
			i++
			continue
		}
		from := i
		for i < len(s.units) && isDigit(s.units[i].ch) {
			i++
		}
		if i < len(s.units) && unicode.ToUpper(s.units[i].ch) == 'X' && !s.alnum(i+1) {
			i++
		}
		if s.inWord(from, i) {
			continue
		}
		s.groups = append(s.groups, group{from: from, to: i, digits: s.text(from, i), joins: s.between(from)})
	}
	for i := 1; i < len(s.groups); i++ { // a word in between parts what only looks joined
		if s.groups[i].joins != "" && s.groups[i].from-s.groups[i-1].to != len([]rune(s.groups[i].joins)) {
			s.groups[i].joins = ""
		}
	}
}

func (s *scanned) alnum(i int) bool {
	return i < len(s.units) && (isDigit(s.units[i].ch) || isLatin(s.units[i].ch))
}

// inWord reports whether letters stand behind a run of digits, or in front of
// it with digits before them. Letters alone in front are a label: tel138….
func (s *scanned) inWord(from, to int) bool {
	if to < len(s.units) && isLatin(s.units[to].ch) {
		return true
	}
	i := from
	for i > 0 && isLatin(s.units[i-1].ch) {
		i--
	}
	return i < from && i > 0 && isDigit(s.units[i-1].ch)
}

// between is what stands in front of unit i back to the digit before, when it
// is short and made of gaps only.
func (s *scanned) between(i int) string {
	from := i
	for from > 0 && i-from < maxBetween && (isGap(s.units[from-1].ch) || s.units[from-1].ch == ')') {
		from--
	}
	if from == i || from == 0 || !isDigit(s.units[from-1].ch) && s.units[from-1].ch != 'X' {
		return ""
	}
	return s.text(from, i)
}

func (s *scanned) text(from, to int) string {
	var b strings.Builder
	for _, u := range s.units[from:to] {
		b.WriteRune(unicode.ToUpper(u.ch))
	}
	return b.String()
}

// joined is the digits of n groups.
func (s *scanned) joined(i, n int) string {
	if n == 1 {
		return s.groups[i].digits
	}
	var b strings.Builder
	for _, g := range s.groups[i : i+n] {
		b.WriteString(g.digits)
	}
	return b.String()
}

// before is the text of at most n characters in front of a unit, on its line
// and in its cell.
func (s *scanned) before(i, n int) string {
	from := i
	for from > 0 && i-from < n && !strings.ContainsRune("\n\r\t", s.units[from-1].ch) {
		from--
	}
	return s.text(from, i)
}

// behind is the text of at most n characters from a unit on.
func (s *scanned) behind(i, n int) string {
	return s.text(i, min(len(s.units), i+n))
}
