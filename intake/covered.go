package intake

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/staff"
)

// Piece is a run of words, either to be read by everybody who sees the case or
// covered.
type Piece struct {
	Text string // "" where it is covered, unless the words were asked for whole
	Mask *Mask  // what covers it; nil for words that stand open
}

// written are a reporter's words of which some are covered: what was written, and the
// pieces of each field.
type written struct {
	bare   Narrative
	pieces map[string][]Piece
}

// Bare are the words with nothing covered, for custodians and for comparing.
func (n Narrative) Bare() Narrative {
	if n.written == nil {
		return n
	}
	return n.written.bare
}

// Pieces cuts a field (text, who, when, amount) into what stands open and what is
// covered; whole gives the covered words too, for custodians.
func (n Narrative) Pieces(field string, whole bool) []Piece {
	if n.written == nil {
		return open(n.fields()[field])
	}
	return shown(n.written.pieces[field], whole)
}

// Bare is what a message says with nothing covered.
func (m Message) Bare() string {
	if m.pieces == nil {
		return m.Text
	}
	return m.bare
}

// Pieces is Narrative.Pieces of a message.
func (m Message) Pieces(whole bool) []Piece {
	if m.pieces == nil {
		return open(m.Text)
	}
	return shown(m.pieces, whole)
}

func open(text string) []Piece {
	if text == "" {
		return nil
	}
	return []Piece{{Text: text}}
}

func shown(pieces []Piece, whole bool) []Piece {
	if whole {
		return pieces
	}
	out := slices.Clone(pieces)
	for i := range out {
		if out[i].Mask != nil {
			out[i].Text = ""
		}
	}
	return out
}

// plain is what everybody reads of pieces.
func plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Mask != nil {
			b.WriteString(Black)
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// narrativeFields are the fields of a narrative, in the order in which they are read.
var narrativeFields = []string{"text", "who", "when", "amount"}

func (n Narrative) fields() map[string]string {
	return map[string]string{"text": n.Text, "who": n.Who, "when": n.When, "amount": n.Amount}
}

// covering is everything that is covered of one report.
type covering []stretch

// stretch is a mask with the words that it stands on.
type stretch struct {
	Mask
	words   string
	matches *regexp.Regexp
}

// coverings reads what is covered of reports; those without masks have none. told
// are the bare words of those reports, nil when nobody opened them yet. What stands on
// words that the officer's session does not open covers all that it opens.
func (d *Desk) coverings(db *gorm.DB, by staff.Officer, told map[uuid.UUID]Narrative, reports ...uuid.UUID) (map[uuid.UUID]covering, error) {
	var masks []Mask
	err := db.Where("report_id IN ? AND lifted_at IS NULL", reports).Order("at, id").Limit(maxMasks * max(1, len(reports))).Find(&masks).Error
	if err != nil || len(masks) == 0 {
		return nil, err
	}
	if told == nil {
		if told, err = d.bare(db, by, reports...); err != nil {
			return nil, err
		}
	}
	said, err := d.anchors(db, by, masks)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]covering{}
	for _, m := range masks {
		text, opened := said[m.OwnerID]
		if m.OwnerID == m.ReportID {
			text, opened = told[m.ReportID].fields()[m.Field], told[m.ReportID].Kept == ""
		}
		if !opened { // nobody can tell where else the words stand: everything is covered
			all[m.ReportID] = append(all[m.ReportID], stretch{Mask: m})
			continue
		}
		words, fits := m.of(text)
		if !fits {
			return nil, fmt.Errorf("intake: mask %s lies outside its words", m.ID)
		}
		all[m.ReportID] = append(all[m.ReportID], stretch{m, words, wherever(words)})
	}
	return all, nil
}

// between is what may stand inside words that are looked for: people space names and
// group numbers.
const between = `[\s\p{Cf}·•.\-–—_()（）]*`

var gaps = regexp.MustCompile(between)

// wherever matches words however they are spaced.
func wherever(words string) *regexp.Regexp {
	if bare := gaps.ReplaceAllString(words, ""); bare != "" {
		return spaced(bare, between)
	}
	return regexp.MustCompile(regexp.QuoteMeta(words))
}

// of are the words of a text that a mask stands on.
func (m Mask) of(text string) (words string, fits bool) {
	runes := []rune(text)
	if m.FirstChar < 0 || m.Chars < 1 || m.FirstChar+m.Chars > len(runes) {
		return "", false
	}
	return string(runes[m.FirstChar : m.FirstChar+m.Chars]), true
}

// anchors opens the messages on which masks stand, as far as the officer's session
// does.
func (d *Desk) anchors(db *gorm.DB, by staff.Officer, masks []Mask) (map[uuid.UUID]string, error) {
	said := map[uuid.UUID]string{}
	var ids []uuid.UUID
	for _, m := range masks {
		if m.OwnerID != m.ReportID && !slices.Contains(ids, m.OwnerID) {
			ids = append(ids, m.OwnerID)
		}
	}
	if len(ids) == 0 {
		return said, nil
	}
	var rows []messageRow
	if err := db.Where("id IN ?", ids).Limit(len(ids)).Find(&rows).Error; err != nil {
		return nil, err
	}
	keys, err := d.contents.Contents(db, by, ids...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		text, kept, err := d.readable(keys, r)
		if err != nil {
			return nil, err
		}
		if kept == "" {
			said[r.ID] = text
		}
	}
	return said, nil
}

