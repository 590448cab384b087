package crosscheck

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/household"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/roll"
)

// What the issue asks for.
const (
	benchPayments = 100_000
	benchPeople   = 80_000
	benchListed   = 20_000
	benchLimit    = 5 * time.Second
)

func BenchmarkCheck(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchCheck(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchCheck(b, storetest.Postgres(b)) })
}

// benchCheck measures the first check, which writes its hits, and then checks
// that find nothing new.
func benchCheck(b *testing.B, s *store.Store) {
	w := newWorld(b, s)
	w.crowd()
	must(b, s.Tend(bg))
	by := w.checker(city)
	began := time.Now()
	run := w.check(by)
	first := time.Since(began)
	if first > benchLimit {
		b.Errorf("the first check took %v", first)
	}
	for b.Loop() {
		w.check(by)
	}
	b.ReportMetric(first.Seconds(), "s/first")
	b.ReportMetric(float64(run.Fresh), "hits")
}

// crowd fills the world: one payment in fifty is to somebody of a set, one in a
// hundred shares an account with another household.
func (w *world) crowd() {
	w.t.Helper()
	must(w.t, w.Store.Transact(bg, func(tx *gorm.DB) error {
		batch := household.Batch{ID: uuid.Must(uuid.NewV7()), UnitID: w.units[city].ID, Title: "补贴", FileHash: []byte{1}, At: w.Store.Now()}
		set := Set{ID: uuid.Must(uuid.NewV7()), Kind: Deceased, UnitID: w.units[city].ID, Title: "销户", FileHash: []byte{1}, At: w.Store.Now()}
		of := roll.Roll{ID: uuid.Must(uuid.NewV7()), Kind: roll.Households, UnitID: w.units[county].ID, PlaceCode: shuangliu, Year: 2026,
			Stage: roll.Final, Version: 1, CreatedAt: w.Store.Now()}
		for _, one := range []any{&batch, &set, &of} {
			if err := tx.Create(one).Error; err != nil {
				return err
			}
		}
		if err := insert(w, tx, benchPayments, func(i int) household.Payment { return w.benchPayment(batch.ID, i) }); err != nil {
			return err
		}
		if err := insert(w, tx, benchPeople, func(i int) person { return w.benchPerson(set.ID, i) }); err != nil {
			return err
		}
		return insert(w, tx, benchListed, func(i int) roll.Row {
			return roll.Row{ID: uuid.Must(uuid.NewV7()), RollID: of.ID, Key: i + 1, N: i + 1, Since: 1, PlaceCode: shuangliu,
				Label: fmt.Sprint("户", i), Shown: "*", Cells: map[string]string{}, Reason: "imported"}
		})
	}))
}

func insert[T any](w *world, tx *gorm.DB, n int, make func(i int) T) error {
	var some []T
	for i := range n {
		some = append(some, make(i))
		if len(some) == w.together() || i == n-1 {
			if err := tx.Create(&some).Error; err != nil {
				return err
			}
			some = some[:0]
		}
	}
	return nil
}

// benchPayment is the i-th: of five payments to a household each; the first
// twenty thousand in the village with a list.
func (w *world) benchPayment(batch uuid.UUID, i int) household.Payment {
	who, village := i/5, []string{shuangliu, weizigou, xinheyan, dayushu}[i%4]
	id, name := fmt.Sprint("P", who), fmt.Sprint("户", who)
	account := who
	if who%100 == 1 {
		account--
	}
	p := household.Payment{ID: uuid.Must(uuid.NewV7()), BatchID: batch, Row: i + 2, PlaceCode: village,
		LookKey: w.Keys.MAC("look", []byte(id)), IDKey: w.Keys.MAC("id", []byte(id)), NameKey: w.Purse.NameKey(village, name),
		AccountKey: w.Keys.MAC("account", fmt.Append(nil, account)), Programme: "低保金", AmountFen: 10000, PaidOn: "2026-03-05"}
	p.NameSealed = w.Purse.SealName(p.ID, name)
	return p
}

// benchPerson is one of the dead; every fortieth was paid.
func (w *world) benchPerson(set uuid.UUID, i int) person {
	id := fmt.Sprint("D", i)
	if i%40 == 0 {
		id = fmt.Sprint("P", i/4)
	}
	name := fmt.Sprint("逝", i)
	p := person{ID: uuid.Must(uuid.NewV7()), SetID: set, Row: i + 2, PlaceCode: weizigou, IDKey: w.Keys.MAC("id", []byte(id)),
		NameKey: w.Purse.NameKey(weizigou, name), Since: workday.Date("2026-01-01")}
	p.NameSealed = w.Purse.SealName(p.ID, name)
	return p
}
