package privacy

import (
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ledongthuc/pdf"
)

// Bounds on reading a PDF. The library trusts the file: it is given only so
// much time and so many bytes, and whatever it panics about is the file's fault.
const (
	pdfTime  = 5 * time.Second
	pdfBytes = 512 << 20 // read in all, several times over the largest file
	pdfPages = 500
	pdfDepth = 5 // forms inside forms
)

var errPDFBounds = errors.New("privacy: pdf takes too long")

// patient is a reader that gives up: every loop of the library reads.
type patient struct {
	r    io.ReaderAt
	stop time.Time
	left int64
	err  error // of r
}

func (p *patient) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.EOF
	}
	if p.left -= int64(len(b)); p.left < 0 || time.Now().After(p.stop) {
		return 0, errPDFBounds
	}
	n, err := p.r.ReadAt(b, off)
	if err != nil && err != io.EOF {
		p.err = err
	}
	return n, err
}

// sizes are numbers for which the library would set aside memory before it
// knows whether the file holds as much; none of an honest file has eight digits.
var sizes = regexp.MustCompile(`(?i)/(S|#53)(i|#69)(z|#7a)(e|#65)[\s+]*\d{8}|/(W|#57)[\s+]*\[[\s\d+]*\d{8}|/Columns[\s+]*\d{8}|/Index[\s+]*\[[\s\d+]*\d{9}`)

// pdfText is the text layer of a PDF.
func pdfText(r io.ReaderAt, size int64, limit int) (text string, read bool, err error) {
	p := &patient{r: r, stop: time.Now().Add(pdfTime), left: pdfBytes}
	out := &bounded{limit: limit}
	defer func() {
		if recover() != nil { // the library panics on files it does not understand
			text, read, err = out.String(), false, p.err
		}
	}()
	if sizes.MatchReader(&byRune{r: io.NewSectionReader(r, 0, size)}) {
		return "", false, nil
	}
	doc, err := pdf.NewReader(p, size)
	if err != nil {
		return "", false, p.err
	}
	pages := doc.NumPage()
	read = pages > 0 && pages <= pdfPages
	for n := 1; n <= min(pages, pdfPages) && !out.full; n++ {
		read = pageText(doc.Page(n), p, out) && read
	}
	return out.String(), read && !out.full, p.err
}

// pageText adds one page and its annotations; read is whether all of its text
// could be told.
func pageText(page pdf.Page, p *patient, out *bounded) (read bool) {
	w := &pageReader{patient: p, out: &bounded{limit: out.limit - out.Len()}, state: state{ctm: unit3, tm: unit3, line: unit3}}
	defer func() {
		if recover() != nil {
			read = false
		}
		out.add(w.out.String())
		out.add("\n")
		out.full = out.full || w.out.full
	}()
	if page.V.IsNull() {
		return false
	}
	w.run(page.V.Key("Contents"), page.Resources(), 0)
	w.annotations(page.V.Key("Annots"))
	text := w.out.String()
	if strings.TrimSpace(text) == "" {
		return !w.drawn // an empty page has nothing to hide
	}
	return readable(text) && !w.pictured
}

// matrix is [a b c d e f] of PDF.
type matrix [6]float64

var unit3 = matrix{1, 0, 0, 1, 0, 0}

// times is m applied before n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// state is what q saves and Q brings back, with what text operators change.
type state struct {
	ctm, tm, line matrix
	size, leading float64
	font          pdf.TextEncoding
}

// pageReader follows a page's operators and writes down its text: a tab where
// the next piece stands apart, a line break where it stands on another line.
// Words that a program placed piece by piece grow together again.
type pageReader struct {
	*patient
	out      *bounded
	saved    []state
	fonts    map[string]pdf.TextEncoding
	res      pdf.Value
	depth    int
	endX     float64 // where the last piece ended, by estimate
	lastY    float64
	wrote    bool
	drawn    bool // something is on the page
	pictured bool // a picture as large as a scan
	state
}

// run follows one content stream.
func (w *pageReader) run(content, res pdf.Value, depth int) {
	if content.IsNull() || depth > pdfDepth {
		return
	}
	outer := *w
	w.res, w.fonts, w.depth = res, map[string]pdf.TextEncoding{}, depth
	pdf.Interpret(content, func(stack *pdf.Stack, op string) {
		if w.out.full || time.Now().After(w.stop) {
			panic(errPDFBounds)
		}
		args := make([]pdf.Value, stack.Len())
		for i := len(args) - 1; i >= 0; i-- {
			args[i] = stack.Pop()
		}
		w.operator(op, args)
	})
	w.res, w.fonts, w.depth, w.saved, w.state = outer.res, outer.fonts, outer.depth, outer.saved, outer.state
}

