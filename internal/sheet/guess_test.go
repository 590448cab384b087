package sheet_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"minsheng/internal/sheet"
	"minsheng/internal/sheet/sheettest"
)

func guess(t testing.TB, csv string, habits map[string]string) (*sheet.Book, sheet.Layout) {
	t.Helper()
	b := open(t, []byte(csv), "a.csv")
	l, err := b.Guess(0, sheettest.Fields(), habits)
	if err != nil {
		t.Fatalf("guess: %v", err)
	}
	return b, l
}

func fieldsOf(l sheet.Layout) string {
	var all []string
	for _, c := range l.Columns {
		mark := ""
		if c.Wan {
			mark += "万"
		}
		if !c.Sure && c.Field != "" {
			mark += "?"
		}
		all = append(all, c.Field+mark)
	}
	return strings.Join(all, ",")
}

func TestHeadingsNameFields(t *testing.T) {
	for _, c := range []struct{ csv, want string }{
		{"户主,金额\n张三丰,1", "label,amount"},
		{"户 主 姓 名,补助金额（元）\n张三丰,1", "label,amount"},
		{"*姓名*,金额[万元],日期:\n张三丰,1,2026-03-05", "label,amount万,paid_on"},
		{"姓名,金额万元\n张三丰,1", "label,amount万"},
		{"2026年补助金额(单位:万元),农户姓名\n1,张三丰", "amount万?,label"},
		{"姓名,户主身份证号,本人银行账号\n张三丰,1,2", "label,id_number?,account?"}, // not the householder
		{"姓名,户主,补助金额,金额\n张三丰,李小四,1,2", "label,,amount,"},
		{"单位:万元,,\n姓名,金额,补贴金额(元)\n张三丰,1,2", "label,amount万,"},
		{"资金表(单位:元),,\n姓名,金额\n张三丰,1", "label,amount"},
		{"姓名,备注,说明\n张三丰,因病,\n李小四,,因学", "label,,"}, // words below are no second line
	} {
		_, l := guess(t, c.csv, nil)
		if got := fieldsOf(l); got != c.want {
			t.Errorf("%q: %s, want %s", c.csv, got, c.want)
		}
	}
}

func TestHabitsGoBeforeHeadings(t *testing.T) {
	_, l := guess(t, "姓名,金额,当家的\n甲乙,1,张三丰", map[string]string{"姓名": "", "当家的": "label", "金额": "gone"})
	if got := fieldsOf(l); got != ",amount,label" {
		t.Errorf("fields %s", got)
	}
}

func TestASheetWithoutAHeaderIsLaidOutAllTheSame(t *testing.T) {
	b := open(t, []byte("\n甲,1\n乙,2\n"), "a.csv")
	l, err := b.Guess(0, sheettest.Fields(), nil)
	if !errors.Is(err, sheet.ErrEmpty) || l.HeaderFrom != 2 || len(l.Columns) != 2 {
		t.Errorf("%v, %+v", err, l)
	}
	b = open(t, []byte("甲,乙\n丙,丁\n"), "a.csv")
	if l, err = b.Guess(0, sheettest.Fields(), nil); err != nil || fieldsOf(l) != "," {
		t.Errorf("%v, %+v", err, l)
	}
}

func TestHeadReadsTheRowsPointedAt(t *testing.T) {
	b := open(t, []byte("户主,金额\n姓名,补助金额\n张三丰,5\n"), "a.csv")
	l, err := b.Head(0, 2, 2, sheettest.Fields(), nil)
	if err != nil || l.HeaderTo != 2 || l.Columns[0].Heading != "姓名" || !reflect.DeepEqual(l.Columns[1].Samples, []string{"5"}) {
		t.Errorf("%v, %+v", err, l)
	}
	if l, err = b.Head(0, 1, 2, sheettest.Fields(), nil); err != nil || l.Columns[0].Heading != "户主 姓名" || fieldsOf(l) != "label,amount" {
		t.Errorf("%v, %+v", err, l)
	}
}

func TestFoldIsWhatHeadingsHaveInCommon(t *testing.T) {
	for heading, want := range map[string]string{
		"补助金额(元)": "补助金额", "补助金额（万元）": "补助金额", " 户\u3000主\n姓 名 ": "户主姓名", "*ＩＤ号": "id号", "身份证号(必填)": "身份证号",
		"金额(中央)": "金额(中央)", "面积(亩/户)": "面积", "金额【单位:元】": "金额", "日期:": "日期",
	} {
		if got := sheet.Fold(heading); got != want {
			t.Errorf("%q is folded to %q, want %q", heading, got, want)
		}
	}
}

func TestFixesReplaceWhatStandsInCells(t *testing.T) {
	b, l := guess(t, "姓名,金额\n张三丰,x\n小计,5\n", nil)
	var got []map[string]string
	found, err := b.Read(context.Background(), l, sheettest.Fields(), map[string]string{"B2": "１２元", "C2": "beyond", "A3": "李小四", "A9": "no row", "?": "x"}, func(r sheet.Record, p []sheet.Problem) error {
		if len(p) > 0 {
			t.Errorf("problems %+v", p)
		}
		if r.Values["amount"].Ref == "B2" && r.Values["amount"].Raw != "１２元" {
			t.Errorf("raw is %q", r.Values["amount"].Raw)
		}
		got = append(got, flat(r))
		return nil
	})
	if err != nil || found.Sums["amount"] != 1700 {
		t.Errorf("%v, %+v", err, found)
	}
	same(t, "records", got, []map[string]string{{"label": "张三丰", "amount": "1200"}, {"label": "李小四", "amount": "500"}})
}

func TestARequiredFieldWithoutAColumnIsToldOnEveryRow(t *testing.T) {
	b, l := guess(t, "姓名,备注\n张三丰,1\n李小四,2\n", nil)
	n := 0
	_, err := b.Read(context.Background(), l, sheettest.Fields(), nil, func(r sheet.Record, p []sheet.Problem) error {
		n++
		if len(p) != 1 || p[0].Key != "required" || p[0].Field != "amount" || p[0].Column != -1 || p[0].Row != r.Row {
			t.Errorf("problems %+v", p)
		}
		return nil
	})
	if err != nil || n != 2 {
		t.Errorf("%v after %d", err, n)
	}
}

func TestRefsAreCalledAsInExcel(t *testing.T) {
	for want, at := range map[string][2]int{"C7": {7, 2}, "A1": {1, 0}, "Z9": {9, 25}, "AA10": {10, 26}, "XFD1048576": {1048576, 16383}} {
		if got := sheet.Ref(at[0], at[1]); got != want {
			t.Errorf("%v is %s, want %s", at, got, want)
		}
	}
	for ref, want := range map[string]bool{"C7": true, "CV200000": true, "CW1": false, "c7": false, "7": false, "C": false, "C0": false, "C7 ": false, "": false, "A9999999": false} {
		if sheet.IsRef(ref) != want {
			t.Errorf("%q: %v", ref, !want)
		}
	}
}
