package notice

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/staff"
)

// override is what was said about one finding of the gate in one notice.
type override struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	NoticeID uuid.UUID
	Place    string
	Finding  []byte
	AskedBy  *uuid.UUID
	AskedAt  time.Time
	Reason   string
	ByID     *uuid.UUID
	At       *time.Time
}

// TableName is notice_override.
func (override) TableName() string { return "notice_override" }

// Dispute says, for an editor, that findings with these tokens are false alarms:
// a draft may then hold them and be handed in, and an approver decides
// (Approval.Release). Draft.Disputed does the same while saving. At most 200
// tokens; *Invalid for one that the gate did not make.
func (d *Desk) Dispute(ctx context.Context, by staff.Officer, id uuid.UUID, tokens ...string) error {
	return d.on(ctx, by, staff.WriteNotices, id, anyVersion, func(tx *gorm.DB, n *Notice) error {
		if n.State != draftState || n.waits() {
			return step.ErrState
		}
		return d.dispute(tx, by, n.ID, tokens)
	})
}

// dispute notes tokens as called false alarms; those that are known stay.
func (d *Desk) dispute(tx *gorm.DB, by staff.Officer, id uuid.UUID, tokens []string) error {
	if len(tokens) == 0 {
		return nil
	}
	rows := make([]override, 0, len(tokens))
	for _, token := range tokens {
		finding, err := finding(token)
		if err != nil || len(tokens) > maxExposures {
			return bad("disputed", "notice_finding")
		}
		rows = append(rows, override{ID: uuid.Must(uuid.NewV7()), NoticeID: id, Finding: finding, AskedBy: &by.ID, AskedAt: d.Store.Now()})
	}
	res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows)
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	return d.note(tx, by, id, "notice_finding_disputed", map[string]string{"findings": strconv.FormatInt(res.RowsAffected, 10)})
}

// release lets findings through for an approver, with the reasons given. Only
// what was found now can be let through.
func (d *Desk) release(tx *gorm.DB, by staff.Officer, n Notice, found []Exposure, reasons map[string]string) error {
	now := d.Store.Now()
	var rows []override
	for _, e := range found {
		reason := reasons[e.Token]
		if reason == "" {
			continue
		}
		finding, err := finding(e.Token)
		if err != nil {
			return err
		}
		rows = append(rows, override{ID: uuid.Must(uuid.NewV7()), NoticeID: n.ID, Place: e.Where, Finding: finding,
			AskedAt: now, Reason: reason, ByID: &by.ID, At: &now})
	}
	if len(rows) == 0 {
		return nil
	}
	over := clause.OnConflict{Columns: []clause.Column{{Name: "notice_id"}, {Name: "finding"}}, DoUpdates: clause.AssignmentColumns([]string{"place", "reason", "by_id", "at"})}
	if err := tx.Clauses(over).CreateInBatches(&rows, 100).Error; err != nil {
		return err
	}
	return d.note(tx, by, n.ID, "notice_finding_released", map[string]string{"findings": strconv.Itoa(len(rows))})
}

// finding reads a token back.
func finding(token string) ([]byte, error) {
	sum, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sum) != 32 {
		return nil, bad("disputed", "notice_finding")
	}
	return sum, nil
}

// letThrough adds an approver's reasons to what is known, each 4 to 200
// characters.
func letThrough(known map[string]pass, reasons map[string]string) (map[string]string, error) {
	tidied := map[string]string{}
	for token, reason := range reasons {
		text, err := because(reason)
		if err != nil {
			return nil, bad("release:"+token, "notice_reason")
		}
		tidied[token] = text
		known[token] = pass{disputed: known[token].disputed, released: text}
	}
	return tidied, nil
}