func (w *pageReader) operator(op string, args []pdf.Value) {
	num := func(i int) float64 {
		if i < len(args) {
			return args[i].Float64()
		}
		return 0
	}
	switch op {
	case "q":
		if len(w.saved) < 100 {
			w.saved = append(w.saved, w.state)
		}
	case "Q":
		if n := len(w.saved); n > 0 {
			w.state, w.saved = w.saved[n-1], w.saved[:n-1]
		}
	case "cm":
		w.ctm = matrix{num(0), num(1), num(2), num(3), num(4), num(5)}.times(w.ctm)
	case "BT":
		w.tm, w.line = unit3, unit3
	case "Tf":
		if len(args) == 2 {
			w.font, w.size = w.encoding(args[0].Name()), num(1)
		}
	case "TL":
		w.leading = num(0)
	case "Tm":
		w.line = matrix{num(0), num(1), num(2), num(3), num(4), num(5)}
		w.tm = w.line
	case "Td", "TD":
		if op == "TD" {
			w.leading = -num(1)
		}
		w.move(num(0), num(1))
	case "T*":
		w.move(0, -w.leading)
	case "Do":
		w.object(args)
	default:
		w.showing(op, args)
	}
}

// showing follows the operators that write text.
func (w *pageReader) showing(op string, args []pdf.Value) {
	if len(args) == 0 {
		w.drawn = w.drawn || op == "f" || op == "S" || op == "EI"
		return
	}
	last := args[len(args)-1]
	switch op {
	case "'", "\"":
		w.move(0, -w.leading)
		w.show(last.RawString())
	case "Tj":
		w.show(last.RawString())
	case "TJ":
		for i := range last.Len() {
			if piece := last.Index(i); piece.Kind() == pdf.String {
				w.show(piece.RawString())
			} else {
				w.tm = matrix{1, 0, 0, 1, -piece.Float64() / 1000 * w.size, 0}.times(w.tm)
			}
		}
	}
}

func (w *pageReader) move(x, y float64) {
	w.line = matrix{1, 0, 0, 1, x, y}.times(w.line)
	w.tm = w.line
}

// utf16Encodings are the predefined ones of simplified Chinese whose codes are
// characters (ISO 32000-1 §9.7.5.2).
var utf16Encodings = []string{"UniGB-UCS2-H", "UniGB-UCS2-V", "UniGB-UTF16-H", "UniGB-UTF16-V"}

func (w *pageReader) encoding(name string) pdf.TextEncoding {
	if enc, ok := w.fonts[name]; ok {
		return enc
	}
	font := pdf.Font{V: w.res.Key("Font").Key(name)}
	var enc pdf.TextEncoding
	if own := lettersOf(font.V.Key("ToUnicode")); own != nil {
		enc = own
	} else if slices.Contains(utf16Encodings, font.V.Key("Encoding").Name()) {
		enc = utf16Encoding{}
	} else {
		enc = font.Encoder()
	}
	w.fonts[name] = enc
	return enc
}

// show writes a piece of text at its place.
func (w *pageReader) show(raw string) {
	text := raw
	if w.font != nil {
		text = w.font.Decode(raw)
	}
	if text == "" {
		return
	}
	w.drawn = true
	at := w.tm.times(w.ctm)
	em := w.size * math.Hypot(at[0], at[1])
	if em <= 0 {
		em = 1
	}
	if w.wrote {
		w.part(at[4]-w.endX, at[5]-w.lastY, em)
	}
	w.out.add(text)
	wide := width(text)
	w.tm = matrix{1, 0, 0, 1, wide * w.size, 0}.times(w.tm)
	w.endX, w.lastY, w.wrote = w.tm.times(w.ctm)[4], at[5], true
}

// part writes what stands between two pieces.
func (w *pageReader) part(gap, rise, em float64) {
	switch {
	case math.Abs(rise) > em/2:
		w.out.add("\n")
	case gap > em || gap < -3*em:
		w.out.add("\t")
	}
}

// width is about how wide a text is, in sizes of its font.
func width(text string) float64 {
	sum := 0.0
	for _, r := range text {
		if r < 0x2000 {
			sum += 0.53
		} else {
			sum++
		}
	}
	return sum
}

// object follows a form inside the page and notes pictures.
func (w *pageReader) object(args []pdf.Value) {
	if len(args) == 0 {
		return
	}
	w.drawn = true
	x := w.res.Key("XObject").Key(args[0].Name())
	switch x.Key("Subtype").Name() {
	case "Image":
		// A picture of a third of the page's width may be a scanned table.
		w.pictured = w.pictured || x.Key("Width").Int64() >= 600 && x.Key("Height").Int64() >= 600
	case "Form":
		res := x.Key("Resources")
		if res.IsNull() {
			res = w.res
		}
		w.run(x, res, w.depth+1)
	}
}

// annotations adds what notes and fields on the page say.
func (w *pageReader) annotations(list pdf.Value) {
	for i := range min(list.Len(), 1000) {
		note := list.Index(i)
		for _, key := range []string{"Contents", "V"} {
			if text := note.Key(key); text.Kind() == pdf.String {
				w.out.add("\n" + text.Text())
			}
		}
	}
}

// byRune reads bytes as characters of their own, so that a pattern can be
// looked for in a binary file.
type byRune struct {
	r    io.Reader
	buf  [32 << 10]byte
	have []byte
}

// ReadRune returns the next byte.
func (b *byRune) ReadRune() (rune, int, error) {
	if len(b.have) == 0 {
		n, err := b.r.Read(b.buf[:])
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, 0, err
		}
		b.have = b.buf[:n]
	}
	c := rune(b.have[0])
	b.have = b.have[1:]
	if c > unicode.MaxASCII {
		c = 0
	}
	return c, 1, nil
}
