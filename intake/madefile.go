package intake

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// KeepFileKey hands the key of a file that an office made about a report to those who
// would read a sheet (WriteSheet), in the caller's transaction; OpenFile opens it. The
// key goes along with the report's words from then on.
func (d *Desk) KeepFileKey(tx *gorm.DB, report uuid.UUID, office *uuid.UUID, file uuid.UUID, key []byte) error {
	to, err := d.Keepers(tx, report, office)
	if err != nil {
		return err
	}
	rows, err := d.contents.ContentKeys(file, key, to)
	if err != nil {
		return err
	}
	if err := tx.Create(&sheetRow{ID: file, ReportID: report, KeptUnitID: office}).Error; err != nil {
		return err
	}
	return d.store.InsertInto(tx, rows...)
}

// ReportOfCase is the report that a complaint is part of. Whoever calls has been asked, or
// has asked, whether the complaint may be seen. Errors: store.ErrNotFound.
func (d *Desk) ReportOfCase(db *gorm.DB, complaint uuid.UUID) (uuid.UUID, error) {
	var c Complaint
	err := store.One(db.Select("report_id").Where("id = ?", complaint), &c)
	return c.ReportID, err
}
