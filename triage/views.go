package triage

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Limits of what an officer or an office keeps.
const (
	maxViews     = 30
	maxReplies   = 100
	maxName      = 30   // characters of a view's or reply's name
	maxViewQuery = 1000 // bytes
	maxReply     = 1000 // characters
)

// Views lists the filters that the officer keeps, by name.
func (q *Queue) Views(ctx context.Context, by staff.Officer) ([]View, error) {
	var views []View
	err := q.store.Read(ctx).Table("saved_view").Where("account_id = ?", by.ID).
		Order("name").Limit(maxViews).Find(&views).Error
	return views, err
}

// SaveView keeps a filter under a name of 1 to 30 characters; the same name
// again replaces it. query is what stands after the ? in the address, at most
// 1000 bytes. More than 30 views are refused: *intake.Invalid on "name".
func (q *Queue) SaveView(ctx context.Context, by staff.Officer, name, query string) error {
	name = strings.TrimSpace(name)
	query = strings.TrimPrefix(query, "?")
	if err := within("name", name, 1, maxName, "view_name"); err != nil {
		return err
	}
	if len(query) > maxViewQuery {
		return bad("name", "view_query")
	}
	return q.inscribe(ctx, func(tx *gorm.DB) error {
		var others int64
		err := tx.Table("saved_view").Where("account_id = ? AND name <> ?", by.ID, name).Count(&others).Error
		if err != nil {
			return err
		}
		if others >= maxViews {
			return bad("name", "view_many")
		}
		row := viewRow{ID: uuid.Must(uuid.NewV7()), AccountID: by.ID, Name: name, Query: query}
		if err := tx.Clauses(replacing("query", "account_id", "name")).Create(&row).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfAccount, by.ID, "view_saved", by.Actor(), q.store.Now(), nil)
	})
}

// DropView forgets one of the officer's own views; store.ErrNotFound for any
// other.
func (q *Queue) DropView(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	return q.inscribe(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("DELETE FROM saved_view WHERE id = ? AND account_id = ?", id, by.ID)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return store.ErrNotFound
		}
		return ledger.Append(tx, ledger.OfAccount, by.ID, "view_dropped", by.Actor(), q.store.Now(), nil)
	})
}

// SavedReplies lists the texts that the officer's office uses often, by title.
// It needs staff.WorkCases.
func (q *Queue) SavedReplies(ctx context.Context, by staff.Officer) ([]SavedReply, error) {
	if err := by.Require(staff.WorkCases); err != nil {
		return nil, err
	}
	var replies []SavedReply
	err := q.store.Read(ctx).Table("saved_reply").Where("unit_id = ?", by.UnitID).
		Order("title").Limit(maxReplies).Find(&replies).Error
	return replies, err
}

// SaveReply keeps a text of at most 1000 characters for the whole office under
// a title of 1 to 30; the same title again replaces it. It needs
// staff.WorkCases. Errors: *intake.Invalid on "title" or "body".
func (q *Queue) SaveReply(ctx context.Context, by staff.Officer, title, body string) error {
	if err := by.Require(staff.WorkCases); err != nil {
		return err
	}
	title, body = strings.TrimSpace(title), strings.TrimSpace(body)
	problems := form{}
	problems.check(within("title", title, 1, maxName, "reply_title"))
	problems.check(within("body", body, 1, maxReply, "reply_body"))
	if err := problems.err(); err != nil {
		return err
	}
	return q.inscribe(ctx, func(tx *gorm.DB) error {
		var others int64
		err := tx.Table("saved_reply").Where("unit_id = ? AND title <> ?", by.UnitID, title).Count(&others).Error
		if err != nil {
			return err
		}
		if others >= maxReplies {
			return bad("title", "reply_many")
		}
		row := replyRow{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, Title: title, Body: body}
		if err := tx.Clauses(replacing("body", "unit_id", "title")).Create(&row).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfUnit, by.UnitID, "reply_saved", by.Actor(), q.store.Now(), nil)
	})
}

type viewRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	AccountID uuid.UUID
	Name      string
	Query     string
}

func (viewRow) TableName() string { return "saved_view" }

type replyRow struct {
	ID     uuid.UUID `gorm:"primaryKey"`
	UnitID uuid.UUID
	Title  string
	Body   string
}

func (replyRow) TableName() string { return "saved_reply" }

// replacing makes a Create write over the value of the row that already has
// the same key.
func replacing(value string, key ...string) clause.OnConflict {
	columns := make([]clause.Column, 0, len(key))
	for _, name := range key {
		columns = append(columns, clause.Column{Name: name})
	}
	return clause.OnConflict{Columns: columns, DoUpdates: clause.AssignmentColumns([]string{value})}
}
