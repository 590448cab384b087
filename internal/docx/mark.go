package docx

import (
	"strings"
	"unicode/utf8"
)

// sort of a mark.
type sort byte

const (
	text sort = ' ' // {{name}}
	open sort = '#' // {{#name}}
	shut sort = '/' // {{/name}}
)

// mark is one mark in a paragraph, from the from-th to before the to-th of its
// characters.
type mark struct {
	sort     sort
	name     string
	from, to int
	taken    bool // it bounds a section and leaves nothing behind
}

// longestName is how many characters the name of a mark may have.
const longestName = 40

// gap stands in the text of a paragraph for what is no text: a picture, a break,
// a tab. No mark reaches across one.
const gap = '\uFFFC'

// written is a w:t of a paragraph with the characters it holds.
type written struct {
	t     *node
	chars []rune
}

// reading is the text of a paragraph, in the pieces that its runs cut it into.
// Text boxes inside it have paragraphs of their own, and what was struck out
// while changes were tracked is not read.
func (n *node) reading() []written {
	var all []written
	n.each(func(k *node) bool {
		switch k.name {
		case "w:t":
			var b strings.Builder
			for _, c := range k.kids {
				b.WriteString(c.text)
			}
			all = append(all, written{k, []rune(b.String())})
			return false
		case "w:p", "w:pPr", "w:rPr", "w:del", "w:moveFrom":
			return false
		case "w:r", "w:ins", "w:moveTo", "w:hyperlink", "w:smartTag", "w:sdt", "w:sdtContent", "w:fldSimple":
			return true
		case "w:proofErr", "w:bookmarkStart", "w:bookmarkEnd", "w:lastRenderedPageBreak", "w:permStart", "w:permEnd",
			"w:commentRangeStart", "w:commentRangeEnd", "w:sdtPr", "w:sdtEndPr":
			return false
		}
		all = append(all, written{nil, []rune{gap}})
		return false
	})
	return all
}

func joined(pieces []written) []rune {
	var all []rune
	for _, p := range pieces {
		all = append(all, p.chars...)
	}
	return all
}

// narrow reads what Chinese keyboards type for what marks are made of.
var narrow = map[rune]rune{'｛': '{', '｝': '}', '＃': '#', '／': '/', '　': ' ', '\u00a0': ' '}

// marksIn finds the marks of a text. whole is false when braces do not make one:
// they are not closed, or something that is no text stands between them.
func marksIn(chars []rune) (marks []mark, whole bool) {
	plain := make([]rune, len(chars))
	for i, c := range chars {
		if plain[i] = c; narrow[c] != 0 {
			plain[i] = narrow[c]
		}
	}
	whole = true
	for i := 0; i+1 < len(plain); i++ {
		switch {
		case plain[i] == '}' && plain[i+1] == '}':
			return marks, false
		case plain[i] != '{' || plain[i+1] != '{':
			continue
		}
		m, ok := markAt(plain, i)
		if !ok {
			return marks, false
		}
		marks = append(marks, m)
		i = m.to - 1
	}
	return marks, whole
}

func markAt(plain []rune, from int) (mark, bool) {
	for to := from + 2; to+1 < len(plain); to++ {
		switch plain[to] {
		case '{', gap:
			return mark{}, false
		case '}':
			if plain[to+1] != '}' {
				return mark{}, false
			}
			name := strings.TrimSpace(string(plain[from+2 : to]))
			m := mark{sort: text, name: name, from: from, to: to + 2}
			if rest, ok := strings.CutPrefix(name, string(open)); ok {
				m.sort, m.name = open, strings.TrimSpace(rest)
			} else if rest, ok := strings.CutPrefix(name, string(shut)); ok {
				m.sort, m.name = shut, strings.TrimSpace(rest)
			}
			n := utf8.RuneCountInString(m.name)
			return m, n > 0 && n <= longestName
		}
	}
	return mark{}, false
}

// Fill puts texts in place of the marks of a text that has no sections.
func Fill(pattern string, text func(name string) string) string {
	chars := []rune(pattern)
	marks, _ := marksIn(chars)
	var b strings.Builder
	at := 0
	for _, m := range marks {
		b.WriteString(string(chars[at:m.from]))
		b.WriteString(text(m.name))
		at = m.to
	}
	b.WriteString(string(chars[at:]))
	return b.String()
}
