package docket

import (
	"gorm.io/gorm"

	"minsheng/staff"
)

// strikeOff takes off the ledger an item that lacks nothing any more.
func (d *Desk) strikeOff(tx *gorm.DB, by staff.Officer, i *Item) error {
	if err := d.end(tx, i); err != nil {
		return err
	}
	behind, err := behind(tx, i.ID)
	if err != nil {
		return err
	}
	return d.tellBoth(tx, by, i, behind, "struck_off", "item_struck_off")
}

// missing lists what striking an item off still lacks (DOMAIN §8.2): an
// accepted report, evidence with it, and an answer to everybody who reported.
func (d *Desk) missing(db *gorm.DB, i Item) ([]string, error) {
	if i.State == Docketed || i.State == Cancelled {
		return nil, nil
	}
	var lacks []string
	if i.State != Reviewed && i.State != StruckOff {
		lacks = append(lacks, "report")
	}
	var files int64
	err := db.Table("evidence_file").Where(`owner_kind = 'item_note' AND owner_id IN
		(SELECT id FROM item_note WHERE item_id = ? AND kind IN ('progress', 'report'))`, i.ID).Count(&files).Error
	if err != nil {
		return nil, err
	}
	if files == 0 {
		lacks = append(lacks, "evidence")
	}
	behind, err := behind(db, i.ID)
	if err != nil {
		return nil, err
	}
	unanswered, err := d.Triage.Unanswered(db, behind...)
	if unanswered > 0 {
		lacks = append(lacks, "answer")
	}
	return lacks, err
}
