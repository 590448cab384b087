package public

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"minsheng/notice"
	"minsheng/roll"
)

// changes tells what became of a list since it was first published.
type changes struct {
	Version int
	Rows    []change
}

// change is one row that was added, removed or changed, as the web shows it.
type change struct {
	What, Name    string // What: added, removed, changed
	Number        int
	Before, After string // what differs; "" when the web shows no difference
	Reason        string
}

// mostChanges is how many changes a page lists; a list that changed more is
// better read as a whole.
const mostChanges = 50

// fillChanges adds what changed in the rows after they were published.
func (f *Face) fillChanges(ctx context.Context, a asked, n notice.Published, p *noticePage) error {
	from := publishedAs(n)
	if !listed(n) || from == 0 || n.Roll.Version <= from {
		return nil
	}
	found, err := f.Rolls.Compare(ctx, n.Roll.ID, from, n.Roll.Version)
	if err != nil {
		return err
	}
	p.Changes = &changes{Version: n.Roll.Version - from + 1}
	for _, c := range found[:min(len(found), mostChanges)] {
		p.Changes.Rows = append(p.Changes.Rows, f.change(a.reading, *n.Roll, c))
	}
	return nil
}

func (f *Face) change(r reading, of roll.Roll, c roll.Change) change {
	row := c.After
	if row == nil {
		row = c.Before
	}
	out := change{What: f.text(r, "changes."+c.What), Number: row.N, Name: row.Shown}
	if c.Reason != "" {
		out.Reason = f.or(r, "changes.why."+c.Reason, "changes.why.other")
	}
	if c.Before == nil || c.After == nil {
		return out
	}
	say := func(text *string, head, value string) {
		if value != "" {
			*text += f.text(r, "changes.cell", "head", head, "value", value)
		}
	}
	if c.Before.Shown != c.After.Shown {
		say(&out.Before, f.rowHead(r, of.Kind, "label"), c.Before.Shown)
		say(&out.After, f.rowHead(r, of.Kind, "label"), c.After.Shown)
	}
	for _, code := range append(shortColumns(of), longColumns(of.Kind)...) {
		before, _ := rowText(*c.Before, code, c.Before.Cells["place"])
		after, _ := rowText(*c.After, code, c.After.Cells["place"])
		if before != after {
			say(&out.Before, f.rowHead(r, of.Kind, code), before)
			say(&out.After, f.rowHead(r, of.Kind, code), after)
		}
	}
	return out
}

// publishedAs is the version of the rows with which the notice was published;
// 0 when it is not known. What was changed before that is nobody's business.
func publishedAs(n notice.Published) int {
	from := n.RollSince
	for _, r := range n.Revisions {
		if r.RollVersion > 0 && (from == 0 || r.RollVersion < from) {
			from = r.RollVersion
		}
	}
	return from
}

// difference is one text before and after a correction.
type difference struct {
	What   string
	Pieces []piece
}

// piece is a stretch of text that stayed, came or went.
type piece struct {
	Text       string
	Came, Went bool
}

// fillCorrections tells of the corrections of a notice, and on a correction
// what it changed. That is gone when the original is.
func (f *Face) fillCorrections(ctx context.Context, a asked, n notice.Published, p *noticePage) error {
	var err error
	if p.Corrected, err = f.lines(ctx, a.reading, n.Correction); err != nil || n.Corrects == nil {
		return err
	}
	original, err := f.lines(ctx, a.reading, []notice.Notice{*n.Corrects})
	if err != nil {
		return err
	}
	p.Original = &original[0]
	whole, err := f.Notices.Published(ctx, n.Corrects.ID)
	if err != nil {
		return err
	}
	p.Differs = f.differs(a.reading, whole, n.Notice)
	return nil
}

// differs compares what a notice said before a correction with what it said
// right after it.
func (f *Face) differs(r reading, of notice.Published, correction notice.Notice) []difference {
	before, after := notice.Revision{N: -1}, notice.Revision{Title: of.Title, Body: of.Body, Fields: of.Fields}
	for _, rev := range of.Revisions {
		if rev.CorrectionID == correction.ID {
			before = rev
		}
	}
	if before.N < 0 {
		return nil
	}
	next := slices.IndexFunc(of.Revisions, func(r notice.Revision) bool { return r.N == before.N+1 })
	switch {
	case next >= 0:
		after = of.Revisions[next]
	case len(of.Correction) > 0 && of.Correction[len(of.Correction)-1].ID != correction.ID:
		// It was corrected again, and what it said in between must not be shown.
		return nil
	}
	var out []difference
	add := func(what, was, is string) {
		if was != is {
			out = append(out, difference{what, compare(was, is)})
		}
	}
	add(f.text(r, "changes.title"), before.Title, after.Title)
	add(f.text(r, "changes.body"), before.Body, after.Body)
	for _, field := range of.KindOf.Fields {
		was, is := f.fact(r, field, before.Fields[field.Code]), f.fact(r, field, after.Fields[field.Code])
		add(was.Name, was.Text, is.Text)
	}
	return out
}

// words cuts a text into what is read as one: numbers, Latin words, characters.
var words = regexp.MustCompile(`(?s)[0-9]+(?:[.,][0-9]+)*%?|[A-Za-z]+|.`)

// compare finds what came and went between two texts, by words: 100 that became
// 90 are two numbers and not a digit less. Long stretches that stayed are
// shortened, for a reader looks for what changed.
func compare(before, after string) []piece {
	known := map[string]rune{}
	var all []string
	coded := func(text string) []rune {
		var out []rune
		for _, word := range words.FindAllString(text, -1) {
			if _, has := known[word]; !has {
				known[word] = wordRune(len(all))
				all = append(all, word)
			}
			out = append(out, known[word])
		}
		return out
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 300 * time.Millisecond
	var out []piece
	for _, part := range d.DiffCleanupSemantic(d.DiffMainRunes(coded(before), coded(after), false)) {
		var text strings.Builder
		for _, r := range part.Text {
			text.WriteString(all[wordIndex(r)])
		}
		one := piece{Text: text.String(), Came: part.Type == diffmatchpatch.DiffInsert, Went: part.Type == diffmatchpatch.DiffDelete}
		if !one.Came && !one.Went {
			one.Text = shortened(one.Text)
		}
		out = append(out, one)
	}
	return out
}

// surrogates are no characters, so they stand for no word.
const firstSurrogate, surrogates = 0xD800, 0x800

func wordRune(i int) rune {
	r := rune(i + 1)
	if r >= firstSurrogate {
		r += surrogates
	}
	return r
}

func wordIndex(r rune) int {
	if r >= firstSurrogate {
		r -= surrogates
	}
	return int(r) - 1
}

// around is how many characters stay at each end of a stretch that is shortened.
const around = 40

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= 3*around {
		return text
	}
	runes := []rune(text)
	return string(runes[:around]) + " …… " + string(runes[len(runes)-around:])
}
