package triage

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/staff"
)

// ErrUnread means that a step needs what an officer wrote about a case, and that the
// session holds no key to it. It comes with staff.ErrNoKey or custody.ErrNotMember.
var ErrUnread = errors.New("triage: the step needs words that are sealed to others")

// shut seals what an officer writes about a case as a sheet.
func (q *Queue) shut(tx *gorm.DB, c intake.Complaint, s intake.Sheet, words string) ([]byte, error) {
	return q.intake.WriteAbout(tx, c, nil, s.ID, s.Place, []byte(words))
}

// needed opens a sheet without which a step cannot be taken: ErrUnread.
func (q *Queue) needed(db *gorm.DB, by staff.Officer, s intake.Sheet) ([]byte, error) {
	plain, err := q.intake.ReadSheet(db, by, s)
	if errors.Is(err, staff.ErrNoKey) || errors.Is(err, custody.ErrNotMember) {
		err = fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return plain, err
}

// needsWords reports whether a step needs what was written about a case and is locked
// to the officer: nobody rules on what they cannot read, answers demands that they
// cannot read, or writes over them.
func (c Case) needsWords(a Action) bool {
	switch a {
	case Rule:
		return openOf(c.Proposals) != nil && openOf(c.Proposals).Kept == intake.Locked
	case Describe, Decide, Link:
		for _, d := range c.Demands {
			if d.Kept == intake.Locked {
				return true
			}
		}
	}
	return false
}

// bar takes away the steps that need locked words, and keeps them apart.
func (c *Case) bar() {
	var open []Action
	for _, a := range c.Actions {
		if c.needsWords(a) {
			c.Barred = append(c.Barred, a)
		} else {
			open = append(open, a)
		}
	}
	c.Actions = open
}
