package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// rights are limits within which somebody may do something. Nobody owes it, and
// nothing is late when they let it be.
var rights = []string{
	"complaint.review_request", "complaint.reexam_request", "complaint.transfer_dispute", "supervision_item.dispute",
}

// nearing is a running deadline with the gravest stage that was announced of it.
type nearing struct {
	clock.Deadline
	Announced int // grade; ungraded when nothing was
}

// announcing is one look at all deadlines that are near or past their day.
type announcing struct {
	*turn
	today  workday.Date
	eager  ends                    // of the rules that come first, whatever kind they are for
	broken map[ledger.Subject]bool // rooms that cannot say who owes what
}

// announce tells of every deadline that has come to a stage further than was
// told. The alarm, its event and what the keeper does are one commit.
func (t *turn) announce(ctx context.Context, swept *Swept) error {
	a := announcing{turn: t, today: workday.On(t.Store.Now()), broken: map[ledger.Subject]bool{}}
	var err error
	if a.eager, err = t.eager(ctx, a.today); err != nil {
		return err
	}
	return t.walk(ctx, swept, a.deal)
}

// deal announces the next deadlines, at most n.
func (a *announcing) deal(tx *gorm.DB, from clock.Place, n int) (dealt, error) {
	if !a.Hours.Open(a.Store.Now(), a.Clocks.Calendar()) {
		return dealt{done: true}, nil // people went home meanwhile
	}
	var near []nearing
	if err := a.near(tx, from, n).Scan(&near).Error; err != nil {
		return dealt{}, err
	}
	owners, err := a.owners(tx, near)
	if err != nil {
		return dealt{}, err
	}
	d := dealt{next: from, done: len(near) < n}
	for _, one := range near {
		d.next = clock.PlaceOf(one.Deadline)
		o, owed := owners[one.SubjectID]
		if !owed {
			continue
		}
		told, err := a.one(tx, one, o)
		if err != nil {
			return dealt{}, &failed{d.next, err}
		}
		d.told = append(d.told, told...)
	}
	return d, nil
}

// near asks for running deadlines that are further than what was announced of
// them, by the index deadline_open, and holds them: nobody meets or moves one
// until its alarm stands. One that somebody is just changing is left for the next
// turn.
func (a *announcing) near(tx *gorm.DB, from clock.Place, n int) *gorm.DB {
	const announced = `COALESCE((SELECT MIN(alarm.grade) FROM alarm WHERE alarm.subject_id = deadline.subject_id
		AND alarm.rule = deadline.rule AND alarm.round = deadline.round AND alarm.due_on = deadline.due_on), ?)`
	query := tx.Model(&clock.Deadline{}).Select("deadline.*, "+announced+" AS announced", ungraded).
		Where("deadline.met_at IS NULL AND deadline.due_on <= ? AND deadline.rule NOT IN ?", a.eager.Remind, rights).
		Where(announced+` > CASE WHEN deadline.due_on <= ? THEN CAST(? AS integer) WHEN deadline.due_on <= ? THEN CAST(? AS integer)
			WHEN deadline.due_on <= ? THEN CAST(? AS integer) ELSE CAST(? AS integer) END`,
			ungraded, a.eager.Red, Red.grade(), a.eager.Yellow, Yellow.grade(), a.eager.Due, Due.grade(), Remind.grade())
	return from.After(query).Order("deadline.due_on, deadline.subject_id, deadline.rule").Limit(n).
		Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "deadline"}, Options: "SKIP LOCKED"})
}

// owners asks the rooms who owes what is near; errAgain when one cannot say.
func (a *announcing) owners(tx *gorm.DB, near []nearing) (map[uuid.UUID]clock.Owner, error) {
	subjects := map[ledger.Subject][]uuid.UUID{}
	for _, d := range near {
		subjects[d.SubjectKind] = append(subjects[d.SubjectKind], d.SubjectID)
	}
	owners := map[uuid.UUID]clock.Owner{}
	for kind, ids := range subjects {
		keeper := a.Keepers[kind]
		if keeper == nil || a.broken[kind] {
			continue
		}
		some, err := keeper.Owners(tx, ids)
		if err != nil {
			a.broken[kind] = true
			return nil, errors.Join(errAgain, err)
		}
		maps.Copy(owners, some)
	}
	return owners, nil
}

// one announces the stage in which a deadline is, if it is further than what was
// announced.
func (a *announcing) one(tx *gorm.DB, d nearing, o clock.Owner) (told []Stage, err error) {
	s, err := a.stepsFor(tx, d.SubjectOf, a.today)
	if err != nil {
		return nil, err
	}
	stage := s.stageOn(a.Clocks.Calendar(), d.DueOn, a.today)
	if stage.grade() >= d.Announced || stage == Remind && s.brief(a.Clocks.Calendar(), d.StartedOn, d.DueOn) {
		return nil, nil
	}
	if err := putAway(tx, d.Deadline, a.Store.Now()); err != nil {
		return nil, err
	}
	told = []Stage{stage}
	if stage == Red {
		told = append(told, Escalated)
	}
	for _, s := range told {
		alarm := alarmRow{SubjectKind: d.SubjectKind, SubjectID: d.SubjectID, Rule: d.Rule, Round: d.Round, DueOn: d.DueOn, Stage: s, OwesID: &o.Unit}
		if err := a.raise(tx, alarm, hearers(s, o, a.Atlas.Above)); err != nil {
			return nil, err
		}
	}
	if keeper, ok := a.Keepers[d.SubjectKind].(clock.Escalator); ok && stage == Red {
		return told, keeper.Escalate(tx, d.SubjectID, hearers(Escalated, o, a.Atlas.Above)[0].Unit)
	}
	return told, nil
}

// stepsFor are the limits between stages for a kind of subject on a day.
func (w *Watch) stepsFor(db *gorm.DB, kind string, today workday.Date) (s steps, err error) {
	for _, r := range []struct {
		code string
		to   *clock.Rule
	}{{ruleRemind, &s.Remind}, {ruleYellow, &s.Yellow}, {ruleRed, &s.Red}} {
		if *r.to, err = w.Clocks.RuleOn(db, r.code, kind, today); err != nil {
			return s, fmt.Errorf("watch: %w", err)
		}
	}
	return s, nil
}

// eager are the ends on a day of whichever rules come first: what is behind them
// is in no stage, whatever kind it is of.
func (w *Watch) eager(ctx context.Context, today workday.Date) (ends, error) {
	kinds, err := w.Clocks.Kinds(ctx, ruleRemind, ruleYellow, ruleRed)
	if err != nil {
		return ends{}, err
	}
	var e ends
	for _, kind := range append(kinds, "") {
		s, err := w.stepsFor(w.Store.Read(ctx), kind, today)
		if err != nil {
			return ends{}, err
		}
		e = e.later(s.endsOn(w.Clocks.Calendar(), today))
	}
	return e, nil
}
