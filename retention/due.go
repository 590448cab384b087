package retention

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/ledger"
	"minsheng/staff"
)

// terms are how a room's table, which is called like its things in the record, is
// asked for what is due.
type terms struct {
	of ledger.Subject
	// founded and other are the conditions of the classes; the indexes of the lists hold
	// them word for word.
	founded, other string
	// ended narrows further by what else has to have ended, before the cutoffs of the
	// classes; nil: nothing.
	ended func(db *gorm.DB, founded, other time.Time) *gorm.DB
	holds []hold
}

// hold is what keeps something whatever its years: a code (Held), and the condition on
// a row of the room.
type hold struct{ code, kept string }

func (t terms) table() string { return string(t.of) }

// column is a column of the room's table.
func (t terms) column(name string) string { return t.table() + "." + name }

// narrow begins the walk along the index of a class.
func (t terms) narrow(db *gorm.DB, what, class string) *gorm.DB {
	left := "%[1]s.closed_at IS NOT NULL AND %[1]s.erased <> 'words'"
	if what == Names {
		left = "%[1]s.closed_at IS NOT NULL AND %[1]s.erased = '' AND %[1]s.mode <> 'anonymous'"
	}
	db = db.Where(fmt.Sprintf(left, t.table()))
	if class == Founded {
		return db.Where(t.founded)
	}
	return db.Where(t.other)
}

// ended walks along what of a room and class ended long enough ago itself.
func (y years) ended(db *gorm.DB, t terms, what, class string, now time.Time) *gorm.DB {
	return t.narrow(db, what, class).Where(t.column("closed_at")+" <= ?", y.cutoff(what, class, now))
}

// over narrows what ended long enough ago itself to that whose years are over, and that
// nothing keeps.
func (y years) over(db *gorm.DB, t terms, what string, now time.Time) *gorm.DB {
	if t.ended != nil {
		db = t.ended(db, y.cutoff(what, Founded, now), y.cutoff(what, Other, now))
	}
	for _, h := range t.holds {
		db = db.Where("NOT " + h.kept)
	}
	return db
}

// unanswered is the condition that a measure has no end, unheard that a referral has
// no answer.
const (
	unanswered = `measure.state NOT IN ('returned', 'adopted', 'not_adopted', 'lifted')`
	unheard    = `referral.state NOT IN ('received', 'refused')`
)

// retaliation is the condition that a report of retaliation names the report of a row,
// and is open or audited.
func retaliation(table string) string {
	return `EXISTS (SELECT 1 FROM complaint_earlier tie JOIN complaint later ON later.id = tie.complaint_id
		WHERE tie.earlier_report_id = ` + table + `.report_id AND (later.closed_at IS NULL OR tie.audit_at IS NOT NULL AND tie.audit_ended_at IS NULL))`
}

// Line is something whose years are over.
type Line struct {
	Matter
	Class string
	Asked bool // somebody asked to destroy it
}

// Page is a stretch of what is due.
type Page struct {
	Lines []Line
	Next  string // cursor of the following page, "" at the end
}

// Due lists what has become due of what the officer may see, complaints and objections
// together, what ended longest ago first, 50 at a time (staff.AskErasure or
// AgreeErasure). A cursor that was not made here starts from the beginning.
func (d *Desk) Due(ctx context.Context, by staff.Officer, what, cursor string) (Page, error) {
	if !by.May(staff.AskErasure) && !by.May(staff.AgreeErasure) {
		return Page{}, staff.ErrForbidden
	}
	db, from := d.Store.Read(ctx), readCursor(cursor)
	stand, err := yearsNow(db, d.Store.Now())
	if err != nil {
		return Page{}, err
	}
	page := Page{}
	var stopped []spot
	for _, r := range d.rooms() {
		w := walk{room: r, years: stand, what: what, now: d.Store.Now(),
			base:  func() *gorm.DB { return r.visible(db.Table(r.terms().table()), by) },
			whole: func(found *gorm.DB) *gorm.DB { return r.whole(found, by) }}
		for _, class := range Classes() {
			n := 0
			at, err := w.along(class, from, func(m Matter) bool {
				page.Lines = append(page.Lines, Line{Matter: m, Class: class})
				n++
				return n <= PageSize
			})
			if err != nil {
				return Page{}, err
			}
			if at != (spot{}) {
				stopped = append(stopped, at)
			}
		}
	}
	slices.SortFunc(page.Lines, func(a, b Line) int { return spotOf(a.Matter).compare(spotOf(b.Matter)) })
	page.cut(stopped)
	return page, d.markAsked(db, page.Lines)
}

// cut ends a page where it is full, or where the first of the walks stopped before.
func (p *Page) cut(stopped []spot) {
	if len(stopped) > 0 {
		end := slices.MinFunc(stopped, spot.compare)
		p.Next = end.String()
		p.Lines = slices.DeleteFunc(p.Lines, func(l Line) bool { return spotOf(l.Matter).compare(end) > 0 })
	}
	if len(p.Lines) > PageSize {
		p.Lines = p.Lines[:PageSize]
		p.Next = spotOf(p.Lines[PageSize-1].Matter).String()
	}
}

