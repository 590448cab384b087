package notice

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/roll"
	"minsheng/staff"
)

// How far a project is, in order; catalog key project.<state>.
const (
	planned  = "planned"
	underWay = "under_way"
	accepted = "accepted"
)

// Project is what money is spent on. State: planned, under_way, accepted.
type Project struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	FundID     *uuid.UUID
	RollID     *uuid.UUID
	RowKey     *int
	UnitID     uuid.UUID
	PlaceCode  string
	Name       string
	Content    string
	AmountFen  int64
	State      string
	PlannedOn  workday.Date // "" not known; so with the others
	StartedOn  workday.Date
	AcceptedOn workday.Date
	CreatedAt  time.Time
	Version    int
}

// TableName is project.
func (Project) TableName() string { return "project" }

// Projects lists those of the own office and below, newest first, 50 at a time;
// fund narrows (uuid.Nil: all); after is the last project of the page before
// (staff.ReadNotices).
func (d *Desk) Projects(ctx context.Context, by staff.Officer, fund, after uuid.UUID) ([]Project, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return nil, err
	}
	query := d.mine(d.Store.Read(ctx), by)
	if fund != uuid.Nil {
		query = query.Where("fund_id = ?", fund)
	}
	if after != uuid.Nil {
		query = query.Where("id < ?", after)
	}
	var projects []Project
	err := query.Order("id DESC").Limit(moneyPage).Find(&projects).Error
	return projects, err
}

// Progress sets how far a project of the own office or below is
// (staff.WriteNotices): a day for which it is planned while it is planned, then
// the day work began, then the day it was accepted, in order of time. *Invalid
// (on), step.ErrStale, step.ErrState, store.ErrNotFound.
func (d *Desk) Progress(ctx context.Context, by staff.Officer, id uuid.UUID, version int, state string, on workday.Date) error {
	if err := by.Require(staff.WriteNotices); err != nil {
		return err
	}
	return d.again(ctx, func(tx *gorm.DB) error {
		var p Project
		if err := store.One(d.mine(tx, by).Where("id = ?", id), &p); err != nil {
			return err
		}
		if p.Version != version {
			return step.ErrStale
		}
		column, err := p.step(state, on, d.today())
		if err != nil {
			return err
		}
		res := tx.Model(&Project{}).Where("id = ? AND state = ? AND version = ?", id, p.State, version).
			Updates(map[string]any{"state": state, column: on, "version": version + 1})
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return step.ErrStale
		}
		body := map[string]string{"from": p.State, "to": state, "on": string(on)}
		if err := ledger.Append(tx, ledger.OfProject, id, "project_progress", by.Actor(), d.Store.Now(), body); err != nil {
			return err
		}
		return Touch(tx)
	})
}

// step tells which date a step sets, or why it cannot be taken: step.ErrState when it
// is not the next one, *Invalid when its day is none, lies ahead, or comes before
// the step before it.
func (p Project) step(to string, on, today workday.Date) (column string, err error) {
	day, err := workday.Parse(string(on))
	if err != nil || day < "2000-01-01" {
		return "", bad("on", "project_day")
	}
	switch p.State + " " + to {
	case planned + " " + planned:
		return "planned_on", nil
	case planned + " " + underWay:
		column = "started_on"
	case underWay + " " + accepted:
		if column = "accepted_on"; on < p.StartedOn {
			return "", bad("on", "project_order")
		}
	default:
		return "", step.ErrState
	}
	if on > today {
		return "", bad("on", "project_ahead")
	}
	return column, nil
}

// projectsOf makes projects of the rows of an approved allocation, plan or
// library, tied to the notice's fund, in the caller's transaction. Done again
// after a correction it brings names, places and amounts up to date; a row that
// is gone leaves its project with no money. A report on what a plan achieved
// makes none.
func (d *Desk) projectsOf(tx *gorm.DB, n Notice) error {
	makes := n.Kind == "FUND_ALLOC" || n.Kind == "PROJECT_LIB" || n.Kind == "ANNUAL_PLAN" && n.Fields["plan_phase"] != "completed"
	if !makes || n.RollID == nil {
		return nil
	}
	var made []Project
	now := d.Store.Now()
	err := d.Rolls.EachIn(tx, *n.RollID, 0, func(r roll.Row) error {
		made = append(made, projectOf(n, r, now))
		return nil
	})
	if err != nil || len(made) == 0 {
		return err
	}
	keys := make([]int, len(made))
	for i, p := range made {
		keys[i] = *p.RowKey
	}
	if err := d.orphans(tx, *n.RollID, keys); err != nil {
		return err
	}
	renew := clause.OnConflict{
		Columns:   []clause.Column{{Name: "roll_id"}, {Name: "row_key"}},
		DoUpdates: clause.AssignmentColumns([]string{"place_code", "name", "content", "amount_fen", "fund_id"}),
	}
	return tx.Clauses(renew).CreateInBatches(&made, 200).Error
}

