package crosscheck

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/ledger"
	"minsheng/staff"
)

// Run is one check.
type Run struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	UnitID   uuid.UUID
	ByID     uuid.UUID
	Payments int // compared
	People   int // of reference sets
	Hits     int // found, fresh or not
	Fresh    int // hits nobody had seen
	TookMS   int `gorm:"column:took_ms"`
	At       time.Time
}

// TableName is cross_check.
func (Run) TableName() string { return "cross_check" }

// maxFresh is how many new hits one check keeps; the next one finds the rest.
// Whoever has that many to look at has the wrong file loaded.
const maxFresh = 20_000

// Check compares everything in the officer's jurisdiction (staff.CrossCheck).
// Hits found before keep their state. ErrBusy while another check of the same
// office is under way.
func (b *Bench) Check(ctx context.Context, by staff.Officer) (Run, error) {
	own, err := b.own(ctx, by)
	if err != nil {
		return Run{}, err
	}
	leave, err := b.alone(ctx, by.UnitID)
	if err != nil {
		return Run{}, err
	}
	defer leave()
	began := time.Now()
	d, err := b.gather(ctx, by.UnitID, own)
	if err != nil {
		return Run{}, err
	}
	found := b.printed(compare(d))
	fresh, err := b.unseen(ctx, found)
	if err != nil {
		return Run{}, err
	}
	at := b.Store.Now()
	hits, err := b.hits(ctx, d, fresh, by.UnitID, at)
	if err != nil {
		return Run{}, err
	}
	run := Run{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, ByID: by.ID,
		Payments: len(d.payments), People: len(d.people), Hits: len(found), At: at}
	return run, b.keep(ctx, by, &run, hits, began)
}

// Runs lists the latest 20 of the officer's office (staff.CrossCheck).
func (b *Bench) Runs(ctx context.Context, by staff.Officer) ([]Run, error) {
	if err := by.Require(staff.CrossCheck); err != nil {
		return nil, err
	}
	var runs []Run
	err := b.Store.Read(ctx).Where("unit_id = ?", by.UnitID).Order("at DESC, id DESC").Limit(20).Find(&runs).Error
	return runs, err
}

// alone holds back a second check of an office, in this process and, on
// PostgreSQL, in any other. A process that dies lets go by itself.
func (b *Bench) alone(ctx context.Context, unit uuid.UUID) (leave func(), err error) {
	if _, running := b.running.LoadOrStore(unit, true); running {
		return nil, ErrBusy
	}
	here := func() { b.running.Delete(unit) }
	if !b.Store.Postgres() {
		return here, nil
	}
	conn, err := b.Store.Pool().Conn(ctx)
	if err != nil {
		here()
		return nil, err
	}
	lock := int64(binary.BigEndian.Uint64(unit[8:]))
	var got bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", lock).Scan(&got); err != nil || !got {
		conn.Close()
		here()
		return nil, errors.Join(err, ErrBusy)
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
		conn.Close()
		here()
	}, nil
}

// printed is a finding with its fingerprint.
type printed struct {
	finding
	fingerprint []byte
}

// printed gives each finding its fingerprint, and keeps one of each.
func (b *Bench) printed(found []finding) []printed {
	seen := make(map[key]bool, len(found))
	kept := make([]printed, 0, len(found))
	for _, f := range found {
		mac := b.Keys.MAC("crosscheck-hit", append([]byte(f.rule+"\x00"), f.print...))
		if k := keyOf(mac); !seen[k] {
			seen[k] = true
			kept = append(kept, printed{f, mac})
		}
	}
	return kept
}

// unseen leaves out what was found before, whatever became of it.
func (b *Bench) unseen(ctx context.Context, found []printed) ([]printed, error) {
	var fresh []printed
	for some := range slices.Chunk(found, 500) {
		prints := make([][]byte, len(some))
		for i, f := range some {
			prints[i] = f.fingerprint
		}
		var before [][]byte
		err := b.Store.Read(ctx).Model(&Hit{}).Where("fingerprint IN ?", prints).Pluck("fingerprint", &before).Error
		if err != nil {
			return nil, fmt.Errorf("crosscheck: known hits: %w", err)
		}
		known := make(map[string]bool, len(before))
		for _, p := range before {
			known[string(p)] = true
		}
		for _, f := range some {
			if !known[string(f.fingerprint)] {
				fresh = append(fresh, f)
			}
		}
		if len(fresh) > maxFresh {
			return fresh[:maxFresh], nil
		}
	}
	return fresh, nil
}

// keep stores a run with its new hits.
func (b *Bench) keep(ctx context.Context, by staff.Officer, run *Run, hits []Hit, began time.Time) error {
	return b.Store.Transact(ctx, func(tx *gorm.DB) error {
		run.Fresh = 0
		for some := range slices.Chunk(hits, b.together()) {
			done := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "fingerprint"}}, DoNothing: true}).Create(&some)
			if done.Error != nil {
				return fmt.Errorf("crosscheck: write hits: %w", done.Error)
			}
			run.Fresh += int(done.RowsAffected)
		}
		run.TookMS = int(time.Since(began).Milliseconds())
		if err := tx.Create(run).Error; err != nil {
			return fmt.Errorf("crosscheck: write run: %w", err)
		}
		return ledger.Append(tx, ledger.OfCheck, run.ID, "check_run", by.Actor(), run.At, map[string]string{
			"payments": strconv.Itoa(run.Payments), "people": strconv.Itoa(run.People), "hits": strconv.Itoa(run.Hits), "fresh": strconv.Itoa(run.Fresh)})
	})
}
