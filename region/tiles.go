package region

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
)

// Tile is where a town lies on a picture of the city that is made of equal
// squares: 盘山 in the north, with the zone in its west, 双台子 and 兴隆台 in the
// middle, 大洼 in the south. It is a drawing, not a survey: who knows the city
// finds a town where they look for it.
type Tile struct {
	Code        string
	Short       string // the town's name in at most three characters
	Column, Row int    // from the upper left, from 0
}

//go:embed tiles.csv
var tiles string

// Tiles lists the towns of today, each once.
func Tiles() []Tile {
	lines, err := csv.NewReader(strings.NewReader(tiles)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	var all []Tile
	for _, line := range lines[1:] {
		column, _ := strconv.Atoi(line[2])
		row, _ := strconv.Atoi(line[3])
		all = append(all, Tile{Code: line[0], Short: line[1], Column: column, Row: row})
	}
	return all
}
