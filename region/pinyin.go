package region

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// readings corrects what the character-by-character dictionary gets wrong in
// the names of this region: 圈 in place names is a pen for animals.
var readings = map[string][]string{
	"圈": {"juan"},
	"得": {"de"},
	"堡": {"pu"},
}

// spell returns a name's pinyin without tones ("shuangliucun") and its
// initials ("slc"). Letters and digits stand for themselves.
func spell(name string) (full, initials string) {
	args := pinyin.NewArgs()
	var f, i strings.Builder
	for _, r := range strings.ToLower(name) {
		syllables := readings[string(r)]
		if syllables == nil {
			syllables = pinyin.SinglePinyin(r, args)
		}
		switch {
		case len(syllables) > 0:
			f.WriteString(syllables[0])
			i.WriteByte(syllables[0][0])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			f.WriteRune(r)
			i.WriteRune(r)
		}
	}
	return f.String(), i.String()
}
