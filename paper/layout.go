package paper

import (
	"strings"

	"minsheng/internal/docx"
)

// block is a piece of a form, from top to bottom. One layout makes both the
// built-in docx and the page that prints, so that they say the same.
type block struct {
	style   style
	text    string // with marks
	section string // a list that repeats the kids, or a text that must not be empty for them
	kids    []block
	columns []column // of a table: a row for each row of the list section
	facts   []fact
}

// style of a paragraph; also its class on the page.
type style string

const (
	plain    style = "plain"    // body text, first line indented by two characters
	heading  style = "heading"  // 一、……
	flush    style = "flush"    // without indent: whom it is for
	centered style = "centered" // above a table
)

// column of a table: its heading, the text of the row that it shows, and its
// width in parts of the whole.
type column struct {
	name  string
	mark  string
	width int
}

// fact is a row of a table of two columns: what it is, and the text that says
// it. The row is left out where the text is empty, unless keep.
type fact struct {
	label, mark string
	keep        bool
}

func para(text string) block                         { return block{style: plain, text: text} }
func title(text string) block                        { return block{style: heading, text: text} }
func to(text string) block                           { return block{style: flush, text: text} }
func when(field string, kids ...block) block         { return block{section: field, kids: kids} }
func repeat(list string, kids ...block) block        { return block{section: list, kids: kids} }
func table(list string, columns ...column) block     { return block{section: list, columns: columns} }
func part(name, text string, field string) block     { return when(field, title(name), para(text)) }
func facts(rows ...fact) block                       { return block{facts: rows} }
func always(label string, mark ...string) fact       { return fact{label, named(label, mark), true} }
func perhaps(label string, mark ...string) fact      { return fact{label, named(label, mark), false} }
func col(name string, width int, m ...string) column { return column{name, named(name, m), width} }

// named is the given name of a mark, or the label itself.
func named(label string, mark []string) string {
	if len(mark) > 0 {
		return mark[0]
	}
	return label
}

func braced(name string) string { return "{{" + name + "}}" }

// Page is a paper as a page shows and prints it.
type Page struct {
	Office string // red head; "" for papers that go upwards
	Plain  string // the office of a paper without a red head
	Number string
	Title  string
	Lines  []Line
	Sign   string
	Day    string
	Copies string // 抄送
}

// Line is a paragraph or a table of a page.
type Line struct {
	Style string // plain, heading, flush, centered; of forms that an office made itself also own
	Text  string
	Heads []string
	Rows  [][]string
	Facts bool // of the rows, the first cell is a heading
	Align string
	Size  int // points; 0 ordinary
	Bold  bool
	Red   bool
}

// contact ends the text of every paper that names somebody to ask.
var contact = when("联系人", para("联系人：{{联系人}}　{{联系电话}}"))

// page lays content out.
func (f Form) page(c Content) Page {
	p := Page{
		Number: c.Fields[fieldNumber], Title: c.Fields[fieldTitle], Copies: c.Fields["抄送"],
		Sign: c.Fields[fieldOffice], Day: c.Fields[fieldDay],
	}
	if f.asked {
		p.Plain = c.Fields[fieldOffice]
	} else {
		p.Office = c.Fields[fieldOffice]
	}
	text := func(name string) string { return c.Fields[name] }
	p.Lines = append(lines(f.layout, c, text), lines([]block{contact}, c, text)...)
	return p
}

// lines lays blocks out; text finds what a mark stands for.
func lines(blocks []block, c Content, text func(string) string) []Line {
	var out []Line
	for _, b := range blocks {
		rows, isList := c.Lists[b.section]
		switch {
		case len(b.columns) > 0:
			out = append(out, grid(b, rows, text))
		case len(b.facts) > 0:
			out = append(out, factLines(b, text))
		case b.section != "" && isList:
			for _, row := range rows {
				out = append(out, lines(b.kids, c, within(row, text))...)
			}
		case b.section != "":
			if text(b.section) != "" {
				out = append(out, lines(b.kids, c, text)...)
			}
		default:
			for _, line := range strings.Split(strings.TrimSpace(docx.Fill(b.text, text)), "\n") {
				out = append(out, Line{Style: string(b.style), Text: line})
			}
		}
	}
	return out
}

// within looks for texts in a row first.
func within(row map[string]string, text func(string) string) func(string) string {
	return func(name string) string {
		if t, ok := row[name]; ok {
			return t
		}
		return text(name)
	}
}

func grid(b block, rows []map[string]string, text func(string) string) Line {
	l := Line{Style: "table"}
	for _, col := range b.columns {
		l.Heads = append(l.Heads, col.name)
	}
	for _, row := range rows {
		var cells []string
		for _, col := range b.columns {
			cells = append(cells, within(row, text)(col.mark))
		}
		l.Rows = append(l.Rows, cells)
	}
	return l
}

