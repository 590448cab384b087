package world

import (
	"context"
	"crypto/rand"
	"encoding/json"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// writer makes load data.
type writer struct {
	Rooms
	until  time.Time
	over   bool // nothing is open any more
	places []region.Division
	owners map[uuid.UUID][]staff.Officer // by desk
	words  *seal.Box
	who    *seal.Box

	mu    sync.Mutex
	desks map[[2]string]region.Unit // by place and accused level
}

func newWriter(ctx context.Context, r Rooms) (*writer, error) {
	w := &writer{
		Rooms: r, until: r.Store.Now(), words: r.Keys.Box("narrative"), who: r.Keys.Box("identity"),
		owners: make(map[uuid.UUID][]staff.Officer), desks: make(map[[2]string]region.Unit),
	}
	today := workday.On(w.until)
	err := r.Store.Read(ctx).Where("level IN ?", []region.Level{region.Town, region.Village}).
		Where("valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", today, today).
		Order("code").Limit(10_000).Find(&w.places).Error
	if err != nil {
		return nil, err
	}
	for _, u := range r.Atlas.Units() {
		if !u.TakesComplaints {
			continue
		}
		officers, err := r.Staff.ColleaguesWith(ctx, []uuid.UUID{u.ID}, staff.WorkCases)
		if err != nil {
			return nil, err
		}
		w.owners[u.ID] = officers
	}
	return w, nil
}

// desk remembers where reports from a place go.
func (w *writer) desk(place, accused string) (region.Unit, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := [2]string{place, accused}
	if u, known := w.desks[key]; known {
		return u, nil
	}
	u, _, err := w.Atlas.DeskFor(place, region.Accused{Level: accused})
	if err == nil {
		w.desks[key] = u
	}
	return u, err
}

// batch is what one transaction writes.
type batch struct {
	*writer
	random                                      *mathrand.Rand
	reports, sealed, matters, deadlines, events *table
}

func (w *writer) batch(from int) (*batch, error) {
	b := &batch{writer: w, random: random(from)}
	b.sealed = &table{name: "sealed_blob", columns: []string{"owner_id", "kind", "recipient_kind", "recipient_id", "generation", "ciphertext"}}
	for t, model := range map[**table]any{
		&b.reports: &intake.Report{}, &b.matters: &intake.Complaint{}, &b.deadlines: &clock.Deadline{}, &b.events: &ledger.Event{},
	} {
		made, err := tableOf(w.Store, model)
		if err != nil {
			return nil, err
		}
		*t = made
	}
	return b, nil
}

func (b *batch) write(ctx context.Context) error {
	return write(ctx, b.Store, b.reports, b.sealed, b.matters, b.deadlines, b.events)
}

// complaint adds everything that one complaint leaves in the database.
func (b *batch) complaint(ctx context.Context, seq int64, at time.Time) error {
	at = at.Truncate(time.Microsecond)
	place := b.places[b.skewed(len(b.places))]
	r := intake.Report{
		ID: uuid.Must(uuid.NewV7()), ReceiptIndex: unguessable(), Mode: pick(b.random, modes), Channel: pick(b.random, channels),
		PlaceCode: place.Code, PlaceName: place.FullName, Lang: "zh-CN", ReceivedAt: at,
	}
	text := pickStory(b.random, place)
	c := intake.Complaint{
		Seq: seq, ID: uuid.Must(uuid.NewV7()), ReportID: r.ID, Part: 1, Mode: r.Mode, Channel: r.Channel,
		PlaceCode: r.PlaceCode, TownCode: region.TownCode(r.PlaceCode), CountyCode: region.CountyCode(r.PlaceCode), PlaceName: r.PlaceName,
		Kind: text.kind, Programme: text.programme, Severity: text.kind.Severity(), AccusedLevel: pick(b.random, accusedLevels),
		Summary: text.summary, ReceivedAt: at, Version: 1,
	}
	desk, err := b.desk(c.PlaceCode, c.AccusedLevel)
	if err != nil {
		return err
	}
	c.DeskUnitID = desk.ID
	b.live(&c)
	if err := b.clocks(ctx, &c); err != nil {
		return err
	}
	if err := b.reports.add(ctx, &r); err != nil {
		return err
	}
	if err := b.matters.add(ctx, &c); err != nil {
		return err
	}
	if err := b.seal(r, text); err != nil {
		return err
	}
	return b.history(ctx, r, c, desk)
}

// live decides how far a complaint got: of the last two months a third is
// still open, of what is older hardly any, which makes 2 % of three years.
func (b *batch) live(c *intake.Complaint) {
	age := b.until.Sub(c.ReceivedAt)
	const days = 24 * time.Hour
	open := age < 60*days && b.random.IntN(100) < 33 || age >= 60*days && b.random.IntN(1000) < 2
	if !open || b.over {
		c.State = pick(b.random, endings)
		took := 5 + b.random.IntN(60)
		if b.random.IntN(12) == 0 {
			took += 20 + b.random.IntN(60) // some take longer than they may
		}
		closed := c.ReceivedAt.Add(time.Duration(took) * days)
		if closed.After(b.until) {
			closed = b.until
		}
		c.ClosedAt = &closed
		c.Version = 6
		if c.State == intake.Closed {
			accepted := c.ReceivedAt.Add(closed.Sub(c.ReceivedAt) / 5)
			c.AcceptedAt = &accepted
			c.Outcome = pick(b.random, outcomes)
		}
		return
	}
	if officers := b.owners[c.DeskUnitID]; len(officers) > 0 && b.random.IntN(10) < 6 {
		c.OwnerID = &officers[b.random.IntN(len(officers))].ID
	}
	if age < 20*days && b.random.IntN(2) == 0 {
		c.State = intake.Submitted
		return
	}
	c.State = pick(b.random, atWork)
	accepted := c.ReceivedAt.Add(min(age, time.Duration(b.random.IntN(14*24))*time.Hour))
	c.AcceptedAt = &accepted
	c.Version = 3
}

// clocks starts the clocks that run for an open complaint, and those that have
// run for one that is over.
func (b *batch) clocks(ctx context.Context, c *intake.Complaint) error {
	if c.ClosedAt != nil {
		return b.stopped(ctx, c)
	}
	rules, from := []string{intake.RuleTriage, intake.RuleAccept}, workday.On(c.ReceivedAt)
	switch {
	case c.State == intake.Delivered:
		// The answer went out in the last days: somebody is to call back.
		rules, from = []string{"complaint.callback"}, max(workday.On(*c.AcceptedAt), workday.On(b.until).Add(-b.random.IntN(7)))
	case c.AcceptedAt != nil:
		rules, from = []string{intake.RuleReply}, workday.On(*c.AcceptedAt)
	}
	for _, code := range rules {
		d, err := b.Clocks.Begin(b.Store.Read(ctx), c.Clocked(), code, from)
		if err != nil {
			return err
		}
		if err := b.deadlines.add(ctx, &d); err != nil {
			return err
		}
		if c.DueOn == nil || d.DueOn < *c.DueOn {
			c.DueOn, c.DueRule = &d.DueOn, code
		}
	}
	return nil
}

// stopped adds the clocks of a complaint that is over: when it was taken up, and
// when it was answered. Of the answers that were late half had been given more
// time before.
func (b *batch) stopped(ctx context.Context, c *intake.Complaint) error {
	taken := c.ClosedAt
	if c.AcceptedAt != nil {
		taken = c.AcceptedAt
	}
	d, err := b.Clocks.Begin(b.Store.Read(ctx), c.Clocked(), intake.RuleAccept, workday.On(c.ReceivedAt))
	if err != nil {
		return err
	}
	d.MetAt = taken
	if err := b.deadlines.add(ctx, &d); err != nil || c.AcceptedAt == nil {
		return err
	}
	if d, err = b.Clocks.Begin(b.Store.Read(ctx), c.Clocked(), intake.RuleReply, workday.On(*c.AcceptedAt)); err != nil {
		return err
	}
	answered := b.answered(c)
	d.MetAt = &answered
	if workday.On(answered) > d.DueOn && b.random.IntN(2) == 0 {
		asked, more := d.DueOn.Add(-3).Time().Add(2*time.Hour).UTC(), d
		d.MetAt = &asked
		more.Round, more.N, more.Extends, more.StartedOn, more.DueOn, more.MetAt = 2, 30, true, d.DueOn, d.DueOn.Add(30), &answered
		c.Extended = true
		if err := b.deadlines.add(ctx, &more); err != nil {
			return err
		}
	}
	return b.deadlines.add(ctx, &d)
}

// answered is when a closed complaint was decided: shortly before it was closed.
func (b *batch) answered(c *intake.Complaint) time.Time {
	return c.ClosedAt.Add(-c.ClosedAt.Sub(*c.AcceptedAt) / 10).Truncate(time.Microsecond)
}

// seal adds the reporter's words, and who they are unless they left no name.
func (b *batch) seal(r intake.Report, text story) error {
	contents := map[string]any{"narrative": intake.Narrative{Text: text.words, When: pick(b.random, seasons), Amount: text.amount}}
	if r.Mode != intake.Anonymous {
		contents["identity"] = intake.Identity{Name: pick(b.random, surnames) + "某某", Phone: "13800000000"}
	}
	for kind, content := range contents {
		raw, err := json.Marshal(content)
		if err != nil {
			return err
		}
		box := b.words
		if kind == "identity" {
			box = b.who
		}
		shut := box.Shut(raw, "report:"+r.ID.String()+":"+kind)
		b.sealed.rows = append(b.sealed.rows, []any{r.ID, kind, "server", "", int64(1), shut})
	}
	return nil
}

// history adds the events of a complaint's life.
func (b *batch) history(ctx context.Context, r intake.Report, c intake.Complaint, desk region.Unit) error {
	office := ledger.Actor{Kind: "staff", Name: "受理员", Role: string(staff.TriageOfficer), Unit: desk.Name}
	events := []ledger.Event{
		ledger.New(ledger.OfReport, r.ID, "received", ledger.Reporter(), r.ReceivedAt, map[string]string{"channel": string(r.Channel), "mode": string(r.Mode)}),
		ledger.New(ledger.OfComplaint, c.ID, "submitted", ledger.Reporter(), r.ReceivedAt, map[string]string{"place": c.PlaceCode, "kind": string(c.Kind)}),
	}
	next := func(kind string, at *time.Time) {
		if at != nil {
			events = append(events, events[len(events)-1].Next(kind, office, *at, nil))
		}
	}
	next("accepted", c.AcceptedAt)
	if c.State == intake.Closed {
		answered := b.answered(&c)
		next("decided", &answered)
	}
	if c.ClosedAt != nil {
		next(string(c.State), c.ClosedAt)
	}
	for i := range events {
		if err := b.events.add(ctx, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

// unguessable stands where the keyed hash of a receipt would: nobody holds the
// receipt of a made-up report.
func unguessable() []byte {
	out := make([]byte, 32)
	rand.Read(out)
	return out
}

// skewed draws below n so that some places have many times the reports of
// others, as in life.
func (b *batch) skewed(n int) int {
	x := b.random.Float64()
	// Spread the favoured ones over the whole list, and so over all counties.
	return (int(x*x*float64(n)) * 7919) % n
}
