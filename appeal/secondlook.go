package appeal

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// What became of a second look (catalog key appeal.look.<code>).
const (
	LookOpen      = "open"
	LookRedo      = "redo"      // the case goes back to be verified anew
	LookStands    = "stands"    // the answer stands, for a reason that the reporter reads
	LookOvertaken = "overtaken" // the reporter asked for a review meanwhile
)

// lookRow is a second look as stored.
type lookRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	LetterN     int
	DeskUnitID  uuid.UUID
	Why         string // rating, callback
	State       string
	WordsSealed []byte
	OpenedAt    time.Time
	EndedBy     *uuid.UUID
	EndedAt     *time.Time
	Version     int
}

func (lookRow) TableName() string { return "second_look" }

// openLook makes the office above a case's desk look again, once for each letter:
// at the highest desk, another person than who handled it. The case stays where
// it is meanwhile.
func (d *Desk) openLook(tx *gorm.DB, by ledger.Actor, c *intake.Complaint, letter int, why string) error {
	desk, err := d.Atlas.Unit(c.DeskUnitID)
	if err != nil {
		return err
	}
	looks, _ := d.Triage.NextLook(desk)
	row := lookRow{ID: uuid.Must(uuid.NewV7()), ComplaintID: c.ID, LetterN: letter, DeskUnitID: looks.ID, Why: why, State: LookOpen, OpenedAt: d.Store.Now(), Version: 1}
	res := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "complaint_id"}, {Name: "letter_n"}}, DoNothing: true}).Create(&row)
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	if err := d.Triage.Move(tx, c, map[string]any{"second_desk_id": looks.ID}); err != nil {
		return err
	}
	due, err := d.start(tx, c, intake.RuleSecondLook)
	if err != nil {
		return err
	}
	body := map[string]string{"to": looks.Name, "why": why, "due_on": string(due.DueOn)}
	return ledger.Append(tx, ledger.OfComplaint, c.ID, "second_look_opened", by, d.Store.Now(), clock.Tell(body, due))
}

// SecondLook ends a second look: the case is sent back to be verified anew, with
// a new time to answer and by whoever its desk picks, or the answer stands.
// Either way the reporters read the words, 4 to 1000 characters. It is for
// somebody of the office that owes the look, or of one above it, who took no part
// in the case (step.ErrSamePerson). A case is sent back once, whoever does it:
// step.ErrState. Errors: *step.Invalid, *triage.Leak, step.ErrStale.
func (d *Desk) SecondLook(ctx context.Context, by staff.Officer, id uuid.UUID, version int, redo bool, words string) error {
	var f step.Form
	words = f.Text("words", words, 4, 1000, "appeal_look_words")
	if err := f.Err(); err != nil {
		return err
	}
	if err := d.fitToRead(ctx, by, id, [2]string{"words", words}); err != nil {
		return err
	}
	return d.Triage.Act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return step.ErrStale
		}
		if c.SecondDeskID == nil || !answered(c) || redo && c.Redone {
			return step.ErrState
		}
		if !d.above(by, *c.SecondDeskID) {
			return staff.ErrForbidden
		}
		took, err := d.Triage.TookPart(tx, &c)
		if err != nil {
			return err
		}
		if err := d.apart(took, by); err != nil {
			return err
		}
		if redo {
			return d.redo(tx, by, &c, c.DeskUnitID, LookRedo, "second_look_redo", words)
		}
		return d.stands(tx, by, &c, words)
	})
}

// stands ends a second look with a reason why the answer stands.
func (d *Desk) stands(tx *gorm.DB, by staff.Officer, c *intake.Complaint, words string) error {
	if err := d.Triage.Move(tx, c, map[string]any{"second_desk_id": nil}); err != nil {
		return err
	}
	if err := d.endLook(tx, c, &by, LookStands, words); err != nil {
		return err
	}
	if err := d.Triage.Note(tx, by, c, "second_look_stands", nil); err != nil {
		return err
	}
	return d.Triage.Tell(tx, by, c, "second_look_stands", "reason", words)
}

// endLook ends the second look that is open, if there is one.
func (d *Desk) endLook(tx *gorm.DB, c *intake.Complaint, by *staff.Officer, state, words string) error {
	var row lookRow
	err := store.One(tx.Where("complaint_id = ? AND state = ?", c.ID, LookOpen), &row)
	if err == store.ErrNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	sealed, err := d.shut(tx, *c, nil, "second_look", row.ID, words)
	if err != nil {
		return err
	}
	set := map[string]any{"state": state, "ended_at": d.Store.Now(), "words_sealed": sealed}
	if by != nil {
		set["ended_by"] = by.ID
	}
	if err := step.Move(tx, &lookRow{}, row.ID, row.Version, set); err != nil {
		return err
	}
	return d.meet(tx, c, intake.RuleSecondLook)
}

// redo sends a case back to be verified anew on a desk: no answer stands any
// more, the time to answer begins again, and everybody whose report is handled as
// this case is told why and until when.
func (d *Desk) redo(tx *gorm.DB, by staff.Officer, c *intake.Complaint, desk uuid.UUID, look, event, words string) error {
	set := map[string]any{"state": intake.Verifying, "resume_state": "", "outcome": "", "rating": "", "redone": true, "second_desk_id": nil}
	if err := d.Triage.LayOn(tx, by, c, desk, set); err != nil {
		return err
	}
	if err := d.endLook(tx, c, &by, look, words); err != nil {
		return err
	}
	everybody, err := d.Triage.Reporters(tx, c)
	if err != nil {
		return err
	}
	for _, each := range everybody {
		if err := d.Clocks.Meet(tx, each.ID); err != nil {
			return err
		}
	}
	var due clock.Deadline
	if due, err = d.start(tx, c, intake.RuleReply); err != nil {
		return err
	}
	if err := d.Triage.Note(tx, by, c, event, clock.Tell(map[string]string{"reply_by": string(due.DueOn), "to": d.unitName(desk)}, due)); err != nil {
		return err
	}
	return d.Triage.Tell(tx, by, c, "redo", "date", due.DueOn, "reason", words)
}
