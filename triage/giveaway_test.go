package triage

import (
	"slices"
	"strings"
	"testing"
)

// Numbers here are the standard's own examples, wrong ones, or ranges that are
// not given out.
func TestGiveaways(t *testing.T) {
	for _, test := range []struct {
		name, text, reason, words string
	}{
		{"ID number", "身份证11010519491231002X,请核对", "id_number", "11010519491231002X"},
		{"ID number, small x", "11010519491231002x", "id_number", "11010519491231002x"},
		{"the other example", "号440524188001010014。", "id_number", "440524188001010014"},
		{"wrong check digit", "110105194912310021", "id_number", "110105194912310021"},
		{"full width", "１１０１０５１９４９１２３１００２Ｘ", "id_number", "１１０１０５１９４９１２３１００２Ｘ"},
		{"spaced", "110105 19491231 002X", "id_number", "110105 19491231 002X"},
		{"hyphens", "110105-19491231-002X", "id_number", "110105-19491231-002X"},
		{"zero width inside", "110105\u200b19491231002X", "id_number", "110105\u200b19491231002X"},
		{"old ID number", "110105491231002", "id_number", "110105491231002"},
		{"no date, but called an ID", "身份证号:111111111111111111", "id_number", "111111111111111111"},
		{"mobile", "打13800000000找他", "phone", "13800000000"},
		{"mobile, full width", "１３８０００００００0", "phone", "１３８０００００００0"},
		{"mobile in groups", "138 0000 0000", "phone", "138 0000 0000"},
		{"mobile with country", "+8613800000000", "phone", "8613800000000"},
		{"two mobiles", "13800000000 13900000000", "phone", "13800000000"},
		{"landline", "0427-0000000", "phone", "0427-0000000"},
		{"landline unbroken", "04270000000", "phone", "04270000000"},
		{"local, called a phone", "电话:2800000", "phone", "2800000"},
		{"bank card", "4111111111111111", "card", "4111111111111111"},
		{"bank card in groups", "4111 1111 1111 1111", "card", "4111 1111 1111 1111"},
		{"called a card", "卡号 6200000000001", "card", "6200000000001"},
		{"plate", "开辽L12345来的", "plate", "辽L12345"},
		{"plate with dot", "辽L·12345", "plate", "辽L·12345"},
		{"mail", "写信到nobody@example.org吧", "mail", "nobody@example.org"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := giveaways("summary", test.text)
			if !slices.Contains(found, Finding{"summary", test.reason, test.words}) {
				t.Errorf("%q: %q, want %s %q", test.text, found, test.reason, test.words)
			}
		})
	}
}

func TestOrdinaryNumbersGiveNothingAway(t *testing.T) {
	for _, text := range []string{
		"", "2026年11月23日核查", "2026-11-23 至 2026-12-08", "每户15000元,实发12000元,共30户,合计450000元",
		"盘督交〔2026〕12号", "12317 或 12345", "第3组12户,面积 1234.5 亩", "访2026-000123",
		"4111111111111112", // fails the card's check digit, and is not called a card
		"辽河口生态经济区", "编号20261123001",
	} {
		if found := giveaways("summary", text); len(found) > 0 {
			t.Errorf("%q: %q", text, found)
		}
	}
}

func TestPhrasesAreTheReportersOwn(t *testing.T) {
	const told = "我是甜水镇双柳村二组的,去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二。"
	const place = "盘锦市盘山县甜水镇双柳村"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"own summary", "反映部分农户危房改造补助未足额发放。", nil},
		{"seven characters", "经查,给我家报的危房,属实。", nil},
		{"eight characters", "经查,给我家报的危房改,属实。", []string{"给我家报的危房改"}},
		{"copied whole", "去年村里给我家报的危房改造", []string{"去年村里给我家报的危房改造"}},
		{"other punctuation", "到我折子上、就一万二!", []string{"到我折子上、就一万二"}},
		{"spaces between", "到 我 折 子 上 就 一 万 二", []string{"到 我 折 子 上 就 一 万 二"}},
		{"across a comma", "说是补一万五到我折子上", []string{"说是补一万五到我折子上"}},
		{"two places", "给我家报的危房改造。另,到我折子上就一万二。", []string{"给我家报的危房改造", "到我折子上就一万二"}},
		{"the place's name is everybody's", "盘锦市盘山县甜水镇双柳村二组有问题", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var quoted []string
			for _, f := range phrases("summary", test.text, []string{told}, place) {
				quoted = append(quoted, f.Words)
			}
			if !slices.Equal(quoted, test.want) {
				t.Errorf("%q, want %q", quoted, test.want)
			}
		})
	}
}

func TestPhrasesInLetters(t *testing.T) {
	told := []string{"They kept three thousand yuan from my subsidy and laughed."}
	if found := phrases("summary", "Somebody kept three thousand yuan back.", told); len(found) > 0 {
		t.Errorf("four words: %q", found)
	}
	found := phrases("summary", "Officials Kept three, thousand yuan from a household.", told)
	if len(found) != 1 || found[0].Words != "Kept three, thousand yuan from" {
		t.Errorf("five words: %q", found)
	}
}

func TestLeaksNameFieldAndReason(t *testing.T) {
	s := Secrets{people: []string{"张试样", "李核"}, phones: []string{"138-0000-0001"}, words: []string{"会计说那三千是手续费上头规定的"}}
	found := leaks(s,
		[2]string{"title", "关于张 试样反映的事项"},
		[2]string{"summary", "会计说那三千是手续费。核查人李核。"},
		[2]string{"requirement", "请联系13800000001"})
	for _, want := range []Finding{
		{"title", "name", "张 试样"}, {"summary", "name", "李核"},
		{"summary", "phrase", "会计说那三千是手续费"}, {"requirement", "phone", "13800000001"},
	} {
		if !slices.Contains(found, want) {
			t.Errorf("%q lacks %q", found, want)
		}
	}
	if len(found) != 4 {
		t.Errorf("%d findings: %q", len(found), found)
	}
	if clean := leaks(s, [2]string{"summary", "请核查甲村危房改造补助发放情况"}); len(clean) > 0 {
		t.Errorf("clean text: %q", clean)
	}
}

func TestALongTextIsCheckedQuickly(t *testing.T) {
	long := strings.Repeat("村里的路修了一半就不修了问谁谁都说不知道", 250)
	if found := phrases("summary", strings.Repeat("请核查道路工程进度", 200), []string{long}); len(found) > 0 {
		t.Errorf("%q", found[0])
	}
}
