package view

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"minsheng/portal/locale"
)

// rendered is a picture and reads it back.
func rendered(t *testing.T, p Picture) *goquery.Document {
	t.Helper()
	r, _ := load(t)
	var b bytes.Buffer
	if err := r.Pages(locale.Chinese)["public/stats"].ExecuteTemplate(&b, "picture", p); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// number reads an attribute in percent or pixels.
func number(t *testing.T, s *goquery.Selection, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSuffix(s.AttrOr(name, "none"), "%"), 64)
	if err != nil {
		t.Errorf("%s is %q", name, s.AttrOr(name, "none"))
	}
	return v
}

func months(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(i%12+1))
	}
	return all
}

func TestColumnsStandOnTheirLine(t *testing.T) {
	values := []float64{0, 1, 40, 100, math.NaN(), 250, 3, 3, 3, 3, 3, 3}
	p := Columns(months(12), Series{Class: "soft", Values: values, Says: months(12), Hrefs: []string{"", "/a", "/b?x=1&y=2"}}, Series{Class: "main", Values: values})
	p.Label(5, 12, p.Bars[0].Y, "250", "soft")
	doc := rendered(t, Picture{ID: "c", Title: "收到", Says: "十二个月", Plot: p})
	bars := doc.Find("svg.plot rect")
	if bars.Length() != 20 { // nothing is drawn of nothing
		t.Fatalf("%d bars", bars.Length())
	}
	height := number(t, doc.Find("svg.plot"), "height")
	seen := map[string]float64{}
	last := -1.0
	bars.Each(func(i int, bar *goquery.Selection) {
		x, y, w, h := number(t, bar, "x"), number(t, bar, "y"), number(t, bar, "width"), number(t, bar, "height")
		if y+h != float64(p.Base) || y < plotTop || h < 2 || x < 0 || x+w > 100 || y+h > height {
			t.Errorf("bar %d: %v %v %v %v", i, x, y, w, h)
		}
		if bar.HasClass("soft") {
			if x <= last {
				t.Errorf("bar %d at %v lies before the one before it", i, x)
			}
			last = x
			seen[bar.Find("title").Text()] = h
		}
	})
	// Heights are as the values: the scale ends at 400.
	for says, want := range map[string]float64{"6": 250.0 / 400 * plotDepth, "4": 100.0 / 400 * plotDepth, "2": 2} {
		if math.Abs(seen[says]-want) > 0.5 {
			t.Errorf("the bar of %s is %v high, want %v", says, seen[says], want)
		}
	}
	if got := doc.Find("svg.plot a[href='/b?x=1&y=2'] rect").Length(); got != 1 {
		t.Errorf("%d bars lead to the list", got)
	}
	if got := doc.Find(".grid").Length() + doc.Find(".base").Length(); got != 3 || doc.Find(".scale").Last().Text() != "400" {
		t.Errorf("%d lines, scale to %s", got, doc.Find(".scale").Last().Text())
	}
	two := rendered(t, Picture{ID: "c", Plot: Columns([]string{"12\n2025", "1"}, Series{Values: []float64{1, 2}})}).Find(".tick")
	if two.Length() != 3 || two.Eq(0).Text() != "12" || two.Eq(1).Text() != "2025" || two.Eq(0).AttrOr("x", "") != two.Eq(1).AttrOr("x", "?") || number(t, two.Eq(1), "y") <= number(t, two.Eq(0), "y") {
		t.Errorf("a tick of two lines is %q", two.Text())
	}
	if doc.Find(".tick").Length() != 12 || doc.Find(".tick:not(.minor)").Length() != 6 || doc.Find(".tick").Last().HasClass("minor") {
		t.Errorf("%d ticks, %d on a phone", doc.Find(".tick").Length(), doc.Find(".tick:not(.minor)").Length())
	}
}

func TestATrendHasGapsWhereNothingIsKnown(t *testing.T) {
	nan := math.NaN()
	doc := rendered(t, Picture{ID: "c", Plot: Trend(months(6), 100, Series{Values: []float64{0, 50, nan, 100, 90, nan}, Says: months(6)})})
	points := doc.Find("circle")
	if points.Length() != 4 || doc.Find("line.trend").Length() != 2 {
		t.Fatalf("%d points, %d lines", points.Length(), doc.Find("line.trend").Length())
	}
	if top, base := number(t, points.Eq(2), "cy"), number(t, points.Eq(0), "cy"); top != plotTop || base != plotTop+plotDepth {
		t.Errorf("100 lies at %v, 0 at %v", top, base)
	}
}

