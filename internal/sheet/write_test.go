package sheet_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"minsheng/internal/sheet"
	"minsheng/internal/sheet/sheettest"
	"minsheng/internal/workday"
)

var heads = []sheet.Head{
	{Name: "户主姓名", Type: sheet.Text}, {Name: "家庭人口", Type: sheet.Whole}, {Name: "补助金额(元)", Type: sheet.Money, Width: 30},
	{Name: "发放日期", Type: sheet.Day}, {Name: "是否签字", Type: sheet.YesNo},
}

func write(t *testing.T, w sheet.Writer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{
		{"张三丰", int64(3), int64(123456789012345), workday.Date("2026-03-05"), true},
		{"=cmd|' /C calc'!A0", int64(0), int64(-5), workday.Date(""), false},
		{nil, nil, int64(1), nil, nil},
	} {
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(3.5); err == nil {
		t.Error("took a float")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWorkbooksAreWrittenWithRealTypes(t *testing.T) {
	var out bytes.Buffer
	w, err := sheet.NewXLSX(&out, "名单:[2026]/一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十", heads)
	write(t, w, err)
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := f.GetSheetName(0)
	if !strings.HasPrefix(page, "名单  2026") {
		t.Errorf("sheet is called %q", page)
	}
	for cell, want := range map[string]string{"A2": "张三丰", "B2": "3", "C2": "1,234,567,890,123.45", "D2": "2026-03-05", "E2": "是", "A3": "'=cmd|' /C calc'!A0", "C3": "-0.05", "D3": "", "C4": "0.01"} {
		if got, _ := f.GetCellValue(page, cell); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
	for _, cell := range []string{"B2", "C2", "D2"} {
		if kind, _ := f.GetCellType(page, cell); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is of type %d, not a number", cell, kind)
		}
	}
	if raw, _ := f.GetCellValue(page, "C2", excelize.Options{RawCellValue: true}); raw != "1234567890123.45" {
		t.Errorf("C2 holds %s", raw)
	}
	if width, _ := f.GetColWidth(page, "C"); width != 30 {
		t.Errorf("width %v", width)
	}
	if style, _ := f.GetCellStyle(page, "A1"); style == 0 {
		t.Error("the header is not bold")
	}
	if panes, _ := f.GetPanes(page); !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v", panes)
	}
}

func TestCSVIsWrittenForExcel(t *testing.T) {
	var out bytes.Buffer
	w, err := sheet.NewCSV(&out, heads)
	write(t, w, err)
	want := "\ufeff户主姓名,家庭人口,补助金额(元),发放日期,是否签字\r\n张三丰,3,1234567890123.45,2026-03-05,是\r\n'=cmd|' /C calc'!A0,0,-0.05,,否\r\n,,0.01,,\r\n"
	if out.String() != want {
		t.Errorf("wrote %q", out.String())
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, name := range []string{"a.xlsx", "a.csv"} {
		var out bytes.Buffer
		w, err := sheet.NewCSV(&out, heads)
		if name == "a.xlsx" {
			w, err = sheet.NewXLSX(&out, "", heads)
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := w.Write("张三丰", int64(3), int64(1230), workday.Date("2026-03-05"), false); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b := open(t, out.Bytes(), name)
		l, err := b.Guess(0, sheettest.Fields(), nil)
		if err != nil {
			t.Fatal(err)
		}
		found, err := b.Read(context.Background(), l, sheettest.Fields(), nil, func(r sheet.Record, _ []sheet.Problem) error {
			same(t, name, flat(r), map[string]string{"label": "张三丰", "people": "3", "amount": "1230", "paid_on": "2026-03-05", "agreed": "0"})
			return nil
		})
		if err != nil || found.Records != 3 || found.Problems != 0 {
			t.Errorf("%s: %v, %+v", name, err, found)
		}
	}
}

func TestNoTextIsTakenForAFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", " =1", "\u3000=1", "\ufeff=1", "\n=1"} {
		if got := sheet.Harmless(text); got != "'"+text {
			t.Errorf("%q stays %q", text, got)
		}
	}
	for _, text := range []string{"", "张三丰", "1-2", "a=b", "'=1", "·", "(1)"} {
		if got := sheet.Harmless(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
