package paper

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Next takes the next document number of an office, series and year. It belongs
// to the transaction: one that fails gives its number back, and others wait for
// it, so that none repeats and there are no gaps.
func Next(tx *gorm.DB, unit uuid.UUID, series string, year int) (int, error) {
	var n int
	err := tx.Raw(`INSERT INTO doc_number (unit_id, series, year, last) VALUES (?, ?, ?, 1)
		ON CONFLICT (unit_id, series, year) DO UPDATE SET last = doc_number.last + 1
		RETURNING last`, unit, series, year).Scan(&n).Error
	if err == nil && n < 1 {
		err = fmt.Errorf("paper: no number from series %s", series)
	}
	return n, err
}

// Number writes a number as it stands on paper: 盘督〔2026〕12号, or with the word
// of a series 盘督交〔2026〕12号; with the brackets that document numbers have
// (U+3014, U+3015).
func Number(mark, word string, year, n int) string {
	return fmt.Sprintf("%s%s〔%d〕%d号", mark, word, year, n)
}
