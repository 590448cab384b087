package region

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Jurisdiction lists the places that offices answer for today, by code.
func (a *Atlas) Jurisdiction(ctx context.Context, units ...uuid.UUID) (map[uuid.UUID][]Division, error) {
	s, today := a.now(), a.today()
	held := make(map[uuid.UUID][]string)
	var codes []string
	for code, grants := range s.grants {
		for _, g := range grants {
			if within(today, g.ValidFrom, g.ValidTo) && slices.Contains(units, g.UnitID) {
				held[g.UnitID] = append(held[g.UnitID], code)
				codes = append(codes, code)
			}
		}
	}
	known, err := a.known(ctx, codes)
	if err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID][]Division)
	for unit, codes := range held {
		for _, code := range codes {
			all[unit] = append(all[unit], known[code])
		}
		slices.SortFunc(all[unit], func(x, y Division) int { return strings.Compare(x.Code, y.Code) })
	}
	return all, nil
}
