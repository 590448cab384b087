package privacy_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"minsheng/internal/privacy"
)

// found is one expected finding: its kind and the bytes it covers.
type found struct {
	kind privacy.Kind
	text string
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []found
	}{
		{"id", "户主身份证11010519491231002X。", []found{{privacy.IDNumber, "11010519491231002X"}}},
		{"id, wrong check digit", "张某 211122198001010000", []found{{privacy.IDNumber, "211122198001010000"}}},
		{"id, small x", "11010519491231002x", []found{{privacy.IDNumber, "11010519491231002x"}}},
		{"id, full width", "号码４４０５２４１８８００１０１００１４", []found{{privacy.IDNumber, "４４０５２４１８８００１０１００１４"}}},
		{"id, full-width X", "１１０１０５１９４９１２３１００２Ｘ", []found{{privacy.IDNumber, "１１０１０５１９４９１２３１００２Ｘ"}}},
		{"id, groups", "110105 19491231 002X", []found{{privacy.IDNumber, "110105 19491231 002X"}}},
		{"id, hyphens", "110105-19491231-002X", []found{{privacy.IDNumber, "110105-19491231-002X"}}},
		{"id, dots", "110105.19491231.002X", []found{{privacy.IDNumber, "110105.19491231.002X"}}},
		{"id, X apart", "11010519491231002 X", nil}, // seventeen digits say little; see the labelled one
		{"id, single digits", "4 4 0 5 2 4 1 8 8 0 0 1 0 1 0 0 1 4", []found{{privacy.IDNumber, "4 4 0 5 2 4 1 8 8 0 0 1 0 1 0 0 1 4"}}},
		{"id, zero width between", "440524\u200b188001010014", []found{{privacy.IDNumber, "440524\u200b188001010014"}}},
		{"id, arabic digits", "٤٤٠٥٢٤١٨٨٠٠١٠١٠٠١٤", []found{{privacy.IDNumber, "٤٤٠٥٢٤١٨٨٠٠١٠١٠٠١٤"}}},
		{"id, odd split with right check digit", "44052 41880 01010 014", []found{{privacy.IDNumber, "44052 41880 01010 014"}}},
		{"id, no form beside its label", "身份证号 211122009913450000", []found{{privacy.IDNumber, "211122009913450000"}}},
		{"id, no form without label", "流水 211122009913450000", nil},
		{"id, 15 digits", "原证440524800101001", []found{{privacy.IDNumber, "440524800101001"}}},
		{"15 digits, no form", "项目211122999999999", nil},
		{"15 digits, no form beside label", "身份证:211122999999999", []found{{privacy.HeaderWord, "身份证"}, {privacy.IDNumber, "211122999999999"}}},
		{"phone glued to id", "1380000000011010519491231002X", []found{{privacy.IDNumber, "1380000000011010519491231002X"}}},
		{"two ids", "11010519491231002X,440524188001010014", []found{{privacy.IDNumber, "11010519491231002X"}, {privacy.IDNumber, "440524188001010014"}}},
		{"mobile", "找他13800000000问", []found{{privacy.Mobile, "13800000000"}}},
		{"mobile, full width", "手机１３８００００００００", []found{{privacy.Mobile, "１３８００００００００"}}},
		{"mobile, groups", "138-0000-0000", []found{{privacy.Mobile, "138-0000-0000"}}},
		{"mobile, dots", "138.0000.0000", []found{{privacy.Mobile, "138.0000.0000"}}},
		{"mobile, country", "+86 138 0000 0000", []found{{privacy.Mobile, "86 138 0000 0000"}}},
		{"mobile, country 00", "008613800000000", []found{{privacy.Mobile, "008613800000000"}}},
		{"mobile, letters in front", "tel13800000000", []found{{privacy.Mobile, "13800000000"}}},
		{"mobile in a hash", "a1b13800000000c", nil},
		{"amount like a mobile", "共计18000000000元", nil},
		{"amount with decimals", "13800000000.00", nil},
		{"amount with four decimals", "1380000.0000", nil},
		{"label beats amount", "电话13800000000 元", []found{{privacy.Mobile, "13800000000"}}},
		{"document number like a mobile", "合同编号13800000000", nil},
		{"division code", "双柳村 211122111901", nil},
		{"landline", "电话0427-2820000", []found{{privacy.Landline, "0427-2820000"}}},
		{"landline in one", "04272820000", []found{{privacy.Landline, "04272820000"}}},
		{"landline, brackets", "(0427)2820000", []found{{privacy.Landline, "(0427)2820000"}}},
		{"landline, wide brackets", "（0427）2820000", []found{{privacy.Landline, "（0427）2820000"}}},
		{"landline, full width", "０４２７－２８２００００", []found{{privacy.Landline, "０４２７－２８２００００"}}},
		{"landline of Shenyang", "024 2280 0000", []found{{privacy.Landline, "024 2280 0000"}}},
		{"local landline beside its label", "联系电话:2820000", []found{{privacy.Landline, "2820000"}}},
		{"seven digits alone", "共2820000元", nil},
		{"hotlines", "请拨打12317、12345或12388", nil},
		{"toll free", "400-000-0000", nil},
		{"card, Luhn", "6222020000000000005", nil},
		{"card, Luhn right", "4111111111111111", []found{{privacy.BankCard, "4111111111111111"}}},
		{"card beside its word", "账号 6222020000000000005", []found{{privacy.BankCard, "6222020000000000005"}}},
		{"card, groups", "卡号6222 0200 0000 0000 005", []found{{privacy.BankCard, "6222 0200 0000 0000 005"}}},
		{"card-like amount", "资金规模4111111111111111元", nil},
		{"years", "2015 2016 2017 2018 2019", nil},
		{"dates", "2026-03-05 至 2026-03-11,2026.3.5 2026.4.5,20260305", nil},
		{"amounts", "1,234,567.89元 50000.00 3.5万元 12 1300 15000", nil},
		{"document", "盘扶贫〔2026〕12号,国开办发〔2018〕11号", nil},
		{"rows of figures", "15 2026 12000\n13 120 3500 20", nil},
		{"plate", "辽L·12345", []found{{privacy.Plate, "辽L·12345"}}},
		{"plate without dot", "车辽l12345停在", []found{{privacy.Plate, "辽l12345"}}},
		{"plate, full width", "辽Ｌ１２３４５", []found{{privacy.Plate, "辽Ｌ１２３４５"}}},
		{"plate, new energy", "京AD12345", []found{{privacy.Plate, "京AD12345"}}},
		{"plate of Tibet", "藏A-1A234", []found{{privacy.Plate, "藏A-1A234"}}},
		{"plate with a radical for its province", "\u2ed8A12345", []found{{privacy.Plate, "\u2ed8A12345"}}},
		{"plate with another radical", "\u2fcaA12345", []found{{privacy.Plate, "\u2fcaA12345"}}},
		{"no plate", "川A4纸打印,辽L〔2026〕12号,京AB", nil},
		{"label with a wide colon", "开户行：某银行", []found{{privacy.HeaderWord, "开户行"}}},
		{"label of an account", "开户行:某银行", []found{{privacy.HeaderWord, "开户行"}}},
		{"label with nothing behind", "账号:____", nil},
		{"telephone of the office", "监督电话:12317", nil},
		{"column heading", "姓名\t身份证号\t金额(元)\n张三\t2111**********0014\t100", []found{{privacy.HeaderWord, "身份证号"}}},
		{"column heading of telephones", "户主\t联系电话", []found{{privacy.HeaderWord, "联系电话"}}},
		{"sentence about certificates", "请带身份证、户口本,到村部登记。", nil},
		{"nothing", "关于双柳村2026年低保名单的公示", nil},
		{"broken text", "\xff13800000000\xfe", []found{{privacy.Mobile, "13800000000"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := privacy.Find(c.text)
			if len(got) != len(c.want) {
				t.Fatalf("found %v, want %v", got, c.want)
			}
			for i, f := range got {
				if f.Kind != c.want[i].kind || c.text[f.Start:f.End] != c.want[i].text {
					t.Errorf("found %s %q, want %v", f.Kind, c.text[f.Start:f.End], c.want[i])
				}
			}
		})
	}
}

func TestFindingsAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"11010519491231002X":    "1101****002X",
		"440524800101001":       "4405****1001",
		"138-0000-0000":         "138****0000",
		"１３８００００００００":           "138****0000",
		"0427-2820000":          "****00",
		"辽L·12345":              "辽L·1***5",
		"京AD12345":              "京A·D****5",
		"卡号6222020000000000005": "****0005",
		"开户行:某银行":               "开户行",
	} {
		got := privacy.Find(text)
		if len(got) != 1 || got[0].Masked != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}

func TestHeading(t *testing.T) {
	for text, want := range map[string]privacy.Kind{
		"身份证号": privacy.IDNumber, "身份证 号码(18位)": privacy.IDNumber, "证件号码": privacy.IDNumber, "公民身份\n号码": privacy.IDNumber,
		"电话": privacy.Landline, "联系电话": privacy.Landline, "联系方式": privacy.Landline,
		"手机": privacy.Mobile, "手机号码": privacy.Mobile,
		"账号": privacy.BankCard, "一卡通账号": privacy.BankCard, "银行卡号": privacy.BankCard, "开户行": privacy.BankCard, "账户": privacy.BankCard,
		"车牌号": privacy.Plate,
		"姓名":  "", "户主": "", "金额(元)": "", "监督电话": "", "举报电话(12317)": "", "项目名称": "", "证件是否齐全": "", "通电话户数": "",
		"请各户带好身份证原件和复印件于本周五之前到村部登记领取": "", "": "",
	} {
		kind, found := privacy.Heading(text)
		if kind != want || found != (want != "") {
			t.Errorf("Heading(%q) = %q, %v; want %q", text, kind, found, want)
		}
	}
}

