package retention

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/staff"
)

// founded is the condition of the class of the same name; the indexes of the lists
// hold it word for word.
const founded = "complaint.outcome IN ('substantiated', 'partly')"

// narrow begins the walk along the index of a class.
func narrow(db *gorm.DB, what, class string) *gorm.DB {
	if what == Names {
		db = db.Where("complaint.closed_at IS NOT NULL AND complaint.erased = '' AND complaint.mode <> 'anonymous'")
	} else {
		db = db.Where("complaint.closed_at IS NOT NULL AND complaint.erased <> 'words'")
	}
	if class == Founded {
		return db.Where(founded)
	}
	return db.Where("complaint.outcome NOT IN ('substantiated', 'partly')")
}

// ended walks along the cases of a class that ended long enough ago themselves.
func (y years) ended(db *gorm.DB, what, class string, now time.Time) *gorm.DB {
	return narrow(db, what, class).Where("complaint.closed_at <= ?", y.cutoff(what, class, now))
}

// over narrows cases that ended long enough ago to those whose years are over: each
// report once, by that part which ended last, when every part has ended long enough
// ago, and what it was merged into too, and nothing keeps it.
func (y years) over(db *gorm.DB, what string, now time.Time) *gorm.DB {
	f, o := y.cutoff(what, Founded, now), y.cutoff(what, Other, now)
	late := func(of string) string {
		return fmt.Sprintf("(%[1]s.closed_at IS NULL OR %[1]s.closed_at > ? OR %[1]s.outcome IN ('substantiated', 'partly') AND %[1]s.closed_at > ?)", of)
	}
	db = db.Where(`NOT EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND part.id <> complaint.id
			AND (`+late("part")+` OR (part.closed_at, part.id) > (complaint.closed_at, complaint.id)))`, o, f).
		Where(`NOT EXISTS (SELECT 1 FROM complaint part JOIN complaint chief ON chief.id = part.merged_into
			WHERE part.report_id = complaint.report_id AND `+late("chief")+`)`, o, f)
	for _, h := range holds {
		db = db.Where("NOT " + h.kept)
	}
	return db
}

// holds are what keeps a report whatever its years: by code, and the condition on a
// complaint of it. Rooms above are looked at as they stand in the database; their
// arrows point here.
var holds = []struct{ code, kept string }{
	{"open", `EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND (part.closed_at IS NULL OR part.second_desk_id IS NOT NULL))`},
	{"merged", `EXISTS (SELECT 1 FROM complaint part JOIN complaint chief ON chief.id = part.merged_into WHERE part.report_id = complaint.report_id AND chief.closed_at IS NULL)`},
	{"appeal", `EXISTS (SELECT 1 FROM complaint part JOIN appeal ON appeal.complaint_id = part.id WHERE part.report_id = complaint.report_id AND appeal.state <> 'decided')`},
	{"item", `EXISTS (SELECT 1 FROM complaint part JOIN item_complaint served ON served.complaint_id IN (part.id, part.merged_into) JOIN supervision_item item ON item.id = served.item_id
		WHERE part.report_id = complaint.report_id AND item.closed_at IS NULL)`},
	{"order", `EXISTS (SELECT 1 FROM complaint part JOIN item_complaint served ON served.complaint_id IN (part.id, part.merged_into) JOIN rectification_order o ON o.item_id = served.item_id
		WHERE part.report_id = complaint.report_id AND o.closed_at IS NULL)`},
	{"measure", `EXISTS (SELECT 1 FROM complaint part JOIN measure_ground ground ON ` + grounded + ` JOIN measure ON measure.id = ground.measure_id
		WHERE part.report_id = complaint.report_id AND measure.state NOT IN ('returned', 'adopted', 'not_adopted', 'lifted'))`},
	{"referral", `EXISTS (SELECT 1 FROM complaint part JOIN referral_ground ground ON ` + grounded + ` JOIN referral ON referral.id = ground.referral_id
		WHERE part.report_id = complaint.report_id AND referral.state NOT IN ('received', 'refused'))`},
	{"retaliation", `EXISTS (SELECT 1 FROM complaint_earlier tie JOIN complaint later ON later.id = tie.complaint_id
		WHERE tie.earlier_report_id = complaint.report_id AND (later.closed_at IS NULL OR tie.audit_at IS NOT NULL AND tie.audit_ended_at IS NULL))`},
	{"wanted", `EXISTS (SELECT 1 FROM complaint part JOIN retention_hold wanted ON wanted.complaint_id IN (part.id, part.merged_into) WHERE part.report_id = complaint.report_id AND wanted.lifted_at IS NULL)`},
}

// grounded is the condition that a ground of a measure or a referral is a part of a
// report or the case it was merged into, or what came of one: an item, or an order
// that followed the item.
const (
	grounded = `(ground.kind = 'complaint' AND ground.ref_id IN (part.id, part.merged_into) OR ground.kind = 'item' AND ground.ref_id IN (` + behind + `)
		OR ground.kind = 'order' AND ground.ref_id IN (SELECT o.id FROM rectification_order o WHERE o.item_id IN (` + behind + `)))`
	behind = `SELECT served.item_id FROM item_complaint served WHERE served.complaint_id IN (part.id, part.merged_into)`
)

