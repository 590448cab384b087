package household

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Fields are the columns of a sheet of payments.
func Fields() []sheet.Field {
	return []sheet.Field{
		{Code: "place", Type: sheet.Text, Required: true, Names: []string{
			"村", "村名", "行政村", "所在村", "村名称", "所属村", "村委会", "村屯", "village"}},
		{Code: "name", Type: sheet.Text, Required: true, Max: 50, Names: []string{
			"户主", "户主姓名", "姓名", "领取人", "领款人", "收款人", "补贴对象", "补助对象", "发放对象", "农户姓名", "受益人", "name"}},
		{Code: "identity", Type: sheet.Identity, Required: true, Names: []string{
			"身份证号", "身份证号码", "身份证", "证件号码", "证件号", "户主身份证号", "户主身份证号码", "公民身份号码", "身份证件号码", "identity"}},
		{Code: "account", Type: sheet.Account, Names: []string{
			"账号", "银行账号", "卡号", "银行卡号", "一卡通账号", "一卡通", "一卡通卡号", "存折账号", "收款账号", "社保卡号", "账户", "帐号", "银行帐号", "account"}},
		{Code: "programme", Type: sheet.Text, Required: true, Max: 50, Names: []string{
			"补贴项目", "补助项目", "项目", "项目名称", "补贴名称", "补助名称", "资金名称", "补贴种类", "补助种类", "资金项目", "programme"}},
		{Code: "batch", Type: sheet.Text, Max: 50, Names: []string{"批次", "发放批次", "期次", "季度", "发放期", "batch"}},
		{Code: "amount", Type: sheet.Money, Required: true, Names: []string{
			"金额", "补助金额", "补贴金额", "发放金额", "实发金额", "应发金额", "补贴资金", "补助资金", "兑付金额", "发放资金", "amount"}},
		{Code: "paid_on", Type: sheet.Day, Required: true, Names: []string{
			"发放日期", "发放时间", "打款日期", "支付日期", "拨付日期", "到账日期", "发放日", "日期", "付款日期", "兑付日期", "paid_on"}},
	}
}

// Target is the sheet of payments for the tray: "payments" (village, householder,
// identity number, programme, batch, amount, date, account). Needs
// staff.LoadPayments; places must lie in the office's jurisdiction. Payments that
// are loaded already are a problem ("same_file") and then ErrSameFile: the same
// file is not taken twice, nor one that begins with all of an earlier one.
func (p *Purse) Target() tray.Target {
	return tray.Target{
		Code: "payments", May: staff.LoadPayments, Fields: Fields(), Personal: true,
		Check: func(ctx context.Context, by staff.Officer, _ tray.Sheet) (func(sheet.Record) []sheet.Problem, error) {
			return p.check(ctx, by)
		},
		Take: p.take,
	}
}

// Places are the places that an office may load for, by the names that stand in
// tables.
func (p *Purse) Places(q *gorm.DB, unit uuid.UUID) (*region.Gazetteer, error) {
	ctx := q.Statement.Context
	own, err := p.atlas.Jurisdiction(ctx, unit)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, d := range own[unit] {
		codes = append(codes, d.Code)
	}
	return p.atlas.Gazetteer(q, codes...)
}

// villageOf resolves a village; problem is the key of what is wrong.
func villageOf(places *region.Gazetteer, text string) (code, problem string) {
	found := places.Find(text)
	switch {
	case len(found) > 1:
		return "", "place_several"
	case len(found) == 0:
		return "", "place_unknown"
	case strings.HasSuffix(found[0], "000"):
		return "", "place_village"
	}
	return found[0], ""
}

func (p *Purse) check(ctx context.Context, by staff.Officer) (func(sheet.Record) []sheet.Problem, error) {
	db := p.store.Read(ctx)
	places, err := p.Places(db, by.UnitID)
	if err != nil {
		return nil, err
	}
	loaded, err := loadedAlready(db)
	if err != nil {
		return nil, err
	}
	said := newSaid()
	return func(r sheet.Record) []sheet.Problem {
		var problems []sheet.Problem
		if v := r.Values["place"]; v.Text != "" {
			if _, key := villageOf(places, v.Text); key != "" {
				problems = append(problems, sheet.Problem{Row: r.Row, Column: -1, Ref: v.Ref, Field: "place", Key: key, Raw: v.Raw})
			}
		}
		if v := r.Values["amount"]; v.N > mostFen {
			problems = append(problems, sheet.Problem{Row: r.Row, Column: -1, Ref: v.Ref, Field: "amount", Key: "too_large", Raw: v.Raw})
		}
		said.add(r)
		if loaded.sizes[said.records] && loaded.hashes[string(p.hashOf(said))] {
			problems = append(problems, sheet.Problem{Row: r.Row, Column: -1, Key: "same_file"})
		}
		return problems
	}, nil
}