func TestSharesFillTheirBar(t *testing.T) {
	doc := rendered(t, Picture{ID: "c", Lines: []BarLine{
		{Name: "盘山", Href: "/o", Parts: Share(SharePart{N: 3, Class: "a", Says: "按时", Href: "/k"}, SharePart{Class: "b"}, SharePart{N: 1, Class: "c"}), Value: Figure{"75%", "/v"}},
		{Name: "大洼", Parts: Share(SharePart{Class: "a"}), Mark: Place(60, 100), Dot: Place(50, 100), Value: Figure{Text: "–"}},
		{Name: "双台子", Parts: Length(5, 10, "a", "五", "")},
	}})
	lines := doc.Find("ul.bar-lines li")
	first := lines.Eq(0).Find("rect:not(.track)")
	if first.Length() != 2 || number(t, first.Eq(0), "width") != 75 || number(t, first.Eq(1), "x") != 75 || number(t, first.Eq(1), "width") != 25 {
		t.Errorf("shares %s", lines.Eq(0).Text())
	}
	if lines.Eq(0).Find(".value a").AttrOr("href", "") != "/v" || lines.Eq(0).Find(".name a").AttrOr("href", "") != "/o" {
		t.Error("name and number lead nowhere")
	}
	second := lines.Eq(1)
	if second.Find("rect:not(.track)").Length() != 0 || number(t, second.Find(".dot"), "cx") != 50 || number(t, second.Find(".limit"), "x1") != 59.6 {
		t.Error("nothing is not drawn, a dot and a limit are")
	}
	if number(t, lines.Eq(2).Find("rect:not(.track)"), "width") != 50 {
		t.Error("a length")
	}
	for _, v := range []string{Place(math.NaN(), 10), Place(1, 0)} {
		if v != "" {
			t.Errorf("what is not known lies at %s", v)
		}
	}
	if Place(-1, 10) != "2%" || Place(99, 10) != "98%" || Length(0, 10, "", "", "") != nil || Length(math.NaN(), 10, "", "", "") != nil {
		t.Error("what lies off the scale lies at its ends")
	}
}

func TestTilesLieBesideEachOther(t *testing.T) {
	doc := rendered(t, Picture{ID: "m", Map: NewTileMap([]Tile{
		{Name: "甜水", Full: "甜水镇", Col: 0, Row: 0, Value: 0, Text: "0"}, {Name: "羊圈子", Col: 1, Row: 0, Value: 10, Text: "10", Marked: true, Href: "/t"},
		{Name: "大洼", Col: 7, Row: 3, Value: 40, Text: "40"}, {Name: "唐家", Col: 6, Row: 3, Value: 21, Text: "21"},
	})})
	type box struct{ x, y, w, h float64 }
	var boxes []box
	doc.Find("svg.tiles rect").Each(func(_ int, r *goquery.Selection) {
		boxes = append(boxes, box{number(t, r, "x"), number(t, r, "y"), number(t, r, "width"), number(t, r, "height")})
	})
	for i, a := range boxes {
		if a.x < 0 || a.x+a.w > 100 || a.y < 0 || a.y+a.h > number(t, doc.Find("svg.tiles"), "height") {
			t.Errorf("tile %d lies outside: %+v", i, a)
		}
		for j, b := range boxes {
			if i != j && a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("tiles %d and %d overlap", i, j)
			}
		}
	}
	var classes []string
	doc.Find("svg.tiles g").Each(func(_ int, g *goquery.Selection) { classes = append(classes, g.AttrOr("class", "")) })
	if got := fmt.Sprint(classes); got != "[t0 t1 zone t4 t3]" {
		t.Error(got)
	}
	if doc.Find("svg.tiles a[href='/t'] .zone text").First().Text() != "羊圈子" {
		t.Error("a tile leads nowhere")
	}
	if part := NewTileMap([]Tile{{Col: 3, Row: 4}, {Col: 4, Row: 4}}); part.Height != tileHeight || part.Tiles[0].X != "0.3%" || part.Tiles[1].W != "49.4%" {
		t.Errorf("part of the city: %+v", part)
	}
	if NewTileMap(nil).Height != 0 || shade(0, 0) != "t0" {
		t.Error("no tiles")
	}
}

// Whoever cannot see a picture reads its sentence and its table, in which every
// number leads where the picture does; nobody is led into the picture itself.
func TestEveryPictureHasItsTwin(t *testing.T) {
	p := Picture{ID: "flow", Title: "收到", Says: "一月最多。", Key: []Mark{{"soft", "收到"}}, Plot: Columns([]string{"1"}, Series{Class: "soft", Values: []float64{3}, Hrefs: []string{"/x"}}),
		Table: Table{Head: []string{"月份", "收到"}, Rows: []TableRow{{Name: "1月", Href: "/m", Cells: []Figure{{"3", "/x"}}}}}}
	doc := rendered(t, p)
	figure := doc.Find("figure#flow")
	for attr, want := range map[string]string{"aria-labelledby": "收到", "aria-describedby": "一月最多。"} {
		if got := doc.Find("#" + figure.AttrOr(attr, "none")).Text(); got != want {
			t.Errorf("%s leads to %q", attr, got)
		}
	}
	twin := figure.Find("details.twin")
	if twin.Find("td a").AttrOr("href", "") != "/x" || twin.Find("th[scope=row] a").AttrOr("href", "") != "/m" || twin.Find("th[scope=col]").Length() != 2 {
		t.Error(twin.Text())
	}
	if svg := figure.Find("svg"); svg.AttrOr("aria-hidden", "") != "true" || svg.Find("a:not([tabindex='-1'])").Length() != 0 {
		t.Error("the picture itself can be walked into")
	}
	p.None = "还没有数字，收到第一件以后就会出现。"
	empty := rendered(t, p)
	if empty.Find("svg, table").Length() != 0 || !strings.Contains(empty.Text(), p.None) || strings.Contains(empty.Text(), p.Says) {
		t.Errorf("nothing is drawn as %s", empty.Text())
	}
}

func TestScalesEndAtRoundNumbers(t *testing.T) {
	for v, want := range map[float64]float64{0: 2, -3: 2, 1: 2, 1.5: 2, 2: 2, 3: 4, 7: 8, 9: 10, 10: 20, 11: 20, 28: 40, 101: 200, 600: 600, 601: 800, 99999: 100000} {
		if got := Ceiling(v); got != want {
			t.Errorf("%v ends at %v, want %v", v, got, want)
		}
	}
	if Ceiling(math.NaN()) != 2 {
		t.Error("a scale of nothing")
	}
}
