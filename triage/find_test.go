package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestEveryFilterNarrows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(cityDesk, staff.Supervisor)
		colleague := o.officer(cityDesk, staff.TriageOfficer)
		today := o.today()
		plain := func(place string, with ...func(*intake.Complaint)) uuid.UUID {
			with = append([]func(*intake.Complaint){ownedBy(colleague)}, with...)
			return o.receive(place, with...).ID
		}
		closed := func(c *intake.Complaint) { at := o.store.Now(); c.State, c.ClosedAt = intake.Closed, &at }
		set := map[string]uuid.UUID{
			"plain":      plain(shuangliu, due(today.Add(30))),
			"zone":       plain(xinheyan),
			"dawa":       plain(dayushu),
			"kind":       plain(shuangliu, func(c *intake.Complaint) { c.Kind = "FUND_WITHHOLD" }),
			"mode":       plain(shuangliu, func(c *intake.Complaint) { c.Mode = intake.Confidential }),
			"state":      plain(shuangliu, func(c *intake.Complaint) { c.State = intake.Verifying }),
			"channel":    plain(shuangliu, func(c *intake.Complaint) { c.Channel = intake.Letter }),
			"severity":   plain(shuangliu, func(c *intake.Complaint) { c.Severity = 1 }),
			"mine":       plain(shuangliu, ownedBy(by)),
			"unassigned": plain(shuangliu, func(c *intake.Complaint) { c.OwnerID = nil }),
			"late":       plain(shuangliu, due(today.Add(-1))),
			"today":      plain(shuangliu, due(today)),
			"week":       plain(shuangliu, due(today.Add(7))),
			"closed":     plain(shuangliu, closed, due(today)),
			"declined":   plain(shuangliu, closed, func(c *intake.Complaint) { c.State = intake.NotAccepted }),
			"text":       plain(shuangliu, summary("低保户名单里有村主任的亲戚")),
		}
		waiting, own := o.receive(shuangliu, ownedBy(colleague)), o.receive(shuangliu, ownedBy(colleague))
		o.propose(waiting, colleague, "extend")
		o.propose(own, by, "extend")
		set["waiting"], set["own"] = waiting.ID, own.ID

		open := []string{"plain", "zone", "dawa", "kind", "mode", "state", "channel", "severity", "mine", "unassigned", "late", "today", "week", "text", "waiting", "own"}
		inTown := slices.DeleteFunc(slices.Clone(open), func(n string) bool { return n == "zone" || n == "dawa" })
		for name, test := range map[string]struct {
			f    Filter
			want []string
		}{
			"none":           {Filter{}, open},
			"city":           {Filter{Place: "211100000000"}, open},
			"county":         {Filter{Place: "211104000000"}, []string{"dawa"}},
			"town":           {Filter{Place: "211122111000"}, inTown},
			"village":        {Filter{Place: xinheyan}, []string{"zone"}},
			"kind":           {Filter{Kind: "FUND_WITHHOLD"}, []string{"kind"}},
			"mode":           {Filter{Mode: intake.Confidential}, []string{"mode"}},
			"state":          {Filter{State: intake.Verifying}, []string{"state"}},
			"channel":        {Filter{Channel: intake.Letter}, []string{"channel"}},
			"severity":       {Filter{Severity: 1}, []string{"severity"}},
			"mine":           {Filter{Mine: true}, []string{"mine"}},
			"unassigned":     {Filter{Unassigned: true}, []string{"unassigned"}},
			"late":           {Filter{Late: true}, []string{"late"}},
			"due today":      {Filter{DueToday: true}, []string{"today"}},
			"due this week":  {Filter{DueWeek: true}, []string{"week"}},
			"waiting for me": {Filter{Waiting: true}, []string{"waiting"}},
			"finished":       {Filter{Finished: true}, []string{"closed", "declined"}},
			"ended state":    {Filter{State: intake.NotAccepted}, []string{"declined"}},
			"words":          {Filter{Text: "名单"}, []string{"text"}},
			"number":         {Filter{Text: "000001"}, []string{"plain"}},
			"two at once":    {Filter{Late: true, Mine: true}, nil},
		} {
			var want []uuid.UUID
			for _, n := range test.want {
				want = append(want, set[n])
			}
			got := o.found(by, test.f)
			if !sameSet(got, want) {
				t.Errorf("%s: %v, want %v", name, nameOf(set, got), test.want)
			}
		}
		if got := o.found(colleague, Filter{Waiting: true}); got != nil {
			t.Errorf("nothing waits for somebody who does not approve: %v", nameOf(set, got))
		}
	})
}

func sameSet(a, b []uuid.UUID) bool {
	order := func(x, y uuid.UUID) int { return slices.Compare(x[:], y[:]) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}

func nameOf(set map[string]uuid.UUID, ids []uuid.UUID) (names []string) {
	for n, id := range set {
		if slices.Contains(ids, id) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func TestRowsSayWhoseAndHowLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.TriageOfficer)
		o.receive(shuangliu, ownedBy(by), due(o.today().Add(-30)))
		page, err := o.Find(bg, by, Filter{}, "")
		o.must(err)
		r := page.Rows[0]
		if r.OwnerName != by.Name || r.DeskName != panshan || r.Summary != "反映危房改造补助没有发全" || r.Late < 10 || r.Color != clock.Red {
			t.Errorf("row = %+v", r)
		}
	})
}

