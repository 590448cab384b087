package accountability

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// ReleaseState of a request to the custodian; catalog key referral.release.<code>.
type ReleaseState string

// A request is asked, and then released or withheld.
const (
	ReleaseAsked    ReleaseState = "asked"
	ReleaseGiven    ReleaseState = "released"
	ReleaseWithheld ReleaseState = "withheld"
)

// releaseRow is a request as stored.
type releaseRow struct {
	ID             uuid.UUID `gorm:"primaryKey"`
	ReferralID     uuid.UUID
	ComplaintID    uuid.UUID
	WhySealed      []byte
	State          ReleaseState
	AskedBy        uuid.UUID
	AskedAt        time.Time
	RuledBy        *uuid.UUID
	RuledAt        *time.Time
	IdentitySealed []byte
}

func (releaseRow) TableName() string { return "referral_release" }

// Release is a request that the reporter of a case be named in a package.
type Release struct {
	ID          uuid.UUID
	ComplaintID uuid.UUID
	Number      string // of the case
	Why         string
	State       ReleaseState
	AskedBy     string
	UnitName    string // of who asked; only for the custodian
	AskedAt     time.Time
	RuledBy     string
}

// AskRelease asks the identity custodian to let a package name the reporter of one
// of its cases, for a reason of 4 to 500 characters. Errors: *step.Invalid, those
// of a step; step.ErrState when it was asked before.
func (d *Desk) AskRelease(ctx context.Context, by staff.Officer, id uuid.UUID, version int, complaint uuid.UUID, why string) error {
	var f step.Form
	why = f.Text("why", why, 4, 500, "referral_why")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onReferral(ctx, by, id, version, Composed, func(tx *gorm.DB, r *Referral) error {
		grounds, err := referralGrounds(tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(grounds, func(g Ground) bool { return g.Kind == ledger.OfComplaint && g.RefID == complaint }) {
			return step.Bad("complaint", "referral_complaint")
		}
		asked, err := d.releasesOf(tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(asked, func(a Release) bool { return a.ComplaintID == complaint }) {
			return step.ErrState
		}
		row := releaseRow{ID: uuid.Must(uuid.NewV7()), ReferralID: id, ComplaintID: complaint, State: ReleaseAsked, AskedBy: by.ID, AskedAt: d.Store.Now()}
		if row.WhySealed, err = d.shut("why", row.ID, why); err != nil {
			return err
		}
		if err := moveReferral(tx, r, nil); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return d.jot(tx, by, id, "identity_asked", nil)
	})
}

// Asked lists the requests that wait for the custodian: of the own office and of
// those below it, about cases that the custodian may see. It says nothing of the
// referral but who asks, and why.
func (d *Desk) Asked(ctx context.Context, by staff.Officer) ([]Release, error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	var rows []releaseRow
	err := db.Where("state = ? AND referral_id IN (SELECT id FROM referral WHERE unit_id IN ?)", ReleaseAsked, d.Atlas.Subtree(by.UnitID)).
		Order("asked_at, id").Limit(50).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return d.releases(db, rows, func(complaint uuid.UUID) bool {
		_, err := d.Triage.CaseIn(db, by, complaint)
		return err == nil
	})
}

// releasesOf lists the requests of a referral.
func (d *Desk) releasesOf(db *gorm.DB, id uuid.UUID) ([]Release, error) {
	var rows []releaseRow
	if err := db.Where("referral_id = ?", id).Order("asked_at, id").Limit(mostGrounds).Find(&rows).Error; err != nil {
		return nil, err
	}
	return d.releases(db, rows, nil)
}

func (d *Desk) releases(db *gorm.DB, rows []releaseRow, sees func(uuid.UUID) bool) (all []Release, err error) {
	for _, row := range rows {
		if sees != nil && !sees(row.ComplaintID) {
			continue
		}
		r := Release{ID: row.ID, ComplaintID: row.ComplaintID, State: row.State, AskedAt: row.AskedAt.UTC()}
		var g referralGround
		if err := store.One(db.Where("referral_id = ? AND ref_id = ?", row.ReferralID, row.ComplaintID), &g); err != nil {
			return nil, err
		}
		r.Number = g.Number
		if err := d.unseal("why", row.ID, row.WhySealed, &r.Why); err != nil {
			return nil, err
		}
		names, err := namesOf(db, append(some(row.RuledBy), row.AskedBy)...)
		if err != nil {
			return nil, err
		}
		if r.AskedBy = names[row.AskedBy]; row.RuledBy != nil {
			r.RuledBy = names[*row.RuledBy]
		}
		var unit struct{ UnitID uuid.UUID }
		if err := store.One(db.Table("account").Select("unit_id").Where("id = ?", row.AskedBy), &unit); err != nil {
			return nil, err
		}
		r.UnitName = d.unitName(unit.UnitID)
		all = append(all, r)
	}
	return all, nil
}

// RuleRelease lets the custodian, in a session of their own, release the reporter's
// name to a package, or withhold it (staff.RevealIdentity). Releasing opens the
// identity as triage does: the reporter reads when, by which office and that it was
// for a referral; words are the custodian's own reason, 4 to 500 characters, and
// stay in the office. Errors: store.ErrNotFound, step.ErrSamePerson, step.ErrState,
// *step.Invalid, *intake.Invalid (reason).
func (d *Desk) RuleRelease(ctx context.Context, by staff.Officer, release uuid.UUID, give bool, words string) error {
	open, err := d.Asked(ctx, by)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(open, func(r Release) bool { return r.ID == release }) {
		return store.ErrNotFound
	}
	var row releaseRow
	if err := store.One(d.Store.Read(ctx).Where("id = ?", release), &row); err != nil {
		return err
	}
	if row.AskedBy == by.ID {
		return step.ErrSamePerson
	}
	set, event := map[string]any{"state": ReleaseWithheld}, "identity_withheld"
	if give {
		who, err := d.Triage.RevealIdentity(ctx, by, row.ComplaintID, "referral: "+words)
		if err != nil {
			return err
		}
		sealed, err := d.shut("identity", row.ID, who)
		if err != nil {
			return err
		}
		set, event = map[string]any{"state": ReleaseGiven, "identity_sealed": sealed}, "identity_released"
	}
	set["ruled_by"], set["ruled_at"] = by.ID, d.Store.Now()
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			// The referral is held first, as whoever seals it does.
			var r Referral
			held := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND state = ?", row.ReferralID, Composed)
			if err := store.One(held, &r); err != nil {
				if errors.Is(err, store.ErrNotFound) {
					return step.ErrState
				}
				return err
			}
			done := tx.Model(&releaseRow{}).Where("id = ? AND state = ?", release, ReleaseAsked).Updates(set)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				return step.ErrState
			}
			if err := moveReferral(tx, &r, nil); err != nil {
				return err
			}
			return d.jot(tx, by, row.ReferralID, event, nil)
		})
	})
}

// packIdentities adds who reported, where the custodian released it.
func (d *Desk) packIdentities(ctx context.Context, p *parcel, referral uuid.UUID) error {
	var rows []releaseRow
	err := d.Store.Read(ctx).Where("referral_id = ? AND state = ?", referral, ReleaseGiven).Order("asked_at, id").Limit(mostGrounds).Find(&rows).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		var who intake.Identity
		if err := d.unseal("identity", row.ID, row.IdentitySealed, &who); err != nil {
			return err
		}
		if err := p.put("反映人身份（经身份保管员同意）", ".txt", []byte(fmt.Sprintf("姓名：%s\n电话：%s\n", who.Name, who.Phone))); err != nil {
			return err
		}
	}
	return nil
}
