package figures

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/ledger"
)

// history lets things happen at random, as they do in the other rooms: each
// writes its rows and an event in one commit.
type history struct {
	*world
	*rand.Rand
	cases    []intake.Complaint
	items    []item
	behind   map[uuid.UUID][]uuid.UUID // complaints, by item
	reported map[uuid.UUID]bool        // complaints behind items that went on
}

var acts = map[string]func(h *history){
	"receive": func(h *history) {
		h.cases = append(h.cases, h.receive(pick(h, shuangliu, shuangliu, weizigou, xinheyan, dayushu), func(c *intake.Complaint) {
			c.Kind = pick(h, intake.Kind("FUND_WITHHOLD"), "FUND_DELAY")
			c.Channel = pick(h, intake.Web, intake.Web, intake.Phone, intake.Check)
			c.AccusedLevel = pick(h, "unknown", "village", "unknown", "office")
			if h.IntN(5) > 0 { // laid where nobody should have laid it
				c.DeskUnitID = h.units[pick(h, panshan, panshan, dawa, cityDesk)].ID
			}
		}))
	},
	"split": func(h *history) {
		if c := h.some(open); c != nil {
			part := h.receive(c.PlaceCode, func(p *intake.Complaint) {
				p.ReportID, p.Part, p.DeskUnitID, p.ReceivedAt = c.ReportID, len(h.cases)+2, c.DeskUnitID, c.ReceivedAt
			})
			h.cases = append(h.cases, part)
		}
	},
	"accept": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return open(c) && c.AcceptedAt == nil }); c != nil {
			h.accept(c)
		}
	},
	"extend": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return taken(c) && !c.Extended }); c != nil {
			h.change(c, "extended", map[string]any{"extended": true}, func(tx *gorm.DB) error { _, err := h.Clocks.Extend(tx, c.ID, intake.RuleReply, 20); return err })
		}
	},
	"answer": func(h *history) {
		if c := h.some(taken); c != nil {
			h.answer(c, pick(h, outcomes...))
		}
	},
	"close": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return open(c) && c.Outcome != "" }); c != nil {
			h.end(c, intake.Closed)
		}
	},
	"end": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return open(c) && c.Outcome == "" }); c != nil {
			h.end(c, pick(h, intake.NotAccepted, intake.Transferred, intake.Referred, intake.Withdrawn))
		}
	},
	"open again": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return c.State == intake.Closed }); c != nil {
			h.change(c, "redone", map[string]any{"state": intake.Verifying, "closed_at": nil}, func(tx *gorm.DB) error {
				_, err := h.Clocks.Start(tx, c.Clocked(), intake.RuleReply, h.today())
				return err
			})
		}
	},
	"merge": func(h *history) {
		c, lead := h.some(taken), h.some(taken)
		if c == nil || lead.ID == c.ID {
			return
		}
		h.change(c, "merged", map[string]any{"state": intake.Merged, "merged_into": lead.ID, "closed_at": h.Store.Now()}, func(tx *gorm.DB) error {
			if err := tx.Exec("UPDATE complaint SET merged_into = ? WHERE merged_into = ?", lead.ID, c.ID).Error; err != nil {
				return err
			}
			if err := h.event(tx, ledger.OfComplaint, lead.ID, "absorbed", nil); err != nil {
				return err
			}
			return h.Clocks.Meet(tx, c.ID)
		})
		h.again()
	},
	// What was merged into a complaint goes with it, without an event of its own.
	"move": func(h *history) {
		if c := h.some(open); c != nil {
			to := h.units[pick(h, cityDesk, panshan, dawa, zone)].ID
			h.change(c, "moved_desk", map[string]any{"desk_unit_id": to}, func(tx *gorm.DB) error {
				return tx.Exec("UPDATE complaint SET desk_unit_id = ? WHERE merged_into = ?", to, c.ID).Error
			})
			h.again()
		}
	},
	"describe": func(h *history) {
		if c := h.some(open); c != nil {
			h.change(c, "described", map[string]any{"kind": pick(h, "FUND_WITHHOLD", "FUND_DELAY")})
		}
	},
	"name": func(h *history) {
		if c := h.some(whatever); c != nil {
			h.name(c, pick(h, panshan, panshan, poor, dawa, cityDesk))
		}
	},
	"step back": func(h *history) {
		if c := h.some(whatever); c != nil {
			h.stepBack(c, h.people[pick(h, panshan, cityDesk, dawa)])
		}
	},
	// The calendar moves what runs.
	"recount": func(h *history) {
		if c := h.some(open); c != nil {
			h.in(func(tx *gorm.DB) error {
				d, err := h.Clocks.Next(tx, c.ID)
				if err != nil || d == nil {
					return err
				}
				to := d.DueOn.Add(pick(h, -40, 35))
				err = tx.Table("deadline").Where("subject_id = ? AND rule = ? AND round = ?", d.SubjectID, d.Rule, d.Round).Update("due_on", to).Error
				if err != nil {
					return err
				}
				return h.event(tx, ledger.OfComplaint, c.ID, "clock_moved", map[string]string{"before": string(d.DueOn), "due_on": string(to)})
			})
		}
	},
	"look": func(h *history) {
		if c := h.some(func(c intake.Complaint) bool { return h.reported[c.ID] }); c != nil {
			h.look(c, pick(h, "site_visit", "household_visit", "review_files"))
		}
	},
	"issue": func(h *history) {
		if c := h.some(whatever); c != nil {
			i := h.issue(pick(h, cityDesk, panshan, dawa), pick(h, panshan, poor, dawa), *c)
			h.items, h.behind[i.ID] = append(h.items, i), []uuid.UUID{c.ID}
		}
	},
	"item": func(h *history) {
		if len(h.items) == 0 {
			return
		}
		i := &h.items[h.IntN(len(h.items))]
		next := map[string][][2]string{
			"issued": {{"acknowledged", "acknowledged"}, {"acknowledged", "acknowledged"}, {"cancelled", "cancelled"}}, "acknowledged": {{"reported", "reported"}},
			"reported": {{"reviewed", "report_accepted"}, {"reviewed", "report_accepted"}, {"returned", "returned"}}, "returned": {{"reported", "reported"}},
			"reviewed": {{"struck_off", "struck_off"}},
		}[i.State]
		if len(next) > 0 {
			to := pick(h, next...)
			h.step(i, to[0], to[1])
			for _, c := range h.behind[i.ID] {
				h.reported[c] = true
			}
		}
	},
	"wait": func(h *history) { h.pass(time.Duration(h.IntN(40*24)) * time.Hour) },
}

