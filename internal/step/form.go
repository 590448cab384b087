package step

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Invalid says which fields of a form need fixing: field → problem key; the
// sentences are in the catalogs as problem.<key>.
type Invalid struct{ Problems map[string]string }

// Error names the fields only: values are people's words.
func (i *Invalid) Error() string {
	var fields []string
	for field := range i.Problems {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return "to be fixed: " + strings.Join(fields, ", ")
}

// Bad says that one field of a form needs fixing.
func Bad(field, key string) error { return &Invalid{Problems: map[string]string{field: key}} }

// Form gathers what is wrong with several fields, so that all are shown at
// once. The first problem of a field stays. The zero Form is ready.
type Form struct{ problems map[string]string }

// Require notes a problem of a field unless ok.
func (f *Form) Require(ok bool, field, key string) {
	if _, has := f.problems[field]; ok || has {
		return
	}
	if f.problems == nil {
		f.problems = map[string]string{}
	}
	f.problems[field] = key
}

// Text returns the text without its outer spaces and notes a problem unless it
// then has least to most characters.
func (f *Form) Text(field, text string, least, most int, key string) string {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	f.Require(n >= least && n <= most, field, key)
	return text
}

// Check takes over the problems of an *Invalid; any other error is returned.
func (f *Form) Check(err error) error {
	var wrong *Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	for field, key := range wrong.Problems {
		f.Require(false, field, key)
	}
	return nil
}

// Err is *Invalid with everything noted, or nil.
func (f *Form) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	return &Invalid{Problems: f.problems}
}
