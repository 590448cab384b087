package retention

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/objection"
	"minsheng/staff"
)

// Prospect is what stands in the way of destroying what was reported, and what was
// asked about it.
type Prospect struct {
	Matter
	Due     []string  // of Whats: their years are over
	Held    []string  // codes of what keeps it
	Hidden  bool      // a part of it is hidden from the officer
	Asked   []Erasure // newest last
	Wanted  *Hold     // kept on somebody's word
	MayAsk  []string  // of Whats: what is left to be destroyed
	MayHold bool
}

// Hold is a word by which a report is kept.
type Hold struct {
	ID    uuid.UUID
	Why   string
	SetBy string
	SetAt time.Time
}

// Look tells what stands in the way of destroying something that was reported and that
// the officer may see. Errors: staff.ErrForbidden, store.ErrNotFound.
func (d *Desk) Look(ctx context.Context, by staff.Officer, of Ref) (p Prospect, err error) {
	if !by.May(staff.AskErasure) && !by.May(staff.AgreeErasure) {
		return p, staff.ErrForbidden
	}
	r, err := d.room(of.Of)
	if err != nil {
		return p, err
	}
	t, err := r.look(ctx, by, of.ID)
	if err != nil {
		return p, err
	}
	db := d.Store.Read(ctx)
	p.Matter, p.MayHold = t.matter(), by.May(staff.AgreeErasure)
	if p.Hidden, err = t.hidden(db, by); err != nil {
		return p, err
	}
	if p.Held, err = d.heldBy(db, of); err != nil {
		return p, err
	}
	if p.MayAsk, p.Due, err = d.left(db, p.Matter); err != nil {
		return p, err
	}
	if p.Wanted, err = d.wanted(db, of); err != nil {
		return p, err
	}
	p.Asked, err = d.list(db, by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.report_id = ?", p.ReportID).Order("erasure.asked_at, erasure.id").Limit(50)
	})
	return p, err
}

// left lists what is left to be destroyed, and what of that is due.
func (d *Desk) left(db *gorm.DB, m Matter) (left, due []string, err error) {
	for _, what := range Whats() {
		if m.gone(what) {
			continue
		}
		left = append(left, what)
		_, is, err := d.isDue(db, m, what)
		if err != nil {
			return nil, nil, err
		}
		if is {
			due = append(due, what)
		}
	}
	return left, due, nil
}

// act runs do in a transaction with something that the officer may see and has the
// permission for.
func (d *Desk) act(ctx context.Context, by staff.Officer, p staff.Permission, of Ref, do func(tx *gorm.DB, t thing) error) error {
	r, err := d.room(of.Of)
	if err != nil {
		return err
	}
	return r.act(ctx, by, p, of.ID, do)
}

// Ask asks a second person to destroy what was reported, all its parts
// (staff.AskErasure). why has 4 to 300 characters, and says nothing of the reporter.
// Errors: those of a step, *step.Invalid (what, ground, why), *Held, ErrNotDue,
// step.ErrState (asked already, or destroyed).
func (d *Desk) Ask(ctx context.Context, by staff.Officer, of Ref, what string, ground Ground, why string) error {
	var f step.Form
	f.Require(slices.Contains(Whats(), what), "what", "choose")
	f.Require(ground == Due || slices.Contains(Grounds(), ground), "ground", "choose")
	least := 4
	if ground == Due {
		least = 0 // the rule says why
	}
	why = f.Text("why", why, least, 300, "retention_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.act(ctx, by, staff.AskErasure, of, func(tx *gorm.DB, t thing) error {
		basis, err := d.free(tx, by, t, what, ground)
		if err != nil {
			return err
		}
		asked := row{ID: uuid.Must(uuid.NewV7()), ReportID: t.matter().ReportID, What: what, Ground: ground, Basis: basis, Why: why,
			AskedBy: by.ID, AskedUnit: by.UnitID, AskedAt: d.Store.Now(), State: "asked"}
		asked.ComplaintID, asked.ObjectionID = of.columns()
		if err := d.put(tx, asked); err != nil {
			return err
		}
		return t.note(tx, by, "erasure_asked", map[string]string{"what": what, "ground": string(ground)})
	})
}