func factLines(b block, text func(string) string) Line {
	l := Line{Style: "table", Facts: true}
	for _, f := range b.facts {
		if t := text(f.mark); t != "" || f.keep {
			l.Rows = append(l.Rows, []string{f.label, t})
		}
	}
	return l
}

// Type of the built-in forms, after GB/T 9704-2012: a head in red, the number
// below it over a red line, the title in 22 points, the text in 16 with 28 points
// from line to line.
const (
	bodySize, titleSize, tableSize = 16, 22, 12
	lineHeight                     = 28
	red                            = "C00000"
	headWidth                      = 440 // points that a head may be wide
)

// sheet makes the built-in form of a kind. office is whose it is: its name stands
// as a mark, but decides how large the head can be.
func (f Form) sheet(office string) docx.Sheet {
	var s docx.Sheet
	if f.asked {
		s = append(s, docx.Paragraph{Text: braced(fieldNumber), Face: docx.Body, Size: bodySize, Align: docx.Right, After: 18})
	} else {
		size := max(22, min(44, headWidth/max(1, len([]rune(office)))))
		s = append(s,
			docx.Paragraph{Text: braced(fieldOffice), Face: docx.Title, Size: size, Color: red, Align: docx.Center, Before: 24, After: 28},
			docx.Paragraph{Text: braced(fieldNumber), Face: docx.Body, Size: bodySize, Align: docx.Center, After: 24, Ruled: true})
	}
	s = append(s, docx.Paragraph{Text: braced(fieldTitle), Face: docx.Title, Size: titleSize, Align: docx.Center, After: 20, Line: 34})
	s = append(s, elements(f.layout)...)
	s = append(s, elements([]block{contact})...)
	s = append(s,
		docx.Paragraph{Text: braced(fieldOffice), Face: docx.Body, Size: bodySize, Align: docx.Right, Right: 2, Before: 40, Line: lineHeight, KeepsNext: true},
		docx.Paragraph{Text: braced(fieldDay), Face: docx.Body, Size: bodySize, Align: docx.Right, Right: 4, Line: lineHeight})
	return append(s, section("抄送", docx.Paragraph{Text: "抄送：{{抄送}}", Face: docx.Body, Size: 14, Align: docx.Left, Before: 24})...)
}

func body(text string) docx.Paragraph {
	return docx.Paragraph{Text: text, Face: docx.Body, Size: bodySize, Align: docx.Justify, First: 2, Line: lineHeight}
}

// section puts elements between the marks of a section.
func section(name string, kids ...docx.Element) docx.Sheet {
	s := docx.Sheet{body("{{#" + name + "}}")}
	s = append(s, kids...)
	return append(s, body("{{/"+name+"}}"))
}

func elements(blocks []block) docx.Sheet {
	var s docx.Sheet
	for _, b := range blocks {
		switch {
		case len(b.columns) > 0:
			s = append(s, space(), b.grid(), space())
		case len(b.facts) > 0:
			s = append(s, space(), b.factTable(), space())
		case b.section != "":
			s = append(s, section(b.section, elements(b.kids)...)...)
		default:
			s = append(s, b.paragraph())
		}
	}
	return s
}

func space() docx.Paragraph {
	return docx.Paragraph{Face: docx.Body, Size: bodySize, Align: docx.Left, Line: 10}
}

func (b block) paragraph() docx.Paragraph {
	p := body(b.text)
	switch b.style {
	case heading:
		p.Face, p.KeepsNext = docx.Black, true
	case flush:
		p.First = 0
	case centered:
		p.First, p.Align = 0, docx.Center
	}
	return p
}

func (b block) grid() docx.Table {
	t := docx.Table{Size: tableSize, Rows: []docx.Row{nil}}
	for i, c := range b.columns {
		cell := braced(c.mark)
		if i == 0 {
			cell = "{{#" + b.section + "}}" + cell
		}
		if i == len(b.columns)-1 {
			cell += "{{/" + b.section + "}}"
		}
		t.Headings, t.Widths, t.Rows[0] = append(t.Headings, c.name), append(t.Widths, c.width), append(t.Rows[0], cell)
	}
	return t
}

// factTable has a row for each fact; one that may be missing is a section of its
// own.
func (b block) factTable() docx.Table {
	t := docx.Table{Size: 14, Widths: []int{22, 78}}
	for _, f := range b.facts {
		row := docx.Row{f.label, braced(f.mark)}
		if !f.keep {
			row = docx.Row{"{{#" + f.mark + "}}" + f.label, braced(f.mark) + "{{/" + f.mark + "}}"}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
