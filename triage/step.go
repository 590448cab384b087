package triage

import (
	"slices"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
)

// stage is a coarse part of a complaint's life.
type stage int

const (
	untaken  stage = iota // the office has not said yet whether it takes it up
	worked                // taken up, no answer yet
	answered              // the answer lies under the receipt
	appealed              // an office above looks at it again
	settled               // decided for the last time
	over                  // nothing happens any more
)

// stageOf tells where in its life a complaint is. One that waits for the
// reporter is where it was before it was asked.
func stageOf(c intake.Complaint) stage {
	switch {
	case c.ClosedAt != nil:
		return over
	case c.State == intake.Decided || c.State == intake.Delivered:
		return answered
	case c.Appealed():
		return appealed
	case c.State == intake.Final:
		return settled
	case c.AcceptedAt != nil:
		return worked
	}
	return untaken
}

// possible reports whether a complaint's own state lets a step happen. What
// else a step needs (role, another person, a verification, no proposal in the
// way) is asked where it is taken.
func possible(a Action, c intake.Complaint) bool {
	at := stageOf(c)
	switch a {
	case Accept, Decline, Transfer, RejectRepeat:
		return at == untaken
	case AskMore:
		return (at == untaken || at == worked) && c.State != intake.NeedInfo
	case Describe, NameSubject, NamePerson, Split, Link, Refer:
		return at == untaken || at == worked
	case TieEarlier:
		return (at == untaken || at == worked) && c.Kind == intake.Retaliation
	case Again:
		return (at == untaken || at == worked) && c.AgainOf == nil
	case LetGo:
		return at != over && c.LeavesOn != nil
	case Verify, Decide:
		return at == worked
	case Extend:
		return at == worked && !c.Extended
	case Convert:
		return at == worked || at == answered
	case Close:
		return c.State == intake.Delivered && at == answered || at == settled
	case RevealName:
		return c.Mode != intake.Anonymous && c.Erased == ""
	case Claim:
		return at != over && c.OwnerID == nil
	case Release:
		return at != over && c.OwnerID != nil
	case Assign, Recuse, SayToReporter, Rule:
		return at != over
	}
	return false
}

// waitsForRuling lists the steps that an open proposal holds up: it was made
// of what the case was, so the case stays as it is until somebody has ruled.
// Naming an office, referring and converting go on: they protect people.
// Referring takes the place of what was proposed.
func waitsForRuling(a Action) bool {
	return slices.Contains([]Action{Accept, Decline, Transfer, AskMore, Describe, Split, Link, Again, Verify, Extend, Decide, RejectRepeat}, a)
}

// needsDesk lists the steps that only an office above everybody accused may
// take.
func needsDesk(a Action) bool {
	return slices.Contains([]Action{Accept, Decline, Transfer, Link, Verify, Extend, Decide, Convert, RejectRepeat}, a)
}

// ready returns step.ErrState unless the step is possible now.
func (q *Queue) ready(tx *gorm.DB, a Action, c intake.Complaint) error {
	if !possible(a, c) {
		return step.ErrState
	}
	if waitsForRuling(a) {
		var open int64
		err := tx.Model(&proposalRow{}).Where("complaint_id = ? AND state = 'open'", c.ID).Count(&open).Error
		if err != nil {
			return err
		}
		if open > 0 {
			return step.ErrState
		}
	}
	if needsDesk(a) {
		_, beyond, err := q.deskOf(tx, &c)
		if err != nil {
			return err
		}
		if beyond {
			return step.ErrState
		}
	}
	return nil
}
