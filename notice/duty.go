package notice

import (
	"context"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
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

// Owe records that something happened from which the duty to publish runs
// (staff.WriteNotices): kind, about, place and the day. *Invalid, *Exposed.
func (d *Desk) Owe(ctx context.Context, by staff.Officer, kind, about, place string, on workday.Date) (Duty, error) {
	panic("contract: not built")
}

// DutyBoard is what an office and those below owe.
type DutyBoard struct {
	Open    []Duty   // by due date, at most 200
	Met     []Duty   // lately, at most 50
	Missing []Duty   // what is expected of a year and nobody has begun: no id
	Photos  []Notice // running or ended notices without their photos of the board
}

// Duties shows the board (staff.ReadNotices).
func (d *Desk) Duties(ctx context.Context, by staff.Officer) (DutyBoard, error) {
	panic("contract: not built")
}