// put stores a request once the one before it is over: step.ErrState while it waits.
func (d *Desk) put(tx *gorm.DB, asked row) error {
	old := tx.Model(&row{}).Where("report_id = ? AND state = 'asked' AND asked_at <= ?", asked.ReportID, d.since())
	if err := old.Update("state", "over").Error; err != nil {
		return err
	}
	err := tx.Create(&asked).Error
	if store.IsDuplicate(err) {
		return step.ErrState
	}
	return err
}

// free returns nil when what was reported may be destroyed on that ground, and the
// basis in the law when it is due.
func (d *Desk) free(tx *gorm.DB, by staff.Officer, t thing, what string, ground Ground) (basis string, err error) {
	m := t.matter()
	if m.gone(what) {
		return "", step.ErrState
	}
	hidden, err := t.hidden(tx, by)
	if err != nil {
		return "", err
	}
	if hidden {
		return "", &Held{[]string{"hidden"}}
	}
	held, err := d.heldBy(tx, m.Ref)
	if err != nil {
		return "", err
	}
	if len(held) > 0 {
		return "", &Held{held}
	}
	if ground != Due {
		return "", nil
	}
	basis, due, err := d.isDue(tx, m, what)
	if err == nil && !due {
		err = ErrNotDue
	}
	return basis, err
}

// Waiting lists the requests that wait, about what the officer may see, oldest first, at
// most 50.
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) ([]Erasure, error) {
	if err := by.Require(staff.ReadErasures); err != nil {
		return nil, err
	}
	return d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.state = 'asked' AND erasure.asked_at > ?", d.since()).Order("erasure.asked_at, erasure.id").Limit(50)
	})
}

// Done lists what was destroyed of late, newest first, at most 50.
func (d *Desk) Done(ctx context.Context, by staff.Officer) ([]Erasure, error) {
	if err := by.Require(staff.ReadErasures); err != nil {
		return nil, err
	}
	return d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.state = 'done'").Order("erasure.ruled_at DESC, erasure.id DESC").Limit(50)
	})
}

// mayKnow narrows requests to those about what the officer may know of.
func (d *Desk) mayKnow(db *gorm.DB, by staff.Officer) *gorm.DB {
	fresh := db.Session(&gorm.Session{NewDB: true})
	either := fresh
	for _, r := range d.rooms() {
		either = either.Or(r.mayKnow(fresh.Where("erasure."+r.terms().table()+"_id IS NOT NULL"), by))
	}
	return db.Where(either)
}

// listed is a request with what a list shows beside it.
type listed struct {
	R            row                 `gorm:"embedded"`
	C            intake.Complaint    `gorm:"embedded;embeddedPrefix:of_"`
	O            objection.Objection `gorm:"embedded;embeddedPrefix:against_"`
	Asker, Ruler string
}

func (d *Desk) list(db *gorm.DB, by staff.Officer, which func(*gorm.DB) *gorm.DB) ([]Erasure, error) {
	var rows []listed
	requests := db.Table("erasure").Joins("LEFT JOIN complaint ON complaint.id = erasure.complaint_id").Joins("LEFT JOIN objection ON objection.id = erasure.objection_id")
	err := which(d.mayKnow(requests, by)).
		Joins("JOIN account asker ON asker.id = erasure.asked_by").Joins("LEFT JOIN account ruler ON ruler.id = erasure.ruled_by").
		Select(`erasure.*, complaint.seq AS of_seq, complaint.received_at AS of_received_at, complaint.place_name AS of_place_name,
			objection.seq AS against_seq, objection.received_at AS against_received_at, objection.place_name AS against_place_name, asker.name AS asker, COALESCE(ruler.name, '') AS ruler`).
		Scan(&rows).Error
	all := make([]Erasure, len(rows))
	for i, l := range rows {
		all[i] = d.erasure(by, l)
	}
	return all, err
}