func projectOf(n Notice, r roll.Row, now time.Time) Project {
	content := r.Cells["content"]
	if content == "" {
		content = r.Cells["task"]
	}
	p := Project{
		ID: uuid.Must(uuid.NewV7()), FundID: n.FundID, RollID: &r.RollID, RowKey: &r.Key, UnitID: n.UnitID, PlaceCode: r.PlaceCode,
		Name: r.Label, Content: content, AmountFen: r.AmountFen, State: planned, CreatedAt: now, Version: 1,
	}
	if p.PlaceCode == "" {
		p.PlaceCode = n.PlaceCode
	}
	return p
}

// orphans takes the money from projects whose row is no longer there.
func (d *Desk) orphans(tx *gorm.DB, of uuid.UUID, keys []int) error {
	var stored []Project
	if err := tx.Where("roll_id = ? AND amount_fen <> 0", of).Select("id, row_key").Find(&stored).Error; err != nil {
		return err
	}
	for _, p := range stored {
		if slices.Contains(keys, *p.RowKey) {
			continue
		}
		if err := tx.Model(&Project{}).Where("id = ?", p.ID).Updates(map[string]any{"amount_fen": 0}).Error; err != nil {
			return err
		}
	}
	return nil
}

// reached is the day of the project's present state; "" not known.
func (p Project) reached() workday.Date {
	return map[string]workday.Date{planned: p.PlannedOn, underWay: p.StartedOn, accepted: p.AcceptedOn}[p.State]
}

func projectIn(db *gorm.DB, id uuid.UUID) (*Project, error) {
	var p Project
	if err := store.One(db.Where("id = ?", id), &p); err != nil {
		return nil, err
	}
	return &p, nil
}

// ProjectView is a project as the public sees it: where its money comes from,
// where it goes, what was published about it.
type ProjectView struct {
	Project
	Fund    *Fund
	Notices []Notice // shown ones
	Rosters []Notice
	PaidFen int64 // by published rosters
}

// Project shows one that a published notice speaks of, or store.ErrNotFound.
// Rosters leave the web when their days are over; what they paid stays counted.
func (b *Board) Project(ctx context.Context, id uuid.UUID) (ProjectView, error) {
	db := b.store.Read(ctx)
	p, err := projectIn(db, id)
	if err != nil {
		return ProjectView{}, err
	}
	v := ProjectView{Project: *p}
	speak := b.public(ctx).Where("project_id = ?", id)
	if p.RollID != nil {
		speak = b.public(ctx).Where("(project_id = ? OR roll_id = ?)", id, *p.RollID)
	}
	var notices []Notice
	if err := speak.Order("published_at, id").Limit(100).Find(&notices).Error; err != nil {
		return ProjectView{}, err
	}
	if len(notices) == 0 {
		return ProjectView{}, store.ErrNotFound
	}
	for _, n := range notices {
		if n.Kind == "SUBSIDY_ROSTER" {
			v.Rosters = append(v.Rosters, n)
		} else {
			v.Notices = append(v.Notices, n)
		}
	}
	if p.FundID != nil {
		if v.Fund, err = fundIn(db, *p.FundID); err != nil {
			return ProjectView{}, err
		}
	}
	v.PaidFen, err = paidFor(db, id, inPublic)
	return v, err
}

// ProjectsOfRows finds the projects that rows of a roll became, by row key. The
// caller shows the roll.
func (b *Board) ProjectsOfRows(ctx context.Context, roll uuid.UUID, keys ...int) (map[int]Project, error) {
	found := map[int]Project{}
	if len(keys) == 0 {
		return found, nil
	}
	var projects []Project
	err := b.store.Read(ctx).Where("roll_id = ? AND row_key IN ?", roll, keys).Find(&projects).Error
	for _, p := range projects {
		found[*p.RowKey] = p
	}
	return found, err
}
