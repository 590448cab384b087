package roll

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
)

// life is a roll and what is expected of it.
type life struct {
	*shelf
	rng      *rand.Rand
	id       uuid.UUID
	kind     Kind
	stage    Stage
	version  int
	today    workday.Date
	rows     map[int]line
	gone     int // highest key there ever was
	holds    map[uuid.UUID]int
	minutes  map[Stage]bool
	versions map[int]sums // of every version since it was first published
}

type line struct {
	fen    int64
	people int
	agreed bool
	stands workday.Date
}

type sums struct {
	size, people int
	fen          int64
}

func (l *life) sums() sums {
	var s sums
	for _, r := range l.rows {
		s.size++
		s.people += r.people
		s.fen += r.fen
	}
	return s
}

// TestNoPathFinalisesAListWithAnOpenObjection takes lists through random lives
// and expects of each step what a model says; a list that moved although an
// objection was open, or whose sums are not those of its rows, fails.
func TestNoPathFinalisesAListWithAnOpenObjection(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		seed := rand.Uint64()
		met := map[any]bool{}
		// Four lives, and more until everything was met that can be.
		for i := 0; i < 4 || i < 200 && !metAll(met); i++ {
			l := &life{shelf: h, rng: rand.New(rand.NewPCG(seed, uint64(i))), today: "2026-03-02", stage: Draft, version: 1,
				rows: map[int]line{}, holds: map[uuid.UUID]int{}, minutes: map[Stage]bool{}, versions: map[int]sums{}}
			l.kind = Kinds()[i%2] // households and exits
			l.id = h.create(l.kind, shuangliu).ID
			for step := range 120 {
				what, got, want := l.step()
				if !errors.Is(got, want) {
					t.Fatalf("seed %d, life %d, step %d: %s: got %v, want %v", seed, i, step, what, got, want)
				}
				met[want], met[l.stage] = true, true
				l.agrees(fmt.Sprintf("seed %d, life %d, step %d: %s", seed, i, step, what))
			}
		}
		if !metAll(met) {
			t.Errorf("seed %d: the test sees too little: %v", seed, met)
		}
	})
}

// metAll reports whether lives came to every stage and every refusal.
func metAll(met map[any]bool) bool {
	for _, all := range []any{Draft, Village, Town, County, Final, nil, ErrHeld, ErrStanding, ErrStage, ErrEmpty, ErrMinutes, ErrConsent, ErrFrozen, ErrStale, store.ErrNotFound} {
		if !met[all] {
			return false
		}
	}
	return true
}

func (l *life) step() (what string, got, want error) {
	switch l.rng.IntN(12) {
	case 0, 1, 2:
		return l.tryAdvance()
	case 3:
		return l.tryHold()
	case 4, 5:
		return l.tryLift()
	case 6, 7:
		return l.tryAmend()
	case 8:
		return l.tryMinutes()
	}
	l.today = l.today.Add(l.rng.IntN(7))
	return "time passes", nil, nil
}

func (l *life) next() Stage { return Roll{Kind: l.kind, Stage: l.stage}.Next() }

func (l *life) tryAdvance() (string, error, error) {
	to := l.next()
	if l.rng.IntN(6) == 0 {
		to = Households.Stages()[l.rng.IntN(5)]
	}
	stands := l.today.Add(6)
	want := l.obstacle(to)
	may := l.May(bg, l.id, to, l.today)
	got := l.advance(l.id, to, l.today, stands)
	if !errors.Is(may, got) && !errors.Is(got, may) {
		got = fmt.Errorf("May says %v, Advance %v", may, got)
	}
	if got == nil {
		l.stage = to
		for k, r := range l.rows {
			r.stands = stands
			l.rows[k] = r
		}
	}
	return "advance to " + string(to), got, want
}

func (l *life) obstacle(to Stage) error {
	standing, consent := false, true
	for _, r := range l.rows {
		standing = standing || r.stands >= l.today
		consent = consent && r.agreed
	}
	switch {
	case to == "" || to != l.next():
		return ErrStage
	case len(l.rows) == 0:
		return ErrEmpty
	case len(l.holds) > 0:
		return ErrHeld
	case l.stage != Draft && standing:
		return ErrStanding
	case l.kind == Households && (to == Village || to == Town) && !l.minutes[to]:
		return ErrMinutes
	case l.kind == Exits && !consent:
		return ErrConsent
	}
	return nil
}

func (l *life) tryHold() (string, error, error) {
	key := 0
	if l.rng.IntN(3) > 0 {
		key = 1 + l.rng.IntN(l.gone+1)
	}
	var want error
	if _, there := l.rows[key]; key != 0 && !there {
		want = store.ErrNotFound
	}
	if l.stage == Draft || l.stage == Final {
		want = ErrStage
	}
	objection, got := l.hold(l.id, key)
	if got == nil {
		l.holds[objection] = key
	}
	return fmt.Sprintf("hold %d", key), got, want
}

