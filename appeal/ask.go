package appeal

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/staff"
)

// State of an appeal.
type State string

const (
	Open     State = "open"
	Proposed State = "proposed" // one person has said what should come of it
	Decided  State = "decided"  // another one agreed
)

// Rulings of an appeal (catalog key appeal.ruling.<code>).
const (
	Upheld  = "upheld"  // 维持
	Changed = "changed" // 变更
	Redo    = "redo"    // 责令重办; only of a review
)

// Rulings lists what can come of an appeal, in order.
func Rulings(level intake.LetterKind) []string {
	if level == intake.OfReexam {
		return []string{Upheld, Changed}
	}
	return []string{Upheld, Changed, Redo}
}

// row is an appeal as stored.
type row struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID // the case
	Level       intake.LetterKind
	AskedFor    uuid.UUID // the asking reporter's own complaint
	FromUnitID  uuid.UUID // whose decision it is about
	DeskUnitID  uuid.UUID
	MessageID   uuid.UUID // what the reporter says
	AskedAt     time.Time
	State       State
	Ruling      string
	BodySealed  []byte
	ProposedBy  *uuid.UUID
	ProposedAt  *time.Time
	DecidedBy   *uuid.UUID
	DecidedAt   *time.Time
	Version     int
}

func (row) TableName() string { return "appeal" }

// Ask takes a reporter's wish that the level above looks at a decision again,
// under their receipt and within the days of its rule: what is asked for (a
// review or a re-examination) is what the newest letter says can be. It needs 10
// to 2000 characters; files staged for the form are bound. The case goes to the
// desk above, or stays on the highest one for people who took no part in it, and
// the reporter is told until when it is decided. A form that arrives twice leaves
// one. Errors: *step.Invalid, *Late, intake.ErrClosed when nothing can be asked
// for.
func (d *Desk) Ask(ctx context.Context, report uuid.UUID, part int, formKey []byte, text string) error {
	var f step.Form
	text = f.Text("appeal", text, 10, 2000, "appeal_text")
	if err := f.Err(); err != nil {
		return err
	}
	return d.listen(ctx, report, part, func(tx *gorm.DB, m heard) error {
		if known, err := d.asked(tx, formKey); err != nil || known {
			return err
		}
		switch {
		case m.right == nil || !answered(m.lead):
			return intake.ErrClosed
		case m.right.DueOn < d.today():
			return &Late{Level: levelOf(m.right.Rule), Until: m.right.DueOn}
		}
		return d.ask(tx, m, formKey, text)
	})
}

// asked reports whether a form has been taken already.
func (d *Desk) asked(tx *gorm.DB, formKey []byte) (bool, error) {
	var n int64
	err := tx.Table("message").Where("form_key = ?", formKey).Count(&n).Error
	return n > 0, err
}

func (d *Desk) ask(tx *gorm.DB, m heard, formKey []byte, text string) error {
	desk, err := d.Atlas.Unit(m.lead.DeskUnitID)
	if err != nil {
		return err
	}
	looks, _ := d.Triage.NextLook(desk)
	message, files, err := d.Intake.SayAbove(tx, m.own, formKey, text, looks.ID)
	if err != nil {
		return err
	}
	level := levelOf(m.right.Rule)
	err = tx.Create(&row{
		ID: uuid.Must(uuid.NewV7()), ComplaintID: m.lead.ID, Level: level, AskedFor: m.own.ID, FromUnitID: m.lead.DeskUnitID,
		DeskUnitID: looks.ID, MessageID: message, AskedAt: d.Store.Now(), State: Open, Version: 1,
	}).Error
	if err != nil {
		return err
	}
	due, err := d.lift(tx, &m, level, looks.ID)
	if err != nil {
		return err
	}
	body := map[string]string{"to": looks.Name, "reply_by": string(due.DueOn)}
	if err := ledger.Append(tx, ledger.OfComplaint, m.lead.ID, string(level)+"_asked", ledger.Reporter(), d.Store.Now(), clock.Tell(files.Tell(body), due)); err != nil {
		return err
	}
	return d.Triage.TellOne(tx, staff.Officer{}, m.own, string(level)+"_taken", "unit", looks.Name, "date", due.DueOn)
}

// lift lays a case on the desk that looks at it again and starts its clock. What
// the desk below still owed is owed no more.
func (d *Desk) lift(tx *gorm.DB, m *heard, level intake.LetterKind, desk uuid.UUID) (clock.Deadline, error) {
	state, rule := intake.Review, ruleReviewDecide
	if level == intake.OfReexam {
		state, rule = intake.Reexam, ruleReexamDecide
	}
	lead := m.lead
	if err := d.Triage.LayOn(tx, staff.Officer{}, &lead, desk, map[string]any{"state": state, "second_desk_id": nil}); err != nil {
		return clock.Deadline{}, err
	}
	if err := d.endLook(tx, &lead, nil, LookOvertaken, ""); err != nil {
		return clock.Deadline{}, err
	}
	if err := d.Clocks.Meet(tx, m.own.ID, m.right.Rule); err != nil {
		return clock.Deadline{}, err
	}
	if err := d.Clocks.Meet(tx, lead.ID, ruleCallback); err != nil {
		return clock.Deadline{}, err
	}
	m.lead = lead
	return d.start(tx, &lead, rule)
}
