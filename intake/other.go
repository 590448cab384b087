package intake

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
)

// Other is a matter that another room keeps: SubmitOther stores a report with
// it instead of a complaint.
type Other func(tx *gorm.DB, r Report, place region.Division) (Placed, error)

// Placed is what a room says of a matter that it took.
type Placed struct {
	Desk     uuid.UUID    // the office on whose desk it lies
	Against  uuid.UUID    // the office that it speaks against
	AnswerBy workday.Date // the day that the receipt promises
}

// other is what intake knows of such a matter.
type other struct {
	ReportID      uuid.UUID `gorm:"primaryKey"`
	AnswerBy      workday.Date
	Open          bool // until the room says EndOther
	DeskUnitID    uuid.UUID
	AgainstUnitID uuid.UUID
	Erased        string // NamesErased, WordsErased; "" nothing was
}

// TableName is report_other.
func (other) TableName() string { return "report_other" }

// errArrived means that the form is already stored.
var errArrived = errors.New("intake: form arrived before")

// SubmitOther is Submit for a matter of another room. keep runs in the same
// transaction as the report; the form, the receipt, the files, the sealed words
// and the conversation are as for a report that accuses the office. The place may be a county or the
// city. An empty text is allowed when wordless. keep may run more than once, and
// only the last time counts. Errors: *Invalid, ErrStaleForm, those of keep.
func (d *Desk) SubmitOther(ctx context.Context, s Submission, wordless bool, keep Other) (Receipt, error) {
	f, err := d.arrived(s.online())
	if err != nil {
		return Receipt{}, err
	}
	f.wordless, f.wide = wordless, true
	if err := d.check(ctx, &f); err != nil {
		return d.orReplay(ctx, f.digits, err)
	}
	var receipt Receipt
	err = again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error {
			receipt, err = d.fileOther(tx, f, keep)
			return err
		})
	})
	if err != nil {
		return d.orReplay(ctx, f.digits, err)
	}
	return receipt, nil
}

// fileOther writes the report first: of two replicas with the same form one
// waits there for the other, before the matter is touched.
func (d *Desk) fileOther(tx *gorm.DB, f filed, keep Other) (Receipt, error) {
	report := d.report(f)
	if err := d.store.InsertInto(tx, report); store.IsDuplicate(err) {
		return Receipt{}, errArrived
	} else if err != nil {
		return Receipt{}, err
	}
	placed, err := keep(tx, *report, f.place)
	if err != nil {
		return Receipt{}, err
	}
	matter := other{ReportID: report.ID, AnswerBy: placed.AnswerBy, Open: true, DeskUnitID: placed.Desk, AgainstUnitID: placed.Against}
	to, accuses, err := d.keepersOfOther(tx, matter)
	if err != nil {
		return Receipt{}, err
	}
	if !accuses {
		to = nil
	}
	_, rows, err := d.sealed(tx, f, report.ID, placed.Desk, to)
	if err != nil {
		return Receipt{}, err
	}
	f.content = contentHash(rows)
	if f.files, err = d.bind(tx, f.form, "report", report.ID, placed.Desk, to); err != nil {
		return Receipt{}, err
	}
	received := f.received(report)
	receipt := receiptOf(report.ID, f.digits, report.PlaceName, placed.AnswerBy, false)
	receipt.Other = true
	return receipt, d.store.InsertInto(tx, append(rows, &received, &matter)...)
}

// SubmitLate is Submit for an objection that came too late: a complaint, of
// whose event late_objection the facts are. The place may be a county or the
// city, and the words may be missing where wordless. Errors: *Invalid,
// ErrStaleForm.
func (d *Desk) SubmitLate(ctx context.Context, s Submission, wordless bool, facts map[string]string) (Receipt, error) {
	f, err := d.arrived(s.online())
	if err != nil {
		return Receipt{}, err
	}
	f.wordless, f.wide, f.late = wordless, true, facts
	return d.file(ctx, f)
}

// Arrived returns the receipt of a form that is already stored, or
// store.ErrNotFound; ErrStaleForm for a form that is too old.
func (d *Desk) Arrived(ctx context.Context, token string) (Receipt, error) {
	digits, err := d.openForm(token)
	if err != nil {
		return Receipt{}, err
	}
	return d.replay(ctx, digits)
}

// EndOther closes a report whose matter another room keeps, in the caller's
// transaction: nothing can be added to it or withdrawn any more.
func (d *Desk) EndOther(tx *gorm.DB, report uuid.UUID) error {
	return tx.Model(&other{}).Where("report_id = ?", report).Updates(map[string]any{"open": false}).Error
}

// otherOf returns the matter that another room keeps for a report, or
// store.ErrNotFound.
func otherOf(db *gorm.DB, report uuid.UUID) (o other, err error) {
	return o, store.One(db.Where("report_id = ?", report), &o)
}

func (f filed) received(r *Report) ledger.Event {
	return ledger.New(ledger.OfReport, r.ID, "received", f.actor, f.at,
		f.files.Tell(map[string]string{"channel": string(r.Channel), "mode": string(r.Mode), "content": f.content}))
}

// online is a submission that did not come through staff.
func (s Submission) online() Submission {
	if s.Channel != Poster {
		s.Channel = Web
	}
	return s
}
