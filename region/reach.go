package region

import (
	"slices"

	"github.com/google/uuid"

	"minsheng/internal/workday"
)

// Reach lists the ids of the offices whose lists and notices an office may go on
// with: itself, what it commands, and the lower offices within its places that
// stand under the same command. So a county's poverty office announces what its
// towns have drawn up, though the towns are commanded by the supervision office
// above both; the towns of an economic zone are the zone's.
func (a *Atlas) Reach(unit uuid.UUID) []uuid.UUID {
	s, today := a.now(), a.today()
	reach := s.subtree(unit)
	own, known := s.byID[unit]
	if !known {
		return reach
	}
	places, command := s.places(today), s.above(unit)
	for _, u := range s.units {
		if u.Level.rank() >= own.Level.rank() || slices.Contains(reach, u.ID) {
			continue
		}
		if slices.Contains(command, s.commander(u, own.Level)) && allInside(places[u.ID], places[unit]) {
			reach = append(reach, u.ID)
		}
	}
	return reach
}

// commander is the nearest office above u that is of a level or higher.
func (s *snapshot) commander(u Unit, level Level) uuid.UUID {
	for _, id := range s.above(u.ID) {
		if s.byID[id].Level.rank() >= level.rank() {
			return id
		}
	}
	return uuid.Nil
}

// places are the codes that each office answers for today.
func (s *snapshot) places(today workday.Date) map[uuid.UUID][]string {
	all := make(map[uuid.UUID][]string)
	for code, grants := range s.grants {
		for _, g := range grants {
			if within(today, g.ValidFrom, g.ValidTo) {
				all[g.UnitID] = append(all[g.UnitID], code)
			}
		}
	}
	return all
}

// allInside reports whether there are some places and each of them lies in one
// of the others, or is it.
func allInside(some, others []string) bool {
	strange := func(code string) bool {
		return !slices.ContainsFunc(others, func(whole string) bool { return inside(code, whole) })
	}
	return len(some) > 0 && !slices.ContainsFunc(some, strange)
}
