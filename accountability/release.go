package accountability

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/custody"
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
	IdentitySealed []byte     // to the organ's key
	AgreedBy       *uuid.UUID // a first custodian, who said yes
	Recipient      string     // the organ's key
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
	AgreedBy    string // a first custodian who would release it; "" none yet
	Agreed      bool   // the officer who reads is that one
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
	return d.releases(db, by.ID, rows, func(complaint uuid.UUID) bool {
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
	return d.releases(db, uuid.Nil, rows, nil)
}

func (d *Desk) releases(db *gorm.DB, by uuid.UUID, rows []releaseRow, sees func(uuid.UUID) bool) (all []Release, err error) {
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
		names, err := namesOf(db, append(append(some(row.RuledBy), some(row.AgreedBy)...), row.AskedBy)...)
		if err != nil {
			return nil, err
		}
		if r.AskedBy = names[row.AskedBy]; row.RuledBy != nil {
			r.RuledBy = names[*row.RuledBy]
		}
		if row.AgreedBy != nil {
			r.AgreedBy, r.Agreed = names[*row.AgreedBy], *row.AgreedBy == by
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

// RuleRelease lets custodians, each in a session of their own, release the
// reporter's name to a package, or withhold it (staff.RevealIdentity). The first who
// says yes agrees; a second, whose session holds a key that the name is sealed to,
// opens it, and it is sealed to the organ's public key at once: neither of them, nor
// who makes the package, reads it. The reporter reads when, by which office and that
// it was for a referral; words are each custodian's own reason, 4 to 500 characters,
// which are sealed to those who keep the name, and may be empty when it is withheld.
// Errors: store.ErrNotFound, step.ErrSamePerson, step.ErrState, *step.Invalid
// (reason; give, when the organ has no public key), those of triage.ReleaseName.
func (d *Desk) RuleRelease(ctx context.Context, by staff.Officer, own *staff.Key, release uuid.UUID, give bool, words string) error {
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
	if row.AskedBy == by.ID || give && row.AgreedBy != nil && *row.AgreedBy == by.ID {
		return step.ErrSamePerson
	}
	switch {
	case !give:
		return d.withhold(ctx, by, row, words)
	case row.AgreedBy == nil:
		return d.agree(ctx, by, row, words)
	}
	return d.release(ctx, by, own, row, words)
}

// withhold refuses to release a name; words may be empty.
func (d *Desk) withhold(ctx context.Context, by staff.Officer, row releaseRow, words string) error {
	set := map[string]any{"state": ReleaseWithheld, "ruled_by": by.ID, "ruled_at": d.Store.Now()}
	if strings.TrimSpace(words) != "" {
		return d.say(ctx, by, row, words, set, "identity_withheld")
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error { return d.ruled(tx, by, row, set, "identity_withheld") })
	})
}

// agree notes that a first custodian would release a name.
func (d *Desk) agree(ctx context.Context, by staff.Officer, row releaseRow, words string) error {
	var f step.Form
	f.Text("reason", words, 4, 500, "case_reason")
	_, err := d.organKey(d.Store.Read(ctx), row.ReferralID)
	if err := f.Check(err); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	return d.say(ctx, by, row, words, map[string]any{"agreed_by": by.ID}, "identity_agreed")
}

// say writes what a custodian decided together with why.
func (d *Desk) say(ctx context.Context, by staff.Officer, row releaseRow, words string, set map[string]any, event string) error {
	return d.Triage.NoteOutside(ctx, by, row.ComplaintID, words, func(tx *gorm.DB) error { return d.ruled(tx, by, row, set, event) })
}

// organKey is the public key that the package of a referral will be sealed to;
// *step.Invalid when there is none.
func (d *Desk) organKey(db *gorm.DB, referral uuid.UUID) (string, error) {
	var r Referral
	if err := store.One(db.Where("id = ?", referral), &r); err != nil {
		return "", err
	}
	key, err := keyIn(db, r.UnitID, r.Organ)
	if err == nil && key == "" {
		err = step.Bad("give", "referral_needs_key")
	}
	return key, err
}

// release opens a name and seals it to the organ, all in one transaction.
func (d *Desk) release(ctx context.Context, by staff.Officer, own *staff.Key, row releaseRow, words string) error {
	return d.Triage.ReleaseName(ctx, by, own, row.ComplaintID, words, func(tx *gorm.DB, who intake.Identity) error {
		key, err := d.organKey(tx, row.ReferralID)
		if err != nil {
			return err
		}
		sealed, err := custody.SealTo(fmt.Appendf(nil, "姓名：%s\n电话：%s\n", who.Name, who.Phone), key)
		if err != nil {
			return err
		}
		return d.ruled(tx, by, row, map[string]any{"state": ReleaseGiven, "identity_sealed": sealed, "recipient": key, "ruled_by": by.ID, "ruled_at": d.Store.Now()}, "identity_released")
	})
}

// ruled writes what a custodian said to a request, which is as row shows it.
func (d *Desk) ruled(tx *gorm.DB, by staff.Officer, row releaseRow, set map[string]any, event string) error {
	// The referral is held first, as whoever seals it does.
	var r Referral
	held := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND state = ?", row.ReferralID, Composed)
	if err := store.One(held, &r); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return step.ErrState
		}
		return err
	}
	asked := tx.Model(&releaseRow{}).Where("id = ? AND state = ?", row.ID, ReleaseAsked)
	if row.AgreedBy == nil {
		asked = asked.Where("agreed_by IS NULL")
	} else {
		asked = asked.Where("agreed_by = ?", *row.AgreedBy)
	}
	done := asked.Updates(set)
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
}

// packIdentities adds who reported, where custodians released it, as it was sealed to
// the organ. A key that was changed since opens none of it.
func (d *Desk) packIdentities(ctx context.Context, p *parcel, r Referral) error {
	db := d.Store.Read(ctx)
	var rows []releaseRow
	err := db.Where("referral_id = ? AND state = ?", r.ID, ReleaseGiven).Order("asked_at, id").Limit(mostGrounds).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	key, err := keyIn(db, r.UnitID, r.Organ)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Recipient != key && !p.preview {
			return step.Bad("ruling", "referral_key_changed")
		}
		if err := p.put("反映人身份（经身份保管员同意）", ".txt.age", row.IdentitySealed); err != nil {
			return err
		}
	}
	return nil
}
