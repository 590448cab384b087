package tray

import (
	"context"
	"maps"

	"github.com/google/uuid"

	"minsheng/internal/sheet"
	"minsheng/staff"
)

// Trial is a dry run.
type Trial struct {
	sheet.Summary
	List   []sheet.Problem // the first 200
	Sample []sheet.Record  // the first 10 records
}

const (
	listed  = 200
	sampled = 10
)

// Try reads everything and writes nothing. What it returns shows no personal
// number: they are masked. ErrGone, and what the target's Check says.
func (t *Tray) Try(ctx context.Context, by staff.Officer, id uuid.UUID) (Trial, error) {
	s, target, err := t.find(ctx, by, id)
	if err != nil {
		return Trial{}, err
	}
	p, err := t.open(ctx, s, target)
	if err != nil {
		return Trial{}, err
	}
	defer p.close()
	return p.try(ctx, by)
}

func (p pass) try(ctx context.Context, by staff.Officer) (Trial, error) {
	var trial Trial
	trial.add(p.target, p.layoutProblems())
	whole := len(trial.List)
	var err error
	trial.Summary, err = p.read(ctx, by, func(r sheet.Record, problems []sheet.Problem) error {
		trial.add(p.target, problems)
		if len(trial.Sample) < sampled {
			trial.Sample = append(trial.Sample, p.target.shown(r))
		}
		return nil
	})
	trial.Problems += whole
	for i := range trial.Skips {
		trial.Skips[i].Raw = cover(sheet.Text, trial.Skips[i].Raw)
	}
	return trial, err
}

// fit reports whether a sheet can be imported as it is.
func (t Trial) fit() bool { return t.Problems == 0 && t.Records > 0 }

func (t *Trial) add(target Target, problems []sheet.Problem) {
	for _, p := range problems {
		if len(t.List) == listed {
			return
		}
		// Identity and account columns come covered from the reading already.
		if kind := target.typeOf(p.Field); kind != sheet.Identity && kind != sheet.Account {
			p.Raw = firstOf(cover(sheet.Text, p.Raw), 60)
		} else if p.Key != "personal" && p.Key != "column_twice" {
			p.Raw = covered(p.Raw)
		}
		t.List = append(t.List, p)
	}
}

// covered hides all digits but the two at either end that a reading leaves; what
// a target's check says may hold the whole number.
func covered(raw string) string {
	r := []rune(raw)
	for i := range r {
		if i >= 2 && i < len(r)-2 || len(r) < 8 {
			r[i] = '*'
		}
	}
	return string(r)
}

// shown is a copy of a record as a page may show it.
func (t Target) shown(r sheet.Record) sheet.Record {
	r.Values = maps.Clone(r.Values)
	for code, v := range r.Values {
		kind := t.typeOf(code)
		v.Text = cover(kind, v.Text)
		if v.Raw = cover(kind, v.Raw); kind == sheet.Identity || kind == sheet.Account {
			v.Raw = v.Text
		}
		r.Values[code] = v
	}
	return r
}
