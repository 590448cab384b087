package inspection

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Rules of the clocks that run here.
const (
	rulePlanEntry = "inspection.plan_entry" // of an entry of a plan, by its key
	ruleVisit     = "inspection.visit"
	ruleMaterial  = "inspection.material" // of a material, by its id
	ruleFindings  = "inspection.findings"
)

func clocked(id uuid.UUID, of Kind) clock.Subject {
	return clock.Subject{Kind: ledger.OfInspection, ID: id, Of: string(of)}
}

// until lets a clock of an inspection run to an agreed day.
func (d *Desk) until(tx *gorm.DB, i *Inspection, rule string, last workday.Date) error {
	if _, err := d.Clocks.Until(tx, clocked(i.ID, i.Kind), rule, d.today(), last); err != nil {
		return err
	}
	return d.nextDue(tx, i.ID)
}

// start lets a clock of an inspection run from a day on.
func (d *Desk) start(tx *gorm.DB, i *Inspection, rule string, from workday.Date) error {
	if _, err := d.Clocks.Start(tx, clocked(i.ID, i.Kind), rule, from); err != nil {
		return err
	}
	return d.nextDue(tx, i.ID)
}

// met stops clocks of an inspection; all of them without rules.
func (d *Desk) met(tx *gorm.DB, i *Inspection, rules ...string) error {
	if err := d.Clocks.Meet(tx, i.ID, rules...); err != nil {
		return err
	}
	return d.nextDue(tx, i.ID)
}

// nextDue writes the earliest open deadline beside the inspection, for lists. It
// is no step of its life and leaves the version alone.
func (d *Desk) nextDue(tx *gorm.DB, id uuid.UUID) error {
	next, err := d.Clocks.Next(tx, id)
	if err != nil {
		return err
	}
	set := map[string]any{"due_on": nil, "due_rule": ""}
	if next != nil {
		set = map[string]any{"due_on": next.DueOn, "due_rule": next.Rule}
	}
	return tx.Model(&Inspection{}).Where("id = ?", id).Updates(set).Error
}
