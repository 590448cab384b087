package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Build fills an empty portal with a small believable world: offices, an
// account for each role, reports in every state, supervision items and
// notices. It tells what it does to out and returns the accounts.
//
// It needs r.Clock, and leaves it at the present.
func Build(ctx context.Context, r Rooms, out io.Writer) ([]Login, error) {
	now := r.Store.Now()
	defer r.Clock(now)
	// The offices have been there for longer than anything that happens.
	r.Clock(now.AddDate(0, -6, 0))
	if err := r.places(ctx); err != nil {
		return nil, err
	}
	offices, err := r.offices(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "  %d offices\n", len(offices))
	logins, people, err := r.hire(ctx, offices)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "  %d accounts\n", len(logins))
	p := &play{Rooms: r, ctx: ctx, now: now, today: workday.On(now), offices: offices, people: people, cases: make(map[string]uuid.UUID), notices: make(map[string]uuid.UUID), arrived: make(map[string]time.Time), receipts: make(map[string]string), keys: make(map[string]*staff.Key)}
	p.lockAway()
	p.past()
	p.inOrder(func() {
		p.report()
		p.work()
		p.endings()
		p.orders()
		p.inspections()
		p.rectify()
		p.selfReports()
		p.documents()
		p.bulletins()
		p.apart()
	})
	p.measures()
	p.lockWords()
	p.handOver()
	p.lastAsked()
	p.takeAlong()
	p.destroyed()
	fmt.Fprintf(out, "  %d reports, and %d of earlier years\n", len(p.cases), pastCases)
	p.publish()
	p.lists()
	p.money()
	p.desk()
	fmt.Fprintf(out, "  %d notices\n", len(board)+len(p.notices))
	p.payments()
	p.compare()
	p.evening()
	count := func() error {
		p.Clock(now)
		return p.Figures.Rebuild(ctx)
	}
	p.do("count the figures", count)
	p.workReports() // in the past, of figures as they stand
	p.do("count the figures again", count)
	return logins, p.err
}

// play is the story being acted. The first thing that fails ends it.
type play struct {
	Rooms
	ctx      context.Context
	now      time.Time
	today    workday.Date
	offices  map[string]region.Unit
	people   map[string]staff.Officer
	cases    map[string]uuid.UUID // by the name of the message
	notices  map[string]uuid.UUID // by what the story calls them
	arrived  map[string]time.Time
	receipts map[string]string     // by the name of the message
	keys     map[string]*staff.Key // of sessions, by login
	last     time.Time             // when the story that is being told last moved on
	moment   time.Time             // what the clock was set to last
	script   []act                 // what is told and not yet acted
	telling  bool                  // it is only told
	err      error
}

// when sets the clock to an hour of the day so many days ago.
func (p *play) when(daysAgo, hour int) time.Time {
	at := p.today.Add(-daysAgo).Time().Add(time.Duration(hour)*time.Hour + time.Duration(7*hour+3*daysAgo)%60*time.Minute)
	if at.After(p.now) {
		at = p.now
	}
	p.set(at)
	return at
}

// at is when for people in offices: on a working day, the last one before if
// need be, and after what happened last in the same story.
func (p *play) at(daysAgo, hour int) {
	for works, _ := p.Clocks.Calendar().IsWorkday(p.today.Add(-daysAgo)); !works && daysAgo > 0; works, _ = p.Clocks.Calendar().IsWorkday(p.today.Add(-daysAgo)) {
		daysAgo++
	}
	at := p.when(daysAgo, hour)
	p.follow(at)
}

// follow sets the clock to at, or to soon after what happened last in the same
// story when that is later.
func (p *play) follow(at time.Time) {
	if !at.After(p.last) {
		at = p.last.Add(25 * time.Minute)
		if at.After(p.now) {
			at = p.last.Add(time.Second)
		}
		p.set(at)
	}
	p.last = at
}

// set sets the clock.
func (p *play) set(at time.Time) {
	p.moment = at
	p.Clock(at)
}

// do goes on with the story unless it has failed.
func (p *play) do(what string, do func() error) {
	if p.telling {
		p.script = append(p.script, act{p.moment, what, do})
		return
	}
	if p.err != nil {
		return
	}
	if err := do(); err != nil {
		p.err = fmt.Errorf("world: %s: %w", what, detailed(err))
	}
}

// detailed says what a room found wrong: all of it is invented.
func detailed(err error) error {
	var invalid *intake.Invalid
	var leak *triage.Leak
	var unfit *notice.Invalid
	var exposed *notice.Exposed
	switch {
	case errors.As(err, &invalid):
		return fmt.Errorf("%w %v", err, invalid.Problems)
	case errors.As(err, &leak):
		return fmt.Errorf("%w %v", err, leak.Findings)
	case errors.As(err, &unfit):
		return fmt.Errorf("%w %v", err, unfit.Problems)
	case errors.As(err, &exposed):
		return fmt.Errorf("%w %v", err, exposed.Findings)
	}
	return err
}

// step lets somebody do something with a case as they see it now.
func (p *play) step(what, who, name string, act func(by staff.Officer, c triage.Case) error) {
	p.do(what+" "+name, func() error {
		by, known := p.people[who]
		if !known {
			return fmt.Errorf("nobody is called %s", who)
		}
		c, err := p.Triage.Case(p.ctx, by, p.cases[name])
		if err != nil {
			return err
		}
		return act(by, c)
	})
}

// item lets somebody do something with a supervision item as they see it now.
func (p *play) item(what, who string, id *uuid.UUID, words string, photo bool) {
	p.do(what, func() error {
		by := p.people[who]
		i, err := p.Docket.Item(p.ctx, by, *id)
		if err != nil {
			return err
		}
		key := []byte(nil)
		if photo {
			key = []byte("demo:" + i.ID.String() + ":" + what)
			if err := p.stage(key, "现场照片.jpg"); err != nil {
				return err
			}
		}
		return p.Docket.Step(p.ctx, by, *id, i.Version, what, docket.Entry{Body: words, FormKey: key})
	})
	if what == "issue" {
		p.do("sign the order", func() error { return p.signPapers(who, *id) })
	}
}
