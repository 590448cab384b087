package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestLanguagesSayTheSameThings(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	zh, en := c.Keys(Chinese), c.Keys(English)
	if len(zh) == 0 {
		t.Fatal("no sentences")
	}
	for key, text := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("en lacks %q", key)
			continue
		}
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%q: zh-CN uses %v, en uses %v", key, a, b)
		}
		if strings.TrimSpace(text) == "" || strings.TrimSpace(other) == "" {
			t.Errorf("%q is empty", key)
		}
	}
	for key := range en {
		if _, ok := zh[strings.TrimSuffix(key, "#one")]; !ok {
			t.Errorf("zh-CN lacks %q", key)
		}
	}
}
