package objection

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
)

// View is what the objector may see; Stage is one of the five words.
type View struct {
	ID       uuid.UUID
	Kind     Kind
	Title    string // of the notice
	Row      string // as the web shows it; "" none
	Stage    intake.Stage
	Steps    []intake.Step
	Ending   State // Withdrawn, Referred or ""
	Outcome  State // when ruled; the answer is the message of that kind
	NextOn   workday.Date
	NextWhat string // rule code: catalog key track.next.<code>
	Open     bool
}

// Of shows the objection of a report, nil when it has none. Whoever calls has
// opened the report by its receipt.
func (d *Desk) Of(ctx context.Context, report uuid.UUID) (*View, error) {
	db := d.Store.Read(ctx)
	o, err := ofReport(db, report)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	events, err := ledger.Of(ctx, d.Store, ledger.OfObjection, o.ID, eventTakenUp, eventVisited)
	if err != nil {
		return nil, err
	}
	v := &View{ID: o.ID, Kind: o.Kind, Open: o.ClosedAt == nil}
	v.Stage, v.Steps = progress(o, events)
	switch {
	case o.State == Withdrawn || o.State == Referred:
		v.Ending = o.State
	case o.ClosedAt != nil:
		v.Outcome = o.State
	}
	if v.Open && o.DueOn != nil {
		v.NextOn, v.NextWhat = *o.DueOn, o.DueRule
	}
	if v.Title, err = titleOf(db, o.NoticeID); err != nil {
		return nil, err
	}
	rows, err := rowsOf(db, o)
	v.Row = rows[rowAt(o)].Shown
	return v, err
}

// ofReport reads the objection that a report holds, for who has its receipt.
func ofReport(db *gorm.DB, report uuid.UUID) (o Objection, err error) {
	return o, store.One(db.Where("report_id = ?", report), &o)
}

// progress tells how far an objection has come in the five words, with the day
// of each.
func progress(o Objection, events []ledger.Event) (intake.Stage, []intake.Step) {
	steps := []intake.Step{
		{Stage: intake.Received, On: workday.On(o.ReceivedAt)}, {Stage: intake.TakenUp},
		{Stage: intake.Checking}, {Stage: intake.Answered}, {Stage: intake.Finished},
	}
	first := func(kind string) workday.Date {
		for _, e := range events {
			if e.Kind == kind {
				return workday.On(e.At)
			}
		}
		return ""
	}
	steps[1].On, steps[2].On = first(eventTakenUp), first(eventVisited)
	if o.ClosedAt != nil && o.State != Withdrawn && o.State != Referred {
		steps[3].On, steps[4].On = workday.On(*o.ClosedAt), workday.On(*o.ClosedAt)
	}
	reached := intake.Received
	for _, s := range steps {
		if s.On != "" {
			reached = s.Stage
		}
	}
	for i := range steps { // what was passed without an event has the day before
		if steps[i].On == "" && steps[i].Stage < reached {
			steps[i].On = steps[i-1].On
		}
	}
	return reached, steps
}

func titleOf(db *gorm.DB, id uuid.UUID) (string, error) {
	var n notice.Notice
	err := store.One(db.Select("title").Where("id = ?", id), &n)
	return n.Title, err
}

// rowKey names a row of a roll through all its versions.
type rowKey struct {
	roll uuid.UUID
	key  int
}

func rowAt(o Objection) rowKey {
	if o.RollID == nil || o.RowKey == nil {
		return rowKey{}
	}
	return rowKey{*o.RollID, *o.RowKey}
}

// rowsOf reads the rows that objections are about, as they stand or last stood.
func rowsOf(db *gorm.DB, all ...Objection) (map[rowKey]roll.Row, error) {
	rows := map[rowKey]roll.Row{}
	for _, o := range all {
		at := rowAt(o)
		if _, known := rows[at]; known || at == (rowKey{}) {
			continue
		}
		var r roll.Row
		err := store.One(db.Where("roll_id = ? AND key = ?", at.roll, at.key).Order("since DESC").Limit(1), &r)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		rows[at] = r
	}
	return rows, nil
}

// Counts of objections to a notice for its public line.
type Counts struct{ Received, Upheld, NotUpheld, Open int }

// CountsOf counts the objections to the roll of a notice (or to the notice
// itself when it has none).
func (d *Desk) CountsOf(ctx context.Context, n notice.Notice) (Counts, error) {
	return count(d.Store.Read(ctx), n)
}

// count tells numbers only: what each is about stays with its desk.
func count(db *gorm.DB, n notice.Notice) (c Counts, err error) {
	query := db.Table("objection").Where("notice_id = ?", n.ID)
	if n.RollID != nil {
		query = db.Table("objection").Where("roll_id = ?", *n.RollID)
	}
	var groups []struct {
		State State
		N     int
	}
	err = query.Select("state, count(*) AS n").Group("state").Scan(&groups).Error
	for _, g := range groups {
		c.Received += g.N
		switch {
		case g.State.upheld():
			c.Upheld += g.N
		case g.State == NotUpheld:
			c.NotUpheld += g.N
		case g.State == Submitted || g.State == Verifying:
			c.Open += g.N
		}
	}
	return c, err
}
