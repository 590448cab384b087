package appeal

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
)

// shut seals words for a row of a table in the caller's transaction: to whoever
// works on a case, or to an office and those above it alone. Of no words there is
// nothing to seal.
func (d *Desk) shut(tx *gorm.DB, c intake.Complaint, office *uuid.UUID, table string, id uuid.UUID, words string) ([]byte, error) {
	if words == "" {
		return []byte{}, nil
	}
	return d.Intake.WriteAbout(tx, c, office, id, place(table, id), []byte(words))
}

// sheet is what shut sealed, or what lies under the portal's own key from before.
func (d *Desk) sheet(table string, id uuid.UUID, sealed []byte) intake.Sheet {
	return intake.Sheet{ID: id, Place: place(table, id), Sealed: sealed, Before: d.box}
}

// place binds words to their row.
func place(table string, id uuid.UUID) string { return table + ":" + id.String() }

// destroy destroys the key of a sheet. What was written before sheets had keys is
// emptied itself, in the row that a query finds.
func (d *Desk) destroy(tx *gorm.DB, s intake.Sheet, row *gorm.DB) error {
	if s.Keyed() {
		return intake.EraseSheets(tx, s.ID)
	}
	return row.Update("words_sealed", []byte{}).Error
}
