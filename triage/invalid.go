package triage

import (
	"errors"
	"strings"
	"unicode/utf8"

	"minsheng/intake"
	"minsheng/internal/store"
)

// bad says that one field of a form needs fixing (catalog key problem.<key>).
func bad(field, key string) error {
	return &intake.Invalid{Problems: map[string]string{field: key}}
}

// orInvalid is bad when what a field names does not exist or may not be known,
// and err itself when something else went wrong.
func orInvalid(err error, field, key string) error {
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return bad(field, key)
	}
	return err
}

// within is bad unless the text, without its outer spaces, has min to max
// characters.
func within(field, text string, min, max int, key string) error {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	if n < min || n > max {
		return bad(field, key)
	}
	return nil
}

// form gathers what is wrong with several fields, so that all are shown at
// once. The first problem of a field stays.
type form map[string]string

func (f form) check(err error) {
	var one *intake.Invalid
	if !errors.As(err, &one) {
		return
	}
	for field, key := range one.Problems {
		if _, has := f[field]; !has {
			f[field] = key
		}
	}
}

func (f form) require(ok bool, field, key string) {
	if !ok {
		f.check(bad(field, key))
	}
}

func (f form) err() error {
	if len(f) == 0 {
		return nil
	}
	return &intake.Invalid{Problems: f}
}