// How many rows are looked at together, and how many times for one page: what is
// kept for long is passed over, and a page may end early.
const (
	batch   = 200
	batches = 50
)

// walk goes along what is due of one room. base begins a query, as narrow as it has to
// be; whole narrows what was found once more.
type walk struct {
	room  room
	years years
	what  string
	now   time.Time
	base  func() *gorm.DB
	whole func(*gorm.DB) *gorm.DB
}

// along sees what is due of a class, in order, after a spot, until see has enough. When
// it has looked at as many rows as it may, it stops at a spot.
func (w walk) along(class string, from spot, see func(Matter) bool) (stopped spot, err error) {
	for range batches {
		some, err := w.room.read(w.next(class, from))
		if err != nil || len(some) == 0 {
			return spot{}, err
		}
		left, err := w.left(some)
		if err != nil {
			return spot{}, err
		}
		for _, m := range some {
			if slices.Contains(left, m.ID) && !see(m) {
				return spot{}, nil
			}
		}
		if len(some) < batch {
			return spot{}, nil
		}
		from = spotOf(some[len(some)-1])
	}
	return from, nil
}

// next is the query of the rows after a spot.
func (w walk) next(class string, from spot) *gorm.DB {
	t := w.room.terms()
	query := w.years.ended(w.base(), t, w.what, class, w.now)
	if from != (spot{}) {
		query = query.Where("("+t.column("closed_at")+", "+t.column("id")+") > (?, ?)", from.at.UTC(), from.id)
	}
	return query.Order(t.column("closed_at") + ", " + t.column("id")).Limit(batch)
}

// left are those that nothing keeps.
func (w walk) left(some []Matter) (ids []uuid.UUID, err error) {
	t, all := w.room.terms(), make([]uuid.UUID, len(some))
	for i, m := range some {
		all[i] = m.ID
	}
	return ids, w.whole(w.years.over(w.base(), t, w.what, w.now)).Where(t.column("id")+" IN ?", all).Pluck(t.column("id"), &ids).Error
}

// markAsked marks those lines about which somebody asked.
func (d *Desk) markAsked(db *gorm.DB, lines []Line) error {
	var reports, asked []uuid.UUID
	for _, l := range lines {
		reports = append(reports, l.ReportID)
	}
	if len(reports) == 0 {
		return nil
	}
	err := db.Model(&row{}).Where("state = 'asked' AND report_id IN ? AND asked_at > ?", reports, d.since()).Pluck("report_id", &asked).Error
	for i := range lines {
		lines[i].Asked = slices.Contains(asked, lines[i].ReportID)
	}
	return err
}

// since is when a request that still waits was made at the earliest.
func (d *Desk) since() time.Time { return d.Store.Now().AddDate(0, 0, -askedDays) }

// isDue reports whether the years of what was reported are over.
func (d *Desk) isDue(tx *gorm.DB, m Matter, what string) (basis string, is bool, err error) {
	r, err := d.room(m.Of)
	if err != nil {
		return "", false, err
	}
	now, t := d.Store.Now(), r.terms()
	stand, err := yearsNow(tx, now)
	if err != nil {
		return "", false, err
	}
	for _, class := range Classes() {
		var ids []uuid.UUID
		query := stand.over(stand.ended(tx.Table(t.table()), t, what, class, now), t, what, now)
		err := query.Where(t.column("report_id")+" = ?", m.ReportID).Limit(1).Pluck(t.column("id"), &ids).Error
		if err != nil || len(ids) > 0 {
			return stand[[2]string{what, class}].Basis, len(ids) > 0, err
		}
	}
	return "", false, nil
}

// heldBy lists what keeps what was reported.
func (d *Desk) heldBy(tx *gorm.DB, of Ref) (codes []string, err error) {
	r, err := d.room(of.Of)
	if err != nil {
		return nil, err
	}
	t := r.terms()
	for _, h := range t.holds {
		var ids []uuid.UUID
		if err := tx.Table(t.table()).Where(t.column("id")+" = ? AND "+h.kept, of.ID).Limit(1).Pluck(t.column("id"), &ids).Error; err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			codes = append(codes, h.code)
		}
	}
	return codes, nil
}

// spot is a position in a list: the last line that was shown.
type spot struct {
	at time.Time
	id uuid.UUID
}

func spotOf(m Matter) spot { return spot{*m.ClosedAt, m.ID} }

// compare orders spots as the lists do.
func (s spot) compare(other spot) int {
	if n := s.at.Compare(other.at); n != 0 {
		return n
	}
	return strings.Compare(s.id.String(), other.id.String())
}

// String writes the spot for an address.
func (s spot) String() string { return fmt.Sprintf("%d,%s", s.at.UnixMicro(), s.id) }

// readCursor reads what String wrote; anything else is the beginning.
func readCursor(text string) (s spot) {
	at, id, _ := strings.Cut(text, ",")
	var micro int64
	if _, err := fmt.Sscan(at, &micro); err != nil {
		return spot{}
	}
	if s.id, _ = uuid.Parse(id); s.id == uuid.Nil {
		return spot{}
	}
	s.at = time.UnixMicro(micro)
	return s
}
