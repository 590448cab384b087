package privacy_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"minsheng/internal/privacy"
)

func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{
		"张三": "张*", "张老三": "张*三", "张 三": "张*", "张\u3000老三 ": "张*三",
		"欧阳华": "欧*华", "欧阳建华": "欧阳*华", "上官小小云": "上官*云", "诸葛": "诸*",
		"张王建国":     "张*国",
		"阿依古丽·买买提": "阿*·*提", "阿依古丽・买买提": "阿*·*提", "阿依古丽•买买提": "阿*·*提", "阿依古丽.买买提": "阿*·*提", "阿依古丽．买买提": "阿*·*提",
		"买买提·阿卜杜拉·艾力": "买*·*力", "阿·提": "阿*", "·张三": "张*", "阿·": "*",
		"John Smith": "J*", "Li": "L*", "J": "*", "张": "*", "": "", "   ": "", "\u200b": "",
		"😀": "*", "😀张三": "*", "13800000000": "*", "张三(户主)": "张*", "张三、李四": "张*", "〇一": "〇*",
		"张\u200b三": "张*", "\xff张三": "张*", "张*": "张*", "张*三": "张*", "𠮷田": "𠮷*",
		strings.Repeat("张", 5000): "张*张",
	} {
		if got := privacy.MaskName(name); got != want {
			t.Errorf("MaskName(%.30q) = %q, want %q", name, got, want)
		}
	}
}

func TestMaskNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{privacy.MaskID("440524188001010014"), "4405**********0014"},
		{privacy.MaskID("440524 18800101 0014"), "4405**********0014"},
		{privacy.MaskID("440524800101001"), "4405*******1001"},
		{privacy.MaskID("44052418"), "****"},
		{privacy.MaskID(""), "****"},
		{privacy.MaskPhone("13800000000"), "138****0000"},
		{privacy.MaskPhone("+86 138-0000-0000"), "138****0000"},
		{privacy.MaskPhone("0427-2820012"), "****12"},
		{privacy.MaskPhone("12345"), "****"},
		{privacy.Tail("6222 0200 0000 0000 005"), "0005"},
		{privacy.Tail("6222********1234"), "1234"},
		{privacy.Tail("1234"), "1234"},
		{privacy.Tail("12345"), ""},
		{privacy.Tail("无"), ""},
		{privacy.Tail("已销户已销户已销户"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

func TestID(t *testing.T) {
	for _, c := range []struct {
		text        string
		id          string
		form, valid bool
	}{
		{"11010519491231002X", "11010519491231002X", true, true},
		{"11010519491231002x", "11010519491231002X", true, true},
		{" 110105 19491231-002x", "11010519491231002X", true, true},
		{"440524188001010014", "440524188001010014", true, true},
		{"440524188001010015", "440524188001010015", true, false},
		{"440524800101001", "440524198001010013", true, true},
		{"440524189913010014", "440524189913010014", false, false},
		{"无", "无", false, false},
		{"", "", false, false},
	} {
		id, form, valid := privacy.ID(c.text)
		if id != c.id || form != c.form || valid != c.valid {
			t.Errorf("ID(%q) = %s %v %v", c.text, id, form, valid)
		}
	}
}

// allowed is how many characters of a name the table of DOMAIN §10 shows.
func allowed(name string) int {
	letters := 0
	for range name {
		letters++
	}
	switch {
	case letters <= 1:
		return 0
	case letters == 2:
		return 1
	case letters == 3:
		return 2
	}
	return 3 // compound surname and last
}

func FuzzMaskName(f *testing.F) {
	for _, seed := range []string{"张三", "欧阳建华", "阿依古丽·买买提", "J", "", "😀", "a\u0301b", "张 三", "〇〇", "张*", "ﷺ", "㍿"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		mask := privacy.MaskName(name)
		seen := strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn) || strings.ContainsRune("·•・", r) {
				return -1
			}
			return r
		}, norm.NFC.String(strings.ToValidUTF8(name, "")))
		shown := strings.NewReplacer("*", "", "·", "").Replace(mask)
		if n := utf8.RuneCountInString(shown); n > allowed(seen) && !strings.Contains(name, "*") {
			t.Errorf("%q shows %d of %d: %q", name, n, utf8.RuneCountInString(seen), mask)
		}
		if mask == name && mask != "" && !strings.Contains(name, "*") {
			t.Errorf("%q is not masked", name)
		}
		for _, r := range shown {
			if !strings.ContainsRune(norm.NFC.String(name), r) {
				t.Errorf("%q: %q is not of the name", name, mask)
			}
		}
		if mask != "" && !strings.Contains(mask, "*") {
			t.Errorf("%q hides nothing: %q", name, mask)
		}
	})
}
