package accountability

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// referralFiles is how the shelf knows packages and receipts of referrals.
const referralFiles = "referral"

// keyRow is a public key of an organ, as an office entered it.
type keyRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	UnitID    uuid.UUID
	Organ     Body
	Recipient string
	SetBy     uuid.UUID
	SetAt     time.Time
}

func (keyRow) TableName() string { return "referral_key" }

// Key is the public key that packages of an office for an organ are sealed to; ""
// none, and a passphrase is made for each.
func (d *Desk) Key(ctx context.Context, unit uuid.UUID, organ Body) (string, error) {
	return keyIn(d.Store.Read(ctx), unit, organ)
}

func keyIn(db *gorm.DB, unit uuid.UUID, organ Body) (string, error) {
	var k keyRow
	err := store.One(db.Where("unit_id = ? AND organ = ?", unit, organ).Order("id DESC"), &k)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return k.Recipient, err
}

// SetKey enters the public key (age1…) of an organ for the own office, "" takes it
// away (staff.SealReferrals). What is sealed already stays as it is. Errors:
// *step.Invalid, staff.ErrForbidden.
func (d *Desk) SetKey(ctx context.Context, by staff.Officer, organ Body, recipient string) error {
	if err := by.Require(staff.SealReferrals); err != nil {
		return err
	}
	var f step.Form
	recipient = strings.TrimSpace(recipient)
	f.Require(organ == Discipline || organ == Judicial, "organ", "referral_organ")
	if recipient != "" {
		_, err := age.ParseX25519Recipient(recipient)
		f.Require(err == nil, "key", "referral_key")
	}
	if err := f.Err(); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			if err := tx.Create(&keyRow{id, by.UnitID, organ, recipient, by.ID, d.Store.Now()}).Error; err != nil {
				return err
			}
			return ledger.Append(tx, ledger.OfUnit, by.UnitID, "referral_key_set", by.Actor(), d.Store.Now(), map[string]string{"organ": string(organ), "key": recipient})
		})
	})
}

// passphrase is 120 random bits in groups of four letters and digits, which nobody
// mistakes for each other.
func passphrase() string {
	random := make([]byte, 15)
	rand.Read(random)
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random))
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, "-")
}

// shutParcel seals a zip to a public key, or, when there is none, to a passphrase,
// which it returns. Stock age opens it.
func shutParcel(zipped []byte, key string) (sealed []byte, phrase string, err error) {
	var to age.Recipient
	if key != "" {
		to, err = age.ParseX25519Recipient(key)
	} else {
		phrase = passphrase()
		to, err = age.NewScryptRecipient(phrase)
	}
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, "", err
	}
	if _, err := w.Write(zipped); err != nil {
		return nil, "", err
	}
	err = w.Close() // writes what is left
	return out.Bytes(), phrase, err
}

// Seal makes the package of a referral that somebody else composed
// (staff.SealReferrals and staff.ApproveMeasures): it is numbered, its paper is
// issued, and the zip is sealed to the organ's key. Without a key it is sealed to a
// passphrase, which is returned and kept nowhere. Errors: store.ErrNotFound,
// staff.ErrForbidden, step.ErrSamePerson, step.ErrStale, step.ErrState, also while
// the custodian has not answered, *step.Invalid.
func (d *Desk) Seal(ctx context.Context, by staff.Officer, id uuid.UUID, version int) (phrase string, err error) {
	w, err := d.OpenReferral(ctx, by, id)
	if err != nil {
		return "", err
	}
	switch {
	case w.UnitID != by.UnitID || !by.May(staff.ApproveMeasures):
		return "", staff.ErrForbidden
	case w.ComposedBy == by.ID:
		return "", step.ErrSamePerson
	case w.State != Composed || w.Waits():
		return "", step.ErrState
	case w.Version != version:
		return "", step.ErrStale
	}
	p, err := d.gather(ctx, by, w.Referral, w.Grounds, false)
	if err != nil {
		return "", err
	}
	zipped, err := p.zipped("问题线索移送材料清单", d.Store.Now())
	if err != nil {
		return "", err
	}
	sealed, phrase, err := shutParcel(zipped, w.Key)
	if err != nil {
		return "", err
	}
	err = d.onReferral(ctx, by, id, version, Composed, func(tx *gorm.DB, r *Referral) error { return d.seal(tx, by, r, w, p, sealed) })
	if err != nil {
		return "", err // whoever lost the race must not hold a phrase that opens nothing
	}
	return phrase, nil
}