// span is a stretch of a text in bytes that a mask covers.
type span struct {
	from, to int
	mask     *Mask
}

// pieces cuts one text into what stands open and what is covered. Where stretches
// touch or overlap they are covered as one, for good if one of them is.
func (c covering) pieces(owner uuid.UUID, field, text string) []Piece {
	var spans []span
	for i := range c {
		if c[i].matches == nil && text != "" {
			return []Piece{{text, &c[i].Mask}}
		}
	}
	for i := range c {
		if c[i].matches == nil {
			continue
		}
		for _, at := range c[i].matches.FindAllStringIndex(text, -1) {
			spans = append(spans, span{at[0], at[1], &c[i].Mask})
		}
		if c[i].OwnerID == owner && c[i].Field == field {
			from := byteOf(text, c[i].FirstChar)
			spans = append(spans, span{from, from + len(c[i].words), &c[i].Mask})
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.from - b.from })
	var out []Piece
	end := 0
	for i := 0; i < len(spans); {
		s := spans[i]
		for i++; i < len(spans) && spans[i].from <= s.to; i++ {
			s.to = max(s.to, spans[i].to)
			if spans[i].mask.Kind == Redacted {
				s.mask = spans[i].mask
			}
		}
		out = append(append(out, open(text[end:s.from])...), Piece{text[s.from:s.to], s.mask})
		end = s.to
	}
	return append(out, open(text[end:])...)
}

// byteOf is where a character of a text begins.
func byteOf(text string, char int) int {
	for i := range text {
		if char == 0 {
			return i
		}
		char--
	}
	return len(text)
}

// cover puts masks over a narrative; without any it stays as it is.
func (c covering) cover(report uuid.UUID, n Narrative) Narrative {
	if len(c) == 0 || n.Kept != "" {
		return n
	}
	t := &written{bare: n, pieces: map[string][]Piece{}}
	for field, text := range n.fields() {
		t.pieces[field] = c.pieces(report, field, text)
	}
	return Narrative{
		Text: plain(t.pieces["text"]), Who: plain(t.pieces["who"]), When: plain(t.pieces["when"]), Amount: plain(t.pieces["amount"]), written: t,
	}
}

// say puts masks over a message, whoever wrote it: offices repeat names too.
func (c covering) say(m *Message) {
	if len(c) == 0 || m.Kept != "" {
		return
	}
	m.bare, m.pieces = m.Text, c.pieces(m.ID, "text", m.Text)
	m.Text = plain(m.pieces)
}

// Covered are the words that are covered of reports, for comparing texts with them.
// They are shown to nobody.
func (d *Desk) Covered(ctx context.Context, by staff.Officer, reports ...uuid.UUID) (words []string, err error) {
	all, err := d.coverings(d.store.Read(ctx), by, nil, reports...)
	for _, report := range reports {
		for _, s := range all[report] {
			words = append(words, s.words)
		}
	}
	return words, err
}

// reanchor moves the masks on a narrative whose words were covered once more with
// again, in the caller's transaction. A mask whose words cannot be found covers its
// whole field from then on: rather too much than too little.
func reanchor(tx *gorm.DB, report uuid.UUID, before, after Narrative, again func(string) string) error {
	var masks []Mask
	if err := tx.Where("report_id = ? AND owner_id = ?", report, report).Order("at, id").Limit(10 * maxMasks).Find(&masks).Error; err != nil {
		return err
	}
	for _, m := range masks {
		text := after.fields()[m.Field]
		words, _ := m.of(before.fields()[m.Field])
		moved := map[string]any{"first_char": 0, "chars": utf8.RuneCountInString(text)}
		if at := strings.Index(text, again(words)); at >= 0 && words != "" {
			moved = map[string]any{"first_char": utf8.RuneCountInString(text[:at]), "chars": utf8.RuneCountInString(again(words))}
		}
		if err := moveMask(tx, m, moved); err != nil {
			return err
		}
	}
	return nil
}

// moveMask gives a mask its new place, or drops it where another one stands already.
func moveMask(tx *gorm.DB, m Mask, to map[string]any) error {
	err := store.One(tx.Where("report_id = ? AND owner_id = ? AND field = ? AND first_char = ? AND chars = ? AND id <> ? AND lifted_at IS NULL",
		m.ReportID, m.OwnerID, m.Field, to["first_char"], to["chars"], m.ID), &Mask{})
	switch {
	case err == nil && m.LiftedAt == nil:
		return tx.Where("id = ?", m.ID).Delete(&Mask{}).Error
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return tx.Model(&Mask{}).Where("id = ?", m.ID).Updates(to).Error
}

// Coverer covers in a text, whoever wrote it, what is covered of reports; without masks
// it leaves texts as they are. Where words on which a mask stands do not open in the
// officer's session it covers texts altogether.
func (d *Desk) Coverer(ctx context.Context, by staff.Officer, reports ...uuid.UUID) (func(text string) string, error) {
	all, err := d.coverings(d.store.Read(ctx), by, nil, reports...)
	var of covering
	for _, report := range reports {
		of = append(of, all[report]...)
	}
	return func(text string) string {
		if len(of) == 0 {
			return text
		}
		return plain(of.pieces(uuid.Nil, "", text))
	}, err
}
