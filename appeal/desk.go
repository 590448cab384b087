package appeal

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// The clocks of what follows an answer, beside those that intake starts (DOMAIN
// §3.5).
const (
	ruleCallback     = "complaint.callback"
	ruleReviewDecide = "complaint.review_decide"
	ruleReexamDecide = "complaint.reexam_decide"
	ruleRatingChange = "complaint.rating_change"
)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Triage *triage.Queue
	Intake *intake.Desk
	Shelf  *evidence.Shelf
	Clocks *clock.Book
}

// Desk is where people are heard after an answer.
type Desk struct {
	Config
	box *seal.Box // opens what was written before sheets had keys of their own
}

// New returns the desk.
func New(c Config) *Desk { return &Desk{c, c.Keys.Box("appeal")} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// start runs a clock of a case from today on.
func (d *Desk) start(tx *gorm.DB, c *intake.Complaint, rule string) (clock.Deadline, error) {
	due, err := d.Clocks.Start(tx, c.Clocked(), rule, d.today())
	if err != nil {
		return due, err
	}
	return due, d.Intake.NextDue(tx, c.ID)
}

// meet stops clocks of a case; without names, all of them.
func (d *Desk) meet(tx *gorm.DB, c *intake.Complaint, rules ...string) error {
	if err := d.Clocks.Meet(tx, c.ID, rules...); err != nil {
		return err
	}
	return d.Intake.NextDue(tx, c.ID)
}

// above reports whether somebody sits in an office or in one above it.
func (d *Desk) above(by staff.Officer, office uuid.UUID) bool {
	return slices.Contains(d.Atlas.Above(office), by.UnitID)
}

// unitName is what an office is called today, "" for one that is not known.
func (d *Desk) unitName(id uuid.UUID) string {
	u, err := d.Atlas.Unit(id)
	if err != nil {
		return ""
	}
	return u.Name
}

// apart returns step.ErrSamePerson when somebody took part in what was done about
// a case before a time.
func (d *Desk) apart(took map[uuid.UUID]bool, by staff.Officer) error {
	if took[by.ID] {
		return step.ErrSamePerson
	}
	return nil
}

// peopleNames reads what people with accounts are called.
func peopleNames(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}
