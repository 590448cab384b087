package sheet

import "io"

// Head is a column of a sheet that is written.
type Head struct {
	Name  string
	Type  Type
	Width float64 // characters; 0: by the name
}

// Writer writes a table row by row. Values are string, int64 (fen for Money,
// shown in yuan; counts for Whole), workday.Date or bool. Texts that a
// spreadsheet would take for a formula are made harmless.
type Writer interface {
	Write(values ...any) error
	Close() error
}

// NewXLSX starts a workbook with real types and widths.
func NewXLSX(w io.Writer, title string, heads []Head) (Writer, error) { panic("contract: not built") }

// NewCSV starts a csv with a byte order mark, so that Excel and WPS read it.
func NewCSV(w io.Writer, heads []Head) (Writer, error) { panic("contract: not built") }

// Harmless is a text that no spreadsheet takes for a formula.
func Harmless(text string) string { panic("contract: not built") }
