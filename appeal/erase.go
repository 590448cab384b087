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
		empty := d.box.Shut(nil, "rating:"+r.place())
		if err := tx.Model(&ratingRow{}).Where("complaint_id = ? AND letter_n = ?", r.ComplaintID, r.LetterN).Update("words_sealed", empty).Error; err != nil {
			return err
		}
	}
	var calls []callRow
	if err := tx.Where("complaint_id IN ?", complaints).Find(&calls).Error; err != nil {
		return err
	}
	for _, c := range calls {
		if err := tx.Model(&callRow{}).Where("id = ?", c.ID).Update("words_sealed", d.shut("callback", c.ID, "")).Error; err != nil {
			return err
		}
	}
	return nil
}
