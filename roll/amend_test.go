package roll

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// TestEveryRowCanChangeAtOnce: a column is dropped from a list of 20 000.
func TestEveryRowCanChangeAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("changes 20 000 rows")
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(20_000, "2026-03-02", "2026-03-08")
		var edits []Edit
		must(t, h.Each(bg, r.ID, 0, func(row Row) error {
			edits = append(edits, Edit{Key: row.Key, Label: row.Label, People: row.People + 1, AmountFen: row.AmountFen, Reason: "typo"})
			return nil
		}))
		spent := took(t, "change 20 000 rows", func() {
			h.do(func(tx *gorm.DB) error {
				_, err := h.Amend(tx, r.ID, r.Version, edits, "2026-03-20", uuid.Nil)
				return err
			})
		})
		now := h.now(r.ID)
		if now.Size != r.Size || now.People != r.People+r.Size || now.TotalFen != r.TotalFen || spent > 20*time.Second {
			t.Errorf("%+v after %s", now, spent)
		}
	})
}
