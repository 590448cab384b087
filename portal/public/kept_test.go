package public

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"minsheng/internal/workday"
	"minsheng/roll"
)

// A page that says "1 day left", or shows a list on its last day, is not sent
// after midnight in Shanghai, even if nobody can be asked whether it changed.
func TestNoPageIsKeptPastMidnight(t *testing.T) {
	midnight := workday.Date("2026-11-24").Time()
	k := newKept()
	page := finished(made{kind: htmlKind, body: []byte("1 day left")}, midnight.Add(-30*time.Second))
	k.keep("/a", page, age{}, false)
	k.keep("/b?q=1", page, age{}, true)
	for _, address := range []string{"/a", "/b?q=1"} {
		if found, _ := k.find([]byte(address), midnight.Add(-time.Millisecond)); found == nil {
			t.Errorf("%s is gone before midnight", address)
		}
		if found, _ := k.find([]byte(address), midnight); found != nil {
			t.Errorf("%s is sent at midnight", address)
		}
	}
	noon := midnight.Add(-12 * time.Hour)
	if until := keptUntil(noon); until != noon.Add(keptFor) {
		t.Errorf("at noon a page is kept until %v", until)
	}
}

// Searching for many words drives out other searches, not the pages that
// everybody opens.
func TestSearchesDoNotDriveOutPages(t *testing.T) {
	now := time.Now()
	k := newKept()
	k.keep("/", finished(made{body: []byte("home")}, now), age{}, false)
	for i := range keptPages + 3*keptRows {
		k.keep(fmt.Sprintf("/notices/1?q=%d", i), finished(made{body: []byte("rows")}, now), age{}, true)
	}
	if found, _ := k.find([]byte("/"), now); found == nil || len(k.rows) > keptRows {
		t.Errorf("home is kept: %v; %d searches are", found != nil, len(k.rows))
	}
}

// What pages of notices are made of has no place for what the web must not show.
func TestPagesHaveNoPlaceForPeople(t *testing.T) {
	forbidden := []reflect.Type{reflect.TypeFor[roll.Row](), reflect.TypeFor[roll.Roll](), reflect.TypeFor[roll.Change]()}
	seen := map[reflect.Type]bool{}
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		for _, no := range forbidden {
			if of == no {
				t.Errorf("%s is a %v", path, of)
			}
		}
		if of.Kind() != reflect.Struct || seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			field := of.Field(i)
			if field.Name == "Label" || field.Name == "Team" || strings.HasPrefix(field.Name, "Cause") {
				t.Errorf("%s has %s", path, field.Name)
			}
			walk(path+"."+field.Name, field.Type)
		}
	}
	for _, page := range []any{noticePage{}, gonePage{}, noticesPage{}, projectPage{}, fundPage{}, homePage{}, villagePage{}} {
		walk(reflect.TypeOf(page).Name(), reflect.TypeOf(page))
	}
	if !seen[reflect.TypeFor[tableRow]()] {
		t.Error("the walk is blind")
	}
}

func TestTextsAreComparedByWords(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"共100万元。", "共90万元。", "共-100-+90+万元。"},
		{"1,234.50元", "1,234.05元", "-1,234.50-+1,234.05+元"},
		{"一样", "一样", "一样"},
		{"", "新的", "+新的+"},
		{"旧的\n话", "", "-旧的\n话-"},
		{"\xff坏", "好", "-\uFFFD坏-+好+"},
	} {
		got := ""
		for _, p := range compare(c.before, c.after) {
			mark := map[bool]string{p.Came: "+", p.Went: "-"}[true]
			got += mark + strings.ToValidUTF8(p.Text, "\uFFFD") + mark
		}
		if got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.before, c.after, got, c.want)
		}
	}
	// More different words than there are characters below the surrogates.
	var many strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&many, "%d ", i)
	}
	if got := compare(many.String()+"甲", many.String()+"乙"); len(got) != 3 || got[1].Text != "甲" || got[2].Text != "乙" {
		t.Errorf("%d pieces", len(got))
	}
}
