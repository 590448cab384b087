package appeal

import "minsheng/triage"

// cover covers in what followed the answers what is covered of the case.
func (e *Ending) cover(c triage.Case) {
	for i := range e.Ratings {
		e.Ratings[i].Words = c.Cover(e.Ratings[i].Words)
	}
	for i := range e.Calls {
		e.Calls[i].Words = c.Cover(e.Calls[i].Words)
	}
	for i := range e.Looks {
		e.Looks[i].Words = c.Cover(e.Looks[i].Words)
	}
	for i := range e.Appeals {
		a := &e.Appeals[i]
		for n := range a.Notes {
			a.Notes[n].Words = c.Cover(a.Notes[n].Words)
		}
		a.Ruling.Facts, a.Ruling.Basis = c.Cover(a.Ruling.Facts), c.Cover(a.Ruling.Basis)
		for n := range a.Ruling.Answer.Findings {
			f := &a.Ruling.Answer.Findings[n]
			f.Facts, f.Basis, f.Done = c.Cover(f.Facts), c.Cover(f.Basis), c.Cover(f.Done)
		}
	}
}
