package triage

import (
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestANumberLeadsToACaseThatMayBeSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		stranger := w.office.officer(dawa, w.officer.Roles...)
		if got, err := w.Numbered(bg, w.officer, " "+c.Number()); err != nil || got != c.ID {
			t.Errorf("the case: %v", err)
		}
		for _, number := range []string{"", "0", c.Number()[:12], "访2025" + c.Number()[7:], "访2026-999999", "危房改造"} {
			if _, err := w.Numbered(bg, w.officer, number); err != store.ErrNotFound {
				t.Errorf("%q: %v", number, err)
			}
		}
		if _, err := w.Numbered(bg, stranger, c.Number()); err != store.ErrNotFound {
			t.Errorf("another county finds the case: %v", err)
		}
	})
}
