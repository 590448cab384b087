package inspection

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/paper"
	"minsheng/staff"
)

// Mandate is what an inspection is arranged with.
type Mandate struct {
	Target   uuid.UUID // within reach of the own office, and never the own office
	Kind     Kind
	Form     Form
	Basis    string       // 4 to 300 characters
	Focus    string       // 4 to 1000
	Contact  string       // at most 100
	StartsOn workday.Date // today or later
	EndsOn   workday.Date // at most 60 days after
	Leader   uuid.UUID    // of the own office, as the members
	Members  []uuid.UUID  // at most 20
	Clauses  []string     // of Questions, for the checklist
	Own      []string     // further questions, 4 to 300 characters each
	PlanKey  *uuid.UUID   // entry of the approved plan that becomes this
	Follows  *uuid.UUID   // whose findings are looked at again: they become questions
}

const (
	longestVisit   = 60 // days
	mostMembers    = 20
	mostQuestions  = 60 // what one form can hold
	inspectionMark = "查"
)

// Targets lists the offices that an office may inspect: within its reach, but
// not itself.
func (d *Desk) Targets(unit uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(d.Atlas.Reach(unit), func(id uuid.UUID) bool { return id == unit })
}

// Team lists who can lead an inspection of by's office or be a member, at most
// 200.
func (d *Desk) Team(ctx context.Context, by staff.Officer) ([]staff.Officer, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return nil, err
	}
	return d.Staff.ColleaguesWith(ctx, []uuid.UUID{by.UnitID}, staff.WorkInspections)
}

// tidy checks what does not depend on anything stored. was is the present first
// day, which may have passed.
func (d *Desk) tidy(by staff.Officer, n Mandate, was workday.Date, colleagues []staff.Officer) (Mandate, error) {
	var f step.Form
	f.Require(slices.Contains(d.Targets(by.UnitID), n.Target), "target", "inspection_target")
	f.Require(member(Kinds(), n.Kind), "kind", "inspection_kind")
	f.Require(member(Forms(), n.Form), "way", "inspection_form")
	n.Basis = f.Text("basis", n.Basis, 4, 300, "inspection_basis")
	n.Focus = f.Text("focus", n.Focus, 4, 1000, "inspection_focus")
	n.Contact = f.Text("contact", n.Contact, 0, 100, "inspection_contact")
	_, first := workday.Parse(string(n.StartsOn))
	_, last := workday.Parse(string(n.EndsOn))
	f.Require(first == nil && (n.StartsOn >= d.today() || n.StartsOn == was), "starts_on", "inspection_starts_on")
	f.Require(last == nil && n.EndsOn >= n.StartsOn && n.EndsOn <= n.StartsOn.Add(longestVisit), "ends_on", "inspection_ends_on")
	works := func(id uuid.UUID) bool {
		return slices.ContainsFunc(colleagues, func(o staff.Officer) bool { return o.ID == id })
	}
	f.Require(works(n.Leader), "leader", "inspection_leader")
	n.Members = slices.DeleteFunc(slices.Compact(sorted(n.Members)), func(id uuid.UUID) bool { return id == n.Leader })
	f.Require(len(n.Members) <= mostMembers && !slices.ContainsFunc(n.Members, func(id uuid.UUID) bool { return !works(id) }), "members", "inspection_members")
	n.tidyQuestions(&f)
	return n, f.Err()
}

func sorted(ids []uuid.UUID) []uuid.UUID {
	return slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
}

func (n *Mandate) tidyQuestions(f *step.Form) {
	for _, clause := range n.Clauses {
		f.Require(slices.Contains(Questions(), clause), "clauses", "inspection_clauses")
	}
	n.Own = slices.Clone(n.Own) // the caller's stay as they were typed
	for i, words := range n.Own {
		n.Own[i] = f.Text("own", words, 4, 300, "inspection_own")
	}
	f.Require(len(n.Clauses)+len(n.Own) <= mostQuestions, "clauses", "inspection_many_questions")
}

