package crosscheck

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

// finding is one hit before its rows are looked up. print says which rows by
// what stays the same when files are loaded again; of the rule, it is what
// tells this hit from any other.
type finding struct {
	rule  string
	place string
	fen   int64
	refs  []ref
	print []byte
}

// ref is one row of a finding.
type ref struct {
	kind  string // payment, roll, reference
	index int    // in data
	by    string // how a person of a set was recognised: id, name
}

// maxRefs is how many rows a hit shows.
const maxRefs = 20

// compare applies all rules. It decides nothing and looks at nothing but d.
func compare(d *data) []finding {
	c := comparison{data: d, people: indexPeople(d.people)}
	for _, set := range d.sets {
		c.kinds = append(c.kinds, slices.Index(References(), set.Kind))
	}
	c.references()
	c.oneAccount()
	c.twoLists()
	c.neverListed()
	c.neverPaid()
	return c.found
}

type comparison struct {
	*data
	people index
	kinds  []int // of data.sets, as positions in References
	found  []finding
}

func (c *comparison) add(f finding) { c.found = append(c.found, f) }

// index finds people by number and by name. People with the same key are
// chained.
type index struct {
	person, name         map[key]int32
	nextPerson, nextName []int32
}

// indexPeople builds it backwards, so that chains run in the order of loading.
func indexPeople(people []known) index {
	x := index{make(map[key]int32, len(people)), make(map[key]int32, len(people)), make([]int32, len(people)), make([]int32, len(people))}
	for i := len(people) - 1; i >= 0; i-- {
		x.nextPerson[i] = chain(x.person, people[i].person, i)
		x.nextName[i] = chain(x.name, people[i].name, i)
	}
	return x
}

// chain puts i at the head of its key and returns what was there, -1 for
// nothing.
func chain(heads map[key]int32, k key, i int) int32 {
	before, there := heads[k]
	if !there {
		before = -1
	}
	if k.known() {
		heads[k] = int32(i)
	}
	return before
}

// payee is who was paid or listed, and when.
type payee struct {
	person, name key
	day          string
}

// match is the person of each kind of set that somebody is: by number, else by
// the name in the village. It hands out at most one person of each kind.
func (c *comparison) match(p payee, each func(rule string, person int, by string)) {
	var matched [5]bool
	try := func(heads map[key]int32, next []int32, k key, by string) {
		i, there := heads[k]
		if !there || !k.known() {
			return
		}
		for ; i >= 0; i = next[i] {
			who := c.data.people[i]
			rule, n := c.sets[who.set].Kind, c.kinds[who.set]
			other := by == "name" && p.person.known() && who.person.known() && p.person != who.person
			if matched[n] || other || !counts(rule, who.since, p.day) {
				continue
			}
			matched[n] = true
			each(rule, int(i), by)
		}
	}
	try(c.people.person, c.people.nextPerson, p.person, "id")
	try(c.people.name, c.people.nextName, p.name, "name")
}

// counts reports whether something on day concerns somebody who is in a set
// since. The day of death itself is no finding: money may have been on its way.
func counts(rule, since, day string) bool {
	if rule == Deceased {
		return since == "" || day == "" || day > since
	}
	return since == "" || day == "" || day >= since
}

// references compares everybody who was paid or listed with the sets.
func (c *comparison) references() {
	for i, p := range c.payments {
		c.match(payee{p.person, p.name, p.day}, func(rule string, person int, by string) {
			c.add(finding{rule, p.place, p.fen, []ref{{"payment", i, ""}, {"reference", person, by}}, slices.Concat(p.id[:], c.identity(person, by))})
		})
	}
	for i, l := range c.rows {
		c.match(payee{name: l.name, day: c.lists[l.list].day}, func(rule string, person int, by string) {
			c.add(finding{rule, l.place, l.fen, []ref{{"roll", i, ""}, {"reference", person, by}}, slices.Concat(c.stable(i), c.identity(person, by))})
		})
	}
}

// identity is a person however often their set is loaded again.
func (c *comparison) identity(person int, by string) []byte {
	if by == "id" {
		return c.data.people[person].person[:]
	}
	return c.data.people[person].name[:]
}

// stable is a row of a roll through all of its versions.
func (c *comparison) stable(row int) []byte {
	l := c.rows[row]
	id := c.lists[l.list].ID
	return strconv.AppendInt(slices.Clone(id[:]), int64(l.n), 10)
}

