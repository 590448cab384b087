package sheet

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// apart tells which rows below a header are not part of the table: "blank",
// "subtotal", "total", "note", "title" (a header printed again); "" is a record.
func (d *reading) apart(r Row) string {
	if d.headerAgain(r) {
		return "title"
	}
	first := ""
	for c := 0; c < len(r.Cells) && first == ""; c++ {
		first = squeeze(at(r, c))
	}
	if why := d.sum(r); why != "" {
		return why
	}
	figures := d.figures(r)
	switch own, spread := ownTexts(r); {
	case figures == 0 && remark.MatchString(first):
		return "note"
	case own == 1 && spread && figures == 0:
		return "note" // one text merged across the table
	case own == 1 && figures == 0 && (utf8.RuneCountInString(first) > 20 || strings.ContainsAny(first, ":。;")):
		return "note"
	case own == 1 && !d.says(r):
		return "blank" // a number of the row that waits for its row
	case !d.says(r):
		return "note" // only columns that are dropped
	}
	return ""
}

// remark is how lines below a table begin (with NFKC, without spaces).
var remark = regexp.MustCompile(`^(?:(?:备注|说明|注|附注|附)[:.、]|[*※]|(?:填表|填报|制表|经办|审核|复核|审批|负责|联系|报送|统计|监督|单位负责|村负责|乡镇负责|公示|公开|举报|监督举报|填表单位|填报单位|制表单位)(?:人|单位|日期|时间|电话|员)?(?:签字|签名|签章)?(?:\([^)]*\))?:|(?:日期|时间|电话|盖章|公章)(?:\([^)]*\))?:|\(?(?:盖章|公章)\)?$)`)

// sum tells total rows from subtotals by what stands in their first cells.
func (d *reading) sum(r Row) string {
	seen := 0
	for c := range r.Cells {
		s := Fold(at(r, c))
		if s == "" {
			continue
		}
		if utf8.RuneCountInString(s) <= 12 {
			switch {
			case strings.HasSuffix(s, "小计"), strings.HasPrefix(s, "本页"):
				return "subtotal"
			case strings.HasSuffix(s, "合计"), strings.HasSuffix(s, "总计"), strings.HasSuffix(s, "共计"), s == "累计", s == "总和", s == "合":
				return "total"
			}
		}
		if seen++; seen == 4 {
			break
		}
	}
	return ""
}

// headerAgain reports a header that a program prints on every page.
func (d *reading) headerAgain(r Row) bool {
	same, other := 0, 0
	for _, c := range d.columns {
		s := at(r, c.Index)
		switch {
		case s == "":
		case strings.Contains(c.Heading, tidy(s)):
			same++
		default:
			other++
		}
	}
	return same >= 2 && other == 0
}

// figures counts the cells that are understood as a number or day.
func (d *reading) figures(r Row) int {
	n := 0
	for _, c := range d.columns {
		if c.field.Type != Money && c.field.Type != Whole && c.field.Type != Day || slices.Contains(r.filled, c.Index) {
			continue
		}
		if _, key, absent := understand(c.field, c.Wan, at(r, c.Index)); key == "" && !absent {
			n++
		}
	}
	return n
}

// says reports whether any column that is not dropped has something in it.
func (d *reading) says(r Row) bool {
	for _, c := range d.columns {
		if at(r, c.Index) != "" && !slices.Contains(r.filled, c.Index) {
			return true
		}
	}
	return false
}

// ownTexts counts the cells with something of their own, and tells whether one
// of them spreads over three columns and more of this row.
func ownTexts(r Row) (own int, spread bool) {
	run := 0
	for c := range r.Cells {
		s := at(r, c)
		switch {
		case s == "":
			run = 0
		case slices.Contains(r.filled, c):
			run++
			spread = spread || run >= 2
		default:
			own++
			run = 0
		}
	}
	return own, spread
}
