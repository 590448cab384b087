package region

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// ErrNoDesk means that no office takes complaints from the place.
var ErrNoDesk = errors.New("region: no office takes complaints from there")

// Accused is whom a report is about, as far as it is known.
type Accused struct {
	Level string      // 'unknown', 'village', 'town', 'county', 'city', 'office': what the reporter ticked
	Units []uuid.UUID // offices named by an officer
}

// DeskFor returns the office on whose desk a complaint from a place lies: the
// lowest office that takes complaints, has the place in its jurisdiction, and
// stands above every office accused (DOMAIN §4.3: village → county, town →
// county, county → city, city or the supervision office itself → the city's
// desk, to be referred to the discipline organ). beyond is true when even the
// highest desk is accused.
//
// Above means both: in command of the accused office, and on a higher level
// than it, so that a county's poverty office is judged by the city and not by
// the supervision office across the corridor. A resident team counts with the
// office that sent it. An unknown office is store.ErrNotFound; a place without
// any desk ErrNoDesk.
func (a *Atlas) DeskFor(place string, accused Accused) (desk Unit, beyond bool, err error) {
	s := a.now()
	desks := s.desks(place, a.today())
	if len(desks) == 0 {
		return Unit{}, false, ErrNoDesk
	}
	units, err := s.withDispatchers(accused.Units)
	if err != nil {
		return Unit{}, false, err
	}
	for _, desk := range desks {
		if desk.Level.rank() > accusedRank(accused.Level) && s.standsAbove(desk, units) {
			return desk, false, nil
		}
	}
	return highest(desks), true, nil
}

// desks lists the offices that take complaints from place, lowest first. An
// office over some towns (an economic zone) comes before the county around it.
func (s *snapshot) desks(place string, today workday.Date) []Unit {
	desks := slices.DeleteFunc(s.unitsFor(place, today), func(u Unit) bool { return !u.TakesComplaints })
	// unitsFor already has the narrowest jurisdiction first; a stable order by
	// level keeps that among offices of one level.
	slices.SortStableFunc(desks, func(x, y Unit) int { return x.Level.rank() - y.Level.rank() })
	return desks
}

// accusedRank is the level that a desk must stand above for what the reporter
// ticked. Who says nothing is protected from the village and the town alike.
func accusedRank(ticked string) int {
	switch ticked {
	case "county":
		return County.rank()
	case "city", "office":
		return City.rank()
	}
	return Town.rank()
}

// withDispatchers adds to accused teams the offices that sent them.
func (s *snapshot) withDispatchers(accused []uuid.UUID) ([]Unit, error) {
	var all []Unit
	for _, id := range accused {
		u, known := s.byID[id]
		if !known {
			return nil, fmt.Errorf("region: accused office: %w", store.ErrNotFound)
		}
		all = append(all, u)
		if u.Kind == Team && u.ParentID != nil {
			all = append(all, s.byID[*u.ParentID])
		}
	}
	return all, nil
}

// standsAbove reports whether desk commands every accused office and is on a
// higher level than each; so it is none of them.
func (s *snapshot) standsAbove(desk Unit, accused []Unit) bool {
	for _, u := range accused {
		if !slices.Contains(s.above(u.ID), desk.ID) || desk.Level.rank() <= u.Level.rank() {
			return false
		}
	}
	return true
}

func highest(desks []Unit) Unit { return desks[len(desks)-1] }
