package inspection

import (
	"context"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// Person is somebody of a team.
type Person struct {
	ID   uuid.UUID
	Name string
}

// Whole is an inspection with everything of it, for the inspecting side.
type Whole struct {
	Inspection
	UnitName   string
	TargetName string
	LeaderName string
	Members    []Person
	Questions  []Asked
	Materials  []Material
	Activities []Activity
	Talks      []Talked
	Prepared   Prepared
	Findings   []Finding
	Remarks    []Remark // to the whole
	Matters    []Looked // those that the officer may see
	Copies     []Copy
	Submitter  string
	Issuer     string
	Follows    *Inspection  // whose findings are looked at again
	Followed   []Inspection // which look at these findings again
	Clocks     []clock.Deadline
	Events     []ledger.Event
	Late       int   // working days overdue
	Actions    []Act // what the officer may do now
}

// Activity is the one with an id, for what refers to it; nil for none.
func (w Whole) Activity(id uuid.UUID) *Activity {
	for n := range w.Activities {
		if w.Activities[n].ID == id {
			return &w.Activities[n]
		}
	}
	return nil
}

// Open shows an inspection of the own side whole, or store.ErrNotFound.
func (d *Desk) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Whole, error) {
	db := d.Store.Read(ctx)
	i, err := d.one(db, by, id)
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Inspection: i, UnitName: d.unitName(i.UnitID), TargetName: d.unitName(i.TargetID), Late: d.Clocks.Late(i.DueOn, d.today())}
	for _, part := range []func(context.Context, *gorm.DB, staff.Officer, *Whole) error{
		d.readTeam, d.readSeen, d.readSaid, d.readKin, d.readLife,
	} {
		if err := part(ctx, db, by, &w); err != nil {
			return Whole{}, err
		}
	}
	w.Actions, err = d.actions(db, by, w)
	return w, err
}

func (d *Desk) readTeam(_ context.Context, db *gorm.DB, _ staff.Officer, w *Whole) error {
	members, err := membersOf(db, w.ID)
	if err != nil {
		return err
	}
	names, err := namesOf(db, append(some(&w.LeaderID, w.SubmittedBy, w.IssuedBy), members...)...)
	w.LeaderName, w.Submitter, w.Issuer = names[w.LeaderID], called(names, w.SubmittedBy), called(names, w.IssuedBy)
	for _, id := range members {
		w.Members = append(w.Members, Person{id, names[id]})
	}
	return err
}

// readSeen reads what was asked, done and answered.
func (d *Desk) readSeen(ctx context.Context, db *gorm.DB, by staff.Officer, w *Whole) error {
	rows, err := questionsOf(db, w.ID)
	if err != nil {
		return err
	}
	if w.Questions, err = d.asked(db, rows); err != nil {
		return err
	}
	if w.Materials, err = d.materials(ctx, db, w.ID); err != nil {
		return err
	}
	if w.Activities, err = d.activities(ctx, db, w.ID); err != nil {
		return err
	}
	if w.Copies, err = d.copies(db, w.ID); err != nil {
		return err
	}
	w.Matters, err = d.matters(ctx, db, by, w.ID)
	return err
}

// readSaid reads what was exchanged and found.
func (d *Desk) readSaid(ctx context.Context, db *gorm.DB, _ staff.Officer, w *Whole) error {
	row, err := draftOf(db, w.ID)
	if err != nil {
		return err
	}
	if w.Prepared, err = d.prepared(db, row); err != nil {
		return err
	}
	if w.Talks, err = d.talked(ctx, db, w.ID); err != nil {
		return err
	}
	if w.Findings, err = d.findings(db, w.ID, false); err != nil {
		return err
	}
	w.Remarks, err = d.remarks(db, w.ID)
	w.Remarks = slices.DeleteFunc(w.Remarks, func(r Remark) bool { return r.FindingID != nil })
	return err
}

// readKin reads the inspections that this one follows or is followed by, which
// are of the same office and seen by the same people.
func (d *Desk) readKin(_ context.Context, db *gorm.DB, by staff.Officer, w *Whole) error {
	if w.FollowsID != nil {
		was, err := d.one(db, by, *w.FollowsID)
		if err != nil {
			return err
		}
		w.Follows = &was
	}
	return d.visible(db, by).Where("inspection.follows_id = ?", w.ID).Order("inspection.id").Limit(20).Find(&w.Followed).Error
}

