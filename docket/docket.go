package docket

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/staff"
	"minsheng/triage"
)

// Open dockets an item that comes of no case (staff.IssueItems): of a leader's
// instruction, a superior's assignment, an objection. The own office needs a
// mark to number papers with; the item is addressed to offices under its
// command. What an objector wrote must not leave: *triage.Leak. Errors:
// *step.Invalid, staff.ErrForbidden.
func (d *Desk) Open(ctx context.Context, by staff.Officer, n NewItem) (uuid.UUID, error) {
	secret, err := d.Triage.SecretsOfReports(ctx, by, reportsOf(n.OriginReport)...)
	if err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err = d.change(ctx, func(tx *gorm.DB) error {
		var err error
		id, err = d.openIn(tx, by, n, secret)
		return err
	})
	if err != nil {
		return uuid.Nil, d.Triage.ProbedReports(ctx, by, err, reportsOf(n.OriginReport)...)
	}
	return id, nil
}

// OpenIn is Open inside the transaction of a room above, for what holds nobody's
// words: the origin is not an objection (*step.Invalid).
func (d *Desk) OpenIn(tx *gorm.DB, by staff.Officer, n NewItem) (uuid.UUID, error) {
	if n.OriginReport != nil {
		return uuid.Nil, step.Bad("origin", "item_origin")
	}
	return d.openIn(tx, by, n, triage.Secrets{})
}

func (d *Desk) openIn(tx *gorm.DB, by staff.Officer, n NewItem, secret triage.Secrets) (uuid.UUID, error) {
	if err := by.Require(staff.IssueItems); err != nil {
		return uuid.Nil, err
	}
	if n.Origin == PublicComplaint {
		return uuid.Nil, step.Bad("origin", "item_origin")
	}
	issuable, err := d.issuable(tx, by.UnitID, n.Against)
	if err != nil {
		return uuid.Nil, err
	}
	if n, err = n.tidy(issuable, d.today(), d.Clocks.Calendar()); err != nil {
		return uuid.Nil, err
	}
	if err := placed(tx, n.PlaceCode); err != nil {
		return uuid.Nil, err
	}
	if err := n.check(secret); err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	return id, d.docket(tx, by, id, n)
}

// change runs a transaction that ends with an event, and again when another
// event of the same item took its place.
func (d *Desk) change(ctx context.Context, do func(tx *gorm.DB) error) error {
	return step.Again(func() error { return d.Store.Transact(ctx, do) })
}

// docket stores a new item with its units.
func (d *Desk) docket(tx *gorm.DB, by staff.Officer, id uuid.UUID, n NewItem) error {
	item := Item{
		ID: id, IssuerID: by.UnitID, Year: d.today().Year(), Title: n.Title, Summary: n.Summary,
		Requirement: n.Requirement, Urgency: n.Urgency, UntilOn: n.Until, State: Docketed,
		Origin: n.Origin, OriginNote: n.OriginNote, OriginOn: n.OriginOn, OriginRef: n.OriginRef, OriginReport: n.OriginReport,
		Kind: n.Kind, Programme: n.Programme, PlaceCode: n.PlaceCode, AmountFen: n.AmountFen, Households: n.Households,
		LeadUnitID: n.Lead, CreatedBy: by.ID, CreatedAt: d.Store.Now(), Version: 1,
	}
	if err := tx.Create(&item).Error; err != nil {
		return err
	}
	if err := setUnits(tx, id, n); err != nil {
		return err
	}
	for _, unit := range n.Against {
		if err := tx.Exec("INSERT INTO item_spared (item_id, unit_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, unit).Error; err != nil {
			return err
		}
	}
	return d.note(tx, by, id, "docketed", map[string]string{"origin": string(n.Origin)})
}

// itemUnit is an office's part in an item.
type itemUnit struct {
	ItemID uuid.UUID `gorm:"primaryKey"`
	UnitID uuid.UUID `gorm:"primaryKey"`
	Duty   string    // lead, assist
}

func (itemUnit) TableName() string { return "item_unit" }

func setUnits(tx *gorm.DB, item uuid.UUID, n NewItem) error {
	if err := tx.Where("item_id = ?", item).Delete(&itemUnit{}).Error; err != nil {
		return err
	}
	rows := []itemUnit{{item, n.Lead, "lead"}}
	for _, id := range n.Assist {
		rows = append(rows, itemUnit{item, id, "assist"})
	}
	return tx.Create(&rows).Error
}

// againstOf lists the offices that an item itself is about.
func againstOf(db *gorm.DB, item uuid.UUID) ([]uuid.UUID, error) {
	var units []uuid.UUID
	err := db.Table("item_spared").Where("item_id = ?", item).Order("unit_id").Pluck("unit_id", &units).Error
	return units, err
}

// reportsOf is the report of an objection as a list.
func reportsOf(report *uuid.UUID) []uuid.UUID {
	if report == nil {
		return nil
	}
	return []uuid.UUID{*report}
}

// asNew reads back what an item says and to whom.
func asNew(tx *gorm.DB, i Item) (NewItem, error) {
	n := NewItem{
		Title: i.Title, Summary: i.Summary, Requirement: i.Requirement, Urgency: i.Urgency, Until: i.UntilOn, Lead: i.LeadUnitID,
		Origin: i.Origin, OriginNote: i.OriginNote, OriginOn: i.OriginOn, OriginRef: i.OriginRef, OriginReport: i.OriginReport,
		Kind: i.Kind, Programme: i.Programme, PlaceCode: i.PlaceCode, AmountFen: i.AmountFen, Households: i.Households,
	}
	err := tx.Table("item_unit").Where("item_id = ? AND duty = 'assist'", i.ID).Order("unit_id").Pluck("unit_id", &n.Assist).Error
	if err != nil {
		return n, err
	}
	n.Against, err = againstOf(tx, i.ID)
	return n, err
}
