package staff_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// TestOfficesAreMadeBelowOnesOwn: a county's administrator builds the county,
// and opens no desk that would take the reports of another.
func TestOfficesAreMadeBelowOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		panshan, dawa, city := h.panel["盘县督"].ID, h.panel["洼督"].ID, h.city.ID
		root := h.admin(t, "root", h.city)
		county := h.admin(t, "county", h.panel["盘县督"])
		h.add(t, "clerk", h.panel["盘县督"], staff.TriageOfficer)
		clerk := h.officer(t, "clerk")
		discipline := h.discipline(t)
		town := region.Unit{Name: "甜水镇人民政府", Kind: region.Government, Level: region.Town, ParentID: &panshan}
		desk := region.Unit{Name: "甜水试验区督查室", Kind: region.Zone, Level: region.County, ParentID: &panshan, TakesComplaints: true, DocMark: "甜督"}
		marked := town
		marked.DocMark = "甜"
		under := func(u region.Unit, parent uuid.UUID) region.Unit { u.ParentID = &parent; return u }
		for _, test := range []struct {
			name string
			by   staff.Officer
			unit region.Unit
			want error
		}{
			{"without the role", clerk, town, staff.ErrForbidden},
			{"below a neighbour", county, under(town, dawa), store.ErrNotFound},
			{"below the city", county, under(town, city), store.ErrNotFound},
			{"a desk by the county", county, desk, staff.ErrForbidden},
			{"a mark by the county", county, marked, staff.ErrForbidden},
			{"a desk by the other root", discipline, under(desk, discipline.UnitID), staff.ErrForbidden},
			{"a town by the county", county, town, nil},
			{"a desk by the city", root, under(desk, city), nil},
		} {
			if _, err := h.AddOffice(ctx, test.by, test.unit, "211122111000"); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
		}
		var wrong *region.Invalid
		if _, err := h.AddOffice(ctx, county, region.Unit{Name: "无上级"}, "211122111000"); !errors.As(err, &wrong) || wrong.Problems["parent"] == "" {
			t.Errorf("without a superior: %v", err)
		}
	})
}

func TestOfficesAreRenamedByTheirAdministrators(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county := h.admin(t, "county", h.panel["盘县督"])
		if err := h.RenameOffice(ctx, county, h.panel["洼督"].ID, "大洼区督办室", "2024-03-01"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a neighbour's office: %v", err)
		}
		if err := h.RenameOffice(ctx, county, h.city.ID, "市督办室", "2024-03-01"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the office above: %v", err)
		}
		if err := h.RenameOffice(ctx, county, county.UnitID, "盘山县督办室", "2024-03-01"); err != nil {
			t.Fatal(err)
		}
		events, err := ledger.Of(ctx, h.store, ledger.OfUnit, county.UnitID)
		if err != nil || len(events) != 2 || events[1].ActorName != county.Name || events[1].Body["on"] != "2024-03-01" {
			t.Errorf("events: %+v, %v", events, err)
		}
	})
}

// discipline is an administrator of the discipline organ, which is under
// nobody's command and commands nobody.
func (h *house) discipline(t *testing.T) staff.Officer {
	t.Helper()
	for _, u := range h.atlas.Units() {
		if u.Kind == region.Discipline {
			return h.admin(t, "jiwei", u)
		}
	}
	t.Fatal("no discipline organ")
	return staff.Officer{}
}