func (d *Desk) readLife(ctx context.Context, _ *gorm.DB, _ staff.Officer, w *Whole) error {
	subjects := []uuid.UUID{w.ID}
	for _, m := range w.Materials {
		subjects = append(subjects, m.ID)
	}
	var err error
	if w.Clocks, err = d.Clocks.Of(ctx, subjects...); err != nil {
		return err
	}
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfInspection, w.ID)
	return err
}

// actions lists what the page offers; each asks again for itself.
func (d *Desk) actions(db *gorm.DB, by staff.Officer, w Whole) (offered []Act, err error) {
	seen := map[Act]bool{}
	for _, t := range turns {
		if doers[t.act] == byTarget || seen[t.act] || !slices.Contains(t.from, w.State) || !w.fits(t.act, d.today()) {
			continue
		}
		err := d.may(db, by, w.Inspection, t.act)
		switch {
		case err == nil:
			offered, seen[t.act] = append(offered, t.act), true
		case err != staff.ErrForbidden && err != step.ErrSamePerson:
			return nil, err
		}
	}
	return offered, nil
}

// fits reports whether there is anything that an act could be done with.
func (w Whole) fits(a Act, today workday.Date) bool {
	any := func(is func(Material) bool) bool { return slices.ContainsFunc(w.Materials, is) }
	unexchanged := slices.ContainsFunc(w.Findings, func(f Finding) bool { return f.ExchangeID == nil })
	switch a {
	case ToAnnounce:
		return w.AnnouncedAt == nil
	case ToAsk:
		return w.AnnouncedAt != nil
	case ToReturn:
		return any(func(m Material) bool { return m.State == MaterialGiven })
	case ToSilence:
		return any(func(m Material) bool { return m.State == MaterialAsked && m.DueOn < today })
	case ToAnswer:
		return len(w.Questions) > 0
	case ToWrite, ToPrepare:
		return !w.waiting()
	case ToExchange:
		return !w.waiting() && (w.State == UnderWay || unexchanged)
	case ToSubmit:
		return !w.waiting() && len(w.Findings) > 0 && !unexchanged
	case ToIssue:
		return w.waiting()
	case ToCorrect:
		return slices.ContainsFunc(w.Findings, func(f Finding) bool { return f.ExchangeID != nil })
	case ToClose:
		return w.State == FindingsIssued || len(w.Findings) == 0
	case ToRevoke:
		return slices.ContainsFunc(w.Copies, Copy.Abroad)
	case ToFollow:
		return w.State == FindingsIssued || len(w.Findings) > 0
	}
	return true
}

// OpenFile gives out a file of an inspection to its own side. That it was opened,
// and by whom, stands in the record before the first byte is given out. The
// caller closes content.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	if err := d.MaySee(ctx, by, id); err != nil {
		return f, nil, "", err
	}
	return d.give(ctx, by, id, file, `(owner_kind = 'activity' AND owner_id IN (SELECT id FROM inspection_activity WHERE inspection_id = ?))
		OR (owner_kind = 'exchange' AND owner_id IN (SELECT id FROM inspection_exchange WHERE inspection_id = ?))
		OR (owner_kind = 'material' AND owner_id IN (SELECT a.id FROM inspection_material_answer a JOIN inspection_material m ON m.id = a.material_id WHERE m.inspection_id = ?))`, id, id, id)
}

// give hands out a file that belongs to what which names.
func (d *Desk) give(ctx context.Context, by staff.Officer, id, file uuid.UUID, which string, owners ...any) (f evidence.File, content io.ReadCloser, name string, err error) {
	var found struct{ ID uuid.UUID }
	query := d.Store.Read(ctx).Table("evidence_file").Select("id").Where("id = ?", file).Where(which, owners...)
	if err := store.One(query, &found); err != nil {
		return f, nil, "", err
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			return d.note(tx, by, id, "evidence_opened", map[string]string{"file": file.String()})
		})
	})
	if err != nil {
		return f, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}
