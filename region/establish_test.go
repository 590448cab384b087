package region_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
)

// problemOf is the key that err has for a field, or "".
func problemOf(err error, field string) string {
	var wrong *region.Invalid
	if errors.As(err, &wrong) {
		return wrong.Problems[field]
	}
	return ""
}

// wanted is the government of 甜水镇, which nothing is wrong with.
func wanted(units map[string]region.Unit) (region.Unit, []string) {
	parent := units["盘山县督查室"].ID
	return region.Unit{Name: "甜水镇人民政府", Kind: region.Government, Level: region.Town, ParentID: &parent, Phone: "0427-0000000"}, []string{"211122111000"}
}

func TestEstablishSaysWhatDoesNotFit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		city, zone, nobody := units["盘锦市委市政府督查室"].ID, units["辽河口生态经济区督查室"].ID, uuid.New()
		discipline := units["盘锦市纪委监委"].ID
		for _, test := range []struct {
			field, key string
			change     func(u *region.Unit, places *[]string)
		}{
			{"name", "office_name_missing", func(u *region.Unit, _ *[]string) { u.Name = " 甲 " }},
			{"name", "office_name_long", func(u *region.Unit, _ *[]string) { u.Name = strings.Repeat("长", 61) }},
			{"name", "office_name_odd", func(u *region.Unit, _ *[]string) { u.Name = "甜水镇\n政府" }},
			{"name", "office_name_taken", func(u *region.Unit, _ *[]string) { u.Name = "盘山县督查室" }},
			{"kind", "office_kind_missing", func(u *region.Unit, _ *[]string) { u.Kind = "club" }},
			{"level", "office_level_missing", func(u *region.Unit, _ *[]string) { u.Level = "" }},
			{"level", "office_level_kind", func(u *region.Unit, _ *[]string) { u.Level = region.Village }},
			{"level", "office_level_above", func(u *region.Unit, _ *[]string) { u.Level = region.City }},
			{"parent", "office_parent_missing", func(u *region.Unit, _ *[]string) { u.ParentID = nil }},
			{"parent", "office_parent_missing", func(u *region.Unit, _ *[]string) { u.ParentID = &nobody }},
			{"parent", "office_parent_desk", func(u *region.Unit, places *[]string) { *places = []string{"211122106000"} }},
			{"place", "office_place_missing", func(_ *region.Unit, places *[]string) { *places = nil }},
			{"place", "office_place_unknown", func(_ *region.Unit, places *[]string) { *places = []string{"211122111999"} }},
			{"place", "office_place_unknown", func(_ *region.Unit, places *[]string) { *places = []string{"甜水镇"} }},
			{"place", "office_place_twice", func(_ *region.Unit, places *[]string) { *places = []string{"211122111000", "211122111000"} }},
			{"place", "office_place_large", func(_ *region.Unit, places *[]string) { *places = []string{"211122000000"} }},
			{"place", "office_place_outside", func(_ *region.Unit, places *[]string) { *places = []string{"211104112000"} }},
			{"phone", "office_phone_odd", func(u *region.Unit, _ *[]string) { u.Phone = "问村长" }},
			{"doc_mark", "office_mark_odd", func(u *region.Unit, _ *[]string) { u.DocMark = "甜〔1〕" }},
			{"doc_mark", "office_mark_taken", func(u *region.Unit, _ *[]string) { u.DocMark = "盘督" }},
			{"doc_mark", "office_mark_missing", func(u *region.Unit, _ *[]string) { u.TakesComplaints = true }},
			{"takes_complaints", "office_desk_kind", func(u *region.Unit, _ *[]string) { u.TakesComplaints, u.DocMark = true, "甜督" }},
			{"takes_complaints", "office_desk_taken", func(u *region.Unit, places *[]string) {
				u.ParentID, u.Level, u.TakesComplaints, u.DocMark, *places = &city, region.County, true, "盘扶", []string{"211122000000"}
			}},
			{"takes_complaints", "office_desk_alone", func(u *region.Unit, places *[]string) {
				u.ParentID, u.Level, u.TakesComplaints, u.DocMark, *places = &discipline, region.County, true, "盘扶", []string{"211122111000"}
			}},
		} {
			u, places := wanted(units)
			test.change(&u, &places)
			_, err := a.Establish(ctx, ledger.System(), u, places...)
			if got := problemOf(err, test.field); got != test.key {
				t.Errorf("%s: got %v", test.key, err)
			}
		}
		if n := len(a.Units()); n != len(units) {
			t.Errorf("%d offices, want the %d standard ones", n, len(units))
		}
		u, _ := wanted(units)
		u.ParentID, u.Name = &zone, "羊圈子镇人民政府"
		if _, err := a.Establish(ctx, ledger.System(), u, "211122106000"); err != nil {
			t.Errorf("a town of the zone under the zone: %v", err)
		}
	})
}

// TestANewDeskChangesWhereReportsGo: what a root administrator may do, and why
// nobody else may.
func TestANewDeskChangesWhereReportsGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		city := units["盘锦市委市政府督查室"].ID
		made, err := a.Establish(ctx, ledger.System(), region.Unit{Name: "甜水试验区督查室", Kind: region.Zone, Level: region.County,
			ParentID: &city, TakesComplaints: true, DocMark: "甜督"}, "211122111000")
		if err != nil {
			t.Fatal(err)
		}
		desk, beyond, err := a.DeskFor("211122111901", region.Accused{Level: "village"})
		if err != nil || beyond || desk.ID != made.ID {
			t.Errorf("reports go to %s, %v; want the new desk", desk.Name, err)
		}
		desk, _, err = a.DeskFor("211122108902", region.Accused{Level: "village"})
		if err != nil || desk.Name != "盘山县督查室" {
			t.Errorf("the neighbour's reports go to %s, %v", desk.Name, err)
		}
	})
}

func TestEstablishedOfficesStandWithTheirEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		u, places := wanted(units)
		u.ID, u.ValidFrom = units["盘山县督查室"].ID, "1999-01-01" // neither is the caller's to choose
		by := ledger.Actor{Kind: "staff", Name: "管理员", Unit: "盘山县督查室"}
		made, err := a.Establish(ctx, by, u, places...)
		if err != nil {
			t.Fatal(err)
		}
		if made.ID == units["盘山县督查室"].ID || made.ValidFrom != workday.On(s.Now()) {
			t.Errorf("made %+v", made)
		}
		found := false
		for _, near := range a.UnitsFor("211122111901") {
			found = found || near.ID == made.ID
		}
		if !found {
			t.Error("it does not answer for its villages")
		}
		events, err := ledger.Of(ctx, s, ledger.OfUnit, made.ID)
		if err != nil || len(events) != 1 || events[0].Kind != "unit_added" || events[0].ActorName != "管理员" || events[0].Body["name"] != made.Name {
			t.Errorf("events: %+v, %v", events, err)
		}
		if _, err := a.Establish(ctx, by, u, places...); problemOf(err, "name") != "office_name_taken" {
			t.Errorf("a second time: %v", err)
		}
	})
}

// TestANameStandsOnce: another replica may have been first, and the database
// knows.
func TestANameStandsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, units := seeded(t, s)
		u, places := wanted(units)
		if _, err := a.AddUnit(ctx, u, places...); err != nil {
			t.Fatal(err)
		}
		if _, err := a.AddUnit(ctx, u, places...); !store.IsDuplicate(err) {
			t.Errorf("the same name twice: %v", err)
		}
	})
}
