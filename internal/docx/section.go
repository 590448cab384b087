package docx

import (
	"slices"
	"strings"
)

// section is what stands between {{#name}} and {{/name}}.
type section struct {
	name string
	kids []*node
}

// Where says where in a document something stands.
type Where struct {
	Part      string // "document", "header", "footer", "footnotes", "endnotes"
	Paragraph int    // counted from 1 in its part, those in tables as well
	Text      string // how the paragraph begins, at most 40 characters
}

// Mark is one mark of a template.
type Mark struct {
	Name    string
	Section bool     // {{#name}}
	Around  []string // the sections around it, the outermost first
	Where   Where
}

// Problem is something about the marks of a template that must be mended.
type Problem struct {
	// Code: "open" ({{#name}} is not closed), "shut" ({{/name}} closes nothing),
	// "place" (it must stand alone in its paragraph, or at both ends of a row),
	// "torn" (braces that make no mark), "deep" (more than two sections around
	// one another).
	Code  string
	Name  string
	Where Where
}

// compiler finds marks and sections in one part.
type compiler struct {
	part     string
	n        int // paragraphs so far
	wheres   map[*node]Where
	marks    []Mark
	problems []Problem
}

func (c *compiler) wrong(code, name string, at *node) {
	c.problems = append(c.problems, Problem{code, name, c.wheres[at]})
}

// read finds the marks of every paragraph below n.
func (c *compiler) read(n *node) {
	n.each(func(k *node) bool {
		if k.name != "w:p" {
			return true
		}
		chars := joined(k.reading())
		c.n++
		begin := strings.TrimSpace(strings.ReplaceAll(string(chars[:min(40, len(chars))]), string(gap), " "))
		c.wheres[k] = Where{Part: c.part, Paragraph: c.n, Text: begin}
		whole := true
		if k.marks, whole = marksIn(chars); !whole {
			c.wrong("torn", "", k)
		}
		return true // into its text boxes
	})
}

// end is a section mark at an end of something: of which paragraph, and which.
type end struct {
	p *node
	i int
}

func (e end) mark() *mark { return &e.p.marks[e.i] }

// fold puts sections in place of the siblings that they hold, everywhere below n.
func (c *compiler) fold(n *node, around []string) {
	n.kids = c.siblings(n.kids, around)
}

func (c *compiler) siblings(kids []*node, around []string) []*node {
	var out []*node
	for i := 0; i < len(kids); i++ {
		k := kids[i]
		first, last := ends(k)
		switch {
		case first != nil && last != nil: // both ends of one row or paragraph
			first.mark().taken, last.mark().taken = true, true
			out = append(out, c.section(first, []*node{k}, around))
		case first != nil:
			j := c.closing(kids, i, first.mark().name)
			if j < 0 {
				c.wrong("open", first.mark().name, first.p)
				first.mark().taken = true
				break
			}
			_, last := ends(kids[j])
			first.mark().taken, last.mark().taken = true, true
			between := kids[i : j+1]
			if k.name == "w:p" { // the two paragraphs of the marks go
				between = kids[i+1 : j]
			}
			out = append(out, c.section(first, between, around))
			i = j
		case last != nil:
			c.wrong("shut", last.mark().name, last.p)
			last.mark().taken = true
		default:
			c.inner(k, around)
			out = append(out, k)
		}
	}
	return out
}

// closing is where the section that kids[from] opens is closed, or -1.
func (c *compiler) closing(kids []*node, from int, name string) int {
	level := 0
	for j := from + 1; j < len(kids); j++ {
		if kids[j].name != kids[from].name {
			continue
		}
		first, last := ends(kids[j])
		switch {
		case first != nil && last != nil:
		case first != nil && first.mark().name == name:
			level++
		case last != nil && last.mark().name == name:
			if level == 0 {
				return j
			}
			level--
		}
	}
	return -1
}