// TestAListShowsNoneOfTheReportersWords, only what they ticked and how many files
// they sent, until an officer has described the case.
func TestAListShowsNoneOfTheReportersWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.TriageOfficer)
		c := o.told(shuangliu, "会计扣了三千,说是手续费")
		o.file("report", c.ReportID)
		page, err := o.Find(bg, by, Filter{}, "")
		o.must(err)
		seen, err := json.Marshal(page.Rows)
		o.must(err)
		for _, words := range []string{"会计", "三千", "手续费"} {
			if strings.Contains(string(seen), words) {
				t.Errorf("the list tells %q: %s", words, seen)
			}
		}
		if r := page.Rows[0]; r.Withheld || r.Files != 1 || r.AccusedLevel != "unknown" || r.Channel != intake.Web {
			t.Errorf("row = %+v", r)
		}
		o.must(o.store.Read(bg).Model(&intake.Complaint{}).Where("id = ?", c.ID).Update("summary", "补助被扣").Error)
		if page, err = o.Find(bg, by, Filter{}, ""); err != nil || page.Rows[0].Summary != "补助被扣" || page.Rows[0].Files != 0 {
			t.Errorf("once it is described: %+v, %v", page.Rows, err)
		}
	})
}

// Rows that close between two pages neither hide nor repeat another.
func TestPagesNeitherSkipNorRepeat(t *testing.T) {
	for name, f := range map[string]Filter{"pressing": {}, "words": {Text: "补助"}} {
		for where, onCursor := range map[string]bool{"the cursor's row closes": true, "another row closes": false} {
			t.Run(name+", "+where, func(t *testing.T) {
				storetest.Each(t, func(t *testing.T, s *store.Store) { walk(t, newOffice(t, s), f, onCursor) })
			})
		}
	}
}

func walk(t *testing.T, o *office, f Filter, onCursor bool) {
	by := o.officer(panshan, staff.TriageOfficer)
	var all []intake.Complaint
	for i := range 130 {
		with := []func(*intake.Complaint){}
		if i%3 > 0 {
			with = append(with, due(o.today().Add(rand.IntN(7)))) // many share a day, a third have none
		}
		all = append(all, o.receive(shuangliu, with...))
	}
	var shown []intake.Complaint
	closed := map[uuid.UUID]bool{}
	for cursor, pages := "", 0; ; pages++ {
		page, err := o.Find(bg, by, f, cursor)
		o.must(err)
		for _, r := range page.Rows {
			shown = append(shown, r.Complaint)
		}
		if page.Next == "" {
			if pages != 2 {
				t.Errorf("%d pages, want 3", pages+1)
			}
			break
		}
		if len(page.Rows) != pageSize {
			t.Errorf("a page of %d", len(page.Rows))
		}
		gone := notShown(all, shown)
		if onCursor {
			gone = shown[len(shown)-1].ID
		}
		closed[gone] = true
		o.must(o.store.Read(bg).Model(&intake.Complaint{}).Where("id = ?", gone).
			Updates(map[string]any{"state": intake.Closed, "closed_at": o.store.Now()}).Error)
		cursor = page.Next
	}
	seen := map[uuid.UUID]int{}
	for _, c := range shown {
		seen[c.ID]++
	}
	for _, c := range all {
		if seen[c.ID] > 1 || (seen[c.ID] == 0 && !closed[c.ID]) {
			t.Errorf("complaint %d shown %d times", c.Seq, seen[c.ID])
		}
	}
	if !slices.IsSortedFunc(shown, func(a, b intake.Complaint) int { return compareIn(f, a, b) }) {
		t.Error("out of order")
	}
}

func notShown(all, shown []intake.Complaint) uuid.UUID {
	for _, c := range slices.Backward(all) {
		if !slices.ContainsFunc(shown, func(s intake.Complaint) bool { return s.ID == c.ID }) {
			return c.ID
		}
	}
	return uuid.Nil
}

func compareIn(f Filter, a, b intake.Complaint) int {
	if f.byAge() {
		return int(b.Seq - a.Seq)
	}
	key := func(c intake.Complaint) string {
		day := workday.Date("9999")
		if c.DueOn != nil {
			day = *c.DueOn
		}
		return fmt.Sprintf("%s %09d", day, c.Seq)
	}
	if key(a) < key(b) {
		return -1
	}
	return 1
}

func TestACursorFromElsewhereStartsAtTheBeginning(t *testing.T) {
	for _, text := range []string{"", "x", "!!", "LA", place{Due: "2026-02-30", Seq: 3}.String(), place{Seq: -1}.String()} {
		if got := readCursor(text); got != (place{}) {
			t.Errorf("%q = %+v", text, got)
		}
	}
	for _, p := range []place{{Seq: 7}, {Due: "2026-02-03", Seq: 12}} {
		if got := readCursor(p.String()); got != p {
			t.Errorf("%+v came back as %+v", p, got)
		}
	}
}

