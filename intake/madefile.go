package intake

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// KeepFileKey hands the key of a file that an office made about a complaint to those
// who would read a sheet (WriteAbout), in the caller's transaction; OpenFile opens it.
func (d *Desk) KeepFileKey(tx *gorm.DB, c Complaint, office *uuid.UUID, file uuid.UUID, key []byte) error {
	s, to, err := d.sheetAbout(tx, c, office, file)
	if err != nil {
		return err
	}
	rows, err := d.contents.ContentKeys(file, key, to)
	if err != nil {
		return err
	}
	if err := tx.Create(&s).Error; err != nil {
		return err
	}
	return d.store.InsertInto(tx, rows...)
}

// CaseOf is a complaint by its id. Whoever calls has been asked, or has asked, whether it
// may be seen. Errors: store.ErrNotFound.
func (d *Desk) CaseOf(db *gorm.DB, complaint uuid.UUID) (c Complaint, err error) {
	return c, store.One(db.Where("id = ?", complaint), &c)
}
