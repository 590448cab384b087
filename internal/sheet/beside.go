package sheet

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Beside hands out the words of a workbook that stand in no cell and go along
// with the file: comments, drawings, charts, headers and footers, what a list
// offers, where links lead, properties, what a pivot table remembers. A csv has
// none. ErrBroken where a part cannot be read.
func (b *Book) Beside(each func(text string) error) error {
	w, is := b.source.(*workbook)
	if !is {
		return nil
	}
	pages := map[string]bool{}
	for _, p := range w.pages {
		pages[strings.ToLower(p.part)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(w.parts.Archive)) {
		words := besideCells
		switch {
		case pages[name]:
			words = besideRows
		case !besideOf(name):
			continue
		}
		if err := w.parts.each(name, words(each)); err != nil {
			return err
		}
	}
	return nil
}

// besideOf reports whether a part holds words. How cells look holds none, and
// the texts that cells share are read with them.
func besideOf(name string) bool {
	switch path.Base(name) {
	case "styles.xml", "sharedstrings.xml", "calcchain.xml", "[content_types].xml":
		return false
	}
	return (path.Ext(name) == ".xml" || path.Ext(name) == ".rels") && !strings.Contains(name, "/theme/")
}

// besideCells are all the words of a part that has no cells, but for where
// things are drawn.
func besideCells(each func(string) error) func(*markup) error {
	within := ""
	return func(m *markup) error {
		switch {
		case m.piece == start:
			within = string(m.name)
			if within == "Relationship" && string(m.attr("TargetMode")) != "External" {
				return nil // a part of the workbook
			}
			return besideIn(m, each, "v", "Target", "descr", "title")
		case m.piece == text && !slices.Contains([]string{"col", "colOff", "row", "rowOff"}, within):
			return besideSay(m.content(), each)
		}
		return nil
	}
}

// besideRows are the words around the cells of a sheet.
func besideRows(each func(string) error) func(*markup) error {
	within := ""
	around := []string{"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "formula1", "formula2"}
	return func(m *markup) error {
		switch {
		case m.piece == start:
			within = string(m.name)
			if within == "dataValidation" || within == "hyperlink" {
				return besideIn(m, each, "prompt", "promptTitle", "error", "errorTitle", "display", "tooltip", "location")
			}
		case m.piece == text && slices.Contains(around, within):
			return besideSay(m.content(), each)
		}
		return nil
	}
}

func besideIn(m *markup, each func(string) error, attrs ...string) error {
	for _, name := range attrs {
		if err := besideSay(plain(m.attr(name)), each); err != nil {
			return err
		}
	}
	return nil
}

func besideSay(text string, each func(string) error) error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return each(text)
}
