package notice

import (
	"context"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
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
	PlannedOn  workday.Date
	StartedOn  workday.Date
	AcceptedOn workday.Date
	CreatedAt  time.Time
	Version    int
}

// TableName is project.
func (Project) TableName() string { return "project" }

// Sums tells whether money adds up, in fen.
type Sums struct {
	TotalFen     int64 // of the fund
	AllocatedFen int64 // rows of the allocation
	ProjectsFen  int64 // projects of the fund
	PaidFen      int64 // rows of payment rosters tied to its projects
	Differs      bool  // TotalFen differs from AllocatedFen, or rosters exceed a project
}

// NewFund records an allocation and the duty to publish it
// (staff.WriteNotices): *Invalid, *Exposed.
func (d *Desk) NewFund(ctx context.Context, by staff.Officer, f Fund) (Fund, error) {
	panic("contract: not built")
}

// Funds lists those of the own office and below, newest first, 50 at a time.
func (d *Desk) Funds(ctx context.Context, by staff.Officer, after uuid.UUID) ([]Fund, error) {
	panic("contract: not built")
}

// Projects lists those of the own office and below, newest first, 50 at a time;
// fund narrows (uuid.Nil: all).
func (d *Desk) Projects(ctx context.Context, by staff.Officer, fund, after uuid.UUID) ([]Project, error) {
	panic("contract: not built")
}

// Progress sets how far a project is, with its dates: planned → under_way →
// accepted, in order of time. *Invalid, ErrStale, ErrState.
func (d *Desk) Progress(ctx context.Context, by staff.Officer, id uuid.UUID, version int, state string, on workday.Date) error {
	panic("contract: not built")
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
func (b *Board) Project(ctx context.Context, id uuid.UUID) (ProjectView, error) {
	panic("contract: not built")
}

// FundView is a fund as the public sees it with its projects, 50 at a time.
type FundView struct {
	Fund
	Sums     Sums
	Projects []Project
	More     bool
}

// Fund shows the money behind a published notice, or store.ErrNotFound; after is
// the last project of the page before.
func (b *Board) Fund(ctx context.Context, id, after uuid.UUID) (FundView, error) {
	panic("contract: not built")
}

// ProjectsOfRows finds the projects that rows of a roll became, by row key.
func (b *Board) ProjectsOfRows(ctx context.Context, roll uuid.UUID, keys ...int) (map[int]Project, error) {
	panic("contract: not built")
}

// About is what a reference of a complaint leads to, for staff pages.
type About struct {
	Kind  string // notice, row, fund, project
	Title string
	Lines [][2]string // catalog key of a label, value
	Href  string      // public address, or ""
}

// Describe resolves a reference whatever its state, for officers who may read
// the case it stands in; store.ErrNotFound when there is none.
func (b *Board) Describe(ctx context.Context, kind string, id uuid.UUID, row int) (About, error) {
	panic("contract: not built")
}
