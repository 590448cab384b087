package roll

import (
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// TestEveryRowCanChangeAtOnce: a column is dropped from a list of more rows than
// one statement takes.
func TestEveryRowCanChangeAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(2_500, "2026-03-02", "2026-03-08")
		h.changeAll(r)
		now := h.now(r.ID)
		if now.Size != r.Size || now.People != r.People+r.Size || now.TotalFen != r.TotalFen {
			t.Errorf("%+v", now)
		}
	})
}

// changeAll adds a person to each household.
func (h *shelf) changeAll(r Roll) {
	h.t.Helper()
	var edits []Edit
	must(h.t, h.Each(bg, r.ID, 0, func(row Row) error {
		edits = append(edits, Edit{Key: row.Key, Label: row.Label, People: row.People + 1, AmountFen: row.AmountFen, Reason: "typo"})
		return nil
	}))
	h.do(func(tx *gorm.DB) error {
		_, err := h.Amend(tx, r.ID, r.Version, edits, "2026-03-20", uuid.Nil)
		return err
	})
}

// BenchmarkChangeEveryRow changes each of 20 000 rows in one commit.
func BenchmarkChangeEveryRow(b *testing.B) {
	onBoth(b, func(b *testing.B, h *shelf) {
		for b.Loop() {
			b.StopTimer()
			r := h.opened(20_000, "2026-03-02", "2026-03-08")
			b.StartTimer()
			h.changeAll(r)
		}
	})
}

// onBoth measures on each database.
func onBoth(b *testing.B, measure func(b *testing.B, h *shelf)) {
	b.Run("sqlite", func(b *testing.B) { measure(b, newShelf(b, storetest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { measure(b, newShelf(b, storetest.Postgres(b))) })
}
