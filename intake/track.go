package intake

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// MatterView is what a reporter may see of one complaint.
type MatterView struct {
	Part     int
	Stage    Stage
	Ending   State // NotAccepted, Transferred, Referred, Withdrawn when it left the five words; else ""
	Waiting  bool  // the office asked for more and waits for the reporter
	Steps    []Step
	NextOn   workday.Date // "" when no date runs
	NextWhat string       // rule code: catalog key track.next.<code>
	Extended bool
	Answer   string           // the approved answer, when there is one
	Letters  []DecisionLetter // what was decided, newest first
	Right    *clock.Deadline  // until when more can be asked for, running or passed; nil when it cannot, or was
	Rating   Rating           // what the reporter said of the newest letter
	LeavesOn workday.Date     // the reporter withdrew it and can take that back until the day before; "" when not
	Audit    string           // of who looked at the earlier report: open, nothing, suspicious; "" there is none
	Repeats  bool             // not taken up: decided finally before
}

// Opening is one look that an office took at who the reporter is.
type Opening struct {
	On       workday.Date
	UnitName string
	Reason   string // code, as the officer chose it
	What     string // OpenedName, OpenedPictures, TookPictures: catalog key track.opened.<code>
}

// What was opened: the name, or pictures as they came, which may tell it.
const (
	OpenedName     = "name"
	OpenedPictures = "pictures" // of a report without a name
	TookPictures   = "taken"    // to be opened outside
)

// openedBy tells what an event says was opened; triage writes them.
var openedBy = map[string]string{"identity_opened": OpenedName, "pictures_opened": OpenedPictures, "pictures_taken": TookPictures}

// Tracked is what a receipt opens: never identity, narrative or file names.
type Tracked struct {
	ReportID         uuid.UUID
	Token            string // sealed, lives 15 minutes: carried by the forms of the page
	Form             Form   // for files and messages added from this page
	PlaceName        string
	Received         workday.Date
	Matters          []MatterView
	Messages         []Message
	IdentityOpenings []Opening
	Looks            []Look // who was shown it, newest first, at most 20; who it was is not told
	Erased           string // NamesErased, WordsErased; "" nothing was
	Files            int    // how many were handed in
	Open             bool
	Other            bool // another room keeps its matter; Open tells whether that is open
}

// Track opens a report by its digits (spaces and hyphens ignored, full-width
// digits understood) and marks the office's messages as read. Digits that are
// no receipt cost the same work as digits that are unknown: ErrNoReceipt.
func (d *Desk) Track(ctx context.Context, digits string) (Tracked, error) {
	receipt, ok := parseReceipt(digits)
	var r Report
	err := store.One(d.store.Read(ctx).Where("receipt_index = ?", d.receiptIndex(receipt)), &r)
	if err == nil && !ok {
		err = store.ErrNotFound
	}
	return d.opened(ctx, r, d.passOf(receipt), err)
}

// Reopen is Track by the sealed token of a page. Errors: ErrStaleForm,
// ErrNoReceipt.
func (d *Desk) Reopen(ctx context.Context, token string) (Tracked, error) {
	id, pass, err := d.openPass(token)
	if err != nil {
		return Tracked{}, err
	}
	var r Report
	err = store.One(d.store.Read(ctx).Where("id = ?", id), &r)
	return d.opened(ctx, r, pass, err)
}

// ReportOf is the report whose tracking page has the token, or ErrStaleForm.
func (d *Desk) ReportOf(token string) (uuid.UUID, error) { return d.openTrack(token) }