// erasure is a request as the officer sees it.
func (d *Desk) erasure(by staff.Officer, l listed) Erasure {
	r := l.R
	e := Erasure{ID: r.ID, Of: r.of(), Number: l.C.Number(), PlaceName: l.C.PlaceName, What: r.What, Ground: r.Ground, Basis: r.Basis, Why: r.Why,
		State: r.State, AskedBy: l.Asker, AskedUnit: d.unit(&r.AskedUnit), AskedAt: r.AskedAt.UTC(), RuledBy: l.Ruler, RuledUnit: d.unit(r.RuledUnit), Own: r.AskedBy == by.ID}
	if e.Of.Of == ledger.OfObjection {
		e.Number, e.PlaceName = l.O.Number(), l.O.PlaceName
	}
	if r.RuledAt != nil {
		e.RuledAt = r.RuledAt.UTC()
	}
	e.ToRule = r.State == "asked" && !e.Own && by.May(staff.AgreeErasure) && slices.Contains(d.Atlas.Subtree(by.UnitID), r.AskedUnit)
	return e
}

// Keep keeps what was reported, whatever its years, on the word of somebody who wants
// it: a court, an audit (staff.AgreeErasure). why has 4 to 200 characters. Errors: those
// of a step, *step.Invalid, step.ErrState (kept already).
func (d *Desk) Keep(ctx context.Context, by staff.Officer, of Ref, why string) error {
	var f step.Form
	why = f.Text("why", why, 4, 200, "retention_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.act(ctx, by, staff.AgreeErasure, of, func(tx *gorm.DB, t thing) error {
		if w, err := d.wanted(tx, of); err != nil || w != nil {
			if err == nil {
				err = step.ErrState
			}
			return err
		}
		h := holdRow{ID: uuid.Must(uuid.NewV7()), Why: why, SetBy: by.ID, SetAt: d.Store.Now()}
		h.ComplaintID, h.ObjectionID = of.columns()
		if err := tx.Create(&h).Error; err != nil {
			return err
		}
		return t.note(tx, by, "retention_kept", nil)
	})
}

// LetGo ends what Keep began. Errors: those of a step, step.ErrState (not kept).
func (d *Desk) LetGo(ctx context.Context, by staff.Officer, of Ref) error {
	return d.act(ctx, by, staff.AgreeErasure, of, func(tx *gorm.DB, t thing) error {
		done := tx.Model(&holdRow{}).Where(of.standing()).Updates(map[string]any{"lifted_by": by.ID, "lifted_at": d.Store.Now()})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return step.ErrState
		}
		return t.note(tx, by, "retention_let_go", nil)
	})
}

// holdRow is a hold as stored.
type holdRow struct {
	ID          uuid.UUID  `gorm:"primaryKey"`
	ComplaintID *uuid.UUID // or
	ObjectionID *uuid.UUID
	Why         string
	SetBy       uuid.UUID
	SetAt       time.Time
	LiftedBy    *uuid.UUID
	LiftedAt    *time.Time
}

func (holdRow) TableName() string { return "retention_hold" }

// standing is the condition that a hold is on something and was not lifted.
func (r Ref) standing() clause.Expr {
	return gorm.Expr("retention_hold."+string(r.Of)+"_id = ? AND retention_hold.lifted_at IS NULL", r.ID)
}

// wanted is the hold on something; nil when there is none.
func (d *Desk) wanted(db *gorm.DB, of Ref) (*Hold, error) {
	var h struct {
		R    holdRow `gorm:"embedded"`
		Name string
	}
	err := store.One(db.Table("retention_hold").Joins("JOIN account ON account.id = retention_hold.set_by").
		Where(of.standing()).Select("retention_hold.*, account.name"), &h)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Hold{ID: h.R.ID, Why: h.R.Why, SetBy: h.Name, SetAt: h.R.SetAt.UTC()}, nil
}

// Gone is what was destroyed last of a report that the officer may see, of which that
// much was; nil when nothing was.
func (d *Desk) Gone(ctx context.Context, by staff.Officer, report uuid.UUID, erased string) (*Erasure, error) {
	if erased == "" {
		return nil, nil
	}
	all, err := d.list(d.Store.Read(ctx), by, func(q *gorm.DB) *gorm.DB {
		return q.Where("erasure.report_id = ? AND erasure.state = 'done'", report).Order("erasure.ruled_at DESC").Limit(1)
	})
	if err != nil || len(all) == 0 {
		return &Erasure{What: erased}, err // its request is in no backup
	}
	return &all[0], nil
}
