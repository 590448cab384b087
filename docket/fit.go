package docket

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// Urgencies lists how soon an item is due: 5, 15 or 30 days by the table of
// time rules (catalog key console.urgency.<code>).
func Urgencies() []string { return []string{"urgent", "normal", "complex"} }

const (
	maxAssist     = 10
	maxFen        = 1e13 // a hundred thousand million yuan
	maxHouseholds = 1_000_000
	maxUntil      = 366 // days
)

// tidy trims an item's texts and returns what is wrong with them, with where it
// comes from, and with whom it is addressed to, given who may be addressed.
func (n NewItem) tidy(issuable []region.Unit, today workday.Date, c *workday.Calendar) (NewItem, error) {
	var f step.Form
	n.Title = f.Text("title", n.Title, 4, 100, "item_title")
	n.Summary = f.Text("summary", n.Summary, 10, 2000, "item_summary")
	n.Requirement = f.Text("requirement", n.Requirement, 4, 2000, "item_requirement")
	f.Require(slices.Contains(Urgencies(), n.Urgency), "urgency", "item_urgency")
	n.Until = n.until(&f, today, c)
	n.address(&f, issuable)
	n.sourced(&f, today)
	return n, f.Err()
}

// until requires that an agreed last day is one on which people work, for a day
// off would move.
func (n NewItem) until(f *step.Form, today workday.Date, c *workday.Calendar) *workday.Date {
	if n.Until == nil || *n.Until == "" {
		return nil
	}
	_, err := workday.Parse(string(*n.Until))
	f.Require(err == nil && *n.Until > today && n.Until.Sub(today) <= maxUntil, "until", "item_until")
	if err == nil {
		works, _ := c.IsWorkday(*n.Until)
		f.Require(works, "until", "item_until_off")
	}
	return n.Until
}

func (n *NewItem) address(f *step.Form, issuable []region.Unit) {
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
}

// sourced requires what the origin needs. What a complaint is about stands with
// the complaint.
func (n *NewItem) sourced(f *step.Form, today workday.Date) {
	f.Require(n.AmountFen >= 0 && n.AmountFen <= maxFen, "amount", "item_amount")
	f.Require(n.Households >= 0 && n.Households <= maxHouseholds, "households", "item_households")
	f.Require(n.held(), "origin", "item_origin")
	if n.Origin == PublicComplaint {
		return
	}
	n.OriginNote = f.Text("origin_note", n.OriginNote, 2, 1000, "item_origin_note")
	f.Require(n.OriginOn != nil && dated(*n.OriginOn) && *n.OriginOn <= today, "origin_on", "item_origin_on")
	f.Require(n.Kind == "" || slices.Contains(intake.Kinds(false), n.Kind), "kind", "item_kind")
	f.Require(n.Programme == "" || slices.Contains(intake.Programmes(), n.Programme), "programme", "item_programme")
}

func dated(day workday.Date) bool {
	_, err := workday.Parse(string(day))
	return err == nil
}

// placed returns a problem of the field unless there is such a place.
func placed(tx *gorm.DB, code string) error {
	if code == "" {
		return nil
	}
	var d region.Division
	err := store.One(tx.Where("code = ?", code), &d)
	if errors.Is(err, store.ErrNotFound) {
		return step.Bad("place", "item_place")
	}
	return err
}

// check refuses a text that could give a reporter away. All of it is read by
// the handling units.
func (n NewItem) check(s triage.Secrets) error {
	return s.Check([2]string{"title", n.Title}, [2]string{"summary", n.Summary}, [2]string{"requirement", n.Requirement},
		[2]string{"origin_note", n.OriginNote})
}

// issuable lists the offices that an item of an office may be addressed to:
// those under its command, without any that the complaints behind it, or it
// itself, are about, and what those command.
func (d *Desk) issuable(db *gorm.DB, issuer uuid.UUID, against []uuid.UUID, complaints ...uuid.UUID) ([]region.Unit, error) {
	own, err := d.Atlas.Unit(issuer)
	if err != nil {
		return nil, err
	}
	if own.DocMark == "" {
		return nil, step.Bad("issuer", "item_no_mark")
	}
	spared, err := d.spared(db, against, complaints...)
	if err != nil {
		return nil, err
	}
	command := d.Atlas.Subtree(issuer)
	var may []region.Unit
	for _, u := range d.Atlas.Units() {
		if u.ID != issuer && u.ValidTo == nil && slices.Contains(command, u.ID) && !slices.Contains(spared, u.ID) {
			may = append(may, u)
		}
	}
	return may, nil
}

// spared lists the offices that must not get an item, with all they command.
func (d *Desk) spared(db *gorm.DB, against []uuid.UUID, complaints ...uuid.UUID) ([]uuid.UUID, error) {
	spared, err := d.Triage.Accused(db, complaints...)
	for _, id := range against {
		spared = append(spared, d.Atlas.Subtree(id)...)
	}
	return spared, err
}

// spares is bad when a unit of the item must not get it.
func (d *Desk) spares(tx *gorm.DB, n NewItem, complaints ...uuid.UUID) error {
	spared, err := d.spared(tx, n.Against, complaints...)
	if err != nil {
		return err
	}
	for _, id := range append([]uuid.UUID{n.Lead}, n.Assist...) {
		if slices.Contains(spared, id) {
			return step.Bad("lead", "item_accused")
		}
	}
	return nil
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
	return d.issuable(db, by.UnitID, nil, complaint)
}

// IssuableAnew is Issuable for an item that comes of no case.
func (d *Desk) IssuableAnew(ctx context.Context, by staff.Officer, against ...uuid.UUID) ([]region.Unit, error) {
	if err := by.Require(staff.IssueItems); err != nil {
		return nil, err
	}
	return d.issuable(d.Store.Read(ctx), by.UnitID, against)
}

// IssuableFor is Issuable for an item that is not issued yet.
func (d *Desk) IssuableFor(ctx context.Context, by staff.Officer, item uuid.UUID) ([]region.Unit, error) {
	db := d.Store.Read(ctx)
	i, err := d.ownItem(db, by, item)
	if err != nil {
		return nil, err
	}
	behind, err := behind(db, i.ID)
	if err != nil {
		return nil, err
	}
	against, err := againstOf(db, i.ID)
	if err != nil {
		return nil, err
	}
	return d.issuable(db, i.IssuerID, against, behind...)
}
