package view

import (
	"net/url"
	"slices"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"

	"minsheng/internal/prose"
)

// Block is one part of a formatted text: a paragraph, a heading, a list, a
// table. The template "prose" draws them, so every word of them is escaped like
// any other and no markup of an author reaches the page.
type Block struct {
	Kind  string // p, h2, h3, list, numbers, quote, line, table
	Runs  []Run  // of p, h2, h3
	Start int    // first number of numbers
	Items []Item // of list, numbers; quote has one
	Rows  []Line // of table; the first is its head
}

// Item is one entry of a list.
type Item struct{ Blocks []Block }

// Line is one row of a table.
type Line struct{ Cells []Cell }

// Cell is one field of a table.
type Cell struct{ Runs []Run }

// Run is a stretch of words in one style.
type Run struct {
	Text  string
	Bold  bool
	Soft  bool   // emphasis
	Href  string // of a link to a web page; "" none
	Break bool   // ends the line
}

// maxDepth is how deep lists and quotations may lie in each other; what is
// deeper is left out, as no notice needs it.
const maxDepth = 6

// Prose reads simple formatted text: paragraphs whose lines stay lines,
// headings (#), lists, numbered lists, bold, emphasis, quotations, links,
// tables. Markup in it is words; pictures are their descriptions; links lead to
// http and https only.
func Prose(source string) []Block {
	raw := []byte(source)
	return blocks(prose.Parse(raw), raw, 0)
}

func blocks(parent ast.Node, raw []byte, depth int) []Block {
	if depth > maxDepth {
		return nil
	}
	var out []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, block(n, raw, depth)...)
	}
	return out
}

func block(n ast.Node, raw []byte, depth int) []Block {
	switch n := n.(type) {
	case *ast.Heading:
		if n.Level <= 2 {
			return words("h2", n, raw)
		}
		return words("h3", n, raw)
	case *ast.List:
		list := Block{Kind: "list"}
		if n.IsOrdered() {
			list.Kind, list.Start = "numbers", n.Start
		}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			list.Items = append(list.Items, Item{blocks(item, raw, depth+1)})
		}
		return []Block{list}
	case *ast.Blockquote:
		return []Block{{Kind: "quote", Items: []Item{{blocks(n, raw, depth+1)}}}}
	case *ast.ThematicBreak:
		return []Block{{Kind: "line"}}
	case *table.Table:
		return []Block{grid(n, raw)}
	}
	return words("p", n, raw)
}

func words(kind string, n ast.Node, raw []byte) []Block {
	runs := runsOf(n, raw, Run{})
	if len(runs) == 0 {
		return nil
	}
	return []Block{{Kind: kind, Runs: runs}}
}

func grid(t *table.Table, raw []byte) Block {
	out := Block{Kind: "table"}
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var line Line
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			line.Cells = append(line.Cells, Cell{runsOf(cell, raw, Run{})})
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// runsOf collects the words below n in the style of their surroundings.
func runsOf(n ast.Node, raw []byte, style Run) []Run {
	var out []Run
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		out = slices.Concat(out, run(child, raw, style))
	}
	return out
}

func run(n ast.Node, raw []byte, style Run) []Run {
	switch n := n.(type) {
	case *ast.Text:
		style.Text, style.Break = string(n.Value(raw)), n.SoftLineBreak() || n.HardLineBreak()
		return []Run{style}
	case *ast.AutoLink:
		style.Text, style.Href = string(n.Label(raw)), webPage(string(n.URL(raw)))
		return []Run{style}
	case *ast.Emphasis:
		style.Bold, style.Soft = style.Bold || n.Level > 1, style.Soft || n.Level == 1
	case *ast.Link:
		style.Href = webPage(string(n.Destination))
	}
	return runsOf(n, raw, style)
}

// webPage is address if it leads to a page of the web, and "" otherwise.
func webPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}
