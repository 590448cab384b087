package public_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/notice"
	"minsheng/roll"
)

// bytes loads a file as it is.
func (s *site) bytes(path string) (http.Header, string, int) {
	s.Helper()
	answer, err := client.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.Header, string(body), answer.StatusCode
}

func TestTablesOfMoneyCanBeTakenAlong(t *testing.T) {
	s := open(t, with{})
	n, _ := s.list("FUND_ALLOC", "资金分配结果公告", roll.Allocation, allocations(1203))
	for _, end := range []string{"csv", "json", "xlsx"} {
		if s.get(at(n)).Find(`a[href="`+at(n)+`/rows.`+end+`"]`).Length() != 1 {
			t.Errorf("no way to the %s", end)
		}
	}
	h, body, _ := s.bytes(at(n) + "/rows.csv")
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(records) != 1204 || !strings.HasPrefix(body, "\ufeff") || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Fatalf("csv: %d lines, %v, %v", len(records), err, h)
	}
	last := strings.Join(records[1203], "|")
	if !strings.Contains(last, "1203|") || !strings.Contains(last, "|甜水镇双柳村1202队|") || !strings.Contains(last, "12030601.50") || !strings.Contains(last, "|'=甜水镇") {
		t.Errorf("the last line is %s", last)
	}
	_, body, _ = s.bytes(at(n) + "/rows.json")
	var all struct {
		Notice struct {
			ID, Title, Address string
			Rows               int
			TotalFen           int64 `json:"total_fen"`
		}
		Rows []struct {
			N         int
			Label     string
			AmountFen int64 `json:"amount_fen"`
		}
	}
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, row := range all.Rows {
		sum += row.AmountFen
	}
	if len(all.Rows) != 1203 || sum != all.Notice.TotalFen || all.Notice.Title != n.Title || all.Rows[1202].Label != "第1203号田间道路硬化工程" {
		t.Errorf("json: %d rows, %d of %d fen", len(all.Rows), sum, all.Notice.TotalFen)
	}
	_, body, _ = s.bytes(at(n) + "/rows.xlsx?lang=en")
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) < 1204 || !strings.Contains(strings.Join(rows[len(rows)-1], "|"), "1203") {
		t.Errorf("xlsx: %d rows, %v", len(rows), err)
	}
}

func TestFilesOfNotices(t *testing.T) {
	s := open(t, with{})
	var picture strings.Builder
	png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30)))
	attach := func(n notice.Notice, role, name, content string) evidence.File {
		t.Helper()
		form := []byte(uuid.NewString())
		f, err := s.shelf.StagePaper(context.Background(), form, name, strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		s.transact(func(tx *gorm.DB) error { _, err := s.shelf.Bind(tx, form, role, n.ID); return err })
		return f
	}
	money, _ := s.list("FUND_ALLOC", "资金分配结果公告", roll.Allocation, allocations(2))
	people, _ := s.list("LIST_VILLAGE", "双柳村名单", roll.Households, households(2))
	paper, photo := attach(money, "notice", "办法.pdf", pdf), attach(money, "notice_start", "远景.png", picture.String())
	hidden, board := attach(people, "notice", "名单.pdf", pdf), attach(people, "notice_start", "公示栏.png", picture.String())
	s.again(money)
	p := s.get(at(money)).want(200)
	for _, f := range []evidence.File{paper, photo} {
		href := at(money) + "/files/" + f.ID.String()
		if p.Find(`.papers a[href="`+href+`"]`).Text() != f.Name {
			t.Errorf("%s is not listed", f.Name)
		}
		h, body, status := s.bytes(href)
		how := map[string]string{"pdf": "attachment", "image": "inline"}[f.Media]
		if status != 200 || !strings.HasPrefix(h.Get("Content-Disposition"), how) || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" ||
			h.Get("X-Content-Type-Options") != "nosniff" || len(body) == 0 {
			t.Errorf("%s: %d %v", f.Name, status, h)
		}
	}
	s.get(at(people) + "/files/" + hidden.ID.String()).want(404)
	s.get(at(people) + "/files/" + board.ID.String()).want(404)
	s.get(at(people) + "/files/" + paper.ID.String()).want(404)
	s.get(at(money) + "/files/" + board.ID.String()).want(404)
	s.get(at(money) + "/files/nix").want(404)
	if p := s.get(at(people)).want(200); p.Find(".papers").Length() != 0 {
		t.Errorf("files with names are listed: %s", p.Find(".papers").Text())
	}
	now := s.store.Now()
	money.PulledAt = &now
	s.again(money)
	s.get(at(money) + "/files/" + paper.ID.String()).want(404)
	s.get(at(money) + "/rows.csv").want(404)
}
