package objection

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/roll"
	"minsheng/staff"
)

// Ruling is a proposal and what became of it.
type Ruling struct {
	ID      uuid.UUID
	Outcome State
	Change  roll.Edit
	Answer  string
	Kept    intake.Kept // why Change and Answer are not shown
	AskedBy string
	AskedAt time.Time
	State   string // open, approved, returned
	RuledBy string
	Note    string
	MayRule bool
}

// Propose asks for a ruling: ErrTwo without a visit that two people signed, to
// the household where it is about one. edit says how the row should be; it must
// fit the outcome, and the outcome the kind. answer is what the objector is told
// (10 to 2000 characters). Errors: *intake.Invalid, step.ErrState, step.ErrStale,
// ErrOwnList.
func (d *Desk) Propose(ctx context.Context, by staff.Officer, id uuid.UUID, version int, outcome State, edit roll.Edit, answer string) error {
	ruling, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.step(ctx, by, staff.WorkObjections, id, version, func(tx *gorm.DB, o *Objection) error {
		if err := d.undecided(tx, o); err != nil {
			return err
		}
		done, err := alreadyDone(tx, o)
		if err != nil {
			return err
		}
		if done && o.RowKey != nil {
			if edit, err = d.unlessGone(tx, o, edit); err != nil {
				return err
			}
		}
		edit, err := o.fit(outcome, edit, answer, done)
		if err != nil {
			return err
		}
		if err := d.checked(tx, o, outcome); err != nil {
			return err
		}
		if err := d.rehearse(tx, o, outcome, edit); err != nil {
			return err
		}
		if err := move(tx, o, nil); err != nil {
			return err
		}
		sealed, err := d.propose(tx, o, ruling, proposed{edit, strings.TrimSpace(answer)})
		if err != nil {
			return err
		}
		err = tx.Create(&rulingRow{
			ID: ruling, ObjectionID: o.ID, Outcome: outcome, ChangeSealed: sealed, AnswerSealed: []byte{}, AskedBy: by.ID, AskedAt: d.Store.Now(), State: "open",
		}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by.Actor(), *o, "ruling_proposed", map[string]string{"outcome": string(outcome)})
	})
}

// alreadyDone reports whether somebody else's objection to the same row, or for
// households missing on the same list, was upheld: then the list may be right by
// now, and this one too.
func alreadyDone(tx *gorm.DB, o *Objection) (bool, error) {
	if o.RollID == nil {
		return false, nil
	}
	others := tx.Table("objection").Where("roll_id = ? AND id <> ?", *o.RollID, o.ID).
		Where("state IN ?", []State{UpheldAdd, UpheldRemove, UpheldCorrect})
	if o.RowKey == nil {
		others = others.Where("row_key IS NULL")
	} else {
		others = others.Where("row_key = ?", *o.RowKey)
	}
	var n int64
	err := others.Count(&n).Error
	return n > 0, err
}

// unlessGone is the edit, or none when the row is no longer there.
func (d *Desk) unlessGone(tx *gorm.DB, o *Objection, edit roll.Edit) (roll.Edit, error) {
	var row roll.Row
	err := store.One(tx.Where("roll_id = ? AND key = ? AND until IS NULL", *o.RollID, *o.RowKey), &row)
	if errors.Is(err, store.ErrNotFound) {
		return roll.Edit{}, nil
	}
	return edit, err
}

// fit returns what a ruling changes, or what is wrong with it. done: the change
// may have been made already.
func (o Objection) fit(outcome State, edit roll.Edit, answer string, done bool) (roll.Edit, error) {
	f := form{}
	f.within("answer", answer, 10, 2000, "objection_answer")
	f.require(slices.Contains(o.Kind.Outcomes(), outcome), "outcome", "objection_outcome")
	if !outcome.upheld() || !changes(outcome, edit) && (done || !o.Kind.needsEdit()) {
		return roll.Edit{}, f.err()
	}
	f.require(o.RollID != nil, "outcome", "objection_outcome")
	edit.Label, edit.Team, edit.Gone = strings.TrimSpace(edit.Label), strings.TrimSpace(edit.Team), outcome == UpheldRemove
	if edit.Reason == "" {
		edit.Reason = "objection_upheld"
	}
	if outcome == UpheldAdd {
		edit.Key = 0
		if edit.PlaceCode == "" {
			edit.PlaceCode = o.PlaceCode
		}
	} else {
		named := edit.Key > 0 && (o.RowKey == nil || *o.RowKey == edit.Key)
		f.require(named, "row", "objection_row")
	}
	if outcome == UpheldRemove {
		return roll.Edit{Key: edit.Key, Gone: true, Reason: edit.Reason}, f.err()
	}
	f.within("label", edit.Label, 1, 100, "objection_label")
	f.require(edit.People >= 0, "people", "objection_number")
	f.require(edit.AmountFen >= 0, "amount", "objection_number")
	for field, text := range said(edit) {
		f.require(len(privacy.Find(text)) == 0, field, "objection_personal")
	}
	return edit, f.err()
}

