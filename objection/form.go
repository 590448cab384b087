package objection

import (
	"strings"
	"unicode/utf8"

	"minsheng/intake"
)

// form gathers what is wrong with several fields, so that all are shown at once.
type form map[string]string

func (f form) require(ok bool, field, key string) {
	if _, has := f[field]; !ok && !has {
		f[field] = key
	}
}

// within requires that a text without its outer spaces has min to max characters.
func (f form) within(field, text string, min, max int, key string) {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	f.require(n >= min && n <= max, field, key)
}

func (f form) err() error {
	if len(f) == 0 {
		return nil
	}
	return &intake.Invalid{Problems: f}
}
