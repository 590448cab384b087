package household

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

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

const (
	mostLines = 200
	// mostAlike is how many villages of one name are looked into. It is also how
	// many keys every look computes, so that their number tells nothing.
	mostAlike = 4
	refLasts  = 24 * time.Hour
)

// Look finds a household's own records: village (its code, or its name),
// householder's name, last six characters of the ID number. The same two queries
// are asked and the same hashes computed whether there are any records or not,
// and whatever was typed. At most 200, newest first.
func (p *Purse) Look(ctx context.Context, village, name, lastSix string) ([]Line, error) {
	name, lastSix = NameAs(name), foldSix(short(lastSix))
	villages, err := p.villagesCalled(ctx, short(village))
	if err != nil {
		return nil, fmt.Errorf("household: look: %w", err)
	}
	var keys [][]byte
	for _, v := range villages {
		keys = append(keys, p.lookKey(v, name, lastSix))
	}
	var paid []Payment
	err = p.store.Read(ctx).Where("look_key IN ?", keys).Order("paid_on DESC, id DESC").Limit(mostLines).Find(&paid).Error
	if err != nil {
		return nil, fmt.Errorf("household: look: %w", err)
	}
	lines := make([]Line, len(paid))
	for i, pay := range paid {
		lines[i] = Line{Ref: p.ref(pay.ID), Programme: pay.Programme, Label: pay.Label, AmountFen: pay.AmountFen,
			PaidOn: pay.PaidOn, AccountTail: pay.AccountTail, Received: pay.ReceivedAt != nil}
	}
	return lines, nil
}

// NameAs is a name as Look compares it: what is the same to it is the same to
// whoever counts how often a name was looked for.
func NameAs(name string) string { return foldName(short(name)) }

// short cuts what was typed: nothing that is asked for is longer.
func short(text string) string {
	if len(text) > 200 {
		text = text[:200]
	}
	return text
}

// villagesCalled are the codes of villages, always so many: places that no
// payment can have fill up.
func (p *Purse) villagesCalled(ctx context.Context, village string) ([]string, error) {
	village = foldName(village)
	var codes []string
	err := p.store.Read(ctx).Table("division").
		Where("level = 'village' AND (code = ? OR name = ? OR name = ?)", village, village, village+"村").
		Order("code").Limit(mostAlike).Pluck("code", &codes).Error
	for len(codes) < mostAlike {
		codes = append(codes, "")
	}
	return codes, err
}

// ref names a payment until a day from now.
func (p *Purse) ref(id uuid.UUID) string {
	plain := binary.BigEndian.AppendUint64(id[:], uint64(p.store.Now().Add(refLasts).Unix()))
	return p.refs.ShutText(plain, "ref")
}

func (p *Purse) openRef(ref string) (uuid.UUID, error) {
	plain, err := p.refs.OpenText(ref, "ref")
	if err != nil || len(plain) != 24 || int64(binary.BigEndian.Uint64(plain[16:])) < p.store.Now().Unix() {
		return uuid.Nil, store.ErrNotFound
	}
	return uuid.UUID(plain[:16]), nil
}

// Confirm notes that the household received a payment it looked up, once: the
// first time counts. A ref that is forged or more than a day old is
// store.ErrNotFound.
func (p *Purse) Confirm(ctx context.Context, ref string) error {
	id, err := p.openRef(ref)
	if err != nil {
		return err
	}
	return p.store.Transact(ctx, func(tx *gorm.DB) error {
		now := p.store.Now()
		done := tx.Model(&Payment{}).Where("id = ? AND received_at IS NULL", id).Updates(map[string]any{"received_at": now})
		if done.Error != nil {
			return fmt.Errorf("household: confirm: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return store.One(tx.Where("id = ?", id), &Payment{})
		}
		return ledger.Append(tx, ledger.OfPayments, id, "payment_received", ledger.Reporter(), now, nil)
	})
}

// Refer opens a Ref for a report about the payment: what the form says and what
// the complaint refers to. A ref that is forged or more than a day old is
// store.ErrNotFound.
func (p *Purse) Refer(ctx context.Context, ref string) (Payment, error) {
	id, err := p.openRef(ref)
	if err != nil {
		return Payment{}, err
	}
	var pay Payment
	err = store.One(p.store.Read(ctx).Where("id = ?", id), &pay)
	return pay, err
}
