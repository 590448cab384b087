package sheettest

import (
	"time"

	"github.com/xuri/excelize/v2"
)

func brokenFormulas() Sample {
	return Sample{
		Name: "formulas: with result, without, and #REF!", FileName: "公式.xlsx",
		File: workbook([][]any{
			{"姓名", "人口", "标准", "金额"},
			{"曹操心", 3, 100},
			{"严寒冬", 2, 100},
			{"华山论", "#N/A", 100, 5},
			{"金满仓", 1, 100, 0.1 + 0.2},
		}, func(f *excelize.File) {
			must(f.SetCellFormula("Sheet1", "D2", "B2*C2")) // written without a result
			must(f.SetCellValue("Sheet1", "D3", 200))
			must(f.SetCellFormula("Sheet1", "D3", "B3*C3"))
			must(f.SetCellValue("Sheet1", "B4", "#REF!"))
		}),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "曹操心", "people", "3"),
			r("label", "严寒冬", "people", "2", "amount", "20000"),
			r("label", "华山论", "amount", "500"),
			r("label", "金满仓", "people", "1", "amount", "30"),
		},
		Problems: []string{"D2 formula", "B4 error"},
	}
}

func textNumbers() Sample {
	return Sample{
		Name: "numbers as text, signs of currency, dashes, negatives", FileName: "文本.xlsx",
		File: workbook([][]any{
			{"姓名", "人数", "金额(元)", "是否签字"},
			{"魏小花", "3", "'1200", "√"},
			{"陶然亭", " 2 ", "¥1,200.00", "已签字"},
			{"姜子鸭", "—", "1200.005", "×"},
			{"戚家军", "2.0", "(300)", "也许"},
			{"谢谢你", "1", "人民币300元整", "/"},
			{nil, "1", "10", "是"},
			{"超长的名字超长的名字超长的名字超长的名字超长的名字超长的名字超长的名字超长的名字超", "1", "9999999999999999", "是"},
		}, nil),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "魏小花", "people", "3", "amount", "120000", "agreed", "1"),
			r("label", "陶然亭", "people", "2", "amount", "120000", "agreed", "1"),
			r("label", "姜子鸭", "agreed", "0"),
			r("label", "戚家军", "people", "2"),
			r("label", "谢谢你", "people", "1", "amount", "30000"),
			r("people", "1", "amount", "1000", "agreed", "1"),
			r("people", "1", "agreed", "1"),
		},
		Problems: []string{"C4 fraction", "C5 negative", "D5 not_yes_no", "A7 required", "A8 too_long", "C8 too_large"},
	}
}

func dates() Sample {
	return Sample{
		Name: "days in seven forms", FileName: "日期.xlsx",
		File: workbook([][]any{
			{"姓名", "金额", "发放日期"},
			{"邹忌讽", 1, "2026-03-05"},
			{"喻世明", 1, "2026.3.5"},
			{"柏林墙", 1, "2026年3月5日"},
			{"水长流", 1, "20260305"},
			{"窦娥冤", 1, time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)},
			{"章回体", 1, 46086},
			{"云中鹤", 1, "2026/3/5 0:00:00"},
			{"苏州河", 1, "2026年2月30日"},
			{"潘多拉", 1, "3/5/2026"},
		}, func(f *excelize.File) {
			chinese := `yyyy"年"m"月"d"日"`
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &chinese})
			must(err)
			must(f.SetCellStyle("Sheet1", "C6", "C6", style))
		}),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "邹忌讽", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "喻世明", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "柏林墙", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "水长流", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "窦娥冤", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "章回体", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "云中鹤", "amount", "100", "paid_on", "2026-03-05"),
			r("label", "苏州河", "amount", "100"),
			r("label", "潘多拉", "amount", "100"),
		},
		Problems: []string{"C9 not_day", "C10 not_day"},
	}
}

