package world

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/triage"
)

// apart: an officer of the county has a brother about whom something is reported;
// the case does not exist for them, and that they tried stands on record.
func (p *play) apart() {
	p.chapter()
	p.at(20, 9)
	p.do("declare a brother", func() error {
		return p.Staff.Declare(p.ctx, p.people["ps.shouli2"], staff.Tie{Kind: "sibling", Name: "罗平", Office: "苇子沟村会计"})
	})
	p.at(1, 11)
	p.step("name a person in", "ps.shouli", "passbook", func(by staff.Officer, c triage.Case) error {
		return p.Triage.NamePerson(p.ctx, by, c.ID, c.Version, "罗平", uuid.Nil)
	})
	p.at(1, 15)
	p.do("try to see it all the same", func() error {
		_, err := p.Triage.Case(p.ctx, p.people["ps.shouli2"], p.cases["passbook"])
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return fmt.Errorf("a brother reads it: %w", err)
	})
}
