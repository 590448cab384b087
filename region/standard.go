package region

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
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
	n := nursery{atlas: a}
	city := n.unit(Unit{Name: "盘锦市委市政府督查室", Kind: SupervisionOffice, Level: City, TakesComplaints: true, DocMark: "盘督"}, nil, "211100000000")
	n.unit(Unit{Name: "盘锦市扶贫开发办公室", Kind: PovertyOffice, Level: City, DocMark: "盘扶贫"}, &city, "211100000000")
	n.unit(Unit{Name: "盘锦市纪委监委", Kind: Discipline, Level: City, Phone: "12388"}, nil, "211100000000")
	for _, county := range []struct {
		name, mark string
		poverty    bool // has a poverty office of its own
		kind       Kind
		places     []string
	}{
		{"大洼区", "洼督", true, SupervisionOffice, []string{"211104000000"}},
		{"盘山县", "盘县督", true, SupervisionOffice, []string{"211122000000"}},
		{"双台子区", "双督", false, SupervisionOffice, []string{"211102000000"}},
		{"兴隆台区", "兴督", false, SupervisionOffice, []string{"211103000000"}},
		{"辽河口生态经济区", "辽督", false, Zone, zoneTowns},
	} {
		desk := n.unit(Unit{Name: county.name + "督查室", Kind: county.kind, Level: County, TakesComplaints: true, DocMark: county.mark}, &city, county.places...)
		if county.poverty {
			n.unit(Unit{Name: county.name + "扶贫开发办公室", Kind: PovertyOffice, Level: County}, &desk, county.places...)
		}
	}
	return n.all, n.plant(ctx)
}

// nursery gathers offices that are to be there, and plants at once those that
// are not.
type nursery struct {
	atlas *Atlas
	all   []Unit
	fresh []newUnit
}

// unit is the office of that kind over the first place, or a new one.
func (n *nursery) unit(u Unit, under *Unit, places ...string) Unit {
	known, found := n.atlas.now().holder(u.Kind, u.Level, places[0])
	if !found {
		known = n.atlas.underneath(u, under)
		n.fresh = append(n.fresh, newUnit{known, places})
	}
	n.all = append(n.all, known)
	return known
}

func (n *nursery) plant(ctx context.Context) error {
	if len(n.fresh) == 0 {
		return nil
	}
	err := n.atlas.store.Transact(ctx, func(tx *gorm.DB) error {
		return insertUnits(tx, n.fresh, ledger.System(), n.atlas.store.Now())
	})
	if err != nil {
		return fmt.Errorf("region: add offices: %w", err)
	}
	return n.atlas.reload(ctx)
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
	if known, found := a.now().holder(u.Kind, u.Level, places[0]); found {
		return known, nil
	}
	return a.AddUnit(ctx, a.underneath(u, under), places...)
}

// holder is the office of that kind and level that holds a place.
func (s *snapshot) holder(kind Kind, level Level, place string) (Unit, bool) {
	for _, g := range s.grants[place] {
		if u := s.byID[g.UnitID]; u.Kind == kind && u.Level == level {
			return u, true
		}
	}
	return Unit{}, false
}

// underneath is a new office that has always been there.
func (a *Atlas) underneath(u Unit, under *Unit) Unit {
	if under != nil {
		u.ParentID = &under.ID
	}
	u.ValidFrom = AlwaysThere
	return a.complete(u)
}
