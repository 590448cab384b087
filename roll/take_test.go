package roll

import (
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestFiftyThousandRowsTakeSeconds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.create(Payments, shuangliu)
		all := records(50_000)
		took(t, "take 50 000 rows", func() { h.fill(r, all) })
		took(t, "take them again", func() { h.fill(r, all) })
		r = h.now(r.ID)
		if r.Size != 50_000 || r.Version != 3 {
			t.Errorf("roll = %+v", r)
		}
		took(t, "publish", func() { must(t, h.advance(r.ID, Final, "2026-03-02", "2026-03-08")) })
	})
}
