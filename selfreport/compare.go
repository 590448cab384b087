package selfreport

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Cell is how the report of an office for a period stands.
type Cell struct {
	ID    uuid.UUID // zero: there is none
	State State
	Late  bool // it is late, or came late
}

// Grid is a schedule with who reported when.
type Grid struct {
	Schedule
	UnitName  string
	Units     []UnitCells // by name
	Periods   []Period    // the newest first, at most 12
	Questions []Question
	Actions   []string // change, end
	Events    []ledger.Event
}

// UnitCells are the reports of an office, one for each of a grid's periods.
type UnitCells struct {
	ID    uuid.UUID
	Name  string
	Cells []Cell
}

const mostPeriods = 12

// Show opens a schedule of the asking side, or store.ErrNotFound.
func (d *Desk) Show(ctx context.Context, by staff.Officer, id uuid.UUID) (Grid, error) {
	db := d.Store.Read(ctx)
	if _, err := d.one(db, by, id); err != nil { // nobody else makes anything due
		return Grid{}, err
	}
	if err := d.catchUp(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("id = ?", id) }); err != nil {
		return Grid{}, err
	}
	s, err := d.one(db, by, id)
	if err != nil {
		return Grid{}, err
	}
	g := Grid{Schedule: s, UnitName: d.unitName(s.UnitID)}
	for p := s.MadeThrough; p != "" && p >= s.FirstPeriod && len(g.Periods) < mostPeriods; p = p.Before() {
		g.Periods = append(g.Periods, p)
	}
	if g.Questions, err = questionsOf(db, id); err != nil {
		return g, err
	}
	if err := d.cells(db, &g); err != nil {
		return g, err
	}
	if s.UnitID == by.UnitID && s.EndedAt == nil {
		if s.MadeThrough == "" {
			g.Actions = append(g.Actions, "change")
		}
		g.Actions = append(g.Actions, "end")
	}
	g.Events, err = ledger.Of(ctx, d.Store, ledger.OfSelfReport, id)
	return g, err
}

// cells reads who reported when.
func (d *Desk) cells(db *gorm.DB, g *Grid) error {
	units, err := owersOf(db, g.ID)
	if err != nil {
		return err
	}
	var reports []Report
	if len(g.Periods) > 0 {
		err := db.Where("schedule_id = ? AND period IN ?", g.ID, g.Periods).Limit(mostUnits * mostPeriods).Find(&reports).Error
		if err != nil {
			return err
		}
	}
	for _, id := range units {
		row := UnitCells{ID: id, Name: d.unitName(id), Cells: make([]Cell, len(g.Periods))}
		for _, r := range reports {
			if n := slices.Index(g.Periods, r.Period); r.UnitID == id && n >= 0 {
				row.Cells[n] = Cell{r.ID, r.State, d.isLate(r, g.Schedule)}
			}
		}
		g.Units = append(g.Units, row)
	}
	slices.SortFunc(g.Units, func(a, b UnitCells) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// isLate reports whether a report is late, or came late.
func (d *Desk) isLate(r Report, s Schedule) bool {
	return r.CameLate() || r.waits() && s.EndedAt == nil && r.DueOn < d.today()
}

func owersOf(db *gorm.DB, schedule uuid.UUID) (units []uuid.UUID, err error) {
	err = db.Model(&owerRow{}).Where("schedule_id = ?", schedule).Order("unit_id").Limit(mostUnits).Pluck("unit_id", &units).Error
	return units, err
}

// Table compares what offices reported for a period: what was handed in last,
// also if it was returned.
type Table struct {
	Schedule
	Period    Period
	Periods   []Period // that there are, the newest first, at most 12
	Questions []Question
	Rows      []TableRow
	Sums      map[int]int64 // by question, of those that add up
}

// TableRow is what one office reported.
type TableRow struct {
	Cell
	Unit    string
	Answers Answers // nil: nothing was handed in
}

// Compare makes the table of a period; "" is the last. Errors: store.ErrNotFound,
// also for a period that there is no report of.
func (d *Desk) Compare(ctx context.Context, by staff.Officer, id uuid.UUID, period Period) (Table, error) {
	g, err := d.Show(ctx, by, id)
	if err != nil {
		return Table{}, err
	}
	t := Table{Schedule: g.Schedule, Period: period, Periods: g.Periods, Questions: g.Questions, Sums: map[int]int64{}}
	if period == "" && len(g.Periods) > 0 {
		t.Period = g.Periods[0]
	}
	db := d.Store.Read(ctx)
	var reports []Report
	if err := db.Where("schedule_id = ? AND period = ?", id, t.Period).Limit(mostUnits).Find(&reports).Error; err != nil {
		return t, err
	}
	if period != "" && len(reports) == 0 {
		return t, store.ErrNotFound
	}
	said, err := lastSaid(db, reports)
	if err != nil {
		return t, err
	}
	for _, r := range reports {
		t.Rows = append(t.Rows, TableRow{Cell{r.ID, r.State, d.isLate(r, g.Schedule)}, d.unitName(r.UnitID), said[r.ID]})
		for _, q := range t.Questions {
			if v, given := said[r.ID][q.N]; given && q.Kind.Adds() {
				t.Sums[q.N] += v.Figure
			}
		}
	}
	slices.SortFunc(t.Rows, func(a, b TableRow) int { return strings.Compare(a.Unit, b.Unit) })
	return t, nil
}

// lastSaid reads what reports said when they were last handed in.
func lastSaid(db *gorm.DB, reports []Report) (map[uuid.UUID]Answers, error) {
	of := map[uuid.UUID]Answers{}
	var ids []uuid.UUID
	for _, r := range reports {
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return of, nil
	}
	var rounds []roundRow
	err := db.Where("report_id IN ? AND handed_at IS NOT NULL", ids).Order("round").Limit(len(ids) * mostRounds).Find(&rounds).Error
	if err != nil {
		return nil, err
	}
	last := map[uuid.UUID]uuid.UUID{}
	var which []uuid.UUID
	for _, r := range rounds {
		last[r.ReportID] = r.ID
	}
	for _, id := range last {
		which = append(which, id)
	}
	if len(which) == 0 {
		return of, nil
	}
	said, err := answersOf(db, which...)
	for report, round := range last {
		of[report] = said[round]
	}
	return of, err
}

// Export writes a table as a workbook. names are what its columns of our own are
// called: office, state, on time; state and late say a row in words.
func (t Table) Export(w io.Writer, names [3]string, state func(TableRow) string, late func(TableRow) string, sum string) error {
	heads := []sheet.Head{{Name: names[0], Type: sheet.Text}, {Name: names[1], Type: sheet.Text}, {Name: names[2], Type: sheet.Text}}
	for _, q := range t.Questions {
		heads = append(heads, sheet.Head{Name: q.Words, Type: q.Kind.cell()})
	}
	out, err := sheet.NewXLSX(w, t.Title+" "+string(t.Period), heads)
	if err != nil {
		return err
	}
	for _, r := range t.Rows {
		row := []any{r.Unit, state(r), late(r)}
		for _, q := range t.Questions {
			row = append(row, q.written(r.Answers))
		}
		if err := out.Write(row...); err != nil {
			return err
		}
	}
	row := []any{sum, nil, nil}
	for _, q := range t.Questions {
		if q.Kind.Adds() {
			row = append(row, t.Sums[q.N])
		} else {
			row = append(row, nil)
		}
	}
	if err := out.Write(row...); err != nil {
		return err
	}
	return out.Close()
}