// Arrange plans an inspection of an office and numbers it (staff.WorkInspections).
// Errors: *step.Invalid; store.ErrNotFound for an entry or an earlier inspection
// that is not the own office's; step.ErrState for an entry that has become one
// already, or findings that are not issued.
func (d *Desk) Arrange(ctx context.Context, by staff.Officer, n Mandate) (uuid.UUID, error) {
	colleagues, err := d.Team(ctx, by)
	if err != nil {
		return uuid.Nil, err
	}
	if n, err = d.tidy(by, n, "", colleagues); err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	err = d.Store.Transact(ctx, func(tx *gorm.DB) error {
		questions, err := d.checklist(tx, by, n)
		if err != nil {
			return err
		}
		i, err := d.insert(tx, by, id, n)
		if err != nil {
			return err
		}
		if err := addQuestions(tx, id, 0, questions); err != nil {
			return err
		}
		if err := d.until(tx, &i, ruleVisit, n.StartsOn); err != nil {
			return err
		}
		return d.note(tx, by, id, "inspection_planned", map[string]string{"number": i.Number, "target": n.Target.String(), "on": string(n.StartsOn)})
	})
	if store.IsDuplicate(err) { // only an entry of the plan can be taken twice
		err = errors.Join(step.ErrState, err)
	}
	return id, err
}

// insert writes the inspection with its number and its team.
func (d *Desk) insert(tx *gorm.DB, by staff.Officer, id uuid.UUID, n Mandate) (Inspection, error) {
	own, err := d.Atlas.Unit(by.UnitID)
	if err != nil {
		return Inspection{}, err
	}
	if own.DocMark == "" {
		return Inspection{}, step.Bad("target", "inspection_mark")
	}
	if n.PlanKey != nil {
		if err := d.ripe(tx, by, *n.PlanKey); err != nil {
			return Inspection{}, err
		}
	}
	year := d.today().Year()
	number, err := paper.Next(tx, by.UnitID, "inspection", year)
	if err != nil {
		return Inspection{}, err
	}
	i := Inspection{
		ID: id, UnitID: by.UnitID, Year: year, N: number, Number: paper.Number(own.DocMark, inspectionMark, year, number),
		TargetID: n.Target, Kind: n.Kind, Form: n.Form, Basis: n.Basis, Focus: n.Focus, Contact: n.Contact,
		StartsOn: n.StartsOn, EndsOn: n.EndsOn, LeaderID: n.Leader, State: Planned, PlanKey: n.PlanKey, FollowsID: n.Follows,
		CreatedBy: by.ID, CreatedAt: d.Store.Now(), Version: 1,
	}
	if err := tx.Create(&i).Error; err != nil {
		return i, err
	}
	return i, setMembers(tx, id, n.Members)
}

// checklist is what a mandate asks: clauses of the Measures, the office's own
// questions, what an earlier inspection found.
func (d *Desk) checklist(tx *gorm.DB, by staff.Officer, n Mandate) ([]questionRow, error) {
	var rows []questionRow
	for _, clause := range Questions() { // in the order of the Measures
		if slices.Contains(n.Clauses, clause) {
			rows = append(rows, questionRow{Clause: clause})
		}
	}
	for _, words := range n.Own {
		rows = append(rows, questionRow{Words: words})
	}
	if n.Follows == nil {
		return rows, nil
	}
	earlier, err := d.earlier(tx, by, *n.Follows, n.Target)
	return append(rows, earlier...), err
}

// earlier are the issued findings of an inspection of the same office as
// questions to look at again.
func (d *Desk) earlier(tx *gorm.DB, by staff.Officer, id, target uuid.UUID) ([]questionRow, error) {
	was, err := d.one(tx, by, id)
	if err != nil {
		return nil, err
	}
	if was.UnitID != by.UnitID || was.TargetID != target {
		return nil, store.ErrNotFound
	}
	if _, err := after(was.State, ToFollow); err != nil {
		return nil, err
	}
	found, err := d.Findings(tx, id)
	var rows []questionRow
	for _, f := range found {
		rows = append(rows, questionRow{Clause: f.Clause, Words: f.Requirement, FindingID: &f.ID})
	}
	return rows, err
}

// memberRow is a member of a team.
type memberRow struct {
	InspectionID uuid.UUID `gorm:"primaryKey"`
	AccountID    uuid.UUID `gorm:"primaryKey"`
}

func (memberRow) TableName() string { return "inspection_member" }

