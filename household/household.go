package household

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// ErrSameFile means that a file's payments are loaded already.
var ErrSameFile = errors.New("household: these payments are loaded already")

// Batch is one file of payments.
type Batch struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	UnitID   uuid.UUID
	ByID     *uuid.UUID // nil: the command line
	Title    string     // cleaned name of the file
	FileHash []byte     // keyed, of what the file says
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
	Row         int    // in its file
	PlaceCode   string // village
	LookKey     []byte // village, name, last six
	IDKey       []byte `gorm:"column:id_key"`
	NameKey     []byte
	AccountKey  []byte // nil: paid in cash, or not known
	NameSealed  []byte
	Programme   string
	Label       string // the batch as the office calls it
	AmountFen   int64
	PaidOn      workday.Date
	AccountTail string
	ReceivedAt  *time.Time // the household said so
}

// TableName is payment.
func (Payment) TableName() string { return "payment" }

// Purse keeps the payments.
type Purse struct {
	store *store.Store
	keys  *seal.Keys
	atlas *region.Atlas
	names *seal.Box
	refs  *seal.Box
}

// New returns the purse.
func New(s *store.Store, k *seal.Keys, a *region.Atlas) *Purse {
	return &Purse{store: s, keys: k, atlas: a, names: k.Box("household-name"), refs: k.Box("household-payment")}
}

// Batches lists what the own office and those below loaded, newest first, 50 at
// a time (staff.LoadPayments). An unknown cursor is store.ErrNotFound.
func (p *Purse) Batches(ctx context.Context, by staff.Officer, after uuid.UUID) ([]Batch, error) {
	if err := by.Require(staff.LoadPayments); err != nil {
		return nil, err
	}
	own := func() *gorm.DB { return p.store.Read(ctx).Where("unit_id IN ?", p.atlas.Subtree(by.UnitID)) }
	q := own()
	if after != uuid.Nil {
		var last Batch
		if err := store.One(own().Where("id = ?", after), &last); err != nil {
			return nil, err
		}
		q = q.Where("(at, id) < (?, ?)", last.At, last.ID)
	}
	var batches []Batch
	if err := q.Order("at DESC, id DESC").Limit(50).Find(&batches).Error; err != nil {
		return nil, fmt.Errorf("household: list batches: %w", err)
	}
	for i := range batches {
		unit, err := p.atlas.Unit(batches[i].UnitID)
		if err != nil {
			return nil, err
		}
		batches[i].UnitName = unit.Name
	}
	return batches, nil
}

// Payment returns one by id for staff pages, or store.ErrNotFound. Whoever calls
// has checked that it may be seen.
func (p *Purse) Payment(ctx context.Context, id uuid.UUID) (Payment, Batch, error) {
	var pay Payment
	if err := store.One(p.store.Read(ctx).Where("id = ?", id), &pay); err != nil {
		return Payment{}, Batch{}, err
	}
	var batch Batch
	if err := store.One(p.store.Read(ctx).Where("id = ?", pay.BatchID), &batch); err != nil {
		return Payment{}, Batch{}, err
	}
	unit, err := p.atlas.Unit(batch.UnitID)
	batch.UnitName = unit.Name
	return pay, batch, err
}

// Name opens the sealed name of a payment, for officers who check.
func (p *Purse) Name(pay Payment) (string, error) { return p.OpenName(pay.ID, pay.NameSealed) }
