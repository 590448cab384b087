package triage

import (
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
)

// The clocks that run on complaints (DOMAIN §3.5). What they count
// and on which basis stands in the table of time rules.
const (
	triageTarget = "complaint.triage_target"
	acceptNotice = "complaint.accept_notice"
	replyDue     = "complaint.reply"
	callback     = "complaint.callback"
)

// meet stops the named clocks of a complaint; without names, all of them.
func (q *Queue) meet(tx *gorm.DB, c *intake.Complaint, rules ...string) error {
	if err := q.clocks.Meet(tx, c.ID, rules...); err != nil {
		return err
	}
	return q.intake.NextDue(tx, c.ID)
}

// start runs a clock of a complaint from a day on.
func (q *Queue) start(tx *gorm.DB, c *intake.Complaint, rule string, from workday.Date) (clock.Deadline, error) {
	d, err := q.clocks.Start(tx, c.Clocked(), rule, from)
	if err != nil {
		return d, err
	}
	return d, q.intake.NextDue(tx, c.ID)
}

// clockOf returns the unmet deadline of a rule, nil when that clock does not
// run.
func clockOf(open []clock.Deadline, rule string) *clock.Deadline {
	for i := range open {
		if open[i].Rule == rule {
			return &open[i]
		}
	}
	return nil
}
