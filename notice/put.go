package notice

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Put stores a notice as it is, or over the one with the same id, and moves the
// stamp in the same commit. It asks nobody and checks nothing: it serves the
// demo and load data, which tell of the past. People write at the Desk.
func (b *Board) Put(ctx context.Context, n Notice) (Notice, error) {
	if n.ID == uuid.Nil {
		n.ID = uuid.Must(uuid.NewV7())
	}
	if n.CreatedAt.IsZero() {
		n.CreatedAt = b.store.Now()
	}
	if n.Year == 0 && n.StartsOn != "" {
		n.Year = n.StartsOn.Year()
	}
	if n.Fields == nil {
		n.Fields = map[string]string{}
	}
	n.Version++
	err := b.store.Transact(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}).Create(&n).Error; err != nil {
			return err
		}
		return Touch(tx)
	})
	if err != nil {
		return Notice{}, fmt.Errorf("notice: put: %w", err)
	}
	return n, nil
}

// Touch moves the stamp inside the caller's transaction.
func Touch(tx *gorm.DB) error {
	return tx.Exec("UPDATE page_stamp SET n = n + 1 WHERE topic = 'notices'").Error
}