func (l *life) tryLift() (string, error, error) {
	for objection := range l.holds {
		l.lift(objection)
		delete(l.holds, objection)
		return "lift", nil, nil
	}
	return "nothing to lift", nil, nil
}

func (l *life) tryMinutes() (string, error, error) {
	stage := []Stage{Village, Town}[l.rng.IntN(2)]
	stages := l.kind.Stages()
	var want error
	if slices.Index(stages, stage) <= slices.Index(stages, l.stage) {
		want = ErrStage
	}
	got := l.shelf.minutes(l.id, stage)
	if got == nil {
		l.minutes[stage] = true
	}
	return "minutes of " + string(stage), got, want
}

func (l *life) tryAmend() (string, error, error) {
	version := l.version
	if l.rng.IntN(10) == 0 {
		version--
	}
	ruling := uuid.Nil
	for objection := range l.holds {
		if l.rng.IntN(2) == 0 {
			ruling = objection
		}
	}
	edits := l.edits()
	want := l.refusal(version, edits, ruling)
	stands := l.today.Add(6)
	var after Roll
	got := l.store.Transact(bg, func(tx *gorm.DB) (err error) {
		after, err = l.Amend(tx, l.id, version, edits, stands, ruling)
		return err
	})
	if got == nil {
		l.apply(edits, stands)
		if s := (sums{after.Size, after.People, after.TotalFen}); s != l.sums() || after.Version != l.version {
			got = fmt.Errorf("returned %+v, want %+v", s, l.sums())
		}
	}
	return "amend", got, want
}

func (l *life) edits() []Edit {
	var edits []Edit
	used := map[int]bool{0: true}
	for range 1 + l.rng.IntN(4) {
		e := Edit{Label: "李四", Team: "二组", People: l.rng.IntN(7), AmountFen: l.rng.Int64N(1 << 40), Reason: "typo",
			Cells: map[string]string{"agreed": []string{"yes", "yes", "yes", "yes", "no"}[l.rng.IntN(5)]}}
		if l.gone > 0 && l.rng.IntN(3) > 0 {
			e.Key = 1 + l.rng.IntN(l.gone)
			e.Gone = l.rng.IntN(3) == 0
		}
		if e.Key == 0 || !used[e.Key] {
			used[e.Key] = true
			edits = append(edits, e)
		}
	}
	return edits
}

func (l *life) refusal(version int, edits []Edit, ruling uuid.UUID) error {
	if version != l.version {
		return ErrStale
	}
	for objection, key := range l.holds {
		if objection != ruling && key != 0 && slices.ContainsFunc(edits, func(e Edit) bool { return e.Key == key }) {
			return ErrFrozen
		}
	}
	for _, e := range edits {
		if _, there := l.rows[e.Key]; e.Key != 0 && !there {
			return store.ErrNotFound
		}
	}
	return nil
}

func (l *life) apply(edits []Edit, stands workday.Date) {
	l.version++
	if l.stage == Draft {
		stands = ""
		// A draft gives the numbers of its last rows again: nobody saw them.
		defer func() { l.gone = max(0, slices.Max(append(slices.Collect(maps.Keys(l.rows)), 0))) }()
	}
	last := l.gone
	for _, e := range edits {
		key := e.Key
		if e.Gone {
			delete(l.rows, key)
			continue
		}
		if key == 0 {
			last++
			key = last
		}
		l.rows[key] = line{e.AmountFen, e.People, e.Cells["agreed"] == "yes", max(stands, l.rows[key].stands)}
	}
	l.gone = last
}

// agrees compares the database with the model.
func (l *life) agrees(when string) {
	l.t.Helper()
	r := l.now(l.id)
	if r.Stage != l.stage || r.Version != l.version || (sums{r.Size, r.People, r.TotalFen}) != l.sums() {
		l.t.Fatalf("%s: roll is %+v, want stage %s, version %d, %+v", when, r, l.stage, l.version, l.sums())
	}
	holds, err := l.Holds(bg, l.id)
	must(l.t, err)
	open := 0
	for _, n := range holds {
		open += n
	}
	if open != len(l.holds) || l.stage == Final && open > 0 {
		l.t.Fatalf("%s: %d holds are open in stage %s, want %d", when, open, l.stage, len(l.holds))
	}
	if l.stage != Draft {
		l.versions[l.version] = l.sums()
	}
	for version, want := range l.versions {
		if got := l.added(version); got != want {
			l.t.Fatalf("%s: version %d adds up to %+v, want %+v", when, version, got, want)
		}
	}
}

// added adds up the rows of a version.
func (l *life) added(version int) sums {
	l.t.Helper()
	var s sums
	must(l.t, l.Each(bg, l.id, version, func(row Row) error {
		s.size++
		s.people += row.People
		s.fen += row.AmountFen
		return nil
	}))
	return s
}
