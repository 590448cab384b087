package intake

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

// resealBatch is how many names are sealed anew in one transaction.
const resealBatch = 100

// wholePass is how often all that the portal keeps is gone through when no office
// made a key meanwhile: a report may have been on its way when a key was made, and an
// office may have begun to work here.
const wholePass = 10 * time.Minute

// passed remembers for which keys, and when, all names were gone through.
type passed struct {
	keys string
	at   time.Time
}

// HandOverAll is HandOver, then HandOverWords, HandOverOthers and the same for keys of
// files and for notes about names, until all are handed over that can be; it returns
// how many names, matters, files and notes were. Where nothing has changed since the
// last time it costs one small query.
func (d *Desk) HandOverAll(ctx context.Context) (n int, err error) {
	if d.custody == nil {
		return 0, nil
	}
	keys, err := d.custody.Standing(d.store.Read(ctx))
	if err != nil || keys == "" {
		return 0, err
	}
	now := d.store.Now()
	if last := d.passed.Load(); last != nil && last.keys == keys && now.Sub(last.at) < wholePass {
		return 0, nil
	}
	for after := uuid.Nil; ; {
		did, next, err := d.HandOver(ctx, after)
		if n += did; err != nil {
			return n, err
		}
		if next == uuid.Nil {
			break
		}
		after = next
	}
	for seq := int64(0); ; {
		did, next, err := d.HandOverWords(ctx, seq)
		if n += did; err != nil {
			return n, err
		}
		if next == 0 {
			break
		}
		seq = next
	}
	for after := uuid.Nil; ; {
		did, next, err := d.HandOverOthers(ctx, after)
		if n += did; err != nil {
			return n, err
		}
		if next == uuid.Nil {
			break
		}
		after = next
	}
	files, err := d.handOverFiles(ctx)
	if n += files; err != nil {
		return n, err
	}
	notes, err := d.handOverNotes(ctx)
	if n += notes; err == nil {
		d.passed.Store(&passed{keys, now})
	}
	return n, err
}

// PortalKeeps reports whether the portal itself still keeps names, or pictures as
// reporters sent them.
func PortalKeeps(db *gorm.DB) (bool, error) {
	names, err := exists(db.Where("kind = 'identity' AND recipient_kind = 'server'"))
	if err != nil || names {
		return names, err
	}
	var picture struct{ ID uuid.UUID }
	err = store.One(waitingFiles[0](db.Table("evidence_file")).Select("id"), &picture)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// HandOver seals up to a hundred names that the portal itself keeps to the
// custodians that answer for them by now, and reports how many. What the portal
// could open is gone with the same commit. after is where the last call ended
// (uuid.Nil at first); next is uuid.Nil when there are no more. It needs no
// secret but the portal's own, and any replica may run it.
func (d *Desk) HandOver(ctx context.Context, after uuid.UUID) (n int, next uuid.UUID, err error) {
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		n, next = 0, uuid.Nil
		var blobs []sealedBlob
		err := tx.Where("kind = 'identity' AND recipient_kind = 'server' AND recipient_id = '' AND generation = 1 AND owner_id > ?", after).
			Order("owner_id").Limit(resealBatch).Find(&blobs).Error
		if err != nil {
			return err
		}
		for _, b := range blobs {
			done, err := d.handOver(tx, b)
			if err != nil {
				return err
			}
			if done {
				n++
			}
		}
		if len(blobs) == resealBatch {
			next = blobs[len(blobs)-1].OwnerID
		}
		return nil
	})
	return n, next, err
}

// handOver seals one name to its custodians; false when it has none yet, or when
// another replica was first.
func (d *Desk) handOver(tx *gorm.DB, b sealedBlob) (bool, error) {
	desk, err := d.deskOf(tx, b.OwnerID)
	if err != nil {
		return false, err
	}
	to, err := d.custodians(tx, desk)
	if err != nil || len(to) == 0 {
		return false, err
	}
	done := tx.Where("owner_id = ? AND kind = 'identity' AND recipient_kind = 'server'", b.OwnerID).Delete(&sealedBlob{})
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	var who Identity
	if err := b.open(d.identityBox, &who); err != nil {
		return false, err
	}
	if err := d.coverKept(tx, b.OwnerID, &who); err != nil {
		return false, err
	}
	rows, err := sealedFor(b.OwnerID, who, to)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if err := tx.Create(row).Error; err != nil {
			return false, err
		}
	}
	return true, nil
}

