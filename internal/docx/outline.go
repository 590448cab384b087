package docx

import (
	"strconv"
	"strings"
)

// Block is a paragraph or a table of a document, as far as a page that is no
// office program can show it.
type Block struct {
	Text  string // lines end with a line feed
	Align Align
	Size  int // points, 0 when it is not said
	Bold  bool
	Color string     // "C00000"; "" when it is not said
	Rows  [][]string // of a table; then nothing else
}

// Outline reads what a document says from top to bottom: its text and tables, not
// its pictures, headers and notes. Errors: those of Open.
func Outline(content []byte) ([]Block, error) {
	t, err := Open(content)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	t.trees[t.main].each(func(n *node) bool {
		switch n.name {
		case "w:p":
			blocks = append(blocks, block(n))
			return false
		case "w:tbl":
			blocks = append(blocks, Block{Rows: rows(n)})
			return false
		}
		return true
	})
	return blocks, nil
}

func block(p *node) Block {
	b := Block{Text: says(p), Align: Left}
	if properties := p.kid("w:pPr"); properties != nil {
		if jc := properties.kid("w:jc"); jc != nil {
			switch jc.value("val") {
			case "center":
				b.Align = Center
			case "right", "end":
				b.Align = Right
			}
		}
	}
	p.each(func(n *node) bool {
		switch n.name {
		case "w:sz":
			if half, err := strconv.Atoi(n.value("val")); err == nil && b.Size == 0 {
				b.Size = half / 2
			}
		case "w:color":
			b.Color = n.value("val")
		case "w:b":
			b.Bold = b.Bold || n.value("val") != "0" && n.value("val") != "false"
		}
		return n.name != "w:pict" && n.name != "w:drawing"
	})
	return b
}

// says is the text of a paragraph with its breaks and tabs.
func says(p *node) string {
	var b strings.Builder
	p.each(func(n *node) bool {
		switch n.name {
		case "w:t":
			for _, k := range n.kids {
				b.WriteString(k.text)
			}
		case "w:br", "w:cr":
			b.WriteByte('\n')
		case "w:tab":
			b.WriteByte('\t')
		case "w:p", "w:pPr", "w:rPr", "w:del", "w:pict", "w:drawing", "w:instrText":
			return false
		}
		return true
	})
	return b.String()
}

// rows reads a table; tables within cells are read as their text.
func rows(table *node) [][]string {
	var all [][]string
	table.each(func(n *node) bool {
		switch n.name {
		case "w:tr":
			all = append(all, nil)
		case "w:tc":
			var lines []string
			n.each(func(p *node) bool {
				if p.name == "w:p" {
					lines = append(lines, says(p))
				}
				return p.name != "w:p"
			})
			if len(all) > 0 {
				all[len(all)-1] = append(all[len(all)-1], strings.TrimSpace(strings.Join(lines, "\n")))
			}
			return false
		}
		return true
	})
	return all
}
