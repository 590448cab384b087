package sheet

import (
	"errors"
	"io"
	"path"
	"strings"
)

// workbook is an xlsx. It is read straight from its container: a library that
// unpacks big parts into temporary files would leave names lying on the disk.
type workbook struct {
	parts   parts
	pages   []page
	strings texts
	days    []bool // by style: numbers are shown as days
	since04 bool   // days are counted from 1904
}

// page is one sheet of a workbook.
type page struct {
	name, part string
	seen       *survey // nil: not yet looked through
}

const maxPages = 200

func openWorkbook(r io.ReaderAt, size int64) (*workbook, error) {
	a, err := openParts(r, size)
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: a}
	main, err := w.related("_rels/.rels", "", "officeDocument")
	if err != nil {
		return nil, ErrKind // some other archive
	}
	if strings.HasSuffix(main[""], ".bin") {
		return nil, ErrOld
	}
	if err := w.readPages(main[""]); err != nil {
		return nil, err
	}
	if len(w.pages) == 0 {
		return nil, ErrKind
	}
	return w, nil
}

// readPages lists the sheets and reads what they share.
func (w *workbook) readPages(main string) error {
	folder := path.Dir(main)
	rels := path.Join(folder, "_rels", path.Base(main)+".rels")
	parts, err := w.related(rels, folder, "worksheet")
	if err != nil {
		return err
	}
	err = w.parts.each(main, func(m *markup) error {
		if m.piece != start {
			return nil
		}
		switch string(m.name) {
		case "workbookPr":
			w.since04 = m.on("date1904")
		case "sheet":
			part, is := parts[string(relationID(m))]
			if is && len(w.pages) < maxPages { // a chart is a sheet of another kind
				w.pages = append(w.pages, page{name: plain(m.attr("name")), part: part})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(w.readStyles(rels, folder), w.readTexts(rels, folder))
}

// relationID is the r:id of a sheet, whatever the prefix.
func relationID(m *markup) []byte {
	if id := m.attr("r:id"); id != nil {
		return id
	}
	return m.attr("relationships:id")
}

// related lists the parts of one type that a part leans on, by id; "" is any of
// them.
func (w *workbook) related(rels, folder, kind string) (map[string]string, error) {
	parts := map[string]string{}
	err := w.parts.each(rels, func(m *markup) error {
		if m.piece != start || string(m.name) != "Relationship" || len(parts) > 2*maxPages {
			return nil
		}
		if !strings.HasSuffix(string(m.attr("Type")), "/"+kind) {
			return nil
		}
		target := plain(m.attr("Target"))
		if rooted, is := strings.CutPrefix(target, "/"); is {
			target = rooted
		} else {
			target = path.Join(folder, target)
		}
		parts[string(m.attr("Id"))], parts[""] = target, target
		return nil
	})
	if err == nil && parts[""] == "" {
		err = ErrBroken
	}
	return parts, err
}

func (w *workbook) readStyles(rels, folder string) error {
	part, err := w.related(rels, folder, "styles")
	if err != nil {
		return nil // a workbook may do without
	}
	own := map[string]bool{} // number formats of the file's own that are days
	inCells := false
	return w.parts.each(part[""], func(m *markup) error {
		switch name := string(m.name); {
		case m.piece == text:
		case name == "cellXfs":
			inCells = m.piece == start && !m.empty
		case m.piece == start && name == "numFmt" && len(own) < 10_000:
			own[string(m.attr("numFmtId"))] = showsDay(plain(m.attr("formatCode")))
		case m.piece == start && name == "xf" && inCells && len(w.days) < 100_000:
			id := m.attr("numFmtId")
			n, _ := whole(id)
			w.days = append(w.days, builtinDay(n) || own[string(id)])
		}
		return nil
	})
}

// builtinDay lists the formats every Excel knows as days (ECMA-376 part 1,
// 18.8.30, with those of Chinese Excel).
func builtinDay(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// showsDay reports whether a number format shows a day: it has a y or a d
// outside of what it quotes.
func showsDay(format string) bool {
	quoted, bracket, skip := false, false, false
	for _, r := range strings.ToLower(format) {
		switch {
		case skip:
			skip = false
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '\\' || r == '_' || r == '*' || r == '!':
			skip = true
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case bracket:
		case r == 'y' || r == 'd':
			return true
		case r == ';':
			return false
		}
	}
	return false
}

// texts are the strings that cells share, in one piece.
type texts struct {
	all  string
	ends []uint32
}

func (t texts) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], true
}

// maxTexts bounds what is kept in memory of a workbook.
const maxTexts = 64 << 20

func (w *workbook) readTexts(rels, folder string) error {
	part, err := w.related(rels, folder, "sharedStrings")
	if err != nil {
		return nil // all texts stand in their cells
	}
	var all strings.Builder
	var ends []uint32
	inText, phonetic := false, false
	err = w.parts.each(part[""], func(m *markup) error {
		switch name := string(m.name); {
		case m.piece == text:
			if inText && !phonetic {
				all.WriteString(m.content())
			}
		case name == "t":
			inText = m.piece == start && !m.empty
		case name == "rPh": // how a name is read aloud is no part of it
			phonetic = m.piece == start && !m.empty
		case name == "si" && (m.piece == end || m.empty):
			ends = append(ends, uint32(all.Len()))
		}
		if all.Len()+4*len(ends) > maxTexts {
			return ErrBomb
		}
		return nil
	})
	w.strings = texts{all.String(), ends}
	return err
}

// content is the text of a piece without escapes.
func (m *markup) content() string {
	if m.raw {
		return valid(string(m.text))
	}
	return plain(m.text)
}

func (w *workbook) sheets() []string {
	names := make([]string, len(w.pages))
	for i, p := range w.pages {
		names[i] = p.name
	}
	return names
}
