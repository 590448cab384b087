package bulletin

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// How far a circular reaches.
const (
	mostAddressed = 200
	mostLinked    = 20
	mostPublic    = 1000 // characters of a public one's text: as much as a notice takes
)

// NewCircular is what the author of a circular writes.
type NewCircular struct {
	Tone    Tone
	Scope   Scope
	Title   string       // 4 to 100 characters
	Body    string       // 10 to 4000 characters, in public ones 1000; formatted as notices are
	Demand  string       // what is to be put right, up to 1000 characters; criticism has one
	UntilOn workday.Date // last day for it; "" as the rule bulletin.rectify says
	Units   []uuid.UUID  // that it goes to, below the own office
	Named   []uuid.UUID  // of those, whom it praises or criticises
	Grounds []string     // numbers of items, orders and inspections that it rests on
}

// Targets lists the offices that an office may address.
func (d *Desk) Targets(unit uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(d.Atlas.Subtree(unit), func(id uuid.UUID) bool { return id == unit })
}

// Draft writes a circular that is not issued yet (staff.WritePapers). Errors:
// *step.Invalid, *triage.Leak when it could betray who reported what it rests on.
func (d *Desk) Draft(ctx context.Context, by staff.Officer, n NewCircular) (uuid.UUID, error) {
	if err := by.Require(staff.WritePapers); err != nil {
		return uuid.Nil, err
	}
	grounds, err := d.fit(ctx, by, &n)
	if err != nil {
		return uuid.Nil, err
	}
	c := Circular{ID: uuid.Must(uuid.NewV7()), UnitID: by.UnitID, State: Drafted, DraftedBy: by.ID, DraftedAt: d.Store.Now(), Version: 1}
	n.into(&c)
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			if err := tx.Create(&c).Error; err != nil {
				return err
			}
			if err := n.address(tx, c.ID, grounds); err != nil {
				return err
			}
			return d.note(tx, by, c.ID, "circular_drafted", map[string]string{"tone": string(c.Tone), "scope": string(c.Scope)})
		})
	})
	return c.ID, err
}

// Edit writes a draft of the own office anew; who does so is its author from then
// on. Errors: those of Draft, store.ErrNotFound, step.ErrState, step.ErrStale.
func (d *Desk) Edit(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewCircular) error {
	if _, err := d.ownDraft(d.Store.Read(ctx), by, id); err != nil {
		return err
	}
	grounds, err := d.fit(ctx, by, &n)
	if err != nil {
		return err
	}
	return d.onDraft(ctx, by, id, func(tx *gorm.DB, c Circular) error {
		n.into(&c)
		err := step.Move(tx, &Circular{}, id, version, map[string]any{"tone": c.Tone, "scope": c.Scope, "title": c.Title, "body": c.Body, "demand": c.Demand,
			"until_on": c.UntilOn, "drafted_by": by.ID, "drafted_at": d.Store.Now()})
		if err != nil {
			return err
		}
		for _, old := range []any{&Addressee{}, &itemLink{}, &groundLink{}} {
			if err := tx.Where("circular_id = ?", id).Delete(old).Error; err != nil {
				return err
			}
		}
		if err := n.address(tx, id, grounds); err != nil {
			return err
		}
		return d.note(tx, by, id, "circular_edited", nil)
	})
}

// Discard drops a draft of the own office. Errors: store.ErrNotFound,
// step.ErrState, step.ErrStale.
func (d *Desk) Discard(ctx context.Context, by staff.Officer, id uuid.UUID, version int) error {
	return d.onDraft(ctx, by, id, func(tx *gorm.DB, c Circular) error {
		if err := step.Move(tx, &Circular{}, id, version, map[string]any{"state": Discarded}); err != nil {
			return err
		}
		return d.note(tx, by, id, "circular_discarded", nil)
	})
}

// ownDraft reads a draft of the officer's own office.
func (d *Desk) ownDraft(db *gorm.DB, by staff.Officer, id uuid.UUID) (Circular, error) {
	c, err := d.circular(db, by, id)
	switch {
	case err != nil:
		return c, err
	case c.UnitID != by.UnitID:
		return c, store.ErrNotFound
	case !by.May(staff.WritePapers):
		return c, staff.ErrForbidden
	case c.State != Drafted:
		return c, step.ErrState
	}
	return c, nil
}

