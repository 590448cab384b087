package objection

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/staff"
)

// pageSize is how many objections one page of the list shows.
const pageSize = 50

// Line is one objection in a list.
type Line struct {
	Objection
	Notice string // title
	Row    string
	Owner  string
	Late   int // working days overdue; negative: left; 0 for closed ones
}

// Filter narrows the list.
type Filter struct {
	State State // "" open ones; "all"
	Mine  bool
	Place string // a county, town or village with everything in it
	After int64  // seq of the last line
}

// List shows what the officer may see, 50 at a time, open ones from the oldest
// on and all others from the newest: those on desks of the own office or below,
// except about lists that the own office published (staff.WorkObjections).
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Line, error) {
	if err := by.Require(staff.WorkObjections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	query := d.visible(db, by).Limit(pageSize)
	if f.Mine {
		query = query.Where("objection.owner_id = ?", by.ID)
	}
	if f.Place != "" {
		from, to := span(f.Place)
		query = query.Where("objection.place_code >= ? AND objection.place_code < ?", from, to)
	}
	var all []Objection
	if err := f.ordered(query).Find(&all).Error; err != nil {
		return nil, err
	}
	return d.lines(db, all)
}

// ordered adds the state and the place in the list.
func (f Filter) ordered(query *gorm.DB) *gorm.DB {
	if f.State == "" {
		return query.Where("objection.closed_at IS NULL AND objection.seq > ?", f.After).Order("objection.seq")
	}
	if f.State != "all" {
		query = query.Where("objection.state = ?", f.State)
	}
	if f.After > 0 {
		query = query.Where("objection.seq < ?", f.After)
	}
	return query.Order("objection.seq DESC")
}

// span is the range of codes inside a place: from its digits without the
// trailing zeros of the levels below up to the first code beyond.
func span(place string) (from, to string) {
	digits := place
	for _, end := range []int{9, 6, 4} {
		if len(digits) > end && strings.Trim(digits[end:], "0") == "" {
			digits = digits[:end]
		}
	}
	return digits, digits + ":"
}

// lines adds to objections what a list shows beside them.
func (d *Desk) lines(db *gorm.DB, all []Objection) ([]Line, error) {
	var notices, people []uuid.UUID
	for _, o := range all {
		notices = append(notices, o.NoticeID)
		if o.OwnerID != nil {
			people = append(people, *o.OwnerID)
		}
	}
	titles, err := titles(db, notices)
	if err != nil {
		return nil, err
	}
	names, err := peopleNames(db, people)
	if err != nil {
		return nil, err
	}
	rows, err := rowsOf(db, all...)
	lines := make([]Line, len(all))
	for i, o := range all {
		lines[i] = Line{Objection: o, Notice: titles[o.NoticeID], Row: rows[rowAt(o)].Shown, Late: d.late(o)}
		if o.OwnerID != nil {
			lines[i].Owner = names[*o.OwnerID]
		}
	}
	return lines, err
}

// late counts the working days since an objection's date, or, negative, those
// that are left.
func (d *Desk) late(o Objection) int {
	if o.DueOn == nil || o.ClosedAt != nil {
		return 0
	}
	if today := d.today(); *o.DueOn >= today {
		return -d.Clocks.Calendar().WorkdaysBetween(today, *o.DueOn)
	}
	return d.Clocks.Calendar().WorkdaysBetween(*o.DueOn, workday.On(d.Store.Now()))
}

func titles(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	found := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return found, nil
	}
	var notices []notice.Notice
	err := db.Select("id, title").Where("id IN ?", ids).Find(&notices).Error
	for _, n := range notices {
		found[n.ID] = n.Title
	}
	return found, err
}

// peopleNames reads what people with accounts are called.
func peopleNames(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}
