package triage

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

const pageSize = 50

// Find lists visible cases, most pressing first (open ones by due date, then
// age; finished ones and text searches newest first; those of a period by when
// what it is about happened, latest first), 50 at a time by keyset.
// It returns ErrShortSearch for a text of one character. A cursor that was not
// made here starts from the beginning.
func (q *Queue) Find(ctx context.Context, by staff.Officer, f Filter, cursor string) (Page, error) {
	words, err := seek(f.Text)
	if err != nil {
		return Page{}, err
	}
	from := readCursor(cursor)
	if f.Period.By != "" && strings.TrimSpace(f.Text) == "" {
		return q.along(ctx, by, f, from)
	}
	narrow := func() *gorm.DB { return q.during(words.numbered(q.asked(ctx, by, f)), f.Period) }
	var found []intake.Complaint
	switch {
	case len(words.grams) > 0:
		found, err = q.matching(narrow, words.grams, from, pageSize+1)
	case f.byAge():
		found, err = newest(narrow, from, pageSize+1)
	default:
		found, err = mostPressing(narrow, from, pageSize+1)
	}
	if err != nil {
		return Page{}, err
	}
	if words.number != "" && len(found) == 0 {
		if _, err := q.byNumber(ctx, by, words); err != nil && !errors.Is(err, store.ErrNotFound) {
			return Page{}, err
		}
	}
	page := Page{}
	if len(found) > pageSize {
		found = found[:pageSize]
		page.Next = cursorAfter(found[pageSize-1]).String()
	}
	page.Rows, err = q.rows(ctx, by, found)
	return page, err
}

// asked is a fresh query over the visible cases that fit the filter, but for
// its text.
func (q *Queue) asked(ctx context.Context, by staff.Officer, f Filter) *gorm.DB {
	db := f.narrow(q.visible(q.store.Read(ctx).Model(&intake.Complaint{}), by), by, q.today())
	return q.counted(ctx, db, f)
}

// top lists the first rows that a filter without text finds.
func (q *Queue) top(ctx context.Context, by staff.Officer, f Filter, limit int) ([]Row, error) {
	found, err := mostPressing(func() *gorm.DB { return q.asked(ctx, by, f) }, place{}, limit)
	if err != nil {
		return nil, err
	}
	return q.rows(ctx, by, found)
}

// newest lists by descending number, which is the order of arrival.
func newest(narrow func() *gorm.DB, from place, limit int) ([]intake.Complaint, error) {
	query := narrow().Order("complaint.seq DESC").Limit(limit)
	if from.Seq > 0 {
		query = query.Where("complaint.seq < ?", from.Seq)
	}
	var found []intake.Complaint
	err := query.Find(&found).Error
	return found, err
}

// mostPressing lists by last day, then age; those without a last day come
// after all others. Two stretches of one index each instead of one condition
// with OR, which no database can walk along an index.
func mostPressing(narrow func() *gorm.DB, from place, limit int) ([]intake.Complaint, error) {
	var found []intake.Complaint
	if from.Seq == 0 || from.Due != "" {
		query := narrow().Where("complaint.due_on IS NOT NULL")
		if from.Due != "" {
			query = query.Where("(complaint.due_on, complaint.seq) > (?, ?)", from.Due, from.Seq)
		}
		err := query.Order("complaint.due_on, complaint.seq").Limit(limit).Find(&found).Error
		if err != nil || len(found) == limit {
			return found, err
		}
		from = place{}
	}
	// Ordered by the last day too, though none has one: so that PostgreSQL does
	// not walk all complaints by number for the few that have none.
	var undated []intake.Complaint
	err := narrow().Where("complaint.due_on IS NULL AND complaint.seq > ?", from.Seq).
		Order("complaint.due_on, complaint.seq").Limit(limit - len(found)).Find(&undated).Error
	return append(found, undated...), err
}

// rows dresses complaints for a list: files, names and lateness, each in one query
// for all.
func (q *Queue) rows(ctx context.Context, by staff.Officer, found []intake.Complaint) ([]Row, error) {
	withheld, files, err := q.undescribed(ctx, by, found)
	if err != nil {
		return nil, err
	}
	var owners []uuid.UUID
	for _, c := range found {
		if c.OwnerID != nil {
			owners = append(owners, *c.OwnerID)
		}
	}
	names, err := peopleNames(q.store.Read(ctx), owners)
	if err != nil {
		return nil, err
	}
	colors, err := q.clocks.Colors(ctx, "")
	if err != nil {
		return nil, err
	}
	today := q.today()
	rows := make([]Row, 0, len(found))
	for _, c := range found {
		r := Row{Complaint: c, DeskName: q.unitName(c.DeskUnitID)}
		if c.Summary == "" {
			r.Withheld, r.Files = withheld[c.ReportID], files[c.ReportID]
		}
		if c.OwnerID != nil {
			r.OwnerName = names[*c.OwnerID]
		}
		if c.ClosedAt == nil {
			r.Late = q.late(c.DueOn, today)
		}
		r.Color = colors.Of(r.Late)
		rows = append(rows, r)
	}
	return rows, nil
}
