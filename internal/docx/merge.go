package docx

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Data is what a template is filled with.
type Data struct {
	Fields map[string]string
	Lists  map[string][]map[string]string
}

// ErrTooLong means that the result would be longer than maxMerged.
var ErrTooLong = errors.New("docx: result is too long")

// ErrUnfit means that the template has problems and cannot be filled.
var ErrUnfit = errors.New("docx: template has problems")

// maxMerged is how many bytes of markup a part of the result may have.
const maxMerged = 16 << 20

// Merge writes the template, filled with data. A stamp that is not "" stands
// large and grey on every page, behind the text, and small above it. The same
// template, data and stamp give the same bytes. Texts may hold anything: line
// breaks become paragraphs where a mark stands alone in its own, else breaks;
// characters that no document can hold are left out. A name that data does not
// have is an empty text.
func (t *Template) Merge(w io.Writer, data Data, stamp string) error {
	if len(t.problems) > 0 {
		return ErrUnfit
	}
	stamped := t.stamp(stamp)
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(names(t.parts)) {
		f := t.parts[name]
		content, err := t.filled(name, data, stamped)
		switch {
		case err != nil:
			return err
		case content == nil:
			err = z.Copy(f)
		default:
			err = put(z, f.Name, content)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(keys(stamped.added)) {
		if err := put(z, name, stamped.added[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// filled is the new content of a part, or nil when it stays as it is.
func (t *Template) filled(name string, data Data, s stamped) ([]byte, error) {
	if content, ok := s.changed[name]; ok {
		return content, nil
	}
	tree := t.trees[name]
	if tree == nil {
		return nil, nil
	}
	o := &output{stamped: s, main: name == t.main, header: strings.HasPrefix(path.Base(name), "header")}
	o.all(tree.kids, scope{data: &data})
	return o.Bytes(), o.err
}

// put writes a part without the time of day: what is the same has the same hash.
func put(z *zip.Writer, name string, content []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Time{}})
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}

// scope is where a mark looks for its text: in the row at hand, then in the
// fields.
type scope struct {
	data  *Data
	row   map[string]string
	again bool // not the first copy of its markup
}

func (s scope) text(name string) string {
	if text, ok := s.row[name]; ok {
		return text
	}
	return s.data.Fields[name]
}

// output is a part being written.
type output struct {
	bytes.Buffer
	stamped
	main, header bool
	err          error
}

func (o *output) all(kids []*node, s scope) {
	for _, k := range kids {
		if o.Len() > maxMerged {
			o.err = ErrTooLong
		}
		if o.err != nil {
			return
		}
		switch {
		case k.section != nil:
			o.section(k.section, s)
		case k.name == "w:p" && len(k.marks) > 0:
			o.paragraph(k, s)
		default:
			o.node(k, s, nil)
		}
	}
}

func (o *output) section(sec *section, s scope) {
	rows, list := s.data.Lists[sec.name]
	if !list {
		if s.text(sec.name) != "" {
			o.all(sec.kids, s)
		}
		return
	}
	for i, row := range rows {
		o.all(sec.kids, scope{s.data, row, s.again || i > 0})
	}
}

// identities are attributes that must not stand twice in a document.
var identities = regexp.MustCompile(`\s+w14:(paraId|textId)="[^"]*"`)

// node writes a node with what the texts in it became.
func (o *output) node(k *node, s scope, became map[*node]string) {
	if s.again && (k.name == "w:bookmarkStart" || k.name == "w:bookmarkEnd") {
		return
	}
	if text, ok := became[k]; ok {
		o.text(text)
		return
	}
	if k.name == "w:sectPr" && o.main && o.stamped.mark != nil {
		o.sectPr(k, s)
		return
	}
	raw := k.raw
	if s.again && (k.name == "w:p" || k.name == "w:tr") {
		raw = identities.ReplaceAll(raw, nil)
	}
	o.Write(raw)
	if o.header && k.name == "w:hdr" && k.end != nil {
		o.Write(o.stamped.mark)
	}
	if became == nil {
		o.all(k.kids, s)
	} else {
		for _, kid := range k.kids {
			if kid.name == "w:p" || kid.section != nil { // of a text box
				o.all([]*node{kid}, s)
				continue
			}
			o.node(kid, s, became)
		}
	}
	if o.main && k.name == "w:body" && o.stamped.endless && k.end != nil {
		o.Write(o.stamped.sectPr)
	}
	o.Write(k.end)
}

// paragraph writes a paragraph with its marks filled in: several, when its only
// text is a mark whose text has several lines.
func (o *output) paragraph(p *node, s scope) {
	pieces := p.reading()
	if lines := o.lines(p, pieces, s); lines != nil {
		for i, line := range lines {
			s := s
			s.again = s.again || i > 0
			o.node(p, s, replaced(p, pieces, func(string) string { return line }))
		}
		return
	}
	o.node(p, s, replaced(p, pieces, s.text))
}

// lines are those of the text of a paragraph's only mark, nil when there is no
// more than one or when the paragraph says anything else.
func (o *output) lines(p *node, pieces []written, s scope) []string {
	only := -1
	chars := joined(pieces)
	rest := slices.Clone(chars)
	for i, m := range p.marks {
		if m.sort == text && only >= 0 {
			return nil
		}
		if m.sort == text {
			only = i
		}
		for j := m.from; j < m.to; j++ {
			rest[j] = ' '
		}
	}
	if only < 0 || !blank(rest) {
		return nil
	}
	if properties := p.kid("w:pPr"); properties != nil && properties.kid("w:sectPr") != nil {
		return nil // a section of pages ends here, once
	}
	lines := strings.Split(strings.TrimSpace(clean(s.text(p.marks[only].name))), "\n")
	if len(lines) < 2 {
		return nil
	}
	return lines
}

// replaced says what the texts of a paragraph become: a mark's text stands where
// the mark began, and the pieces that held the rest of the mark lose it.
func replaced(p *node, pieces []written, text_ func(name string) string) map[*node]string {
	became := map[*node]string{}
	at := 0
	for _, piece := range pieces {
		from, to := at, at+len(piece.chars)
		at = to
		if piece.t == nil {
			continue
		}
		var b strings.Builder
		next, touched := from, false
		for _, m := range p.marks {
			if m.to <= from || m.from >= to {
				continue
			}
			touched = true
			if m.from >= from {
				b.WriteString(string(piece.chars[next-from : m.from-from]))
				if m.sort == text {
					b.WriteString(text_(m.name))
				}
			}
			next = min(m.to, to)
		}
		if touched {
			b.WriteString(string(piece.chars[next-from:]))
			became[piece.t] = b.String()
		}
	}
	return became
}

// text writes a w:t, with breaks and tabs between the pieces.
func (o *output) text(s string) {
	const begin, end = `<w:t xml:space="preserve">`, `</w:t>`
	o.WriteString(begin)
	for _, c := range clean(s) {
		switch c {
		case '\n':
			o.WriteString(end + "<w:br/>" + begin)
		case '\t':
			o.WriteString(end + "<w:tab/>" + begin)
		case '&':
			o.WriteString("&amp;")
		case '<':
			o.WriteString("&lt;")
		case '>':
			o.WriteString("&gt;")
		default:
			o.WriteRune(c)
		}
	}
	o.WriteString(end)
}

// clean leaves out what XML 1.0 §2.2 cannot hold, and makes every line end a
// line feed.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\t', c >= ' ' && c < 0xd800, c > 0xdfff && c < 0xfffe, c > 0xffff && c <= utf8.MaxRune:
			return c
		}
		return -1
	}, s)
}
