package retention

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Classes of matters that have years of their own (catalog key
// retention.class.<code>): Founded came to something, wholly or in part.
const (
	Founded = "founded"
	Other   = "other"
)

// Classes lists them in order.
func Classes() []string { return []string{Founded, Other} }

// Rule is one version of how long something is kept after the end of a matter.
type Rule struct {
	What      string    `gorm:"primaryKey"`
	Class     string    `gorm:"primaryKey"`
	Years     int       // 1 to 100
	Basis     string    // in the law, in Chinese
	ValidFrom time.Time `gorm:"primaryKey"`
	SetBy     *uuid.UUID
	Why       string
}

// TableName is retention_rule.
func (Rule) TableName() string { return "retention_rule" }

// Rules lists all versions, of each thing and class the newest first.
func (d *Desk) Rules(ctx context.Context) (all []Rule, err error) {
	return all, d.Store.Read(ctx).Order("what, class, valid_from DESC").Limit(1000).Find(&all).Error
}

// years are those that stand now, by thing and class.
type years map[[2]string]Rule

func yearsNow(db *gorm.DB, now time.Time) (years, error) {
	var all []Rule
	err := db.Where("valid_from <= ?", now).Order("valid_from").Limit(1000).Find(&all).Error
	stand := years{}
	for _, r := range all {
		stand[[2]string{r.What, r.Class}] = r
	}
	return stand, err
}

// cutoff is the instant before which a matter must have ended.
func (y years) cutoff(what, class string, now time.Time) time.Time {
	return now.AddDate(-y[[2]string{what, class}].Years, 0, 0)
}

// Change is how a rule should be from now on.
type Change struct {
	What, Class string
	Years       int
	Basis, Why  string
}

// check returns the change as it can be kept, or *step.Invalid.
func (c Change) check() (Change, error) {
	var f step.Form
	f.Require((c.What == Names || c.What == Words) && (c.Class == Founded || c.Class == Other), "years", "retention_rule")
	f.Require(c.Years >= 1 && c.Years <= 100, "years", "retention_years")
	c.Basis = f.Text("basis", c.Basis, 4, 200, "retention_basis")
	c.Why = f.Text("why", c.Why, 4, 200, "retention_why")
	return c, f.Err()
}

// mayRule: how long something is kept is for the administrators of the highest
// office, who read none of it.
func (d *Desk) mayRule(by staff.Officer) error {
	if err := by.Require(staff.KeepClocks); err != nil {
		return err
	}
	if !d.Triage.Highest(by.UnitID) {
		return store.ErrNotFound
	}
	return nil
}

// SetRule makes the change stand from now on. Errors: staff.ErrForbidden,
// store.ErrNotFound (not the highest office), *step.Invalid.
func (d *Desk) SetRule(ctx context.Context, by staff.Officer, c Change) error {
	if err := d.mayRule(by); err != nil {
		return err
	}
	c, err := c.check()
	if err != nil {
		return err
	}
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			now := d.Store.Now()
			before, err := yearsNow(tx, now)
			if err != nil {
				return err
			}
			row := Rule{What: c.What, Class: c.Class, Years: c.Years, Basis: c.Basis, ValidFrom: now, SetBy: &by.ID, Why: c.Why}
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
			subject := uuid.NewSHA1(uuid.Nil, []byte("retention "+c.What+" "+c.Class))
			return ledger.Append(tx, ledger.OfPortal, subject, "retention_rule_set", by.Actor(), now, map[string]string{
				"what": c.What, "class": c.Class, "before": text(before[[2]string{c.What, c.Class}].Years), "years": text(c.Years)})
		})
	})
}

// mostCounted is how far a preview counts.
const mostCounted = 1000

// Preview counts, up to 1000, what would be due under a change, and what is due as it
// stands. It tells numbers of the whole portal, of no case.
func (d *Desk) Preview(ctx context.Context, by staff.Officer, c Change) (before, after int, err error) {
	if err := d.mayRule(by); err != nil {
		return 0, 0, err
	}
	if c, err = c.check(); err != nil {
		return 0, 0, err
	}
	db := d.Store.Read(ctx)
	stand, err := yearsNow(db, d.Store.Now())
	if err != nil {
		return 0, 0, err
	}
	if before, err = d.count(db, stand, c.What); err != nil {
		return 0, 0, err
	}
	stand[[2]string{c.What, c.Class}] = Rule{Years: c.Years}
	after, err = d.count(db, stand, c.What)
	return before, after, err
}

// count counts, up to 1000, what is due when some years stand.
func (d *Desk) count(db *gorm.DB, stand years, what string) (n int, err error) {
	for _, r := range d.rooms() {
		w := walk{room: r, years: stand, what: what, now: d.Store.Now(),
			base: func() *gorm.DB { return db.Table(r.terms().table()) }, whole: func(found *gorm.DB) *gorm.DB { return found }}
		for _, class := range Classes() {
			counted := 0
			_, err := w.along(class, spot{}, func(Matter) bool {
				counted++
				return counted < mostCounted
			})
			if err != nil {
				return 0, err
			}
			n += counted
		}
	}
	return min(n, mostCounted), nil
}

func text(n int) string { return strconv.Itoa(n) }
