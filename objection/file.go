package objection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
)

// Time rules of an objection (DOMAIN §3.5).
const (
	ruleAcknowledge = "objection.acknowledge" // from its arrival
	ruleVerify      = "objection.verify"      // from its acknowledgement
	ruleAnswer      = "objection.answer"      // from the second signature
)

// Filing is a filled form. The place is that of the row or the list, whatever
// PlaceCode says, and Kind of the submission is not asked for. Text may be empty
// when Kind says enough and a row is named.
type Filing struct {
	intake.Submission
	NoticeID  uuid.UUID
	RowKey    *int
	Kind      Kind
	Household string // who is missing, for MISSED without a row
}

// tooLate is why an objection becomes a complaint; it is the fact "why" of the
// event.
type tooLate string

func (t tooLate) Error() string { return "objection: too late: " + string(t) }

const (
	latePeriod tooLate = "period" // the days are over, or there are none
	lateStage  tooLate = "stage"  // the list has gone on, or is not one that objections freeze
	lateRow    tooLate = "row"    // the row is no longer there
	lateDesk   tooLate = "desk"   // no office stands above the one that published
)

// File stores an objection and freezes what it is about. After the period of the
// list, or about a notice without one, it becomes a complaint by itself (late).
// PRIVACY takes the notice off the web in the same commit, as long as it is
// shown, period or not. The same form gives the same receipt. Errors:
// *intake.Invalid, intake.ErrStaleForm, store.ErrNotFound (no such notice or
// row).
func (d *Desk) File(ctx context.Context, f Filing) (receipt intake.Receipt, late bool, err error) {
	// A form that is already stored has its receipt, whatever became of the list.
	if receipt, err = d.Intake.Arrived(ctx, f.Token); !errors.Is(err, store.ErrNotFound) {
		return receipt, err == nil && !receipt.Other, err
	}
	target, err := d.target(ctx, f)
	if err != nil {
		return intake.Receipt{}, false, err
	}
	if err := f.problems(); err != nil {
		return intake.Receipt{}, false, err
	}
	receipt, err = d.Intake.SubmitOther(ctx, f.submission(target), f.wordless(), d.keep(f, target))
	if why := tooLate(""); errors.As(err, &why) {
		receipt, err = d.submitLate(ctx, f, target, why)
	}
	return receipt, err == nil && !receipt.Other, f.beside(err)
}

// beside puts what is wrong with the household beside its field: intake knows it
// as who a report is about.
func (f Filing) beside(err error) error {
	var bad *intake.Invalid
	if errors.As(err, &bad) && f.Household != "" && bad.Problems["who"] != "" {
		bad.Problems["household"] = bad.Problems["who"]
		delete(bad.Problems, "who")
	}
	return err
}

// target is what an objection is about, as it stood when the form arrived.
type target struct {
	notice    notice.Notice
	publisher region.Unit
	row       *roll.Row // latest state of the row that is named
	place     string
}

func (d *Desk) target(ctx context.Context, f Filing) (t target, err error) {
	db := d.Store.Read(ctx)
	wasShown := db.Where("id = ? AND published_at <= ?", f.NoticeID, d.Store.Now())
	if err = store.One(wasShown, &t.notice); err != nil {
		return t, err
	}
	if t.publisher, err = d.Atlas.Unit(t.notice.UnitID); err != nil {
		return t, err
	}
	t.place = t.notice.PlaceCode
	if f.RowKey == nil {
		return t, nil
	}
	if t.notice.RollID == nil {
		return t, store.ErrNotFound
	}
	t.row = new(roll.Row)
	err = store.One(db.Where("roll_id = ? AND key = ?", *t.notice.RollID, *f.RowKey).Order("since DESC").Limit(1), t.row)
	if t.row.PlaceCode != "" {
		t.place = t.row.PlaceCode
	}
	return t, err
}

// problems are those that intake does not know of.
func (f Filing) problems() error {
	found := form{}
	found.require(slices.Contains(Kinds(), f.Kind), "kind", "objection_kind")
	named := f.RowKey != nil || strings.TrimSpace(f.Household) != "" || strings.TrimSpace(f.Text) != ""
	found.require(f.Kind != Missed || named, "household", "objection_household")
	return found.err()
}

// wordless reports whether the form says enough without a text.
func (f Filing) wordless() bool {
	return f.RowKey != nil || f.Kind == Privacy || f.Kind == Missed && strings.TrimSpace(f.Household) != ""
}

func (f Filing) submission(t target) intake.Submission {
	s := f.Submission
	s.PlaceCode, s.Kind, s.AccusedLevel, s.About = t.place, "", "", nil
	if f.Household != "" {
		s.Who = f.Household
	}
	return s
}

