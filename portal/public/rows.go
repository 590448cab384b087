package public

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/roll"
)

// table is a page of a notice's rows.
type table struct {
	Heads       []cell // after number and name
	Name        string // what the names are names of
	Personal    bool
	Rows        []tableRow
	Orders      []choice
	Query       string
	Total       string // how many rows, people, how much money
	Found       bool   // rows were searched, or turned to
	First, Next string // addresses
}

// tableRow is one row as the web shows it. There is no field for a whole name,
// a villagers' group or a cause.
type tableRow struct {
	Number  int
	Name    string
	Cells   []cell
	More    []cell
	Held    bool
	Renewed workday.Date // changed, and open for objections until then
	Object  string       // address; "" when no objections are invited
	Project *projectLine
}

type cell struct {
	Head, Text string
	Number     bool
}

// mostSearched is how long a search may be, in characters.
const mostSearched = 20

// fillRows adds the table, or how many it has.
func (f *Face) fillRows(ctx context.Context, a asked, n notice.Published, p *noticePage) error {
	if n.Roll == nil {
		return nil
	}
	holds, err := f.Rolls.Holds(ctx, n.Roll.ID)
	if err != nil {
		return err
	}
	p.Held = holds[0] > 0
	if !listed(n) {
		p.Counts = &counts{n.Roll.Size, n.Roll.People}
		return nil
	}
	ask := f.askRows(a)
	rows, more, err := f.Rolls.Page(ctx, n.Roll.ID, ask)
	if err != nil {
		return err
	}
	t := &table{Personal: n.Roll.Kind.Personal(), Query: ask.Search, Found: ask.Search != "" || ask.After != 0, Total: f.total(a.reading, *n.Roll)}
	t.Name = f.rowHead(a.reading, n.Roll.Kind, "label")
	for _, code := range shortColumns(*n.Roll) {
		t.Heads = append(t.Heads, cell{Text: f.rowHead(a.reading, n.Roll.Kind, code), Number: code != "place"})
	}
	for _, o := range orders(n.Roll.Kind) {
		t.Orders = append(t.Orders, choice{string(o), f.text(a.reading, "rows.order."+string(o)), o == ask.Order})
	}
	if t.Rows, err = f.tableRows(ctx, a.reading, n, p, rows); err != nil {
		return err
	}
	t.turn(p.Base, a, rows, more)
	p.Table = t
	if !n.Roll.Kind.Personal() && !n.KindOf.Personal {
		p.Downloads = f.downloads(p.Base)
	}
	return nil
}

// listed reports whether the web shows the rows of a notice, or only how many
// there are because the names hang in the villages (DOMAIN §7, LIST_COUNTY).
func listed(n notice.Published) bool { return n.Roll != nil && !n.KindOf.CountsOnly }

// askRows reads order, search and place in the list out of an address.
func (f *Face) askRows(a asked) roll.Ask {
	ask := roll.Ask{Order: roll.ByNumber, Search: a.query.Get("q")}
	if utf8.RuneCountInString(ask.Search) > mostSearched || !utf8.ValidString(ask.Search) {
		ask.Search = ""
	}
	if o := roll.Order(a.query.Get("order")); slices.Contains([]roll.Order{roll.ByName, roll.ByAmount, roll.ByPeople}, o) {
		ask.Order = o
	}
	if key, err := strconv.Atoi(a.query.Get("after")); err == nil && key > 0 {
		ask.After = key
	}
	return ask
}

// orders are those that make sense for a kind of rows.
func orders(k roll.Kind) []roll.Order {
	out := []roll.Order{roll.ByNumber, roll.ByName}
	for _, f := range roll.Fields(k) {
		switch f.Code {
		case "amount":
			out = append(out, roll.ByAmount)
		case "people":
			out = append(out, roll.ByPeople)
		}
	}
	return out
}

// shortColumns are the columns of the table beside number and name. Of people
// the web shows the village where the list has several, never the group.
func shortColumns(r roll.Roll) []string {
	var out []string
	for _, f := range roll.Fields(r.Kind) {
		switch f.Code {
		case "people", "amount":
			out = append(out, f.Code)
		case "place":
			if !r.Kind.Personal() || !oneVillage(r.PlaceCode) {
				out = append(out, f.Code)
			}
		}
	}
	return out
}

// oneVillage: codes of villages do not end in three zeros.
func oneVillage(code string) bool { return len(code) == 12 && code[9:] != "000" }

// longColumns are those that unfold below the name. Of people only what says
// which money is meant: notes and causes are nobody's business.
func longColumns(k roll.Kind) []string {
	var out []string
	for _, f := range roll.Fields(k) {
		switch f.Code {
		case "label", "team", "people", "amount", "place":
		case "programme", "standard", "batch":
			out = append(out, f.Code)
		default:
			if !k.Personal() {
				out = append(out, f.Code)
			}
		}
	}
	return out
}

