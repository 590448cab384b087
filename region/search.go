package region

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// mostFound is the most places a search shows: what fits a phone in a few
// strokes of the thumb.
const mostFound = 20

// Search finds at most 20 villages and towns by characters, full pinyin or
// initials ("slc", "shuangliu", "双柳"), best first: name, pinyin, initials,
// then places whose full name holds the characters in that order
// ("甜水双柳"); villages before towns. Only places in use today are found.
func (a *Atlas) Search(ctx context.Context, text string) ([]Division, error) {
	text = searchable(text)
	if text == "" {
		return nil, nil
	}
	found, err := a.prefixed(ctx, text)
	if err != nil || len(found) >= mostFound || !wordy(text) {
		return found, err
	}
	more, err := a.scattered(ctx, text)
	seen := make(map[string]bool)
	for _, d := range found {
		seen[d.Code] = true
	}
	for _, d := range more {
		if !seen[d.Code] && len(found) < mostFound {
			found = append(found, d)
		}
	}
	return found, err
}

// searchable brings full-width letters, capitals and blanks into the form in
// which names are stored.
func searchable(text string) string {
	keep := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	text = strings.Map(keep, norm.NFKC.String(text))
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:40])
	}
	return text
}

// wordy: at least two characters, one of them Chinese.
func wordy(text string) bool {
	return len([]rune(text)) >= 2 && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func (a *Atlas) offered(ctx context.Context) *gorm.DB {
	today := a.today()
	return a.store.Read(ctx).Model(&Division{}).
		Where("level IN ?", []Level{Village, Town}).
		Where("valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", today, today).
		Limit(mostFound)
}

// prefixed asks for ranges and not for patterns, because an index serves a
// range on both databases.
func (a *Atlas) prefixed(ctx context.Context, text string) ([]Division, error) {
	end := text + "\U0010FFFF"
	const in = "((name >= ? AND name < ?) OR (pinyin >= ? AND pinyin < ?) OR (initials >= ? AND initials < ?))"
	const order = "CASE WHEN name >= ? AND name < ? THEN 0 WHEN pinyin >= ? AND pinyin < ? THEN 1 ELSE 2 END, level DESC, length(name), code"
	var found []Division
	err := a.offered(ctx).Where(in, text, end, text, end, text, end).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: order, Vars: []any{text, end, text, end}}}).Find(&found).Error
	return found, err
}

// scattered reads every name; there are some hundreds in a county.
func (a *Atlas) scattered(ctx context.Context, text string) ([]Division, error) {
	// Letters and digits only: nothing here can be mistaken for a pattern.
	pattern := "%" + strings.Join(strings.Split(text, ""), "%") + "%"
	var found []Division
	err := a.offered(ctx).Where("full_name LIKE ?", pattern).
		Order("level DESC, length(name), code").Limit(500).Find(&found).Error
	return slices.DeleteFunc(found, func(d Division) bool {
		return !holds([]rune(d.FullName), []rune(text))
	}), err
}

// holds reports whether name holds text in order, broken only into pieces of
// two characters and more: "甜水双柳" is in 甜水镇双柳村, "大洼镇" is not in
// 大洼区唐家镇.
func holds(name, text []rune) bool {
	if len(text) == 0 {
		return true
	}
	for n := len(text); n >= 2; n-- {
		if at := index(name, text[:n]); at >= 0 && holds(name[at+n:], text[n:]) {
			return true
		}
	}
	return false
}

func index(name, piece []rune) int {
	for i := 0; i+len(piece) <= len(name); i++ {
		if slices.Equal(name[i:i+len(piece)], piece) {
			return i
		}
	}
	return -1
}
