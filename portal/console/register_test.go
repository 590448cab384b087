package console_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/sheet"
	"minsheng/staff"
)

const registerPath = "/console/register"

// file is what a download holds.
func (m *matrix) file(path string) answer {
	m.t.Helper()
	got := m.ask(m.b, "GET", path, nil)
	if got.status != 200 {
		m.t.Fatalf("%s: %d\n%s", path, got.status, got.body)
	}
	return got
}

// takeAlong asks for the register, lets a colleague agree, and takes it.
func (m *matrix) takeAlong(query, form string) answer {
	m.t.Helper()
	session, _, _ := strings.Cut(m.csrf, ".")
	if asked := m.ask(m.b, "POST", registerPath+"/exports?"+query, url.Values{"csrf": {session}, "why": {"报市政府汇总"}}); asked.status != 303 {
		m.t.Fatalf("asked: %d\n%s", asked.status, asked.body)
	}
	var row struct{ ID uuid.UUID }
	m.must(m.store.Read(bg).Table("register_export").Where("state = 'asked'").Take(&row).Error)
	path := registerPath + "/exports/" + row.ID.String() + "/" + form
	if early := m.ask(m.b, "GET", path, nil); early.status != 409 {
		m.t.Errorf("before anybody agreed: %d", early.status)
	}
	m.must(m.register.RuleTaking(bg, m.city, row.ID, true))
	return m.file(path)
}

// The register is a line for each item, as a page and as a file: with the names
// of officials, never one of who reported.
func TestTheRegisterAsAPageAndAsAFile(t *testing.T) {
	m := newMatrix(t, still(t))
	first := m.makeItem(row{stage: "answered"}, standpoint{desk: panshan})
	m.must(m.docket.Step(bg, m.boss, first.id, first.version, "strike_off", docket.Entry{}))
	second := m.makeItem(row{stage: "issued"}, standpoint{desk: cityDesk})
	m.exec("UPDATE supervision_item SET title = '=HYPERLINK(\"http://x\",\"核查\")' WHERE id = ?", second.id)
	m.exec("UPDATE deadline SET due_on = '2026-01-05' WHERE subject_id = ?", second.id)
	m.exec("UPDATE supervision_item SET due_on = '2026-01-05' WHERE id = ?", second.id)
	m.become(staff.Supervisor, cityDesk)

	p := m.b.get(registerPath).want(200, "核查危房改造补助发放", "甜水镇 双柳村", poor, "已销号", "属实", m.boss.Name, "超期")
	if n := p.Find("table.register tbody").Length(); n != 2 {
		t.Errorf("%d lines", n)
	}
	for _, fact := range []string{"来源", "群众反映", "接收日期", "类别", "问题描述", "销号人", "查实结论"} {
		if !strings.Contains(p.text("table.register dl"), fact) {
			t.Errorf("all columns, without %s", fact)
		}
	}
	for query, lines := range map[string]int{"?open=1": 1, "?state=struck_off": 1, "?color=red": 1, "?late=1": 1, "?place=211122111000": 2, "?place=211104112000": 0, "?kind=FUND_WITHHOLD": 2,
		"?kind=OTHER": 0, "?office=" + m.units[panshan].ID.String(): 2, "?lead=" + m.units[dawa].ID.String(): 0, "?right=1": 0, "?year=2019": 0, "?issued=2019-01": 0, "?office=x": 2, "?nothing=1": 2} {
		if got := m.b.get(registerPath + query).want(200).Find("table.register tbody").Length(); got != lines {
			t.Errorf("%s: %d lines, want %d", query, got, lines)
		}
	}
	if p := m.b.get(registerPath+"?color=red&lead="+m.units[poor].ID.String()).want(200, poor); p.Find(".chips li").Length() != 3 {
		t.Errorf("chips: %s", p.text(".chips"))
	}

	got := m.takeAlong("place=211122111000", "csv")
	text, marked := strings.CutPrefix(got.body, "\ufeff")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(records) != 3 || len(records[0]) != 33 {
		t.Fatalf("csv: %v, marked %v, %d lines of %d", err, marked, len(records), len(records[0]))
	}
	if title := records[1][2] + records[2][2]; !strings.Contains(title, "'=HYPERLINK") {
		t.Errorf("a title that computes: %q", title)
	}
	for _, header := range []string{got.header.Get("Content-Type"), got.header.Get("Content-Disposition")} {
		if !strings.Contains(header, "csv") {
			t.Errorf("sent as %q", header)
		}
	}
	for _, secret := range []string{"柳大有", "13800000000", told} {
		if strings.Contains(p.Text(), secret) || strings.Contains(got.body, secret) {
			t.Errorf("the register says %s", secret)
		}
	}

	book := m.takeAlong("state=struck_off", "xlsx")
	read, err := sheet.Open(strings.NewReader(book.body), int64(len(book.body)), "x.xlsx")
	m.must(err)
	defer read.Close()
	var rows []string
	m.must(read.Rows(0, func(r sheet.Row) error { rows = append(rows, fmt.Sprint(r.Cells)); return nil }))
	if len(rows) != 2 || !strings.Contains(rows[1], "核查危房改造补助发放") {
		t.Errorf("the workbook says %v", rows)
	}
	var kept []struct{ Body string }
	m.must(m.store.Read(bg).Table("event").Select("body").Where("kind = 'register_exported'").Order("at").Find(&kept).Error)
	if len(kept) != 2 || kept[0].Body != `{"form":"csv","rows":"2"}` || kept[1].Body != `{"form":"xlsx","rows":"1"}` {
		t.Errorf("on record: %v", kept)
	}
	m.hire("audit", cityDesk, staff.Auditor)
	m.signedIn("audit").get("/console/record").want(200, "导出了督查台账")
}

// An office that has no items reads what will stand there.
func TestTheRegisterOfNothing(t *testing.T) {
	m := newMatrix(t, still(t))
	m.makeItem(row{stage: "issued"}, standpoint{desk: panshan})
	m.become(staff.TriageOfficer, dawa)
	if p := m.b.get(registerPath).want(200); p.text(".empty") == "" || p.Find("#do-take, table").Length() != 0 {
		t.Errorf("nothing: %s", p.text("main"))
	}
	m.become(staff.TriageOfficer, panshan)
	if p := m.b.get(registerPath + "?state=cancelled").want(200); !strings.Contains(p.text(".empty"), "去掉一个条件") {
		t.Errorf("nothing fits: %s", p.text(".empty"))
	}
}
