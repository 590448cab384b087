package intake

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/region"
	"minsheng/staff"

	"minsheng/internal/workday"
)

// About is a thing that a complaint refers to, as far as the portal knows it.
type About struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"`
	N           int       `gorm:"primaryKey;autoIncrement:false"`
	Kind        string    // notice, row, fund, project, payment, hit
	RefID       uuid.UUID
	RowKey      int // of kind row
}

// TableName is complaint_about.
func (About) TableName() string { return "complaint_about" }

// Check is a case that the office itself found by comparing records.
const Check Channel = "check"

// AboutOf lists what a complaint refers to. Whoever calls has checked that the
// officer may read it.
func (d *Desk) AboutOf(ctx context.Context, complaint uuid.UUID) ([]About, error) {
	panic("contract: not built")
}

// Found is a case that the office opens itself, from a comparison of records: no
// reporter, no receipt to hand out. It goes to the desk of its place. It runs in
// the caller's transaction.
func (d *Desk) Found(tx *gorm.DB, by staff.Officer, place, words string, kind Kind, about []About) (uuid.UUID, error) {
	panic("contract: not built")
}

// Other is a matter that another room keeps: SubmitOther stores a report with
// it instead of a complaint.
type Other func(tx *gorm.DB, r Report, place region.Division) (answerBy workday.Date, err error)

// SubmitOther is Submit for a matter of another room. keep runs in the same
// transaction as the report; the form, the receipt, the files, the sealed words
// and the conversation are as for a report. An empty text is allowed when
// wordless. Errors: *Invalid, ErrStaleForm, those of keep.
func (d *Desk) SubmitOther(ctx context.Context, s Submission, wordless bool, keep Other) (Receipt, error) {
	panic("contract: not built")
}
