package docket

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/ledger"
)

// Escalate brings an item that is red before the office above, in the
// transaction of whoever watches: it stands in that office's list, which may
// press and rule on extensions. Escalating again to the same office, or an item
// that is over, changes nothing. store.ErrNotFound when there is no such office.
func (d *Desk) Escalate(tx *gorm.DB, item, to uuid.UUID) error {
	unit, err := d.Atlas.Unit(to)
	if err != nil {
		return err
	}
	res := tx.Model(&Item{}).Where("id = ? AND closed_at IS NULL AND (escalated_to IS NULL OR escalated_to <> ?)", item, to).
		Updates(map[string]any{"escalated_to": to, "escalated_at": d.Store.Now(), "version": gorm.Expr("version + 1")})
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	return ledger.Append(tx, ledger.OfItem, item, "item_escalated", ledger.System(), d.Store.Now(), map[string]string{"to": unit.Name})
}
