package triage

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
)

// The clocks that run on complaints and items (DOMAIN §3.5). What they count
// and on which basis stands in the table of time rules.
const (
	triageTarget = "complaint.triage_target"
	acceptNotice = "complaint.accept_notice"
	replyDue     = "complaint.reply"
	callback     = "complaint.callback"

	itemAcknowledge = "supervision_item.acknowledge"
	itemDispute     = "supervision_item.dispute"
)

// itemDue is the clock of an item by its urgency.
func itemDue(urgency string) string { return "supervision_item." + urgency }

// running lists a subject's unmet deadlines, earliest first.
func running(tx *gorm.DB, subject uuid.UUID) ([]intake.Deadline, error) {
	var open []intake.Deadline
	err := tx.Where("subject_id = ? AND met_at IS NULL", subject).
		Order("due_on, rule").Limit(50).Find(&open).Error
	return open, err
}

// meet stops the named clocks of a complaint; without names, all of them.
func (q *Queue) meet(tx *gorm.DB, c *intake.Complaint, rules ...string) error {
	if len(rules) == 0 {
		if err := q.intake.MeetClocks(tx, c.ID); err != nil {
			return err
		}
	}
	for _, rule := range rules {
		if err := q.intake.MeetClock(tx, c.ID, rule); err != nil {
			return err
		}
	}
	return q.intake.NextDue(tx, c.ID)
}

// start runs a clock of a complaint from a day on.
func (q *Queue) start(tx *gorm.DB, c *intake.Complaint, rule string, from workday.Date) (intake.Deadline, error) {
	d, err := q.intake.StartClock(tx, c.ID, rule, from)
	if err != nil {
		return d, err
	}
	return d, q.intake.NextDue(tx, c.ID)
}

// clockOf returns the unmet deadline of a rule, nil when that clock does not
// run.
func clockOf(open []intake.Deadline, rule string) *intake.Deadline {
	for i := range open {
		if open[i].Rule == rule {
			return &open[i]
		}
	}
	return nil
}
