package privacy

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"minsheng/internal/sheet"
)

// Content types that TextOf reads.
const (
	typePDF  = "application/pdf"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeCSV  = "text/csv"
)

// TextOf extracts the text of an attachment: PDF by its text layer, xlsx and
// csv by their cells (every sheet, hidden ones too, with the sheet's name),
// cells parted by tabs and lines by line breaks, and by what goes along with a
// workbook in no cell: comments, drawings, headers, properties. At most limit
// bytes of text are returned.
//
// read is whether all of it was: false for pictures and other kinds, for a page
// that is a scan or uses letters nobody can tell, for a file that is damaged,
// locked or has more than limit bytes of text. Then a person has to look; what
// could be read is returned all the same. err is that of r, or sheet's refusal
// of a spreadsheet.
func TextOf(contentType string, r io.ReaderAt, size int64, limit int) (text string, read bool, err error) {
	kind, _, _ := strings.Cut(contentType, ";")
	switch strings.TrimSpace(kind) {
	case typePDF:
		return pdfText(r, size, limit)
	case typeXLSX:
		return sheetText(r, size, "a.xlsx", limit)
	case typeCSV:
		return sheetText(r, size, "a.csv", limit)
	}
	return "", false, nil
}

// sheetText is the text of a spreadsheet's cells.
func sheetText(r io.ReaderAt, size int64, name string, limit int) (string, bool, error) {
	book, err := sheet.Open(r, size, name)
	if err != nil {
		return "", false, err
	}
	defer book.Close()
	out := &bounded{limit: limit}
	cells := false
	for i, title := range book.Sheets() {
		out.line(title)
		err := book.Rows(i, func(row sheet.Row) error {
			cells = cells || strings.Join(row.Cells, "") != ""
			out.line(strings.Join(row.Cells, "\t"))
			if out.full {
				return errFull
			}
			return nil
		})
		if err == errFull {
			break
		}
		if err != nil {
			return out.String(), false, fmt.Errorf("privacy: sheet %d: %w", i+1, err)
		}
	}
	rest := beside(book, out)
	return out.String(), cells && rest && !out.full, nil
}

// beside adds the words of a workbook that stand in no cell; false when they
// could not all be read.
func beside(book *sheet.Book, out *bounded) bool {
	err := book.Beside(func(text string) error {
		if out.line(text); out.full {
			return errFull
		}
		return nil
	})
	return err == nil
}

// errFull stops a reading that has found enough.
var errFull = fmt.Errorf("privacy: enough text")

// bounded is a text of at most limit bytes.
type bounded struct {
	strings.Builder
	limit int
	full  bool
}

func (b *bounded) line(text string) {
	if text != "" {
		b.add(text)
		b.add("\n")
	}
}

// add cuts between characters.
func (b *bounded) add(text string) {
	if room := b.limit - b.Len(); len(text) > room {
		b.full = true
		text = text[:max(0, room)]
		for len(text) > 0 && !utf8.ValidString(text) && len(text) > room-utf8.UTFMax {
			text = text[:len(text)-1]
		}
	}
	b.WriteString(text)
}

// readable reports whether text is what a person would read: fonts without a
// table of their letters come out as control characters.
func readable(text string) bool {
	letters, odd := 0, 0
	for _, r := range text {
		switch {
		case r == '\n', r == '\t', r == ' ':
		case r == utf8.RuneError, unicode.Is(unicode.Co, r), unicode.IsControl(r):
			odd++
		default:
			letters++
		}
	}
	return letters > 0 && odd*20 <= letters
}