func (d *Desk) opened(ctx context.Context, r Report, pass passKey, err error) (Tracked, error) {
	if errors.Is(err, store.ErrNotFound) {
		return Tracked{}, ErrNoReceipt
	}
	if err != nil {
		return Tracked{}, err
	}
	t := Tracked{
		ReportID: r.ID, Token: d.trackToken(r.ID, pass), Form: d.NewForm(),
		PlaceName: r.PlaceName, Received: workday.On(r.ReceivedAt),
	}
	rows, messages, err := d.messages(ctx, reader{pass: pass}, r.ID)
	if err != nil {
		return Tracked{}, err
	}
	left, err := d.withdrawals(d.store.Read(ctx), r.ID)
	if err != nil {
		return Tracked{}, err
	}
	rows, messages = beforeLeaving(rows, messages, left)
	// First, so that the page shows what follows from reading it.
	if err := d.read(ctx, r.ID, rows); err != nil {
		return Tracked{}, err
	}
	t.Messages = messages
	matters, err := d.matters(ctx, r.ID, left)
	if err != nil {
		return Tracked{}, err
	}
	for _, m := range matters {
		view, err := d.view(ctx, m, pass, messages)
		if err != nil {
			return Tracked{}, err
		}
		t.Matters = append(t.Matters, view)
		t.Open = t.Open || m.open()
		t.Erased = m.own.Erased
		t.IdentityOpenings = append(t.IdentityOpenings, openings(m.events)...)
	}
	if t.Looks, err = d.looks(ctx, matters); err != nil {
		return Tracked{}, err
	}
	if len(matters) == 0 {
		matter, err := otherOf(d.store.Read(ctx), r.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Tracked{}, err
		}
		t.Other, t.Open, t.Erased = err == nil, matter.Open, matter.Erased
	}
	return t, d.countFiles(ctx, &t, rows)
}

// read marks what the office wrote as read.
func (d *Desk) read(ctx context.Context, report uuid.UUID, rows []messageRow) error {
	if !anyUnread(rows) {
		return nil
	}
	return again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error { return d.markRead(tx, report, rows) })
	})
}

// matter is a complaint of a report with what its view is made from.
type matter struct {
	own, lead Complaint
	events    []ledger.Event // of own
	led       []ledger.Event // of lead

	withdrawal *Withdrawal // by this reporter, not taken back
}

// open reports whether the reporter can still add to it or withdraw it.
func (m matter) open() bool {
	return m.lead.ClosedAt == nil && m.lead.FinalAt == nil && m.own.State != Withdrawn && m.withdrawal == nil && !m.reporterLeft()
}

// reporterLeft: the reporter withdrew a complaint that carries others', before
// withdrawals could be taken back.
func (m matter) reporterLeft() bool {
	return slices.ContainsFunc(m.events, func(e ledger.Event) bool { return e.Kind == eventReporterLeft && e.Body["withdrawal"] == "" })
}

// told are the kinds of events that a reporter's page is made from. It asks for
// no others, so that none of these can be lost among them.
var told = slices.Concat([]string{eventReporterLeft, "delivered"}, slices.Sorted(maps.Keys(openedBy)), checking)

