package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"minsheng/internal/docx"
	"minsheng/internal/step"
	"minsheng/internal/workday"
)

// How much a paper may say: a text of ten pages, a list of some hundred pages.
const (
	maxText    = 20_000 // characters of a text
	maxRows    = 2_000  // of a list
	maxContent = 1 << 20
)

// check returns an error that names what papers of the form do not know, or what
// is too long. It never tells what was said.
func (f Form) check(c Content) error {
	size := 0
	long := func(name, text string) error {
		if size += len(text); size > maxContent || utf8.RuneCountInString(text) > maxText {
			return step.Bad("content", "paper_long")
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("paper: %s of %s is not text", name, f.Kind)
		}
		return nil
	}
	for name, text := range c.Fields {
		if !f.knows(name) {
			return fmt.Errorf("paper: %s has no field %s", f.Kind, name)
		}
		if err := long(name, text); err != nil {
			return err
		}
	}
	for name, rows := range c.Lists {
		list, ok := f.list(name)
		if !ok {
			return fmt.Errorf("paper: %s has no list %s", f.Kind, name)
		}
		if len(rows) > maxRows {
			return step.Bad("content", "paper_long")
		}
		for _, row := range rows {
			for column, text := range row {
				if !slices.Contains(list.Columns, column) {
					return fmt.Errorf("paper: list %s of %s has no column %s", name, f.Kind, column)
				}
				if err := long(name, text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Missing lists the texts and lists that a paper still lacks before it can be
// final, in the order of its form. What the press fills in itself is never
// missing.
func (f Form) Missing(c Content) []string {
	var all []string
	for _, field := range f.Fields {
		if field.Required && strings.TrimSpace(c.Fields[field.Name]) == "" {
			all = append(all, field.Name)
		}
	}
	for _, list := range f.Lists {
		if list.Required && len(c.Lists[list.Name]) == 0 {
			all = append(all, list.Name)
		}
	}
	return all
}

// filled is content with the texts that are not its author's to say. What the
// form knows and nobody said is there as an empty text, and a list without rows
// as one.
func (f Form) filled(c Content, own map[string]string) Content {
	out := Content{Fields: map[string]string{}, Lists: map[string][]map[string]string{}}
	for _, field := range f.Known() {
		out.Fields[field.Name] = c.Fields[field.Name]
	}
	maps.Copy(out.Fields, own)
	for _, list := range f.Lists {
		rows := make([]map[string]string, 0, len(c.Lists[list.Name]))
		for _, row := range c.Lists[list.Name] {
			whole := map[string]string{}
			for _, column := range list.Columns {
				whole[column] = row[column]
			}
			rows = append(rows, whole)
		}
		out.Lists[list.Name] = rows
	}
	return out
}

func (c Content) data() docx.Data { return docx.Data{Fields: c.Fields, Lists: c.Lists} }

// Day writes a day as it stands under a paper: 2026年11月28日.
func Day(d workday.Date) string {
	if d == "" {
		return ""
	}
	return d.Time().Format("2006年1月2日")
}

// sample is content that shows every text and list of a form, for looking at it.
func (f Form) sample(office string) Content {
	c := Content{Fields: map[string]string{}, Lists: map[string][]map[string]string{}}
	for _, field := range f.Known() {
		c.Fields[field.Name] = "（" + field.Name + "）"
	}
	for _, list := range f.Lists {
		for i := range 3 {
			row := map[string]string{}
			for _, column := range list.Columns {
				row[column] = fmt.Sprintf("（%s%d）", column, i+1)
				if column == "序号" {
					row[column] = fmt.Sprint(i + 1)
				}
			}
			c.Lists[list.Name] = append(c.Lists[list.Name], row)
		}
	}
	c.Fields[fieldOffice], c.Fields[fieldTitle] = office, "关于样例的"+f.Name
	c.Fields[fieldNumber], c.Fields[fieldDay] = Number("样", f.word, 2026, 1), "2026年1月5日"
	return c
}
