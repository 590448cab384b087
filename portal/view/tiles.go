package view

import "math"

// TileMap is a map on which every place is a tile of the same size, roughly where
// it lies.
type TileMap struct {
	Height int // pixels
	Tiles  []Tile
}

// Tile is one place.
type Tile struct {
	Name   string // short: three characters fit on a phone
	Full   string
	Text   string // its number as it is written; "" none is known
	Col    int
	Row    int
	Value  float64
	Marked bool // belongs to the zone
	Href   string

	X, W, Middle string
	Y, H         int
	NameY, TextY int
	Class        string
}

const (
	tileHeight = 44
	tileGap    = 2 // pixels between rows
)

// NewTileMap lays out tiles, which it moves to the upper left corner, and colours them by their share of the largest
// value.
func NewTileMap(tiles []Tile) *TileMap {
	columns, rows, most := 1, 0, 0.0
	west, north := math.MaxInt, math.MaxInt
	for _, t := range tiles {
		west, north = min(west, t.Col), min(north, t.Row)
	}
	for i := range tiles {
		t := &tiles[i]
		t.Col, t.Row = t.Col-west, t.Row-north // of a part of the city only that part is drawn
		columns, rows, most = max(columns, t.Col+1), max(rows, t.Row+1), math.Max(most, t.Value)
	}
	m := &TileMap{Height: rows * tileHeight}
	width := 100 / float64(columns)
	for _, t := range tiles {
		t.X, t.W, t.Middle = percent(width*float64(t.Col)+0.3), percent(width-0.6), percent(width*(float64(t.Col)+0.5))
		t.Y, t.H = t.Row*tileHeight+tileGap/2, tileHeight-tileGap
		t.NameY, t.TextY = t.Y+17, t.Y+34
		t.Class = shade(t.Value, most)
		m.Tiles = append(m.Tiles, t)
	}
	return m
}

// shade is one of five colours: t0 for nothing, then quarters of the largest.
func shade(v, most float64) string {
	switch {
	case !(v > 0) || !(most > 0):
		return "t0"
	case v <= most/4:
		return "t1"
	case v <= most/2:
		return "t2"
	case v <= most*3/4:
		return "t3"
	}
	return "t4"
}