// keep is what an objection leaves in the database beside its report.
func (d *Desk) keep(f Filing, t target) intake.Other {
	return func(tx *gorm.DB, r intake.Report, place region.Division) (placed intake.Placed, err error) {
		o, err := d.objection(f, t, r, place)
		if err != nil {
			return placed, err
		}
		if err := d.freeze(tx, &o, f); err != nil {
			return placed, err
		}
		due, err := d.Clocks.Start(tx, clocked(o.ID), ruleAcknowledge, d.today())
		if err != nil {
			return placed, err
		}
		o.DueOn, o.DueRule = &due.DueOn, due.Rule
		if err := tx.Create(&o).Error; err != nil {
			return placed, err
		}
		placed = intake.Placed{Desk: o.DeskUnitID, Against: o.PublisherID, AnswerBy: due.DueOn}
		return placed, d.note(tx, ledger.Reporter(), o, "objected", clock.Tell(map[string]string{
			"kind": string(o.Kind), "place": o.PlaceCode, "desk": o.DeskUnitID.String(), "notice": o.NoticeID.String(),
		}, due))
	}
}

func (d *Desk) objection(f Filing, t target, r intake.Report, place region.Division) (Objection, error) {
	desk, beyond, err := d.Atlas.DeskFor(place.Code, region.Accused{Level: accusedLevel(t), Units: []uuid.UUID{t.publisher.ID}})
	if errors.Is(err, region.ErrNoDesk) || beyond {
		return Objection{}, lateDesk
	}
	if err != nil {
		return Objection{}, fmt.Errorf("objection: desk for %s: %w", place.Code, err)
	}
	id, err := uuid.NewV7()
	return Objection{
		ID: id, ReportID: r.ID, NoticeID: t.notice.ID, RowKey: f.RowKey, Kind: f.Kind, State: Submitted,
		PlaceCode: place.Code, PlaceName: place.FullName, DeskUnitID: desk.ID, PublisherID: t.publisher.ID,
		ReceivedAt: r.ReceivedAt, Mode: r.Mode, Version: 1,
	}, err
}

// accusedLevel is the level that the desk must stand above: that of the round,
// where the list is in one, and else of the office that published.
func accusedLevel(t target) string {
	kind, _ := notice.KindOf(t.notice.Kind)
	switch kind.Stage {
	case roll.Village, roll.Town, roll.County:
		return string(kind.Stage)
	}
	return string(t.publisher.Level)
}

// freeze holds the row, or the list, and takes the notice off the web where it
// is said to show too much. Everything is looked at again: the form may have
// been filled in while the days went by, and another replica may have moved the
// list on. Whoever moves a list holds its row, as Hold does.
func (d *Desk) freeze(tx *gorm.DB, o *Objection, f Filing) error {
	var now notice.Notice
	if err := store.One(tx.Where("id = ?", o.NoticeID), &now); err != nil {
		return err
	}
	o.RollID = now.RollID
	why := d.hold(tx, o, now)
	if why != nil && (!errors.As(why, new(tooLate)) || f.Kind != Privacy || !shown(now)) {
		return why
	}
	if f.Kind == Privacy {
		_, err := d.Notices.Pull(tx, now.ID)
		return err
	}
	return nil
}

// shown reports whether the public can read a notice, or could until it was
// pulled.
func shown(n notice.Notice) bool { return n.State == "published" || n.State == "ended" }

// hold freezes what an objection is about: a tooLate when it cannot be frozen.
func (d *Desk) hold(tx *gorm.DB, o *Objection, n notice.Notice) error {
	kind, _ := notice.KindOf(n.Kind)
	if n.RollID == nil || kind.Announcement || n.State != "published" || n.EndsOn == nil {
		return latePeriod
	}
	var list roll.Roll
	if err := lock(tx, *n.RollID, &list); err != nil {
		return err
	}
	if today := d.today(); today < n.StartsOn || today > *n.EndsOn {
		return latePeriod
	}
	if kind.Stage != list.Stage {
		return lateStage
	}
	err := d.Rolls.Hold(tx, o.ID, list.ID, o.RowKey)
	switch {
	case errors.Is(err, roll.ErrStage):
		return lateStage
	case errors.Is(err, store.ErrNotFound):
		return lateRow
	case err != nil:
		return err
	}
	return notice.Touch(tx) // the row is marked on pages that are kept
}

// submitLate stores the words as a complaint about the notice and its row.
func (d *Desk) submitLate(ctx context.Context, f Filing, t target, why tooLate) (intake.Receipt, error) {
	s := f.submission(t)
	s.Kind, s.AccusedLevel = f.Kind.complaint(), accusedLevel(t)
	s.About = []intake.About{{Kind: "notice", RefID: t.notice.ID}}
	facts := map[string]string{"notice": t.notice.ID.String(), "kind": string(f.Kind), "why": string(why)}
	if f.RowKey != nil {
		s.About = append(s.About, intake.About{Kind: "row", RefID: *t.notice.RollID, RowKey: *f.RowKey})
		facts["row"] = strconv.Itoa(*f.RowKey)
	}
	return d.Intake.SubmitLate(ctx, s, f.wordless(), facts)
}
