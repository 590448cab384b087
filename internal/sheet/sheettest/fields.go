package sheettest

import "minsheng/internal/sheet"

// Fields are columns of a household list with payments, for tests.
func Fields() []sheet.Field {
	return []sheet.Field{
		{Code: "place", Type: sheet.Text, Names: []string{"村", "行政村", "村名", "所在村"}},
		{Code: "team", Type: sheet.Text, Names: []string{"组", "村民组", "小组", "组别"}, Max: 20},
		{Code: "label", Type: sheet.Text, Names: []string{"户主", "姓名", "户主姓名", "农户姓名"}, Required: true, Max: 40},
		{Code: "people", Type: sheet.Whole, Names: []string{"人口", "人数", "家庭人口", "家庭人口数"}},
		{Code: "amount", Type: sheet.Money, Names: []string{"金额", "补助金额", "发放金额", "补贴金额"}, Required: true},
		{Code: "paid_on", Type: sheet.Day, Names: []string{"发放日期", "日期", "发放时间"}},
		{Code: "agreed", Type: sheet.YesNo, Names: []string{"是否签字", "签字"}},
		{Code: "id_number", Type: sheet.Identity, Names: []string{"身份证号", "身份证号码", "证件号码"}},
		{Code: "account", Type: sheet.Account, Names: []string{"账号", "银行账号", "一卡通账号"}},
	}
}
