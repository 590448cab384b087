package rectification

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// PointSeen is what was seen of one point.
type PointSeen struct {
	Point  uuid.UUID
	Passed bool
	Words  string // at most 1000 characters; at least 4 when it did not pass
}

// Seen is a look on site. The ordered office reads it.
type Seen struct {
	On     workday.Date // not after today, not before the order
	Place  string       // 2 to 100 characters
	People string       // who was there: 2 to 300 characters
	Words  string       // 4 to 3000
	Points []PointSeen
	Form   []byte // key of staged files; nil none
}

// Check records a look on site by somebody who has ruled on neither plan nor
// report. When all points passed the order can be struck off; for the others a
// further round is proposed, which somebody else issues. Errors: *step.Invalid,
// *triage.Leak, those of a step.
func (d *Desk) Check(ctx context.Context, by staff.Officer, id uuid.UUID, version int, s Seen) error {
	return d.look(ctx, by, ToCheck, id, version, s, func(tx *gorm.DB, o *Order, failed []uuid.UUID, files evidence.Bound) error {
		set := map[string]any{"state": Verified, "checked_by": by.ID}
		if len(failed) > 0 {
			set["state"], set["closed_at"] = NotPassed, d.Store.Now()
		}
		if err := d.move(tx, o, ToCheck, set); err != nil {
			return err
		}
		if err := d.met(tx, o); err != nil {
			return err
		}
		if len(failed) == 0 {
			if err := d.start(tx, o, d.today(), ruleFollow); err != nil {
				return err
			}
		}
		return d.note(tx, by, id, "order_checked", files.Tell(seenFacts(failed)))
	})
}

// FollowUp records a later look at an order that was struck off (回头看). What has
// come back opens it again, as a further round that somebody else issues. Errors
// as of Check.
func (d *Desk) FollowUp(ctx context.Context, by staff.Officer, id uuid.UUID, version int, s Seen) error {
	return d.look(ctx, by, ToFollow, id, version, s, func(tx *gorm.DB, o *Order, failed []uuid.UUID, files evidence.Bound) error {
		set := map[string]any{}
		if len(failed) > 0 {
			set["state"] = Reopened
		}
		if err := d.move(tx, o, ToFollow, set); err != nil {
			return err
		}
		if err := d.met(tx, o, ruleFollow); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_followed_up", files.Tell(seenFacts(failed)))
	})
}

func seenFacts(failed []uuid.UUID) map[string]string {
	result := Passed
	if len(failed) > 0 {
		result = Failed
	}
	return map[string]string{"result": result, "failed": itoa(len(failed))}
}

// look keeps what was seen, lets take move the order, and proposes the next round.
func (d *Desk) look(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, version int, s Seen, take func(tx *gorm.DB, o *Order, failed []uuid.UUID, files evidence.Bound) error) error {
	return d.on(ctx, by, a, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		rows, err := pointRows(tx, id)
		if err != nil {
			return err
		}
		s, lines, err := s.tidy(rows, *o, d.today())
		if err != nil {
			return err
		}
		if err := fit(tx, s.texts(lines)...); err != nil {
			return err
		}
		var failed []uuid.UUID
		for _, l := range lines {
			if l.Result == Failed {
				failed = append(failed, l.PointID)
			}
		}
		kind, passed := map[Act]string{ToCheck: checked, ToFollow: followedUp}[a], len(failed) == 0
		e := entryRow{Kind: kind, Words: s.Words, OnDay: &s.On, Place: s.Place, People: s.People, Passed: &passed}
		files, err := d.write(tx, by, o, e, lines, s.Form)
		if err != nil {
			return err
		}
		if err := take(tx, o, failed, files); err != nil {
			return err
		}
		return d.nextRound(tx, by, *o, rows, failed)
	})
}

func (s Seen) tidy(rows []pointRow, o Order, today workday.Date) (Seen, []Line, error) {
	var f step.Form
	_, err := workday.Parse(string(s.On))
	f.Require(err == nil && s.On <= today && s.On >= workday.On(*o.IssuedAt), "on", "order_seen_on")
	s.Place = f.Text("place", s.Place, 2, 100, "order_place")
	s.People = f.Text("people", s.People, 2, 300, "order_people")
	s.Words = f.Text("words", s.Words, 4, 3000, "order_seen")
	given := map[uuid.UUID]PointSeen{}
	for _, p := range s.Points {
		given[p.Point] = p
	}
	lines := make([]Line, len(rows))
	for n, r := range rows {
		one, told := given[r.ID]
		result, least := Failed, 4
		if one.Passed {
			result, least = Passed, 0
		}
		of := "." + r.ID.String()
		f.Require(told, "passed"+of, "order_passed")
		lines[n] = Line{PointID: r.ID, Result: result, Words: f.Text("seen"+of, one.Words, least, 1000, "order_point_seen")}
	}
	return s, lines, f.Err()
}

func (s Seen) texts(lines []Line) [][2]string {
	all := [][2]string{{"words", s.Words}, {"place", s.Place}, {"people", s.People}}
	for _, l := range lines {
		all = append(all, [2]string{"seen." + l.PointID.String(), l.Words})
	}
	return all
}

// nextRound proposes what failed as a further round.
func (d *Desk) nextRound(tx *gorm.DB, by staff.Officer, o Order, rows []pointRow, failed []uuid.UUID) error {
	if len(failed) == 0 {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	var again []pointRow
	for _, r := range rows {
		for _, f := range failed {
			if r.ID == f {
				r.PreviousID = &f
				again = append(again, r)
			}
		}
	}
	next := Order{
		ID: id, UnitID: o.UnitID, TargetID: o.TargetID, InspectionID: o.InspectionID, ItemID: o.ItemID, RootID: o.RootID, PreviousID: &o.ID,
		Round: o.Round + 1, Exchange: o.Exchange, Requirement: o.Requirement, Contact: o.Contact, State: Proposed,
	}
	return d.insert(tx, by, next, again)
}

// StrikeOff takes off an order whose points all passed, by somebody who did not
// look on site (staff.ApproveCases), with words of at most 1000 characters.
// Errors: *step.Invalid, *triage.Leak, those of a step.
func (d *Desk) StrikeOff(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) error {
	var f step.Form
	words = f.Text("words", words, 0, 1000, "order_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, ToStrike, id, version, func(tx *gorm.DB, o *Order, fit discretion) error {
		if err := fit(tx, [2]string{"words", words}); err != nil {
			return err
		}
		if err := d.move(tx, o, ToStrike, map[string]any{"struck_by": by.ID, "closed_at": d.Store.Now()}); err != nil {
			return err
		}
		if _, err := d.write(tx, by, o, entryRow{Kind: struckOff, Words: words}, nil, nil); err != nil {
			return err
		}
		return d.note(tx, by, id, "order_struck_off", map[string]string{"number": o.Number})
	})
}
