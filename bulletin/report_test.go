package bulletin

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

func sqlite(t *testing.T) string { return storetest.SQLiteDir(t) }

func TestPeriods(t *testing.T) {
	for p, want := range map[Period]struct {
		first, last        workday.Date
		before, next, year Period
		name               string
	}{
		"2026-01": {"2026-01-01", "2026-01-31", "2025-12", "2026-02", "2025-01", "2026年1月"},
		"2024-02": {"2024-02-01", "2024-02-29", "2024-01", "2024-03", "2023-02", "2024年2月"},
		"2026Q1":  {"2026-01-01", "2026-03-31", "2025Q4", "2026Q2", "2025Q1", "2026年第1季度"},
		"2025Q4":  {"2025-10-01", "2025-12-31", "2025Q3", "2026Q1", "2024Q4", "2025年第4季度"},
	} {
		if p.First() != want.first || p.Last() != want.last || p.Before() != want.before || p.Next() != want.next || p.YearBefore() != want.year || p.Chinese() != want.name {
			t.Errorf("%s: %s %s %s %s %s %s", p, p.First(), p.Last(), p.Before(), p.Next(), p.YearBefore(), p.Chinese())
		}
	}
	for p, every := range map[Period]Every{"2026-03": Quarter, "2026Q1": Month, "2026-13": Month, "": Month, "2026Q5": Quarter} {
		if every.Valid(p) {
			t.Errorf("%s is no %s", p, every)
		}
	}
	for _, tc := range []struct {
		first, made Period
		today       workday.Date
		want        []Period
	}{
		{"2026-02", "", "2026-02-28", nil}, {"2026-02", "", "2026-03-01", []Period{"2026-02"}},
		{"2026-02", "2026-02", "2026-05-01", []Period{"2026-03", "2026-04"}}, {"2025Q4", "", "2026-04-01", []Period{"2025Q4", "2026Q1"}},
	} {
		if got := owed(tc.first, tc.made, tc.today); !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

func TestSharesAndBars(t *testing.T) {
	for _, tc := range []struct {
		part, whole int64
		says, bar   string
	}{
		{0, 0, "—", ""}, {1, 3, "33.3%", "■■■□□□□□□□"}, {2, 3, "66.7%", "■■■■■■■□□□"}, {5, 5, "100%", "■■■■■■■■■■"}, {0, 4, "0%", "□□□□□□□□□□"},
	} {
		if s := share(tc.part, tc.whole); Share(s) != tc.says || Bar(s) != tc.bar {
			t.Errorf("%d of %d: %s %s", tc.part, tc.whole, Share(s), Bar(s))
		}
	}
	if Amount(123456) != "1234.56" {
		t.Error(Amount(123456))
	}
}

func TestFirstWordsCallForWords(t *testing.T) {
	n := Numbers{Lines: []Number{{Code: "reports", Now: 5, Before: 3, LastYear: 5}, {Code: "issued", Now: 2}}, Repeats: 2,
		Offices:     []Handled{{Name: "甲", Received: 3, Missed: 1, Due: 2, Kept: 1, Closed: 1}, {Name: "乙", Received: 2, Missed: 4, Due: 4}},
		Inspections: &InspectionSums{InPlan: 3, Carried: 2, CarriedPlan: 1, Findings: []FindingSum{{Name: "第九条（六）", N: 4}, {Name: "第七条（一）", N: 1}}},
		Orders:      &OrderSums{Issued: 3, RecoveredFen: 520000}, Measures: []MeasureSum{{"责令书面检查", 1}}}
	w := suggest("2026-02", n)
	for s, says := range map[Section][]string{
		Overview: {"2026年2月", "5件次", "比上期多2件次", "与去年同期持平"}, Handling: {"应答复6件", "按期率16.7%"}, Supervising: {"交办督查事项2件"},
		Inspecting: {"安排本期督查3次", "开展督查2次，其中计划内1次", "督查发现5个", "第九条（六）（4个）、第七条（一）（1个）"}, Rectifying: {"整改通知3份", "5200.00元"}, Accounting: {"责令书面检查1次"}, Problems: {"乙（4件）、甲（1件）", "没有答复、没有办结的单位：乙。", "再次反映2件"},
	} {
		for _, part := range says {
			if !strings.Contains(w[s], part) {
				t.Errorf("%s lacks %q: %s", s, part, w[s])
			}
		}
	}
	if got := (Numbers{}).Sections(); len(got) != 5 || len(n.Sections()) != 8 {
		t.Errorf("%v", got)
	}
}

func (o *office) wrote(id uuid.UUID) ReportWhole {
	o.t.Helper()
	r, err := o.Report(bg, o.author, id)
	o.must(err)
	w := r.Words
	w[Plans] = "下月重点督查危房改造补助。"
	if w[Problems] == "" {
		w[Problems] = "没有突出问题。"
	}
	o.must(o.Write(bg, o.author, id, r.Version, w))
	r, err = o.Report(bg, o.author, id)
	o.must(err)
	return r
}

func TestAReportGoesFromItsNumbersToTheOfficeAbove(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.on("2026-02-10")
		_, err := o.intake.Submit(bg, intake.Submission{Token: o.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Channel: intake.Web, Mode: intake.Anonymous, Lang: "zh-CN"})
		o.must(err)
		o.on("2026-03-02")
		o.count()
		for every, p := range map[Every]Period{Month: "2026-03", Quarter: "2025-12"} {
			if _, err := o.Compose(bg, o.author, every, p); problem(err, "period") == "" {
				t.Errorf("%s %s: %v", every, p, err)
			}
		}
		id, err := o.Compose(bg, o.author, Month, "2026-02")
		o.must(err)
		_, err = o.Compose(bg, o.mate, Month, "2026-02")
		o.fails("composed twice", err, step.ErrState)
		r, err := o.Report(bg, o.author, id)
		o.must(err)
		if r.State != Drafted || r.Numbers.value("reports") != 1 || r.DueOn != "2026-03-06" || !strings.Contains(r.Words[Overview], "1件次") {
			t.Errorf("%+v", r.Report)
		}
		o.must(o.Store.Read(bg).Model(&Report{}).Where("id = ?", id).Update("numbers", strings.Replace(numbersOf(o, id), `"Now":1,`, `"Now":7,`, 1)).Error)
		o.must(o.Count(bg, o.author, id, r.Version))
		r, err = o.Report(bg, o.author, id)
		o.must(err)
		if len(r.Changes) != 1 || r.Changes[0] != (Change{Code: "reports", Before: 7, After: 1}) || r.Words[Overview] == "" {
			t.Errorf("%+v", r.Changes)
		}
		_, err = o.Report(bg, o.city, id)
		o.fails("a draft read above", err, store.ErrNotFound)
		if err := o.Sign(bg, o.boss, id, r.Version); problem(err, string(Plans)) != "bulletin_words" {
			t.Errorf("signed without plans: %v", err)
		}
		r = o.wrote(id)
		o.fails("signed by its author", o.Sign(bg, o.author, id, r.Version), staff.ErrForbidden)
		o.fails("signed as it stood before", o.Sign(bg, o.boss, id, r.Version-1), step.ErrStale)
		o.must(o.Write(bg, o.boss, id, r.Version, r.Words))
		o.fails("signed by who wrote it last", o.Sign(bg, o.boss, id, r.Version+1), step.ErrSamePerson)
		r = o.wrote(id)
		o.must(o.Sign(bg, o.boss, id, r.Version))
		o.fails("counted when issued", o.Count(bg, o.author, id, r.Version+1), step.ErrState)
		o.fails("written when issued", o.Write(bg, o.author, id, r.Version+1, r.Words), step.ErrState)
		o.sentUp(t, id)
	})
}