func pick[T any](h *history, from ...T) T { return from[h.IntN(len(from))] }

// some is a complaint that fits, nil when there is none.
func (h *history) some(fits func(c intake.Complaint) bool) *intake.Complaint {
	var all []int
	for i, c := range h.cases {
		if fits(c) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &h.cases[pick(h, all...)]
}

func whatever(intake.Complaint) bool { return true }
func open(c intake.Complaint) bool   { return c.ClosedAt == nil }
func taken(c intake.Complaint) bool  { return open(c) && c.AcceptedAt != nil && c.Outcome == "" }

// again reads all complaints anew.
func (h *history) again() {
	h.cases = nil
	h.must(h.Store.Read(bg).Order("seq").Find(&h.cases).Error)
}

// happen lets one thing happen and tells what.
func (h *history) happen() string {
	names := strings.Fields("receive receive receive receive accept accept accept answer answer close close issue issue item item item item item item item item item look look extend merge merge")
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[h.IntN(len(names))]
	acts[name](h)
	h.pass(time.Duration(h.IntN(36*60)) * time.Minute)
	return name
}

const walk = 130 // steps

// Whatever happens, in whatever order, the kept counts are those that counting
// everything from scratch gives, for whoever looks.
func TestKeptCountsAreThoseFromScratch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		seed := uint64(46) // one that meets all of it
		h := &history{world: w, Rand: rand.New(rand.NewPCG(seed, 7)), behind: map[uuid.UUID][]uuid.UUID{}, reported: map[uuid.UUID]bool{}}
		town := func(a *Ask) { a.Place = "211122111000" }
		county := func(a *Ask) { a.Place = "211122000000" }
		office := func(a *Ask) { a.Office = w.units[panshan].ID }
		met := Counts{}
		w.must(w.Refresh(bg))
		for n := range walk {
			happened := h.happen()
			w.pass(2 * time.Minute)
			w.must(w.Refresh(bg))
			if n%5 > 0 && n < walk-3 {
				continue
			}
			when := fmt.Sprintf("step %d, %s", n, happened)
			truth := w.scratch()
			for _, name := range []string{cityDesk, panshan, dawa, poor} {
				sheet := w.read(w.people[name])
				truth.same(t, when, w.people[name], sheet)
				maps.Copy(met, sheet.Total)
			}
			truth.same(t, when+", in a town", w.people[cityDesk], w.read(w.people[cityDesk], town))
			truth.same(t, when+", in a county", w.people[cityDesk], w.read(w.people[cityDesk], county))
			truth.same(t, when+", of an office", w.people[cityDesk], w.read(w.people[cityDesk], office))
			if t.Failed() {
				return
			}
		}
		before := w.rows()
		w.must(w.Rebuild(bg))
		if after := w.rows(); !slices.Equal(before, after) {
			t.Errorf("counting everything anew gives\n%v\nkept were\n%v", after, before)
		}
		// The walk must have met what it is about.
		for _, m := range []Measure{Reports, Repeats, Merged, Closed, Answered, AnswerDays, PutRight, Cancelled,
			StageReply.Came(clock.Extended), StageReply.Came(clock.Missed), StageDue.Came(clock.Kept), StageDue.Came(clock.Missed)} {
			if met.N(m) == 0 {
				t.Errorf("the walk never met %s", m)
			}
		}
		if apart := w.apart(); apart == 0 {
			t.Error("nothing was hidden from anybody")
		}
	})
}

// rows are the kept counts, in order.
func (w *world) rows() (all []string) {
	w.t.Helper()
	var rows []tally
	w.must(w.Store.Read(bg).Find(&rows).Error)
	for _, r := range rows {
		all = append(all, fmt.Sprint(r))
	}
	slices.Sort(all)
	return all
}

func (w *world) apart() (n int64) {
	w.t.Helper()
	w.must(w.Store.Read(bg).Model(&tally{}).Where("subject_id <> ?", uuid.Nil).Count(&n).Error)
	return n
}
