package appeal

import (
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Erase destroys what reporters said of answers, and what officers wrote down of
// calls to them, of some complaints, in the caller's transaction. The results stay.
func (d *Desk) Erase(tx *gorm.DB, complaints []uuid.UUID) error {
	var ratings []ratingRow
	if err := tx.Where("complaint_id IN ?", complaints).Find(&ratings).Error; err != nil {
		return err
	}
	for _, r := range ratings {
		if err := d.destroy(tx, d.said(r), tx.Model(&ratingRow{}).Where("complaint_id = ? AND letter_n = ?", r.ComplaintID, r.LetterN)); err != nil {
			return err
		}
	}
	var calls []callRow
	if err := tx.Where("complaint_id IN ?", complaints).Find(&calls).Error; err != nil {
		return err
	}
	for _, c := range calls {
		if err := d.destroy(tx, d.sheet("callback", c.ID, c.WordsSealed), tx.Model(&callRow{}).Where("id = ?", c.ID)); err != nil {
			return err
		}
	}
	return nil
}
