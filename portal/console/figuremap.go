package console

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/portal/view"
	"minsheng/region"
)

// shades are what the map can show.
var shades = []string{"matters", "missed", "true"}

func (d *dashboard) shaded() string { return cmp.Or(d.at.shade, shades[0]) }

func (d *dashboard) shades() []lens {
	var out []lens
	for _, s := range shades {
		out = append(out, lens{Key: "figures.shade." + s, Href: d.at.address(func(p *spot) { p.shade = s }), On: s == d.shaded()})
	}
	return out
}

// cityMap is the city by township, with one value chosen.
func (d *dashboard) cityMap() (view.Picture, error) {
	p := d.picture("map")
	p.Table.Head = d.words("figures.column.", "town", "matters", "missed", "true")
	var tiles []view.Tile
	var best struct {
		name string
		n    int64
	}
	for _, t := range region.Tiles() {
		if !d.covers(t.Code) {
			continue
		}
		town, err := d.Atlas.Division(d.ctx(), t.Code)
		if err != nil {
			return p, err
		}
		cells := d.townNumbers(t.Code)
		at := slices.Index(shades, d.shaded())
		n := d.townCounts(t.Code)[at]
		if n > best.n {
			best.name, best.n = town.FullName, n
		}
		name := d.href(d.at.address(func(s *spot) { s.place = t.Code }))
		tiles = append(tiles, view.Tile{Name: t.Short, Full: town.FullName, Text: cells[at].Text, Col: t.Column, Row: t.Row, Value: float64(n), Marked: d.inZone(t.Code), Href: cells[at].Href})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: town.FullName, Href: name, Cells: cells})
	}
	p.Map = view.NewTileMap(tiles)
	p.Key = []view.Mark{{Class: "zone", Word: d.t("figures.zone")}}
	p.Says = d.t("figures.says.map_nothing")
	if best.n > 0 {
		p.Says = d.t("figures.says.map."+d.shaded(), "town", best.name, "n", best.n)
	}
	return p, nil
}

// townCounts are the values of a town in the order of shades.
func (d *dashboard) townCounts(code string) []int64 {
	c := d.sheet.Towns[code]
	return []int64{c.N(figures.Matters), c.N(figures.StageAccept.Came(clock.Missed)) + c.N(figures.StageReply.Came(clock.Missed)), c.N(figures.ClosedAs(intake.Substantiated)) + c.N(figures.ClosedAs(intake.Partly))}
}

// townNumbers are the same with their lists.
func (d *dashboard) townNumbers(code string) []view.Figure {
	n := d.townCounts(code)
	return []view.Figure{
		d.number(n[0], d.cases("received", d.span(), "place", code)),
		d.number(n[1], d.cases("dated", d.span(), "stage", anyStage, "result", string(clock.Missed), "place", code)),
		d.number(n[2], d.cases("closed", d.span(), "state", string(intake.Closed), "outcome", foundTrue, "place", code)),
	}
}

// covers reports whether an office that is looked at answers for a town.
func (d *dashboard) covers(town string) bool {
	offices := d.unitIDs()
	if d.at.office != uuid.Nil {
		offices = d.Atlas.Subtree(d.at.office)
	}
	return slices.ContainsFunc(d.Atlas.UnitsFor(town), func(u region.Unit) bool { return slices.Contains(offices, u.ID) })
}

func (d *dashboard) inZone(town string) bool {
	return slices.ContainsFunc(d.Atlas.UnitsFor(town), func(u region.Unit) bool { return u.Kind == region.Zone })
}
