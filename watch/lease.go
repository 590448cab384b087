package watch

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// leaseName is the row that the one who watches holds.
const leaseName = "watch"

// leaseRow says who watches.
type leaseRow struct {
	Name    string `gorm:"primaryKey"`
	Holder  uuid.UUID
	Turn    int64
	Until   time.Time
	SweptAt *time.Time
}

func (leaseRow) TableName() string { return "lease" }

var (
	errElsewhere = errors.New("watch: another replica watches")
	// errLost means that another replica took over in the middle of a turn.
	// Nothing that belongs to the turn may be written any more.
	errLost = errors.New("watch: the lease is another's by now")
)

// elsewhere is the errElsewhere of a replica that found the lease taken. Unless
// it is renewed, it runs out when that time has passed.
type elsewhere struct{ left time.Duration }

func (elsewhere) Error() string        { return errElsewhere.Error() }
func (elsewhere) Is(target error) bool { return target == errElsewhere }

// turn is one look at the clocks by who holds the lease.
type turn struct {
	*Watch
	n     int64
	swept time.Time // when somebody looked last; zero: nobody did
}

// take begins a turn: it takes the lease, when nobody holds it any more, or
// renews it; elsewhere when another replica holds it. Of two that try at once one
// waits for the other's commit and then finds it taken.
func (w *Watch) take(ctx context.Context) (*turn, error) {
	var row leaseRow
	err := w.Store.Transact(ctx, func(tx *gorm.DB) error {
		if err := w.holdUpNobody(tx); err != nil {
			return err
		}
		now, until := w.leaseTimes()
		res := tx.Exec(`INSERT INTO lease (name, holder, turn, until) VALUES (?, ?, 1, ?)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, turn = lease.turn + 1, until = excluded.until
			WHERE lease.holder = excluded.holder OR lease.until <= ?`, leaseName, w.holder, until, now)
		if res.Error != nil {
			return res.Error
		}
		row = leaseRow{}
		if err := store.One(tx.Where("name = ?", leaseName), &row); err != nil || res.RowsAffected > 0 {
			return err
		}
		left, err := w.left(tx, row)
		if err != nil {
			return err
		}
		return elsewhere{left}
	})
	if err != nil {
		return nil, err
	}
	t := &turn{Watch: w, n: row.Turn}
	if row.SweptAt != nil {
		t.swept = row.SweptAt.UTC()
	}
	return t, nil
}

// holdUpNobody lets PostgreSQL end a transaction that has the lease's row in its hands
// and whose process stands still, before the lease runs out.
func (w *Watch) holdUpNobody(tx *gorm.DB) error {
	if !w.Store.Postgres() {
		return nil
	}
	idle := strconv.FormatInt(max(w.Interval, time.Second).Milliseconds(), 10)
	return tx.Exec("SELECT set_config('idle_in_transaction_session_timeout', ?, true)", idle).Error
}

// leaseTimes are the present and the end of a lease taken now: by the database's
// clock, which is the same for all replicas, and by the portal's own where the
// database has none.
func (w *Watch) leaseTimes() (now, until any) {
	lives := 2 * w.Interval
	if w.Store.Postgres() {
		return gorm.Expr("clock_timestamp()"), gorm.Expr("clock_timestamp() + make_interval(secs => ?)", lives.Seconds())
	}
	return w.Store.Now(), w.Store.Now().Add(lives)
}

// left is how long a lease lives on.
func (w *Watch) left(tx *gorm.DB, row leaseRow) (time.Duration, error) {
	if !w.Store.Postgres() {
		return row.Until.Sub(w.Store.Now()), nil
	}
	var seconds float64
	err := tx.Raw("SELECT EXTRACT(EPOCH FROM until - clock_timestamp()) FROM lease WHERE name = ?", leaseName).Scan(&seconds).Error
	return time.Duration(seconds * float64(time.Second)), err
}

// write runs do in one transaction of the turn. It holds the row of the lease
// from its beginning to its commit and renews it: nobody takes over meanwhile,
// and who was overtaken gets errLost.
func (t *turn) write(ctx context.Context, do func(tx *gorm.DB) error) error {
	return t.Store.Transact(ctx, func(tx *gorm.DB) error {
		if err := t.holdUpNobody(tx); err != nil {
			return err
		}
		_, until := t.leaseTimes()
		res := tx.Model(&leaseRow{}).Where("name = ? AND holder = ? AND turn = ?", leaseName, t.holder, t.n).Updates(map[string]any{"until": until})
		if res.Error == nil && res.RowsAffected == 0 {
			return errLost
		}
		if res.Error != nil {
			return res.Error
		}
		return do(tx)
	})
}

// look writes down that the clocks are looked at now, before anything comes of
// it; ErrBackwards when somebody looked at a later time.
func (t *turn) look(ctx context.Context) error {
	now := t.Store.Now()
	if now.Add(mostBehind).Before(t.swept) {
		return ErrBackwards
	}
	if !now.After(t.swept) {
		return nil
	}
	return t.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&leaseRow{}).Where("name = ?", leaseName).Updates(map[string]any{"swept_at": now}).Error
	})
}

// release lets another replica take over at once, when this one ends.
func (w *Watch) release(ctx context.Context) error {
	now, _ := w.leaseTimes()
	return w.Store.Read(ctx).Model(&leaseRow{}).Where("name = ? AND holder = ?", leaseName, w.holder).
		Updates(map[string]any{"until": now}).Error
}
