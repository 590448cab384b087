package accountability

import (
	"context"
	"io"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Package gives out the sealed package of a referral; that it was opened, and by
// whom, stands in the record before the first byte. The caller closes content.
// store.ErrNotFound when there is none.
func (d *Desk) Package(ctx context.Context, by staff.Officer, id uuid.UUID) (name string, content io.ReadCloser, err error) {
	r, err := d.referral(d.Store.Read(ctx), by, id)
	if err != nil {
		return "", nil, err
	}
	if r.FileID == nil {
		return "", nil, store.ErrNotFound
	}
	err = d.inscribe(ctx, func(tx *gorm.DB) error { return d.jot(tx, by, id, "package_opened", nil) })
	if err != nil {
		return "", nil, err
	}
	content, err = d.Shelf.Original(ctx, *r.FileID)
	return r.Number + ".zip.age", content, err
}

// ReferralFile gives out a file of the organ's receipt, recorded like a package.
func (d *Desk) ReferralFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (f evidence.File, content io.ReadCloser, name string, err error) {
	r, err := d.referral(d.Store.Read(ctx), by, id)
	if err != nil {
		return f, nil, "", err
	}
	var own struct{ ID uuid.UUID }
	err = store.One(d.Store.Read(ctx).Table("evidence_file").Select("id").Where("id = ? AND owner_kind = ? AND owner_id = ?", file, referralFiles, id), &own)
	if err != nil {
		return f, nil, "", err
	}
	if r.FileID != nil && file == *r.FileID {
		return f, nil, "", store.ErrNotFound // the package has a way of its own
	}
	err = d.inscribe(ctx, func(tx *gorm.DB) error {
		return d.jot(tx, by, id, "evidence_opened", map[string]string{"file": file.String()})
	})
	if err != nil {
		return f, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}

// Hand records the day on which a sealed package went to the organ; the measure
// that it carries out is served with it. Errors: *step.Invalid, those of a step.
func (d *Desk) Hand(ctx context.Context, by staff.Officer, id uuid.UUID, version int, on workday.Date) error {
	return d.onReferral(ctx, by, id, version, ReferralSealed, func(tx *gorm.DB, r *Referral) error {
		if !within(on, workday.On(*r.RuledAt), d.today()) {
			return step.Bad("on", "accountability_served_on")
		}
		if err := moveReferral(tx, r, map[string]any{"state": Handed, "handed_on": on}); err != nil {
			return err
		}
		m, err := d.carried(tx, by, r)
		if err != nil {
			return err
		}
		if m != nil && m.State == Approved {
			if err := move(tx, m, map[string]any{"state": Served, "served_on": on, "served_how": byPackage, "served_at": d.Store.Now(), "number": r.Number}); err != nil {
				return err
			}
			if err := d.note(tx, by, m.ID, "measure_served", nil); err != nil {
				return err
			}
		}
		return d.jot(tx, by, id, "referral_handed", map[string]string{"on": string(on)})
	})
}

// Receipt records what the organ answered, with its files. Errors: *step.Invalid,
// those of a step.
func (d *Desk) Receipt(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Feedback) error {
	return d.onReferral(ctx, by, id, version, Handed, func(tx *gorm.DB, r *Referral) error {
		var f step.Form
		f.Require(within(a.On, *r.HandedOn, d.today()), "on", "accountability_on")
		a.Words = f.Text("words", a.Words, 2, 2000, "referral_receipt")
		if err := f.Err(); err != nil {
			return err
		}
		said, err := d.shut("ended", id, a.Words)
		if err != nil {
			return err
		}
		to, event, became := NotReceived, "referral_refused", NotAdopted
		if a.Adopted {
			to, event, became = Received, "referral_received", Adopted
		}
		if err := moveReferral(tx, r, map[string]any{"state": to, "ended_on": a.On, "ended_sealed": said}); err != nil {
			return err
		}
		files, err := d.Shelf.Bind(tx, a.FormKey, referralFiles, id)
		if err != nil {
			return err
		}
		m, err := d.carried(tx, by, r)
		if err != nil {
			return err
		}
		if m != nil && m.State == Served {
			if err := move(tx, m, map[string]any{"state": became}); err != nil {
				return err
			}
			if err := d.note(tx, by, m.ID, "measure_answered", nil); err != nil {
				return err
			}
		}
		return d.jot(tx, by, id, event, files.Tell(map[string]string{"on": string(a.On)}))
	})
}

// carried reads the measure that a referral carries out, nil when there is none.
func (d *Desk) carried(tx *gorm.DB, by staff.Officer, r *Referral) (*Measure, error) {
	if r.MeasureID == nil {
		return nil, nil
	}
	m, err := d.one(tx, by, *r.MeasureID)
	return &m, err
}
