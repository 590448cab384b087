package figures

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestSmallCountsAreHiddenWithOthers(t *testing.T) {
	h := Shown{Hidden: true}
	n := func(n int64) Shown { return Shown{N: n} }
	for _, test := range []struct {
		counts []int64
		shown  []Shown
		total  Shown
	}{
		{nil, []Shown{}, h},
		{[]int64{7}, []Shown{n(7)}, n(7)},
		{[]int64{4}, []Shown{h}, h},
		{[]int64{5, 9, 12}, []Shown{n(5), n(9), n(12)}, n(26)},
		{[]int64{0, 0, 0}, []Shown{h, h, h}, h},
		{[]int64{1, 2, 1}, []Shown{h, h, h}, h},
		{[]int64{2, 2, 2}, []Shown{h, h, h}, n(6)},        // none could be shown beside the total
		{[]int64{20, 3, 30}, []Shown{h, h, n(30)}, n(53)}, // the one before it goes along
		{[]int64{20, 30, 3}, []Shown{n(20), h, h}, n(53)},
		{[]int64{3, 20, 30}, []Shown{h, n(20), h}, n(53)}, // before the first comes the last
		{[]int64{4, 30, 4}, []Shown{h, h, h}, n(38)},      // two small ones do not protect each other
		{[]int64{5, 0, 30}, []Shown{h, h, h}, n(35)},      // five would tell that the other is nothing
		{[]int64{9, 0, 30}, []Shown{h, h, n(30)}, n(39)},
	} {
		shown, total := Suppress(test.counts)
		if !reflect.DeepEqual(shown, test.shown) || total != test.total {
			t.Errorf("%v: %v, total %v; want %v, %v", test.counts, shown, total, test.shown, test.total)
		}
	}
	if alone(4) != h || alone(5) != n(5) {
		t.Error("a count by itself")
	}
}

// Whoever reads a row and knows the rule takes every row of counts there could
// be, keeps those that would be shown in the same way, and looks which values a
// hidden count has among them: never fewer than five. This is all rows of up to
// five counts, tried one after the other.
func TestNobodyFindsOutWhatIsHidden(t *testing.T) {
	for size, most := range map[int]int64{1: 40, 2: 30, 3: 22, 4: 13, 5: 9} {
		worlds := map[string][]map[int64]bool{}
		hiddenSum := map[string]int64{}
		counts := make([]int64, size)
		var try func(i int)
		try = func(i int) {
			if i == size {
				shown, total := Suppress(counts)
				page := fmt.Sprint(shown, total)
				if worlds[page] == nil {
					worlds[page] = make([]map[int64]bool, size)
				}
				for j, s := range shown {
					if !s.Hidden {
						continue
					}
					if worlds[page][j] == nil {
						worlds[page][j] = map[int64]bool{}
					}
					worlds[page][j][counts[j]] = true
					hiddenSum[page] = max(hiddenSum[page], sumHidden(counts, shown))
				}
				return
			}
			for n := range most + 1 {
				counts[i] = n
				try(i + 1)
			}
		}
		try(0)
		for page, values := range worlds {
			if hiddenSum[page] > most {
				continue // more rows than were tried would be shown like this
			}
			for j, could := range values {
				if could != nil && len(could) < least {
					t.Errorf("%s: count %d can only be %v", page, j, could)
				}
			}
		}
		if len(worlds) < 2 {
			t.Errorf("rows of %d: only %d pages", size, len(worlds))
		}
	}
}

func sumHidden(counts []int64, shown []Shown) (sum int64) {
	for i, s := range shown {
		if s.Hidden {
			sum += counts[i]
		}
	}
	return sum
}

// For rows of any size: nothing small is shown, nothing shown is wrong, and what
// a reader can subtract is never small nor a single count.
func TestNothingSmallCanBeSubtracted(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for range 20_000 {
		counts := make([]int64, 1+random.IntN(9))
		for i := range counts {
			counts[i] = int64(random.IntN(1 + random.IntN(30)))
		}
		shown, total := Suppress(counts)
		hidden, sum, whole := 0, int64(0), int64(0)
		for i, s := range shown {
			whole += counts[i]
			if s.Hidden {
				hidden, sum = hidden+1, sum+counts[i]
			}
			if !s.Hidden && (s.N != counts[i] || s.N < least) || s.Hidden && s.N != 0 {
				t.Fatalf("%v: shown %v", counts, shown)
			}
		}
		if total.Hidden != (whole < least) || !total.Hidden && total.N != whole {
			t.Fatalf("%v: total %v", counts, total)
		}
		if !total.Hidden && hidden > 0 && (hidden == 1 || sum < least) {
			t.Fatalf("%v: shown %v of %v gives away %d", counts, shown, total, sum)
		}
	}
}