// said is what an edit would put on the web.
func said(e roll.Edit) map[string]string {
	all := maps.Clone(e.Cells)
	if all == nil {
		all = map[string]string{}
	}
	all["label"], all["team"] = e.Label, e.Team
	return all
}

// changes reports whether what was typed says how a row should be.
func changes(outcome State, e roll.Edit) bool {
	if outcome == UpheldRemove {
		return e.Key != 0
	}
	return strings.TrimSpace(e.Label) != "" || len(e.Cells) > 0
}

// blank reports whether a ruling leaves the rows as they are.
func blank(e roll.Edit) bool { return e.Key == 0 && e.Label == "" }

// Rule approves or returns (with a note of 2 to 500 characters) another person's
// proposal (staff.RuleObjections). Approved and upheld: the roll's next version
// is made, publicity restarts for the changed row, the hold is lifted, the
// objector is answered, all in one commit. Errors: *intake.Invalid, step.ErrState,
// step.ErrStale, step.ErrSamePerson, ErrTwo, ErrOwnList; and those of intake.ReadSheet
// for who would approve what they cannot read.
func (d *Desk) Rule(ctx context.Context, by staff.Officer, id, ruling uuid.UUID, version int, approve bool, note string) error {
	note = strings.TrimSpace(note)
	f := form{}
	least := 2
	if approve {
		least = 0
	}
	f.within("note", note, least, 500, "case_note")
	if err := f.err(); err != nil {
		return err
	}
	return d.step(ctx, by, staff.RuleObjections, id, version, func(tx *gorm.DB, o *Objection) error {
		var r rulingRow
		if err := store.One(tx.Where("id = ? AND objection_id = ?", ruling, o.ID), &r); err != nil {
			return err
		}
		switch {
		case r.AskedBy == by.ID:
			return step.ErrSamePerson
		case o.State != Verifying || r.State != "open":
			return step.ErrState
		}
		if err := d.settle(tx, by, r.ID, approve, note); err != nil {
			return err
		}
		if approve {
			return d.decide(tx, by, o, r)
		}
		if err := move(tx, o, nil); err != nil {
			return err
		}
		return d.note(tx, by.Actor(), *o, "ruling_returned", nil)
	})
}

// settle marks an open proposal as ruled on; of two who rule one is too late.
func (d *Desk) settle(tx *gorm.DB, by staff.Officer, ruling uuid.UUID, approve bool, note string) error {
	state := "returned"
	if approve {
		state = "approved"
	}
	res := tx.Model(&rulingRow{}).Where("id = ? AND state = 'open'", ruling).Updates(map[string]any{
		"state": state, "ruled_by": by.ID, "ruled_at": d.Store.Now(), "ruling_note": note,
	})
	if res.Error == nil && res.RowsAffected == 0 {
		return step.ErrStale
	}
	return res.Error
}

// decide carries out what was proposed, asking once more whether it may stand:
// days may lie between asking and ruling.
func (d *Desk) decide(tx *gorm.DB, by staff.Officer, o *Objection, r rulingRow) error {
	if err := d.checked(tx, o, r.Outcome); err != nil {
		return err
	}
	p, err := d.proposal(tx, by, r)
	if err != nil {
		return err
	}
	if err := d.end(tx, o, r.Outcome); err != nil {
		return err
	}
	if err := d.publish(tx, o, r.Outcome, p.Change); err != nil {
		return err
	}
	if err := d.tell(tx, by, *o, intake.AnswerText, string(r.Outcome), "answer", p.Answer); err != nil {
		return err
	}
	event := "objection_not_upheld"
	switch {
	case r.Outcome.upheld():
		event = "objection_upheld"
	case r.Outcome == Referred:
		event = "objection_referred"
	}
	return d.note(tx, by.Actor(), *o, event, map[string]string{"outcome": string(r.Outcome)})
}