func (o *office) sentUp(t *testing.T, id uuid.UUID) {
	t.Helper()
	lines, err := o.Reports(bg, o.city, true, uuid.Nil)
	o.must(err)
	if len(lines) != 1 || lines[0].ID != id || lines[0].Number != "盘县督报〔2026〕1号" {
		t.Fatalf("%+v", lines)
	}
	o.fails("received by who sent it", o.Receive(bg, o.boss, id), store.ErrNotFound)
	o.fails("received beside", o.Receive(bg, o.foreign, id), store.ErrNotFound)
	o.must(o.Receive(bg, o.city, id))
	o.fails("received twice", o.Receive(bg, o.cityBoss, id), step.ErrState)
	papers, err := o.Papers.Of(bg, o.boss, ledger.OfBulletin, id)
	o.must(err)
	_, content, err := o.Papers.Open(bg, o.city, papers[0].ID)
	o.must(err)
	if content.Fields["打算标题"] != "五、下步打算" || content.Lists["指标"][0]["本期"] != "1" || content.Fields["主送单位"] != cityDesk {
		t.Errorf("%+v", content)
	}
	if open, err := o.Clocks.Running(o.Store.Read(bg), id); err != nil || len(open) != 0 {
		t.Errorf("%v, %v still run", err, open)
	}
	if got := o.kinds(id); got != "report_due report_composed report_counted report_worded report_worded report_worded paper_drafted paper_issued report_issued report_received" &&
		got != "report_due report_composed report_counted report_worded report_worded report_worded paper_issued report_issued report_received" {
		t.Error(got)
	}
}

