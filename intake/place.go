package intake

import (
	"context"
	"sync"
	"time"

	"minsheng/internal/store"
	"minsheng/region"
)

// gazetteer keeps places that were asked for lately: a submission should cost
// one journey to the database, and the villages that report are few. A village
// that is renamed or merged is known after half a minute.
type gazetteer struct {
	mu      sync.Mutex
	emptied time.Time
	places  map[string]region.Division
}

const (
	placesLive = 30 * time.Second
	placesMost = 4096
)

func (g *gazetteer) find(code string, now time.Time) (region.Division, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.emptied).Abs() >= placesLive || len(g.places) >= placesMost {
		g.places, g.emptied = map[string]region.Division{}, now
	}
	place, known := g.places[code]
	return place, known
}

func (g *gazetteer) keep(place region.Division) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.places[place.Code] = place
}

func (d *Desk) division(ctx context.Context, code string) (region.Division, error) {
	if place, known := d.places.find(code, d.store.Now()); known {
		return place, nil
	}
	place, err := d.atlas.Division(ctx, code)
	if err == nil {
		d.places.keep(place)
	}
	return place, err
}

// placeOf returns a village or town, following one that was merged into
// another: posters with old codes hang for years.
func (d *Desk) placeOf(ctx context.Context, code string) (region.Division, error) {
	for range 5 {
		place, err := d.division(ctx, code)
		if err != nil {
			return region.Division{}, err
		}
		if place.Level != region.Village && place.Level != region.Town {
			return region.Division{}, store.ErrNotFound
		}
		if place.ValidTo == nil || place.SuccessorCode == nil {
			return place, nil
		}
		code = *place.SuccessorCode
	}
	return region.Division{}, store.ErrNotFound
}
