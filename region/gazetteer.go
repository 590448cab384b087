package region

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
)

// Gazetteer knows the places of an area by the names that offices write into
// their tables.
type Gazetteer struct {
	codes map[string][]string // written form → codes
}

// Gazetteer reads the places at and below the given ones that are in use today:
// villages by code, by name with or without 村, and by town and village. It reads
// with q, which may be a transaction.
func (a *Atlas) Gazetteer(q *gorm.DB, within ...string) (*Gazetteer, error) {
	g := &Gazetteer{codes: make(map[string][]string)}
	today := a.today()
	column, of := "code", within
	for len(of) > 0 {
		var below []string
		for some := range slices.Chunk(of, 500) {
			var places []Division
			err := q.Where(column+" IN ?", some).
				Where("valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", today, today).
				Order("code").Limit(100_000).Find(&places).Error
			if err != nil {
				return nil, fmt.Errorf("region: read places: %w", err)
			}
			for _, d := range places {
				g.add(d)
				below = append(below, d.Code)
			}
		}
		column, of = "parent_code", below
	}
	return g, nil
}

func (g *Gazetteer) add(d Division) {
	g.put(d.Code, d.Code)
	g.put(written(d.FullName), d.Code)
	name := written(d.Name)
	g.put(name, d.Code)
	// 盘山县甜水镇双柳村 is written 甜水镇双柳村 and 甜水双柳村 as well.
	if rest, ok := strings.CutSuffix(written(d.FullName), name); ok && d.Level == Village {
		if at := strings.IndexAny(rest, "县区市"); at >= 0 {
			town := rest[at+len("县"):]
			g.put(town+name, d.Code)
			g.put(bare(town)+name, d.Code)
		}
	}
}

// put keeps a form, and the form without the word for its level.
func (g *Gazetteer) put(form, code string) {
	for _, f := range []string{form, bare(form)} {
		if f != "" && !slices.Contains(g.codes[f], code) {
			g.codes[f] = append(g.codes[f], code)
		}
	}
}

// bare is a name without the word for its level: 双柳 of 双柳村.
func bare(name string) string {
	for _, word := range []string{"村", "镇", "乡", "街道"} {
		if rest, ok := strings.CutSuffix(name, word); ok && len([]rune(rest)) >= 2 {
			return rest
		}
	}
	return name
}

// written is a name as it is compared: full-width digits are digits, blanks and
// the committee do not count.
func written(text string) string {
	text = strings.Join(strings.Fields(norm.NFKC.String(text)), "")
	for _, word := range []string{"村民委员会", "村委会"} {
		if rest, ok := strings.CutSuffix(text, word); ok && rest != "" {
			return strings.TrimSuffix(rest, "村") + "村"
		}
	}
	return text
}

// Find tells which place is meant: none, one, or several that are called so.
func (g *Gazetteer) Find(text string) []string {
	form := written(text)
	// 新立 is the village 新立村 before it is the town 新立镇: whoever means a
	// town says so.
	if found := g.codes[form]; len(found) < 2 {
		return found
	}
	var villages []string
	for _, code := range g.codes[form] {
		if levelOf(code) == Village {
			villages = append(villages, code)
		}
	}
	if len(villages) == 1 && !strings.HasSuffix(form, "镇") && !strings.HasSuffix(form, "乡") {
		return villages
	}
	return g.codes[form]
}

// Within reports whether a place lies in another, or is it, by their codes.
func Within(code, place string) bool {
	if !wellFormed(code) || !wellFormed(place) {
		return false
	}
	switch levelOf(place) {
	case Village:
		return code == place
	case Town:
		return code[:9] == place[:9]
	case County:
		return code[:6] == place[:6]
	}
	return code[:4] == place[:4]
}
