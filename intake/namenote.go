package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/seal"
	"minsheng/staff"
)

// nameNote is what a custodian wrote because of a name, such as why it is to be opened,
// sealed to one of those who keep that name: such words may tell whose it is.
type nameNote struct {
	OwnerID       uuid.UUID `gorm:"primaryKey"` // of the row that it belongs to
	ReportID      uuid.UUID
	RecipientKind string `gorm:"primaryKey"` // custody.ToServer, custody.ToUnit, custody.ToOffline
	RecipientID   string `gorm:"primaryKey"`
	Generation    int
	Sealed        []byte
}

// TableName is name_note.
func (nameNote) TableName() string { return "name_note" }

// notePlain is what a custodian's key opens of a note, for a box of age does not know
// in which row it lies.
type notePlain struct {
	Owner uuid.UUID
	Words string
}

// notePlace binds a note that the portal keeps to its row.
func notePlace(owner uuid.UUID) string { return "identity_opening:" + owner.String() }

// NoteName seals what a custodian wrote because of a report's name to those who keep
// it, in the caller's transaction; as long as that is the portal itself, to the portal.
// owner is the row that the note belongs to.
func (d *Desk) NoteName(tx *gorm.DB, report, owner uuid.UUID, words string) error {
	to, err := d.nameKeepers(tx, report)
	if err != nil {
		return err
	}
	if len(to) > 0 {
		return d.putNote(tx, report, owner, words, to...)
	}
	return tx.Create(&nameNote{owner, report, custody.ToServer, "", 1, d.noteBox.Shut([]byte(words), notePlace(owner))}).Error
}

func (d *Desk) putNote(tx *gorm.DB, report, owner uuid.UUID, words string, to ...custody.To) error {
	plain, err := padded(notePlain{owner, words})
	if err != nil {
		return err
	}
	rows := make([]any, len(to))
	for i, t := range to {
		sealed, err := t.Seal(plain)
		if err != nil {
			return err
		}
		rows[i] = &nameNote{owner, report, t.Kind, t.ID, t.Generation, sealed}
	}
	return d.store.InsertInto(tx, rows...)
}

// nameKeepers are those who keep the name of a report by now, or, where it has none, its
// pictures as they came, with the present keys of their offices; none where that is the
// portal itself.
func (d *Desk) nameKeepers(db *gorm.DB, report uuid.UUID) (to []custody.To, err error) {
	if d.custody == nil {
		return nil, nil
	}
	type holder struct{ RecipientKind, RecipientID string }
	var held []holder
	const each = "recipient_kind, recipient_id"
	err = db.Model(&sealedBlob{}).Where("owner_id = ? AND kind = 'identity'", report).Select(each).Group(each).Order(each).Find(&held).Error
	if err == nil && len(held) == 0 {
		err = db.Model(&originalKey{}).Where("file_id IN "+filesAbout, report, report).Select(each).Group(each).Order(each).Find(&held).Error
	}
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		switch h.RecipientKind {
		case custody.ToUnit:
			unit, err := uuid.Parse(h.RecipientID)
			if err != nil {
				return nil, err
			}
			one, err := d.custody.Present(db, unit, custody.Identity)
			if err != nil {
				return nil, err
			}
			to = append(to, one)
		case custody.ToOffline:
			if outside, is := d.custody.Outside(); is {
				to = append(to, outside)
			}
		}
	}
	return to, nil
}

// NameNotes opens notes in the officer's session, by owner. Whoever calls has checked
// that the officer may read them.
func (d *Desk) NameNotes(db *gorm.DB, by staff.Officer, owners ...uuid.UUID) (map[uuid.UUID]SheetText, error) {
	all := make(map[uuid.UUID]SheetText, len(owners))
	if len(owners) == 0 {
		return all, nil
	}
	for _, owner := range owners {
		all[owner] = SheetText{Kept: Erased}
	}
	var rows []nameNote
	if err := db.Where("owner_id IN ?", owners).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		if all[r.OwnerID].Kept == "" {
			continue
		}
		words, err := d.openNote(db, by, r)
		switch {
		case lockedOut(err):
			all[r.OwnerID] = SheetText{Kept: Locked}
		case err != nil:
			return nil, err
		default:
			all[r.OwnerID] = SheetText{Text: []byte(words)}
		}
	}
	return all, nil
}

