package public

import (
	"context"
	"errors"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/store"
	"minsheng/region"
)

// placeBlock is the question of where it happened: chosen, halfway there with
// a town, or still to be asked.
type placeBlock struct {
	Code, Name, FullName string // chosen
	Town, TownName       string // half chosen
	Villages             []choice
	Counties             []county
}

// placeAsked finds out how far the choice has come. A code that is not known
// asks again.
func (f *Face) placeAsked(ctx context.Context, r reading, place, town string) (placeBlock, error) {
	for _, code := range []string{place, town} {
		d, err := f.posted(ctx, code)
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return placeBlock{}, err
		case d.Level == region.Village || place == code && place == town:
			// A town itself is chosen where its villages were offered and none fitted.
			return placeBlock{Code: d.Code, Name: d.Name, FullName: d.FullName}, nil
		}
		villages, err := f.Atlas.Children(ctx, d.Code)
		if err != nil {
			return placeBlock{}, err
		}
		return placeBlock{Town: d.Code, TownName: d.FullName, Villages: choices(villages, "")}, nil
	}
	counties, err := f.counties(ctx, r, "", false)
	return placeBlock{Counties: counties}, err
}

// towns keeps the counties with their towns in memory: every form asks for
// them, and they must be there while the database is not.
type towns struct {
	mu    sync.Mutex
	read  time.Time
	above []region.Division
	below map[string][]region.Division
}

// tree returns the counties and, by county, the towns. What was read last is
// better than nothing.
func (f *Face) tree(ctx context.Context) ([]region.Division, map[string][]region.Division, error) {
	f.towns.mu.Lock()
	defer f.towns.mu.Unlock()
	now := f.Now()
	if f.towns.below != nil && now.Sub(f.towns.read) < keptFor {
		return f.towns.above, f.towns.below, nil
	}
	above, below, err := f.readTree(ctx)
	if err != nil && f.towns.below != nil {
		return f.towns.above, f.towns.below, nil
	}
	if err == nil {
		f.towns.read, f.towns.above, f.towns.below = now, above, below
	}
	return above, below, err
}

func (f *Face) readTree(ctx context.Context) ([]region.Division, map[string][]region.Division, error) {
	above, err := f.Atlas.Children(ctx, city)
	if err != nil {
		return nil, nil, err
	}
	below := map[string][]region.Division{}
	for _, d := range above {
		if below[d.Code], err = f.Atlas.Children(ctx, d.Code); err != nil {
			return nil, nil, err
		}
	}
	return above, below, nil
}

// foundPlace is one line of the search box; short names keep answers small on
// a slow line.
type foundPlace struct {
	Code string `json:"c"`
	Name string `json:"n"`
	Full string `json:"f"`
}

// places answers the search box of the picker.
func (f *Face) places(c *fiber.Ctx) error {
	private(c)
	text := c.Query("q")
	found := []foundPlace{}
	if text != "" && utf8.RuneCountInString(text) <= 30 {
		divisions, err := f.Atlas.Search(c.UserContext(), text)
		if err != nil {
			return err
		}
		for _, d := range divisions[:min(len(divisions), 8)] {
			found = append(found, foundPlace{d.Code, d.Name, d.FullName})
		}
	}
	return c.JSON(found)
}
