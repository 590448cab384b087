package evidence

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// leaving is a blob that goes as soon as what destroyed its file is committed.
type leaving struct {
	Name string `gorm:"primaryKey"`
	At   time.Time
}

func (leaving) TableName() string { return "blob_leaving" }

// Destroy takes the content, the names, and what the portal has of the keys of files
// from their owners, in the caller's transaction: the rows stay, with size and hash,
// and nothing opens. It returns the files' ids. The blobs go with Clear, once the
// transaction is committed.
func (s *Shelf) Destroy(tx *gorm.DB, ownerKind string, owners ...uuid.UUID) (files []uuid.UUID, err error) {
	var rows []row
	if len(owners) > 0 {
		err = tx.Where("owner_kind = ? AND owner_id IN ? AND original <> ''", ownerKind, owners).Find(&rows).Error
	}
	for _, r := range rows {
		for _, name := range []string{r.Original, r.Derivative} {
			if name == "" {
				continue
			}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&leaving{name, s.store.Now()}).Error; err != nil {
				return nil, fmt.Errorf("evidence: %w", err)
			}
		}
		set := map[string]any{"original": "", "derivative": "", "name_sealed": s.names.Shut(nil, namePlace(r.ID)), "key_sealed": nil, "original_key_sealed": nil}
		if err := tx.Model(&row{}).Where("id = ?", r.ID).Updates(set).Error; err != nil {
			return nil, fmt.Errorf("evidence: %w", err)
		}
		files = append(files, r.ID)
	}
	if err != nil {
		return nil, err
	}
	return files, s.destroyCopies(tx, files)
}

// mostLeaving is how many blobs Clear removes at once.
const mostLeaving = 500

// Clear removes the blobs of destroyed files, at most 500 at a time.
func (s *Shelf) Clear(ctx context.Context) error {
	var rows []leaving
	if err := s.store.Read(ctx).Order("at, name").Limit(mostLeaving).Find(&rows).Error; err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	for _, r := range rows {
		if err := s.blobs.Remove(ctx, r.Name); err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
		if err := s.store.Read(ctx).Where("name = ?", r.Name).Delete(&leaving{}).Error; err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
	}
	return nil
}