func (d *Desk) onDraft(ctx context.Context, by staff.Officer, id uuid.UUID, do func(tx *gorm.DB, c Circular) error) error {
	return step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			c, err := d.ownDraft(tx, by, id)
			if err != nil {
				return err
			}
			return do(tx, c)
		})
	})
}

func (n NewCircular) into(c *Circular) {
	c.Tone, c.Scope, c.Title, c.Body, c.Demand, c.UntilOn = n.Tone, n.Scope, n.Title, n.Body, n.Demand, nil
	if n.UntilOn != "" {
		c.UntilOn = &n.UntilOn
	}
}

// address writes whom a circular goes to, and what it rests on.
func (n NewCircular) address(tx *gorm.DB, id uuid.UUID, grounds []ground) error {
	var to []Addressee
	for _, unit := range n.Units {
		to = append(to, Addressee{ID: uuid.Must(uuid.NewV7()), CircularID: id, UnitID: unit, Named: slices.Contains(n.Named, unit)})
	}
	if err := tx.Create(&to).Error; err != nil {
		return err
	}
	return link(tx, id, grounds)
}

// fit tidies what was written, finds what it rests on, and says what cannot stand.
func (d *Desk) fit(ctx context.Context, by staff.Officer, n *NewCircular) ([]ground, error) {
	var f step.Form
	f.Require(slices.Contains(Tones(), n.Tone), "tone", "circular_tone")
	f.Require(slices.Contains(Scopes(), n.Scope), "scope", "circular_scope")
	n.Title = f.Text("title", n.Title, 4, 100, "circular_title")
	n.Body = f.Text("body", n.Body, 10, map[bool]int{true: mostPublic, false: 4000}[n.Scope == Public], map[bool]string{true: "circular_body_public", false: "circular_body"}[n.Scope == Public])
	n.Demand = f.Text("demand", n.Demand, map[bool]int{true: 4}[n.Tone == Criticism], 1000, "circular_demand")
	d.fitUntil(&f, n)
	n.fitUnits(&f, d.Targets(by.UnitID))
	grounds, err := d.fitGrounds(ctx, by, &f, n)
	if err != nil {
		return nil, err
	}
	if err := d.fitPeople(ctx, by, &f, *n); err != nil {
		return nil, err
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return grounds, d.leaks(ctx, by, *n, grounds)
}

func (d *Desk) fitUntil(f *step.Form, n *NewCircular) {
	if n.Tone != Criticism {
		n.UntilOn = ""
	}
	if n.UntilOn == "" {
		return
	}
	day, err := workday.Parse(string(n.UntilOn))
	f.Require(err == nil && day > d.today() && day.Sub(d.today()) <= 366, "until_on", "circular_until")
}

// fitUnits asks for offices that the author's may address. Who is named is
// addressed too.
func (n *NewCircular) fitUnits(f *step.Form, targets []uuid.UUID) {
	n.Units = append(n.Units, n.Named...)
	slices.SortFunc(n.Units, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	n.Units = slices.Compact(n.Units)
	f.Require(len(n.Named) > 0, "named", "circular_named")
	f.Require(len(n.Units) <= mostAddressed, "units", "circular_units")
	for _, u := range n.Units {
		f.Require(slices.Contains(targets, u), "units", "circular_units")
	}
}

// texts are the fields of a circular that people read.
func (n NewCircular) texts() [][2]string {
	return [][2]string{{"title", n.Title}, {"body", n.Body}, {"demand", n.Demand}}
}

// fitPeople refuses numbers of persons anywhere, and in a public circular the
// names of people who work in the offices that it speaks of.
func (d *Desk) fitPeople(ctx context.Context, by staff.Officer, f *step.Form, n NewCircular) error {
	for _, t := range n.texts() {
		found := slices.DeleteFunc(privacy.Find(t[1]), func(p privacy.Finding) bool { return p.Kind == privacy.Landline })
		f.Require(len(found) == 0, t[0], "circular_personal")
	}
	if n.Scope != Public {
		return nil
	}
	var names []string
	err := d.Store.Read(ctx).Table("account").Where("unit_id IN ?", append(slices.Clone(n.Units), by.UnitID)).Order("id").Limit(2000).Pluck("name", &names).Error
	for _, t := range n.texts() {
		bare := strings.Join(strings.Fields(t[1]), "")
		named := slices.ContainsFunc(names, func(name string) bool { return len([]rune(name)) > 1 && strings.Contains(bare, name) })
		f.Require(!named, t[0], "circular_person")
	}
	return err
}