func TestSearchFindsTwoCharactersInsideAText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(panshan, staff.TriageOfficer)
		old := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
		c := o.receive(shuangliu, summary(`会计代管一卡通,扣了2015年的危房改造款 3000 元(收据No.A77 'x')`), func(c *intake.Complaint) { c.ReceivedAt = old })
		o.receive(weizigou, summary("水泥路没有修完"))
		for text, want := range map[string]bool{
			"卡通": true, "一卡通": true, "危房": true, "危房改造": true, "甜水": true, "双柳村": true,
			"２０１５年": true, "3000": true, "a77": true, "会计 危房": true, "会计 我 危房": true,
			"危房 水泥": false, "改危": false, "卡 通": false, "9999": false,
			"访2025-000001": true, "2025-000001": true, "000001": true, "访 2025-000001": true,
			"访2026-000001": false, "000002": false, "访2025-000002": false,
			`危房' | '水泥`: false, `危房" OR "水泥`: false, `\'); --危房`: true,
		} {
			page, err := o.Find(bg, by, Filter{Text: text}, "")
			if text == "卡 通" {
				if !errors.Is(err, ErrShortSearch) {
					t.Errorf("%q: %v, want ErrShortSearch", text, err)
				}
				continue
			}
			o.must(err)
			got := slices.ContainsFunc(page.Rows, func(r Row) bool { return r.ID == c.ID })
			if got != want {
				t.Errorf("%q finds it: %v, want %v", text, got, want)
			}
		}
		for _, text := range []string{"卡", "x", "!", "，。"} {
			if _, err := o.Find(bg, by, Filter{Text: text}, ""); !errors.Is(err, ErrShortSearch) {
				t.Errorf("%q: %v, want ErrShortSearch", text, err)
			}
		}
	})
}

func TestNothingInAGramEndsItsQuotes(t *testing.T) {
	for got, want := range map[string]string{
		quoted([]string{`a'b`, `c\`, `'`}, `'`, " & "): `'ab' & 'c'`,
		quoted([]string{`a"b`, "双柳"}, `"`, " AND "):    `"ab" AND "双柳"`,
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestCountsEqualARecount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		me := o.officer(panshan, staff.Supervisor)
		other := o.officer(panshan, staff.TriageOfficer)
		today := o.today()
		r := rand.New(rand.NewPCG(1, 2))
		var want Counts
		for range 120 {
			var with []func(*intake.Complaint)
			day := today.Add(r.IntN(24) - 10)
			owner, dated, open := r.IntN(3), r.IntN(5) > 0, r.IntN(6) > 0
			hidden, waits := r.IntN(6) == 0, r.IntN(4) == 0
			if dated {
				with = append(with, due(day))
			}
			if owner > 0 {
				with = append(with, ownedBy([]staff.Officer{me, other}[owner-1]))
			}
			if !open {
				at := o.store.Now()
				with = append(with, func(c *intake.Complaint) { c.State, c.ClosedAt = intake.Closed, &at })
			}
			c := o.receive(shuangliu, with...)
			if waits {
				o.propose(c, []staff.Officer{me, other}[r.IntN(2)], "extend")
			}
			if hidden {
				o.stepBack(c, me)
			}
			if !open || hidden {
				continue
			}
			want.Open++
			mine := owner == 1
			late := dated && day < today
			add(&want.Overdue, late)
			add(&want.DueToday, dated && day == today)
			add(&want.DueWeek, dated && day > today && day <= today.Add(7))
			add(&want.Mine, mine)
			add(&want.MineLate, mine && late)
			add(&want.Unassigned, owner == 0)
		}
		want.WaitingForMe = len(o.found(me, Filter{Waiting: true}))
		got, err := o.Counts(bg, me)
		o.must(err)
		if got != want || want.WaitingForMe == 0 {
			t.Errorf("Counts = %+v, want %+v", got, want)
		}
		if mine, late, err := o.MyCounts(bg, me); err != nil || mine != want.Mine || late != want.MineLate || mine == 0 {
			t.Errorf("MyCounts = %d, %d, %v; want %d, %d", mine, late, err, want.Mine, want.MineLate)
		}
		if got, err = o.Counts(bg, other); err != nil || got.WaitingForMe != 0 {
			t.Errorf("for somebody who does not approve: %+v, %v", got, err)
		}
		groups, err := o.Today(bg, me)
		o.must(err)
		for name, n := range map[string]int{"overdue": want.Overdue, "today": want.DueToday, "week": want.DueWeek, "waiting": want.WaitingForMe} {
			if len(groups[name]) != min(n, 20) {
				t.Errorf("%s: %d rows of %d", name, len(groups[name]), n)
			}
		}
	})
}

func add(n *int, if_ bool) {
	if if_ {
		*n++
	}
}
