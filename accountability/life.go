package accountability

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// fileOwner is how the shelf knows files that came with what was said to a measure.
const fileOwner = "measure"

// Rule approves what somebody else proposed, or returns it with words of 4 to 500
// characters (staff.ApproveMeasures); what was returned is over. public lets what
// was decided about an office be told outside, never about a person. Errors:
// *step.Invalid, those of a step.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id uuid.UUID, version int, approve, public bool, words string) error {
	var f step.Form
	if !approve {
		words = f.Text("note", words, 4, 500, "accountability_note")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToRule, id, version, func(tx *gorm.DB, m *Measure) error {
		now := d.Store.Now()
		set := map[string]any{"state": Approved, "ruled_by": by.ID, "ruled_at": now, "public": false}
		if !approve {
			set["state"] = Returned
			if err := move(tx, m, set); err != nil {
				return err
			}
			if _, err := d.keep(tx, by, m, Returned, d.today(), words, nil); err != nil {
				return err
			}
			return d.note(tx, by, id, "measure_returned", nil)
		}
		if public && (m.OfPerson() || m.Nature != Decide) {
			return step.Bad("public", "accountability_public")
		}
		set["public"] = public
		if err := move(tx, m, set); err != nil {
			return err
		}
		return d.note(tx, by, id, "measure_approved", map[string]string{"measure": string(m.Code), "public": strconv.FormatBool(public)})
	})
}

// Serve hands what was decided to the office, or what is recommended to whom it is
// addressed (staff.ProposeMeasures), on a day between the approval and today, in
// one of Ways. It issues the paper; the office's page shows what was decided, and
// the clock of a county's answer begins. Errors: *step.Invalid, those of a step.
func (d *Desk) Serve(ctx context.Context, by staff.Officer, id uuid.UUID, version int, on workday.Date, how string) error {
	return d.on(ctx, by, ToServe, id, version, func(tx *gorm.DB, m *Measure) error {
		var f step.Form
		f.Require(within(on, workday.On(*m.RuledAt), d.today()), "on", "accountability_served_on")
		f.Require(slices.Contains(Ways(), how), "how", "accountability_how")
		if err := f.Err(); err != nil {
			return err
		}
		number, err := d.paper(tx, by, *m, on)
		if err != nil {
			return err
		}
		set := map[string]any{"state": Served, "served_on": on, "served_how": how, "served_at": d.Store.Now(), "number": number}
		if m.Code == ToCounty {
			due, err := d.Clocks.Start(tx, m.clocked(), ruleReply, on)
			if err != nil {
				return err
			}
			set["due_on"] = due.DueOn
		}
		if err := move(tx, m, set); err != nil {
			return err
		}
		return d.note(tx, by, id, "measure_served", map[string]string{"number": number})
	})
}

// Feedback is what became of a measure.
type Feedback struct {
	Adopted bool         // carried out, or taken up by whom it is addressed to
	On      workday.Date // from the day it was served to today
	Words   string       // 4 to 2000 characters; stored sealed
	FormKey []byte       // of files that came with it
}

func (d *Desk) tidyWords(f *step.Form, m *Measure, on workday.Date, words string) string {
	first := m.ServedOn
	if first == nil {
		today := d.today()
		first = &today
	}
	f.Require(within(on, *first, d.today()), "on", "accountability_on")
	return f.Text("words", words, 4, 2000, "accountability_words")
}

// Answer records what became of a measure that was served or appealed against: for
// what the office decided, whether it was carried out; else whether the body that
// is addressed took it up. Errors: *step.Invalid, those of a step.
func (d *Desk) Answer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Feedback) error {
	return d.on(ctx, by, ToAnswer, id, version, func(tx *gorm.DB, m *Measure) error {
		to, event := NotAdopted, "measure_not_adopted"
		if a.Adopted {
			to, event = Adopted, "measure_adopted"
		}
		return d.end(tx, by, m, to, event, a)
	})
}

// Appeal records that the office, or the person, does not accept what was decided:
// by the office itself (staff.AnswerOffices), or by the one that decided when it
// came on paper. Errors: *step.Invalid, those of a step.
func (d *Desk) Appeal(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string, formKey []byte) error {
	return d.on(ctx, by, ToAppeal, id, version, func(tx *gorm.DB, m *Measure) error {
		return d.end(tx, by, m, Appealed, "measure_appealed", Feedback{On: d.today(), Words: words, FormKey: formKey})
	})
}

// Lift takes a measure back, for a reason of 4 to 2000 characters
// (staff.ApproveMeasures, not who proposed it). Errors: *step.Invalid, those of a
// step.
func (d *Desk) Lift(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	return d.on(ctx, by, ToLift, id, version, func(tx *gorm.DB, m *Measure) error {
		return d.end(tx, by, m, Lifted, "measure_lifted", Feedback{On: d.today(), Words: words})
	})
}

// end takes a measure to a state that words explain.
func (d *Desk) end(tx *gorm.DB, by staff.Officer, m *Measure, to State, event string, a Feedback) error {
	var f step.Form
	a.Words = d.tidyWords(&f, m, a.On, a.Words)
	if err := f.Err(); err != nil {
		return err
	}
	set := map[string]any{"state": to}
	if to != Appealed {
		set["due_on"] = nil
		if err := d.Clocks.Meet(tx, m.ID); err != nil {
			return err
		}
	}
	if err := move(tx, m, set); err != nil {
		return err
	}
	files, err := d.keep(tx, by, m, to, a.On, a.Words, a.FormKey)
	if err != nil {
		return err
	}
	return d.note(tx, by, m.ID, event, files.Tell(map[string]string{"on": string(a.On), "files": strconv.Itoa(len(files))}))
}

// keep stores what was said to a measure, with its files, which it returns.
func (d *Desk) keep(tx *gorm.DB, by staff.Officer, m *Measure, kind State, on workday.Date, words string, formKey []byte) (evidence.Bound, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	sealed, err := d.shut("note", id, words)
	if err != nil {
		return nil, err
	}
	row := noteRow{ID: id, MeasureID: m.ID, Kind: kind, OnDay: on, WordsSealed: sealed, ByID: by.ID, UnitID: by.UnitID, At: d.Store.Now()}
	if err := tx.Create(&row).Error; err != nil {
		return nil, err
	}
	return d.Shelf.Bind(tx, formKey, fileOwner, id)
}
