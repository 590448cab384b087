package region

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// freshFor is how long what another replica changed may stay unseen.
const freshFor = 30 * time.Second

// Atlas answers questions about places and offices. Offices, counties and
// towns are kept in memory and read again when they change here, and every 30
// seconds, in case another replica changed them.
type Atlas struct {
	store    *store.Store
	current  atomic.Pointer[snapshot]
	renewing atomic.Bool
	reading  sync.Mutex // a picture begun earlier must not replace a later one
}

// snapshot is what the atlas remembers. It is never changed once it is built,
// but for the villages, which are added as they are asked for.
type snapshot struct {
	at        time.Time
	units     []Unit // parents before children
	byID      map[uuid.UUID]Unit
	children  map[uuid.UUID][]uuid.UUID
	grants    map[string][]grant  // by division code
	divisions map[string]Division // without villages
	villages  sync.Map            // by code, the Division
}

// grant is an office's jurisdiction over one division for a time.
type grant struct {
	UnitID       uuid.UUID
	DivisionCode string
	ValidFrom    workday.Date
	ValidTo      *workday.Date
}

// TableName is jurisdiction.
func (grant) TableName() string { return "jurisdiction" }

// NewAtlas reads the offices and towns.
func NewAtlas(ctx context.Context, s *store.Store) (*Atlas, error) {
	a := &Atlas{store: s}
	if err := a.reload(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// now returns what is remembered, and has it read again in the background when
// it is old: a question about a place never waits for the database.
func (a *Atlas) now() *snapshot {
	s := a.current.Load()
	if age := a.store.Now().Sub(s.at); age.Abs() > freshFor && a.renewing.CompareAndSwap(false, true) {
		go func() {
			defer a.renewing.Store(false)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			// A database that is away leaves the old picture in place; the next
			// question tries again.
			_ = a.reload(ctx)
		}()
	}
	return s
}

// reload reads everything that is remembered: jurisdiction before offices, so
// that every office it speaks of is there.
func (a *Atlas) reload(ctx context.Context) error {
	a.reading.Lock()
	defer a.reading.Unlock()
	next := &snapshot{
		at:        a.store.Now(),
		byID:      make(map[uuid.UUID]Unit),
		children:  make(map[uuid.UUID][]uuid.UUID),
		grants:    make(map[string][]grant),
		divisions: make(map[string]Division),
	}
	var grants []grant
	if err := a.store.Read(ctx).Order("unit_id, division_code").Find(&grants).Error; err != nil {
		return fmt.Errorf("region: read jurisdiction: %w", err)
	}
	var units []Unit
	if err := a.store.Read(ctx).Order("level, name, id").Find(&units).Error; err != nil {
		return fmt.Errorf("region: read offices: %w", err)
	}
	var divisions []Division
	if err := a.store.Read(ctx).Where("level <> ?", Village).Find(&divisions).Error; err != nil {
		return fmt.Errorf("region: read towns: %w", err)
	}
	for _, g := range grants {
		next.grants[g.DivisionCode] = append(next.grants[g.DivisionCode], g)
	}
	for _, d := range divisions {
		next.divisions[d.Code] = d
	}
	next.plant(units)
	a.current.Store(next)
	return nil
}

// plant orders the offices so that those in command come first.
func (s *snapshot) plant(units []Unit) {
	var roots []uuid.UUID
	for _, u := range units {
		s.byID[u.ID] = u
		if u.ParentID == nil {
			roots = append(roots, u.ID)
		} else {
			s.children[*u.ParentID] = append(s.children[*u.ParentID], u.ID)
		}
	}
	for _, root := range roots {
		for _, id := range s.subtree(root) {
			s.units = append(s.units, s.byID[id])
		}
	}
}

// subtree lists root and everything below it, parents first.
func (s *snapshot) subtree(root uuid.UUID) []uuid.UUID {
	all := []uuid.UUID{root}
	for i := 0; i < len(all); i++ {
		all = append(all, s.children[all[i]]...)
	}
	return all
}

// above lists unit and what commands it, nearest first.
func (s *snapshot) above(unit uuid.UUID) []uuid.UUID {
	all := []uuid.UUID{unit}
	for u := s.byID[unit]; u.ParentID != nil; u = s.byID[*u.ParentID] {
		all = append(all, *u.ParentID)
	}
	return all
}

// Unit returns an office, or store.ErrNotFound.
func (a *Atlas) Unit(id uuid.UUID) (Unit, error) {
	u, known := a.now().byID[id]
	if !known {
		return Unit{}, store.ErrNotFound
	}
	return u, nil
}

// Units lists all offices, parents before children.
func (a *Atlas) Units() []Unit { return slices.Clone(a.now().units) }

// Subtree lists the ids of a unit and everything under its command.
func (a *Atlas) Subtree(unit uuid.UUID) []uuid.UUID { return a.now().subtree(unit) }

// Above lists the ids of a unit and everything that commands it, nearest first.
func (a *Atlas) Above(unit uuid.UUID) []uuid.UUID { return a.now().above(unit) }

// UnitsFor lists the offices that answer for a place today: those with
// jurisdiction over its village before those over its town, county and city.
// For a code that is not 12 digits there are none.
func (a *Atlas) UnitsFor(place string) []Unit { return a.now().unitsFor(place, a.today()) }

func (s *snapshot) unitsFor(place string, today workday.Date) []Unit {
	if !wellFormed(place) {
		return nil
	}
	var found []Unit
	for code := place; code != ""; code = parentOf(code) {
		for _, g := range s.grants[code] {
			u := s.byID[g.UnitID]
			if within(today, g.ValidFrom, g.ValidTo) && within(today, u.ValidFrom, u.ValidTo) {
				found = append(found, u)
			}
		}
	}
	return found
}
