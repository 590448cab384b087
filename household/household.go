package household

import (
	"context"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Batch is one file of payments.
type Batch struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	UnitID   uuid.UUID
	ByID     *uuid.UUID
	Title    string
	FileHash []byte
	Size     int
	TotalFen int64
	At       time.Time
	UnitName string `gorm:"-"`
}

// TableName is payment_batch.
func (Batch) TableName() string { return "payment_batch" }

// Payment is one record.
type Payment struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	BatchID     uuid.UUID
	Row         int
	PlaceCode   string
	LookKey     []byte
	IDKey       []byte `gorm:"column:id_key"`
	NameKey     []byte
	AccountKey  []byte
	NameSealed  []byte
	Programme   string
	Label       string
	AmountFen   int64
	PaidOn      workday.Date
	AccountTail string
	ReceivedAt  *time.Time
}

// TableName is payment.
func (Payment) TableName() string { return "payment" }

// Purse keeps the payments.
type Purse struct {
	store *store.Store
	keys  *seal.Keys
	atlas *region.Atlas
}

// New returns the purse.
func New(s *store.Store, k *seal.Keys, a *region.Atlas) *Purse {
	return &Purse{store: s, keys: k, atlas: a}
}

// Target is the sheet of payments for the tray: "payments" (village, householder,
// identity number, programme, batch, amount, date, account). Needs
// staff.LoadPayments; places must lie in the office's jurisdiction. The same file
// is not taken twice.
func (p *Purse) Target() tray.Target { return tray.Target{Code: "payments"} }

// Batches lists what the own office and those below loaded, newest first, 50 at
// a time (staff.LoadPayments).
func (p *Purse) Batches(ctx context.Context, by staff.Officer, after uuid.UUID) ([]Batch, error) {
	panic("contract: not built")
}

// Line is one payment as its household sees it. Ref is sealed: it names the
// payment in a form, for a day, and says nothing.
type Line struct {
	Ref         string
	Programme   string
	Label       string
	AmountFen   int64
	PaidOn      workday.Date
	AccountTail string
	Received    bool
}

// Look finds a household's own records: village, householder's name, last six
// characters of the ID number. The same work is done whether there are any or
// not, and whatever was typed. At most 200, newest first.
func (p *Purse) Look(ctx context.Context, village, name, lastSix string) ([]Line, error) {
	panic("contract: not built")
}

// Confirm notes that the household received a payment it looked up.
func (p *Purse) Confirm(ctx context.Context, ref string) error { panic("contract: not built") }

// Refer opens a Ref for a report about the payment: what the form says and what
// the complaint refers to. ErrForged-like errors are store.ErrNotFound.
func (p *Purse) Refer(ctx context.Context, ref string) (Payment, error) {
	panic("contract: not built")
}

// Payment returns one by id for staff pages, or store.ErrNotFound.
func (p *Purse) Payment(ctx context.Context, id uuid.UUID) (Payment, Batch, error) {
	panic("contract: not built")
}

// Name opens the sealed name of a payment, for officers who check.
func (p *Purse) Name(pay Payment) (string, error) { panic("contract: not built") }

// Keys of identities, as the cross-check compares them. Each is a keyed hash, or
// nil when the text has not the form.

// IDKey is that of an identity number (folded to 18 characters).
func (p *Purse) IDKey(id string) []byte { panic("contract: not built") }

// NameKey is that of a name in a village (folded: NFKC, no spaces, · unified).
func (p *Purse) NameKey(village, name string) []byte { panic("contract: not built") }

// AccountKey is that of a bank account.
func (p *Purse) AccountKey(account string) []byte { panic("contract: not built") }

// SealName shuts a name under a row's id.
func (p *Purse) SealName(id uuid.UUID, name string) []byte { panic("contract: not built") }

// OpenName opens it.
func (p *Purse) OpenName(id uuid.UUID, sealed []byte) (string, error) {
	panic("contract: not built")
}
