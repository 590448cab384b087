package intake

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

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

// placeOf returns a village or town (wide: also a county or the city), following
// one that was merged into another: posters with old codes hang for years.
func (d *Desk) placeOf(ctx context.Context, code string, wide bool) (region.Division, error) {
	return follow(code, wide, func(code string) (region.Division, error) { return d.division(ctx, code) })
}

// placeIn is placeOf inside a transaction, which alone may read then.
func (d *Desk) placeIn(tx *gorm.DB, code string) (region.Division, error) {
	return follow(code, true, func(code string) (place region.Division, err error) {
		if place, known := d.places.find(code, d.store.Now()); known {
			return place, nil
		}
		return place, store.One(tx.Where("code = ?", code), &place)
	})
}

func follow(code string, wide bool, find func(code string) (region.Division, error)) (region.Division, error) {
	for range 5 {
		place, err := find(code)
		if err != nil {
			return region.Division{}, err
		}
		if !wide && place.Level != region.Village && place.Level != region.Town {
			return region.Division{}, store.ErrNotFound
		}
		if place.ValidTo == nil || place.SuccessorCode == nil {
			return place, nil
		}
		code = *place.SuccessorCode
	}
	return region.Division{}, store.ErrNotFound
}