func numbersOf(o *office, id uuid.UUID) string {
	o.t.Helper()
	var text string
	o.must(o.Store.Read(bg).Model(&Report{}).Where("id = ?", id).Pluck("numbers", &text).Error)
	return text
}

func TestWhatOtherRoomsDidIsInTheReportWhenTheyTell(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	var asked []workday.Date
	o.Orders = func(_ context.Context, unit uuid.UUID, from, to workday.Date) (OrderSums, error) {
		asked = []workday.Date{from, to}
		return OrderSums{Issued: 2, StruckOff: 1, RecoveredFen: 520000, ReturnedFen: 300000}, nil
	}
	o.Inspections = func(context.Context, uuid.UUID, workday.Date, workday.Date) (InspectionSums, error) {
		return InspectionSums{InPlan: 7, Carried: 5, CarriedPlan: 4, Findings: []FindingSum{{"9.6", "第九条（六）公告公示和社会监督", 4, 31, 123456}, {"7.1", "第七条（一）精准识别", 2, 8, 0}}}, nil
	}
	o.Measures = func(context.Context, uuid.UUID, workday.Date, workday.Date) ([]MeasureSum, error) {
		return []MeasureSum{{"责令书面检查", 1}}, nil
	}
	id, err := o.Compose(bg, o.author, Quarter, "2025Q4")
	o.must(err)
	r := o.wrote(id)
	if !slices.Equal(asked, []workday.Date{"2025-10-01", "2025-12-31"}) || r.DueOn != "2026-01-15" {
		t.Errorf("%v %s", asked, r.DueOn)
	}
	o.must(o.Sign(bg, o.boss, id, r.Version))
	papers, err := o.Papers.Of(bg, o.boss, ledger.OfBulletin, id)
	o.must(err)
	_, docx, err := o.Papers.Docx(bg, o.author, papers[0].ID)
	o.must(err)
	text := printed(t, docx)
	for _, says := range []string{"四、开展督查", "年度计划安排（次）7", "公告公示和社会监督", "■■■■■□□□□□280.00", "1234.56", "五、整改落实", "5200.00", "3000.00", "六、责任追究", "责令书面检查", "八、下步打算", "2025年第4季度"} {
		if !strings.Contains(text, says) {
			t.Errorf("not on paper: %s\n%s", says, text)
		}
	}
}

// printed is what LibreOffice prints of a docx, without spaces.
func printed(t *testing.T, docx []byte) string {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		storetest.Missing(t, "office", err)
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "report.docx")
	if err := os.WriteFile(name, docx, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+dir, "--headless", "--convert-to", "pdf", "--outdir", dir, name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", filepath.Join(dir, "report.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}

func TestASchedulesReportsAreDueWhenTheirPeriodIsOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.fails("set by who may not sign", o.SetSchedule(bg, o.author, Month), staff.ErrForbidden)
		o.must(o.SetSchedule(bg, o.boss, Month))
		o.fails("set twice", o.SetSchedule(bg, o.boss, Month), step.ErrState)
		if owed, err := o.Owed(bg, o.author); err != nil || len(owed) != 0 {
			t.Errorf("%v, %v before the month is over", owed, err)
		}
		o.on("2026-04-13")
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := o.Tick(bg); err != nil && !errors.Is(err, step.ErrStale) {
					t.Error(err)
				}
			})
		}
		both.Wait()
		owed, err := o.Owed(bg, o.author)
		o.must(err)
		if len(owed) != 1 || owed[0].Period != "2026-03" || owed[0].DueOn != "2026-04-08" || owed[0].Late != 3 || owed[0].State != Due {
			t.Fatalf("%+v", owed)
		}
		owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{owed[0].ID})
		o.must(err)
		if own := owners[owed[0].ID]; own.Unit != o.author.UnitID || own.By == nil || *own.By != o.city.UnitID || own.Name != "2026年3月督查工作报告" {
			t.Errorf("%+v", own)
		}
		o.count()
		id, err := o.Compose(bg, o.author, Month, "2026-03")
		o.must(err)
		if id != owed[0].ID {
			t.Error("another report than the one that was due")
		}
		all, err := o.Schedules(bg, o.author)
		o.must(err)
		o.fails("ended by another office", o.EndSchedule(bg, o.foreign, all[0].ID), store.ErrNotFound)
		o.must(o.EndSchedule(bg, o.boss, all[0].ID))
		o.on("2026-05-06")
		if owed, err := o.Owed(bg, o.author); err != nil || len(owed) != 1 {
			t.Errorf("%v, %v after its end", owed, err)
		}
	})
}
