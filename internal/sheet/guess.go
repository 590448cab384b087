package sheet

import (
	"errors"
	"slices"
	"strings"
)

// How much of a sheet is looked at before guessing.
const (
	headRows   = 60 // rows kept
	headerRows = 40 // of which one may be the header
	samples    = 3
)

// Guess finds the header and what the columns are. habits (folded heading →
// field code, "" dropped) go before guessing. ErrEmpty when no row looks like a
// header: then Layout has the first non-blank row and nothing mapped.
func (b *Book) Guess(sheet int, fields []Field, habits map[string]string) (Layout, error) {
	head, err := b.head(sheet)
	if err != nil {
		return Layout{}, err
	}
	if len(head) == 0 {
		return Layout{Sheet: sheet}, ErrEmpty
	}
	g := guesser{fields: newNames(fields, habits), head: head}
	from, to, found := g.header()
	l := Layout{Sheet: sheet, HeaderFrom: head[from].Number, HeaderTo: head[to].Number}
	l.Columns, err = b.columns(sheet, g, from, to)
	if err == nil && !found {
		for i := range l.Columns {
			l.Columns[i].Field, l.Columns[i].Sure = "", false
		}
		err = ErrEmpty
	}
	return l, err
}

// Head reads the columns anew for a header that somebody pointed at; what they
// are is guessed as in Guess. ErrEmpty when those rows have nothing in them.
func (b *Book) Head(sheet, headerFrom, headerTo int, fields []Field, habits map[string]string) (Layout, error) {
	head, err := b.head(sheet)
	if err != nil {
		return Layout{}, err
	}
	from := slices.IndexFunc(head, func(r Row) bool { return r.Number >= headerFrom && r.Number <= headerTo })
	l := Layout{Sheet: sheet, HeaderFrom: headerFrom, HeaderTo: headerTo}
	if from < 0 {
		return l, ErrEmpty
	}
	to := from
	for to+1 < len(head) && head[to+1].Number <= headerTo {
		to++
	}
	l.Columns, err = b.columns(sheet, guesser{fields: newNames(fields, habits), head: head}, from, to)
	return l, err
}

// head keeps the first rows.
func (b *Book) head(sheet int) ([]Row, error) {
	var head []Row
	err := b.Rows(sheet, func(r Row) error {
		r.Cells, r.filled, r.lost = slices.Clone(r.Cells), slices.Clone(r.filled), slices.Clone(r.lost)
		if head = append(head, r); len(head) == headRows {
			return errDone
		}
		return nil
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return head, err
}

func (b *Book) columns(sheet int, g guesser, from, to int) ([]Column, error) {
	hidden, err := b.source.hiddenColumns(sheet)
	if err != nil {
		return nil, err
	}
	var columns []Column
	for _, c := range g.columns(from, to) {
		c.Hidden = hidden(c.Index)
		c.Samples = g.samples(c.Index, to)
		if c.Heading != "" || len(c.Samples) > 0 {
			columns = append(columns, c)
		}
	}
	return columns, nil
}

type guesser struct {
	fields names
	head   []Row
}

// header finds the rows of the header by how many fields they name. found is
// false when nothing looks like one.
func (g guesser) header() (from, to int, found bool) {
	best, fallback := 0, -1
	for i := range g.head[:min(len(g.head), headerRows)] {
		if g.lone(i) {
			continue
		}
		if fallback < 0 && g.onlyWords(i) && g.distinct(i) >= 2 {
			fallback = i
		}
		if score := g.score(i, i); score > best {
			best, from, to = score, i, i
		}
		if i+1 < len(g.head) && !g.lone(i+1) && g.continues(i) {
			if score := g.score(i, i+1); score > 0 && score >= best {
				best, from, to = score, i, i+1
			}
		}
	}
	switch {
	case best > 0:
		return from, to, true
	case fallback >= 0:
		return fallback, fallback, true
	}
	return 0, 0, false
}

// score counts the fields that the header of these rows would name; certain
// ones count double.
func (g guesser) score(from, to int) int {
	n := 0
	for _, c := range g.columns(from, to) {
		if c.Field != "" {
			n++
			if c.Sure {
				n++
			}
		}
	}
	return n
}

// continues reports whether the row below i is the second line of a header:
// only words, and nothing new below the first column that line i names, where
// every record has something.
func (g guesser) continues(i int) bool {
	above, below := g.head[i], g.head[i+1]
	if below.Number != above.Number+1 || !g.onlyWords(i+1) {
		return false
	}
	named, free := false, false
	for _, c := range g.columns(i, i) {
		if c.Field != "" {
			under := at(below, c.Index)
			named = under == "" || under == at(above, c.Index)
			break
		}
	}
	for c := range below.Cells {
		// A group above (中央资金, over two columns) or nothing above.
		over, left, right := at(above, c), at(above, c-1), at(above, c+1)
		grouped := over == left || over == right || right == "" && c+1 < len(above.Cells)
		if at(below, c) != "" && at(below, c) != over && (over == "" || grouped) {
			free = true
		}
	}
	return named && free
}

// lone reports a row with a single text, often merged across: a title or note.
func (g guesser) lone(i int) bool { return g.distinct(i) < 2 && len(g.head[i].Cells) > 1 }

func (g guesser) distinct(i int) int {
	seen := map[string]bool{}
	for c := range g.head[i].Cells {
		if s := at(g.head[i], c); s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}

// onlyWords reports that no cell of a row is a number or a day.
func (g guesser) onlyWords(i int) bool {
	for c := range g.head[i].Cells {
		s := squeeze(at(g.head[i], c))
		if _, number := parseDecimal(strings.ReplaceAll(s, ",", "")); number {
			return false
		}
		if _, day := parseDay(s); day {
			return false
		}
	}
	return true
}

// samples are the first different texts below a heading.
func (g guesser) samples(column, header int) []string {
	var out []string
	for _, r := range g.head[header+1:] {
		s := tidy(at(r, column))
		if s != "" && !slices.Contains(out, s) {
			out = append(out, clip(s, 40))
		}
		if len(out) == samples {
			break
		}
	}
	return out
}

// columns are the columns as the header of these rows names them.
func (g guesser) columns(from, to int) []Column {
	width := 0
	for _, r := range g.head[from:] {
		width = max(width, len(r.Cells))
	}
	out := make([]Column, width)
	lines := make([][]string, width)
	for c := range out {
		for _, r := range g.head[from : to+1] {
			// A heading merged over both lines stands there once.
			if s := tidy(at(r, c)); s != "" && (len(lines[c]) == 0 || lines[c][len(lines[c])-1] != s) {
				lines[c] = append(lines[c], clip(s, 100))
			}
		}
		out[c] = Column{Index: c, Heading: strings.Join(lines[c], " ")}
	}
	g.fields.assign(out, lines)
	g.inWan(out, from)
	return out
}

// inWan marks amounts in 万元: by their own heading, else by a note above.
func (g guesser) inWan(columns []Column, from int) {
	above, told := false, false
	for _, r := range g.head[:from] {
		for c := range r.Cells {
			if s := squeeze(at(r, c)); strings.Contains(s, "单位:") || strings.Contains(s, "(万元)") {
				above, told = inWan(s)
			}
		}
	}
	for i := range columns {
		c := &columns[i]
		wan, said := inWan(c.Heading)
		money := g.fields.types[c.Field] == Money
		c.Wan = wan || above && !said && money
		c.Told = said || told && money
	}
}

// at is a cell without spaces around it, "" beyond the end of the row.
func at(r Row, column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[column])
}

// clip keeps the first n characters.
func clip(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