func (d *Desk) matters(ctx context.Context, report uuid.UUID, left map[uuid.UUID]Withdrawal) ([]matter, error) {
	var own []Complaint
	if err := d.store.Read(ctx).Where("report_id = ?", report).Order("part").Limit(100).Find(&own).Error; err != nil {
		return nil, err
	}
	all := make([]matter, len(own))
	for i, c := range own {
		lead, err := leadOf(d.store.Read(ctx), c)
		if err != nil {
			return nil, err
		}
		all[i] = matter{own: c, lead: lead}
		if all[i].events, err = ledger.Of(ctx, d.store, ledger.OfComplaint, c.ID, told...); err != nil {
			return nil, err
		}
		all[i].led = all[i].events
		if w, gone := left[c.ID]; gone {
			all[i].stands(w)
			continue
		}
		if lead.ID == c.ID {
			continue
		}
		if all[i].led, err = ledger.Of(ctx, d.store, ledger.OfComplaint, lead.ID, told...); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// leadOf follows a merged complaint to the one that is handled.
func leadOf(db *gorm.DB, c Complaint) (Complaint, error) {
	for hops := 0; c.State == Merged && c.MergedInto != nil && hops < 10; hops++ {
		var into Complaint
		if err := store.One(db.Where("id = ?", *c.MergedInto), &into); err != nil {
			return c, err
		}
		c = into
	}
	return c, nil
}

// viewEnd adds what was decided and what the reporter can do about it.
func (d *Desk) viewEnd(ctx context.Context, m matter, pass passKey, v *MatterView) error {
	db := d.store.Read(ctx)
	letters, err := d.lettersUnder(db, m, pass)
	if err != nil {
		return err
	}
	if m.withdrawal != nil {
		letters = slices.DeleteFunc(letters, func(l DecisionLetter) bool { return l.At.After(m.withdrawal.AskedAt) })
		if workday.On(d.store.Now()) < m.withdrawal.EffectiveOn {
			v.LeavesOn = m.withdrawal.EffectiveOn
		}
	}
	v.Letters, v.Repeats = letters, m.lead.RepeatsID != nil
	if v.Ending != "" || m.lead.ClosedAt != nil {
		return nil
	}
	own, err := d.clocks.Running(db, m.own.ID)
	if err != nil {
		return err
	}
	v.Right, v.Rating = rightOf(own), m.own.Rating
	v.Audit, err = d.auditOf(db, m.own.ID)
	return err
}

func (d *Desk) view(ctx context.Context, m matter, pass passKey, messages []Message) (MatterView, error) {
	p := progress{own: m.own, lead: m.lead, began: firstDays(m.led), withdrawn: m.reporterLeft()}
	v := MatterView{Part: m.own.Part, Extended: m.lead.Extended, Ending: p.ending()}
	for _, msg := range messages {
		if msg.Kind == AnswerText && (msg.ComplaintID == nil || *msg.ComplaintID == m.own.ID) {
			v.Answer, p.answered = msg.Text, workday.On(msg.At)
		}
	}
	v.Stage, v.Steps = p.stage(), p.steps()
	if err := d.viewEnd(ctx, m, pass, &v); err != nil {
		return v, err
	}
	if v.Ending != "" || m.lead.ClosedAt != nil {
		return v, nil
	}
	v.Waiting = m.own.State == NeedInfo // not who was merged into one that waits
	clocks, err := d.clocks.Of(ctx, m.lead.ID)
	if err != nil {
		return v, err
	}
	clocks = slices.DeleteFunc(clocks, func(c clock.Deadline) bool { return slices.Contains(rights, c.Rule) })
	if v.Right != nil && v.Right.DueOn >= workday.On(d.store.Now()) {
		clocks = append(clocks, *v.Right)
	}
	lawful := map[string]bool{}
	for _, c := range clocks {
		if lawful[c.Rule], err = d.clocks.IsStatutory(d.store.Read(ctx), c.Rule); err != nil {
			return v, err
		}
	}
	v.NextOn, v.NextWhat = next(clocks, workday.On(m.own.ReceivedAt), func(rule string) bool { return lawful[rule] })
	return v, nil
}

// openings lists who looked at the reporter's name, or at what may tell it.
func openings(events []ledger.Event) (all []Opening) {
	for _, e := range events {
		if what, is := openedBy[e.Kind]; is {
			all = append(all, Opening{workday.On(e.At), e.ActorUnit, e.Body["reason"], what})
		}
	}
	return all
}

// countFiles tells how many files were handed in, with each message and
// together; what they are called is not told.
func (d *Desk) countFiles(ctx context.Context, t *Tracked, rows []messageRow) error {
	first, err := d.shelf.Of(ctx, "report", t.ReportID)
	if err != nil {
		return err
	}
	later, err := d.filesOf(ctx, rows)
	if err != nil {
		return err
	}
	t.Files = len(first)
	for i, m := range t.Messages {
		t.Messages[i].FileCount = len(later[m.ID])
		t.Files += len(later[m.ID])
	}
	return nil
}
