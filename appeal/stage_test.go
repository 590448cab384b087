package appeal_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/staff"
)

// Whatever people do after an answer, in whatever order: the reporter reads one of
// five words, and it goes back only when a case is sent back, once, and then to
// 正在核实.
func TestThePublicWordGoesBackOnlyWhenItIsDoneAnew(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		random := rand.New(rand.NewPCG(3, 5))
		reached := map[intake.Stage]int{}
		for range 6 {
			m := o.decided()
			acts := o.whatPeopleDo(m)
			names := slices.Sorted(maps.Keys(acts))
			before, back := o.look(m).Matters[0].Stage, 0
			var done []string
			for range 24 {
				name := names[random.IntN(len(names))]
				if acts[name]() != nil {
					continue
				}
				done = append(done, name)
				now := o.look(m).Matters[0].Stage
				reached[now]++
				if now < intake.Received || now > intake.Finished {
					t.Fatalf("%v: the word is %d", done, now)
				}
				if now < before {
					back++
					if now != intake.Checking || !o.again(m).Redone {
						t.Fatalf("%v: it goes back from %d to %d", done, before, now)
					}
				}
				before = now
			}
			if back > 1 {
				t.Errorf("%v: it goes back %d times", done, back)
			}
		}
		if reached[intake.Checking] == 0 || reached[intake.Answered] == 0 || reached[intake.Finished] == 0 {
			t.Errorf("the walks come to %v only", reached)
		}
	})
}

// whatPeopleDo is what can happen to an answered case; most of it only sometimes.
func (o *office) whatPeopleDo(m matter) map[string]func() error {
	version := func() int { return o.again(m).Version }
	propose := func(by staff.Officer, ruling string) error {
		r := upheld
		if r.Ruling = ruling; ruling == appeal.Changed {
			r.Answer = found
		}
		return o.Propose(bg, by, m.ID, version(), r)
	}
	rule := func(by staff.Officer) error { return o.Rule(bg, by, m.ID, version(), true, "") }
	either := func(errs ...error) error {
		if slices.Contains(errs, nil) {
			return nil
		}
		return errors.Join(errs...)
	}
	return map[string]func() error{
		"unsolved": func() error { return o.rate(m, intake.Unsolved) },
		"solved":   func() error { return o.rate(m, intake.Solved) },
		"ask":      func() error { return o.ask(m) },
		"redo":     func() error { return o.SecondLook(bg, o.looker, m.ID, version(), true, "请入户再核。") },
		"stands":   func() error { return o.SecondLook(bg, o.looker, m.ID, version(), false, "钱已经退了。") },
		"uphold":   func() error { return either(propose(o.judge, appeal.Upheld), propose(o.second, appeal.Upheld)) },
		"change":   func() error { return either(propose(o.judge, appeal.Changed), propose(o.third, appeal.Changed)) },
		"order":    func() error { return propose(o.judge, appeal.Redo) },
		"agree":    func() error { return either(rule(o.chief), rule(o.chairman)) },
		"answer": func() error {
			if o.again(m).State != intake.Verifying {
				return intake.ErrClosed
			}
			o.decide(m)
			return nil
		},
		"close": func() error {
			return either(o.Triage.Close(bg, o.handler, m.ID, version()), o.Triage.Close(bg, o.looker, m.ID, version()))
		},
		"a month": func() error { o.pass(31); return nil },
	}
}
