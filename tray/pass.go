package tray

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"minsheng/internal/privacy"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/staff"
)

// kept is how long a file lies in the tray: as long as the shelf stages it.
const kept = 24 * time.Hour

// pass is a sheet with its file opened for one reading or more.
type pass struct {
	sheet  Sheet
	target Target
	book   *sheet.Book
	close  func()
}

// open takes the file of a sheet from the shelf; whoever calls closes it.
func (t *Tray) open(ctx context.Context, s Sheet, target Target) (pass, error) {
	if t.store.Now().Sub(s.CreatedAt) >= kept {
		return pass{}, ErrGone
	}
	if err := t.reading.Acquire(ctx, 1); err != nil {
		return pass{}, err
	}
	content, err := t.original(ctx, s)
	if err != nil {
		t.reading.Release(1)
		return pass{}, err
	}
	return t.openBytes(s, target, content)
}

// openBytes takes a place among the readers over.
func (t *Tray) openBytes(s Sheet, target Target, content []byte) (pass, error) {
	book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), s.Name)
	if err != nil {
		t.reading.Release(1)
		return pass{}, err
	}
	return pass{s, target, book, func() {
		book.Close()
		t.reading.Release(1)
	}}, nil
}

func (t *Tray) original(ctx context.Context, s Sheet) ([]byte, error) {
	file, err := t.shelf.Original(ctx, s.FileID)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(ctx, file)
}

// read goes through the sheet once and hands out every record with all that is
// wrong with it: its cells, the privacy gate, what the target checks. Neither
// may be kept.
func (p pass) read(ctx context.Context, by staff.Officer, each func(sheet.Record, []sheet.Problem) error) (sheet.Summary, error) {
	check, err := p.check(ctx, by)
	if err != nil {
		return sheet.Summary{}, err
	}
	more := 0
	found, err := p.book.Read(ctx, p.sheet.Layout, p.target.Fields, p.sheet.Fixes, func(r sheet.Record, problems []sheet.Problem) error {
		n := len(problems)
		problems = append(problems, p.gate(r)...)
		problems = append(problems, check(r)...)
		more += len(problems) - n
		return each(r, problems)
	})
	found.Problems += more
	return found, err
}

func (p pass) check(ctx context.Context, by staff.Officer) (func(sheet.Record) []sheet.Problem, error) {
	if p.target.Check == nil {
		return func(sheet.Record) []sheet.Problem { return nil }, nil
	}
	check, err := p.target.Check(ctx, by, p.sheet)
	if err == nil && check == nil {
		check = func(sheet.Record) []sheet.Problem { return nil }
	}
	return check, err
}

// gate finds personal numbers in the texts of a record that is to be published.
func (p pass) gate(r sheet.Record) []sheet.Problem {
	if p.target.Personal {
		return nil
	}
	var problems []sheet.Problem
	for _, c := range p.sheet.Layout.Columns {
		v, has := r.Values[c.Field]
		if !has || c.Field == "" || p.target.typeOf(c.Field) != sheet.Text || len(privacy.Find(v.Text)) == 0 {
			continue
		}
		problems = append(problems, sheet.Problem{Row: r.Row, Column: c.Index, Ref: v.Ref, Field: c.Field, Key: "personal", Raw: v.Text})
	}
	return problems
}

// layoutProblems are those of whole columns: a heading that announces personal
// numbers, and a field that two columns are. They have no cell to be corrected.
func (p pass) layoutProblems() []sheet.Problem {
	var problems []sheet.Problem
	taken := map[string]bool{}
	for _, c := range p.sheet.Layout.Columns {
		if c.Field == "" {
			continue
		}
		problem := sheet.Problem{Row: p.sheet.Layout.HeaderTo, Column: c.Index, Field: c.Field, Raw: c.Heading}
		if taken[c.Field] {
			problem.Key = "column_twice"
			problems = append(problems, problem)
		}
		taken[c.Field] = true
		t := p.target.typeOf(c.Field)
		if _, announced := privacy.Heading(c.Heading); !p.target.Personal && (announced || t == sheet.Identity || t == sheet.Account) {
			problem.Key = "personal"
			problems = append(problems, problem)
		}
	}
	return problems
}

// cover hides what must not be shown even to those who handed it in.
func cover(t sheet.Type, text string) string {
	switch t {
	case sheet.Identity:
		return privacy.MaskID(text)
	case sheet.Account:
		return "****" + privacy.Tail(text)
	}
	found := privacy.Find(text)
	for i := len(found) - 1; i >= 0; i-- {
		if f := found[i]; f.Kind != privacy.HeaderWord {
			text = text[:f.Start] + f.Masked + text[f.End:]
		}
	}
	return text
}

func layoutText(l sheet.Layout) (string, error) {
	text, err := json.Marshal(l)
	return string(text), err
}
