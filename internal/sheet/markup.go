package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// markup reads the XML of a workbook piece by piece. The standard decoder
// would hold whatever a hostile file calls one token in memory, and takes five
// times as long; office programs write a small, plain part of XML, and only
// that is read: no document types, no entities of one's own.
type markup struct {
	r     *bufio.Reader
	piece piece
	// of a start or an end
	name  []byte // without its prefix
	attrs []byte
	empty bool // <v/>: there will be no end
	// of a text
	text []byte
	raw  bool // CDATA: nothing in it is escaped

	buf    []byte
	tagDue bool
}

type piece int

const (
	start piece = iota + 1
	end
	text
)

// maxPiece bounds one piece of markup; a cell has at most 32 767 characters.
const maxPiece = 256 << 10

func newMarkup(r io.Reader) *markup {
	return &markup{r: bufio.NewReaderSize(r, 32<<10)}
}

// next reads one piece; io.EOF at the end.
func (m *markup) next() error {
	for {
		if !m.tagDue {
			if err := m.until('<'); err != nil {
				return err
			}
			m.tagDue = true
			if len(m.buf) > 0 {
				m.piece, m.text, m.raw = text, m.buf, false
				return nil
			}
		}
		m.tagDue = false
		if skip, err := m.tag(); err != nil || !skip {
			return err
		}
	}
}

// until fills buf up to the delimiter, which it drops.
func (m *markup) until(delimiter byte) error {
	m.buf = m.buf[:0]
	return m.more(delimiter)
}

func (m *markup) more(delimiter byte) error {
	for {
		part, err := m.r.ReadSlice(delimiter)
		m.buf = append(m.buf, part...)
		switch {
		case len(m.buf) > maxPiece:
			return ErrBomb
		case err == nil:
			m.buf = m.buf[:len(m.buf)-1]
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return err
		}
	}
}

// tag reads what follows a "<". skip is whether it means nothing here.
func (m *markup) tag() (skip bool, err error) {
	if err := m.until('>'); err != nil {
		return false, broken(err)
	}
	for !m.whole() {
		m.buf = append(m.buf, '>')
		if err := m.more('>'); err != nil {
			return false, broken(err)
		}
	}
	b := m.buf
	switch {
	case hasPrefix(b, "?"), hasPrefix(b, "!--"):
		return true, nil
	case hasPrefix(b, "![CDATA["):
		m.piece, m.text, m.raw = text, b[8:len(b)-2], true
		return false, nil
	case len(b) == 0, b[0] == '!':
		return false, ErrBroken
	}
	m.piece = start
	if b[0] == '/' {
		m.piece, b = end, b[1:]
	}
	m.empty = len(b) > 0 && b[len(b)-1] == '/'
	b = bytes.TrimSuffix(b, []byte("/"))
	m.name, m.attrs = b, nil
	if i := bytes.IndexAny(b, " \t\r\n"); i >= 0 {
		m.name, m.attrs = b[:i], b[i:]
	}
	m.name = m.name[bytes.IndexByte(m.name, ':')+1:]
	return false, nil
}

// whole reports whether buf is a complete tag and not one with a ">" inside.
func (m *markup) whole() bool {
	switch b := m.buf; {
	case hasPrefix(b, "!--"):
		return len(b) >= 5 && bytes.HasSuffix(b, []byte("--"))
	case hasPrefix(b, "![CDATA["):
		return bytes.HasSuffix(b, []byte("]]"))
	case hasPrefix(b, "?"):
		return true
	default:
		return bytes.Count(b, []byte(`"`))%2 == 0
	}
}

// attr returns an attribute of a start as it is written, nil when it is not there.
func (m *markup) attr(name string) []byte {
	rest := m.attrs
	for {
		i := bytes.IndexByte(rest, '=')
		if i < 0 {
			return nil
		}
		key := bytes.TrimSpace(rest[:i])
		rest = bytes.TrimLeft(rest[i+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		n := bytes.IndexByte(rest[1:], rest[0])
		if n < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+n]
		}
		rest = rest[n+2:]
	}
}

func (m *markup) on(name string) bool {
	v := m.attr(name)
	return string(v) == "1" || string(v) == "true"
}

// broken makes a file that ends early, or whose packing is damaged, ErrBroken.
func broken(err error) error {
	if err == nil || errors.Is(err, ErrBomb) {
		return err
	}
	return ErrBroken
}

// plain undoes the escapes of XML, and those of Excel for characters that XML
// cannot carry (_x000D_; ECMA-376 part 1, 22.4.2.4).
func plain(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 && !bytes.Contains(b, []byte("_x")) {
		return valid(string(b))
	}
	var out strings.Builder
	for s := string(b); s != ""; {
		i := strings.IndexAny(s, "&_")
		if i < 0 {
			out.WriteString(s)
			break
		}
		out.WriteString(s[:i])
		r, n := escape(s[i:])
		if n == 0 {
			r, n = rune(s[i]), 1
		}
		out.WriteRune(r)
		s = s[i+n:]
	}
	return valid(out.String())
}

func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// escape reads one escape at the start of s; n is its length, 0 for none.
func escape(s string) (r rune, n int) {
	if strings.HasPrefix(s, "_x") {
		if len(s) < 7 || s[6] != '_' {
			return 0, 0
		}
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return 0, 0
		}
		return rune(v), 7
	}
	i := strings.IndexByte(s[:min(len(s), 12)], ';')
	if i < 0 {
		return 0, 0
	}
	switch body := s[1:i]; body {
	case "lt":
		return '<', i + 1
	case "gt":
		return '>', i + 1
	case "amp":
		return '&', i + 1
	case "quot":
		return '"', i + 1
	case "apos":
		return '\'', i + 1
	default:
		if !strings.HasPrefix(body, "#") {
			return 0, 0
		}
		v, err := strconv.ParseUint(strings.Replace(body[1:], "x", "0x", 1), 0, 21)
		if err != nil {
			return 0, 0
		}
		return rune(v), i + 1
	}
}
