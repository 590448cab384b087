package sheettest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Sample is a spreadsheet with what must be read from it as Fields.
type Sample struct {
	Name     string
	FileName string
	File     []byte
	Sheet    int

	HeaderFrom, HeaderTo int
	// Records by field code as text: counts as 3, amounts in fen, days as
	// 2026-03-05, yes as 1. Values that are wrong are absent.
	Records  []map[string]string
	Problems []string         // "C7 negative", in order; "row 7 required" without a cell
	Skips    []string         // "9 subtotal"
	Totals   map[string]int64 // nil: has none
}

// r is a record from pairs of code and text.
func r(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// Ugly are the samples, each ugly in its own way. All names are invented.
func Ugly() []Sample {
	return []Sample{
		titled(), twoLines(), wan(), mergedVillages(), gbk(), semicolons(), utf16(), fullWidth(),
		brokenFormulas(), textNumbers(), dates(), identities(), hidden(), pages(), flatHeader(), secondSheet(),
	}
}

// workbook builds an xlsx; rows start at row 1, nil cells are left out.
func workbook(rows [][]any, more func(f *excelize.File)) []byte {
	f := excelize.NewFile()
	defer f.Close()
	fill(f, "Sheet1", rows)
	if more != nil {
		more(f)
	}
	var out bytes.Buffer
	must(f.Write(&out))
	return out.Bytes()
}

func fill(f *excelize.File, sheet string, rows [][]any) {
	for i, row := range rows {
		for c, v := range row {
			if v == nil {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(c+1, i+1)
			must(err)
			must(f.SetCellValue(sheet, cell, v))
		}
	}
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("sheettest: %v", err))
	}
}

func titled() Sample {
	return Sample{
		Name: "title, subtotals, blank rows, notes below", FileName: "2026年第一季度.xlsx",
		File: workbook([][]any{
			{"双柳村2026年第一季度补助发放花名册"},
			{"填报单位:双柳村民委员会", nil, nil, nil, nil, "2026年3月"},
			{},
			{"序号", "组", " 户主姓名 ", "家庭人口数(人)", "补助金额(元)", "备注"},
			{1, "一组", "张三丰", 3, 1200.5},
			{2, "一组", "李 四", 2, 800},
			{"小计", nil, nil, 5, 2000.5},
			{},
			{3, "二组", "欧阳  小华", 4, 1500, "新增"},
			{4},
			{"合计", nil, nil, 9, 3500.5},
			{"备注:以上金额以实际到账为准。"},
			{"填表人:王小明", nil, nil, "审核人:赵大山", nil, "2026年3月5日"},
		}, func(f *excelize.File) {
			must(f.MergeCell("Sheet1", "A1", "F1"))
			must(f.MergeCell("Sheet1", "A7", "C7"))
			must(f.MergeCell("Sheet1", "A12", "F12"))
		}),
		HeaderFrom: 4, HeaderTo: 4,
		Records: []map[string]string{
			r("team", "一组", "label", "张三丰", "people", "3", "amount", "120050"),
			r("team", "一组", "label", "李四", "people", "2", "amount", "80000"),
			r("team", "二组", "label", "欧阳小华", "people", "4", "amount", "150000"),
		},
		Skips:  []string{"1 title", "2 title", "7 subtotal", "8 blank", "10 blank", "11 subtotal", "12 note", "13 note"},
		Totals: map[string]int64{"people": 9, "amount": 350050},
	}
}

func twoLines() Sample {
	return Sample{
		Name: "header of two lines, merged", FileName: "花名册.xlsx",
		File: workbook([][]any{
			{"苇子沟村贫困户名册"},
			{"序号", "户主信息", nil, "家庭人口", "补助金额(元)", "发放情况", nil},
			{nil, "姓名", "组别", nil, nil, "发放日期", "签字"},
			{1, "孙小满", "3组", 2, 600, "2026-03-05", "是"},
			{2, "周大树", "3组", 5, "1,500.00", "2026/3/6", "否"},
		}, func(f *excelize.File) {
			for _, m := range [][2]string{{"A1", "G1"}, {"A2", "A3"}, {"B2", "C2"}, {"D2", "D3"}, {"E2", "E3"}, {"F2", "G2"}} {
				must(f.MergeCell("Sheet1", m[0], m[1]))
			}
		}),
		HeaderFrom: 2, HeaderTo: 3,
		Records: []map[string]string{
			r("label", "孙小满", "team", "3组", "people", "2", "amount", "60000", "paid_on", "2026-03-05", "agreed", "1"),
			r("label", "周大树", "team", "3组", "people", "5", "amount", "150000", "paid_on", "2026-03-06", "agreed", "0"),
		},
		Skips: []string{"1 title"},
	}
}

