package intake

import (
	"slices"
	"testing"
)

func TestGrams(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"，。 !", nil},
		{"钱", []string{"钱"}},
		{"低保", []string{"低保"}},
		{"危房改造", []string{"危房", "房改", "改造"}},
		{"修路，挪用", []string{"修路", "挪用"}},
		{"少了3000元", []string{"少了", "3000", "元"}},
		{"１３８００１３８０００", []string{"13800138000"}},
		{"WeChat支付", []string{"wechat", "支付"}},
		{"访2026-000123", []string{"访", "2026", "000123"}},
		{"天天天天", []string{"天天"}},
		{"a{b},\"c'", []string{"a", "b", "c"}},
	} {
		if got := Grams(c.text); !slices.Equal(got, c.want) {
			t.Errorf("Grams(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