func setMembers(tx *gorm.DB, id uuid.UUID, members []uuid.UUID) error {
	if err := tx.Where("inspection_id = ?", id).Delete(&memberRow{}).Error; err != nil {
		return err
	}
	var rows []memberRow
	for _, m := range members {
		rows = append(rows, memberRow{id, m})
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// Rearrange changes team, days and what is looked at, before views are exchanged.
// The office and the checklist stay. Errors: those of Arrange and of a step.
func (d *Desk) Rearrange(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n Mandate) error {
	colleagues, err := d.Team(ctx, by)
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToChange, id, version, func(tx *gorm.DB, i *Inspection) error {
		n.Target, n.Clauses, n.Own = i.TargetID, nil, nil
		n, err := d.tidy(by, n, i.StartsOn, colleagues)
		if err != nil {
			return err
		}
		moved := n.StartsOn != i.StartsOn
		err = d.move(tx, by, i, ToChange, map[string]any{
			"kind": n.Kind, "form": n.Form, "basis": n.Basis, "focus": n.Focus, "contact": n.Contact,
			"starts_on": n.StartsOn, "ends_on": n.EndsOn, "leader_id": n.Leader,
		})
		if err != nil {
			return err
		}
		if err := setMembers(tx, id, n.Members); err != nil {
			return err
		}
		if moved && i.State == Planned {
			if err := d.until(tx, i, ruleVisit, n.StartsOn); err != nil {
				return err
			}
		}
		return d.note(tx, by, id, "inspection_changed", map[string]string{"on": string(n.StartsOn)})
	})
}

// Announce tells the inspected office: from here on it sees the notice, and
// materials can be asked for. Errors: those of a step.
func (d *Desk) Announce(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.on(ctx, by, ToAnnounce, id, version, func(tx *gorm.DB, i *Inspection) error {
		if i.AnnouncedAt != nil {
			return step.ErrState
		}
		if err := d.announce(tx, by, i, ToAnnounce); err != nil {
			return err
		}
		return d.notice(tx, by, *i)
	})
}

func (d *Desk) announce(tx *gorm.DB, by staff.Officer, i *Inspection, a Act) error {
	now := d.Store.Now()
	if err := d.move(tx, by, i, a, map[string]any{"announced_at": now}); err != nil {
		return err
	}
	i.AnnouncedAt = &now
	return d.note(tx, by, i.ID, "inspection_announced", map[string]string{"number": i.Number})
}

// Finish closes an inspection whose findings are issued, or that found nothing
// after its views were exchanged. Errors: those of a step; step.ErrState while
// findings wait.
func (d *Desk) Finish(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	return d.end(ctx, by, ToClose, id, version, words, "inspection_closed", func(tx *gorm.DB, i *Inspection) error {
		if i.State == FindingsIssued {
			return nil
		}
		var found int64
		err := tx.Model(&findingRow{}).Where("inspection_id = ?", i.ID).Count(&found).Error
		if err == nil && found > 0 {
			err = step.ErrState
		}
		return err
	})
}

// CallOff ends an inspection without findings, with the reason (4 to 300
// characters). Errors: those of a step, *step.Invalid.
func (d *Desk) CallOff(ctx context.Context, by staff.Officer, id uuid.UUID, version int, why string) error {
	return d.end(ctx, by, ToCancel, id, version, why, "inspection_cancelled", func(tx *gorm.DB, i *Inspection) error {
		var f step.Form
		f.Text("why", why, 4, 300, "inspection_why")
		if err := f.Err(); err != nil || i.PlanKey == nil {
			return err
		}
		return d.unripe(tx, *i.PlanKey)
	})
}

// end takes an inspection to its end: no clock of it runs any more.
func (d *Desk) end(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, version int, words, event string, fit func(tx *gorm.DB, i *Inspection) error) error {
	var f step.Form
	words = f.Text("why", words, 0, 300, "inspection_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, a, id, version, func(tx *gorm.DB, i *Inspection) error {
		if err := fit(tx, i); err != nil {
			return err
		}
		err := d.move(tx, by, i, a, map[string]any{"closed_at": d.Store.Now(), "ended_why": words, "submitted_by": nil, "submitted_at": nil})
		if err != nil {
			return err
		}
		if err := d.stopMaterials(tx, id); err != nil {
			return err
		}
		if err := d.met(tx, i); err != nil {
			return err
		}
		var facts map[string]string
		if i.PlanKey != nil { // its month in the plan may run again
			if facts, err = d.Clocks.TellParts(tx, nil, *i.PlanKey); err != nil {
				return err
			}
		}
		return d.note(tx, by, id, event, facts)
	})
}