// section makes the section that a mark opens.
func (c *compiler) section(opens *end, between []*node, around []string) *node {
	name := opens.mark().name
	if len(around) >= 2 {
		c.wrong("deep", name, opens.p)
	}
	c.marks = append(c.marks, Mark{name, true, around, c.wheres[opens.p]})
	return &node{section: &section{name, c.siblings(between, append(slices.Clone(around), name))}}
}

// inner folds what is inside a node, and notes the texts that a paragraph asks
// for.
func (c *compiler) inner(k *node, around []string) {
	if k.name == "w:p" {
		for i := range k.marks {
			switch m := &k.marks[i]; {
			case m.taken:
			case m.sort == text:
				c.marks = append(c.marks, Mark{m.name, false, around, c.wheres[k]})
			default:
				c.wrong("place", m.name, k)
			}
		}
	}
	if len(k.kids) > 0 {
		c.fold(k, around)
	}
}

// ends finds the section marks that a paragraph or a row of a table begins and
// ends with. Of a paragraph they count when one stands alone in it, or one of
// each at its two ends; of a row, unless they bound paragraphs within one cell.
func ends(k *node) (first, last *end) {
	switch k.name {
	case "w:p":
		first, last = endsOf([]*node{k})
		if first != nil && last != nil && first.mark().name == last.mark().name {
			return first, last
		}
		return alone(first), alone(last)
	case "w:tr":
		cells := cellsOf(k)
		first, last = endsOf(slices.Concat(cells...))
		for _, cell := range cells {
			if alone(first) != nil && slices.Contains(cell, first.p) && bounds(cell, shut, first.mark().name) {
				first = nil
			}
			if alone(last) != nil && slices.Contains(cell, last.p) && bounds(cell, open, last.mark().name) {
				last = nil
			}
		}
		if first != nil && last != nil && first.mark().name != last.mark().name {
			return first, nil
		}
	}
	return first, last
}

// bounds reports whether a paragraph of a cell has nothing in it but that mark.
func bounds(cell []*node, s sort, name string) bool {
	return slices.ContainsFunc(cell, func(p *node) bool {
		return len(p.marks) == 1 && p.marks[0].sort == s && p.marks[0].name == name && alone(&end{p, 0}) != nil
	})
}

// alone is e when nothing else stands in its paragraph.
func alone(e *end) *end {
	if e == nil || len(e.p.marks) != 1 {
		return nil
	}
	m := e.mark()
	chars := joined(e.p.reading())
	if blank(chars[:m.from]) && blank(chars[m.to:]) {
		return e
	}
	return nil
}

// endsOf looks at the first and the last text of several paragraphs.
func endsOf(paragraphs []*node) (first, last *end) {
	var full []*node
	for _, p := range paragraphs {
		if !blank(joined(p.reading())) {
			full = append(full, p)
		}
	}
	if len(full) == 0 {
		return nil, nil
	}
	if p := full[0]; len(p.marks) > 0 && p.marks[0].sort == open && !p.marks[0].taken && blank(joined(p.reading())[:p.marks[0].from]) {
		first = &end{p, 0}
	}
	if p := full[len(full)-1]; len(p.marks) > 0 {
		i := len(p.marks) - 1
		if m := p.marks[i]; m.sort == shut && !m.taken && blank(joined(p.reading())[m.to:]) {
			last = &end{p, i}
		}
	}
	return first, last
}

// cellsOf lists the paragraphs of each cell of a row, without those of tables in
// it.
func cellsOf(row *node) [][]*node {
	var cells [][]*node
	row.each(func(k *node) bool {
		switch k.name {
		case "w:tbl":
			return false
		case "w:tc":
			cells = append(cells, nil)
		case "w:p":
			if len(cells) > 0 {
				cells[len(cells)-1] = append(cells[len(cells)-1], k)
			}
			return false
		}
		return true
	})
	return cells
}

func blank(chars []rune) bool { return strings.TrimSpace(string(chars)) == "" }
