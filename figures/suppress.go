package figures

// least is the smallest count that the public is shown.
const least = 5

// Shown is a count as the public sees it. A hidden one is small, or stands in
// for a small one beside it.
type Shown struct {
	N      int64
	Hidden bool // N is 0
}

// Suppress hides counts below five, and next to them as many more as it takes
// for nobody to find them out: not from the total, and not from knowing this
// rule either. Which ones go along is settled by their order and not by their
// size, at least one of them is not small, and together they are so many that
// each hidden count could still be any of five numbers.
func Suppress(counts []int64) (shown []Shown, total Shown) {
	shown = make([]Shown, len(counts))
	first := -1
	for i, n := range counts {
		total.N += n
		shown[i] = Shown{N: n}
		if n < least && first < 0 {
			first = i
		}
	}
	if total.N < least {
		total = Shown{Hidden: true}
	}
	if first < 0 {
		return shown, total
	}
	var hidden int64
	large := false
	hide := func(i int) {
		hidden, large = hidden+counts[i], large || counts[i] >= least
		shown[i] = Shown{Hidden: true}
	}
	for i, n := range counts {
		if n < least {
			hide(i)
		}
	}
	for step := 1; step < len(counts) && (!large || hidden < 2*least-1); step++ {
		if i := (first + len(counts) - step) % len(counts); !shown[i].Hidden {
			hide(i)
		}
	}
	return shown, total
}

// alone shows a count that stands by itself.
func alone(n int64) Shown {
	if n < least {
		return Shown{Hidden: true}
	}
	return Shown{N: n}
}
