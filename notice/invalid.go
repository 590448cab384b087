package notice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Invalid says which fields need fixing: field → problem key (problem.<key>).
// Fields of a kind are named field:<code>; minutes, roll, fund, project, files
// and reason are what their names say.
type Invalid struct{ Problems map[string]string }

// Error names the fields only.
func (i *Invalid) Error() string { return "notice: to be fixed" }

// bad says that one field needs fixing.
func bad(field, key string) error {
	return &Invalid{Problems: map[string]string{field: key}}
}

// problems gathers what is wrong with several fields, so that all are shown at
// once. The first problem of a field stays.
type problems map[string]string

func (p problems) require(ok bool, field, key string) {
	if _, has := p[field]; !ok && !has {
		p[field] = key
	}
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Invalid{Problems: p}
}

// long reports whether a text has min to max characters.
func long(text string, min, max int) bool {
	n := utf8.RuneCountInString(text)
	return n >= min && n <= max
}

// cleaned composes text (NFC), keeps line breaks, and removes characters that
// are no words: controls, and marks that turn the direction of writing, which
// can make a line read otherwise than it is stored.
func cleaned(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	text = strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFEFF
		if turns || unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// oneLine is cleaned without line breaks.
func oneLine(text string) string {
	return strings.Join(strings.Fields(cleaned(text)), " ")
}

// because checks a reason that somebody reads: 4 to 200 characters.
func because(reason string) (string, error) {
	reason = oneLine(reason)
	if !long(reason, 4, 200) {
		return "", bad("reason", "notice_reason")
	}
	return reason, nil
}
