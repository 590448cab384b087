package intake

import (
	"bytes"
	"crypto/rand"
	"maps"

	"github.com/google/uuid"
	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/staff"
)

// What an office tells a reporter about a matter that is sealed to offices is sealed to
// the receipt too: whoever holds it reads it, and the portal does not once the page is
// gone.

// passKey opens what was sealed to one receipt; the zero passKey opens nothing.
type passKey struct{ secret *[32]byte }

// passOf makes the key of a receipt. The portal can make it only while it has the
// digits.
func (d *Desk) passOf(digits string) passKey {
	return passKey{(*[32]byte)(d.keys.MAC("receipt-key", []byte(digits)))}
}

// recipient is the public half.
func (p passKey) recipient() []byte {
	public, err := curve25519.X25519(p.secret[:], curve25519.Basepoint)
	if err != nil {
		panic(err) // no key gives the point at infinity
	}
	return public
}

// toldKey is the key of a message or letter, sealed to a receipt.
type toldKey struct {
	OwnerID  uuid.UUID `gorm:"primaryKey"`
	ReportID uuid.UUID `gorm:"primaryKey"`
	Sealed   []byte
}

// TableName is told_key.
func (toldKey) TableName() string { return "told_key" }

// sealTold seals the key of what was told to a receipt, together with what it opens.
func sealTold(report Report, owner uuid.UUID, key []byte) (*toldKey, error) {
	sealed, err := box.SealAnonymous(nil, append(owner[:], key...), (*[32]byte)(report.ReceiptKey), rand.Reader)
	return &toldKey{owner, report.ID, sealed}, err
}

// open returns the key; false when it is not this receipt's, or not of what it stands
// beside.
func (t toldKey) open(pass passKey) (key []byte, opens bool) {
	plain, opens := box.OpenAnonymous(nil, t.Sealed, (*[32]byte)(pass.recipient()), pass.secret)
	if !opens || !bytes.HasPrefix(plain, t.OwnerID[:]) {
		return nil, false
	}
	return plain[len(t.OwnerID):], true
}

// hearers are those of some reports whose receipts something can be sealed to; all
// tells whether every one of them is among them. Receipts from before there were keys
// have none.
func hearers(tx *gorm.DB, reports ...uuid.UUID) (some []Report, all bool, err error) {
	err = tx.Select("id", "receipt_key").Where("id IN ? AND receipt_key IS NOT NULL", reports).Order("id").Find(&some).Error
	return some, len(some) == len(reports), err
}

// tell seals the keys of what was told to the receipts of who reads it.
func (d *Desk) tell(tx *gorm.DB, to []Report, owner uuid.UUID, key []byte) error {
	for _, report := range to {
		row, err := sealTold(report, owner, key)
		if err != nil {
			return err
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
			return err
		}
	}
	return nil
}

// tellOfBefore seals to their receipts what was told while the portal itself kept it,
// before it is sealed to offices.
func (d *Desk) tellOfBefore(tx *gorm.DB, report uuid.UUID) error {
	var messages []uuid.UUID
	if err := tx.Model(&messageRow{}).Where("report_id = ? AND keyed", report).Pluck("id", &messages).Error; err != nil {
		return err
	}
	if err := d.show(tx, staff.Officer{}, []uuid.UUID{report}, messages...); err != nil {
		return err
	}
	var letters []letterRow
	err := tx.Select("id", "complaint_id").Where("words_sealed IS NOT NULL AND complaint_id IN (SELECT id FROM complaint WHERE report_id = ?)", report).Find(&letters).Error
	if err != nil {
		return err
	}
	for _, l := range letters {
		readers, err := reportsUnder(tx, l.ComplaintID)
		if err != nil {
			return err
		}
		if err := d.show(tx, staff.Officer{}, readers, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// show seals the keys of messages or letters to the receipts of reports as far as the
// officer's session opens them.
func (d *Desk) show(tx *gorm.DB, by staff.Officer, reports []uuid.UUID, owners ...uuid.UUID) error {
	keys, err := d.contents.Contents(tx, by, owners...)
	if err != nil {
		return err
	}
	maps.DeleteFunc(keys, func(_ uuid.UUID, c custody.Content) bool { return c.Err != nil })
	if len(keys) == 0 {
		return nil
	}
	to, _, err := hearers(tx, reports...)
	if err != nil {
		return err
	}
	for owner, c := range keys {
		if err := d.tell(tx, to, owner, c.Key); err != nil {
			return err
		}
	}
	return nil
}

// reportsUnder are the reports that are handled as one complaint: its own, and those
// of what was merged into it.
func reportsUnder(db *gorm.DB, complaint uuid.UUID) (all []uuid.UUID, err error) {
	err = db.Model(&Complaint{}).Where("id = ? OR merged_into = ? AND state = ?", complaint, complaint, Merged).
		Distinct().Order("report_id").Pluck("report_id", &all).Error
	return all, err
}

// underReceipt adds to keys those that a receipt opens and that nobody's session did. A
// key that was exchanged opens nothing: the rest of the page is shown all the same.
func underReceipt(db *gorm.DB, report uuid.UUID, pass passKey, keys map[uuid.UUID]custody.Content) error {
	var locked []uuid.UUID
	for owner, c := range keys {
		if c.Err != nil {
			locked = append(locked, owner)
		}
	}
	if pass.secret == nil || len(locked) == 0 {
		return nil
	}
	var rows []toldKey
	if err := db.Where("report_id = ? AND owner_id IN ?", report, locked).Find(&rows).Error; err != nil {
		return err
	}
	for _, t := range rows {
		if key, opens := t.open(pass); opens {
			keys[t.OwnerID] = custody.Content{Key: key}
		}
	}
	return nil
}

// keepersOfTold are those to whom something that a reporter is told is sealed: who
// works on the desk of the part that it is about, or reads the words of the report where
// it is about no part; nobody where the words, and those of the report that it was
// merged into, lie with the portal, and where the receipt has no key of its own.
func (d *Desk) keepersOfTold(tx *gorm.DB, m messageRow) ([]custody.To, error) {
	if _, all, err := hearers(tx, m.ReportID); err != nil || !all {
		return nil, err
	}
	if m.ComplaintID == nil {
		return d.Keepers(tx, m.ReportID, m.KeptUnitID)
	}
	var c Complaint
	if err := store.One(tx.Where("id = ?", *m.ComplaintID), &c); err != nil {
		return nil, err
	}
	office := m.KeptUnitID
	if office == nil {
		office = &c.DeskUnitID
	}
	to, err := d.Keepers(tx, m.ReportID, office)
	if err != nil || len(to) > 0 || c.State != Merged {
		return to, err
	}
	lead, err := leadOf(tx, c)
	if err != nil {
		return nil, err
	}
	return d.Keepers(tx, lead.ReportID, office)
}
