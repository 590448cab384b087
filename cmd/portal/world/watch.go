package world

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"minsheng/watch"
)

// act is something that happens in a story, at a time.
type act struct {
	at   time.Time
	what string
	do   func() error
}

// watched is on how many of the last working days the clocks were looked at: as
// long as an office that somebody comes in to once is not missed.
const watched = 9

// inOrder lets stories that do not know of one another happen in the order of
// time, with people coming in and a look at the clocks on the last mornings: an
// alarm then stands in the history of a case before what was done about it.
func (p *play) inOrder(tell func()) {
	p.telling = true
	tell()
	p.mornings()
	p.telling = false
	slices.SortStableFunc(p.script, func(a, b act) int { return a.at.Compare(b.at) })
	var before time.Time
	for _, a := range p.script {
		if a.at != before { // what belongs together happens one after the other
			p.set(a.at)
		}
		before = a.at
		p.do(a.what, a.do)
	}
}

// mornings are the last working days, a quarter to nine.
func (p *play) mornings() {
	day := p.Clocks.Calendar().WorkdaysBefore(p.today, watched)
	for first := day; day <= p.today; day = day.Add(1) {
		at := day.Time().Add(8*time.Hour + 45*time.Minute)
		works, _ := p.Clocks.Calendar().IsWorkday(day)
		if !works || at.After(p.now.Add(-2*time.Minute)) {
			continue
		}
		p.moment = at
		if day == first {
			p.do("come in", p.comeIn)
		}
		p.do("look at the clocks", p.sweep)
	}
}

// comeIn signs somebody in to each office but one, where nobody has been for
// months. Two at a time: looking at a password is made to be slow.
func (p *play) comeIn() error {
	in := map[string]bool{yangjuanzi: true}
	var coming errgroup.Group
	coming.SetLimit(2)
	for _, person := range cast {
		if in[person.office] {
			continue
		}
		in[person.office] = true
		coming.Go(func() error {
			_, _, err := p.Staff.SignIn(p.ctx, person.login, demoPassword, "Chrome · Windows")
			return err
		})
	}
	return coming.Wait()
}

// sweep is one turn of the watch.
func (p *play) sweep() error {
	swept, err := p.Watch.Sweep(p.ctx)
	if err == nil {
		err = swept.Still
	}
	if err == nil && swept.Failed > 0 {
		err = fmt.Errorf("%d clocks were left out", swept.Failed)
	}
	return err
}

// evening looks at the clocks once more, when people were last at work: at what
// the later stories left. Somebody acknowledges what they hear.
func (p *play) evening() {
	at := p.now.Add(-time.Minute)
	for day := p.today; !p.Watch.Hours.Open(at, p.Clocks.Calendar()) || at.After(p.now); day = day.Add(-1) {
		at = day.Time().Add(17 * time.Hour)
	}
	p.set(at)
	p.do("look at the clocks", p.sweep)
	p.do("acknowledge an alarm", func() error { return p.hear("dw.shouli", watch.Red) })
}

// hear lets somebody acknowledge the first alarm of a stage.
func (p *play) hear(who string, stage watch.Stage) error {
	by, err := p.by(who)
	if err != nil {
		return err
	}
	alarms, _, err := p.Watch.Alarms(p.ctx, by, watch.AlarmPlace{})
	for _, a := range alarms {
		if a.Stage == stage {
			return p.Watch.Hear(p.ctx, by, a.ID)
		}
	}
	return errors.Join(err, fmt.Errorf("%s hears of nothing that is %s", who, stage))
}
