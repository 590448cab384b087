package figures

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
)

// The public is told of whole quarters, from a day after their end, and what it
// was told stays: whoever looks today and tomorrow must not learn from the
// difference what came in between.

// delay is how long after a quarter the public is told of it.
const delay = 24 * time.Hour

// quartersShown is how many quarters the page shows.
const quartersShown = 12

// byArea are the measures that the public is told by county, whole those that it
// is told of the city.
var (
	byArea = []Measure{Reports, AnsweredReports, PutRight}
	whole  = []Measure{Closed, StageReply.Came(clock.Kept), StageReply.Came(clock.Extended), StageReply.Came(clock.Missed), Corrected}
)

// Area is a county as the public knows it, or a zone within one.
type Area struct {
	Code string // of the county; the office's id for a zone
	Name string // of a zone: its office's without 督查室
}

// Row is what the public is told of a quarter.
type Row struct {
	Quarter   Quarter
	Areas     map[Measure][]Shown // in the order of Public.Areas
	Total     map[Measure]Shown
	Closed    Shown                  // matters, not messages, and not what was put right
	InTime    map[clock.Result]Shown // answers by their last day
	Corrected Shown                  // lists, after objections
}

// Public is what everybody may know.
type Public struct {
	Areas []Area
	Rows  []Row // newest first, at most twelve
	// Sums are the totals of all quarters ever told, each as it was told; Since
	// and Until are the first and the last of them, "" before there is one.
	Sums         map[Measure]int64
	Since, Until Quarter
}

// told is one number as it was told.
type told struct {
	Quarter Quarter `gorm:"primaryKey"`
	Measure Measure `gorm:"primaryKey"`
	Area    string  `gorm:"primaryKey"`
	N       int64
	Fen     int64
	At      time.Time
}

// TableName is figures_public.
func (told) TableName() string { return "figures_public" }

// Public reads what the public is told, after telling what has become due.
func (b *Board) Public(ctx context.Context) (Public, error) {
	if err := b.tellDue(ctx); err != nil {
		return Public{}, err
	}
	areas, err := b.areas(ctx)
	if err != nil {
		return Public{}, err
	}
	var all []told
	if err := b.Store.Read(ctx).Order("quarter, measure, area").Find(&all).Error; err != nil {
		return Public{}, err
	}
	return published(areas, all), nil
}

// published lays out what was told; pure.
func published(areas []Area, all []told) Public {
	p := Public{Areas: areas, Sums: map[Measure]int64{}}
	quarters := map[Quarter]map[Measure]map[string]int64{}
	for _, t := range all {
		if quarters[t.Quarter] == nil {
			quarters[t.Quarter] = map[Measure]map[string]int64{}
		}
		if quarters[t.Quarter][t.Measure] == nil {
			quarters[t.Quarter][t.Measure] = map[string]int64{}
		}
		quarters[t.Quarter][t.Measure][t.Area] = t.N
		p.Until = max(p.Until, t.Quarter)
		if p.Since == "" {
			p.Since = t.Quarter
		}
	}
	for q, counts := range quarters {
		row := rowOf(q, areas, counts)
		p.Rows = append(p.Rows, row)
		for _, m := range byArea {
			p.Sums[m] += row.Total[m].N
		}
	}
	slices.SortFunc(p.Rows, func(a, b Row) int { return -compare(a.Quarter, b.Quarter) })
	p.Rows = p.Rows[:min(len(p.Rows), quartersShown)]
	return p
}

func compare(a, b Quarter) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func rowOf(q Quarter, areas []Area, counts map[Measure]map[string]int64) Row {
	r := Row{Quarter: q, Areas: map[Measure][]Shown{}, Total: map[Measure]Shown{}, InTime: map[clock.Result]Shown{}}
	for _, m := range byArea {
		cells := make([]int64, len(areas))
		for i, a := range areas {
			cells[i] = counts[m][a.Code]
		}
		r.Areas[m], r.Total[m] = Suppress(cells)
	}
	for _, result := range clock.Results() {
		r.InTime[result] = alone(counts[StageReply.Came(result)][""]) // nobody is told their sum
	}
	r.Closed, r.Corrected = alone(counts[Closed][""]), alone(counts[Corrected][""])
	return r
}

// areas lists the counties and the zones within them. What belongs to no place,
// such as an item for the whole city, is in none of them.
func (b *Board) areas(ctx context.Context) ([]Area, error) {
	counties, err := b.Atlas.Children(ctx, city)
	if err != nil {
		return nil, err
	}
	var all []Area
	for _, c := range counties {
		all = append(all, Area{c.Code, c.Name})
	}
	for _, u := range b.Atlas.Units() {
		if u.Kind == region.Zone && u.ValidTo == nil {
			all = append(all, Area{u.ID.String(), strings.TrimSuffix(u.Name, "督查室")})
		}
	}
	return all, nil
}