// mostFen on one line: beyond a hundred million yuan somebody slipped.
const mostFen = 10_000_000_000

// loaded are the files that were taken, by how many payments they held.
type loaded struct {
	sizes  map[int]bool
	hashes map[string]bool
}

// loadedAlready reads the latest 10 000; an older one is still refused when it
// is taken.
func loadedAlready(db *gorm.DB) (loaded, error) {
	var batches []Batch
	if err := db.Select("size, file_hash").Order("at DESC").Limit(10_000).Find(&batches).Error; err != nil {
		return loaded{}, fmt.Errorf("household: read batches: %w", err)
	}
	all := loaded{map[int]bool{}, map[string]bool{}}
	for _, b := range batches {
		all.sizes[b.Size] = true
		all.hashes[string(b.FileHash)] = true
	}
	return all, nil
}

// said is what a file says, and not how it is stored: saved again, or from xlsx
// to csv, it says the same.
type said struct {
	hash.Hash
	records int
}

func newSaid() *said { return &said{Hash: sha256.New()} }

func (s *said) add(r sheet.Record) {
	s.records++
	for _, f := range Fields() {
		v := r.Values[f.Code]
		io.WriteString(s, strconv.Quote(v.Text)+strconv.FormatInt(v.N, 10)+string(v.Day)+"\n")
	}
}

func (p *Purse) hashOf(s *said) []byte { return p.mac("file", string(s.Sum(nil))) }

// take stores a file of payments as one batch.
func (p *Purse) take(tx *gorm.DB, by staff.Officer, s tray.Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
	if err := by.Require(staff.LoadPayments); err != nil {
		return uuid.Nil, err
	}
	places, err := p.Places(tx, by.UnitID)
	if err != nil {
		return uuid.Nil, err
	}
	b := Batch{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, Title: s.Name, At: p.store.Now()}
	b.FileHash = p.mac("under-way", b.ID.String()) // until all of it was read
	actor := ledger.System()
	if by.ID != uuid.Nil {
		b.ByID, actor = &by.ID, by.Actor()
	}
	if err := tx.Create(&b).Error; err != nil {
		return uuid.Nil, fmt.Errorf("household: write batch: %w", err)
	}
	said := newSaid()
	if err := p.fill(tx, &b, said, places, next); err != nil {
		return uuid.Nil, err
	}
	err = tx.Model(&Batch{}).Where("id = ?", b.ID).
		Updates(map[string]any{"file_hash": p.hashOf(said), "size": b.Size, "total_fen": b.TotalFen}).Error
	if store.IsDuplicate(err) {
		return uuid.Nil, ErrSameFile
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("household: finish batch: %w", err)
	}
	return b.ID, ledger.Append(tx, ledger.OfPayments, b.ID, "payments_loaded", actor, b.At,
		map[string]string{"payments": strconv.Itoa(b.Size), "fen": strconv.FormatInt(b.TotalFen, 10)})
}

// fill writes every record and counts it in b.
func (p *Purse) fill(tx *gorm.DB, b *Batch, said *said, places *region.Gazetteer, next func() (sheet.Record, error)) error {
	together := 30 // on SQLite the driver looks for each value among all of the statement's
	if p.store.Postgres() {
		together = 1000
	}
	some := make([]Payment, 0, together)
	for {
		r, err := next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil {
			said.add(r)
			pay, wrong := p.payment(b, places, r)
			if wrong != nil {
				return wrong
			}
			b.Size++
			b.TotalFen += pay.AmountFen
			some = append(some, pay)
		}
		if len(some) > 0 && (len(some) == together || err != nil) {
			if wrong := tx.Create(&some).Error; wrong != nil {
				return fmt.Errorf("household: write payments: %w", wrong)
			}
			some = some[:0]
		}
		if err != nil {
			return nil
		}
	}
}

// payment is a record of b. Numbers become keys here and are gone.
func (p *Purse) payment(b *Batch, places *region.Gazetteer, r sheet.Record) (Payment, error) {
	village, problem := villageOf(places, r.Values["place"].Text)
	id, form, _ := privacy.ID(r.Values["identity"].Text)
	if problem != "" || !form {
		return Payment{}, tray.ErrProblems
	}
	name, account := strings.TrimSpace(r.Values["name"].Text), r.Values["account"].Text
	pay := Payment{ID: uuid.Must(uuid.NewV7()), BatchID: b.ID, Row: r.Row, PlaceCode: village,
		LookKey: p.lookKey(village, foldName(name), id[len(id)-6:]), IDKey: p.mac("id", id), NameKey: p.NameKey(village, name),
		AccountKey: p.AccountKey(account), Programme: r.Values["programme"].Text, Label: r.Values["batch"].Text,
		AmountFen: r.Values["amount"].N, PaidOn: r.Values["paid_on"].Day, AccountTail: privacy.Tail(account)}
	pay.NameSealed = p.SealName(pay.ID, name)
	return pay, nil
}
