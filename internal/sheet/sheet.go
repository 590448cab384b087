package sheet

import (
	"errors"
	"io"
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
func Reason(err error) string { panic("contract: not built") }

// Limits of what is read.
const (
	MaxRows    = 200_000
	MaxColumns = 100
)

// Book is an open spreadsheet.
type Book struct{ impl any }

// Open reads what a file is from its bytes; name only tells csv from text.
func Open(r io.ReaderAt, size int64, name string) (*Book, error) { panic("contract: not built") }

// Sheets lists the names of the sheets; csv has one, named "".
func (b *Book) Sheets() []string { panic("contract: not built") }

// Row is one line with its cells, merged cells filled in.
type Row struct {
	Number int // as the office's own program counts, from 1
	Cells  []string
}

// Rows hands out the rows of a sheet in order until each returns an error.
func (b *Book) Rows(sheet int, each func(Row) error) error { panic("contract: not built") }

// Close releases the file.
func (b *Book) Close() error { panic("contract: not built") }

// Ref is how the office's program calls a cell: Ref(7, 2) is "C7" (row from 1,
// column from 0).
func Ref(row, column int) string { panic("contract: not built") }
