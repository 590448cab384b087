package docket

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Urgencies lists how soon an item is due: 5, 15 or 30 days by the table of
// time rules (catalog key urgency.<code>).
func Urgencies() []string { return []string{"urgent", "normal", "complex"} }

const maxAssist = 10

// tidy trims an item's texts and returns what is wrong with them and with whom
// they are addressed to, given who may be addressed.
func (n NewItem) tidy(issuable []region.Unit) (NewItem, error) {
	var f step.Form
	n.Title = f.Text("title", n.Title, 4, 100, "item_title")
	n.Summary = f.Text("summary", n.Summary, 10, 2000, "item_summary")
	n.Requirement = f.Text("requirement", n.Requirement, 4, 2000, "item_requirement")
	f.Require(slices.Contains(Urgencies(), n.Urgency), "urgency", "item_urgency")
	may := func(id uuid.UUID) bool {
		return slices.ContainsFunc(issuable, func(u region.Unit) bool { return u.ID == id })
	}
	f.Require(may(n.Lead), "lead", "item_lead")
	var assist []uuid.UUID
	for _, id := range n.Assist {
		if id != n.Lead && !slices.Contains(assist, id) {
			assist = append(assist, id)
			f.Require(may(id), "assist", "item_assist")
		}
	}
	f.Require(len(assist) <= maxAssist, "assist", "item_assist")
	n.Assist = assist
	return n, f.Err()
}

// check refuses a text that could give a reporter away.
func (n NewItem) check(s triage.Secrets) error {
	return s.Check([2]string{"title", n.Title}, [2]string{"summary", n.Summary}, [2]string{"requirement", n.Requirement})
}

// Convert dockets a supervision item from a case. The text is checked against
// the reporters' phrases, names and phones: *triage.Leak. Lead and assisting
// units must not be accused by the case, nor under command of one that is. Of
// two officers who convert the same version of a case one gets *triage.Taken,
// with the other's name. Errors: *step.Invalid.
func (d *Desk) Convert(ctx context.Context, by staff.Officer, complaint uuid.UUID, version int, n NewItem) (uuid.UUID, error) {
	secret, err := d.Triage.SecretsOf(ctx, by, complaint)
	if err != nil {
		return uuid.Nil, err
	}
	item, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	err = d.Triage.Convert(ctx, by, complaint, version, func(tx *gorm.DB, c intake.Complaint, into triage.Into) error {
		issuable, err := d.issuable(tx, by.UnitID, c.ID)
		if err != nil {
			return err
		}
		tidied, err := n.tidy(issuable)
		if err != nil {
			return err
		}
		if err := tidied.check(secret); err != nil {
			return err
		}
		if err := into(item); err != nil {
			return err
		}
		return d.docket(tx, by, item, c, tidied)
	})
	if err != nil {
		return uuid.Nil, d.Triage.Probed(ctx, by, err, complaint)
	}
	return item, nil
}

// docket stores the item with its units and its first complaint.
func (d *Desk) docket(tx *gorm.DB, by staff.Officer, id uuid.UUID, c intake.Complaint, n NewItem) error {
	item := Item{
		ID: id, IssuerID: by.UnitID, Year: d.today().Year(), Title: n.Title, Summary: n.Summary,
		Requirement: n.Requirement, Urgency: n.Urgency, State: Docketed, PlaceCode: c.PlaceCode,
		LeadUnitID: n.Lead, CreatedBy: by.ID, CreatedAt: d.Store.Now(), Version: 1,
	}
	if err := tx.Create(&item).Error; err != nil {
		return err
	}
	if err := setUnits(tx, id, n); err != nil {
		return err
	}
	if err := tie(tx, id, c.ID); err != nil {
		return err
	}
	return d.note(tx, by, id, "docketed", nil)
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

func tie(tx *gorm.DB, item, complaint uuid.UUID) error {
	return tx.Exec("INSERT INTO item_complaint (item_id, complaint_id) VALUES (?, ?) ON CONFLICT DO NOTHING", item, complaint).Error
}

// behind lists the complaints that an item came of, whoever may see them: only
// triage tells who may.
func behind(db *gorm.DB, item uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.Table("item_complaint").Where("item_id = ?", item).Order("complaint_id").Limit(200).Pluck("complaint_id", &ids).Error
	return ids, err
}

// Issuable lists the offices an item of this case may be addressed to: those
// under the own office's command, without any that the case is about and what
// they command.
func (d *Desk) Issuable(ctx context.Context, by staff.Officer, complaint uuid.UUID) ([]region.Unit, error) {
	db := d.Store.Read(ctx)
	if _, err := d.Triage.CaseIn(db, by, complaint); err != nil {
		return nil, err
	}
	if err := by.Require(staff.IssueItems); err != nil {
		return nil, err
	}
	return d.issuable(db, by.UnitID, complaint)
}

func (d *Desk) issuable(db *gorm.DB, issuer uuid.UUID, complaints ...uuid.UUID) ([]region.Unit, error) {
	own, err := d.Atlas.Unit(issuer)
	if err != nil {
		return nil, err
	}
	if own.DocMark == "" {
		return nil, step.Bad("issuer", "item_no_mark")
	}
	accused, err := d.Triage.Accused(db, complaints...)
	if err != nil {
		return nil, err
	}
	command := d.Atlas.Subtree(issuer)
	var may []region.Unit
	for _, u := range d.Atlas.Units() {
		if u.ID != issuer && u.ValidTo == nil && slices.Contains(command, u.ID) && !slices.Contains(accused, u.ID) {
			may = append(may, u)
		}
	}
	return may, nil
}
