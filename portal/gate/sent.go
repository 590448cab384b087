package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"minsheng/internal/store"
)

// How long a form that was sent is remembered, how long the same form waits for
// the first to be done, and after how long that one counts as dead.
const (
	sentLife    = 24 * time.Hour
	sentWait    = 5 * time.Second
	sentDead    = time.Minute
	sentLooksIn = 100 * time.Millisecond
)

// ErrUnderWay means that the same form is still being worked on.
var ErrUnderWay = errors.New("gate: the same form is being worked on")

// sentRow is a form that was sent.
type sentRow struct {
	ID      []byte `gorm:"primaryKey"`
	LeadsTo string
	At      time.Time
}

// TableName is sent_form.
func (sentRow) TableName() string { return "sent_form" }

// Sent makes a form that is sent twice do its work once, on whichever replica.
type Sent struct{ store *store.Store }

// NewSent returns forms kept in s.
func NewSent(s *store.Store) *Sent { return &Sent{s} }

// Begin claims a form, named by a hash of all it is. A form that was done before
// returns where it led. One that is being done at this moment is waited for, five
// seconds at most: ErrUnderWay. Whoever gets "" does the work, then calls Done or
// Failed.
func (s *Sent) Begin(ctx context.Context, id []byte) (leadsTo string, err error) {
	for end := time.Now().Add(sentWait); ; {
		mine, err := s.claim(ctx, id)
		if err != nil || mine {
			return "", err
		}
		var row sentRow
		err = store.One(s.store.Read(ctx).Where("id = ?", id), &row)
		switch {
		case err == nil && row.LeadsTo != "":
			return row.LeadsTo, nil
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return "", err
		case time.Now().After(end):
			return "", ErrUnderWay
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(sentLooksIn):
		}
	}
}

// claim takes a form that nobody has, or that its portal died over.
func (s *Sent) claim(ctx context.Context, id []byte) (bool, error) {
	now := s.store.Now()
	made := s.store.Read(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&sentRow{ID: id, At: now})
	if made.Error != nil || made.RowsAffected == 1 {
		return made.RowsAffected == 1, made.Error
	}
	left := s.store.Read(ctx).Model(&sentRow{}).Where("id = ? AND leads_to = '' AND at <= ?", id, now.Add(-sentDead)).Update("at", now)
	return left.RowsAffected == 1, left.Error
}

// Done remembers where a form led.
func (s *Sent) Done(ctx context.Context, id []byte, leadsTo string) error {
	return s.store.Read(ctx).Model(&sentRow{}).Where("id = ?", id).Update("leads_to", leadsTo).Error
}

// Failed lets the same form be sent again.
func (s *Sent) Failed(ctx context.Context, id []byte) error {
	return s.store.Read(ctx).Where("id = ? AND leads_to = ''", id).Delete(&sentRow{}).Error
}

// Sweep forgets forms that were sent a day ago.
func (s *Sent) Sweep(ctx context.Context) error {
	if err := s.store.Read(ctx).Where("at <= ?", s.store.Now().Add(-sentLife)).Delete(&sentRow{}).Error; err != nil {
		return fmt.Errorf("gate: sweep forms: %w", err)
	}
	return nil
}
