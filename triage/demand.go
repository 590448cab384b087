package triage

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

const maxDemands = 20

// demandRow is a numbered demand as stored.
type demandRow struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"`
	N           int       `gorm:"primaryKey;autoIncrement:false"`
	Body        string    // readable in rows of before, and here once it is opened
	BodySealed  []byte
	Kept        intake.Kept `gorm:"-"` // why there is no Body
}

func (demandRow) TableName() string { return "demand" }

// sheet is the row's own: number n of a case stays the same sheet when it is written
// anew.
func (r demandRow) sheet() intake.Sheet {
	place := fmt.Sprintf("demand:%s:%d", r.ComplaintID, r.N)
	return intake.Sheet{ID: uuid.NewSHA1(r.ComplaintID, []byte(place)), Place: place, Sealed: r.BodySealed}
}

func (r *demandRow) read(texts map[uuid.UUID]intake.SheetText) {
	if len(r.BodySealed) > 0 {
		t := texts[r.sheet().ID]
		r.Body, r.Kept = string(t.Text), t.Kept
	}
}

// setDemands writes the demands of a case in place of those that stood there. Who
// cannot read these writes nothing over them: ErrUnread.
func (q *Queue) setDemands(tx *gorm.DB, by staff.Officer, c intake.Complaint, demands []string) error {
	before, err := q.neededDemands(tx, by, c.ID)
	if err != nil {
		return err
	}
	if err := tx.Where("complaint_id = ?", c.ID).Delete(&demandRow{}).Error; err != nil {
		return err
	}
	if err := eraseDemands(tx, before); err != nil {
		return err
	}
	for i, body := range demands {
		if err := q.addDemand(tx, c, i+1, body); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) addDemand(tx *gorm.DB, c intake.Complaint, n int, body string) (err error) {
	row := demandRow{ComplaintID: c.ID, N: n}
	if row.BodySealed, err = q.shut(tx, c, row.sheet(), body); err != nil {
		return err
	}
	return tx.Create(&row).Error
}

// eraseDemands destroys the keys of what was demanded.
func eraseDemands(tx *gorm.DB, rows []demandRow) error {
	if len(rows) == 0 {
		return nil
	}
	var ids []uuid.UUID
	for _, r := range rows {
		ids = append(ids, r.sheet().ID)
	}
	return intake.EraseSheets(tx, ids...)
}

func demandRows(db *gorm.DB, complaint uuid.UUID) ([]demandRow, error) {
	var rows []demandRow
	err := db.Where("complaint_id = ?", complaint).Order("n").Limit(maxDemands).Find(&rows).Error
	return rows, err
}

// demandsOf are the demands of a case, as far as the officer's session opens them.
func (q *Queue) demandsOf(db *gorm.DB, by staff.Officer, complaint uuid.UUID) ([]demandRow, error) {
	rows, err := demandRows(db, complaint)
	if err != nil {
		return nil, err
	}
	var sheets []intake.Sheet
	for _, r := range rows {
		sheets = append(sheets, r.sheet())
	}
	texts, err := q.intake.ReadSheets(db, by, sheets...)
	for i := range rows {
		rows[i].read(texts)
	}
	return rows, err
}

// neededDemands is demandsOf for a step that cannot be taken without them: ErrUnread.
// What was destroyed nobody needs any more.
func (q *Queue) neededDemands(db *gorm.DB, by staff.Officer, complaint uuid.UUID) ([]demandRow, error) {
	rows, err := q.demandsOf(db, by, complaint)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Kept == intake.Locked {
			_, err := q.needed(db, by, r.sheet())
			return nil, err
		}
	}
	return rows, nil
}

// inheritDemands adds what the merged complaint demands to what the lead does,
// so that its answer cannot pass over it. Whoever merges has to read it: ErrUnread.
func (q *Queue) inheritDemands(tx *gorm.DB, by staff.Officer, lead intake.Complaint, from uuid.UUID) error {
	ours, err := q.demandsOf(tx, by, lead.ID)
	if err != nil {
		return err
	}
	theirs, err := q.neededDemands(tx, by, from)
	if err != nil {
		return err
	}
	said := map[string]bool{}
	for _, d := range ours {
		said[d.Body] = true
	}
	n := len(ours)
	for _, d := range theirs {
		if said[d.Body] || d.Body == "" {
			continue
		}
		n, said[d.Body] = n+1, true
		if err := q.addDemand(tx, lead, n, d.Body); err != nil {
			return err
		}
	}
	if n > maxDemands {
		return bad("into", "case_demands")
	}
	return nil
}
