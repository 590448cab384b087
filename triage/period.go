package triage

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// way is how the cases of a period are found: by the rows that say when what
// it is about happened, along an index over them.
type way struct {
	join  string // from complaint to those rows
	where string
	vars  []any
	when  string // column that the list goes by, latest first
	daily bool   // it is a day, not an instant
}

// wayOf is the way of a period; false for one that asks for nothing known.
func (q *Queue) wayOf(p Period) (way, bool) {
	switch p.By {
	case Received:
		return way{when: "complaint.received_at"}, true
	case Ended:
		return way{when: "complaint.closed_at"}, true
	case Answered:
		return way{when: "answered.at", join: "JOIN event answered ON answered.subject_id = complaint.id",
			where: `answered.kind = 'decided' AND answered.subject_kind = 'complaint' AND NOT EXISTS (SELECT 1 FROM event before
				WHERE before.subject_kind = 'complaint' AND before.subject_id = complaint.id AND before.kind = 'decided' AND before.seq < answered.seq)`}, true
	case Rated:
		return way{when: "rated.at", join: "JOIN rating rated ON rated.complaint_id = complaint.id",
			where: `rated.code = ? AND NOT EXISTS (SELECT 1 FROM rating later WHERE later.complaint_id = rated.complaint_id AND later.letter_n > rated.letter_n)`,
			vars:  []any{p.Rating}}, true
	case Dated:
		came := q.clocks.Came(p.Result, "deadline.met_at", q.today())
		return way{when: "deadline.due_on", daily: true, join: "JOIN deadline ON deadline.subject_id = complaint.id",
			// Nothing was owed to who withdrew; what was merged is owed by the other.
			where: "complaint.state NOT IN ('withdrawn', 'merged') AND deadline.rule IN ? AND " + came.SQL, vars: append([]any{p.Rules}, came.Vars...)}, true
	}
	return way{}, false
}

// narrow puts the rows of a span on a query over complaint.
func (w way) narrow(db *gorm.DB, span workday.Span) *gorm.DB {
	if w.join != "" {
		db = db.Joins(w.join).Where(w.where, w.vars...)
	}
	if w.daily {
		return db.Where(w.when+" BETWEEN ? AND ?", span.First, span.Last)
	}
	return db.Where(w.when+" >= ? AND "+w.when+" < ?", span.First.Time().UTC(), span.Last.Add(1).Time().UTC())
}

// dated is a case with what the list of a period goes by.
type dated struct {
	intake.Complaint `gorm:"embedded"`
	WhenAt           *time.Time
	WhenOn           *workday.Date
}

func (d dated) place() place {
	if d.WhenOn != nil {
		return place{Due: *d.WhenOn, Seq: d.Seq, At: d.WhenOn.Time().UnixMicro()}
	}
	return place{Seq: d.Seq, At: d.WhenAt.UnixMicro()}
}

// along lists the cases of a period.
func (q *Queue) along(ctx context.Context, by staff.Officer, f Filter, from place) (Page, error) {
	w, known := q.wayOf(f.Period)
	if !known {
		return Page{}, nil
	}
	as := " AS when_at"
	if w.daily {
		as = " AS when_on"
	}
	query := w.narrow(q.asked(ctx, by, f), f.Period.Span).Select("complaint.*, " + w.when + as)
	switch {
	case from.At == 0:
	case w.daily:
		query = query.Where("("+w.when+", complaint.seq) < (?, ?)", from.Due, from.Seq)
	default:
		query = query.Where("("+w.when+", complaint.seq) < (?, ?)", time.UnixMicro(from.At).UTC(), from.Seq)
	}
	var found []dated
	if err := query.Order(w.when + " DESC, complaint.seq DESC").Limit(pageSize + 1).Find(&found).Error; err != nil {
		return Page{}, err
	}
	page := Page{}
	if len(found) > pageSize {
		found = found[:pageSize]
		page.Next = found[pageSize-1].place().String()
	}
	cases := make([]intake.Complaint, len(found))
	for i, d := range found {
		cases[i] = d.Complaint
	}
	var err error
	page.Rows, err = q.rows(ctx, by, cases)
	return page, err
}

// during narrows a query that is ordered in some other way to a period.
func (q *Queue) during(db *gorm.DB, p Period) *gorm.DB {
	if p.By == "" {
		return db
	}
	w, known := q.wayOf(p)
	if !known {
		return db.Where("1 = 0")
	}
	inside := w.narrow(q.store.Read(db.Statement.Context).Table("complaint").Select("complaint.seq"), p.Span)
	return db.Where("complaint.seq IN (?)", inside)
}

// counted narrows to what figures are counted of, but for the period.
func (q *Queue) counted(ctx context.Context, db *gorm.DB, f Filter) *gorm.DB {
	if f.Office != uuid.Nil {
		db = db.Where("complaint.desk_unit_id IN ?", q.atlas.Subtree(f.Office))
	}
	if f.Desk != uuid.Nil {
		db = db.Where("complaint.desk_unit_id = ?", f.Desk)
	}
	if f.Again {
		db = db.Where(`EXISTS (SELECT 1 FROM complaint earlier WHERE earlier.desk_unit_id = complaint.desk_unit_id AND earlier.place_code = complaint.place_code
			AND earlier.kind = complaint.kind AND earlier.state = 'closed' AND earlier.closed_at <= complaint.received_at
			AND earlier.closed_at >= ` + q.store.DaysBefore("complaint.received_at", 90) + `)`)
	}
	if f.Red {
		red, err := q.clocks.RedBy(ctx)
		if err != nil {
			_ = db.AddError(err)
		}
		db = db.Where("complaint.due_on <= ?", red)
	}
	return db
}
