package inspection

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Addressed is what an inspected office reads of an inspection: the notice, what
// it is asked for, the exchange of views, and findings about itself once they are
// issued. It has no place for notes, for who was spoken to or what they said, for
// the checklist, or for other offices.
type Addressed struct {
	ID          uuid.UUID
	Number      string
	UnitName    string // who inspects
	TargetName  string
	Kind        Kind
	Form        Form
	Basis       string
	Focus       string
	Contact     string
	StartsOn    workday.Date
	EndsOn      workday.Date
	LeaderName  string
	MemberNames []string
	AnnouncedAt time.Time
	State       State
	IssuedAt    *time.Time
	Materials   []Material
	Talks       []Talked
	Findings    []Finding // issued ones, without what proves them
	Remarks     []Remark  // to the whole
	Clocks      []clock.Deadline
	Actions     []Act // hand_in, refuse, comment
}

// AddressedLine is an inspection in the list of the inspected office.
type AddressedLine struct {
	ID       uuid.UUID
	Number   string
	UnitName string
	Kind     Kind
	State    State
	StartsOn workday.Date
	Owed     int           // materials that are still asked for
	DueOn    *workday.Date // the first of them
	Late     bool
}

// Inspected lists the inspections of the officer's own office that it was told
// of, the newest first, 50 at a time before the one with that id (staff.ReadItems).
func (d *Desk) Inspected(ctx context.Context, by staff.Officer, before uuid.UUID) ([]AddressedLine, error) {
	if err := by.Require(staff.ReadItems); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	query := d.addressed(db, by)
	if before != uuid.Nil {
		query = query.Where("inspection.id < ?", before)
	}
	var all []Inspection
	if err := query.Order("inspection.id DESC").Limit(pageSize).Find(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	var ids []uuid.UUID
	for _, i := range all {
		ids = append(ids, i.ID)
	}
	var owed []materialRow
	err := db.Where("inspection_id IN ? AND state = ?", ids, MaterialAsked).Order("due_on").Limit(pageSize * mostMaterials).Find(&owed).Error
	lines := make([]AddressedLine, len(all))
	for n, i := range all {
		lines[n] = AddressedLine{ID: i.ID, Number: i.Number, UnitName: d.unitName(i.UnitID), Kind: i.Kind, State: i.State, StartsOn: i.StartsOn}
		if _, over := after(i.State, ToHandIn); over != nil {
			continue
		}
		for _, m := range owed {
			if m.InspectionID != i.ID {
				continue
			}
			lines[n].Owed++
			if lines[n].DueOn == nil {
				lines[n].DueOn, lines[n].Late = &m.DueOn, m.DueOn < d.today()
			}
		}
	}
	return lines, err
}

// Asked opens an inspection as the inspected office may read it, or
// store.ErrNotFound.
func (d *Desk) Asked(ctx context.Context, by staff.Officer, id uuid.UUID) (Addressed, error) {
	db := d.Store.Read(ctx)
	var i Inspection
	if err := store.One(d.addressed(db, by).Where("inspection.id = ?", id), &i); err != nil {
		return Addressed{}, err
	}
	a := Addressed{
		ID: i.ID, Number: i.Number, UnitName: d.unitName(i.UnitID), TargetName: d.unitName(i.TargetID), Kind: i.Kind, Form: i.Form, Basis: i.Basis,
		Focus: i.Focus, Contact: i.Contact, StartsOn: i.StartsOn, EndsOn: i.EndsOn, AnnouncedAt: i.AnnouncedAt.UTC(), State: i.State, IssuedAt: i.IssuedAt,
	}
	members, err := membersOf(db, id)
	if err != nil {
		return a, err
	}
	names, err := namesOf(db, append(members, i.LeaderID)...)
	if err != nil {
		return a, err
	}
	a.LeaderName = names[i.LeaderID]
	for _, m := range members {
		a.MemberNames = append(a.MemberNames, names[m])
	}
	if a.Materials, err = d.materials(ctx, db, id); err != nil {
		return a, err
	}
	if a.Talks, err = d.talked(ctx, db, id); err != nil {
		return a, err
	}
	if a.Findings, err = d.Findings(db, id); err != nil {
		return a, err
	}
	for n := range a.Findings {
		a.Findings[n].Activities, a.Findings[n].Materials = nil, nil
	}
	if a.Remarks, err = d.remarks(db, id); err != nil {
		return a, err
	}
	a.Remarks = slices.DeleteFunc(a.Remarks, func(r Remark) bool { return r.FindingID != nil })
	if a.Clocks, err = d.materialClocks(ctx, a.Materials); err != nil {
		return a, err
	}
	a.Actions = a.actions(by)
	return a, nil
}

func (d *Desk) materialClocks(ctx context.Context, materials []Material) ([]clock.Deadline, error) {
	var ids []uuid.UUID
	for _, m := range materials {
		ids = append(ids, m.ID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return d.Clocks.Of(ctx, ids...)
}

// actions lists what the page offers; each asks again for itself.
func (a Addressed) actions(by staff.Officer) (offered []Act) {
	if !by.May(staff.AnswerOffices) {
		return nil
	}
	some := func(is func(Material) bool) bool { return slices.ContainsFunc(a.Materials, is) }
	for act, fits := range map[Act]bool{
		ToHandIn:  some(func(m Material) bool { return m.State != MaterialGiven }),
		ToRefuse:  some(func(m Material) bool { return m.State == MaterialAsked }),
		ToComment: true,
	} {
		if _, err := after(a.State, act); err == nil && fits {
			offered = append(offered, act)
		}
	}
	slices.Sort(offered)
	return offered
}

// OpenAddressedFile gives out a file to the inspected office: what it handed in
// itself, and the sheet of the exchange. The caller closes content.
func (d *Desk) OpenAddressedFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	var i Inspection
	if err := store.One(d.addressed(d.Store.Read(ctx), by).Where("inspection.id = ?", id), &i); err != nil {
		return f, nil, "", err
	}
	return d.give(ctx, by, id, file, `(owner_kind = 'exchange' AND owner_id IN (SELECT id FROM inspection_exchange WHERE inspection_id = ?))
		OR (owner_kind = 'material' AND owner_id IN (SELECT a.id FROM inspection_material_answer a JOIN inspection_material m ON m.id = a.material_id WHERE m.inspection_id = ?))`, id, id)
}
