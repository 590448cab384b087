package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"minsheng/internal/workday"
)

// Head is a column of a sheet that is written.
type Head struct {
	Name  string
	Type  Type
	Width float64 // characters; 0: by the name
}

// Writer writes a table row by row. Values are string, int64 (fen for Money,
// shown in yuan; counts for Whole), workday.Date or bool; nil leaves a cell
// empty. Texts that a spreadsheet would take for a formula are made harmless.
type Writer interface {
	Write(values ...any) error
	Close() error
}

// Harmless is a text that no spreadsheet takes for a formula: what begins with
// = + - @ (of either width), a tab or a line break gets an apostrophe in front
// (OWASP, CSV injection). Spaces in front of the sign are no help to anybody.
func Harmless(text string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \u00a0\u3000\ufeff\u200b"))
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫−", first) {
		return "'" + text
	}
	return text
}

// Yuan writes an amount of fen in yuan as offices do in tables: 1200.50.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

type csvWriter struct {
	buffer *bufio.Writer
	out    *csv.Writer
	heads  []Head
}

// NewCSV starts a csv with a byte order mark, so that Excel and WPS read it.
func NewCSV(w io.Writer, heads []Head) (Writer, error) {
	c := &csvWriter{buffer: bufio.NewWriter(w), heads: heads}
	if _, err := c.buffer.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	c.out = csv.NewWriter(c.buffer)
	c.out.UseCRLF = true
	names := make([]string, len(heads))
	for i, h := range heads {
		names[i] = Harmless(h.Name)
	}
	return c, c.out.Write(names)
}

func (c *csvWriter) Write(values ...any) error {
	cells := make([]string, len(values))
	for i, v := range values {
		var err error
		if cells[i], err = csvCell(c.heads, i, v); err != nil {
			return err
		}
	}
	return c.out.Write(cells)
}

func csvCell(heads []Head, i int, value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return Harmless(v), nil
	case int64:
		if typeAt(heads, i) == Money {
			return Yuan(v), nil
		}
		return fmt.Sprint(v), nil
	case workday.Date:
		return string(v), nil
	case bool:
		return yesNo(v), nil
	}
	return "", fmt.Errorf("sheet: cannot write %T", value)
}

func (c *csvWriter) Close() error {
	c.out.Flush()
	return errors.Join(c.out.Error(), c.buffer.Flush())
}

func typeAt(heads []Head, i int) Type {
	if i < len(heads) {
		return heads[i].Type
	}
	return Text
}

func yesNo(v bool) string {
	if v {
		return "是"
	}
	return "否"
}

type xlsxWriter struct {
	w      io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	heads  []Head
	styles styles
	row    int
}

type styles struct{ head, money, day, whole int }

// NewXLSX starts a workbook with real types and widths. title names its sheet.
// It is written to w when it is closed.
func NewXLSX(w io.Writer, title string, heads []Head) (Writer, error) {
	x := &xlsxWriter{w: w, file: excelize.NewFile(), heads: heads}
	if err := x.start(pageName(title)); err != nil {
		return nil, errors.Join(err, x.file.Close())
	}
	return x, nil
}

func (x *xlsxWriter) start(page string) (err error) {
	if err = x.file.SetSheetName("Sheet1", page); err != nil {
		return err
	}
	if x.styles, err = newStyles(x.file); err != nil {
		return err
	}
	if x.stream, err = x.file.NewStreamWriter(page); err != nil {
		return err
	}
	names := make([]any, len(x.heads))
	for i, h := range x.heads {
		if err := x.stream.SetColWidth(i+1, i+1, h.width()); err != nil {
			return err
		}
		names[i] = excelize.Cell{StyleID: x.styles.head, Value: Harmless(h.Name)}
	}
	err = x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	return errors.Join(err, x.put(names))
}

func newStyles(f *excelize.File) (s styles, err error) {
	day := "yyyy-mm-dd"
	for _, of := range []struct {
		id    *int
		style *excelize.Style
	}{
		{&s.head, &excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}}},
		{&s.money, &excelize.Style{NumFmt: 4}}, // #,##0.00
		{&s.day, &excelize.Style{CustomNumFmt: &day}},
		{&s.whole, &excelize.Style{NumFmt: 1}}, // 0
	} {
		if *of.id, err = f.NewStyle(of.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (x *xlsxWriter) put(cells []any) error {
	x.row++
	return x.stream.SetRow(Ref(x.row, 0), cells)
}

func (x *xlsxWriter) Write(values ...any) error {
	cells := make([]any, len(values))
	for i, value := range values {
		switch v := value.(type) {
		case nil:
		case string:
			cells[i] = Harmless(v)
		case int64:
			cells[i] = excelize.Cell{StyleID: x.styles.whole, Value: v}
			if typeAt(x.heads, i) == Money {
				// The nearest binary fraction, which Excel shows to the fen.
				cells[i] = excelize.Cell{StyleID: x.styles.money, Value: float64(v) / 100}
			}
		case workday.Date:
			if cells[i] = any(string(v)); v != "" {
				cells[i] = excelize.Cell{StyleID: x.styles.day, Value: serial(v)}
			}
		case bool:
			cells[i] = yesNo(v)
		default:
			return fmt.Errorf("sheet: cannot write %T", value)
		}
	}
	return x.put(cells)
}

// serial is a day as Excel counts it.
func serial(d workday.Date) int { return d.Sub("1899-12-30") }

func (x *xlsxWriter) Close() error {
	err := x.stream.Flush()
	if err == nil {
		_, err = x.file.WriteTo(x.w)
	}
	return errors.Join(err, x.file.Close())
}

// pageName is a title as Excel allows it for a sheet: 31 characters, some
// forbidden.
func pageName(title string) string {
	title = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]：？＊／＼［］`, r) {
			return ' '
		}
		return r
	}, title), " '")
	if r := []rune(title); len(r) > 31 {
		title = string(r[:31])
	}
	if title == "" {
		return "Sheet1"
	}
	return title
}

func (h Head) width() float64 {
	if h.Width > 0 {
		return min(h.Width, 100)
	}
	least := map[Type]float64{Money: 14, Day: 12, Whole: 8, YesNo: 8, Identity: 22, Account: 24, Text: 14}[h.Type]
	return min(max(least, float64(2*utf8.RuneCountInString(h.Name)+2)), 40)
}