func wan() Sample {
	return Sample{
		Name: "amounts in 万元 by a note above, one in 元", FileName: "资金.xlsx",
		File: workbook([][]any{
			{"资金安排表"},
			{nil, nil, nil, "单位:万元"},
			{"村名", "姓名", "人数", "金额"},
			{"新河沿村", "钱多多", 3, 12.3456},
			{"新河沿村", "冯小刚子", 1, "5000元"},
			{"新河沿村", "陈大江", 1, "0.5万"},
			{"新河沿村", "褚小溪", 1, 0.0000005},
			{"总计", nil, 6, 13.3456},
		}, nil),
		HeaderFrom: 3, HeaderTo: 3,
		Records: []map[string]string{
			r("place", "新河沿村", "label", "钱多多", "people", "3", "amount", "12345600"),
			r("place", "新河沿村", "label", "冯小刚子", "people", "1", "amount", "500000"),
			r("place", "新河沿村", "label", "陈大江", "people", "1", "amount", "500000"),
			r("place", "新河沿村", "label", "褚小溪", "people", "1"),
		},
		Problems: []string{"D7 fraction"},
		Skips:    []string{"1 title", "2 title", "8 subtotal"},
		Totals:   map[string]int64{"people": 6, "amount": 13345600},
	}
}

func mergedVillages() Sample {
	return Sample{
		Name: "village and amount merged down the rows", FileName: "分村.xlsx",
		File: workbook([][]any{
			{"村", "组", "户主", "人口", "发放金额"},
			{"双柳村", "一组", "卫青山", 3, 300},
			{nil, nil, "蒋文化", 2, nil},
			{nil, "二组", "沈清水", 1, 100},
			{"大榆树村", nil, "韩建国子", 4, 400},
		}, func(f *excelize.File) {
			must(f.MergeCell("Sheet1", "A2", "A4"))
			must(f.MergeCell("Sheet1", "B2", "B3"))
			must(f.MergeCell("Sheet1", "E2", "E3"))
		}),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("place", "双柳村", "team", "一组", "label", "卫青山", "people", "3", "amount", "30000"),
			r("place", "双柳村", "team", "一组", "label", "蒋文化", "people", "2"),
			r("place", "双柳村", "team", "二组", "label", "沈清水", "people", "1", "amount", "10000"),
			r("place", "大榆树村", "label", "韩建国子", "people", "4", "amount", "40000"),
		},
		Problems: []string{"E3 merged"},
	}
}

func gbk() Sample {
	file, err := simplifiedchinese.GBK.NewEncoder().String(strings.Join([]string{
		"南泡子村补助发放表,,,", "组别,姓名,人数,发放金额(元)", "一组,杨柳青,３,\"1,234.50\"", "",
		"二组,\"朱\n小红\",2人,800", "三组,秦岭,二,￥50", "合计,,,2084.50", "说明:本表一式两份,,,", "",
	}, "\r\n"))
	must(err)
	return Sample{
		Name: "csv in GBK with a line break in a cell", FileName: "发放表.csv", File: []byte(file),
		HeaderFrom: 2, HeaderTo: 2,
		Records: []map[string]string{
			r("team", "一组", "label", "杨柳青", "people", "3", "amount", "123450"),
			r("team", "二组", "label", "朱小红", "people", "2", "amount", "80000"),
			r("team", "三组", "label", "秦岭", "people", "2", "amount", "5000"),
		},
		Skips:  []string{"1 title", "4 blank", "7 subtotal", "8 note"},
		Totals: map[string]int64{"amount": 208450},
	}
}

func semicolons() Sample {
	return Sample{
		Name: "csv with BOM and semicolons", FileName: "list.csv",
		File:       []byte("\ufeff户主姓名;补助金额;一卡通账号\n尤其是;1200,50;6217****0000\n许愿;\"1,200.50\";=\"00001234\"\n何必;-5;12\n"),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "尤其是", "account", "6217****0000"),
			r("label", "许愿", "amount", "120050", "account", "00001234"),
			r("label", "何必"),
		},
		Problems: []string{"B2 not_number", "B4 negative", "C4 not_account"},
	}
}

func utf16() Sample {
	file, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("姓名\t金额\t日期\n吕梁山\t100\t2026.3.5\n")
	must(err)
	return Sample{
		Name: "Excel's own text: UTF-16 with tabs", FileName: "导出.txt", File: []byte(file),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{r("label", "吕梁山", "amount", "10000", "paid_on", "2026-03-05")},
	}
}

func fullWidth() Sample {
	return Sample{
		Name: "full-width digits and spaces in headings", FileName: "全角.xlsx",
		File: workbook([][]any{
			{"序 号", "户　主", "人\n数", "补助金额\n(元)"},
			{"１", "　施　恩　", "４人", "１，２００．５０"},
			{"２", "张·阿依古丽", "３．０", "２００元"},
			{"３", "孔明灯", "２.５", "壹佰"},
		}, nil),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "施恩", "people", "4", "amount", "120050"),
			r("label", "张·阿依古丽", "people", "3", "amount", "20000"),
			r("label", "孔明灯"),
		},
		Problems: []string{"C4 not_whole", "D4 not_number"},
	}
}