// TestFindIsQuick: a cell is looked at two hundred thousand times an import.
func TestFindIsQuick(t *testing.T) {
	long := strings.Repeat("1 ", 20_000)
	start := time.Now()
	privacy.Find(long)
	privacy.Find(strings.Repeat("身份证:", 20_000))
	privacy.Find(strings.Repeat("9", 100_000))
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"11010519491231002X", "138-0000-0000", "(0427)2820000", "辽L·12345", "账号:1\t\n", "\xff12345678901234567", "㍿㎏½1380"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range privacy.Find(text) {
			if found.Start < end || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%v in %q", found, text)
			}
			if end = found.End; utf8.ValidString(text) && !utf8.ValidString(text[found.Start:found.End]) {
				t.Fatalf("%v cuts a character of %q", found, text)
			}
			if found.Kind != privacy.HeaderWord && found.Masked == text[found.Start:found.End] {
				t.Fatalf("%v shows all of it", found)
			}
		}
	})
}

// FuzzFindHidden hides a number in every way that is listed, in front of and
// behind any text: it is found.
func FuzzFindHidden(f *testing.F) {
	f.Add("户主", "住在村东", uint8(0))
	f.Add("2026年3月5日", "领取500元", uint8(3))
	f.Fuzz(func(t *testing.T, before, behind string, how uint8) {
		hide := []func(string) string{
			func(s string) string { return s },
			wide,
			func(s string) string { return s[:6] + " " + s[6:14] + " " + s[14:] },
			func(s string) string { return s[:6] + "-" + s[6:14] + "-" + s[14:] },
			func(s string) string { return s[:9] + "\u200b" + s[9:] },
		}
		text := before + "。" + hide[int(how)%len(hide)]("11010519491231002X") + "。" + behind
		at := len(before) + len("。")
		for _, found := range privacy.Find(text) {
			if found.Start <= at && found.End > at {
				return
			}
		}
		t.Errorf("not found in %q", text)
	})
}

func wide(digits string) string {
	return strings.Map(func(r rune) rune { return r + 0xfee0 }, digits)
}
