package triage

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// keeper is the queue as the room whose complaints clocks run for.
type keeper struct{ *Queue }

// Keeper looks after what clocks do to complaints.
func (q *Queue) Keeper() clock.Keeper { return keeper{q} }

// Owners are the desks on which complaints lie that are not finished. One that
// is about its desk, or about an office above it, is owed by the nearest office
// that may know of it; when there is none, by nobody here.
func (k keeper) Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]clock.Owner, error) {
	var open []intake.Complaint
	if err := db.Where("id IN ? AND closed_at IS NULL", subjects).Find(&open).Error; err != nil {
		return nil, err
	}
	named, err := accusedOf(db, subjects)
	if err != nil {
		return nil, err
	}
	owners := map[uuid.UUID]clock.Owner{}
	for _, c := range open {
		if unit, some := k.hearer(c, named[c.ID]); some {
			owners[c.ID] = clock.Owner{Unit: unit, Name: c.Number()}
		}
	}
	return owners, nil
}

// hearer is the nearest office from the desk upwards whose people may see a
// complaint that is about the named offices, as visible decides.
func (q *Queue) hearer(c intake.Complaint, named []uuid.UUID) (unit uuid.UUID, some bool) {
	for _, unit := range q.atlas.Above(c.DeskUnitID) {
		_, highest := q.desks(unit)
		about := slices.ContainsFunc(q.atlas.Above(unit), func(id uuid.UUID) bool { return slices.Contains(named, id) })
		if !about && (highest || c.AccusedLevel != "office") {
			return unit, true
		}
	}
	return uuid.Nil, false
}

// accusedOf lists the offices that complaints are about.
func accusedOf(db *gorm.DB, complaints []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []struct{ ComplaintID, UnitID uuid.UUID }
	err := db.Table("complaint_subject").Select("complaint_id, unit_id").Where("complaint_id IN ?", complaints).Find(&rows).Error
	named := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		named[r.ComplaintID] = append(named[r.ComplaintID], r.UnitID)
	}
	return named, err
}

// Moved mends the date of the complaint, and writes everybody who was told the
// day before: which day it is about, the old one, the new one, and why.
func (k keeper) Moved(tx *gorm.DB, m clock.Move) error {
	if err := k.intake.NextDue(tx, m.SubjectID); err != nil || m.ToldOn == nil {
		return err
	}
	var c intake.Complaint
	if err := store.One(tx.Where("id = ?", m.SubjectID), &c); err != nil {
		return err
	}
	what := "date.other"
	if slices.Contains(namedDates, m.Rule) {
		what = "date." + m.Rule
	}
	return k.write(tx, staff.Officer{}, &c, intake.NoticeOfStep, func(lang string) string {
		return k.say(lang, "date_moved", "what", k.say(lang, what), "before", m.Before, "date", m.DueOn, "why", k.say(lang, "moved."+m.Why))
	})
}

// namedDates are the dates that reporters know by a name of their own: catalog
// key told.date.<rule>.
var namedDates = []string{
	acceptNotice, "complaint.simplified_accept", replyDue, "complaint.simplified_reply",
	"complaint.review_request", "complaint.review_decide", "complaint.reexam_request", "complaint.reexam_decide",
}

// Disclose tells the numbers of those complaints that the officer may see.
func (k keeper) Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error) {
	var seen []intake.Complaint
	err := k.visible(k.store.Read(ctx).Model(&intake.Complaint{}), by).Where("complaint.id IN ?", subjects).Find(&seen).Error
	names := map[uuid.UUID]string{}
	for _, c := range seen {
		names[c.ID] = c.Number() + " " + c.PlaceName
	}
	return names, err
}

// Waiting counts the open complaints on each desk, for the portal itself: it
// tells the office above when a desk has nobody, and shows nobody a number.
func (q *Queue) Waiting(ctx context.Context) (map[uuid.UUID]int, error) {
	var desks []struct {
		DeskUnitID uuid.UUID
		N          int
	}
	err := q.store.Read(ctx).Table("complaint").Where("closed_at IS NULL").
		Select("desk_unit_id, COUNT(*) AS n").Group("desk_unit_id").Find(&desks).Error
	waiting := map[uuid.UUID]int{}
	for _, d := range desks {
		waiting[d.DeskUnitID] = d.N
	}
	return waiting, err
}
