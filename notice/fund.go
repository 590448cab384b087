package notice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Fund is money that was allocated.
type Fund struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID
	PlaceCode   string
	Name        string
	DocNumber   string
	Source      string // central, province, city, county
	TotalFen    int64
	Year        int
	AllocatedOn workday.Date
	CreatedAt   time.Time
	Version     int
}

// TableName is fund.
func (Fund) TableName() string { return "fund" }

// Sources lists where a fund can come from; catalog key fund.<source>.
func Sources() []string { return []string{"central", "province", "city", "county"} }

// moneyPage is how many funds or projects one page shows.
const moneyPage = 50

// mostFen is the largest amount that is taken for one fund: a thousand times a
// hundred million yuan. Beyond it somebody slipped on the keyboard.
const mostFen = int64(1e11) * 100

// NewFund records an allocation of the own office and the duty to publish it
// (staff.WriteNotices): *Invalid with the fields name, doc_number, source, total,
// year, allocated_on and place; *Exposed.
func (d *Desk) NewFund(ctx context.Context, by staff.Officer, f Fund) (Fund, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Fund{}, err
	}
	f.ID, f.UnitID, f.CreatedAt, f.Version = uuid.Must(uuid.NewV7()), by.UnitID, d.Store.Now(), 1
	f.Name, f.DocNumber = oneLine(f.Name), oneLine(f.DocNumber)
	own, err := d.answersFor(ctx, by.UnitID, f.PlaceCode)
	if err != nil {
		return Fund{}, err
	}
	if err := d.checkFund(f, own); err != nil {
		return Fund{}, err
	}
	err = d.again(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&f).Error; err != nil {
			return err
		}
		owed := Duty{UnitID: f.UnitID, Kind: "FUND_ALLOC", About: f.Name, PlaceCode: f.PlaceCode, EventOn: f.AllocatedOn, FundID: &f.ID, CreatedBy: &by.ID}
		if _, err := d.owe(tx, owed); err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfProject, f.ID, "fund_recorded", by.Actor(), f.CreatedAt,
			map[string]string{"total_fen": strconv.FormatInt(f.TotalFen, 10), "on": string(f.AllocatedOn)})
	})
	return f, err
}

func (d *Desk) checkFund(f Fund, own bool) error {
	p := problems{}
	p.require(long(f.Name, 2, 100), "name", "fund_name")
	p.require(long(f.DocNumber, 1, 60), "doc_number", "fund_number")
	p.require(slices.Contains(Sources(), f.Source), "source", "fund_source")
	p.require(f.TotalFen > 0 && f.TotalFen <= mostFen, "total", "fund_total")
	p.require(f.Year >= 2000 && f.Year <= d.today().Year()+1, "year", "fund_year")
	p.require(happened(f.AllocatedOn, d.today()), "allocated_on", "fund_day")
	p.require(own, "place", "duty_place")
	if err := p.err(); err != nil {
		return err
	}
	return refuseAll(d.checkText("name", f.Name), d.checkText("doc_number", f.DocNumber))
}

// refuseAll is *Exposed when anything was found.
func refuseAll(found ...[]Exposure) error {
	if all := slices.Concat(found...); len(all) > 0 {
		return &Exposed{Findings: all}
	}
	return nil
}

// happened reports whether a day is a real one of this century up to today.
func happened(on, today workday.Date) bool {
	day, err := workday.Parse(string(on))
	return err == nil && day >= "2000-01-01" && day <= today
}

// answersFor reports whether a place is known and lies within what an office
// answers for.
func (d *Desk) answersFor(ctx context.Context, unit uuid.UUID, place string) (bool, error) {
	areas, err := d.Atlas.Jurisdiction(ctx, unit)
	if err != nil || !slices.ContainsFunc(areas[unit], func(a region.Division) bool { return inside(place, a.Code) }) {
		return false, err
	}
	_, err = d.Atlas.Division(ctx, place)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Funds lists those of the own office and below, newest first, 50 at a time
// (staff.ReadNotices); an unknown cursor is store.ErrNotFound.
func (d *Desk) Funds(ctx context.Context, by staff.Officer, after uuid.UUID) ([]Fund, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return nil, err
	}
	query := d.mine(d.Store.Read(ctx), by)
	if after != uuid.Nil {
		var last Fund
		if err := store.One(d.mine(d.Store.Read(ctx), by).Where("id = ?", after), &last); err != nil {
			return nil, err
		}
		query = query.Where("(created_at, id) < (?, ?)", last.CreatedAt.UTC(), last.ID)
	}
	var funds []Fund
	err := query.Order("created_at DESC, id DESC").Limit(moneyPage).Find(&funds).Error
	return funds, err
}

func fundIn(db *gorm.DB, id uuid.UUID) (*Fund, error) {
	var f Fund
	if err := store.One(db.Where("id = ?", id), &f); err != nil {
		return nil, err
	}
	return &f, nil
}

// FundView is a fund as the public sees it with its projects, 50 at a time.
type FundView struct {
	Fund
	Sums     Sums
	Projects []Project
	More     bool
}

// Fund shows the money behind a published notice, or store.ErrNotFound; after is
// the last project of the page before. Sums and projects are those that shown
// notices speak of.
func (b *Board) Fund(ctx context.Context, id, after uuid.UUID) (FundView, error) {
	var speaks Notice
	if err := store.One(b.public(ctx).Where("fund_id = ?", id).Select("id"), &speaks); err != nil {
		return FundView{}, err
	}
	db := b.store.Read(ctx)
	f, err := fundIn(db, id)
	if err != nil {
		return FundView{}, err
	}
	v := FundView{Fund: *f}
	if v.Sums, err = fundSums(db, *f, inPublic); err != nil {
		return FundView{}, err
	}
	query := db.Where("fund_id = ? AND (roll_id IS NULL OR roll_id IN (?))", id, b.public(ctx).Model(&Notice{}).Select("roll_id").Where("fund_id = ?", id))
	if after != uuid.Nil {
		query = query.Where("id > ?", after)
	}
	if err := query.Order("id").Limit(moneyPage + 1).Find(&v.Projects).Error; err != nil {
		return FundView{}, err
	}
	if len(v.Projects) > moneyPage {
		v.Projects, v.More = v.Projects[:moneyPage], true
	}
	return v, nil
}