// hiddenPart tells that a part of the same report is hidden from the officer.
func (d *Desk) hiddenPart(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("NOT EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND (? OR part.accused_level = 'office' AND NOT ?))",
		d.Triage.Hides(by, clause.Column{Table: "part", Name: "id"}), d.Triage.Highest(by.UnitID))
}

// Line is a case whose years are over.
type Line struct {
	intake.Complaint
	Class string
	Asked bool // somebody asked to destroy it
}

// Page is a stretch of what is due.
type Page struct {
	Lines []Line
	Next  string // cursor of the following page, "" at the end
}

// Due lists what has become due of what the officer may see, what ended longest ago
// first, 50 at a time (staff.AskErasure or AgreeErasure). A cursor that was not made
// here starts from the beginning.
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
	base := func() *gorm.DB { return d.Triage.Visible(db.Table("complaint"), by) }
	whole := func(found *gorm.DB) *gorm.DB { return d.hiddenPart(found, by) }
	for _, class := range Classes() {
		n := 0
		at, err := stand.walk(base, whole, what, class, d.Store.Now(), from, func(c intake.Complaint) bool {
			page.Lines = append(page.Lines, Line{Complaint: c, Class: class})
			n++
			return n <= PageSize
		})
		if err != nil {
			return Page{}, err
		}
		if at.id != uuid.Nil {
			stopped = append(stopped, at)
		}
	}
	slices.SortFunc(page.Lines, func(a, b Line) int {
		if n := a.ClosedAt.Compare(*b.ClosedAt); n != 0 {
			return n
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	page.cut(stopped)
	return page, d.markAsked(db, page.Lines)
}

// cut ends a page where it is full, or where a walk stopped before.
func (p *Page) cut(stopped []spot) {
	for _, at := range stopped {
		p.Next = at.String()
		p.Lines = slices.DeleteFunc(p.Lines, func(l Line) bool { return l.ClosedAt.After(at.at) })
	}
	if len(p.Lines) > PageSize {
		p.Lines = p.Lines[:PageSize]
		last := p.Lines[PageSize-1]
		p.Next = spot{*last.ClosedAt, last.ID}.String()
	}
}

// How many cases are looked at together, and how many times for one page: what is
// kept for long is passed over, and a page may end early.
const (
	batch   = 200
	batches = 50
)

// walk sees the cases of a class whose years are over, in order, after a spot, until
// see has enough. base begins a query, as narrow as it has to be; free narrows those
// that were found once more. When it has looked at as many as it may, it stops at a
// spot.
func (y years) walk(base func() *gorm.DB, free func(*gorm.DB) *gorm.DB, what, class string, now time.Time, from spot, see func(intake.Complaint) bool) (stopped spot, err error) {
	for range batches {
		query := y.ended(base(), what, class, now)
		if from.id != uuid.Nil {
			query = query.Where("(complaint.closed_at, complaint.id) > (?, ?)", from.at.UTC(), from.id)
		}
		var some []intake.Complaint
		if err := query.Order("complaint.closed_at, complaint.id").Limit(batch).Find(&some).Error; err != nil || len(some) == 0 {
			return spot{}, err
		}
		var ids, left []uuid.UUID
		for _, c := range some {
			ids = append(ids, c.ID)
		}
		if err := free(y.over(base(), what, now)).Where("complaint.id IN ?", ids).Pluck("complaint.id", &left).Error; err != nil {
			return spot{}, err
		}
		for _, c := range some {
			if slices.Contains(left, c.ID) && !see(c) {
				return spot{}, nil
			}
		}
		if len(some) < batch {
			return spot{}, nil
		}
		last := some[len(some)-1]
		from = spot{*last.ClosedAt, last.ID}
	}
	return from, nil
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

// isDue reports whether the years of a report are over.
func (d *Desk) isDue(tx *gorm.DB, report uuid.UUID, what string) (basis string, is bool, err error) {
	stand, err := yearsNow(tx, d.Store.Now())
	if err != nil {
		return "", false, err
	}
	for _, class := range Classes() {
		var ids []uuid.UUID
		err := stand.over(stand.ended(tx.Table("complaint"), what, class, d.Store.Now()), what, d.Store.Now()).Where("complaint.report_id = ?", report).Limit(1).Pluck("complaint.id", &ids).Error
		if err != nil || len(ids) > 0 {
			return stand[[2]string{what, class}].Basis, len(ids) > 0, err
		}
	}
	return "", false, nil
}

// heldBy lists what keeps the report of a complaint.
func heldBy(tx *gorm.DB, complaint uuid.UUID) (codes []string, err error) {
	for _, h := range holds {
		var ids []uuid.UUID
		if err := tx.Table("complaint").Where("complaint.id = ? AND "+h.kept, complaint).Limit(1).Pluck("complaint.id", &ids).Error; err != nil {
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
