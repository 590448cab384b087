package transparency

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
)

// erasure tells which event lost its opening.
type erasure struct {
	EventID    uuid.UUID `gorm:"primaryKey"`
	Commitment []byte
	ErasedAt   time.Time
}

// TableName is log_erasure.
func (erasure) TableName() string { return "log_erasure" }

// Erase destroys what opens the commitments of events, in the caller's
// transaction: their leaves stay in the log and say nothing any more, to nobody.
// Who may decide that, and the event that tells of it, is the caller's. An event
// that does not exist is store.ErrNotFound; one that is erased stays so.
func Erase(tx *gorm.DB, at time.Time, events ...uuid.UUID) error {
	for _, id := range events {
		var e ledger.Event
		if err := store.One(tx.Where("id = ?", id), &e); err != nil {
			return err
		}
		if e.Nonce == nil {
			continue
		}
		if err := tx.Create(&erasure{e.ID, e.Commitment, at}).Error; err != nil {
			return fmt.Errorf("transparency: %w", err)
		}
		if err := tx.Model(&ledger.Event{}).Where("id = ?", id).Update("nonce", nil).Error; err != nil {
			return fmt.Errorf("transparency: %w", err)
		}
	}
	return nil
}
