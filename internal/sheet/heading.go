package sheet

import "strings"

// names knows fields by their headings.
type names struct {
	codes  map[string]string // folded heading → code
	habits map[string]string
	types  map[string]Type
}

func newNames(fields []Field, habits map[string]string) names {
	n := names{codes: map[string]string{}, habits: habits, types: map[string]Type{}}
	for _, f := range fields {
		n.types[f.Code] = f.Type
		for _, name := range f.Names {
			if _, taken := n.codes[Fold(name)]; !taken {
				n.codes[Fold(name)] = f.Code
			}
		}
	}
	return n
}

// How well a heading names a field, best first. The end of a heading names it
// too (2026年补助金额), because in Chinese what a thing is stands last.
const (
	byHabit = iota
	byAll
	byLower
	byUpper
	byEnd
	ways
)

// find tells which field the lines of a heading name in one way.
func (n names) find(way int, lines []string) (code string, ok bool) {
	if len(lines) == 0 {
		return "", false
	}
	all := Fold(strings.Join(lines, " "))
	switch way {
	case byHabit:
		if code, ok = n.habits[all]; ok && code != "" {
			_, ok = n.types[code] // a field may be gone by now
		}
		return code, ok
	case byAll:
		return n.exact(all)
	case byLower:
		return n.exact(Fold(lines[len(lines)-1]))
	case byUpper:
		return n.exact(Fold(lines[0]))
	}
	return n.byEnd(all)
}

// exact also takes a unit that stands without brackets (金额/元).
func (n names) exact(folded string) (code string, ok bool) {
	if code, ok = n.codes[folded]; ok {
		return code, true
	}
	for _, unit := range []string{"/万元", "/元", "万元", "元", "/人", "/户"} {
		if short, has := strings.CutSuffix(folded, unit); has && short != "" {
			if code, ok = n.codes[short]; ok {
				return code, true
			}
		}
	}
	return "", false
}

// byEnd finds the longest name that a heading ends with.
func (n names) byEnd(folded string) (code string, ok bool) {
	best := len("x")
	for name, c := range n.codes {
		if len(name) > best && len(name) >= len("一二") && strings.HasSuffix(folded, name) {
			best, code, ok = len(name), c, true
		}
	}
	return code, ok
}

// assign gives every column at most one field and every field to one column,
// the best named first.
func (n names) assign(columns []Column, lines [][]string) {
	taken, settled := map[string]bool{}, make([]bool, len(columns))
	for way := byHabit; way < ways; way++ {
		for i := range columns {
			if settled[i] {
				continue
			}
			code, ok := n.find(way, lines[i])
			if !ok || taken[code] {
				continue
			}
			columns[i].Field, columns[i].Sure, settled[i] = code, way < byEnd, true
			taken[code] = code != ""
		}
	}
}
