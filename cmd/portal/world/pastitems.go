package world

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// pastItems writes items that came of the past's cases and are struck off: some
// after somebody had looked on the spot, some late, a few extended.
func (p *play) pastItems() error {
	var behind []intake.Complaint
	err := p.Store.Read(p.ctx).Where("state = ? AND outcome IN ?", intake.Closed, []intake.Outcome{intake.Substantiated, intake.Partly}).
		Order("seq").Limit(pastCases).Find(&behind).Error
	if err != nil {
		return err
	}
	every := max(1, len(behind)/pastItems)
	f, err := p.cabinet()
	if err != nil {
		return err
	}
	for n := 0; n < len(behind); n += every {
		if err := f.file(behind[n]); err != nil {
			return err
		}
	}
	return write(p.ctx, p.Store, f.items, f.units, f.ties, f.notes, f.looks, f.dates, f.events)
}

// cabinet holds the rows of past items until they are written.
type cabinet struct {
	*play
	random                           *rand.Rand
	leads                            map[uuid.UUID][]region.Unit // offices that a desk commands
	staff                            map[uuid.UUID]staff.Officer // somebody of each office
	n                                map[string]int              // numbers given, by desk and year
	items, units, ties, notes, looks *table
	dates, events                    *table
}

func (p *play) cabinet() (*cabinet, error) {
	f := &cabinet{play: p, random: random(0), leads: map[uuid.UUID][]region.Unit{}, staff: map[uuid.UUID]staff.Officer{}, n: map[string]int{}}
	for _, u := range p.Atlas.Units() {
		if u.ParentID != nil && (u.Kind == region.PovertyOffice || u.Kind == region.Government) {
			f.leads[*u.ParentID] = append(f.leads[*u.ParentID], u)
		}
	}
	for _, who := range cast {
		f.staff[p.people[who.login].UnitID] = p.people[who.login]
	}
	f.items = &table{name: "supervision_item", columns: strings.Fields("id issuer_id year number title summary requirement urgency state place_code lead_unit_id created_by created_at issued_at due_on closed_at version")}
	f.units = &table{name: "item_unit", columns: []string{"item_id", "unit_id", "duty"}}
	f.ties = &table{name: "item_complaint", columns: []string{"item_id", "complaint_id"}}
	f.notes = &table{name: "item_note", columns: strings.Fields("id item_id kind unit_id author_id body at")}
	f.looks = &table{name: "verification", columns: strings.Fields("id complaint_id visited_on place method verifiers found_sealed by_id at")}
	var err error
	if f.dates, err = tableOf(p.Store, &clock.Deadline{}); err != nil {
		return nil, err
	}
	f.events, err = tableOf(p.Store, &ledger.Event{})
	return f, err
}

// file files an item of a case: issued soon after it was taken up, struck off
// before it was closed.
func (f *cabinet) file(c intake.Complaint) error {
	id := uuid.Must(uuid.NewV7())
	desk, err := f.Atlas.Unit(c.DeskUnitID)
	if err != nil {
		return err
	}
	lead := desk
	if under := f.leads[desk.ID]; len(under) > 0 {
		lead = under[f.random.IntN(len(under))]
	}
	issued := c.AcceptedAt.Add(24 * time.Hour)
	took := min(c.ClosedAt.Sub(issued), time.Duration(8+f.random.IntN(14))*24*time.Hour)
	taken, reported, looked, struck := issued.Add(took/20), issued.Add(took*7/10), issued.Add(took*8/10), issued.Add(took*9/10)
	due, err := f.clocks(id, issued, taken, struck)
	if err != nil {
		return err
	}
	year := workday.On(issued).Year()
	place := desk.DocMark + strconv.Itoa(year)
	f.n[place]++
	officer, handler := f.somebody(desk.ID), f.somebody(lead.ID)
	number := desk.DocMark + "交〔" + strconv.Itoa(year) + "〕" + strconv.Itoa(100+f.n[place]) + "号"
	f.items.rows = append(f.items.rows, []any{id, desk.ID, int64(year), number, "核查" + pick(f.random, programmes)[1] + "发放情况", c.Summary,
		"逐项核实，按规定整改，报送结果和依据。", "normal", "struck_off", c.PlaceCode, lead.ID, officer.ID, issued, issued, string(due), struck, int64(7)})
	f.units.rows = append(f.units.rows, []any{id, lead.ID, "lead"})
	f.ties.rows = append(f.ties.rows, []any{id, c.ID})
	f.note(id, "report", lead.ID, handler, "已逐项核实整改，结果和依据附后。", reported)
	f.note(id, "strike_off", desk.ID, officer, "", struck)
	if f.random.IntN(3) > 0 {
		f.look(c, officer, looked)
	}
	return f.record(id, officer, handler, []happening{{"docketed", issued}, {"issued", issued}, {"acknowledged", taken}, {"reported", reported}, {"report_accepted", looked}, {"struck_off", struck}})
}

func (f *cabinet) somebody(unit uuid.UUID) staff.Officer {
	if o, known := f.staff[unit]; known {
		return o
	}
	return f.people["shi.shouli"]
}

// clocks adds the last days of an item; of some the last day was put off. It
// returns the one that stood at the end.
func (f *cabinet) clocks(id uuid.UUID, issued, taken, struck time.Time) (workday.Date, error) {
	var of [2]clock.Deadline
	for i, rule := range []string{"supervision_item.acknowledge", "supervision_item.normal"} {
		d, err := f.Clocks.Begin(f.Store.Read(f.ctx), clock.Subject{Kind: ledger.OfItem, ID: id}, rule, workday.On(issued))
		if err != nil {
			return "", err
		}
		of[i] = d
	}
	of[0].MetAt, of[1].MetAt = &taken, &struck
	all := of[:]
	if f.random.IntN(6) == 0 {
		more, asked := of[1], of[1].DueOn.Add(-1).Time().Add(2*time.Hour).UTC()
		more.Round, more.N, more.Extends, more.StartedOn, more.DueOn = 2, 15, true, of[1].DueOn, of[1].DueOn.Add(15)
		of[1].MetAt = &asked
		all = append(all, more)
	}
	for i := range all {
		if err := f.dates.add(f.ctx, &all[i]); err != nil {
			return "", err
		}
	}
	return all[len(all)-1].DueOn, nil
}

func (f *cabinet) note(item uuid.UUID, kind string, unit uuid.UUID, by staff.Officer, body string, at time.Time) {
	f.notes.rows = append(f.notes.rows, []any{uuid.Must(uuid.NewV7()), item, kind, unit, by.ID, body, at})
}

// look adds a visit after the unit's report.
func (f *cabinet) look(c intake.Complaint, by staff.Officer, at time.Time) {
	id := uuid.Must(uuid.NewV7())
	found := f.Keys.Box("verification").Shut([]byte("入户查看，整改情况与报告一致。"), "verification:"+id.String())
	f.looks.rows = append(f.looks.rows, []any{id, c.ID, string(workday.On(at)), c.PlaceName, "household_visit", `["` + by.Name + `","季同行"]`, found, by.ID, at})
}

// happening is an event of an item's life.
type happening struct {
	kind string
	at   time.Time
}

func (f *cabinet) record(item uuid.UUID, officer, handler staff.Officer, all []happening) error {
	last := ledger.Event{SubjectKind: ledger.OfItem, SubjectID: item}
	for _, h := range all {
		by := officer
		if h.kind == "acknowledged" || h.kind == "reported" {
			by = handler
		}
		last = last.Next(h.kind, by.Actor(), h.at, nil)
		if err := f.events.add(f.ctx, &last); err != nil {
			return err
		}
	}
	return nil
}
