package region

import (
	"context"
	"fmt"
	"strings"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// The place of the zone: 辽河口生态经济区 has no division of its own but
// answers for these towns of 盘山县 (DOMAIN §12).
var zoneTowns = []string{"211122104000", "211122106000", "211122105000", "211122004000"}

// AlwaysThere is the first day of offices that were there before the portal:
// their real one is not known, and a change of name in the past can still be
// written down.
const AlwaysThere workday.Date = "2000-01-01"

// StandardUnits creates the offices that the Measures name (art. 3–4), those
// that are not there yet, and returns them all, superiors first.
//
// The tree of command makes conflicts route right: the city's supervision
// office is the root; a county's stands below it, its poverty office below
// that; a zone is a sibling of the counties. The discipline organ is under
// nobody's command here.
func (a *Atlas) StandardUnits(ctx context.Context) ([]Unit, error) {
	city, err := a.ensure(ctx, Unit{Name: "盘锦市委市政府督查室", Kind: SupervisionOffice, Level: City, TakesComplaints: true, DocMark: "盘督"}, nil, "211100000000")
	if err != nil {
		return nil, err
	}
	all := []Unit{city}
	for _, u := range []struct {
		unit   Unit
		under  *Unit
		places []string
	}{
		{Unit{Name: "盘锦市扶贫开发办公室", Kind: PovertyOffice, Level: City, DocMark: "盘扶贫"}, &city, []string{"211100000000"}},
		{Unit{Name: "盘锦市纪委监委", Kind: Discipline, Level: City, Phone: "12388"}, nil, []string{"211100000000"}},
		{Unit{Name: "大洼区督查室", Kind: SupervisionOffice, Level: County, TakesComplaints: true, DocMark: "洼督"}, &city, []string{"211104000000"}},
		{Unit{Name: "盘山县督查室", Kind: SupervisionOffice, Level: County, TakesComplaints: true, DocMark: "盘县督"}, &city, []string{"211122000000"}},
		{Unit{Name: "双台子区督查室", Kind: SupervisionOffice, Level: County, TakesComplaints: true, DocMark: "双督"}, &city, []string{"211102000000"}},
		{Unit{Name: "兴隆台区督查室", Kind: SupervisionOffice, Level: County, TakesComplaints: true, DocMark: "兴督"}, &city, []string{"211103000000"}},
		{Unit{Name: "辽河口生态经济区督查室", Kind: Zone, Level: County, TakesComplaints: true, DocMark: "辽督"}, &city, zoneTowns},
	} {
		made, err := a.ensure(ctx, u.unit, u.under, u.places...)
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	for _, county := range all {
		if county.DocMark != "洼督" && county.DocMark != "盘县督" {
			continue
		}
		place := map[string]string{"洼督": "211104000000", "盘县督": "211122000000"}[county.DocMark]
		name := strings.TrimSuffix(county.Name, "督查室") + "扶贫开发办公室"
		made, err := a.ensure(ctx, Unit{Name: name, Kind: PovertyOffice, Level: County}, &county, place)
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	return all, nil
}

// AddTownOffice creates the government of a town, or returns it. It stands
// under the desk that answers for the town: the zone's where there is one.
func (a *Atlas) AddTownOffice(ctx context.Context, town string) (Unit, error) {
	d, err := a.Division(ctx, town)
	if err != nil {
		return Unit{}, err
	}
	if d.Level != Town {
		return Unit{}, fmt.Errorf("region: %s is not a town: %w", town, store.ErrNotFound)
	}
	desk, _, err := a.DeskFor(town, Accused{Level: "town"})
	if err != nil {
		return Unit{}, err
	}
	name := d.Name + "人民政府"
	if !strings.HasSuffix(d.Name, "镇") && !strings.HasSuffix(d.Name, "乡") {
		name = d.Name + "办事处"
	}
	return a.ensure(ctx, Unit{Name: name, Kind: Government, Level: Town}, &desk, town)
}

// AddVillageCommittee creates the committee of a village, or returns it, with
// the government of its town above it.
func (a *Atlas) AddVillageCommittee(ctx context.Context, village string) (Unit, error) {
	d, err := a.Division(ctx, village)
	if err != nil {
		return Unit{}, err
	}
	if d.Level != Village {
		return Unit{}, fmt.Errorf("region: %s is not a village: %w", village, store.ErrNotFound)
	}
	town, err := a.AddTownOffice(ctx, TownCode(village))
	if err != nil {
		return Unit{}, err
	}
	above, err := a.Division(ctx, TownCode(village))
	if err != nil {
		return Unit{}, err
	}
	return a.ensure(ctx, Unit{Name: above.Name + d.Name + "村民委员会", Kind: VillageCommittee, Level: Village}, &town, village)
}

// ensure returns the office of that kind over the first place under the same
// command, or creates it.
func (a *Atlas) ensure(ctx context.Context, u Unit, under *Unit, places ...string) (Unit, error) {
	s := a.now()
	for _, g := range s.grants[places[0]] {
		if known := s.byID[g.UnitID]; known.Kind == u.Kind && known.Level == u.Level {
			return known, nil
		}
	}
	if under != nil {
		u.ParentID = &under.ID
	}
	u.ValidFrom = AlwaysThere
	return a.AddUnit(ctx, u, places...)
}
