package triage

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/region"
	"minsheng/staff"
)

// What rooms above do with a case. They decide nothing here about who may see
// it: each of these begins with, or is given, a complaint that CaseIn gave.

// Act runs do in one transaction with a complaint that the officer may see and
// has the permission for, and begins it again when somebody else wrote the next
// event of the same complaint. An attempt on one that is hidden is recorded, and
// answered with store.ErrNotFound.
func (q *Queue) Act(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, c intake.Complaint) error) error {
	return q.act(ctx, by, p, id, do)
}

// Move changes a complaint that is still as it was read, and counts its version
// on: step.ErrStale otherwise. It comes before anything else a step writes.
func (q *Queue) Move(tx *gorm.DB, c *intake.Complaint, changes map[string]any) error {
	return move(tx, c, changes)
}

// LayOn is Move to the desk of an office, where nobody owns the complaint yet;
// what was merged into it goes along, and so do words that are sealed to who works
// there. The zero Officer is the portal itself.
func (q *Queue) LayOn(tx *gorm.DB, by staff.Officer, c *intake.Complaint, desk uuid.UUID, changes map[string]any) error {
	set := map[string]any{"desk_unit_id": desk, "owner_id": nil}
	maps.Copy(set, changes)
	if err := move(tx, c, set); err != nil {
		return err
	}
	if err := shelter(tx, c); err != nil {
		return err
	}
	return q.reseal(tx, by, c)
}

// Mine returns *Taken when a case is somebody else's: most of what is done about
// it is its owner's to do.
func (q *Queue) Mine(tx *gorm.DB, by staff.Officer, c intake.Complaint) error {
	return othersCase(tx, by, Verify, c)
}

// Note writes what happened to a complaint.
func (q *Queue) Note(tx *gorm.DB, by staff.Officer, c *intake.Complaint, kind string, body map[string]string) error {
	return q.note(tx, by, c, kind, body)
}

// Tell writes everybody whose report is handled as this complaint, in their
// language: the sentence told.<event>.
func (q *Queue) Tell(tx *gorm.DB, by staff.Officer, c *intake.Complaint, event string, pairs ...any) error {
	return q.inform(tx, by, c, event, pairs...)
}

// TellOne is Tell for the reporter of one complaint alone. The zero Officer is the
// portal itself.
func (q *Queue) TellOne(tx *gorm.DB, by staff.Officer, own intake.Complaint, event string, pairs ...any) error {
	return q.writeOne(tx, by, &own, intake.NoticeOfStep, func(lang string) string { return q.say(lang, event, pairs...) })
}

// DeskAbove is the next office up from a desk on whose desk complaints lie;
// false when there is none.
func (q *Queue) DeskAbove(desk uuid.UUID) (region.Unit, bool) {
	for _, id := range q.atlas.Above(desk)[1:] {
		if u, err := q.atlas.Unit(id); err == nil && u.TakesComplaints {
			return u, true
		}
	}
	return region.Unit{}, false
}

// Highest reports whether every desk lies under the command of an office.
func (q *Queue) Highest(unit uuid.UUID) bool {
	_, all := q.desks(unit)
	return all
}

// Reporters lists the complaint and those merged into it whose reporters have not
// left: each stands for one person who is owed what is decided. It tells nothing
// of them.
func (q *Queue) Reporters(db *gorm.DB, c *intake.Complaint) ([]intake.Complaint, error) {
	everybody, err := withMerged(db, c)
	if err != nil {
		return nil, err
	}
	var ids, left []uuid.UUID
	for _, each := range everybody {
		ids = append(ids, each.ID)
	}
	err = db.Table("withdrawal").Where("complaint_id IN ? AND taken_back_at IS NULL", ids).Pluck("complaint_id", &left).Error
	return slices.DeleteFunc(everybody, func(each intake.Complaint) bool { return slices.Contains(left, each.ID) }), err
}

// handling are the events by which an officer takes part in what is done about a
// case. Looking at it, taking it and handing it on are none.
var handling = []string{
	"described", "subject_named", "person_named", "split", "merged", "absorbed", "came_again", "accepted", "moved_desk", "more_asked", "message_sent", "verified", "converted",
	"decline_proposed", "transfer_proposed", "refer_proposed", "extend_proposed", "decide_proposed", "repeat_proposed",
	"decline_returned", "transfer_returned", "refer_returned", "extend_returned", "decide_returned", "repeat_returned",
	"not_accepted", "transferred", "referred", "extended", "decided", "withdrawal_let_go", "withdrawal_refused",
	"second_look_redo", "second_look_stands", "appeal_noted", "appeal_proposed", "appeal_returned", "hearing_set", "review_decided", "reexam_decided",
}

// TookPart lists who took part in what was done about a complaint, or about one
// merged into it: until the latest of the named events of the complaint, or, when
// none is named, until now, and then whoever owns it too. They do not judge their
// own work.
func (q *Queue) TookPart(db *gorm.DB, c *intake.Complaint, until ...string) (map[uuid.UUID]bool, error) {
	everybody, err := withMerged(db, c)
	if err != nil {
		return nil, err
	}
	took := map[uuid.UUID]bool{}
	var ids, people []uuid.UUID
	for _, each := range everybody {
		ids = append(ids, each.ID)
	}
	query := db.Table("event").Distinct("actor_id").
		Where("subject_kind = 'complaint' AND subject_id IN ? AND actor_kind = 'staff' AND kind IN ?", ids, handling)
	if len(until) > 0 {
		var last int
		err := db.Table("event").Where("subject_kind = 'complaint' AND subject_id = ? AND kind IN ?", c.ID, until).
			Select("COALESCE(MAX(seq), 0)").Scan(&last).Error
		if err != nil {
			return nil, err
		}
		query = query.Where("(subject_id <> ? OR seq < ?)", c.ID, last)
	} else if c.OwnerID != nil {
		took[*c.OwnerID] = true
	}
	if err := query.Limit(500).Pluck("actor_id", &people).Error; err != nil {
		return nil, err
	}
	for _, id := range people {
		took[id] = true
	}
	return took, nil
}

// apart narrows a query over complaint to what the officer took no part in.
func apart(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("(complaint.owner_id IS NULL OR complaint.owner_id <> ?)", by.ID).
		Where(`NOT EXISTS (SELECT 1 FROM event taken WHERE taken.subject_kind = 'complaint' AND taken.subject_id = complaint.id
			AND taken.actor_id = ? AND taken.kind IN ?)`, by.ID, handling)
}
