package staff_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Nobody but who declared it reads a tie: not by any method, and not in the
// database.
func TestTiesAreReadByWhoDeclaredThemOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "li.ming", h.city, staff.TriageOfficer)
		h.add(t, "zhao", h.city, staff.Administrator)
		li, admin := h.officer(t, "li.ming"), h.officer(t, "zhao")
		if err := h.Declare(ctx, li, staff.Tie{Kind: "sibling", Name: " 李双全 ", Office: "双柳村会计", UnitID: h.city.ID}); err != nil {
			t.Fatal(err)
		}
		own, err := h.Ties(ctx, li)
		if err != nil || len(own) != 1 || own[0].Name != "李双全" || own[0].Office != "双柳村会计" || own[0].UnitID != h.city.ID {
			t.Fatalf("%+v, %v", own, err)
		}
		if others, err := h.Ties(ctx, admin); err != nil || len(others) != 0 {
			t.Errorf("an administrator reads %+v, %v", others, err)
		}
		if err := h.EndTie(ctx, admin, own[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an administrator ends it: %v", err)
		}
		var rows []map[string]any
		for _, table := range []string{"staff_tie", "event"} {
			if err := h.store.Read(ctx).Table(table).Find(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if bytes.Contains([]byte(fmt.Sprintf("%s", rows)), []byte("双全")) {
				t.Errorf("the name stands in %s", table)
			}
		}
		for field, bad := range map[string]staff.Tie{"kind": {Kind: "self", Name: "李双全"}, "name": {Kind: "kin", Name: "李"}, "unit": {Kind: "kin", Name: "李双全", UnitID: uuid.New()}} {
			var invalid *step.Invalid
			if err := h.Declare(ctx, li, bad); !errors.As(err, &invalid) || invalid.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := h.EndTie(ctx, li, own[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := h.EndTie(ctx, li, own[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ended twice: %v", err)
		}
	})
}
