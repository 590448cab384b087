package accountability

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// referralFiles is how the shelf knows packages and receipts of referrals.
const referralFiles = "referral"

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
	facts := map[string]string{"number": issued.Number, "hash": hex.EncodeToString(sum[:]), "key": key, "files": strconv.Itoa(len(p.files))}
	return d.jot(tx, by, r.ID, "referral_sealed", evidence.Bound{kept}.Tell(facts))
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
