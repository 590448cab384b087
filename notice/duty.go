package notice

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
)

// Duty is a notice that is owed.
type Duty struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID
	Kind        string
	About       string
	PlaceCode   string
	EventOn     workday.Date
	DueOn       workday.Date
	Rule        string
	Basis       string
	Calendar    string
	Provisional bool
	RollID      *uuid.UUID
	FundID      *uuid.UUID
	NoticeID    *uuid.UUID
	MetOn       *workday.Date
	CreatedBy   *uuid.UUID
	CreatedAt   time.Time
	Late        int    `gorm:"-"` // working days overdue; negative: left
	UnitName    string `gorm:"-"`
}

// TableName is duty.
func (Duty) TableName() string { return "duty" }

// Owe records for the own office that something happened from which the duty to
// publish runs (staff.WriteNotices): kind, about, place and the day. *Invalid
// with the fields kind, about, place and on; *Exposed.
func (d *Desk) Owe(ctx context.Context, by staff.Officer, kind, about, place string, on workday.Date) (Duty, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Duty{}, err
	}
	unit, err := d.Atlas.Unit(by.UnitID)
	if err != nil {
		return Duty{}, err
	}
	own, err := d.answersFor(ctx, unit.ID, place)
	if err != nil {
		return Duty{}, err
	}
	about = oneLine(about)
	k, ok := KindOf(kind)
	p := problems{}
	p.require(ok && k.Rule != "" && k.PublishedBy(unit.Level), "kind", "duty_kind")
	p.require(long(about, 2, 100), "about", "duty_about")
	p.require(own, "place", "duty_place")
	p.require(happened(on, d.today()), "on", "duty_day")
	if err := p.err(); err != nil {
		return Duty{}, err
	}
	if err := refuseAll(d.checkText("about", about)); err != nil {
		return Duty{}, err
	}
	var owed Duty
	err = d.again(ctx, func(tx *gorm.DB) error {
		owed, err = d.owe(tx, Duty{UnitID: unit.ID, Kind: kind, About: about, PlaceCode: place, EventOn: on, CreatedBy: &by.ID})
		if err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfUnit, unit.ID, "duty_recorded", by.Actor(), owed.CreatedAt,
			map[string]string{"kind": kind, "on": string(on), "due_on": string(owed.DueOn)})
	})
	return owed, err
}

// owe counts the limit of a duty's kind and stores it.
func (d *Desk) owe(tx *gorm.DB, owed Duty) (Duty, error) {
	if err := d.count(tx, &owed); err != nil {
		return Duty{}, err
	}
	owed.ID, owed.CreatedAt = uuid.Must(uuid.NewV7()), d.Store.Now()
	return owed, tx.Create(&owed).Error
}

// count fills in rule, basis and due date from the day of the event.
func (d *Desk) count(db *gorm.DB, owed *Duty) error {
	k, _ := KindOf(owed.Kind)
	l, err := d.Clocks.RuleOn(db, k.Rule, owed.Kind, owed.EventOn)
	if err != nil {
		return err
	}
	due := d.Clocks.Calendar().Limit(owed.EventOn, l.N, l.DayKind)
	owed.Rule, owed.Basis, owed.DueOn, owed.Calendar, owed.Provisional = l.Code, l.Basis, due.On, due.Calendar, due.Provisional
	return nil
}

// meetDuties marks what a notice, now published, was owed for: the duty of its
// round (whoever published it), the office's duty for its fund, or else the
// office's oldest duty of that kind and place that is tied to nothing.
func (d *Desk) meetDuties(tx *gorm.DB, n Notice) error {
	open := func() *gorm.DB { return tx.Model(&Duty{}).Where("kind = ? AND met_on IS NULL", n.Kind) }
	met := map[string]any{"notice_id": n.ID, "met_on": d.today()}
	var tied int64
	if n.RollID != nil {
		res := open().Where("roll_id = ?", *n.RollID).Updates(met)
		if res.Error != nil {
			return res.Error
		}
		tied += res.RowsAffected
	}
	if n.FundID != nil {
		res := open().Where("fund_id = ? AND unit_id = ?", *n.FundID, n.UnitID).Updates(met)
		if res.Error != nil {
			return res.Error
		}
		tied += res.RowsAffected
	}
	if tied > 0 {
		return nil
	}
	var oldest Duty
	err := store.One(open().Where("unit_id = ? AND place_code = ? AND roll_id IS NULL AND fund_id IS NULL", n.UnitID, n.PlaceCode).
		Order("due_on, id"), &oldest)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Model(&Duty{}).Where("id = ? AND met_on IS NULL", oldest.ID).Updates(met).Error
}

// oweNext records, when a round of a list is published, that its next round or
// the announcement is owed from the end of its period on. Done again after the
// period was lengthened it counts anew, unless the duty is met.
func (d *Desk) oweNext(tx *gorm.DB, n Notice) error {
	next, ok := nextRound(n.Kind)
	if !ok || n.RollID == nil || n.EndsOn == nil {
		return nil
	}
	unit, ok := d.publisherOf(next, n)
	if !ok {
		return nil
	}
	owed := Duty{UnitID: unit, Kind: next.Code, About: n.Title, PlaceCode: n.PlaceCode, EventOn: *n.EndsOn, RollID: n.RollID}
	var stands Duty
	err := store.One(tx.Where("roll_id = ? AND kind = ?", *n.RollID, next.Code), &stands)
	if errors.Is(err, store.ErrNotFound) {
		_, err = d.owe(tx, owed)
		return err
	}
	if err != nil || stands.MetOn != nil || stands.EventOn >= owed.EventOn {
		return err
	}
	if err := d.count(tx, &owed); err != nil {
		return err
	}
	return tx.Model(&Duty{}).Where("id = ? AND met_on IS NULL", stands.ID).Updates(map[string]any{
		"event_on": owed.EventOn, "due_on": owed.DueOn, "rule": owed.Rule, "basis": owed.Basis,
		"calendar": owed.Calendar, "provisional": owed.Provisional,
	}).Error
}

// nextRound is the kind that follows in the procedure of a list of households.
func nextRound(kind string) (Kind, bool) {
	k, _ := KindOf(kind)
	if k.Roll != roll.Households && k.Roll != roll.Exits {
		return Kind{}, false
	}
	stage := roll.Roll{Kind: k.Roll, Stage: k.Stage}.Next()
	at := slices.IndexFunc(kinds, func(next Kind) bool { return next.Roll == k.Roll && next.Stage == stage })
	if at < 0 {
		return Kind{}, false
	}
	return kinds[at], true
}

// listOffices are the kinds of offices that publish lists and plans; a
// supervision office does not.
var listOffices = []region.Kind{region.PovertyOffice, region.Zone, region.Government}

// publisherOf is the office that owes a kind after a notice of another one: of
// the highest level that publishes the kind, the nearest that answers for the
// place; where there is none, what commands the office.
func (d *Desk) publisherOf(k Kind, n Notice) (uuid.UUID, bool) {
	for _, u := range d.Atlas.UnitsFor(n.PlaceCode) {
		if u.Level == k.Levels[0] && slices.Contains(listOffices, u.Kind) {
			return u.ID, true
		}
	}
	for _, id := range d.Atlas.Above(n.UnitID) {
		if u, err := d.Atlas.Unit(id); err == nil && u.Level == k.Levels[0] {
			return u.ID, true
		}
	}
	return uuid.Nil, false
}
