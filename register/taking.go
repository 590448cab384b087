package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// How long the file can be taken once somebody agreed, and how many days a request
// waits for an answer.
const (
	takeFor   = 24 * time.Hour
	askedDays = 7
)

// ErrAlone means that nobody else of the office or above could agree.
var ErrAlone = errors.New("register: nobody else could agree")

// TakingState of a request; catalog key taking.<code>.
type TakingState string

// A request is asked, then agreed to or refused; it is over when nobody answered in
// time, or when the time to take the file has run out.
const (
	Asked   TakingState = "asked"
	Agreed  TakingState = "agreed"
	Refused TakingState = "refused"
	Over    TakingState = "over"
)

// takingRow is a request as stored.
type takingRow struct {
	ID      uuid.UUID `gorm:"primaryKey"`
	UnitID  uuid.UUID
	Filter  Filter `gorm:"serializer:json"`
	Query   string
	Why     string
	AskedBy uuid.UUID
	AskedAt time.Time
	State   TakingState
	RuledBy *uuid.UUID
	RuledAt *time.Time
	Until   *time.Time
}

func (takingRow) TableName() string { return "register_export" }

// stand is the state of a request at an instant.
func (r takingRow) stand(now time.Time) TakingState {
	waited := r.State == Asked && !r.AskedAt.After(now.AddDate(0, 0, -askedDays))
	if waited || r.State == Agreed && !r.Until.After(now) {
		return Over
	}
	return r.State
}

// Taking is a request to take the register along, as those see it who ask and who
// agree.
type Taking struct {
	ID       uuid.UUID
	Query    string // the filter as the page calls it
	Why      string
	State    TakingState
	Own      bool
	AskedBy  string
	UnitName string // of who asked
	AskedAt  time.Time
	RuledBy  string
	Until    time.Time // while agreed
}

// AskToTake asks somebody else of the office, or of one above, to agree that the
// officer takes along the lines of the register that fit (staff.ReadRegister). query
// is the filter as the page calls it, at most 500 bytes; why has 4 to 200
// characters. Errors: *step.Invalid (why), ErrAlone, step.ErrState (asked already).
func (b *Book) AskToTake(ctx context.Context, by staff.Officer, f Filter, query, why string) error {
	if err := by.Require(staff.ReadRegister); err != nil {
		return err
	}
	var form step.Form
	why = form.Text("why", why, 4, 200, "taking_why")
	form.Require(len(query) <= 500, "why", "taking_filter")
	if err := form.Err(); err != nil {
		return err
	}
	others, err := b.Staff.ColleaguesWith(ctx, b.Atlas.Above(by.UnitID), staff.ReadRegister)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(others, func(o staff.Officer) bool { return o.ID != by.ID }) {
		return ErrAlone
	}
	row := takingRow{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, Filter: f, Query: query, Why: why, AskedBy: by.ID, AskedAt: b.Store.Now(), State: Asked}
	err = b.Store.Transact(ctx, func(tx *gorm.DB) error {
		// What nobody answered makes room for the same question.
		old := tx.Model(&takingRow{}).Where("asked_by = ? AND query = ? AND state = ? AND asked_at <= ?", by.ID, query, Asked, row.AskedAt.AddDate(0, 0, -askedDays))
		if err := old.Update("state", Over).Error; err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfPortal, row.ID, "register_asked", by.Actor(), row.AskedAt, nil)
	})
	if store.IsDuplicate(err) {
		return step.ErrState
	}
	return err
}

// RuleTaking agrees that somebody takes the register along, or refuses: anybody
// else with staff.ReadRegister of the same office or one above. Of two who rule at
// once one is told to look again. Errors: store.ErrNotFound, step.ErrSamePerson,
// step.ErrState.
func (b *Book) RuleTaking(ctx context.Context, by staff.Officer, id uuid.UUID, agree bool) error {
	if err := by.Require(staff.ReadRegister); err != nil {
		return err
	}
	return step.Again(func() error {
		return b.Store.Transact(ctx, func(tx *gorm.DB) error { return b.ruleTaking(tx, by, id, agree) })
	})
}

