package privacy

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"
)

// maxCodes bounds a font's table: no font has more characters.
const maxCodes = 70_000

// letters turn the codes of a font into text by its ToUnicode table (ISO
// 32000-1 §9.10.3), which goes before anything else that a font says.
type letters struct {
	sizes []int // bytes of a code, as its ranges say
	text  map[string]string
}

// maxTable is how many bytes of a font's table are read.
const maxTable = 4 << 20

// lettersOf reads a font's table; nil when it has none that can be used.
func lettersOf(table pdf.Value) *letters {
	if table.Kind() != pdf.Stream {
		return nil
	}
	r := table.Reader()
	defer r.Close()
	text, _ := io.ReadAll(io.LimitReader(r, maxTable)) // what came before an error may do
	l := &letters{text: map[string]string{}}
	var args []operand
	for t := (tokens{text}); ; {
		arg, word, more := t.next()
		if !more {
			break
		}
		if word == "" {
			args = append(args, arg)
			continue
		}
		l.apply(word, args)
		args = args[:0]
	}
	if len(l.text) == 0 {
		return nil
	}
	if len(l.sizes) == 0 {
		l.sizes = []int{2}
	}
	slices.Sort(l.sizes)
	return l
}

// apply follows one operator of a table.
func (l *letters) apply(word string, args []operand) {
	switch word {
	case "endcodespacerange":
		for _, a := range args {
			if n := len(a.code); n >= 1 && n <= 4 && !slices.Contains(l.sizes, n) {
				l.sizes = append(l.sizes, n)
			}
		}
	case "endbfchar":
		for i := 0; i+1 < len(args); i += 2 {
			l.put(args[i].code, utf16Text(args[i+1].code))
		}
	case "endbfrange":
		for i := 0; i+2 < len(args); i += 3 {
			l.putRange(args[i].code, args[i+1].code, args[i+2])
		}
	}
}

// operand is <8D34>, or a list of such.
type operand struct {
	code string
	list []string
}

// tokens reads the few things of a table that matter: codes in hex, lists of
// them, and words.
type tokens struct{ rest []byte }

const blank = " \t\r\n\f\x00"

// next is the next operand or word; a word that is neither an operator nor a
// code (a name, a number) is a word, too.
func (t *tokens) next() (arg operand, word string, more bool) {
	t.rest = bytes.TrimLeft(t.rest, blank)
	if len(t.rest) == 0 {
		return operand{}, "", false
	}
	switch c := t.rest[0]; {
	case c == '<' && !bytes.HasPrefix(t.rest, []byte("<<")):
		return operand{code: t.hex()}, "", true
	case c == '[':
		t.rest = t.rest[1:]
		return operand{list: t.codes()}, "", true
	case strings.IndexByte("]<>()%", c) >= 0:
		t.rest = t.rest[1:]
		return operand{}, string(c), true
	}
	end := bytes.IndexAny(t.rest[1:], blank+"<>[]()%") + 1
	if end == 0 {
		end = len(t.rest)
	}
	word = string(t.rest[:end])
	t.rest = t.rest[end:]
	return operand{}, word, true
}

// codes reads what stands in a list.
func (t *tokens) codes() (list []string) {
	for {
		t.rest = bytes.TrimLeft(t.rest, blank)
		if !bytes.HasPrefix(t.rest, []byte("<")) || bytes.HasPrefix(t.rest, []byte("<<")) {
			return list
		}
		list = append(list, t.hex())
	}
}

// hex reads <8D34>.
func (t *tokens) hex() string {
	inside, rest, _ := bytes.Cut(t.rest[1:], []byte(">"))
	t.rest = rest
	digits := bytes.Join(bytes.Fields(inside), nil)
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	code, err := hex.DecodeString(string(digits))
	if err != nil {
		return ""
	}
	return string(code)
}

func (l *letters) put(code, text string) {
	if len(l.text) < maxCodes && code != "" {
		l.text[code] = text
	}
}

// putRange gives the codes from lo to hi the texts of a list, or those from one
// character on.
func (l *letters) putRange(lo, hi string, to operand) {
	if len(lo) != len(hi) || len(lo) == 0 || len(lo) > 4 {
		return
	}
	from, last := number(lo), number(hi)
	for code := from; code <= last && code-from < maxCodes && len(l.text) < maxCodes; code++ {
		var text string
		switch n := int(code - from); {
		case n < len(to.list):
			text = utf16Text(to.list[n])
		case to.code != "":
			text = later(utf16Text(to.code), rune(n))
		default:
			return
		}
		b := binary.BigEndian.AppendUint32(nil, code)
		l.put(string(b[4-len(lo):]), text)
	}
}

// number is a code of up to four bytes.
func number(code string) (n uint32) {
	for i := range len(code) {
		n = n<<8 | uint32(code[i])
	}
	return n
}

// later is a text whose last character is n further on.
func later(text string, n rune) string {
	r, size := utf8.DecodeLastRuneInString(text)
	return text[:len(text)-size] + string(r+n)
}

// Decode turns codes into text; those without a letter become U+FFFD.
func (l *letters) Decode(raw string) string {
	var b strings.Builder
next:
	for len(raw) > 0 {
		for _, n := range l.sizes {
			if n > len(raw) {
				break
			}
			if text, known := l.text[raw[:n]]; known {
				b.WriteString(text)
				raw = raw[n:]
				continue next
			}
		}
		b.WriteRune(utf8.RuneError)
		raw = raw[min(l.sizes[0], len(raw)):]
	}
	return b.String()
}

// utf16Encoding is that of fonts whose codes are characters already.
type utf16Encoding struct{}

// Decode turns two bytes into one character.
func (utf16Encoding) Decode(raw string) string { return utf16Text(raw) }

func utf16Text(raw string) string {
	codes := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		codes = append(codes, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(codes))
}
