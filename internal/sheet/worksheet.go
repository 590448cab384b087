package sheet

import (
	"errors"
	"strings"
)

// errDone ends the reading of a part whose rest does not matter.
var errDone = errors.New("sheet: done")

func (w *workbook) rows(sheet int, each func(Row) error) error {
	s, err := w.survey(sheet)
	if err != nil {
		return err
	}
	r := rowReader{book: w, filler: filler{waiting: s.merges}, each: each}
	err = w.parts.each(w.pages[sheet].part, r.piece)
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// rowReader puts rows together from the pieces of a sheet's markup.
type rowReader struct {
	book   *workbook
	filler filler
	each   func(Row) error

	row    Row
	inRow  bool
	inCell bool
	column int // of the cell at hand
	kind   string
	style  int
	value  strings.Builder
	taking bool // what is read now is the value
	aloud  bool // how a name is read: no part of it

	formula strings.Builder
	inside  bool // of a formula
	has     bool // the cell has a formula
	solved  bool // with its result, which may be ""
}

func (r *rowReader) piece(m *markup) error {
	if m.piece == text {
		if r.taking && !r.aloud {
			r.value.WriteString(m.content())
		} else if r.inside {
			r.formula.WriteString(m.content())
		}
		return nil
	}
	opens := m.piece == start && !m.empty
	switch string(m.name) {
	case "v", "t":
		r.taking = opens
		r.solved = true
	case "rPh":
		r.aloud = opens
	case "f":
		r.inside = opens
		r.has = true
	case "c":
		return r.cell(m, opens)
	case "row":
		if m.piece == start {
			if err := r.beginRow(m); err != nil {
				return err
			}
		}
		if !opens {
			return r.finishRow()
		}
	case "sheetData":
		if !opens {
			return errDone
		}
	}
	return nil
}

// cell begins a cell, or finishes the one that was begun.
func (r *rowReader) cell(m *markup, opens bool) error {
	if m.piece == start {
		if r.inCell || !r.inRow {
			return ErrBroken
		}
		r.begin(m)
	}
	if opens {
		return nil
	}
	if !r.inCell {
		return ErrBroken
	}
	return r.finish()
}

func (r *rowReader) beginRow(m *markup) error {
	if r.inRow {
		return ErrBroken
	}
	r.inRow = true
	number := r.row.Number + 1
	if at := m.attr("r"); at != nil {
		n, ok := whole(at)
		if !ok || n < number || n > lastRow {
			return ErrBroken
		}
		number = n
	}
	r.row = Row{Number: number, Hidden: m.on("hidden"), Cells: r.row.Cells[:0], filled: r.row.filled[:0], lost: r.row.lost[:0]}
	r.column = -1
	return nil
}

func (r *rowReader) begin(m *markup) {
	r.inCell = true
	r.column++
	if at := m.attr("r"); at != nil {
		if _, c, ok := place(at); ok {
			r.column = c
		}
	}
	switch kind := m.attr("t"); string(kind) {
	case "", "n":
		r.kind = "n"
	case "s":
		r.kind = "s"
	case "b":
		r.kind = "b"
	default:
		r.kind = "str"
	}
	r.style, _ = whole(m.attr("s"))
	r.value.Reset()
	r.formula.Reset()
	r.taking, r.aloud, r.inside, r.has, r.solved = false, false, false, false, false
}

// finish puts a cell into the row.
func (r *rowReader) finish() error {
	r.inCell = false
	value, lost, err := r.book.cell(r.kind, r.style, r.value.String())
	if err != nil {
		return err
	}
	if r.has && !r.solved {
		// A program that does not calculate wrote it. Empty would be a lie.
		value = "=" + r.formula.String()
	}
	if strings.TrimSpace(value) == "" {
		return nil
	}
	if r.column >= MaxColumns {
		return ErrTooWide
	}
	for len(r.row.Cells) <= r.column {
		r.row.Cells = append(r.row.Cells, "")
	}
	r.row.Cells[r.column] = value
	if lost {
		r.row.lost = append(r.row.lost, r.column)
	}
	return nil
}

func (r *rowReader) finishRow() error {
	if !r.inRow || r.inCell {
		return ErrBroken
	}
	r.inRow = false
	if len(r.row.Cells) == 0 {
		return nil
	}
	if err := r.filler.fill(&r.row); err != nil {
		return err
	}
	return r.each(r.row)
}

// cell is the text of a cell: numbers in plain decimals to the 15 digits that
// Excel knows, days as 2006-01-02. lost: it had more digits than that.
func (w *workbook) cell(kind string, style int, value string) (out string, lost bool, err error) {
	switch kind {
	case "s":
		i, ok := whole([]byte(strings.TrimSpace(value)))
		shared, known := w.strings.at(i)
		if value != "" && (!ok || !known) {
			return "", false, ErrBroken
		}
		return shared, false, nil
	case "b":
		if value == "1" {
			return "TRUE", false, nil
		}
		return "FALSE", false, nil
	case "str":
		return value, false, nil
	}
	if value == "" {
		return "", false, nil
	}
	d, ok := parseDecimal(strings.TrimSpace(value))
	if !ok {
		return value, false, nil
	}
	if style < len(w.days) && w.days[style] {
		if day, is := d.excelDay(w.since04); is {
			return string(day), false, nil
		}
	}
	lost = d.round(15)
	return d.String(), lost, nil
}
