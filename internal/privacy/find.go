package privacy

import (
	"sort"
	"strings"
	"unicode"
)

// Kind of what was found; catalog key privacy.<kind>.
type Kind string

// What is looked for (DOMAIN §10).
const (
	IDNumber   Kind = "id_number" // 18 or 15 digits; a wrong check digit exempts nothing
	Mobile     Kind = "mobile"
	Landline   Kind = "landline" // an office's own may stand in its notice: see Finding.Landline
	BankCard   Kind = "bank_card"
	Plate      Kind = "plate"
	HeaderWord Kind = "header_word" // a column or label that announces one of these
)

// Finding is one place in a text that must not be published.
type Finding struct {
	Kind       Kind
	Start, End int    // bytes of the text that was given
	Masked     string // what may be shown to say which place is meant
}

// Find lists what must not be published in a text, in order, without overlap.
// Full-width digits, spaces and hyphens between digits hide nothing. Columns of
// a table are told apart by tabs, its rows by line breaks.
//
// Landlines are reported too, though a notice must give its office's: whoever
// asks leaves out what Office says may stand.
func Find(text string) []Finding {
	look := glance(text)
	if !look.numbers && !look.plates && !look.labels {
		return nil
	}
	s := scan(text)
	var found []Finding
	add := func(kind Kind, from, to int, masked string) {
		found = append(found, Finding{kind, s.units[from].start, s.units[to-1].end, masked})
	}
	for i := 0; look.numbers && i < len(s.groups); {
		kind, n := s.number(i)
		if n == 0 {
			i++
			continue
		}
		from, to := s.groups[i].from, s.groups[i+n-1].to
		if kind == Landline {
			from, to = s.brackets(from, to)
		}
		add(kind, from, to, maskAs(kind, s.joined(i, n)))
		i += n
	}
	if look.plates {
		s.plates(add)
	}
	if look.labels {
		s.labels(add)
	}
	return inOrder(found)
}

// look is what a text may hold at all. Most cells of a table hold nothing.
type look struct{ numbers, plates, labels bool }

// glance sorts out quickly the many texts that have neither seven digits, nor
// three behind a province, nor a place for a label.
func glance(text string) (l look) {
	digits, province := 0, false
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r > 0x7f && unicode.IsNumber(r):
			digits++
		case r == ':', r == '\uff1a', r == '\t':
			l.labels = true
		case r >= 0x2e80 && r <= 0x2fdf, r > 0x7f && strings.ContainsRune(provinces, r): // PDFs write radicals for characters
			province = true
		}
	}
	l.numbers, l.plates = digits >= 7, province && digits >= 3
	return l
}

// inOrder sorts findings and drops those that lie on an earlier one.
func inOrder(found []Finding) []Finding {
	sort.SliceStable(found, func(i, j int) bool { return found[i].Start < found[j].Start })
	kept := found[:0]
	for _, f := range found {
		if n := len(kept); n == 0 || f.Start >= kept[n-1].End {
			kept = append(kept, f)
		}
	}
	return kept
}

func maskAs(kind Kind, digits string) string {
	switch kind {
	case IDNumber:
		if len(digits) != 15 && len(digits) != 18 {
			return "****"
		}
		return digits[:4] + "****" + digits[len(digits)-4:]
	case BankCard:
		return "****" + Tail(digits)
	}
	return MaskPhone(digits)
}
