package accountability

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// ReferralState of a referral; catalog key referral.state.<code>.
type ReferralState string

// A referral: composed → sealed by somebody else, or returned → handed to the organ
// → received by it, or not.
const (
	Composed       ReferralState = "composed"
	ReferralBack   ReferralState = "returned"
	ReferralSealed ReferralState = "sealed"
	Handed         ReferralState = "handed"
	Received       ReferralState = "received"
	NotReceived    ReferralState = "refused"
)

// ReferralStates lists them in the order of a referral's life.
func ReferralStates() []ReferralState {
	return []ReferralState{Composed, ReferralBack, ReferralSealed, Handed, Received, NotReceived}
}

// Organs are those that something can be referred to.
func Organs() []Body { return []Body{Discipline, Judicial} }

// Referral is a referral as stored.
type Referral struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	UnitID      uuid.UUID
	Organ       Body
	TargetID    uuid.UUID
	MeasureID   *uuid.UUID
	SaidSealed  []byte
	State       ReferralState
	Number      string
	ComposedBy  uuid.UUID
	ComposedAt  time.Time
	RuledBy     *uuid.UUID
	RuledAt     *time.Time
	ListSealed  []byte
	FileID      *uuid.UUID
	SHA256      []byte `gorm:"column:sha256"`
	Recipient   string
	HandedOn    *workday.Date
	EndedOn     *workday.Date
	EndedSealed []byte
	Version     int
}

// TableName is referral.
func (Referral) TableName() string { return "referral" }

// referralGround is what a referral is made from.
type referralGround struct {
	ReferralID uuid.UUID      `gorm:"primaryKey"`
	Kind       ledger.Subject `gorm:"primaryKey"`
	RefID      uuid.UUID      `gorm:"primaryKey"`
	Number     string
}

func (referralGround) TableName() string { return "referral_ground" }

// Clue is what a referral says.
type Clue struct {
	To       string `json:"to"`       // the organ as it stands on the paper, 2 to 60 characters
	Name     string `json:"name"`     // of whom it is, 2 to 30
	Post     string `json:"post"`     // 2 to 60
	Problem  string `json:"problem"`  // 10 to 3000
	Verified string `json:"verified"` // what was established; at most 3000
	Basis    string `json:"basis"`    // 2 to 300
}

// NewReferral is what a referral is composed with.
type NewReferral struct {
	Clue
	Organ   Body
	Target  uuid.UUID  // office where the person serves
	Measure *uuid.UUID // of nature refer, approved: that it carries out
	Grounds []string   // numbers
}

// ReferralLine is a referral in a list. It names nobody.
type ReferralLine struct {
	Referral
	UnitName   string
	TargetName string
}

// WholeReferral is a referral with everything of it.
type WholeReferral struct {
	ReferralLine
	Clue
	Composer  string
	Ruler     string
	Ended     string // what the organ said, or why it was returned
	Grounds   []Ground
	Releases  []Release
	Materials []Material // what is in the package, or would be if it were sealed now
	Left      int        // notes that will be left out, for they would tell who reported
	Key       string     // that it is sealed to, or would be; "" a passphrase
	Files     []evidence.File
	Events    []ledger.Event
	Actions   []string // rule, release, hand, receipt
}

// sealable narrows a query over referral to what the officer may know of
// (staff.SealReferrals): those of the own office and of offices below it, unless a
// case that they are made from is hidden from the officer, or they are about
// somebody in the officer's own office or one above it. Nobody else is told that
// there is one.
func (d *Desk) sealable(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.SealReferrals) {
		return db.Where("1 = 0")
	}
	return db.Where("referral.unit_id IN ?", d.Atlas.Subtree(by.UnitID)).
		Where("referral.target_id NOT IN ?", d.Atlas.Above(by.UnitID)).
		Where(`NOT EXISTS (SELECT 1 FROM referral_ground ground WHERE ground.referral_id = referral.id
			AND ((ground.kind = 'complaint' AND ?) OR (ground.kind = 'item' AND ?) OR (ground.kind = 'order' AND ?)))`,
			d.Triage.Hides(by, ground), d.Docket.Hides(by, ground), d.Orders.Hides(by, ground))
}

// MaySeal returns nil when the officer may know of a referral: for its paper.
func (d *Desk) MaySeal(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	_, err := d.referral(d.Store.Read(ctx), by, id)
	return err
}

func (d *Desk) referral(db *gorm.DB, by staff.Officer, id uuid.UUID) (r Referral, err error) {
	return r, store.One(d.sealable(db, by).Where("referral.id = ?", id), &r)
}

// jot writes an event of a referral: codes, numbers, hashes and dates.
func (d *Desk) jot(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, facts map[string]string) error {
	return ledger.Append(tx, ledger.OfReferral, id, kind, by.Actor(), d.Store.Now(), facts)
}

func (c Clue) tidy(f *step.Form) Clue {
	c.To = f.Text("recipient", c.To, 2, 60, "referral_recipient")
	c.Name = f.Text("name", c.Name, 2, 30, "accountability_name")
	c.Post = f.Text("post", c.Post, 2, 60, "accountability_post")
	c.Problem = f.Text("problem", c.Problem, 10, 3000, "referral_problem")
	c.Verified = f.Text("verified", c.Verified, 0, 3000, "referral_verified")
	c.Basis = f.Text("basis", c.Basis, 2, 300, "referral_basis")
	return c
}