// The numbers are the examples of GB 11643 and one with a wrong check digit.
func identities() Sample {
	return Sample{
		Name: "identity numbers as text, as a number, with spaces", FileName: "身份.xlsx",
		File: workbook([][]any{
			{"户主姓名", "户主身份证号", "银行账号", "金额"},
			{"葛优优", "11010519491231002X", "6217 0000 0000 0000 000", 1},
			{"奚落", "110105 19491231 002x", "'0000", 2},
			{"范文澜子", 440524188001010014, 6217000000000000, 3},
			{"彭湖湾", "１１０１０５４９１２３１００２", "无", 4},
			{"郎中令", "见附件", "", 5},
		}, nil),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("label", "葛优优", "id_number", "11010519491231002X", "account", "6217000000000000000", "amount", "100"),
			r("label", "奚落", "id_number", "11010519491231002X", "account", "0000", "amount", "200"),
			r("label", "范文澜子", "amount", "300"),
			r("label", "彭湖湾", "id_number", "110105491231002", "amount", "400"),
			r("label", "郎中令", "amount", "500"),
		},
		Problems: []string{"B4 digits_lost", "C4 digits_lost", "B6 not_identity"},
	}
}

func hidden() Sample {
	return Sample{
		Name: "hidden rows and columns are read, and told", FileName: "隐藏.xlsx",
		File: workbook([][]any{
			{"姓名", "电话", "金额"},
			{"鲁班尺", "13800000000", 1},
			{"韦编绝", "13800000000", 2},
		}, func(f *excelize.File) {
			must(f.SetRowVisible("Sheet1", 3, false))
			must(f.SetColVisible("Sheet1", "B", false))
		}),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{r("label", "鲁班尺", "amount", "100"), r("label", "韦编绝", "amount", "200")},
	}
}

func pages() Sample {
	return Sample{
		Name: "header printed again on every page", FileName: "分页.xlsx",
		File: workbook([][]any{
			{"组", "姓名", "金额(元)"},
			{"一组", "昌平", 1},
			{"本页小计", nil, 1},
			{"组", "姓名", "金额(元)"},
			{"一组", "马小跳跳", 2},
			{"本页小计", nil, 2},
			{"双柳村第二组"},
			{"二组", "苗圃", 3},
			{"总计", nil, 6},
			{"审核人(签字):", nil, "公章"},
		}, func(f *excelize.File) { must(f.MergeCell("Sheet1", "A7", "C7")) }),
		HeaderFrom: 1, HeaderTo: 1,
		Records: []map[string]string{
			r("team", "一组", "label", "昌平", "amount", "100"),
			r("team", "一组", "label", "马小跳跳", "amount", "200"),
			r("team", "二组", "label", "苗圃", "amount", "300"),
		},
		Skips:  []string{"3 subtotal", "4 title", "6 subtotal", "7 note", "9 subtotal", "10 note"},
		Totals: map[string]int64{"amount": 600},
	}
}

func flatHeader() Sample {
	return Sample{
		Name: "csv with a header of two lines and no merged cells", FileName: "两行.csv",
		File:       []byte("序号,户主,家庭情况,,补助,\n,,人口,组别,金额(万元),日期\n1,凤凰山,3,一组,0.12,2026-03-05\n"),
		HeaderFrom: 1, HeaderTo: 2,
		Records: []map[string]string{r("label", "凤凰山", "people", "3", "team", "一组", "amount", "120000", "paid_on", "2026-03-05")},
	}
}

func secondSheet() Sample {
	return Sample{
		Name: "table on the second sheet, far down and to the right", FileName: "多表.xlsx", Sheet: 1,
		File: workbook([][]any{{"填表说明"}, {"请填写第二张表"}}, func(f *excelize.File) {
			_, err := f.NewSheet("名单")
			must(err)
			rows := make([][]any, 12)
			rows = append(rows, []any{nil, nil, nil, "姓名", "金额/元"}, []any{nil, nil, nil, "花果山", 7})
			fill(f, "名单", rows)
		}),
		HeaderFrom: 13, HeaderTo: 13,
		Records: []map[string]string{r("label", "花果山", "amount", "700")},
	}
}
