package evidence

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many characters of a file's name are kept.
const maxName = 100

// CleanName makes a name safe to show: NFC, no path, no control, direction or
// zero-width characters, at most 100 characters with the extension kept.
func CleanName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		// Cf holds the direction marks and the zero-width characters; the
		// Hangul fillers below are letters that look like nothing.
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Variation_Selector):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r), r == '\u115f', r == '\u1160', r == '\u3164', r == unicode.ReplacementChar:
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "evidence"
	}
	return shorten(name)
}

func shorten(name string) string {
	runes := []rune(name)
	if len(runes) <= maxName {
		return name
	}
	ending := ""
	if ext := extension(name); ext != "" {
		ending = "." + ext
	}
	return string(runes[:maxName-len(ending)]) + ending
}

// extension is the ending of a name in lower case, without its dot; "" when
// there is none. "现场.2024" has none: an extension is one to five Latin
// letters and digits with a letter among them.
func extension(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	ext := strings.ToLower(name[i+1:])
	letters := false
	for _, r := range ext {
		switch {
		case r >= 'a' && r <= 'z':
			letters = true
		case r < '0' || r > '9':
			return ""
		}
	}
	if !letters || len(ext) > 5 {
		return ""
	}
	return ext
}