// Waits reports whether the custodian still has to answer: nothing is sealed before.
func (w WholeReferral) Waits() bool {
	for _, r := range w.Releases {
		if r.State == ReleaseAsked {
			return true
		}
	}
	return false
}

func (d *Desk) seal(tx *gorm.DB, by staff.Officer, r *Referral, w WholeReferral, p parcel, sealed []byte) error {
	// What the page showed must still be so: a key that was changed meanwhile, or an
	// answer of the custodian, makes the package another one.
	key, err := keyIn(tx, r.UnitID, r.Organ)
	if err != nil {
		return err
	}
	var asked int64
	if err := tx.Table("referral_release").Where("referral_id = ?", r.ID).Count(&asked).Error; err != nil {
		return err
	}
	if key != w.Key || int(asked) != len(w.Releases) {
		return step.ErrStale
	}
	issued, err := d.Papers.Issue(tx, by, d.letter(by, w, p))
	if err != nil {
		return err
	}
	list, err := d.shut("list", r.ID, p.list())
	if err != nil {
		return err
	}
	kept, err := d.Shelf.KeepSealed(tx, referralFiles, r.ID, issued.Number+".zip.age", sealed)
	if err != nil {
		return fmt.Errorf("accountability: keep a package: %w", err)
	}
	sum := sha256.Sum256(sealed)
	err = moveReferral(tx, r, map[string]any{"state": ReferralSealed, "number": issued.Number, "ruled_by": by.ID, "ruled_at": d.Store.Now(),
		"list_sealed": list, "file_id": kept.ID, "sha256": sum[:], "recipient": key})
	if err != nil {
		return err
	}
	return d.jot(tx, by, r.ID, "referral_sealed", map[string]string{"number": issued.Number, "hash": hex.EncodeToString(sum[:]), "key": key, "files": strconv.Itoa(len(p.files))})
}

// letter is the paper that goes with a package: secret, and its title names nobody.
func (d *Desk) letter(by staff.Officer, w WholeReferral, p parcel) paper.Draft {
	var from []string
	for _, g := range w.Grounds {
		from = append(from, g.Number)
	}
	c := paper.Content{Fields: map[string]string{
		"主送单位": w.To, "线索来源": strings.Join(from, "、"), "被反映人": w.Name, "单位职务": w.TargetName + w.Post, "主要问题": w.Problem, "已核实情况": w.Verified, "移送依据": w.Basis,
		"回执要求": "收到后请回执，写明收到日期和经办人。",
	}, Lists: map[string][]map[string]string{}}
	for i, m := range p.list() {
		c.Lists["材料"] = append(c.Lists["材料"], map[string]string{"序号": strconv.Itoa(i + 1), "名称": m.Name, "份数": "1", "说明": m.SHA256[:16]})
	}
	return paper.Draft{Kind: paper.Referral, Unit: by.UnitID, Subject: ledger.OfReferral, SubjectID: w.ID, Title: "关于移送问题线索的函", Content: c, Secret: true}
}

// Return gives a referral back to who composed it, with words of 4 to 500
// characters; it is over then. Errors: those of Seal.
func (d *Desk) Return(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	var f step.Form
	words = f.Text("note", words, 4, 500, "accountability_note")
	if err := f.Err(); err != nil {
		return err
	}
	return d.onReferral(ctx, by, id, version, Composed, func(tx *gorm.DB, r *Referral) error {
		if err := by.Require(staff.ApproveMeasures); err != nil {
			return err
		}
		if r.ComposedBy == by.ID {
			return step.ErrSamePerson
		}
		said, err := d.shut("ended", id, words)
		if err != nil {
			return err
		}
		if err := moveReferral(tx, r, map[string]any{"state": ReferralBack, "ruled_by": by.ID, "ruled_at": d.Store.Now(), "ended_sealed": said}); err != nil {
			return err
		}
		return d.jot(tx, by, id, "referral_returned", nil)
	})
}

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
		if _, err := d.Shelf.Bind(tx, a.FormKey, referralFiles, id); err != nil {
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
		return d.jot(tx, by, id, event, map[string]string{"on": string(a.On)})
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
