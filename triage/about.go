package triage

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"minsheng/intake"
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
func (q *Queue) readAbout(ctx context.Context, _ *gorm.DB, _ staff.Officer, c *Case) error {
	if c.Withheld {
		return nil
	}
	all, err := q.intake.AboutOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, a := range all {
		r, err := q.describe(ctx, a)
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

func (q *Queue) describe(ctx context.Context, a intake.About) (Reference, error) {
	switch {
	case a.Kind == "hit":
		return Reference{Kind: a.Kind, Title: a.RefID.String()}, nil
	case a.Kind == "payment" && q.purse != nil:
		return q.describePayment(ctx, a)
	case a.Kind != "payment" && q.notices != nil:
		n, err := q.notices.Describe(ctx, a.Kind, a.RefID, a.RowKey)
		return Reference{Kind: a.Kind, Title: n.Title, Lines: n.Lines, Href: n.Href}, err
	}
	return Reference{}, store.ErrNotFound
}

// describePayment tells which payment it is, and never to whom.
func (q *Queue) describePayment(ctx context.Context, a intake.About) (Reference, error) {
	p, _, err := q.purse.Payment(ctx, a.RefID)
	if err != nil {
		return Reference{}, err
	}
	place, err := q.atlas.Division(ctx, p.PlaceCode)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Reference{}, err
	}
	return Reference{Kind: a.Kind, Title: p.Programme, Lines: [][2]string{
		{"about.batch", p.Label}, {"about.amount", yuan(p.AmountFen)},
		{"about.paid_on", string(p.PaidOn)}, {"about.place", place.FullName},
	}}, nil
}

// yuan writes an amount of fen as offices do: 1200.50.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}
