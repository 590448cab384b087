package crosscheck

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"minsheng/internal/workday"
	"minsheng/roll"
	"minsheng/staff"
)

const (
	id1 = "211122196001010000" // wrong check digits, all of them
	id2 = "211122196002020000"
	id3 = "211122196003030000"
)

// found is what a check finds: rules with the masked names of their rows.
func found(hits []Hit) []string {
	var all []string
	for _, h := range hits {
		var names []string
		for _, r := range h.Rows {
			name := r.Kind + " " + r.Name
			if r.By != "" {
				name += " by " + r.By
			}
			names = append(names, name)
		}
		sort.Strings(names)
		all = append(all, h.Rule+": "+strings.Join(names, ", "))
	}
	sort.Strings(all)
	return all
}

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		given func(w *world)
		want  []string
	}{
		"nothing": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
			w.refer(Deceased, knownAs{"双柳村", "李四", id2, "2026-01-01"})
		}, nil},
		"paid after death, by number, whatever the village": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"}, paidTo{"双柳村", "张老三", id1, "", "2025-12-31"})
			w.refer(Deceased, knownAs{"大榆树村", "张老三", id1, "2026-01-01"})
		}, []string{"deceased: payment 张*三, reference 张*三 by id"}},
		"paid on the day of death": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-01-01"})
			w.refer(Deceased, knownAs{"", "张老三", id1, "2026-01-01"})
		}, nil},
		"day of death not known": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-01-01"})
			w.refer(Deceased, knownAs{"", "张老三", id1, ""})
		}, []string{"deceased: payment 张*三, reference 张*三 by id"}},
		"by name in the same village": {func(w *world) {
			w.pay(paidTo{"双柳村", "张 老三", id1, "", "2026-03-05"})
			w.refer(Cadre, knownAs{"双柳村", "张老三", "", ""})
		}, []string{"cadre: payment 张*三, reference 张*三 by name"}},
		"same name in another village": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
			w.refer(Cadre, knownAs{"苇子沟村", "张老三", "", ""})
		}, nil},
		"same name, another number": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
			w.refer(Cadre, knownAs{"双柳村", "张老三", id2, ""})
		}, nil},
		"in several sets": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
			w.refer(CadreFamily, knownAs{"双柳村", "张老三", id1, ""})
			w.refer(Vehicle, knownAs{"双柳村", "张老三", id1, "2026-03-06"}) // bought later
			w.refer(House, knownAs{"双柳村", "张老三", id1, "2026-03-05"}, knownAs{"苇子沟村", "张老三", id1, "2020-01-01"})
		}, []string{"cadre_family: payment 张*三, reference 张*三 by id", "house: payment 张*三, reference 张*三 by id"}},
		"listed": {func(w *world) {
			w.list(roll.Households, roll.Village, shuangliu, 2026, "", "张老三", "李四")
			w.refer(Vehicle, knownAs{"双柳村", "李四", id2, "2020-01-01"})
		}, []string{"vehicle: reference 李* by name, roll 李*"}},
		"drafts are nobody's business": {func(w *world) {
			w.list(roll.Households, roll.Draft, shuangliu, 2026, "", "李四", "李四")
			w.refer(Vehicle, knownAs{"双柳村", "李四", id2, ""})
		}, nil},
		"one account": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "6217000000001234", "2026-03-05"}, paidTo{"双柳村", "李四", id2, "6217 0000 0000 1234", "2026-03-05"},
				paidTo{"双柳村", "李四", id2, "6217000000001234", "2026-04-05"}, paidTo{"双柳村", "王五五", id3, "6217000000009999", "2026-04-05"})
		}, []string{"one_account: payment 张*三, payment 李*"}},
		"one household twice on its account": {func(w *world) {
			w.pay(paidTo{"双柳村", "李四", id2, "6217000000001234", "2026-03-05"}, paidTo{"双柳村", "李四", id2, "6217000000001234", "2026-04-05"})
		}, nil},
		"no accounts": {func(w *world) {
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"}, paidTo{"双柳村", "李四", id2, "", "2026-03-05"})
		}, nil},
		"two lists of a year": {func(w *world) {
			w.list(roll.Households, roll.Final, shuangliu, 2026, "", "张老三", "李四")
			w.list(roll.Households, roll.Village, shuangliu, 2026, "", "张老三")
			w.list(roll.Households, roll.Final, shuangliu, 2025, "", "李四")
			w.list(roll.Households, roll.Final, weizigou, 2026, "", "李四")
		}, []string{"two_lists: roll 张*三, roll 张*三"}},
		"twice on one list": {func(w *world) {
			w.list(roll.Households, roll.Town, shuangliu, 2026, "", "李四", "张老三", "李 四")
		}, []string{"two_lists: roll 李*, roll 李*"}},
		"twice on a roster of payments": {func(w *world) {
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "", "李四", "李四")
		}, nil},
		"never listed": {func(w *world) {
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "", "张老三")
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"}, paidTo{"双柳村", "李四", id2, "", "2026-03-05"},
				paidTo{"双柳村", "李四", id2, "", "2025-03-05"}, paidTo{"苇子沟村", "李四", id2, "", "2026-03-05"})
		}, []string{"never_listed: payment 李*"}},
		"never paid": {func(w *world) {
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "2026-03-01", "张老三", "李四", "王五五")
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "2999-03-01", "赵六六") // its days are not over
			w.list(roll.Payments, roll.Final, weizigou, 2026, "2026-03-01", "李四")   // nothing loaded
			w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"}, paidTo{"双柳村", "李四", id2, "", "2026-04-05"})
		}, []string{"never_paid: roll 王*五"}},
		"paid once, promised twice": {func(w *world) {
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "2026-03-01", "李四")
			w.list(roll.Payments, roll.Final, shuangliu, 2026, "2026-06-01", "李四")
			w.pay(paidTo{"双柳村", "李四", id2, "", "2026-03-05"})
		}, []string{"never_paid: roll 李*"}},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				c.given(w)
				by := w.checker(county)
				run := w.check(by)
				got := found(w.hits(by, Filter{}))
				if !slices.Equal(got, c.want) {
					t.Errorf("found %q, want %q", got, c.want)
				}
				if run.Hits != len(c.want) || run.Fresh != len(c.want) {
					t.Errorf("run says %d, %d fresh", run.Hits, run.Fresh)
				}
			})
		})
	}
}

