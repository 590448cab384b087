// Package prose reads the simple formatted text of notices: how it is laid out,
// and which words a reader sees.
package prose

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parse reads a text. It leaves out what office texts do not mean: tags, code by
// indentation (lines that were moved in with blanks), headings by underlining
// (a row of hyphens under a paragraph).
func Parse(source []byte) ast.Node {
	prio := func(v any, p int) util.PrioritizedValue { return util.Prioritized(v, p) }
	return parser.NewParser(
		parser.WithBlockParsers(prio(parser.NewThematicBreakParser(), 200), prio(parser.NewListParser(), 300),
			prio(parser.NewListItemParser(), 400), prio(parser.NewATXHeadingParser(), 600),
			prio(parser.NewBlockquoteParser(), 800), prio(movedIn{parser.NewParagraphParser()}, 1000)),
		parser.WithInlineParsers(prio(parser.NewLinkParser(), 200), prio(parser.NewAutoLinkParser(), 300), prio(parser.NewEmphasisParser(), 500)),
		parser.WithParagraphTransformers(prio(parser.LinkReferenceParagraphTransformer, 100), prio(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(prio(extension.NewTableASTTransformer(), 0)),
	).Parse(text.NewReader(source))
}

// movedIn are paragraphs that may begin with blanks: without code by
// indentation such lines would be lost.
type movedIn struct{ parser.BlockParser }

// CanAcceptIndentedLine is true.
func (movedIn) CanAcceptIndentedLine() bool { return true }

// Words is a text as it is read, without the marks of bold words and links:
// 138**0000**0000 is a telephone to whoever reads it. Lines end as they do on
// the page, cells of a table with a tab.
func Words(source string) string {
	raw := []byte(source)
	var out strings.Builder
	// The walk ends only with an error of this function, which has none.
	_ = ast.Walk(Parse(raw), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				out.Write(n.Value(raw))
				if n.SoftLineBreak() || n.HardLineBreak() {
					out.WriteByte('\n')
				}
			}
		case *ast.AutoLink:
			if entering {
				out.Write(n.Label(raw))
			}
		case *table.TableCell:
			if !entering {
				out.WriteByte('\t')
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				out.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}
