package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/staff"
)

// AskedNames lists the requests to open a name, or pictures, on cases that the custodian may
// see: those that wait for a second person, and the custodian's own while they are
// open, oldest first, at most 50.
func (q *Queue) AskedNames(ctx context.Context, by staff.Officer) ([]NameOpening, error) {
	if err := by.Require(staff.RevealIdentity); err != nil {
		return nil, err
	}
	return q.nameRequests(ctx, by, func(db *gorm.DB) *gorm.DB {
		return db.Where("(opening.state = ? AND opening.asked_at > ?) OR (opening.state = ? AND opening.until > ? AND opening.asked_by = ?)",
			NameAsked, q.store.Now().AddDate(0, 0, -nameAskedDays), NameOpen, q.store.Now(), by.ID)
	})
}

// OpensOffline reports whether the name of a case opens with keys outside only.
func (q *Queue) OpensOffline(ctx context.Context, by staff.Officer, id uuid.UUID) (bool, error) {
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if err != nil {
		return false, err
	}
	err = q.opensHere(db, c.ReportID)
	if errors.Is(err, intake.ErrOffline) {
		return true, nil
	}
	return false, err
}

// NamesOf lists the requests to open the name of one case, or its pictures, newest
// last, with the words that the officer's session opens. Who may not open names gets none.
func (q *Queue) NamesOf(ctx context.Context, by staff.Officer, id uuid.UUID) ([]NameOpening, error) {
	if !by.May(staff.RevealIdentity) {
		return nil, nil
	}
	return q.nameRequests(ctx, by, func(db *gorm.DB) *gorm.DB { return db.Where("opening.complaint_id = ?", id) })
}

func (q *Queue) nameRequests(ctx context.Context, by staff.Officer, which func(*gorm.DB) *gorm.DB) ([]NameOpening, error) {
	db := q.store.Read(ctx)
	var rows []struct {
		Opening openingRow       `gorm:"embedded"`
		Of      intake.Complaint `gorm:"embedded;embeddedPrefix:of_"`
		Asker   uuid.UUID
	}
	query := q.visible(which(db.Table("complaint")), by).Joins("JOIN identity_opening opening ON opening.complaint_id = complaint.id").
		Joins("JOIN account ON account.id = opening.asked_by").
		Select("opening.*, complaint.seq AS of_seq, complaint.place_name AS of_place_name, complaint.received_at AS of_received_at, account.unit_id AS asker")
	if err := query.Order("opening.asked_at, opening.id").Limit(50).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var people, asked []uuid.UUID
	for _, r := range rows {
		people, asked = append(people, r.Opening.AskedBy), append(asked, r.Opening.ID)
		if r.Opening.RuledBy != nil {
			people = append(people, *r.Opening.RuledBy)
		}
	}
	called, err := peopleNames(db, people)
	if err != nil {
		return nil, err
	}
	notes, err := q.intake.NameNotes(db, by, asked...)
	if err != nil {
		return nil, err
	}
	all := make([]NameOpening, len(rows))
	for i, r := range rows {
		all[i] = q.nameRequest(by, r.Opening, r.Of, called)
		all[i].Words, all[i].Kept = string(notes[r.Opening.ID].Text), notes[r.Opening.ID].Kept
		if unit, err := q.atlas.Unit(r.Asker); err == nil {
			all[i].UnitName = unit.Name
		}
	}
	return all, nil
}

func (q *Queue) nameRequest(by staff.Officer, r openingRow, of intake.Complaint, called map[uuid.UUID]string) NameOpening {
	o := NameOpening{ID: r.ID, ComplaintID: r.ComplaintID, Number: of.Number(), PlaceName: of.PlaceName, What: r.What, Purpose: r.Purpose,
		State: r.State, Own: r.AskedBy == by.ID, AskedBy: called[r.AskedBy], AskedAt: r.AskedAt.UTC()}
	if r.RuledBy != nil {
		o.RuledBy = called[*r.RuledBy]
	}
	if r.Until != nil {
		o.Until = r.Until.UTC()
		if r.State == NameOpen && !r.Until.After(q.store.Now()) {
			o.State = NameOver
		}
	}
	return o
}