func TestEveryRuleHasAKindOfCase(t *testing.T) {
	for _, rule := range Rules() {
		if kinds[rule] == "" {
			t.Errorf("%s has none", rule)
		}
	}
}

func TestHitSaysWhichRowsAndHowMuch(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.pay(paidTo{"苇子沟村", "赵六六", id2, "", "2026-03-04"}, paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
		w.refer(Deceased, knownAs{"", "李四", id2, "2030-01-01"}, knownAs{"", "张老三", id1, "2026-01-01"})
		by := w.checker(county)
		w.check(by)
		hits := w.hits(by, Filter{})
		if len(hits) != 1 {
			t.Fatal(found(hits))
		}
		h := hits[0]
		if h.AmountFen != 10000 || h.PlaceCode != shuangliu || !strings.HasSuffix(h.Village, "双柳村") || h.State != open {
			t.Errorf("%+v", h)
		}
		pay, who := h.Rows[0], h.Rows[1]
		if pay.Kind != "payment" || pay.Row != 3 || pay.What != "补贴.xlsx" || pay.Day != "2026-03-05" || pay.Fen != 10000 {
			t.Errorf("%+v", pay)
		}
		if who.Kind != "reference" || who.Row != 3 || who.What != "deceased.xlsx" || who.Day != "2026-01-01" || who.By != "id" {
			t.Errorf("%+v", who)
		}
		runs, err := w.Runs(bg, by)
		if err != nil || len(runs) != 1 || runs[0].Payments != 2 || runs[0].People != 2 {
			t.Errorf("%+v, %v", runs, err)
		}
		if w.events("check_run") != 1 {
			t.Error("no event of the run")
		}
	})
}

func TestListedHitNamesTheNoticeOfItsRound(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := w.list(roll.Households, roll.Town, shuangliu, 2026, "", "李四")
		w.refer(House, knownAs{"双柳村", "李四", "", ""})
		by := w.checker(county)
		w.check(by)
		h := w.hits(by, Filter{})[0]
		want := Place{Kind: "roll", ID: r.ID, Row: 1, What: "LIST_TOWN", Name: "李*", Day: string(workday.On(w.Store.Now())), Fen: 20000}
		if h.Rows[0] != want {
			t.Errorf("%+v", h.Rows[0])
		}
	})
}

func TestCheckStaysInItsArea(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for i, village := range []string{"双柳村", "新河沿村", "大榆树村"} {
			w.pay(paidTo{village, "张老三", fmt.Sprintf("21112219600101%04d", i), "", "2026-03-05"})
			w.refer(Deceased, knownAs{village, "张老三", fmt.Sprintf("21112219600101%04d", i), "2026-01-01"})
		}
		for _, c := range []struct {
			unit     string
			payments int
			villages []string
		}{
			{zone, 1, []string{xinheyan}},
			{other, 1, []string{dayushu}},
			{county, 2, []string{xinheyan, shuangliu}},
			{city, 3, []string{dayushu, xinheyan, shuangliu}},
		} {
			by := w.checker(c.unit)
			if run := w.check(by); run.Payments != c.payments || run.Hits != c.payments {
				t.Errorf("%s: %+v", c.unit, run)
			}
			var villages []string
			for _, h := range w.hits(by, Filter{}) {
				villages = append(villages, h.PlaceCode)
			}
			if !slices.Equal(villages, c.villages) {
				t.Errorf("%s sees %v", c.unit, villages)
			}
			if counts, err := w.Counts(bg, by); err != nil || counts[Deceased] != c.payments || counts[House] != 0 {
				t.Errorf("%s counts %v, %v", c.unit, counts, err)
			}
		}
		by := w.checker(city)
		if hits := w.hits(by, Filter{Place: "211122106000"}); len(hits) != 1 || hits[0].PlaceCode != xinheyan {
			t.Errorf("filtered by town: %v", found(hits))
		}
		if hits := w.hits(w.checker(other), Filter{Place: "211122000000"}); len(hits) != 0 {
			t.Errorf("another county's by filter: %v", found(hits))
		}
		if hits := w.hits(by, Filter{Rule: House}); len(hits) != 0 {
			t.Errorf("filtered by rule: %v", found(hits))
		}
	})
}

