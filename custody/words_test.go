package custody

import (
	"testing"

	"github.com/mozillazg/go-pinyin"
)

// TestNoTwoWordsSoundAlike: the words are read aloud over bad lines.
func TestNoTwoWordsSoundAlike(t *testing.T) {
	for _, list := range []string{manners, things} {
		seen := map[string]rune{}
		for _, r := range list {
			sound := pinyin.LazyPinyin(string(r), pinyin.NewArgs())[0]
			if other, has := seen[sound]; has {
				t.Errorf("%c and %c are both %s", other, r, sound)
			}
			seen[sound] = r
		}
		if len(seen) != 32 {
			t.Errorf("%d words", len(seen))
		}
	}
}
