package transparency

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestMemoryOfTilesIsBounded(t *testing.T) {
	l := &Log{tiles: map[spot]keptTile{}}
	for n := range int64(3 * mostTiles) {
		for w := 1; w <= 3; w++ {
			l.keep(tlog.Tile{H: 8, L: 0, N: n, W: w}, bytes.Repeat([]byte{byte(n)}, 32*w))
		}
		if len(l.tiles) > mostTiles {
			t.Fatalf("%d tiles are kept", len(l.tiles))
		}
	}
	last := tlog.Tile{H: 8, L: 0, N: 3*mostTiles - 1, W: 3}
	if got := l.Kept(last.Path()[len("tile/8/"):]); len(got) != 96 {
		t.Errorf("of the tile read last %d bytes are kept", len(got))
	}
}