func TestOfficesOutOfLineKeepTheirSetsToThemselves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.pay(paidTo{"双柳村", "张老三", id1, "", "2026-03-05"})
		must(t, w.load(w.officer(other, staff.Publisher), Deceased, knownAs{"", "张老三", id1, ""}))
		if run := w.check(w.checker(county)); run.People != 0 || run.Hits != 0 {
			t.Errorf("%+v", run)
		}
		if run := w.check(w.checker(city)); run.People != 1 || run.Hits != 1 {
			t.Errorf("%+v", run)
		}
	})
}

func TestPagesOfHits(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var pays []paidTo
		var dead []knownAs
		for i := range 120 {
			id := fmt.Sprintf("2111221960%02d%02d0000", i%12+1, i/12+1)
			pays = append(pays, paidTo{[]string{"双柳村", "苇子沟村"}[i%2], "张老三", id, "", "2026-03-05"})
			dead = append(dead, knownAs{"", "张老三", id, ""})
		}
		w.pay(pays...)
		w.refer(Deceased, dead...)
		by := w.checker(county)
		w.check(by)
		seen := map[string]bool{}
		var f Filter
		for _, size := range []int{50, 50, 20, 0} {
			page := w.hits(by, f)
			if len(page) != size {
				t.Fatalf("a page of %d, want %d", len(page), size)
			}
			for _, h := range page {
				if seen[h.ID.String()] {
					t.Errorf("%s twice", h.ID)
				}
				seen[h.ID.String()] = true
				f.After = h.ID
			}
		}
	})
}

func TestOneCheckAtATime(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by := w.checker(county)
		leave, err := w.alone(bg, by.UnitID)
		must(t, err)
		if _, err := w.Check(bg, by); !errors.Is(err, ErrBusy) {
			t.Errorf("in the same process: %v", err)
		}
		if w.Store.Postgres() { // several replicas only run there
			if _, err := New(w.Config).Check(bg, by); !errors.Is(err, ErrBusy) {
				t.Errorf("in another process: %v", err)
			}
		}
		if _, err := w.Check(bg, w.checker(other)); err != nil {
			t.Errorf("another office: %v", err)
		}
		leave()
		w.check(by)
	})
}

func TestWhoMayNotCheckSeesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		by := w.officer(county, staff.Publisher, staff.Auditor, staff.Administrator)
		_, check := w.Check(bg, by)
		_, runs := w.Runs(bg, by)
		_, hits := w.Hits(bg, by, Filter{})
		_, counts := w.Counts(bg, by)
		_, hit := w.Hit(bg, by, by.ID)
		_, turn := w.Turn(bg, by, by.ID, 1, "请核实这笔钱。")
		_, sets := w.Sets(bg, w.checker(county))
		for i, err := range []error{check, runs, hits, counts, hit, turn, sets, w.Dismiss(bg, by, by.ID, 1, "不是同一个人")} {
			if !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}

// A hit can join rows of two counties. Whoever may see one of them reads the
// names of their own people and no others.
func TestNamesOfOtherCountiesStayMasked(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.pay(paidTo{"双柳村", "张老三", id1, "6217000000001234", "2026-03-05"}, paidTo{"大榆树村", "李老四", id2, "6217000000001234", "2026-03-06"})
		w.check(w.checker(city))
		open := func(unit string) (names []string) {
			by := w.checker(unit)
			for _, h := range w.hits(by, Filter{}) {
				opened, err := w.Hit(bg, by, h.ID)
				must(t, err)
				for _, r := range opened.Rows {
					names = append(names, r.Name)
				}
			}
			sort.Strings(names)
			return names
		}
		if all := open(city); !slices.Equal(all, []string{"张老三", "李老四"}) {
			t.Errorf("the city reads %v", all)
		}
		// It lies in one of the two places, and is seen from there.
		own := append(open(county), open("大洼区督查室")...)
		if !slices.Equal(own, []string{"张老三", "李*四"}) && !slices.Equal(own, []string{"张*三", "李老四"}) {
			t.Errorf("the counties read %v", own)
		}
	})
}
