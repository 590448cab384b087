package transparency

import (
	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// mostTiles bounds the memory of kept tiles, which are of 8 KB. When it is full it
// starts again from nothing.
const mostTiles = 512

// spot is where a tile stands, however much of it there is.
type spot struct {
	level int // -1 entries
	n     int64
}

// keptTile is the widest part of a tile that was read. A tile only grows at its end,
// and all its entries are of one length: every narrower part is its beginning.
type keptTile struct {
	data []byte
	w    int
}

// Kept is a file of the log under /log/tile/ that stands in memory, where it was put
// after it had been signed for: it asks no database. nil for any other.
func (l *Log) Kept(path string) []byte {
	t, err := torchwood.ParseTilePath("tile/" + path)
	if err != nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.tiles[spot{t.L, t.N}]
	if k.w < t.W {
		return nil
	}
	end := len(k.data) / k.w * t.W
	return k.data[:end:end]
}

func (l *Log) keep(t tlog.Tile, data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := spot{t.L, t.N}
	k, there := l.tiles[at]
	if k.w >= t.W {
		return
	}
	if !there && len(l.tiles) >= mostTiles {
		clear(l.tiles)
	}
	l.tiles[at] = keptTile{data, t.W}
}
