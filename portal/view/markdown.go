package view

import (
	"bytes"
	"html/template"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown turns the simple formatted text of offices into HTML: headings from
// the second level, lists, emphasis, quotes, links. It is the one place where
// HTML is not made by a template, so what comes out goes through a sieve that
// knows nothing of Markdown.
type markdown struct {
	reader goldmark.Markdown
	sieve  *bluemonday.Policy
}

func newMarkdown() markdown {
	return markdown{
		reader: goldmark.New(goldmark.WithParser(simpleParser()), goldmark.WithRendererOptions(html.WithHardWraps())),
		sieve:  sieve(),
	}
}

// html is text as HTML. Tags that were typed are shown as typed.
func (m markdown) html(source string) (template.HTML, error) {
	var b bytes.Buffer
	if err := m.reader.Convert([]byte(source), &b); err != nil {
		return "", err
	}
	return template.HTML(m.sieve.SanitizeBytes(b.Bytes())), nil
}

// simpleParser leaves out what office texts do not mean: tags, code by
// indentation (lines that were moved in with blanks), headings by underlining
// (a row of hyphens under a paragraph).
func simpleParser() parser.Parser {
	prio := func(v any, p int) util.PrioritizedValue { return util.Prioritized(v, p) }
	return parser.NewParser(
		parser.WithBlockParsers(prio(parser.NewThematicBreakParser(), 200), prio(parser.NewListParser(), 300),
			prio(parser.NewListItemParser(), 400), prio(parser.NewATXHeadingParser(), 600),
			prio(parser.NewBlockquoteParser(), 800), prio(paragraphs{parser.NewParagraphParser()}, 1000)),
		parser.WithInlineParsers(prio(parser.NewLinkParser(), 200), prio(parser.NewAutoLinkParser(), 300), prio(parser.NewEmphasisParser(), 500)),
		parser.WithParagraphTransformers(prio(parser.LinkReferenceParagraphTransformer, 100)),
		parser.WithASTTransformers(prio(plainer{}, 100)),
	)
}

// paragraphs begin with lines that were moved in, too: without code by
// indentation they would be lost.
type paragraphs struct{ parser.BlockParser }

// CanAcceptIndentedLine is true.
func (paragraphs) CanAcceptIndentedLine() bool { return true }

// plainer moves headings below the page's own and leaves of pictures their
// words.
type plainer struct{}

// Transform walks the whole text.
func (plainer) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var pictures []ast.Node
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+1, 6)
		case *ast.Image:
			pictures = append(pictures, n)
		}
		return ast.WalkContinue, nil
	})
	for _, picture := range pictures {
		for child := picture.FirstChild(); child != nil; child = picture.FirstChild() {
			picture.Parent().InsertBefore(picture.Parent(), picture, child)
		}
		picture.Parent().RemoveChild(picture.Parent(), picture)
	}
}

func sieve() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "blockquote", "hr")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^\d{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}