// Compose begins a referral (staff.SealReferrals): of a measure that was approved,
// or of a case, item or inspection. Nobody is told. Errors: *step.Invalid,
// *triage.Leak when its words could give a reporter away, staff.ErrForbidden,
// step.ErrState when the measure is not to be referred now.
func (d *Desk) Compose(ctx context.Context, by staff.Officer, n NewReferral) (uuid.UUID, error) {
	if err := by.Require(staff.SealReferrals); err != nil {
		return uuid.Nil, err
	}
	var f step.Form
	n.Clue = n.Clue.tidy(&f)
	f.Require(slices.Contains(Organs(), n.Organ), "organ", "referral_organ")
	f.Require(slices.Contains(d.Targets(by.UnitID), n.Target), "target", "accountability_target")
	grounds, err := d.grounds(ctx, by, n.Grounds)
	if err := f.Check(err); err != nil {
		return uuid.Nil, err
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	err = d.discreet(ctx, by, grounds, [2]string{"problem", n.Problem}, [2]string{"verified", n.Verified}, [2]string{"basis", n.Basis}, [2]string{"post", n.Post})
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	return id, step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.compose(tx, by, id, n, grounds) })
	})
}

func (d *Desk) compose(tx *gorm.DB, by staff.Officer, id uuid.UUID, n NewReferral, grounds []Ground) error {
	if n.Measure != nil {
		m, err := d.one(tx.Clauses(clause.Locking{Strength: "UPDATE"}), by, *n.Measure)
		if err != nil {
			return err
		}
		if err := may(by, m, ToHand); err != nil {
			return err
		}
		var there int64
		if err := tx.Table("referral").Where("measure_id = ? AND state <> ?", m.ID, ReferralBack).Count(&there).Error; err != nil {
			return err
		}
		if there > 0 || !possible(ToHand, m.Nature, m.State) || m.Body != n.Organ || m.TargetID != n.Target {
			return step.ErrState
		}
	}
	said, err := d.shut("clue", id, n.Clue)
	if err != nil {
		return err
	}
	r := Referral{ID: id, UnitID: by.UnitID, Organ: n.Organ, TargetID: n.Target, MeasureID: n.Measure, SaidSealed: said, State: Composed, ComposedBy: by.ID, ComposedAt: d.Store.Now(), Version: 1}
	if err := tx.Create(&r).Error; err != nil {
		return err
	}
	for _, g := range grounds {
		if err := tx.Create(&referralGround{id, g.Kind, g.RefID, g.Number}).Error; err != nil {
			return err
		}
	}
	return d.jot(tx, by, id, "referral_composed", map[string]string{"organ": string(n.Organ)})
}

// Referrals lists referrals of the own office and of those below it, the newest
// first, 50 at a time.
func (d *Desk) Referrals(ctx context.Context, by staff.Officer, after uuid.UUID) ([]ReferralLine, error) {
	query := d.sealable(d.Store.Read(ctx), by)
	if after != uuid.Nil {
		query = query.Where("referral.id < ?", after)
	}
	var all []Referral
	if err := query.Order("referral.id DESC").Limit(pageSize).Find(&all).Error; err != nil {
		return nil, err
	}
	lines := make([]ReferralLine, len(all))
	for i, r := range all {
		lines[i] = ReferralLine{r, d.unitName(r.UnitID), d.unitName(r.TargetID)}
	}
	return lines, nil
}

// ReferralOf is the referral that carries out a measure; uuid.Nil for none that the
// officer may know of.
func (d *Desk) ReferralOf(ctx context.Context, by staff.Officer, measure uuid.UUID) (uuid.UUID, error) {
	var r Referral
	err := store.One(d.sealable(d.Store.Read(ctx), by).Where("referral.measure_id = ? AND referral.state <> ?", measure, ReferralBack), &r)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return r.ID, err
}

func referralGrounds(db *gorm.DB, id uuid.UUID) (all []Ground, err error) {
	var rows []referralGround
	err = db.Where("referral_id = ?", id).Order("kind, number").Limit(mostGrounds).Find(&rows).Error
	for _, r := range rows {
		all = append(all, Ground{Kind: r.Kind, RefID: r.RefID, Number: r.Number})
	}
	return all, err
}

// onReferral runs an act in one transaction on a referral of the officer's own
// office that is in a state and as the page showed it.
func (d *Desk) onReferral(ctx context.Context, by staff.Officer, id uuid.UUID, version int, in ReferralState, do func(tx *gorm.DB, r *Referral) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			r, err := d.referral(tx.Clauses(clause.Locking{Strength: "UPDATE"}), by, id)
			switch {
			case err != nil:
				return err
			case r.UnitID != by.UnitID:
				return staff.ErrForbidden
			case version != 0 && r.Version != version:
				return step.ErrStale
			case r.State != in:
				return step.ErrState
			}
			return do(tx, &r)
		})
	})
}

func moveReferral(tx *gorm.DB, r *Referral, set map[string]any) error {
	return step.Move(tx, &Referral{}, r.ID, r.Version, set)
}
