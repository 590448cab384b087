package triage

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/staff"
)

// What of a case somebody was shown (catalog key look.<code>).
const (
	SawPage = "page" // the case with the reporter's words
	SawFile = "file"
	SawName = "name"   // who the reporter is
	SawItem = "item"   // through what came of it
	Took    = "export" // in a list that was taken along
	Printed = "print"  // on a paper
)

// Look is that an officer was shown something of a case, once for each hour and
// kind of thing. Names are copied, so that it outlives the account. It can be
// neither changed nor deleted.
type Look struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"`
	AccountID   uuid.UUID `gorm:"primaryKey"`
	Hour        time.Time `gorm:"primaryKey"`
	What        string    `gorm:"primaryKey"`
	Name        string
	Role        string
	UnitID      uuid.UUID // where they sat then
	UnitName    string
	At          time.Time // first time in that hour
}

// TableName is look.
func (Look) TableName() string { return "look" }

// Looked records what an officer is about to be shown of a case; whoever shows
// it calls this first. A second look within the hour costs one read.
func (q *Queue) Looked(ctx context.Context, by staff.Officer, complaint uuid.UUID, what string) error {
	l := q.lookOf(by, complaint, what)
	var known int64
	err := q.store.Read(ctx).Model(&Look{}).
		Where("complaint_id = ? AND account_id = ? AND hour = ? AND what = ?", l.ComplaintID, l.AccountID, l.Hour, l.What).Count(&known).Error
	if err != nil || known > 0 {
		return err
	}
	return q.store.Transact(ctx, func(tx *gorm.DB) error { return keepLook(tx, l) })
}

// LookedAll is Looked at many cases at once, which a list shows or takes along.
func (q *Queue) LookedAll(ctx context.Context, by staff.Officer, complaints []uuid.UUID, what string) error {
	const most = 500
	for len(complaints) > 0 {
		n := min(most, len(complaints))
		looks := make([]Look, n)
		for i, id := range complaints[:n] {
			looks[i] = q.lookOf(by, id, what)
		}
		err := q.store.Transact(ctx, func(tx *gorm.DB) error {
			return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&looks).Error
		})
		if err != nil {
			return err
		}
		complaints = complaints[n:]
	}
	return nil
}

// looked is Looked inside a transaction.
func (q *Queue) looked(tx *gorm.DB, by staff.Officer, complaint uuid.UUID, what string) error {
	return keepLook(tx, q.lookOf(by, complaint, what))
}

func (q *Queue) lookOf(by staff.Officer, complaint uuid.UUID, what string) Look {
	actor, now := by.Actor(), q.store.Now()
	return Look{
		ComplaintID: complaint, AccountID: by.ID, Hour: now.Truncate(time.Hour), What: what,
		Name: by.Name, Role: actor.Role, UnitID: by.UnitID, UnitName: by.UnitName, At: now,
	}
}

func keepLook(tx *gorm.DB, l Look) error {
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&l).Error
}
