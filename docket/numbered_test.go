package docket

import (
	"testing"

	"minsheng/internal/store"
	"minsheng/staff"
)

func TestANumberLeadsToAnItemThatMayBeSeen(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.docketed(w.accepted())
		if _, err := w.Numbered(bg, w.officer, ""); err != store.ErrNotFound {
			t.Errorf("no number finds the item that has none: %v", err)
		}
		w.must(w.do(w.officer, &i, "issue"))
		if got, err := w.Numbered(bg, w.officer, i.Number+" "); err != nil || got != i.ID {
			t.Errorf("%v", err)
		}
		for who, by := range map[string]*staff.Officer{"another county": &w.foreign, "another handler": &w.stranger} {
			if _, err := w.Numbered(bg, *by, i.Number); err != store.ErrNotFound {
				t.Errorf("%s finds it: %v", who, err)
			}
		}
	})
}
