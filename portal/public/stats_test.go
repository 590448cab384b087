package public_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"minsheng/figures"
	"minsheng/internal/workday"
)

// counted keeps counts as if they had just been made: of measures by town, in the
// first month of the quarter n quarters ago.
func (s *site) counted(ago int, counts map[figures.Measure]map[string]int) {
	s.Helper()
	month := figures.QuarterOf(figures.MonthOf(workday.On(s.store.Now()))).Add(-ago).Period().First
	db := s.store.Read(s.Context())
	for measure, towns := range counts {
		for town, n := range towns {
			err := db.Exec("INSERT INTO figures (month, unit_id, owing_id, town_code, measure, subject_id, n, fen) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
				month, uuid.Nil, uuid.Nil, town, measure, uuid.Nil, n).Error
			if err != nil {
				s.Fatal(err)
			}
		}
	}
	if err := db.Exec("UPDATE figures_state SET counted_at = ?, all_at = ?", s.store.Now(), s.store.Now()).Error; err != nil {
		s.Fatal(err)
	}
}

// cells are the cells of a table, row by row.
func cells(table *goquery.Selection) (rows []string) {
	table.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		tr.Find("th,td").Each(func(_ int, cell *goquery.Selection) { row = append(row, strings.TrimSpace(cell.Text())) })
		rows = append(rows, strings.Join(row, " "))
	})
	return rows
}

// What is told of whole quarters stands in pictures and in tables; what is small
// stands in neither, nor on the home page.
func TestThePublicReadsWholeQuarters(t *testing.T) {
	s := open(t, with{})
	const dawa = "211104112000"
	s.counted(2, map[figures.Measure]map[string]int{
		figures.Reports: {tianshui: 40, dawa: 20, "211102002000": 3}, figures.AnsweredReports: {tianshui: 30, dawa: 12}, figures.PutRight: {tianshui: 4}, figures.Closed: {tianshui: 25},
		figures.StageReply.Came("kept"): {tianshui: 24}, figures.StageReply.Came("extended"): {dawa: 8}, figures.StageReply.Came("missed"): {dawa: 16}})
	s.counted(1, map[figures.Measure]map[string]int{figures.Reports: {tianshui: 17}, figures.StageReply.Came("kept"): {tianshui: 24}})
	s.counted(0, map[figures.Measure]map[string]int{figures.Reports: {tianshui: 1000}}) // not over yet
	p := s.get("/stats").want(200)
	if got := strings.Fields(p.Find("dl.figures dd").Text()); len(got) != 1 || got[0] != "80420" { // 80, 42, 0
		t.Errorf("sums %v", got)
	}
	if home := s.get("/").want(200); home.Find("dl.figures dd").Text() != p.Find("dl.figures dd").Text() {
		t.Errorf("the home page says %s", home.Find("dl.figures").Text())
	}
	want := []string{"63 42 25 不列 不列", "17 不列 不列 不列 不列", "24 8 16", "24 不列 不列", "大洼区 20 12 不列", "双台子区 不列 不列 不列", "全市 63 42 不列"}
	text := strings.Join(append(append(cells(p.Find("#flow table")), cells(p.Find("#in-time table"))...), cells(p.Find("main"))...), "\n")
	for _, row := range want {
		if !strings.Contains(text, row) {
			t.Errorf("no row %q in\n%s", row, text)
		}
	}
	if strings.Contains(text, "1000") || strings.Contains(text, " 3 ") || strings.Contains(text, " 4 ") {
		t.Errorf("something small, or of a quarter that is not over, in\n%s", text)
	}
	if n := p.Find("#flow svg rect").Length(); n != 3 { // 63, 42, 17: what is hidden draws nothing
		t.Errorf("%d bars", n)
	}
	if n := p.Find("#in-time svg rect").Length(); n != 4 {
		t.Errorf("%d bars of answers in time", n)
	}
	p.Find("figure").Each(func(_ int, f *goquery.Selection) {
		if id := f.AttrOr("aria-describedby", ""); id == "" || p.Find("#"+id).Text() == "" || f.Find("table").Length() != 1 {
			t.Errorf("%s has no words or no table", f.AttrOr("id", ""))
		}
	})
	for _, words := range []string{"办完不等于问题已经改好", "到现场看过"} {
		if !strings.Contains(p.Find("main").Text(), words) {
			t.Errorf("without %s", words)
		}
	}
	if n := p.Find("[style], script:not([src])").Length(); n > 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
}

// Who watches the page sees nothing of a report that came in, not on the same
// day and not on the next.
func TestAReportTodayDoesNotShow(t *testing.T) {
	s := open(t, with{})
	main := func() string { return fmt.Sprint(s.get("/stats").want(200).Find("main").Html()) }
	before := main()
	if !strings.Contains(before, "第一个季度过完") {
		t.Error("nothing says what will stand there")
	}
	s.post("/receipt", s.filled()).want(200)
	if err := s.figures.Rebuild(s.Context()); err != nil {
		t.Fatal(err)
	}
	s.wait(2 * time.Minute) // the page itself is kept for a minute
	if after := main(); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
}