// NameNote is NameNotes for one without which nothing can be done. Errors: ErrLocked
// with staff.ErrNoKey, custody.ErrNotMember or ErrOffline; custody.ErrDestroyed.
func (d *Desk) NameNote(db *gorm.DB, by staff.Officer, owner uuid.UUID) (words string, err error) {
	var rows []nameNote
	if err := db.Where("owner_id = ?", owner).Order("recipient_kind DESC, recipient_id").Find(&rows).Error; err != nil {
		return "", err
	}
	err = custody.ErrDestroyed
	for _, r := range rows {
		if words, err = d.openNote(db, by, r); err == nil || !lockedOut(err) {
			return words, err
		}
	}
	if lockedOut(err) {
		err = fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return "", err
}

// lockedOut reports whether an error means that a note is sealed to others.
func lockedOut(err error) bool {
	return errors.Is(err, staff.ErrNoKey) || errors.Is(err, custody.ErrNotMember) || errors.Is(err, staff.ErrForbidden) || errors.Is(err, ErrOffline)
}

// openNote opens one line in the session of whoever holds its key.
func (d *Desk) openNote(db *gorm.DB, by staff.Officer, r nameNote) (string, error) {
	switch r.RecipientKind {
	case custody.ToServer:
		words, err := d.noteBox.Open(r.Sealed, notePlace(r.OwnerID))
		return string(words), err
	case custody.ToOffline:
		return "", ErrOffline
	}
	unit, err := uuid.Parse(r.RecipientID)
	if err != nil {
		return "", err
	}
	plain, err := d.contents.Open(db, by, by.Key, unit, r.Generation, r.Sealed)
	if err != nil {
		return "", err
	}
	var p notePlain
	if err := json.Unmarshal(plain, &p); err != nil {
		return "", err
	}
	if p.Owner != r.OwnerID {
		return "", fmt.Errorf("intake: another note lay with %s: %w", r.OwnerID, seal.ErrForged)
	}
	return p.Words, nil
}

// keepNotesAbove is KeepAbove for notes about a report's name.
func keepNotesAbove(tx *gorm.DB, report uuid.UUID, above []string) error {
	return tx.Where("report_id = ? AND recipient_kind = ? AND recipient_id NOT IN ?", report, custody.ToUnit, above).
		Where("owner_id IN (SELECT owner_id FROM name_note WHERE recipient_kind = ? AND recipient_id IN ?)", custody.ToUnit, above).
		Delete(&nameNote{}).Error
}

// handOverNotes is HandOver for notes about names, all of them.
func (d *Desk) handOverNotes(ctx context.Context) (n int, err error) {
	for after := uuid.Nil; ; {
		did, next, err := d.handOverSomeNotes(ctx, after)
		if n += did; err != nil || next == uuid.Nil {
			return n, err
		}
		after = next
	}
}

func (d *Desk) handOverSomeNotes(ctx context.Context, after uuid.UUID) (n int, next uuid.UUID, err error) {
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		n, next = 0, uuid.Nil
		var rows []nameNote
		err := tx.Where("recipient_kind = ? AND recipient_id = '' AND generation = 1 AND owner_id > ?", custody.ToServer, after).
			Order("owner_id").Limit(resealBatch).Find(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			done, err := d.handOverNote(tx, r)
			if err != nil {
				return err
			}
			if done {
				n++
			}
		}
		if len(rows) == resealBatch {
			next = rows[len(rows)-1].OwnerID
		}
		return nil
	})
	return n, next, err
}

// handOverNote seals one note to those who keep the name; false where the portal still
// does, or when another replica was first.
func (d *Desk) handOverNote(tx *gorm.DB, r nameNote) (bool, error) {
	to, err := d.nameKeepers(tx, r.ReportID)
	if err != nil || len(to) == 0 {
		return false, err
	}
	done := tx.Where("owner_id = ? AND recipient_kind = ?", r.OwnerID, custody.ToServer).Delete(&nameNote{})
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	words, err := d.noteBox.Open(r.Sealed, notePlace(r.OwnerID))
	if err != nil {
		return false, err
	}
	return true, d.putNote(tx, r.ReportID, r.OwnerID, string(words), to...)
}

// notesOlderThan narrows to the notes that lie under earlier keys of an office.
func notesOlderThan(db *gorm.DB, now custody.To) *gorm.DB {
	return db.Model(&nameNote{}).Where("recipient_kind = ? AND recipient_id = ? AND generation < ?", now.Kind, now.ID, now.Generation)
}

// renewNotes is Renew for notes about names.
func (d *Desk) renewNotes(tx *gorm.DB, by staff.Officer, now custody.To) (n int, more bool, err error) {
	var rows []nameNote
	if err := notesOlderThan(tx, now).Order("generation, owner_id").Limit(resealBatch).Find(&rows).Error; err != nil {
		return 0, false, err
	}
	for _, r := range rows {
		words, err := d.openNote(tx, by, r)
		if err != nil {
			return n, false, err
		}
		done := notesOlderThan(tx, now).Where("owner_id = ?", r.OwnerID).Delete(&nameNote{})
		if done.Error != nil {
			return n, false, done.Error
		}
		if done.RowsAffected == 0 {
			continue
		}
		if err := d.putNote(tx, r.ReportID, r.OwnerID, words, now); err != nil {
			return n, false, err
		}
		n++
	}
	return n, len(rows) == resealBatch, nil
}
