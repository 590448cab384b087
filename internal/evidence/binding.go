package evidence

import (
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Bound are the files that an owner was given in one transaction, in order.
type Bound []File

// Bind gives all files staged for a form to their owner, in the owner's
// transaction, behind the files the owner already has. Whoever calls writes them
// into the event that tells of it (Tell).
func (s *Shelf) Bind(tx *gorm.DB, formKey []byte, ownerKind string, ownerID uuid.UUID) (Bound, error) {
	if len(formKey) == 0 {
		return nil, nil
	}
	query := tx.Where("form_key = ? AND owner_kind = ?", formKey, staged).Order("ordinal, id")
	if s.store.Postgres() {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"}) // what is told must be what is bound
	}
	var rows []row
	if err := query.Limit(2 * MaxFiles).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var behind int
	err := tx.Model(&row{}).Where("owner_kind = ? AND owner_id = ?", ownerKind, ownerID).
		Select("COALESCE(MAX(ordinal), 0)").Scan(&behind).Error
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for i := range rows {
		ids = append(ids, rows[i].ID)
		rows[i].OwnerKind, rows[i].OwnerID, rows[i].Ordinal = ownerKind, &ownerID, rows[i].Ordinal+behind
	}
	err = tx.Model(&row{}).Where("id IN ?", ids).Updates(map[string]any{
		"owner_kind": ownerKind,
		"owner_id":   ownerID,
		"form_key":   nil,
		"expires_at": nil,
		"ordinal":    gorm.Expr("ordinal + ?", behind),
	}).Error
	if err != nil {
		return nil, err
	}
	return s.files(rows)
}

// Tell adds to the facts of an event which files came with what it tells of: the
// SHA-256 of each as it was handed in, and whose they are. The event is in the
// public log; a file that stands there can be neither exchanged nor lost unseen.
func (b Bound) Tell(facts map[string]string) map[string]string { return b.told("files", facts) }

// TellGone is Tell of files that their owner no longer has.
func (b Bound) TellGone(facts map[string]string) map[string]string {
	return b.told("files_gone", facts)
}

func (b Bound) told(name string, facts map[string]string) map[string]string {
	if len(b) == 0 {
		return facts
	}
	if facts == nil {
		facts = map[string]string{}
	}
	var sums []string
	for _, f := range b {
		sums = append(sums, hex.EncodeToString(f.SHA256))
	}
	facts[name+":"+b[0].OwnerKind+":"+b[0].OwnerID.String()] = strings.Join(sums, " ")
	return facts
}
