package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// plainText is a csv, or what office programs call so.
type plainText struct {
	r        io.ReaderAt
	size     int64
	encoding encoding.Encoding
	comma    rune
}

const (
	maxText  = 64 << 20 // bytes of a csv
	maxField = 64 << 10 // bytes of one cell: a quotation mark is missing
)

func openText(r io.ReaderAt, size int64, head []byte, name string) (*plainText, error) {
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	if !slices.Contains([]string{"", "csv", "tsv", "txt", "xls"}, ext) {
		return nil, ErrKind
	}
	if size > maxText {
		return nil, ErrBomb
	}
	t := &plainText{r: r, size: size}
	switch {
	case hasPrefix(head, "\xff\xfe"), hasPrefix(head, "\xfe\xff"):
		t.encoding = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.IndexByte(head, 0) >= 0, strings.HasPrefix(strings.TrimSpace(string(head)), "<"), hasPrefix(head, "%PDF"):
		return nil, ErrKind
	default:
		utf, err := isUTF8(t.raw())
		if err != nil {
			return nil, err
		}
		// GB18030 contains GBK, which contains GB 2312.
		t.encoding = simplifiedchinese.GB18030
		if utf {
			t.encoding = unicode.UTF8BOM
		}
	}
	return t, t.sniff()
}

// PlainText is the text of a csv in UTF-8, in whichever of the encodings that
// office programs write it: UTF-8, UTF-16 or GB 18030. ErrKind when it is no text.
func PlainText(content []byte) (string, error) {
	t, err := openText(bytes.NewReader(content), int64(len(content)), content[:min(len(content), 512)], "")
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(t.decoded())
	return string(text), err
}

func (t *plainText) raw() io.Reader { return io.NewSectionReader(t.r, 0, t.size) }

func (t *plainText) decoded() io.Reader {
	return transform.NewReader(t.raw(), t.encoding.NewDecoder())
}

// isUTF8 reads everything; a NUL means that it is no text at all.
func isUTF8(r io.Reader) (bool, error) {
	in, buf, kept := bufio.NewReader(r), make([]byte, 64<<10), 0
	for {
		n, err := in.Read(buf[kept:])
		if bytes.IndexByte(buf[kept:kept+n], 0) >= 0 {
			return false, ErrKind
		}
		part := buf[:kept+n]
		for len(part) > 0 && (err == io.EOF || utf8.FullRune(part)) {
			c, size := utf8.DecodeRune(part)
			if c == utf8.RuneError && size <= 1 {
				return false, noText(in)
			}
			part = part[size:]
		}
		kept = copy(buf, part)
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		}
	}
}

// noText is ErrKind when a NUL follows.
func noText(r io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if bytes.IndexByte(buf[:n], 0) >= 0 {
			return ErrKind
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// sniff finds what stands between the cells: the sign that the most of the
// first lines have.
func (t *plainText) sniff() error {
	head, err := io.ReadAll(io.LimitReader(t.decoded(), 64<<10))
	if err != nil {
		return ErrBroken
	}
	lines := strings.Split(string(head), "\n")
	if bad := strings.Count(string(head), "\uFFFD"); bad > 10+len(head)/100 {
		return ErrKind
	}
	t.comma = ','
	best := 0
	for _, sign := range []rune{',', '\t', ';', '|'} {
		score := 0
		for _, line := range lines[:min(len(lines), 100)] {
			if n := strings.Count(line, string(sign)); n > 0 {
				score += 1000 + n
			}
		}
		if score > best {
			best, t.comma = score, sign
		}
	}
	return nil
}

func (t *plainText) sheets() []string { return []string{""} }

func (t *plainText) hiddenColumns(int) (func(int) bool, error) {
	return func(int) bool { return false }, nil
}

func (t *plainText) rows(_ int, each func(Row) error) error {
	in := csv.NewReader(&narrow{r: t.decoded(), sign: byte(t.comma)})
	in.Comma = t.comma
	in.LazyQuotes = true
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	within, rows := 0, 0 // line breaks inside of cells so far; rows handed out
	var cells []string
	for {
		fields, err := in.Read()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, ErrTooWide), err != nil && !errors.As(err, new(*csv.ParseError)):
			return err
		case err != nil:
			return ErrBroken
		}
		line, _ := in.FieldPos(0)
		row := Row{Number: line - within}
		if cells, err = textCells(cells[:0], fields, &within); err != nil {
			return err
		}
		if len(cells) == 0 {
			continue
		}
		if rows++; rows > MaxRows {
			return ErrTooLong
		}
		row.Cells = cells
		if err := each(row); err != nil {
			return err
		}
	}
}

// textCells are the fields up to the last that has anything in it.
func textCells(cells, fields []string, within *int) ([]string, error) {
	used := 0
	for i, f := range fields {
		*within += strings.Count(f, "\n")
		if len(f) > maxField {
			return nil, ErrBroken
		}
		if strings.TrimSpace(f) != "" {
			used = i + 1
		}
	}
	if used > MaxColumns {
		return nil, ErrTooWide
	}
	for _, f := range fields[:used] {
		// ="00123" is how programs keep Excel from making a number of a code.
		if inner, is := strings.CutPrefix(f, `="`); is && strings.HasSuffix(inner, `"`) {
			f = strings.TrimSuffix(inner, `"`)
		}
		cells = append(cells, f)
	}
	return cells, nil
}

// narrow stops lines that are all separators before they are taken apart.
type narrow struct {
	r    io.Reader
	sign byte
	seen int
}

func (n *narrow) Read(p []byte) (int, error) {
	size, err := n.r.Read(p)
	for _, b := range p[:size] {
		switch b {
		case '\n':
			n.seen = 0
		case n.sign:
			if n.seen++; n.seen > 20_000 {
				return 0, ErrTooWide
			}
		}
	}
	return size, err
}