func (b *Book) ruleTaking(tx *gorm.DB, by staff.Officer, id uuid.UUID, agree bool) error {
	var row takingRow
	if err := store.One(tx.Where("id = ? AND unit_id IN ?", id, b.Atlas.Subtree(by.UnitID)), &row); err != nil {
		return err
	}
	if row.AskedBy == by.ID {
		return step.ErrSamePerson
	}
	now := b.Store.Now()
	set, event := map[string]any{"state": Refused, "ruled_by": by.ID, "ruled_at": now}, "register_refused"
	if agree {
		set["state"], set["until"], event = Agreed, now.Add(takeFor), "register_agreed"
	}
	done := tx.Model(&takingRow{}).Where("id = ? AND state = ? AND asked_at > ?", id, Asked, now.AddDate(0, 0, -askedDays)).Updates(set)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return step.ErrState
	}
	return ledger.Append(tx, ledger.OfPortal, id, event, by.Actor(), now, nil)
}

// Takings lists the requests of others that wait for the officer, oldest first, at
// most 50, and the officer's own of the last days, newest first, at most 20.
func (b *Book) Takings(ctx context.Context, by staff.Officer) (waiting, own []Taking, err error) {
	if err := by.Require(staff.ReadRegister); err != nil {
		return nil, nil, err
	}
	since := b.Store.Now().AddDate(0, 0, -askedDays)
	waiting, err = b.takings(ctx, by, func(db *gorm.DB) *gorm.DB {
		return db.Where("register_export.state = ? AND register_export.unit_id IN ? AND register_export.asked_at > ? AND register_export.asked_by <> ?",
			Asked, b.Atlas.Subtree(by.UnitID), since, by.ID).Order("register_export.asked_at, register_export.id").Limit(50)
	})
	if err != nil {
		return nil, nil, err
	}
	own, err = b.takings(ctx, by, func(db *gorm.DB) *gorm.DB {
		return db.Where("register_export.asked_by = ? AND register_export.asked_at > ?", by.ID, since).Order("register_export.asked_at DESC, register_export.id DESC").Limit(20)
	})
	return waiting, own, err
}

func (b *Book) takings(ctx context.Context, by staff.Officer, which func(*gorm.DB) *gorm.DB) ([]Taking, error) {
	var rows []struct {
		R            takingRow `gorm:"embedded"`
		Asker, Ruler string
	}
	err := which(b.Store.Read(ctx).Table("register_export")).
		Joins("JOIN account asker ON asker.id = register_export.asked_by").Joins("LEFT JOIN account ruler ON ruler.id = register_export.ruled_by").
		Select("register_export.*, asker.name AS asker, COALESCE(ruler.name, '') AS ruler").Scan(&rows).Error
	all := make([]Taking, len(rows))
	for i, r := range rows {
		all[i] = Taking{ID: r.R.ID, Query: r.R.Query, Why: r.R.Why, State: r.R.stand(b.Store.Now()), Own: r.R.AskedBy == by.ID,
			AskedBy: r.Asker, UnitName: b.unitName(r.R.UnitID), AskedAt: r.R.AskedAt.UTC(), RuledBy: r.Ruler}
		if r.R.Until != nil {
			all[i].Until = r.R.Until.UTC()
		}
	}
	return all, err
}

// agreed is what the officer asked for and somebody else agreed to, as long as it
// can be taken and the officer sits where they asked. Errors: store.ErrNotFound,
// step.ErrState.
func (b *Book) agreed(ctx context.Context, by staff.Officer, id uuid.UUID) (row takingRow, err error) {
	if err := store.One(b.Store.Read(ctx).Where("id = ? AND asked_by = ?", id, by.ID), &row); err != nil {
		return row, err
	}
	if row.stand(b.Store.Now()) != Agreed || row.UnitID != by.UnitID {
		return row, step.ErrState
	}
	return row, nil
}
