package sheet

import (
	"errors"
	"io"
	"strconv"
)

// Refusals; catalog key sheet.<reason> by Reason.
var (
	ErrKind    = errors.New("sheet: neither xlsx nor csv")           // "kind"
	ErrOld     = errors.New("sheet: old Excel format, save as xlsx") // "old"
	ErrBroken  = errors.New("sheet: cannot be read")                 // "broken"
	ErrBomb    = errors.New("sheet: unpacks to too much")            // "bomb"
	ErrTooLong = errors.New("sheet: too many rows")                  // "too_long"
	ErrTooWide = errors.New("sheet: too many columns")               // "too_wide"
	ErrEmpty   = errors.New("sheet: no header found")                // "empty"
)

// Reason maps a refusal to the end of its catalog key; "" for any other error.
func Reason(err error) string {
	for _, r := range []struct {
		err error
		key string
	}{
		{ErrKind, "kind"},
		{ErrOld, "old"},
		{ErrBroken, "broken"},
		{ErrBomb, "bomb"},
		{ErrTooLong, "too_long"},
		{ErrTooWide, "too_wide"},
		{ErrEmpty, "empty"},
	} {
		if errors.Is(err, r.err) {
			return r.key
		}
	}
	return ""
}

// Limits of what is read.
const (
	MaxRows    = 200_000 // with anything in them
	MaxColumns = 100     // up to the last one with anything in it
)

// Book is an open spreadsheet. It is for one goroutine at a time.
type Book struct{ source source }

// source is a kind of file that has rows.
type source interface {
	sheets() []string
	rows(sheet int, each func(Row) error) error
	hiddenColumns(sheet int) (func(column int) bool, error)
}

// Open reads what a file is from its bytes; name only tells csv from text. r
// must stay readable until Close.
func Open(r io.ReaderAt, size int64, name string) (*Book, error) {
	head := make([]byte, 512)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	var s source
	switch head = head[:n]; {
	case n == 0:
		return nil, ErrEmpty
	case hasPrefix(head, "PK\x03\x04"):
		s, err = openWorkbook(r, size)
	case hasPrefix(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"): // OLE: xls, or an xlsx under a password
		return nil, ErrOld
	default:
		s, err = openText(r, size, head, name)
	}
	if err != nil {
		return nil, err
	}
	return &Book{s}, nil
}

// Sheets lists the names of the sheets; csv has one, named "".
func (b *Book) Sheets() []string { return b.source.sheets() }

// Row is one line with its cells, merged cells filled in.
type Row struct {
	Number int      // as the office's own program counts, from 1
	Cells  []string // only valid until the next row
	Hidden bool     // the office's own program does not show it

	filled []int // columns that a merged cell reaches into
	lost   []int // columns whose numbers Excel no longer knows to the last digit
}

// Rows hands out in order the rows that have anything in them, also hidden
// ones, until each returns an error.
func (b *Book) Rows(sheet int, each func(Row) error) error {
	if sheet < 0 || sheet >= len(b.Sheets()) {
		return ErrBroken
	}
	return b.source.rows(sheet, each)
}

// Close releases the file.
func (b *Book) Close() error { return nil }

// Ref is how the office's program calls a cell: Ref(7, 2) is "C7" (row from 1,
// column from 0).
func Ref(row, column int) string {
	return columnName(column) + strconv.Itoa(row)
}

func columnName(column int) string {
	var name []byte
	for c := column + 1; c > 0; c = (c - 1) / 26 {
		name = append([]byte{byte('A' + (c-1)%26)}, name...)
	}
	return string(name)
}

// IsRef reports whether text is how a cell within the limits is called.
func IsRef(text string) bool {
	row, column, ok := place([]byte(text))
	return ok && row <= lastRow && column < MaxColumns
}

// place reads "C7" as row 7 and column 2; ok is false when it is no cell.
func place(ref []byte) (row, column int, ok bool) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 3; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	row, ok = whole(ref[i:])
	return row, column - 1, ok && i > 0 && row > 0
}

// whole reads at most nine digits.
func whole(digits []byte) (n int, ok bool) {
	if len(digits) == 0 || len(digits) > 9 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
