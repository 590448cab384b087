package public

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"minsheng/internal/workday"
	"minsheng/notice"
)

func TestSpliceFillsEveryHole(t *testing.T) {
	page := strings.Repeat("前言 ", 400) + "AAAA 中 BBBB 又 AAAA" + strings.Repeat(" 后记", 400)
	for _, values := range []map[string]string{
		{"AAAA": "一", "BBBB": strings.Repeat("长", 20_000)},
		{"AAAA": "", "BBBB": ""},
	} {
		want := strings.NewReplacer("AAAA", values["AAAA"], "BBBB", values["BBBB"]).Replace(page)
		s := cut([]byte(page), "AAAA", "BBBB")
		if got := string(s.fill(values)); got != want {
			t.Errorf("plain: %d bytes, want %d", len(got), len(want))
		}
		r, err := gzip.NewReader(bytes.NewReader(s.fillPacked(values)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r) // checks length and checksum
		if err != nil || string(got) != want {
			t.Errorf("packed: %d bytes, want %d: %v", len(got), len(want), err)
		}
	}
}

func TestStandingCountsBothEnds(t *testing.T) {
	end := workday.Date("2026-11-30")
	n := notice.Notice{StartsOn: "2026-11-24", EndsOn: &end, State: "published"} // seven days
	for _, c := range []struct {
		today              workday.Date
		open, coming       bool
		run, left, percent int
	}{
		{"2026-11-20", false, true, 0, 7, 0},
		{"2026-11-24", true, false, 0, 7, 0},
		{"2026-11-27", true, false, 3, 4, 42},
		{"2026-11-30", true, false, 6, 1, 85},
		{"2026-12-01", false, false, 7, 0, 100},
	} {
		got := standingOf(n, c.today)
		want := standing{Known: true, Open: c.open, Coming: c.coming, Run: c.run, Left: c.left, Percent: c.percent, From: n.StartsOn, To: end}
		if got != want {
			t.Errorf("%s: %+v, want %+v", c.today, got, want)
		}
	}
	if got := standingOf(notice.Notice{StartsOn: "2026-11-24"}, "2026-11-25"); got.Known {
		t.Error("a notice without an end has a bar")
	}
}

func TestParagraphs(t *testing.T) {
	got := paragraphs("一\r\n二\r\n\r\n\n三\n\n  \n")
	if len(got) != 2 || got[0] != "一\n二" || got[1] != "三" {
		t.Errorf("%q", got)
	}
}

func TestTagsCompareWeakly(t *testing.T) {
	for sent, want := range map[string]bool{`W/"a"`: true, `"a"`: true, `"b", W/"a"`: true, `"b"`: false, "": false} {
		if got := sameTag([]byte(sent), []byte(`W/"a"`)); got != want {
			t.Errorf("%s: %v", sent, got)
		}
	}
}

func BenchmarkEmptyForm(b *testing.B) {
	s := cut([]byte(strings.Repeat("<option value=1>某某镇</option>\n", 400)+markToken+strings.Repeat("<p>", 300)+markPuzzle), markToken, markPuzzle)
	values := map[string]string{markToken: strings.Repeat("t", 110), markPuzzle: strings.Repeat("p", 26)}
	for b.Loop() {
		s.fillPacked(values)
	}
}