// oneAccount finds accounts that several households are paid into. Who they
// are tells one hit from another, so that further payments make no new one.
func (c *comparison) oneAccount() {
	groups := group(len(c.payments), func(i int) key { return c.payments[i].acc })
	for _, g := range groups {
		households := slices.Clone(g)
		slices.SortFunc(households, func(x, y int) int {
			p, q := c.payments[x], c.payments[y]
			return cmp.Or(bytes.Compare(p.look[:], q.look[:]), bytes.Compare(p.id[:], q.id[:]))
		})
		households = slices.CompactFunc(households, func(x, y int) bool { return c.payments[x].look == c.payments[y].look })
		if len(households) < 2 {
			continue
		}
		f := finding{rule: OneAccount, place: c.payments[households[0]].place, print: slices.Clone(c.payments[g[0]].acc[:])}
		for _, i := range g {
			f.fen += c.payments[i].fen
		}
		for _, i := range households {
			f.print = append(f.print, c.payments[i].look[:]...)
			f.refs = append(f.refs, ref{"payment", i, ""})
		}
		c.add(f.shortened())
	}
}

// twoLists finds names that stand twice on a village's lists of households of
// one year, or twice on one list.
func (c *comparison) twoLists() {
	of := c.householdRows()
	groups := group(len(of), func(i int) key { return inYear(c.rows[of[i]].name, c.lists[c.rows[of[i]].list].Year) })
	for _, g := range groups {
		if len(g) < 2 {
			continue
		}
		f := finding{rule: TwoLists, place: c.rows[of[g[0]]].place}
		var prints [][]byte
		for _, i := range g {
			f.refs = append(f.refs, ref{"roll", of[i], ""})
			prints = append(prints, c.stable(of[i]))
		}
		slices.SortFunc(prints, bytes.Compare)
		f.print = bytes.Join(prints, []byte{0})
		c.add(f.shortened())
	}
}

func (f finding) shortened() finding {
	f.refs = f.refs[:min(len(f.refs), maxRefs)]
	return f
}

func (c *comparison) householdRows() (of []int) {
	for i, l := range c.rows {
		if c.lists[l.list].Kind == "households" {
			of = append(of, i)
		}
	}
	return of
}

// group collects which of n things have the same key, in the order of the first
// of each; those without a key are in no group.
func group(n int, of func(int) key) [][]int {
	at := map[key]int{}
	var groups [][]int
	first := make(map[key]int, n)
	for i := range n {
		k := of(i)
		if !k.known() {
			continue
		}
		one, seen := first[k]
		if !seen { // most stand alone and need no group
			first[k] = i
			continue
		}
		g, grouped := at[k]
		if !grouped {
			g = len(groups)
			at[k] = g
			groups = append(groups, []int{one})
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// inYear is a key within one year.
func inYear(k key, year int) key {
	if k.known() {
		k[0] ^= byte(year)
		k[1] ^= byte(year >> 8)
	}
	return k
}

// village is a village in one year.
type village struct {
	place string
	year  int
}

// neverListed finds payments to names that stand on no list of the village and
// year. A village that published no list that year cannot be compared.
func (c *comparison) neverListed() {
	names, published := map[key]bool{}, map[village]bool{}
	for _, l := range c.rows {
		year := c.lists[l.list].Year
		names[inYear(l.name, year)] = true
		published[village{l.place, year}] = true
	}
	for i, p := range c.payments {
		if published[village{p.place, p.year}] && !names[inYear(p.name, p.year)] {
			c.add(finding{NeverListed, p.place, p.fen, []ref{{"payment", i, ""}}, p.id[:]})
		}
	}
}

// neverPaid finds rows of rosters whose days are over, of names that were paid
// less often that year than they were promised. A village of which no payments
// of that year are loaded cannot be compared.
func (c *comparison) neverPaid() {
	times, loaded := map[key]int{}, map[village]bool{}
	for _, p := range c.payments {
		times[inYear(p.name, p.year)]++
		loaded[village{p.place, p.year}] = true
	}
	var due []int
	for i, l := range c.rows {
		of := c.lists[l.list]
		if of.Kind == "payments" && l.name.known() && l.stands != "" && l.stands < c.today && loaded[village{l.place, of.Year}] {
			due = append(due, i)
		}
	}
	slices.SortFunc(due, func(x, y int) int { // the money that came is for what was promised first
		return cmp.Or(cmp.Compare(c.rows[x].stands, c.rows[y].stands), cmp.Compare(c.rows[x].list, c.rows[y].list), cmp.Compare(c.rows[x].n, c.rows[y].n))
	})
	for _, i := range due {
		l := c.rows[i]
		who := inYear(l.name, c.lists[l.list].Year)
		if times[who] > 0 {
			times[who]--
			continue
		}
		c.add(finding{NeverPaid, l.place, l.fen, []ref{{"roll", i, ""}}, c.stable(i)})
	}
}