// deskOf is the desk that a report lies on: that of its first complaint, that of the
// matter of another room, or the one for its place.
func (d *Desk) deskOf(tx *gorm.DB, report uuid.UUID) (uuid.UUID, error) {
	var c Complaint
	err := store.One(tx.Where("report_id = ?", report).Order("part"), &c)
	if !errors.Is(err, store.ErrNotFound) {
		return c.DeskUnitID, err
	}
	matter, err := otherOf(tx, report)
	if !errors.Is(err, store.ErrNotFound) {
		return matter.DeskUnitID, err
	}
	var r Report
	if err := store.One(tx.Where("id = ?", report), &r); err != nil {
		return uuid.Nil, err
	}
	desk, _, err := d.atlas.DeskFor(r.PlaceCode, region.Accused{})
	return desk.ID, err
}

// coverKept covers the name in the words that are stored, and puts the words as
// they were with the name.
func (d *Desk) coverKept(tx *gorm.DB, report uuid.UUID, who *Identity) error {
	words, err := d.bare(tx, staff.Officer{}, report)
	if err != nil {
		return err
	}
	told, is := words[report]
	if !is || told.Kept != "" {
		return nil // those who read them are as few as who reads the name
	}
	covered, changed := told.cover(*who)
	if !changed {
		return nil
	}
	if err := reanchor(tx, report, told, covered, func(words string) string { return coverIn(words, *who) }); err != nil {
		return err
	}
	who.Said = &told
	return d.replaceWords(tx, report, covered, nil)
}

// Renew seals up to a hundred names that lie under an earlier key of the officer's
// office to its present one, in a member's session, and reports how many, and
// whether there are more; then pictures as they came, then notes about names. Errors:
// staff.ErrForbidden, staff.ErrNoKey, custody.ErrNotMember, store.ErrNotFound (the
// office has no key).
func (d *Desk) Renew(ctx context.Context, by staff.Officer, own *staff.Key) (n int, more bool, err error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return 0, false, err
	}
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		n, more = 0, false
		now, err := d.custody.Present(tx, by.UnitID, custody.Identity)
		if err != nil {
			return err
		}
		var blobs []sealedBlob
		if err := olderThan(tx, now).Order("generation, owner_id").Limit(resealBatch).Find(&blobs).Error; err != nil {
			return err
		}
		for _, b := range blobs {
			who, err := d.unsealed(tx, by, own, b)
			if err != nil {
				return err
			}
			rows, err := sealedFor(b.OwnerID, who, []custody.To{now})
			if err != nil {
				return err
			}
			fresh := rows[0].(*sealedBlob)
			done := olderThan(tx, now).Where("owner_id = ?", b.OwnerID).Updates(map[string]any{"ciphertext": fresh.Ciphertext, "generation": fresh.Generation})
			if done.Error != nil {
				return done.Error
			}
			n += int(done.RowsAffected)
		}
		if more = len(blobs) == resealBatch; more {
			return nil
		}
		by.Key = own
		did := 0
		did, more, err = d.renewOriginals(tx, by, now)
		if n += did; err != nil || more {
			return err
		}
		did, more, err = d.renewNotes(tx, by, now)
		n += did
		return err
	})
	return n, more, err
}

// olderThan narrows to the names that lie under earlier keys of an office.
func olderThan(db *gorm.DB, now custody.To) *gorm.DB {
	return db.Model(&sealedBlob{}).Where("kind = 'identity' AND recipient_kind = ? AND recipient_id = ? AND generation < ?", now.Kind, now.ID, now.Generation)
}

// Behind reports whether names lie under an earlier key of an office, or with the
// portal itself. Only custodians ask.
func (d *Desk) Behind(ctx context.Context, by staff.Officer) (older, server bool, err error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return false, false, err
	}
	db := d.store.Read(ctx)
	if server, err = PortalKeeps(db); err != nil {
		return false, false, err
	}
	now, err := d.custody.Present(db, by.UnitID, custody.Identity)
	if errors.Is(err, store.ErrNotFound) {
		return false, server, nil
	}
	if err != nil {
		return false, server, err
	}
	if older, err = exists(olderThan(db, now)); err != nil || older {
		return older, server, err
	}
	var pictures, notes int64
	if err := originalsOlderThan(db, now).Limit(1).Count(&pictures).Error; err != nil {
		return false, server, err
	}
	err = notesOlderThan(db, now).Limit(1).Count(&notes).Error
	return pictures+notes > 0, server, err
}

func exists(query *gorm.DB) (bool, error) {
	var b sealedBlob
	err := store.One(query.Select("owner_id"), &b)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
