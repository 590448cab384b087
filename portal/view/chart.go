package view

import (
	"math"
	"strconv"
	"strings"
)

// Picture is a chart with its words and its table twin. What it draws is one of
// a plot, lines of bars or a map. Coordinates across are in percent of the
// width, those down in pixels: a picture is as wide as its page lets it be, and
// its letters keep their size.
type Picture struct {
	ID    string // on the page
	Title string
	Says  string // one sentence: what it shows
	None  string // what will stand here and how it comes to be, while there is nothing
	Key   []Mark // what the colours mean, where words do not stand beside them
	Plot  *Plot
	Lines []BarLine
	Map   *TileMap
	Table Table
}

// Mark is a colour with its word.
type Mark struct{ Class, Word string }

// Table says in numbers what a picture shows.
type Table struct {
	Head []string
	Rows []TableRow
}

// TableRow is one row; its first cell heads it.
type TableRow struct {
	Name  string
	Href  string // "" none
	Cells []Figure
}

// Figure is a number that may lead to the list behind it.
type Figure struct{ Text, Href string }

// Plot is drawn over time: bars that stand on a line, and a line through points.
type Plot struct {
	Height int // pixels
	Base   int // where bars stand
	Grid   []GridLine
	Bars   []Bar
	Line   []Segment
	Points []Point
	Ticks  []Tick
	Notes  []Note
}

// GridLine is a height with its value.
type GridLine struct {
	Y    int
	Text string
}

// Bar is one bar.
type Bar struct {
	X, W  string
	Y, H  int
	Class string
	Says  string
	Href  string
}

// Segment joins two points.
type Segment struct {
	X1, X2 string
	Y1, Y2 int
}

// Point is one value of a line.
type Point struct {
	X    string
	Y    int
	Says string
	Href string
}

// Tick names a place on the line of time, in one line or two. Minor ones are left
// out on a phone.
type Tick struct {
	X     string
	Text  string
	Under string // second line; "" none
	Minor bool
}

// Note is a direct label.
type Note struct {
	X     string
	Y     int
	Text  string
	Class string
}

// BarLine is one line of a chart of lines: a name, what is drawn beside it, and
// its number.
type BarLine struct {
	Name  string
	Href  string // of the name
	Parts []Part
	Dot   string // percent; "" none
	Mark  string // percent: a limit drawn across; "" none
	Value Figure
}

// Part is a stretch of a bar.
type Part struct {
	X, W  string
	Class string
	Says  string
	Href  string
}

// Series is one kind of value over time.
type Series struct {
	Class  string
	Values []float64
	Says   []string // of each value, for who points at it
	Hrefs  []string
}

// Add appends a value with what is said of it and where it leads.
func (s *Series) Add(v float64, says, href string) {
	s.Values, s.Says, s.Hrefs = append(s.Values, v), append(s.Says, says), append(s.Hrefs, href)
}

// Geometry of plots, in pixels and percent.
const (
	plotTop    = 20  // above the highest value
	plotDepth  = 140 // from the highest value to the base
	plotBottom = 38  // below the base, for two lines of ticks
	plotLeft   = 8.0 // percent of the width, for the values of the grid
	plotRight  = 2.0
)

// Columns draws series as bars beside each other, in the order given, over
// evenly spaced times; what stands after the end of a line in a tick is written
// below it. Missing values (NaN) draw nothing.
func Columns(ticks []string, series ...Series) *Plot {
	highest := 0.0
	for _, s := range series {
		for _, v := range s.Values {
			if v > highest {
				highest = v
			}
		}
	}
	p := newPlot(ticks, Ceiling(highest))
	slot := p.slot(len(ticks))
	width := slot * 0.76 / float64(len(series))
	for n, s := range series {
		for i, v := range s.Values {
			if !(v > 0) {
				continue
			}
			h := p.up(v)
			left := plotLeft + slot*float64(i) + slot*0.12 + width*float64(n)
			p.Bars = append(p.Bars, Bar{X: percent(left), W: percent(width * 0.92), Y: p.Base - h, H: h, Class: s.Class, Says: at(s.Says, i), Href: at(s.Hrefs, i)})
		}
	}
	return &p.Plot
}

