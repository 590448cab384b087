package triage

import (
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestANumberLeadsToWhatMayBeSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.accepted()
		id, err := w.Convert(bg, w.officer, c.ID, c.Version, w.newItem())
		w.must(err)
		if _, err := w.ItemNumbered(bg, w.officer, ""); err != store.ErrNotFound {
			t.Errorf("no number finds the item that has none: %v", err)
		}
		w.must(w.ItemStep(bg, w.officer, id, 1, "issue", "", nil))
		v, err := w.Item(bg, w.officer, id)
		w.must(err)
		stranger := w.office.officer(dawa, w.officer.Roles...)
		if got, err := w.Numbered(bg, w.officer, " "+c.Number()); err != nil || got != c.ID {
			t.Errorf("the case: %v", err)
		}
		if got, err := w.ItemNumbered(bg, w.officer, v.Number+" "); err != nil || got != id {
			t.Errorf("the item: %v", err)
		}
		for _, number := range []string{"", "0", c.Number()[:12], "访2025" + c.Number()[7:], "访2026-999999", "危房改造"} {
			if _, err := w.Numbered(bg, w.officer, number); err != store.ErrNotFound {
				t.Errorf("%q: %v", number, err)
			}
		}
		if _, err := w.Numbered(bg, stranger, c.Number()); err != store.ErrNotFound {
			t.Errorf("another county finds the case: %v", err)
		}
		if _, err := w.ItemNumbered(bg, stranger, v.Number); err != store.ErrNotFound {
			t.Errorf("another county finds the item: %v", err)
		}
	})
}
