package notice

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/roll"
)

// backing is what the desk keeps beside a notice.
type backing struct {
	NoticeID    uuid.UUID   `gorm:"primaryKey"`
	RollVersion int         // of the rows as handed in
	Edits       []roll.Edit `gorm:"serializer:json"` // of a published roll, until approval
	Mismatch    string      // why amounts that do not add up may stand
}

// TableName is notice_backing.
func (backing) TableName() string { return "notice_backing" }

func backingOf(db *gorm.DB, id uuid.UUID) (backing, error) {
	var b backing
	err := store.One(db.Where("notice_id = ?", id), &b)
	if errors.Is(err, store.ErrNotFound) {
		return backing{NoticeID: id}, nil
	}
	return b, err
}

// keep stores it over the one that stands.
func (b backing) keep(tx *gorm.DB) error {
	if b.Edits == nil {
		b.Edits = []roll.Edit{}
	}
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "notice_id"}}, UpdateAll: true}).Create(&b).Error
}
