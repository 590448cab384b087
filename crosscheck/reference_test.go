package crosscheck

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"minsheng/household"
	"minsheng/staff"
	"minsheng/tray"
)

func TestReferenceSets(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by := w.officer(county, staff.Publisher)
		file := []knownAs{{"双柳村", "张老三", id1, "2026-01-01"}, {"外县某村", "李四", id2, ""}, {"苇子沟村", "王五五", "", ""}}
		must(t, w.load(by, Deceased, file...))
		if err := w.load(by, Deceased, file...); !errors.Is(err, household.ErrSameFile) {
			t.Errorf("the same file: %v", err)
		}
		if err := w.load(by, Cadre, file...); err != nil {
			t.Errorf("the same people as cadres: %v", err)
		}
		if err := w.load(w.checker(county), House, file...); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("by who may not: %v", err)
		}
		sets, err := w.Sets(bg, by)
		if err != nil || len(sets) != 2 || sets[0].Kind != Cadre || sets[1].Size != 3 || sets[1].Title != "deceased.xlsx" {
			t.Errorf("%+v, %v", sets, err)
		}
		if theirs, err := w.Sets(bg, w.officer(other, staff.Publisher)); err != nil || len(theirs) != 0 {
			t.Errorf("another county sees %v, %v", theirs, err)
		}
		var people []person
		must(t, w.Store.Read(bg).Where("set_id = ?", sets[1].ID).Order("row").Find(&people).Error)
		first, second, third := people[0], people[1], people[2]
		if first.PlaceCode != shuangliu || first.IDKey == nil || first.NameKey == nil || first.Since != "2026-01-01" {
			t.Errorf("%+v", first)
		}
		if second.PlaceCode != "" || second.IDKey == nil || second.NameKey != nil {
			t.Errorf("of a place nobody knows: %+v", second)
		}
		if third.IDKey != nil || third.NameKey == nil {
			t.Errorf("without a number: %+v", third)
		}
		for _, p := range people {
			if bytes.Contains(p.NameSealed, []byte("张老三")) || strings.Contains(string(p.IDKey), id1) {
				t.Error("in clear")
			}
		}
		if w.events("reference_loaded") != 2 {
			t.Error("events are missing")
		}
	})
}

func TestReferenceProblems(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by := w.officer(county, staff.Publisher)
		must(t, w.load(by, Vehicle, knownAs{"双柳村", "李四", id2, ""}))
		for _, c := range []struct {
			row  knownAs
			want string
		}{
			{knownAs{"双柳村", "张老三", id1, ""}, ""},
			{knownAs{"双柳村", "张老三", "", ""}, ""},
			{knownAs{"", "张老三", id1, ""}, ""},
			{knownAs{"没有的村", "张老三", id1, ""}, ""},
			{knownAs{"", "张老三", "", ""}, "required"},
			{knownAs{"没有的村", "张老三", "", ""}, "place_unknown"},
			{knownAs{"大榆树村", "张老三", "", ""}, "place_unknown"}, // of another county
			{knownAs{"甜水镇", "张老三", "", ""}, "place_village"},
			{knownAs{"双柳村", "李四", id2, ""}, "same_file"},
		} {
			look, err := w.target(Vehicle).Check(bg, by, tray.Sheet{})
			must(t, err)
			got := ""
			for _, p := range look(knownRecords([]knownAs{c.row})[0]) {
				got += p.Key
			}
			if got != c.want {
				t.Errorf("%+v: %q, want %q", c.row, got, c.want)
			}
			if err := w.load(by, House, c.row); c.want != "" && c.want != "same_file" && !errors.Is(err, tray.ErrProblems) {
				t.Errorf("%+v is taken: %v", c.row, err)
			}
		}
	})
}
