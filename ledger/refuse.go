package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Refused is the kind of event that an attempt leaves on what somebody may not
// know of.
const Refused = "refused"

// Refuse records that somebody asked for something that does not exist for them,
// whether it exists or not: whoever waits for the answer must not be able to tell
// from it which of the two it was. One person leaves at most one such event for a
// thing and hour. It must not be called inside a transaction.
func Refuse(ctx context.Context, s *store.Store, subject Subject, id uuid.UUID, by Actor, body map[string]string) error {
	var err error
	for range 20 { // a page can ask for several things at once
		err = s.Transact(ctx, func(tx *gorm.DB) error {
			var lately int64
			err := tx.Model(&Event{}).Where("subject_kind = ? AND subject_id = ?", subject, id).
				Where("kind = ? AND actor_id = ? AND at > ?", Refused, by.ID, s.Now().Add(-time.Hour)).Count(&lately).Error
			if err != nil || lately > 0 {
				return err
			}
			return Append(tx, subject, id, Refused, by, s.Now(), body)
		})
		if !store.IsDuplicate(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// RefusedBefore lists refused attempts newest first, at most 200, before the
// cursor (an event id, or uuid.Nil for the start).
func RefusedBefore(ctx context.Context, s *store.Store, before uuid.UUID) ([]Event, error) {
	query := s.Read(ctx).Where("kind = ?", Refused).Order("at DESC, id DESC").Limit(200)
	if before != uuid.Nil {
		var cursor Event
		if err := store.One(s.Read(ctx).Where("id = ?", before), &cursor); err != nil {
			return nil, err
		}
		query = query.Where("(at, id) < (?, ?)", cursor.At.UTC(), cursor.ID)
	}
	var events []Event
	err := query.Find(&events).Error
	return events, utc(events, err)
}
