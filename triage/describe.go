package triage

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/region"
	"minsheng/staff"
)

// Description is what the officer writes about a case. The summary is stored readable
// and searched, the demands are sealed like the reporter's words; all are checked for
// phones, ID numbers and the like.
type Description struct {
	Summary   string      // 10 to 500 characters
	Kind      intake.Kind // one of intake.Kinds
	Programme string      // one of intake.Programmes, or ""
	Severity  int         // 1 gravest … 4; RETALIATION is always 1
	Demands   []string    // at most 20, 2 to 300 characters each; empty ones are left out
}

// tidy trims the description and returns what is wrong with it.
func (d Description) tidy() (Description, error) {
	f := form{}
	d.Summary = strings.TrimSpace(d.Summary)
	f.check(summaryFit("summary", d.Summary))
	f.require(slices.Contains(intake.Kinds(false), d.Kind), "kind", "case_kind")
	f.require(d.Programme == "" || slices.Contains(intake.Programmes(), d.Programme), "programme", "case_programme")
	if d.Kind == intake.Retaliation {
		d.Severity = 1
	}
	f.require(d.Severity >= 1 && d.Severity <= 4, "severity", "case_severity")
	var demands []string
	for _, text := range d.Demands {
		if text = strings.TrimSpace(text); text != "" {
			demands = append(demands, text)
			f.check(within("demands", text, 2, 300, "case_demand"))
			f.require(len(giveaways("demands", text)) == 0, "demands", "case_personal")
		}
	}
	f.require(len(demands) <= maxDemands, "demands", "case_demands")
	d.Demands = demands
	return d, f.err()
}

// summaryFit is bad unless a summary may stand readable in the database.
func summaryFit(field, summary string) error {
	if err := within(field, summary, 10, 500, "case_summary"); err != nil {
		return err
	}
	if len(giveaways(field, summary)) > 0 {
		return bad(field, "case_personal")
	}
	return nil
}

// Describe writes the officer's summary, labels and numbered demands, in place
// of what stood there. What turns out to be retaliation moves to the city's
// desk. Errors: *intake.Invalid, *Leak (it repeats covered words), ErrUnread (the
// demands that stand there).
func (q *Queue) Describe(ctx context.Context, by staff.Officer, id uuid.UUID, version int, d Description) error {
	d, err := d.tidy()
	if err != nil {
		return err
	}
	texts := [][2]string{{"summary", d.Summary}}
	for _, demand := range d.Demands {
		texts = append(texts, [2]string{"demands", demand})
	}
	if err := q.uncovered(ctx, by, id, texts...); err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Describe, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		err := move(tx, c, map[string]any{
			"summary": d.Summary, "kind": d.Kind, "programme": d.Programme, "severity": d.Severity,
		})
		if err != nil {
			return err
		}
		if err := q.setDemands(tx, by, *c, d.Demands); err != nil {
			return err
		}
		if err := q.intake.Index(tx, *c); err != nil {
			return err
		}
		if err := q.note(tx, by, c, "described", nil); err != nil {
			return err
		}
		if d.Kind != intake.Retaliation {
			return nil
		}
		if err := q.beginAudit(tx, by, c); err != nil {
			return err
		}
		return q.reroute(tx, by, c)
	})
}

// NameSubject records which offices the complaint is about, in place of those
// named before, and moves it to the desk above them all; the officer may lose
// sight of it, which is not an error. When no desk stands above them it lies
// on the highest and can only be referred. When that office itself is named
// nobody could see it any more: then it is proposed to refer it, and naming
// waits until a second person has agreed.
func (q *Queue) NameSubject(ctx context.Context, by staff.Officer, id uuid.UUID, version int, units []uuid.UUID) error {
	for _, unit := range units {
		if _, err := q.atlas.Unit(unit); err != nil {
			return orInvalid(err, "units", "case_units")
		}
	}
	if len(units) > 20 {
		return bad("units", "case_units")
	}
	return q.step(ctx, by, staff.WorkCases, NameSubject, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if unseen, err := q.unseenBy(c, units); err != nil {
			return err
		} else if unseen {
			return q.proposeReferral(tx, by, c, proposalBody{Units: units})
		}
		if err := move(tx, c, nil); err != nil {
			return err
		}
		before, err := subjectIDs(tx, c.ID)
		if err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM complaint_subject WHERE complaint_id = ?", c.ID).Error; err != nil {
			return err
		}
		if err := q.nameSubjects(tx, by, c.ID, units); err != nil {
			return err
		}
		// What was named before is gone from the table; the record keeps it.
		body := map[string]string{"units": q.officeNames(units), "before": q.officeNames(before)}
		if err := q.note(tx, by, c, "subject_named", body); err != nil {
			return err
		}
		return q.reroute(tx, by, c)
	})
}

