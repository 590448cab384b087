package main

import (
	"strings"
	"testing"

	"minsheng/crosscheck"
)

// A sheet as an office keeps it: a title, a heading, a subtotal, a note. The
// numbers of people are those of the standard itself.
const paymentSheet = `甜水镇2026年一季度低保金发放表,,,,,,,
村,户主姓名,身份证号,银行账号,补贴项目,批次,金额(元),发放日期
双柳村,王小二,11010519491231002X,6217000000000001234,低保金,一季度,"1,234.00",2026年3月5日
双柳村,李小四,440524188001010014,,低保金,一季度,800,2026-03-05
合计,,,,,,2034,
注：以上金额已打入一卡通,,,,,,,
`

func TestImportPayments(t *testing.T) {
	t.Parallel()
	i := furnished(t)
	wrong := strings.Replace(strings.Replace(paymentSheet, "双柳村,李小四", "没有村,李小四", 1), "11010519491231002X", "1101", 1)
	out, err := i.run("import", "payments", i.file(wrong))
	if err == nil || !strings.Contains(err.Error(), "nothing was written") || !strings.Contains(out, "row 3, cell C3") || !strings.Contains(out, "row 4, cell A4") || strings.Contains(out, "440524188001010014") {
		t.Errorf("two wrong cells: %v\n%s", err, out)
	}
	if out := i.must("import", "payments", i.file(paymentSheet)); !strings.Contains(out, "2 rows imported") {
		t.Errorf("says:\n%s", out)
	}
	h := i.house()
	lines, err := h.purse.Look(t.Context(), "双柳村", "王小二", "31002x")
	if err != nil || len(lines) != 1 || lines[0].AmountFen != 123400 || lines[0].AccountTail != "1234" || lines[0].PaidOn != "2026-03-05" {
		t.Errorf("the household finds %+v, %v", lines, err)
	}
	if out, err := i.run("import", "payments", i.file(paymentSheet)); err == nil || !strings.Contains(out, "row 4: ") {
		t.Errorf("again: %v\n%s", err, out)
	}
	if out, err := i.run("import", "payments", "-office", "大洼区扶贫开发办公室", i.file(paymentSheet)); err == nil || !strings.Contains(out, "row 3, cell A3") {
		t.Errorf("by the office of another county: %v\n%s", err, out)
	}
	for _, args := range [][]string{{"import", "payments"}, {"import", "payments", "-office", "没有这个单位", i.file(paymentSheet)}, {"import", "payments", "/nowhere.xlsx"}} {
		if _, err := i.run(args...); err == nil {
			t.Errorf("portal %s was accepted", strings.Join(args, " "))
		}
	}
}

func TestImportReferenceSets(t *testing.T) {
	t.Parallel()
	i := furnished(t)
	const people = "姓名,身份证号,村\n王小二,11010519491231002X,双柳村\n"
	for n, kind := range crosscheck.References() {
		sheet := strings.ReplaceAll(people, "王小二", "王小"+string(rune('一'+n)))
		if out := i.must("import", "reference", kind, i.file(sheet), "-office", "盘锦市扶贫开发办公室"); !strings.Contains(out, "1 rows imported") {
			t.Errorf("%s says:\n%s", kind, out)
		}
	}
	for _, args := range [][]string{{"import", "reference"}, {"import", "reference", "neighbours", i.file(people)}, {"import", "reference", "deceased"}} {
		if _, err := i.run(args...); err == nil {
			t.Errorf("portal %s was accepted", strings.Join(args, " "))
		}
	}
}

// house opens the rooms behind the command line.
func (i *installation) house() *house {
	i.t.Helper()
	s, err := readSettings(i.environ)
	if err != nil {
		i.t.Fatal(err)
	}
	h, err := openRooms(i.t.Context(), s, options{})
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(h.close)
	return h
}
