package selfreport

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"minsheng/internal/sheet"
)

// paper is a report as its sheet knows it.
func paper(period Period) Whole {
	return Whole{Report: Report{Period: period}, Schedule: Schedule{Title: "精准扶贫月度自查"}, Questions: []Question{
		{N: 1, Words: "本月入户走访户数", Kind: Number, Required: true}, {N: 2, Words: "专项资金拨付合计", Kind: Amount, Required: true},
		{N: 3, Words: "名单是否按期公示", Kind: YesNo}, {N: 4, Words: "存在的问题", Kind: Text},
	}}
}

func hints(q Question) string {
	return map[Kind]string{Number: "填数字", Amount: "填金额，单位元", YesNo: "填是或否", Text: "填文字"}[q.Kind]
}

// filled is the sheet of a report with some cells written over.
func filled(t *testing.T, w Whole, cells map[string]any) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := w.Template(&out, hints); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for ref, value := range cells {
		if err := book.SetCellValue(book.GetSheetName(0), ref, value); err != nil {
			t.Fatal(err)
		}
	}
	var again bytes.Buffer
	if _, err := book.WriteTo(&again); err != nil {
		t.Fatal(err)
	}
	return again.Bytes()
}

func read(w Whole, file []byte, name string) (Answers, []CellProblem, error) {
	return w.Read(bg, bytes.NewReader(file), int64(len(file)), name)
}

func TestASheetIsFilledInAndRead(t *testing.T) {
	w := paper("2026-03")
	for name, c := range map[string]struct {
		cells    map[string]any
		answers  Answers
		problems []CellProblem
	}{
		"as it was given out": {nil, Answers{}, nil},
		"as offices write": {map[string]any{"C2": "４２户", "C3": "5.2万元", "C4": "是", "C5": "两个村公示晚了三天"},
			Answers{1: {Figure: 42}, 2: {Figure: 5_200_000}, 3: {Figure: 1}, 4: {Words: "两个村公示晚了三天"}}, nil},
		"numbers of the program": {map[string]any{"C2": 42, "C3": 52000.5, "C4": "×"}, Answers{1: {Figure: 42}, 2: {Figure: 5_200_050}, 3: {Figure: 0}}, nil},
		"what is none": {map[string]any{"C2": "约30户", "C3": "-5", "C4": "大概", "C5": strings.Repeat("长", longestAnswer+1)}, Answers{},
			[]CellProblem{{1, "C2", "not_number", "约30户"}, {2, "C3", "negative", "-5"}, {3, "C4", "not_yes_no", "大概"}, {4, "C5", "too_long", ""}}},
		"half a household":               {map[string]any{"C2": 1.5}, Answers{}, []CellProblem{{1, "C2", "not_whole", "1.5"}}},
		"a line that looks like a total": {map[string]any{"C2": 42, "C5": "全县合计"}, Answers{1: {Figure: 42}}, []CellProblem{{4, "", "no_line", ""}}},
		"a text that is a number":        {map[string]any{"C5": 12345}, Answers{4: {Words: "12345"}}, nil},
		"notes below":                    {map[string]any{"C2": 42, "A8": "填表人：某", "A9": "联系电话：0427-0000000"}, Answers{1: {Figure: 42}}, nil},
		"columns moved":                  {map[string]any{"C1": "备注", "D1": "填写", "D2": 42}, Answers{1: {Figure: 42}}, nil},
	} {
		answers, problems, err := read(w, filled(t, w, c.cells), "自查.xlsx")
		if err != nil || !maps.Equal(answers, c.answers) {
			t.Errorf("%s: %v, %v", name, answers, err)
		}
		for i := range problems { // only what a cell began with is shown
			if c.problems != nil && i < len(c.problems) && c.problems[i].Raw == "" {
				problems[i].Raw = ""
			}
		}
		if !slices.Equal(problems, c.problems) {
			t.Errorf("%s: %+v", name, problems)
		}
	}
	// What is answered already stands in the sheet that is given out.
	w.Answers = answered
	if answers, problems, err := read(w, filled(t, w, nil), "自查.xlsx"); err != nil || len(problems) > 0 || !maps.Equal(answers, answered) {
		t.Errorf("%v, %v, %v", answers, problems, err)
	}
}

func TestASheetOfSomethingElseIsNotTaken(t *testing.T) {
	w := paper("2026-03")
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"the month before": {filled(t, paper("2026-02"), map[string]any{"C2": 42}), ErrOtherSheet},
		"another table":    {[]byte("姓名,金额\n甲,100\n乙,200\n"), nil},
		"no table":         {[]byte("%PDF-1.4 \x00\x01"), nil},
		"nothing":          {nil, sheet.ErrEmpty},
	} {
		answers, problems, err := read(w, c.file, "自查.xlsx")
		if err == nil || len(answers)+len(problems) > 0 || c.want != nil && !errors.Is(err, c.want) || c.want == nil && !errors.Is(err, ErrOtherSheet) && sheet.Reason(err) == "" {
			t.Errorf("%s: %v, %v, %v", name, answers, problems, err)
		}
	}
	// A csv of the same lines will do.
	csv := []byte("编号,问题,填写\n2026-03-1,本月入户走访户数（填数字）,42\n2026-03-4,存在的问题（填文字）,无人反映\n")
	answers, problems, err := read(w, csv, "自查.csv")
	if err != nil || answers[1].Figure != 42 || answers[4].Words != "无人反映" || len(problems) != 2 {
		t.Errorf("%v, %v, %v", answers, problems, err)
	}
}

func TestTheTableIsExportedWithRealNumbers(t *testing.T) {
	w := paper("2026-03")
	table := Table{Schedule: w.Schedule, Period: w.Period, Questions: w.Questions, Sums: map[int]int64{1: 50, 2: 5_200_100},
		Rows: []TableRow{{Cell: Cell{State: Taken}, Unit: "盘山县督查室", Answers: Answers{1: {Figure: 42}, 2: {Figure: 5_200_000}, 3: {Figure: 1}, 4: {Words: "=HYPERLINK(1)"}}}, {Unit: "大洼区督查室"}}}
	var out bytes.Buffer
	words := func(string) func(TableRow) string { return func(TableRow) string { return "x" } }
	if err := table.Export(&out, [3]string{"单位", "状态", "按期"}, words(""), words(""), "合计"); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	page := book.GetSheetName(0)
	for ref, want := range map[string]string{"A1": "单位", "E1": "专项资金拨付合计", "A2": "盘山县督查室", "D2": "42", "E2": "52000", "F2": "是", "G2": "'=HYPERLINK(1)", "D3": "", "A4": "合计", "D4": "50", "E4": "52001", "F4": ""} {
		if got, err := book.GetCellValue(page, ref, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s is %q, want %q, %v", ref, got, want, err)
		}
	}
	if kind, err := book.GetCellType(page, "E2"); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Errorf("an amount is a text: %v, %v", kind, err)
	}
}