// nameSubjects adds offices to those that a complaint is about.
func (q *Queue) nameSubjects(tx *gorm.DB, by staff.Officer, complaint uuid.UUID, units []uuid.UUID) error {
	for _, unit := range units {
		err := tx.Exec(`INSERT INTO complaint_subject (complaint_id, unit_id, named_by, at)
			VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, complaint, unit, by.ID, q.store.Now()).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// officeNames lists offices for an event, as many as fit into it.
func (q *Queue) officeNames(units []uuid.UUID) string {
	const most = 450 // bytes; an event takes 500
	var names []string
	length := 0
	for _, id := range units {
		u, err := q.atlas.Unit(id)
		if err != nil {
			continue
		}
		if length += len(u.Name) + len("、"); length > most {
			names = append(names, "…")
			break
		}
		names = append(names, u.Name)
	}
	return strings.Join(names, "、")
}

func subjectIDs(tx *gorm.DB, complaint uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := tx.Table("complaint_subject").Where("complaint_id = ?", complaint).Order("unit_id").Pluck("unit_id", &ids).Error
	return ids, err
}

// deskOf is where a complaint belongs by what is known of whom it is about.
// beyond is true when no desk of the portal stands above them.
func (q *Queue) deskOf(tx *gorm.DB, c *intake.Complaint) (desk region.Unit, beyond bool, err error) {
	units, err := subjectIDs(tx, c.ID)
	if err != nil {
		return desk, false, err
	}
	people, err := q.intake.PeopleOf(tx, c.ID)
	if err != nil {
		return desk, false, err
	}
	return q.intake.DeskFor(tx, c.PlaceCode, region.Accused{Level: intake.RoutedAs(c.Kind, c.AccusedLevel), Units: units}, people)
}

// reroute moves a complaint to the desk where it belongs; nobody owns it there
// yet. It only moves up by itself: back down, where somebody may have been taken
// for accused by mistake or by a friend, it goes by a transfer with a reason
// that the reporter reads.
func (q *Queue) reroute(tx *gorm.DB, by staff.Officer, c *intake.Complaint) error {
	desk, beyond, err := q.deskOf(tx, c)
	if err != nil {
		return err
	}
	if !slices.Contains(q.atlas.Above(desk.ID), c.DeskUnitID) {
		if err := move(tx, c, map[string]any{"desk_unit_id": desk.ID, "owner_id": nil}); err != nil {
			return err
		}
		if err := q.keepAbove(tx, c, desk.ID); err != nil {
			return err
		}
		if err := q.note(tx, by, c, "rerouted", map[string]string{"to": desk.Name}); err != nil {
			return err
		}
	}
	if err := shelter(tx, c); err != nil {
		return err
	}
	if err := q.reseal(tx, by, c); err != nil {
		return err
	}
	if !beyond {
		return nil
	}
	return q.note(tx, by, c, "beyond_desk", nil)
}

// unseenBy reports whether nobody could see a complaint that is about those
// offices: they are the highest desk itself, or who commands it.
func (q *Queue) unseenBy(c *intake.Complaint, units []uuid.UUID) (bool, error) {
	accused := region.Accused{Level: intake.RoutedAs(c.Kind, c.AccusedLevel), Units: units}
	desk, beyond, err := q.atlas.DeskFor(c.PlaceCode, accused)
	if err != nil || !beyond {
		return false, err
	}
	return slices.ContainsFunc(q.atlas.Above(desk.ID), func(id uuid.UUID) bool { return slices.Contains(units, id) }), nil
}
