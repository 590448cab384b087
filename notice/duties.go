package notice

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// Lengths of the board's lists, and how many days back it asks for photos.
const (
	mostOpen   = 200
	mostMet    = 50
	photosBack = 90
)

// DutyBoard is what an office and those below owe.
type DutyBoard struct {
	Open    []Duty   // by due date, at most 200
	Met     []Duty   // lately, at most 50
	Missing []Duty   // what is expected of a year and nobody has begun: no id
	Photos  []Notice // running or ended notices without their photos of the board, of the last 90 days, at most 50
}

// Duties shows the board (staff.ReadNotices).
func (d *Desk) Duties(ctx context.Context, by staff.Officer) (DutyBoard, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return DutyBoard{}, err
	}
	var b DutyBoard
	db := d.Store.Read(ctx)
	if err := d.mine(db, by).Where("met_on IS NULL").Order("due_on, id").Limit(mostOpen).Find(&b.Open).Error; err != nil {
		return DutyBoard{}, err
	}
	if err := d.mine(db, by).Where("met_on IS NOT NULL").Order("met_on DESC, id DESC").Limit(mostMet).Find(&b.Met).Error; err != nil {
		return DutyBoard{}, err
	}
	var err error
	if b.Missing, err = d.missing(ctx, by); err != nil {
		return DutyBoard{}, err
	}
	if b.Photos, err = d.withoutPhotos(db, by); err != nil {
		return DutyBoard{}, err
	}
	for _, duties := range [][]Duty{b.Open, b.Met, b.Missing} {
		for i := range duties {
			d.lateness(&duties[i])
		}
	}
	return b, nil
}

// lateness says how late a duty is (or was met), and whose it is.
func (d *Desk) lateness(owed *Duty) {
	on := d.today()
	if owed.MetOn != nil {
		on = *owed.MetOn
	}
	if owed.Late = d.Clocks.Calendar().WorkdaysBetween(owed.DueOn, on); owed.Late == 0 {
		owed.Late = -d.Clocks.Calendar().WorkdaysBetween(on, owed.DueOn)
	}
	if u, err := d.Atlas.Unit(owed.UnitID); err == nil {
		owed.UnitName = u.Name
	}
}

// yearly is what each office is expected to publish in a year, whether or not
// anybody wrote down the day from which it is owed.
var yearly = []struct {
	Kind    string
	Levels  []region.Level
	Offices []region.Kind
	From    string // month and day from which the limit of the kind is counted
	Basis   string // why from then
}{
	{"ANNUAL_PLAN", []region.Level{region.County, region.Town}, listOffices, "01-01",
		"年度计划形成的日期没有登记，先从1月1日起算。"},
}

// missing lists what is expected of this year, of offices that publish at all,
// and that nobody has begun or recorded as owed.
func (d *Desk) missing(ctx context.Context, by staff.Officer) ([]Duty, error) {
	db := d.Store.Read(ctx)
	units, err := d.publishing(ctx, db, by)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	year := string(d.today())[:4]
	var out []Duty
	for _, rule := range yearly {
		begun, err := d.begun(db, units, rule.Kind, d.today().Year())
		if err != nil {
			return nil, err
		}
		for _, id := range units {
			u, err := d.Atlas.Unit(id)
			expected := err == nil && slices.Contains(rule.Levels, u.Level) && slices.Contains(rule.Offices, u.Kind)
			if !expected || slices.Contains(begun, id) {
				continue
			}
			owed := Duty{UnitID: id, Kind: rule.Kind, About: year, EventOn: workday.Date(year + "-" + rule.From)}
			if err := d.count(db, &owed); err != nil {
				return nil, err
			}
			owed.Basis += rule.Basis
			out = append(out, owed)
		}
	}
	return out, d.placesOf(ctx, out)
}

// publishing lists the offices, own and below, that have people who write
// notices, or any notice, superiors first.
func (d *Desk) publishing(ctx context.Context, db *gorm.DB, by staff.Officer) ([]uuid.UUID, error) {
	scope := d.Atlas.Subtree(by.UnitID)
	writers, err := d.Staff.ColleaguesWith(ctx, scope, staff.WriteNotices)
	if err != nil {
		return nil, err
	}
	var active []uuid.UUID
	err = db.Model(&region.Unit{}).Where("id IN ? AND EXISTS (SELECT 1 FROM notice n WHERE n.unit_id = unit.id)", scope).Pluck("id", &active).Error
	if err != nil {
		return nil, err
	}
	for _, w := range writers {
		active = append(active, w.UnitID)
	}
	return slices.DeleteFunc(scope, func(id uuid.UUID) bool { return !slices.Contains(active, id) }), nil
}

// begun lists the offices that have begun a kind for a year, or recorded that
// they owe it.
func (d *Desk) begun(db *gorm.DB, units []uuid.UUID, kind string, year int) ([]uuid.UUID, error) {
	var begun, owing []uuid.UUID
	err := db.Model(&Notice{}).Where("unit_id IN ? AND kind = ? AND year = ? AND state <> 'withdrawn'", units, kind, year).
		Distinct().Pluck("unit_id", &begun).Error
	if err != nil {
		return nil, err
	}
	first := workday.Date(string(d.today())[:4] + "-01-01")
	err = db.Model(&Duty{}).Where("unit_id IN ? AND met_on IS NULL AND kind = ? AND event_on >= ?", units, kind, first).
		Distinct().Pluck("unit_id", &owing).Error
	return append(begun, owing...), err
}

// placesOf gives duties the first place that their office answers for.
func (d *Desk) placesOf(ctx context.Context, duties []Duty) error {
	ids := make([]uuid.UUID, len(duties))
	for i, owed := range duties {
		ids[i] = owed.UnitID
	}
	areas, err := d.Atlas.Jurisdiction(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range duties {
		if places := areas[duties[i].UnitID]; len(places) > 0 {
			duties[i].PlaceCode = places[0].Code
		}
	}
	return nil
}

// withoutPhotos lists notices whose posting is not photographed.
func (d *Desk) withoutPhotos(db *gorm.DB, by staff.Officer) ([]Notice, error) {
	var notices []Notice
	err := d.unphotographed(db, by).Order("published_at DESC, id DESC").Limit(mostMet).Find(&notices).Error
	return notices, err
}

// unphotographed are notices with a period, so that a board shows them, without
// a photo: of the start once they run, of the end once their days are over.
func (d *Desk) unphotographed(db *gorm.DB, by staff.Officer) *gorm.DB {
	const photo = "NOT EXISTS (SELECT 1 FROM evidence_file f WHERE f.owner_kind = ? AND f.owner_id = notice.id)"
	now := d.Store.Now()
	return d.mine(db, by).Where("state IN ('published', 'ended', 'archived') AND ends_on IS NOT NULL AND pulled_at IS NULL").
		Where("published_at >= ? AND published_at <= ?", now.AddDate(0, 0, -photosBack), now).
		Where("("+photo+" OR (ends_on < ? AND "+photo+"))", fileRoles[1], d.today(), fileRoles[2])
}
