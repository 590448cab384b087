package public

import (
	"context"
	"strconv"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/portal/view"
)

// sums are the numbers that the portal stands up for, of every quarter that the
// public was told of.
type sums struct {
	Received, Answered, PutRight string
	Since, Until                 string // the first and the last quarter in words; "" before there is one
}

type statsPage struct {
	view.Base
	Sums     sums
	Pictures []view.Picture
	Quarters []quarter // newest first
}

// quarter is what the public is told of the places in a quarter.
type quarter struct {
	Name  string
	Table view.Table
}

// told are the measures that are told by place, in the order of the columns.
var told = []figures.Measure{figures.Reports, figures.AnsweredReports, figures.PutRight}

func (f *Face) makeStats(ctx context.Context, a asked) (made, error) {
	all, err := f.Figures.Public(ctx)
	if err != nil {
		return made{}, err
	}
	p := statsPage{Base: f.base(a.reading, a.path, "stats.title"), Sums: f.sums(a.reading, all)}
	if len(all.Rows) > 0 {
		p.Pictures = []view.Picture{f.flow(a.reading, all), f.inTime(a.reading, all)}
	}
	for _, r := range all.Rows {
		p.Quarters = append(p.Quarters, quarter{f.quarter(a.reading, r.Quarter), f.byPlace(a.reading, all.Areas, r)})
	}
	return f.page(a, "public/stats", p)
}

func (f *Face) sums(r reading, p figures.Public) sums {
	n := func(m figures.Measure) string { return strconv.FormatInt(p.Sums[m], 10) }
	return sums{n(figures.Reports), n(figures.AnsweredReports), n(figures.PutRight), f.quarter(r, p.Since), f.quarter(r, p.Until)}
}

// quarter is a quarter in words; "" of none.
func (f *Face) quarter(r reading, q figures.Quarter) string {
	if q == "" {
		return ""
	}
	return f.text(r, "stats.quarter", "year", string(q[:4]), "n", string(q[5:]))
}

// shown writes a count as the public may see it.
func (f *Face) shown(r reading, s figures.Shown) string {
	if s.Hidden {
		return f.text(r, "stats.hidden")
	}
	return strconv.FormatInt(s.N, 10)
}

// said is shown in a sentence.
func (f *Face) said(r reading, s figures.Shown) string {
	if s.Hidden {
		return f.shown(r, s)
	}
	return f.text(r, "stats.said", "n", s.N)
}

func (f *Face) cells(r reading, all ...figures.Shown) (cells []view.Figure) {
	for _, s := range all {
		cells = append(cells, view.Figure{Text: f.shown(r, s)})
	}
	return cells
}

func (f *Face) words(r reading, prefix string, keys ...string) (all []string) {
	for _, key := range keys {
		all = append(all, f.text(r, prefix+key))
	}
	return all
}

// flow is what came in and what was answered, quarter by quarter. What is hidden
// draws nothing.
func (f *Face) flow(r reading, p figures.Public) view.Picture {
	pic := view.Picture{ID: "flow", Title: f.text(r, "stats.flow")}
	received, answered := view.Series{Class: "c-grey"}, view.Series{Class: "c-main"}
	pic.Key = []view.Mark{{Class: "c-grey", Word: f.text(r, "stats.received")}, {Class: "c-main", Word: f.text(r, "stats.answered")}}
	pic.Table.Head = f.words(r, "stats.", "column.quarter", "received", "answered", "closed", "righted", "corrected")
	var ticks []string
	for i := len(p.Rows) - 1; i >= 0; i-- {
		row := p.Rows[i]
		name := f.quarter(r, row.Quarter)
		in, out := row.Total[figures.Reports], row.Total[figures.AnsweredReports]
		received.Add(float64(in.N), name+" "+f.text(r, "stats.received")+" "+f.shown(r, in), "")
		answered.Add(float64(out.N), name+" "+f.text(r, "stats.answered")+" "+f.shown(r, out), "")
		ticks = append(ticks, f.tick(r, row.Quarter, i == len(p.Rows)-1))
		pic.Table.Rows = append(pic.Table.Rows, view.TableRow{Name: name, Cells: f.cells(r, in, out, row.Closed, row.Total[figures.PutRight], row.Corrected)})
	}
	pic.Plot = view.Columns(ticks, received, answered)
	last := p.Rows[0]
	pic.Says = f.text(r, "stats.flow.says", "quarter", f.quarter(r, last.Quarter), "in", f.said(r, last.Total[figures.Reports]), "out", f.said(r, last.Total[figures.AnsweredReports]))
	return pic
}

// tick names a quarter below a picture, with the year where one begins.
func (f *Face) tick(r reading, q figures.Quarter, first bool) string {
	text := f.text(r, "stats.quarter.short", "n", string(q[5:]))
	if first || q[5] == '1' {
		text += "\n" + string(q[:4])
	}
	return text
}

// resultClasses are the colours of results: what went wrong stands out.
var resultClasses = map[clock.Result]string{clock.Kept: "c-grey", clock.Extended: "c-put-off", clock.Missed: "c-main"}

// inTime is how many answers came by their last day. More time is neither in
// time nor late: it counts apart.
func (f *Face) inTime(r reading, p figures.Public) view.Picture {
	pic := view.Picture{ID: "in-time", Title: f.text(r, "stats.in_time")}
	pic.Table.Head = f.words(r, "stats.", "column.quarter", "came.kept", "came.extended", "came.missed")
	results := clock.Results()
	series := make([]view.Series, len(results))
	for i, result := range results {
		series[i].Class = resultClasses[result]
		pic.Key = append(pic.Key, view.Mark{Class: series[i].Class, Word: pic.Table.Head[i+1]})
	}
	var ticks []string
	for n := len(p.Rows) - 1; n >= 0; n-- {
		row := p.Rows[n]
		name, all := f.quarter(r, row.Quarter), []figures.Shown{}
		for i, result := range results {
			s := row.InTime[result]
			all = append(all, s)
			series[i].Add(float64(s.N), name+" "+pic.Table.Head[i+1]+" "+f.shown(r, s), "")
		}
		ticks = append(ticks, f.tick(r, row.Quarter, n == len(p.Rows)-1))
		pic.Table.Rows = append(pic.Table.Rows, view.TableRow{Name: name, Cells: f.cells(r, all...)})
	}
	pic.Plot = view.Columns(ticks, series...)
	last := p.Rows[0]
	pic.Says = f.text(r, "stats.in_time.says", "quarter", f.quarter(r, last.Quarter), "kept", f.said(r, last.InTime[clock.Kept]),
		"extended", f.said(r, last.InTime[clock.Extended]), "missed", f.said(r, last.InTime[clock.Missed]))
	return pic
}

// byPlace is a quarter by county and zone, with the whole city below them.
func (f *Face) byPlace(r reading, areas []figures.Area, row figures.Row) view.Table {
	t := view.Table{Head: f.words(r, "stats.", "column.place", "received", "answered", "righted")}
	for i, a := range areas {
		var all []figures.Shown
		for _, m := range told {
			all = append(all, row.Areas[m][i])
		}
		t.Rows = append(t.Rows, view.TableRow{Name: a.Name, Cells: f.cells(r, all...)})
	}
	var all []figures.Shown
	for _, m := range told {
		all = append(all, row.Total[m])
	}
	t.Rows = append(t.Rows, view.TableRow{Name: f.text(r, "stats.whole"), Cells: f.cells(r, all...)})
	return t
}
