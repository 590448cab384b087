package register

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Line is one item with everything that the register says of it.
// What only the issuing office knows is empty for a handling unit.
type Line struct {
	docket.Item
	Issuer, LeadName string
	Assists          []string
	County           string
	Town             string
	Village          string

	// Of the complaints behind it that the officer may see.
	Sources    []string // numbers of cases; never a reporter
	ReceivedOn workday.Date
	Kind       intake.Kind
	Programme  string
	Outcome    intake.Outcome // the gravest that one of them came to

	Late       int // working days overdue, while the unit owes it
	Left       int // days until the last day; negative once it has passed; 0 without one
	Color      clock.Color
	ReportedOn workday.Date
	StruckOn   workday.Date
	StruckBy   string

	Rectification Rectification
	Measures      []string // of accountability, codes
	CallBack      string   // code of the result
}

// lines dresses items: everything in a few queries for all of them. That the cases
// behind them are shown, or taken along, stands on record first.
func (b *Book) lines(ctx context.Context, by staff.Officer, items []docket.Item, look string) ([]Line, error) {
	if len(items) == 0 {
		return nil, nil
	}
	d := &dresser{Book: b, by: by, look: look, lines: make([]Line, len(items)), at: map[uuid.UUID]*Line{}}
	for n, i := range items {
		d.lines[n] = Line{Item: i, Issuer: b.unitName(i.IssuerID), LeadName: b.unitName(i.LeadUnitID)}
		d.at[i.ID] = &d.lines[n]
		d.ids = append(d.ids, i.ID)
	}
	for _, dress := range []func(context.Context) error{d.lateness, d.places, d.assists, d.notes, d.behind, d.later} {
		if err := dress(ctx); err != nil {
			return nil, err
		}
	}
	return d.lines, nil
}

// dresser fills lines in.
type dresser struct {
	*Book
	by    staff.Officer
	look  string // what of a case the lines show: triage.SawItem, triage.Took
	lines []Line
	ids   []uuid.UUID
	at    map[uuid.UUID]*Line
	cases map[uuid.UUID][]uuid.UUID // by item, those that the officer may see
}

func (d *dresser) lateness(ctx context.Context) error {
	today := d.today()
	red, err := d.Clocks.RedBy(ctx)
	if err != nil {
		return err
	}
	for n := range d.lines {
		l := &d.lines[n]
		l.Color = clock.NotLate
		if l.DueOn == nil || l.ClosedAt != nil || l.IssuedAt == nil {
			continue
		}
		l.Left = l.DueOn.Sub(today)
		if !owes(l.State) {
			continue
		}
		if l.Late = d.Clocks.Late(l.DueOn, today); l.Late > 0 || *l.DueOn < today {
			l.Color = clock.Yellow
		}
		if *l.DueOn <= red {
			l.Color = clock.Red
		}
	}
	return nil
}

func owes(s docket.ItemState) bool {
	for _, o := range owed {
		if s == o {
			return true
		}
	}
	return false
}

// places names the county, town and village of each item; the atlas remembers
// all of them.
func (d *dresser) places(ctx context.Context) error {
	for n := range d.lines {
		l := &d.lines[n]
		code := l.PlaceCode
		for len(code) == 12 {
			place, err := d.Atlas.Division(ctx, code)
			if errors.Is(err, store.ErrNotFound) {
				break
			}
			if err != nil {
				return err
			}
			switch place.Level {
			case "village":
				l.Village = place.Name
			case "town":
				l.Town = place.Name
			case "county":
				l.County = place.Name
			}
			if place.ParentCode == nil {
				break
			}
			code = *place.ParentCode
		}
	}
	return nil
}

func (d *dresser) assists(ctx context.Context) error {
	var rows []struct{ ItemID, UnitID uuid.UUID }
	err := d.Store.Read(ctx).Table("item_unit").Where("item_id IN ? AND duty = 'assist'", d.ids).Order("item_id, unit_id").Find(&rows).Error
	for _, r := range rows {
		l := d.at[r.ItemID]
		l.Assists = append(l.Assists, d.unitName(r.UnitID))
	}
	return err
}

