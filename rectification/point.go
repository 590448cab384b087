package rectification

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/inspection"
	"minsheng/internal/step"
)

// pointRow is a point of an order as stored.
type pointRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	OrderID     uuid.UUID
	N           int
	PreviousID  *uuid.UUID
	FindingID   *uuid.UUID
	Problem     string
	Basis       string
	Requirement string
	AmountFen   int64
	Households  int
	Dropped     bool
}

func (pointRow) TableName() string { return "rectification_point" }

// Point is one thing to put right.
type Point struct {
	ID          uuid.UUID
	N           int
	PreviousID  *uuid.UUID // the same in the round before
	FindingID   *uuid.UUID
	Evidence    string // number of the inspection and of the finding; "" for an item
	Problem     string
	Basis       string
	Requirement string
	AmountFen   int64
	Households  int
	Opinion     []inspection.Remark // of the ordered office, from the exchange of views on
}

const (
	mostPoints     = 50
	mostFen        = 1_000_000_000_000
	mostHouseholds = 100_000
)

// Wanted is a point of an order that comes of a supervision item. The ordered
// office reads it.
type Wanted struct {
	Problem     string // 10 to 2000 characters
	Basis       string // 4 to 500
	Requirement string // 4 to 1000
	AmountFen   int64  // 0 none, at most ten thousand million yuan
	Households  int    // 0 none, at most 100 000
}

// tidy checks the nth point; problems are of problem.<n> and so on.
func (w Wanted) tidy(f *step.Form, n int) Wanted {
	nth := "." + itoa(n)
	w.Problem = f.Text("problem"+nth, w.Problem, 10, 2000, "order_problem")
	w.Basis = f.Text("basis"+nth, w.Basis, 4, 500, "order_basis")
	w.Requirement = f.Text("required"+nth, w.Requirement, 4, 1000, "order_required")
	f.Require(w.AmountFen >= 0 && w.AmountFen <= mostFen, "amount"+nth, "order_amount")
	f.Require(w.Households >= 0 && w.Households <= mostHouseholds, "households"+nth, "order_households")
	return w
}

func (w Wanted) row() pointRow {
	return pointRow{Problem: w.Problem, Basis: w.Basis, Requirement: w.Requirement, AmountFen: w.AmountFen, Households: w.Households}
}

func ofFinding(f inspection.Finding) pointRow {
	return pointRow{FindingID: &f.ID, Basis: f.Basis, Requirement: f.Requirement, AmountFen: f.AmountFen, Households: f.Households}
}

// insertPoints numbers points and stores them with their order.
func insertPoints(tx *gorm.DB, order uuid.UUID, rows []pointRow) error {
	for n := range rows {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		rows[n].ID, rows[n].OrderID, rows[n].N = id, order, n+1
	}
	return tx.Create(&rows).Error
}

func pointRows(db *gorm.DB, order uuid.UUID) (rows []pointRow, err error) {
	return rows, db.Where("order_id = ?", order).Order("n").Limit(mostPoints).Find(&rows).Error
}

// points reads the points of an order; those of findings in the findings' words,
// with what was said to them.
func (d *Desk) points(db *gorm.DB, o Order) ([]Point, error) {
	rows, err := pointRows(db, o.ID)
	if err != nil {
		return nil, err
	}
	var findings []inspection.Finding
	number := ""
	if o.InspectionID != nil {
		if findings, err = d.Inspections.Findings(db, *o.InspectionID); err != nil {
			return nil, err
		}
		if number, err = d.Inspections.NumberOf(db, *o.InspectionID); err != nil {
			return nil, err
		}
	}
	all := make([]Point, len(rows))
	for n, r := range rows {
		all[n] = Point{ID: r.ID, N: r.N, PreviousID: r.PreviousID, FindingID: r.FindingID, Problem: r.Problem, Basis: r.Basis, Requirement: r.Requirement,
			AmountFen: r.AmountFen, Households: r.Households}
		for _, f := range findings {
			if r.FindingID != nil && f.ID == *r.FindingID {
				all[n].Problem, all[n].Opinion, all[n].Evidence = f.Facts, f.Remarks, evidenceOf(number, f.N)
			}
		}
	}
	return all, nil
}
