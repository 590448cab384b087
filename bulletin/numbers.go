package bulletin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/staff"
)

// Numbers are what a report says in figures. Nobody types them.
type Numbers struct {
	Lines       []Number
	Offices     []Handled
	Items       []Supervised
	Inspections *InspectionSums // nil: left out
	Orders      *OrderSums      // nil: left out
	Measures    []MeasureSum    // nil: left out
	Repeats     int64
}

// Number is one number beside the period before and the same period of last year.
// Shares are thousandths; -1 stands where there is nothing to take a share of.
type Number struct {
	Code                  string // catalog key bulletin.number.<code>
	Share                 bool
	Now, Before, LastYear int64
}

// Handled is how an office dealt with reports. Due counts last days that came in
// the period: kept, extended, missed.
type Handled struct {
	Name                          string
	Received, Due, Kept, Extended int64
	Missed, Closed, Substantiated int64
}

// InTime is the kept share in thousandths, -1 when nothing was due.
func (h Handled) InTime() int64 { return share(h.Kept, h.Due) }

// Founded is the substantiated share of what was closed, in thousandths; -1 when
// nothing was.
func (h Handled) Founded() int64 { return share(h.Substantiated, h.Closed) }

// Supervised is how an office dealt with supervision items.
type Supervised struct {
	Name                           string
	Issued, StruckOff, Missed, Red int64
}

func share(part, whole int64) int64 {
	if whole == 0 {
		return -1
	}
	return (part*1000 + whole/2) / whole
}

// numbered are the numbers of the first section, in their order.
var numbered = []struct {
	code  string
	of    func(c figures.Counts) int64
	share bool
}{
	{"reports", func(c figures.Counts) int64 { return c.N(figures.Reports) }, false},
	{"accepted", func(c figures.Counts) int64 { return c.N(figures.Accepted) }, false},
	{"answered", func(c figures.Counts) int64 { return c.N(figures.Answered) }, false},
	{"closed", func(c figures.Counts) int64 { return c.N(figures.Closed) }, false},
	{"in_time", func(c figures.Counts) int64 {
		return share(c.N(figures.StageReply.Came(clock.Kept)), c.Came(figures.StageReply))
	}, true},
	{"founded", func(c figures.Counts) int64 { return share(founded(c), c.N(figures.Closed)) }, true},
	{"issued", func(c figures.Counts) int64 { return c.N(figures.Issued) }, false},
	{"struck_off", func(c figures.Counts) int64 { return c.N(figures.StruckOff) }, false},
}

// founded counts what turned out to be true, wholly or in part.
func founded(c figures.Counts) int64 {
	return c.N(figures.ClosedAs(intake.Substantiated)) + c.N(figures.ClosedAs(intake.Partly))
}

// count counts a period as the officer may see it.
func (d *Desk) count(ctx context.Context, by staff.Officer, p Period) (n Numbers, err error) {
	var sheets [3]figures.Sheet
	for i, one := range []Period{p, p.Before(), p.YearBefore()} {
		if sheets[i], err = d.Figures.Sheet(ctx, by, figures.Ask{Period: one.Span(), Office: by.UnitID}); err != nil {
			return n, fmt.Errorf("bulletin: count %s: %w", one, err)
		}
	}
	for _, m := range numbered {
		n.Lines = append(n.Lines, Number{m.code, m.share, m.of(sheets[0].Total), m.of(sheets[1].Total), m.of(sheets[2].Total)})
	}
	n.Repeats = sheets[0].Total.N(figures.Repeats)
	if err := d.byOffice(ctx, by, sheets[0], &n); err != nil {
		return n, err
	}
	return n, d.ofOthers(ctx, by, p, &n)
}

// ofOthers asks the rooms that bulletins do not know what they did.
func (d *Desk) ofOthers(ctx context.Context, by staff.Officer, p Period, n *Numbers) (err error) {
	if d.Inspections != nil {
		sums, err := d.Inspections(ctx, by.UnitID, p.First(), p.Last())
		if err != nil {
			return err
		}
		n.Inspections = &sums
	}
	if d.Orders != nil {
		sums, err := d.Orders(ctx, by.UnitID, p.First(), p.Last())
		if err != nil {
			return err
		}
		n.Orders = &sums
	}
	if d.Measures != nil {
		n.Measures, err = d.Measures(ctx, by.UnitID, p.First(), p.Last())
	}
	return err
}

// byOffice counts what each office dealt with; what none did is left out.
func (d *Desk) byOffice(ctx context.Context, by staff.Officer, sheet figures.Sheet, n *Numbers) error {
	for unit, c := range sheet.Offices {
		if unit == uuid.Nil {
			continue
		}
		h := Handled{Name: d.unitName(unit), Received: c.N(figures.Matters), Due: c.Came(figures.StageReply), Kept: c.N(figures.StageReply.Came(clock.Kept)),
			Extended: c.N(figures.StageReply.Came(clock.Extended)), Missed: c.N(figures.StageReply.Came(clock.Missed)),
			Closed: c.N(figures.Closed), Substantiated: founded(c)}
		if h.Received+h.Due+h.Closed > 0 {
			n.Offices = append(n.Offices, h)
		}
		s := Supervised{Name: h.Name, Issued: c.N(figures.Issued), StruckOff: c.N(figures.StruckOff), Missed: c.N(figures.StageDue.Came(clock.Missed))}
		if s.Issued+s.StruckOff+s.Missed == 0 {
			continue
		}
		red, err := d.Docket.Count(ctx, by, docket.Filter{Color: clock.Red, Lead: unit})
		if err != nil {
			return err
		}
		s.Red = int64(red)
		n.Items = append(n.Items, s)
	}
	slices.SortFunc(n.Offices, func(a, b Handled) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(n.Items, func(a, b Supervised) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// Change is a number that counting again changed.
type Change struct {
	Code          string // of Number
	Before, After int64
	Share         bool
}

// changed compares two counts of a period.
func changed(before, after Numbers) []Change {
	all := []Change{}
	for _, now := range after.Lines {
		i := slices.IndexFunc(before.Lines, func(n Number) bool { return n.Code == now.Code })
		if i >= 0 && before.Lines[i].Now != now.Now {
			all = append(all, Change{now.Code, before.Lines[i].Now, now.Now, now.Share})
		}
	}
	return all
}

// Share writes thousandths: 92.3%, 100%; "—" for none.
func Share(n int64) string {
	switch {
	case n < 0:
		return "—"
	case n%10 == 0:
		return fmt.Sprintf("%d%%", n/10)
	}
	return fmt.Sprintf("%d.%d%%", n/10, n%10)
}
