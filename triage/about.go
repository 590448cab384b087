package triage

import (
	"context"
	"errors"
	"strconv"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Reference is a thing that a complaint refers to, as the case shows it: the
// fund, project, list row or payment that the report was opened from.
type Reference struct {
	Kind  string // notice, row, fund, project, payment, hit
	Title string
	Lines [][2]string // catalog key of a label, value
	Href  string      // public address, or ""
}

// readAbout reads what the case refers to; what is no longer there is left out.
// It came with the message, and is withheld with it.
func (q *Queue) readAbout(ctx context.Context, db *gorm.DB, _ staff.Officer, c *Case) error {
	if c.Withheld {
		return nil
	}
	all, err := q.intake.AboutOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, a := range all {
		r, err := q.describe(ctx, db, a)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		c.About = append(c.About, r)
	}
	return nil
}

func (q *Queue) describe(ctx context.Context, db *gorm.DB, a intake.About) (Reference, error) {
	switch {
	case a.Kind == "hit":
		return q.describeHit(ctx, db, a)
	case a.Kind == "payment" && q.purse != nil:
		return q.describePayment(ctx, a)
	case a.Kind == "payment" || q.notices == nil:
		return Reference{}, store.ErrNotFound
	}
	n, err := q.notices.Describe(ctx, a.Kind, a.RefID, a.RowKey)
	if err != nil {
		return Reference{}, err
	}
	r := Reference{Kind: a.Kind, Title: n.Title, Lines: n.Lines, Href: n.Href}
	if a.Kind == "row" {
		err = r.addHolds(db, a)
	}
	return r, err
}

// addHolds tells how many objections to a row are open: nothing else of them,
// whoever may read them.
func (r *Reference) addHolds(db *gorm.DB, a intake.About) error {
	var open int64
	err := db.Table("roll_hold").Where("lifted_at IS NULL AND key = ?", a.RowKey).
		Where("roll_id = ? OR roll_id IN (SELECT roll_id FROM notice WHERE id = ?)", a.RefID, a.RefID).Count(&open).Error
	if open > 0 {
		r.Lines = append(r.Lines, [2]string{"about.objections", strconv.FormatInt(open, 10)})
	}
	return err
}

// describeHit tells by which rule the office found the case, and where.
func (q *Queue) describeHit(ctx context.Context, db *gorm.DB, a intake.About) (Reference, error) {
	var hit struct {
		Rule      string
		PlaceCode string
		AmountFen int64
	}
	if err := store.One(db.Table("cross_hit").Where("id = ?", a.RefID), &hit); err != nil {
		return Reference{}, err
	}
	where, err := q.placeName(ctx, hit.PlaceCode)
	return Reference{Kind: a.Kind, Title: where, Lines: [][2]string{{"crosscheck." + hit.Rule, sheet.Yuan(hit.AmountFen)}}}, err
}

// placeName is what a place is called, or its code when it is not known.
func (q *Queue) placeName(ctx context.Context, code string) (string, error) {
	place, err := q.atlas.Division(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return code, nil
	}
	return place.FullName, err
}

// describePayment tells which payment it is, and never to whom.
func (q *Queue) describePayment(ctx context.Context, a intake.About) (Reference, error) {
	p, _, err := q.purse.Payment(ctx, a.RefID)
	if err != nil {
		return Reference{}, err
	}
	where, err := q.placeName(ctx, p.PlaceCode)
	return Reference{Kind: a.Kind, Title: p.Programme, Lines: [][2]string{
		{"about.batch", p.Label}, {"about.amount", sheet.Yuan(p.AmountFen)},
		{"about.paid_on", string(p.PaidOn)}, {"about.place", where},
	}}, err
}
