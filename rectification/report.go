package rectification

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// PointReport is what became of one point.
type PointReport struct {
	Point       uuid.UUID
	Cause       string // 4 to 1000 characters
	Measures    string // 4 to 2000
	Done        bool
	Words       string // how far it is; of what is not done, what is left and by when: 4 to 2000
	Responsible string // 2 to 60
}

// Report is what the ordered office reports (整改报告).
type Report struct {
	Basics  string // 10 to 3000 characters
	Lasting string // what is to last: at most 2000
	Head    string // of the unit, who answers for the report: 2 to 60
	Points  []PointReport
	Form    []byte // key of staged files; nil none
}

func (r Report) of(point uuid.UUID) PointReport {
	for _, p := range r.Points {
		if p.Point == point {
			return p
		}
	}
	return PointReport{}
}

// Note notes how far it is, with words of 4 to 2000 characters and files. Errors:
// *step.Invalid, those of a step.
func (d *Desk) Note(ctx context.Context, by staff.Officer, id uuid.UUID, words string, form []byte) error {
	var f step.Form
	words = f.Text("words", words, 4, 2000, "order_progress")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToNote, id, 0, func(tx *gorm.DB, o *Order, _ discretion) error {
		if err := d.move(tx, o, ToNote, nil); err != nil {
			return err
		}
		files, err := d.write(tx, by, o, entryRow{Kind: progress, Words: words}, nil, form)
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "order_progress", files.Tell(nil))
	})
}

// HandInReport reports on every point. The report becomes a paper of the ordered
// office; the clock of the look on site starts. Errors: *step.Invalid, those of a
// step.
func (d *Desk) HandInReport(ctx context.Context, by staff.Officer, id uuid.UUID, version int, r Report) error {
	proofs, err := d.Shelf.Staged(ctx, r.Form)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range proofs {
		names = append(names, f.Name)
	}
	return d.on(ctx, by, ToReport, id, version, func(tx *gorm.DB, o *Order, _ discretion) error {
		points, err := d.points(tx, *o)
		if err != nil {
			return err
		}
		r, lines, err := r.tidy(points)
		if err != nil {
			return err
		}
		if err := d.move(tx, o, ToReport, nil); err != nil {
			return err
		}
		if err := d.met(tx, o, ruleReport); err != nil {
			return err
		}
		if err := d.start(tx, o, d.today(), ruleCheck); err != nil {
			return err
		}
		files, err := d.write(tx, by, o, entryRow{Kind: reported, Words: r.Basics, Lasting: r.Lasting, Head: r.Head}, lines, r.Form)
		if err != nil {
			return err
		}
		money, err := moneyBy(tx, o.ID)
		if err != nil {
			return err
		}
		_, err = d.Papers.Issue(tx, by, paper.Draft{
			Kind: paper.RectificationReport, Unit: o.TargetID, To: o.UnitID, Subject: ledger.OfOrder, SubjectID: id,
			Title: "关于" + o.Number + "的整改报告", Content: reportContent(*o, d.unitName(o.UnitID), r, points, money, names),
		})
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "order_reported", files.Tell(nil))
	})
}

func (r Report) tidy(points []Point) (Report, []Line, error) {
	var f step.Form
	r.Basics = f.Text("basics", r.Basics, 10, 3000, "order_basics")
	r.Lasting = f.Text("lasting", r.Lasting, 0, 2000, "order_lasting")
	r.Head = f.Text("head", r.Head, 2, 60, "order_head")
	told := make([]PointReport, len(points))
	lines := make([]Line, len(points))
	for n, p := range points {
		one, of := r.of(p.ID), "."+p.ID.String()
		one.Point = p.ID
		one.Cause = f.Text("cause"+of, one.Cause, 4, 1000, "order_cause")
		one.Measures = f.Text("measures"+of, one.Measures, 4, 2000, "order_measures")
		one.Words = f.Text("told"+of, one.Words, 4, 2000, "order_told")
		one.Responsible = f.Text("responsible"+of, one.Responsible, 2, 60, "order_responsible")
		result := Unfinished
		if one.Done {
			result = Done
		}
		told[n] = one
		lines[n] = Line{PointID: p.ID, Cause: one.Cause, Measures: one.Measures, Responsible: one.Responsible, Result: result, Words: one.Words}
	}
	r.Points = told
	return r, lines, f.Err()
}

// ReturnReport gives back a report that is no basis for a look on site, with
// words of 4 to 1000 characters, until a working day within the next 60. Whoever
// does will not look on site. Errors: *step.Invalid, *triage.Leak, those of a
// step.
func (d *Desk) ReturnReport(ctx context.Context, by staff.Officer, id uuid.UUID, version int, until workday.Date, words string) error {
	var f step.Form
	words = f.Text("words", words, 4, 1000, "order_ruling")
	f.Require(d.agreed(until), "until", "order_until")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToReturn, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		if err := fit(tx, [2]string{"words", words}); err != nil {
			return err
		}
		if err := d.move(tx, o, ToReturn, nil); err != nil {
			return err
		}
		if _, err := d.Clocks.Until(tx, o.clocked(), ruleReport, d.today(), until); err != nil {
			return err
		}
		if err := d.met(tx, o, ruleCheck); err != nil {
			return err
		}
		if _, err := d.write(tx, by, o, entryRow{Kind: reportReturned, Words: words}, nil, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_report_returned", map[string]string{"until": string(until)})
	})
}

// agreed reports whether a day can be agreed on as a last one.
func (d *Desk) agreed(day workday.Date) bool {
	today := d.today()
	if _, err := workday.Parse(string(day)); err != nil || day <= today || day.Sub(today) > 60 {
		return false
	}
	works, _ := d.Clocks.Calendar().IsWorkday(day)
	return works
}