// city is 盘锦市.
const city = "211100000000"

// areaOf is the area in which a town lies, a zone's where there is one; "" none.
func (b *Board) areaOf(ctx context.Context, areas []Area, town string) (string, error) {
	if len(town) != 12 {
		return "", nil
	}
	for _, u := range b.Atlas.UnitsFor(town) {
		if u.Kind == region.Zone {
			return u.ID.String(), nil
		}
	}
	county := region.CountyCode(town)
	for range 3 { // counties are renamed once in decades
		if slices.ContainsFunc(areas, func(a Area) bool { return a.Code == county }) {
			return county, nil
		}
		d, err := b.Atlas.Division(ctx, county)
		if err != nil || d.SuccessorCode == nil {
			return "", ignoreMissing(err)
		}
		county = *d.SuccessorCode
	}
	return "", nil
}

func ignoreMissing(err error) error {
	if err == store.ErrNotFound {
		return nil
	}
	return err
}

// tellDue tells the public of the quarters that ended, once each.
func (b *Board) tellDue(ctx context.Context) error {
	last := QuarterOf(MonthOf(workday.On(b.Store.Now().Add(-delay)))).Add(-1)
	var from struct {
		First Month
		Told  Quarter
	}
	text := `SELECT COALESCE((SELECT MIN(month) FROM figures WHERE measure = 'reports'), '') AS first,
		COALESCE((SELECT MAX(quarter) FROM figures_public), '') AS told`
	if err := b.Store.Read(ctx).Raw(text).Scan(&from).Error; err != nil || from.Told >= last {
		return err
	}
	b.fresh(ctx)
	counted, err := b.countedAt(ctx)
	if err != nil || counted.Before(last.Period().Last.to().Add(delay)) {
		return err // not before everything of that quarter is counted
	}
	if from.First == "" {
		if err := b.Store.Read(ctx).Raw(text).Scan(&from).Error; err != nil || from.First == "" {
			return err
		}
	}
	first := QuarterOf(from.First)
	if from.Told != "" {
		first = from.Told.Add(1)
	}
	for q := first; q <= last; q = q.Add(1) {
		if err := b.tell(ctx, q); err != nil && !store.IsDuplicate(err) { // another replica was faster
			return err
		}
	}
	return nil
}

// tell writes down what the public is told of a quarter, with an event.
func (b *Board) tell(ctx context.Context, q Quarter) error {
	rows, err := b.tale(ctx, q)
	if err != nil {
		return err
	}
	return b.Store.Transact(ctx, func(tx *gorm.DB) error {
		if err := tx.CreateInBatches(rows, 100).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfPortal, uuid.Must(uuid.NewV7()), "figures_published", ledger.System(), b.Store.Now(), map[string]string{"quarter": string(q)})
	})
}

// tale gathers the numbers of a quarter: nothing that happened is a row too.
func (b *Board) tale(ctx context.Context, q Quarter) ([]told, error) {
	areas, err := b.areas(ctx)
	if err != nil {
		return nil, err
	}
	sums := map[Measure]map[string]int64{}
	for _, m := range byArea {
		sums[m] = map[string]int64{}
		for _, a := range areas {
			sums[m][a.Code] = 0
		}
	}
	for _, m := range whole {
		sums[m] = map[string]int64{"": 0}
	}
	var kept []tally
	p := q.Period()
	err = b.Store.Read(ctx).Select("town_code, measure, SUM(n) AS n").Where("month BETWEEN ? AND ?", p.First, p.Last).
		Group("town_code, measure").Find(&kept).Error
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	for _, k := range kept {
		area := ""
		if slices.Contains(byArea, k.Measure) {
			if area, err = b.areaOf(ctx, areas, k.TownCode); err != nil {
				return nil, err
			}
		}
		if _, asked := sums[k.Measure][area]; asked {
			sums[k.Measure][area] += k.N
		}
	}
	if sums[Corrected][""], err = b.corrected(ctx, p); err != nil {
		return nil, err
	}
	var rows []told
	for m, by := range sums {
		for area, n := range by {
			rows = append(rows, told{Quarter: q, Measure: m, Area: area, N: n, At: b.Store.Now()})
		}
	}
	return rows, nil
}

// corrected counts the objections after which a list was corrected.
func (b *Board) corrected(ctx context.Context, p Period) (n int64, err error) {
	err = b.Store.Read(ctx).Table("objection").Where("state IN ('upheld_add', 'upheld_remove', 'upheld_correct')").
		Where("closed_at >= ? AND closed_at < ?", p.First.from(), p.Last.to()).Count(&n).Error
	return n, err
}