func (f *Face) rowHead(r reading, k roll.Kind, code string) string {
	return f.or(r, "rows."+string(k)+"."+code, "rows.field."+code)
}

func (f *Face) tableRows(ctx context.Context, r reading, n notice.Published, p *noticePage, rows []roll.Row) ([]tableRow, error) {
	projects := map[int]notice.Project{}
	if !n.Roll.Kind.Personal() && len(rows) > 0 {
		keys := make([]int, len(rows))
		for i := range rows {
			keys[i] = rows[i].Key
		}
		var err error
		if projects, err = f.Notices.ProjectsOfRows(ctx, n.Roll.ID, keys...); err != nil {
			return nil, err
		}
	}
	places := map[string]string{}
	out := make([]tableRow, len(rows))
	for i, row := range rows {
		place, err := f.rowPlace(ctx, places, row)
		if err != nil {
			return nil, err
		}
		out[i] = f.tableRow(r, *n.Roll, row, place)
		if p.Objects.List != "" {
			out[i].Object = p.Href("/objections/new?notice=" + p.ID + "&row=" + strconv.Itoa(row.Key))
		}
		if project, has := projects[row.Key]; has {
			out[i].Project = f.projectLine(p.Base, r, project)
		}
	}
	return out, nil
}

// rowPlace is where a row belongs, in the office's words where it has some.
func (f *Face) rowPlace(ctx context.Context, known map[string]string, row roll.Row) (string, error) {
	if words := row.Cells["place"]; words != "" {
		return words, nil
	}
	if name, ok := known[row.PlaceCode]; ok {
		return name, nil
	}
	name, err := f.placeName(ctx, row.PlaceCode)
	known[row.PlaceCode] = name
	return name, err
}

func (f *Face) tableRow(r reading, of roll.Roll, row roll.Row, place string) tableRow {
	t := tableRow{Number: row.N, Name: row.Shown, Held: row.Held}
	if row.Since > 1 && row.StandsUntil != "" && row.Reason != "" && row.Reason != "imported" && workday.On(f.Now()) <= row.StandsUntil {
		t.Renewed = row.StandsUntil
	}
	for _, code := range shortColumns(of) {
		text, number := rowText(row, code, place)
		t.Cells = append(t.Cells, cell{f.rowHead(r, of.Kind, code), text, number})
	}
	for _, code := range longColumns(of.Kind) {
		if text, number := rowText(row, code, place); text != "" {
			t.More = append(t.More, cell{f.rowHead(r, of.Kind, code), text, number})
		}
	}
	return t
}

// rowText is a column of a row in words, and whether it is a number.
func rowText(row roll.Row, code, place string) (text string, number bool) {
	switch code {
	case "people":
		return strconv.Itoa(row.People), true
	case "amount":
		return view.Yuan(row.AmountFen), true
	case "place":
		return place, false
	}
	return row.Cells[code], false
}

// total is what a list sums up to.
func (f *Face) total(r reading, of roll.Roll) string {
	codes := shortColumns(of)
	key := "rows.total." + string(of.Kind)
	if !slices.Contains(codes, "amount") {
		return f.text(r, key, "n", of.Size, "people", of.People)
	}
	return f.text(r, key, "n", of.Size, "amount", view.Yuan(of.TotalFen))
}

// turn leads to further rows and back to the first, with order and search kept.
func (t *table) turn(b view.Base, a asked, rows []roll.Row, more bool) {
	at := func(after int) string {
		q := url.Values{}
		for name, values := range a.query {
			q[name] = values
		}
		q.Del("after")
		if after != 0 {
			q.Set("after", strconv.Itoa(after))
		}
		if len(q) == 0 {
			return b.Href(a.path)
		}
		return b.Href(a.path + "?" + q.Encode())
	}
	if a.query.Has("after") {
		t.First = at(0)
	}
	if more {
		t.Next = at(rows[len(rows)-1].Key)
	}
}

// projectLine is a project as notices and funds list it.
type projectLine struct {
	Name, Place, Amount, State string
	Done                       string // of the state: planned, under_way, accepted
	On                         workday.Date
	At, Report                 string // addresses: of the project, and to report about it
}

func (f *Face) projectLine(b view.Base, r reading, p notice.Project) *projectLine {
	return &projectLine{
		Name: p.Name, Amount: view.Yuan(p.AmountFen), State: f.text(r, "project."+p.State), Done: p.State, On: reached(p),
		At: b.Href("/projects/" + p.ID.String()), Report: b.Href("/report?project=" + p.ID.String()),
	}
}

// reached is the day on which a project came as far as it is.
func reached(p notice.Project) workday.Date {
	switch p.State {
	case "under_way":
		return p.StartedOn
	case "accepted":
		return p.AcceptedOn
	}
	return p.PlannedOn
}
