package journey_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"minsheng/internal/workday"
)

// The two identity numbers that are examples of GB 11643 itself: nobody has
// them.
const (
	exampleID      = "11010519491231002X"
	otherExampleID = "440524188001010014"
)

// onTheList are the householders of the messy list, in its order.
var onTheList = []string{"卜立春", "谷雨生", "夏长河", "尹秋实", "佟立冬", "覃小雪", "顾大寒", "欧阳清明", "栗白露", "鲁寒露", "景霜降", "莫小满"}

// wrongCells are the cells of the messy list that cannot be read, and what they
// should say.
var wrongCells = map[string]string{"E7": "4", "C14": "栗白露"}

// messyList makes the list of a village as its office has it: a title and who
// filled it in above, two lines of headings, merged cells, full-width digits,
// identity numbers, sums in between, notes below, one number that is none and
// one name that is missing.
func messyList(t *testing.T) string {
	t.Helper()
	rows := [][]any{
		{"甜水镇鹤栖村2026年度贫困户初选名单"},
		{"填报单位：鹤栖村民委员会", nil, nil, nil, nil, nil, "2026年11月"},
		{"序号", "村民小组", "户主信息", nil, "家庭人口数", "主要致贫原因", "备注"},
		{nil, nil, "姓名", "身份证号码", nil, nil, nil},
		{1, "一组", "卜立春", exampleID, "３", "因病"},
		{2, nil, "谷雨生", otherExampleID, "２", "缺劳力"},
		{3, nil, "夏长河", exampleID, "四口", "因学"},
		{4, nil, "尹 秋 实", otherExampleID, 1, "因残"},
		{"小计", nil, nil, nil, 10},
		{5, "二组", "佟立冬", exampleID, 2, "因病"},
		{6, "二组", "覃小雪", otherExampleID, "5人", "缺技术"},
		{7, "二组", "顾大寒", exampleID, 4, "缺资金"},
		{8, "二组", "欧阳清明", otherExampleID, 2, "因残", "新增"},
		{9, "二组", nil, exampleID, 3, "因病"},
		{"小计", nil, nil, nil, 16},
		{},
		{10, "三组", "鲁寒露", otherExampleID, 2, "因病"},
		{11, "三组", "景霜降", exampleID, 1, "缺劳力"},
		{12, "三组", "莫小满", otherExampleID, 4, "因学"},
		{"合计", nil, "12户", nil, 33},
		{"注：本表按村民代表大会评议结果填写，人口以户口本为准。"},
		{"填表人：", nil, nil, "审核人："},
	}
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, area := range [][2]string{{"A1", "G1"}, {"A3", "A4"}, {"B3", "B4"}, {"C3", "D3"}, {"E3", "E4"}, {"F3", "F4"}, {"G3", "G4"}, {"B5", "B8"}, {"A21", "G21"}} {
		if err := f.MergeCell("Sheet1", area[0], area[1]); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "鹤栖村初选名单（定稿）.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A payment that came and one that did not, of the same household.
const (
	paidTo      = "郭喜来"
	came, never = "冬季取暖补助", "危房改造补助"
)

// paidOn is the day of the payments.
func paidOn() workday.Date { return "2026-10-15" }

// payments makes a file of payments as the bank's software writes it: in GBK,
// with a title above and a sum below. The programme tells one file from another,
// because none is taken twice.
func payments(t *testing.T, programme string) string {
	t.Helper()
	lines := []string{
		"2026年10月惠农补贴一卡通发放明细,,,,,,,",
		"村名,户主姓名,身份证号码,补贴项目,批次,发放金额(元),发放日期,一卡通账号",
		"双柳村," + paidTo + "," + exampleID + "," + programme + ",2026年,\"15,000.00\"," + string(paidOn()) + ",0000000000002301",
		"双柳村," + paidTo + "," + exampleID + "," + came + ",2026年冬,384," + string(paidOn()) + ",0000000000002301",
		"双柳村,邱有田," + otherExampleID + "," + came + ",2026年冬,３８４.００," + string(paidOn()) + ",0000000000002302",
		"合计,,,,,15768.00,,",
		"说明：本表由系统导出,,,,,,,", "",
	}
	file, err := simplifiedchinese.GBK.NewEncoder().String(strings.Join(lines, "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "一卡通发放明细.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
