package triage

import "testing"

func TestWhoIsSaidToReportIsFoundByName(t *testing.T) {
	for text, want := range map[string]string{
		"柳大有说会计扣了钱。":         "柳大有说",
		"经查，张试样反映的情况属实":      "张试样反映",
		"据村民李梅举报":            "李梅举报",
		"王建国本人来访":            "王建国本人来访",
		"反映人说会计扣了钱，村民代表反映属实": "",
		"双柳村反映的补助、王家村投诉两件":   "",
		"陈组长说、田书记说":          "",
		"张贴说明后，高声称呼":         "",
		"发放表与存折相差三千元":        "",
	} {
		got := ""
		for _, f := range speakers("facts", text) {
			got += f.Words
		}
		if got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}
