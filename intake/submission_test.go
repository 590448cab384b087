package intake

import (
	"maps"
	"strings"
	"testing"
)

func TestWhatMayBeTyped(t *testing.T) {
	good := Submission{PlaceCode: "211122111901", Text: "去年的补助少给了三千块钱。", Mode: Anonymous}
	named := func(name, phone string) func(*Submission) {
		return func(s *Submission) { s.Mode, s.Name, s.Phone = Named, name, phone }
	}
	for name, c := range map[string]struct {
		change func(*Submission)
		want   map[string]string
	}{
		"good":               {func(*Submission) {}, nil},
		"no place":           {func(s *Submission) { s.PlaceCode = " " }, map[string]string{"place": "place_missing"}},
		"no mode":            {func(s *Submission) { s.Mode = "" }, map[string]string{"mode": "mode_missing"}},
		"odd mode":           {func(s *Submission) { s.Mode = "root" }, map[string]string{"mode": "mode_missing"}},
		"5000 characters":    {func(s *Submission) { s.Text = strings.Repeat("钱", 5000) }, nil},
		"5001 characters":    {func(s *Submission) { s.Text = strings.Repeat("钱", 5001) }, map[string]string{"text": "text_long"}},
		"spaces do not tell": {func(s *Submission) { s.Text = strings.Repeat("钱", 5000) + strings.Repeat(" ", 90) }, nil},
		"named, nothing":     {named("", ""), map[string]string{"name": "name_missing", "phone": "phone_missing"}},
		"confidential too":   {func(s *Submission) { s.Mode = Confidential }, map[string]string{"name": "name_missing", "phone": "phone_missing"}},
		"mobile":             {named("李某", "13800000000"), nil},
		"full-width mobile":  {named("李某", "１３８００００００００"), nil},
		"spaced mobile":      {named("李某", "138 0000-0000"), nil},
		"country code":       {named("李某", "+86 138 0000 0000"), nil},
		"landline":           {named("李某", "(0427)2800000"), nil},
		"short landline":     {named("李某", "2800000"), nil},
		"too short":          {named("李某", "1380000000"), map[string]string{"phone": "phone_odd"}},
		"too long":           {named("李某", "138000000001"), map[string]string{"phone": "phone_odd"}},
		"words":              {named("李某", "没有电话"), map[string]string{"phone": "phone_odd"}},
		"long name":          {named(strings.Repeat("李", 51), "13800000000"), map[string]string{"name": "name_long"}},
		"long facets": {func(s *Submission) {
			s.Who, s.When, s.Amount = strings.Repeat("会", 201), strings.Repeat("年", 201), strings.Repeat("元", 101)
		}, map[string]string{"who": "who_long", "when": "when_long", "amount": "amount_long"}},
		"unknown kind":    {func(s *Submission) { s.Kind = "BRIBE" }, map[string]string{"kind": "kind_unknown"}},
		"known kind":      {func(s *Submission) { s.Kind = "FUND_DIVERT" }, nil},
		"unknown accused": {func(s *Submission) { s.AccusedLevel = "moon" }, map[string]string{"accused": "accused_unknown"}},
		"hard words":      {func(s *Submission) { s.Text = "骂人的话 <script>alert(1)</script> =HYPERLINK(" }, nil},
	} {
		s := good
		c.change(&s)
		if got := s.tidied().problems(); !maps.Equal(got, c.want) {
			t.Errorf("%s: problems %v, want %v", name, got, c.want)
		}
	}
}

func TestAnonymousDropsTheNameTyped(t *testing.T) {
	s := Submission{Mode: Anonymous, Name: "李某", Phone: "13800000000"}.tidied()
	if s.Name != "" || s.Phone != "" {
		t.Errorf("kept %q, %q", s.Name, s.Phone)
	}
}

func TestTidy(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"  两行\r\n第二行\r第三行  ", "两行\n第二行\n第三行"},
		{"a\x00b\x1bc\x7fd", "abcd"},
		{"e\u0301", "é"},
		{"左\u202e右\u2066边\ufeff", "左右边"},
		{"坏\xff字", "坏\uFFFD字"},
		{"一\t二", "一 二"},
		{"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
	} {
		if got := tidy(c.typed); got != c.want {
			t.Errorf("tidy(%q) = %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestInvalidNamesFieldsAndNoWords(t *testing.T) {
	err := Invalid{Problems: map[string]string{"text": "text_short", "mode": "mode_missing"}}
	if got := err.Error(); got != "to be fixed: mode, text" {
		t.Errorf("Error() = %q", got)
	}
}

func TestSeverityByKind(t *testing.T) {
	for kind, want := range map[Kind]int{
		"RETALIATION": 1, "FUND_WITHHOLD": 2, "FUND_DELAY": 2, "CARD_HELD": 2, "HH_INFO_BAD": 3,
		"PROC_NO_PUBLICITY": 3, "": 3, "OTHER": 4, "PROJECT_QUALITY": 4,
	} {
		if got := kind.Severity(); got != want {
			t.Errorf("severity of %q = %d, want %d", kind, got, want)
		}
	}
}