// notes finds when the unit reported, and who struck the item off.
func (d *dresser) notes(ctx context.Context) error {
	var rows []struct {
		ItemID uuid.UUID
		Kind   string
		At     time.Time
		Name   string
	}
	err := d.Store.Read(ctx).Table("item_note").Select("item_note.item_id, item_note.kind, item_note.at, account.name").
		Joins("JOIN account ON account.id = item_note.author_id").
		Where("item_note.item_id IN ? AND item_note.kind IN ('report', 'strike_off')", d.ids).Order("item_note.at").Find(&rows).Error
	for _, r := range rows {
		l, on := d.at[r.ItemID], workday.On(r.At)
		switch {
		case r.Kind == "report" && !owes(l.State):
			l.ReportedOn = on
		case r.Kind == "strike_off" && l.State == docket.StruckOff:
			l.StruckOn, l.StruckBy = on, r.Name
		}
	}
	return err
}

// behind reads the complaints behind the items that the officer's office, or one
// below it, issues.
func (d *dresser) behind(ctx context.Context) error {
	var ties []struct{ ItemID, ComplaintID uuid.UUID }
	err := d.Store.Read(ctx).Table("item_complaint").
		Joins("JOIN supervision_item ON supervision_item.id = item_complaint.item_id").
		Where("item_complaint.item_id IN ? AND supervision_item.issuer_id IN ?", d.ids, d.Atlas.Subtree(d.by.UnitID)).
		Order("item_complaint.item_id, item_complaint.complaint_id").Find(&ties).Error
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, t := range ties {
		ids = append(ids, t.ComplaintID)
	}
	seen, err := d.seen(ctx, ids)
	if err != nil {
		return err
	}
	if err := d.Triage.LookedAll(ctx, d.by, slices.Collect(maps.Keys(seen)), d.look); err != nil {
		return err
	}
	d.cases = map[uuid.UUID][]uuid.UUID{}
	for _, t := range ties {
		if c, may := seen[t.ComplaintID]; may {
			d.at[t.ItemID].takeFrom(c)
			d.cases[t.ItemID] = append(d.cases[t.ItemID], c.ID)
		}
	}
	return nil
}

func (d *dresser) seen(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]intake.Complaint, error) {
	seen := map[uuid.UUID]intake.Complaint{}
	const most = 1000
	for len(ids) > 0 {
		n := min(most, len(ids))
		cases, err := d.Triage.Bare(ctx, d.by, ids[:n])
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			seen[c.ID] = c
		}
		ids = ids[n:]
	}
	return seen, nil
}

// gravity orders outcomes: the register names the gravest.
var gravity = []intake.Outcome{"", intake.Unverifiable, intake.Unsubstantiated, intake.Partly, intake.Substantiated}

// takeFrom notes what a complaint behind an item says about it.
func (l *Line) takeFrom(c intake.Complaint) {
	l.Sources = append(l.Sources, c.Number())
	if on := workday.On(c.ReceivedAt); l.ReceivedOn == "" || on < l.ReceivedOn {
		l.ReceivedOn = on
	}
	if l.Kind == "" {
		l.Kind, l.Programme = c.Kind, c.Programme
	}
	for rank, o := range gravity {
		if o == c.Outcome && rank > rankOf(l.Outcome) {
			l.Outcome = o
		}
	}
}

func rankOf(o intake.Outcome) int {
	for rank, known := range gravity {
		if known == o {
			return rank
		}
	}
	return 0
}

// later asks the rooms above, as far as they are there.
func (d *dresser) later(ctx context.Context) error {
	if d.Rectified != nil {
		of, err := d.Rectified.RegisterOf(ctx, d.by, d.ids)
		if err != nil {
			return err
		}
		for id, r := range of {
			d.at[id].Rectification = r
		}
	}
	if d.Accounted != nil {
		of, err := d.Accounted.RegisterOf(ctx, d.by, d.ids)
		if err != nil {
			return err
		}
		for id, m := range of {
			d.at[id].Measures = m
		}
	}
	return d.calls(ctx)
}

func (d *dresser) calls(ctx context.Context) error {
	if d.CalledBack == nil {
		return nil
	}
	var ids []uuid.UUID
	for _, cases := range d.cases {
		ids = append(ids, cases...)
	}
	of, err := d.CalledBack.RegisterOf(ctx, d.by, ids)
	for item, cases := range d.cases {
		for _, c := range cases {
			if code := of[c]; code != "" {
				d.at[item].CallBack = code
			}
		}
	}
	return err
}

func (b *Book) unitName(id uuid.UUID) string {
	u, err := b.Atlas.Unit(id)
	if err != nil {
		return ""
	}
	return u.Name
}
