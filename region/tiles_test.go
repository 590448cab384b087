package region

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// Every town of today has one tile, on which no other lies, with a short name
// that is part of its own.
func TestEveryTownHasItsTile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		if err := Seed(ctx, s); err != nil {
			t.Fatal(err)
		}
		a, err := NewAtlas(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		today := map[string]string{}
		counties, err := a.Children(ctx, "211100000000")
		if err != nil {
			t.Fatal(err)
		}
		for _, county := range counties {
			towns, err := a.Children(ctx, county.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, town := range towns {
				today[town.Code] = town.Name
			}
		}
		taken := map[[2]int]string{}
		for _, tile := range Tiles() {
			name, is := today[tile.Code]
			if !is || !strings.Contains(name, tile.Short) || utf8.RuneCountInString(tile.Short) > 3 {
				t.Errorf("%+v is a tile of %q", tile, name)
			}
			delete(today, tile.Code)
			at := [2]int{tile.Column, tile.Row}
			if other := taken[at]; other != "" || tile.Column > 7 || tile.Row > 8 || tile.Column < 0 || tile.Row < 0 {
				t.Errorf("%s lies at %v, as %s", tile.Short, at, other)
			}
			taken[at] = tile.Short
		}
		for code, name := range today {
			t.Errorf("no tile for %s %s", code, name)
		}
	})
}
