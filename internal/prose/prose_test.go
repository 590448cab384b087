package prose_test

import (
	"strings"
	"testing"

	"minsheng/internal/prose"
)

func TestWordsAreWhatAReaderSees(t *testing.T) {
	for source, want := range map[string]string{
		"电话138**0000**0000": "电话13800000000",
		"138*000*00000":     "13800000000",
		"[1380](https://a.example/)0000[000][b]\n\n[b]: https://a.example/": "13800000000",
		"一行\n二行":           "一行 二行",
		"138****0000":      "138****0000",
		"# 题目\n\n- 一\n- 二": "题目 一 二",
	} {
		if got := strings.Join(strings.Fields(prose.Words(source)), " "); got != want {
			t.Errorf("%q reads %q, want %q", source, got, want)
		}
	}
}
