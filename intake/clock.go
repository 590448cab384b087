package intake

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// The rules whose clocks intake itself starts, stops or shows (DOMAIN §3.5).
const (
	RuleTriage = "complaint.triage_target" // internal: first look
	RuleAccept = "complaint.accept_notice" // statutory: the reporter is told whether it is taken up
	RuleReply  = "complaint.reply"         // statutory: the answer

	RuleReviewAsk  = "complaint.review_request" // statutory: until when a review may be asked for
	RuleReexamAsk  = "complaint.reexam_request" // statutory: the same of a re-examination
	RuleSecondLook = "complaint.second_look"    // internal: owed by the office above
)

// rights are the times in which reporters may ask for something: nobody owes
// anything by their end.
var rights = []string{RuleReviewAsk, RuleReexamAsk}

// owedElsewhere are the clocks of a complaint that say nothing of when its desk
// has to act.
var owedElsewhere = append([]string{RuleSecondLook}, rights...)

// Clocked is the complaint as what clocks run for.
func (c Complaint) Clocked() clock.Subject {
	return clock.Subject{Kind: ledger.OfComplaint, ID: c.ID, Of: string(c.Kind)}
}

func (d *Desk) firstClocks(db *gorm.DB, c *Complaint, from workday.Date) (triage, accept clock.Deadline, err error) {
	if triage, err = d.clocks.Begin(db, c.Clocked(), RuleTriage, from); err != nil {
		return triage, accept, err
	}
	accept, err = d.clocks.Begin(db, c.Clocked(), RuleAccept, from)
	return triage, accept, err
}

// NextDue writes the earliest running deadline of a complaint that its desk owes
// to its row, in the caller's transaction. It leaves the row's version alone:
// nothing that a person decided has changed.
func (d *Desk) NextDue(tx *gorm.DB, complaint uuid.UUID) error {
	open, err := d.clocks.Running(tx, complaint)
	if err != nil {
		return err
	}
	due := map[string]any{"due_on": nil, "due_rule": ""}
	for _, c := range open {
		if !slices.Contains(owedElsewhere, c.Rule) {
			due = map[string]any{"due_on": c.DueOn, "due_rule": c.Rule}
			break
		}
	}
	return tx.Model(&Complaint{}).Where("id = ?", complaint).Updates(due).Error
}
