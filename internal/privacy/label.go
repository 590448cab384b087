package privacy

import (
	"strings"
	"unicode"
)

// provinces begin a plate; the last few are those of the services (GA 36).
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领警学"

// plates finds 辽L·12345 of any province and the eight characters of new-energy
// cars.
func (s *scanned) plates(add func(kind Kind, from, to int, masked string)) {
	for i := 0; i+6 < len(s.units); i++ {
		if !strings.ContainsRune(provinces, s.units[i].ch) || !isLatin(s.units[i+1].ch) {
			continue
		}
		if to := s.plate(i); to > 0 {
			add(Plate, i, to, maskPlate(s.text(i, to)))
			i = to - 1
		}
	}
}

// plate is where the plate that begins at unit i ends, or 0.
func (s *scanned) plate(i int) int {
	at := i + 2
	for at < len(s.units) && at < i+5 && isGap(s.units[at].ch) {
		at++
	}
	from, digits := at, 0
	for at < len(s.units) && (isDigit(s.units[at].ch) || isLatin(s.units[at].ch)) {
		if isDigit(s.units[at].ch) {
			digits++
		}
		at++
	}
	if n := at - from; n < 5 || n > 6 || digits < 3 {
		return 0
	}
	return at
}

// labels finds the headings of columns that announce personal numbers, and
// labels of identity numbers and accounts in front of a colon. A telephone's
// label alone is none: notices must say where to call.
func (s *scanned) labels(add func(kind Kind, from, to int, masked string)) {
	for from := 0; from < len(s.units); {
		to := from
		for to < len(s.units) && s.units[to].ch != '\n' {
			to++
		}
		s.labelsOf(from, to, add)
		from = to + 1
	}
}

// labelsOf looks at one line. Only a line with tabs is a row of a table.
func (s *scanned) labelsOf(from, to int, add func(kind Kind, from, to int, masked string)) {
	table := false
	for _, u := range s.units[from:to] {
		table = table || u.ch == '\t'
	}
	begin := from
	for i := from; i <= to; i++ {
		if i < to && !strings.ContainsRune("\t:,,;;。、", s.units[i].ch) {
			continue
		}
		kind, found := s.announced(begin, i)
		colon := i < to && s.units[i].ch == ':' && s.filled(i+1, to)
		if found && (table && (i == to || s.units[i].ch == '\t') || colon && kind != Mobile && kind != Landline) {
			add(HeaderWord, begin, i, strings.TrimSpace(s.text(begin, i)))
		}
		begin = i + 1
	}
}

// announced is Heading of some units; longer texts are none.
func (s *scanned) announced(from, to int) (Kind, bool) {
	if to <= from || to-from > 2*maxHeading {
		return "", false
	}
	return Heading(s.text(from, to))
}

// filled reports whether something is written behind a label's colon.
func (s *scanned) filled(from, to int) bool {
	for _, u := range s.units[from:to] {
		switch {
		case unicode.IsDigit(u.ch), unicode.IsLetter(u.ch), u.ch == '*':
			return true
		case !unicode.IsSpace(u.ch) && !isGap(u.ch):
			return false
		}
	}
	return false
}
