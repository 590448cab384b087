package console

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"minsheng/internal/sheet"
	"minsheng/portal/view"
	"minsheng/roll"
)

// column is one column of a table of rows.
type column struct {
	Code   string // n, label, team, people, amount, place or a cell's
	Name   string
	Number bool
	Type   sheet.Type
}

// rowTable is rows with the columns that one reader may see.
type rowTable struct {
	Columns []column
	Lines   []rowLine
}

type rowLine struct {
	roll.Row
	Values []string // in the order of the columns
	Status string   // "held", "again" (publicity began anew), ""
	Edit   string   // address of the form that changes it; "" none
	Object string   // what a correction will do to it: "changed", "gone"; ""
}

// audience is who reads a table of rows.
type audience int

const (
	onWeb   audience = iota // masked, no group (DOMAIN §10)
	onBoard                 // the village board: full name, group, people or amount; never a cause
	inOffice
)

// columns are what a reader sees of a kind of roll. The web shows no group finer
// than the village, and of people neither cause nor remarks.
func (v *visit) columns(k roll.Kind, who audience) []column {
	out := []column{{Code: "n", Name: v.t("publish.column.n"), Number: true, Type: sheet.Whole}}
	for _, f := range roll.Fields(k) {
		if k.Personal() && !onPaper(f.Code, who) {
			continue
		}
		out = append(out, column{f.Code, v.rollField(k, f.Code), f.Type == sheet.Money || f.Type == sheet.Whole, f.Type})
	}
	return out
}

// onPaper are the columns of lists of people by reader.
func onPaper(field string, who audience) bool {
	switch who {
	case inOffice:
		return true
	case onBoard:
		return contains([]string{"label", "team", "people", "amount", "programme", "batch", "place"}, field)
	}
	return contains([]string{"label", "people", "amount", "programme", "batch", "place"}, field)
}

// fieldName is what a column of a sheet is called.
func (v *visit) fieldName(code string) string {
	return v.known("sheet.field."+code, "publish.column.other")
}

// rollField is fieldName in the words of a kind: a name is a householder's or a
// project's.
func (v *visit) rollField(k roll.Kind, code string) string {
	if own := "sheet.field." + string(k) + "." + code; v.t(own) != own {
		return v.t(own)
	}
	return v.fieldName(code)
}

// table puts rows into columns; held rows and those that stand anew are marked.
func (v *visit) table(of roll.Roll, rows []roll.Row, who audience) (rowTable, error) {
	t := rowTable{Columns: v.columns(of.Kind, who)}
	if of.Kind.Personal() && who != inOffice && townOf(of.PlaceCode) != of.PlaceCode {
		// The list is one village's: it need not be said on every line.
		t.Columns = slices.DeleteFunc(t.Columns, func(c column) bool { return c.Code == "place" })
	}
	places := map[string]string{}
	for _, r := range rows {
		line := rowLine{Row: r}
		switch {
		case r.Held:
			line.Status = "held"
		case r.Since > 1 && r.StandsUntil >= v.day() && r.Reason != "" && r.Reason != "imported":
			line.Status = "again" // changed after it was published
		}
		for _, c := range t.Columns {
			value, err := v.value(r, c, who, places)
			if err != nil {
				return t, err
			}
			line.Values = append(line.Values, value)
		}
		t.Lines = append(t.Lines, line)
	}
	return t, nil
}

// value is one cell as a reader sees it.
func (v *visit) value(r roll.Row, c column, who audience, places map[string]string) (string, error) {
	switch c.Code {
	case "n":
		return itoa(r.N), nil
	case "label":
		if who == onWeb {
			return r.Shown, nil
		}
		return r.Label, nil
	case "team":
		return r.Team, nil
	case "people":
		return itoa(r.People), nil
	case "amount":
		return view.Yuan(r.AmountFen), nil
	case "place":
		return v.villageName(r, places)
	}
	return v.cell(c, r.Cells[c.Code]), nil
}

// villageName is the place of a row: as the office wrote it, or the village.
func (v *visit) villageName(r roll.Row, places map[string]string) (string, error) {
	if text := r.Cells["place"]; text != "" {
		return text, nil
	}
	if r.PlaceCode == "" {
		return "", nil
	}
	if name, known := places[r.PlaceCode]; known {
		return name, nil
	}
	d, err := v.Atlas.Division(v.ctx(), r.PlaceCode)
	if err != nil {
		return "", err
	}
	places[r.PlaceCode] = d.Name
	return d.Name, nil
}

// cell is a stored cell in words.
func (v *visit) cell(c column, stored string) string {
	switch {
	case stored == "":
		return ""
	case c.Type == sheet.Money:
		if fen, err := strconv.ParseInt(stored, 10, 64); err == nil {
			return view.Yuan(fen)
		}
	case c.Type == sheet.YesNo:
		return v.known("publish.yesno."+stored, "publish.yesno.no")
	case c.Code == "cause":
		return v.known("publish.cause."+stored, "publish.cause.other")
	}
	return stored
}

// yuan reads an amount in yuan as people type it, in fen; ok is false for what
// is none. At most two decimals, at most 10^11 yuan.
func yuan(text string) (fen int64, ok bool) {
	text = strings.TrimSuffix(strings.NewReplacer(",", "", " ", "", "¥", "").Replace(norm.NFKC.String(text)), "元")
	whole, cents, _ := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > 11 || len(cents) > 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(cents + "00")[:2], 10, 63)
	return int64(n), err == nil
}

// plainYuan is an amount as it is put back into a field.
func plainYuan(fen int64) string { return strings.ReplaceAll(view.Yuan(fen), ",", "") }
