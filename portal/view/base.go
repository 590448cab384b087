package view

import (
	"net/url"

	"minsheng/portal/locale"
)

// Base is what every page knows; page structs embed it.
type Base struct {
	Lang  locale.Lang
	Big   bool   // elder mode: larger type and targets
	Path  string // of this page, for the language and size switches
	Title string // ready text
}

// Href is path with the reader's language and size carried along. No cookie
// remembers them.
func (b Base) Href(path string) string { return link(path, b.Lang, b.Big) }

// InLang is this page in another language.
func (b Base) InLang(lang string) string { return link(b.Path, locale.Lang(lang), b.Big) }

// InSize is this page in large or ordinary type.
func (b Base) InSize(big bool) string { return link(b.Path, b.Lang, big) }

func link(path string, lang locale.Lang, big bool) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Del("lang")
	q.Del("size")
	if lang != locale.Chinese {
		q.Set("lang", string(lang))
	}
	if big {
		q.Set("size", "big")
	}
	u.RawQuery = q.Encode()
	return u.String()
}