// Trend draws one series as a line from 0 to most. A missing value (NaN) leaves
// a gap.
func Trend(ticks []string, most float64, s Series) *Plot {
	p := newPlot(ticks, most)
	slot := p.slot(len(ticks))
	last := -1
	for i, v := range s.Values {
		if math.IsNaN(v) {
			last = -1
			continue
		}
		x, y := percent(plotLeft+slot*(float64(i)+0.5)), p.Base-p.up(v)
		if last >= 0 {
			from := p.Points[len(p.Points)-1]
			p.Line = append(p.Line, Segment{X1: from.X, Y1: from.Y, X2: x, Y2: y})
		}
		p.Points = append(p.Points, Point{X: x, Y: y, Says: at(s.Says, i), Href: at(s.Hrefs, i)})
		last = i
	}
	return &p.Plot
}

// plot is a plot being drawn.
type plot struct {
	Plot
	most float64
}

func newPlot(ticks []string, most float64) *plot {
	p := &plot{Plot{Height: plotTop + plotDepth + plotBottom, Base: plotTop + plotDepth}, most}
	for _, part := range []float64{0.5, 1} {
		p.Grid = append(p.Grid, GridLine{Y: p.Base - int(math.Round(plotDepth*part)), Text: short(most * part)})
	}
	slot := p.slot(len(ticks))
	every := 1 + (len(ticks)-1)/6 // about six fit on a phone
	for i, text := range ticks {
		text, under, _ := strings.Cut(text, "\n")
		p.Ticks = append(p.Ticks, Tick{X: percent(plotLeft + slot*(float64(i)+0.5)), Text: text, Under: under, Minor: (len(ticks)-1-i)%every != 0})
	}
	return p
}

// slot is how much of the width one time has.
func (p *plot) slot(n int) float64 { return (100 - plotLeft - plotRight) / math.Max(1, float64(n)) }

// up is how many pixels above the base a value lies; the smallest can be seen.
func (p *plot) up(v float64) int {
	h := int(math.Round(plotDepth * math.Min(1, v/p.most)))
	if v > 0 {
		h = max(h, 2)
	}
	return h
}

// Label writes a direct label at the i-th of n times, above a value.
func (p *Plot) Label(i, n int, y int, text, class string) {
	x := plotLeft + (100-plotLeft-plotRight)/math.Max(1, float64(n))*(float64(i)+0.5)
	p.Notes = append(p.Notes, Note{X: percent(math.Min(math.Max(x, 4), 96)), Y: max(y-6, 12), Text: text, Class: class})
}

// Share draws counts as the stretches of one bar that is as wide as all of them
// together; nothing when there are none.
func Share(parts ...SharePart) (all []Part) {
	sum := 0.0
	for _, p := range parts {
		sum += p.N
	}
	if sum == 0 {
		return nil
	}
	at := 0.0
	for _, p := range parts {
		if p.N > 0 {
			w := 100 * p.N / sum
			all = append(all, Part{X: percent(at), W: percent(w), Class: p.Class, Says: p.Says, Href: p.Href})
			at += w
		}
	}
	return all
}

// SharePart is a count with how it is drawn.
type SharePart struct {
	N                 float64
	Class, Says, Href string
}

// Length draws one value as a bar on a scale from 0 to most.
func Length(v, most float64, class, says, href string) []Part {
	if !(v > 0) || !(most > 0) {
		return nil
	}
	return []Part{{X: "0%", W: percent(math.Max(0.5, 100*math.Min(1, v/most))), Class: class, Says: says, Href: href}}
}

// Place is where a value lies on a scale from 0 to most, with room for the dot.
func Place(v, most float64) string {
	if math.IsNaN(v) || !(most > 0) {
		return ""
	}
	return percent(2 + 96*math.Min(1, math.Max(0, v/most)))
}

// Ceiling is the end of a scale of counts that holds a value: an even number
// times a power of ten, so that its half is a count too; at least 2.
func Ceiling(v float64) float64 {
	if !(v > 2) {
		return 2
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{2, 4, 6, 8, 10} {
		if v <= n*power*(1+1e-9) {
			return n * power
		}
	}
	return 10 * power
}

func percent(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) + "%" }

// short writes a value on a scale, which is a round one.
func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}
