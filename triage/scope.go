package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// visible narrows a query over the table complaint, under that name, to what
// the officer may know of (DESIGN §5, DOMAIN §4.3). It is the only place that
// decides this; TestEveryQueryIsScoped holds every query of the room to it.
//
//   - the desk is that of the own office or one below it;
//   - the own office and those that command it are not what it is about;
//   - the officer has not stepped back from it, is not named by it, and is not
//     tied to anybody who is (the view stepped_back);
//   - accusations against a supervision or poverty office are for the highest
//     desk alone, whatever desk they lie on.
//
// Without staff.ReadCases nothing is visible.
func (q *Queue) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ReadCases) {
		return db.Where("1 = 0")
	}
	desks, all := q.desks(by.UnitID)
	if !all && len(desks) == 1 {
		db = db.Where("complaint.desk_unit_id = ?", desks[0])
	} else if !all {
		db = db.Where("complaint.desk_unit_id IN ?", desks)
	}
	if !all {
		db = db.Where("complaint.accused_level <> 'office'")
	}
	return db.
		Where("NOT "+namesOffice, itself, q.atlas.Above(by.UnitID)).
		Where("NOT "+steppedBack, itself, by.ID)
}

// What hides the complaint whose id stands in a column, wherever it lies.
const (
	namesOffice = `EXISTS (SELECT 1 FROM complaint_subject named
		WHERE named.complaint_id = ? AND named.unit_id IN ?)`
	steppedBack = `EXISTS (SELECT 1 FROM stepped_back
		WHERE stepped_back.complaint_id = ? AND stepped_back.account_id = ?)`
)

// itself is the id of a complaint in a query over the table.
var itself = clause.Column{Table: "complaint", Name: "id"}

// Hides is the condition under which the complaint whose id stands in a column
// is hidden from the officer wherever it lies: for what it is about, for whom it
// names, or because they stepped back from it. Rooms above hide with it what came of a complaint.
func (q *Queue) Hides(by staff.Officer, id clause.Column) clause.Expr {
	return gorm.Expr("("+namesOffice+" OR "+steppedBack+")", id, q.atlas.Above(by.UnitID), id, by.ID)
}

// withheld tells of which reports the words, files and conversation must not
// be shown to the officer: those with any part that is hidden from them for
// what it is about. A message is one text, and the part that they may see does
// not say which of its sentences belong to the other.
func (q *Queue) withheld(db *gorm.DB, by staff.Officer, reports ...uuid.UUID) (map[uuid.UUID]bool, error) {
	_, highest := q.desks(by.UnitID)
	var hidden []uuid.UUID
	err := db.Table("complaint").Distinct("complaint.report_id").
		Where("complaint.report_id IN ?", reports).
		Where("(? OR (complaint.accused_level = 'office' AND NOT ?))", q.Hides(by, itself), highest).
		Pluck("report_id", &hidden).Error
	set := map[uuid.UUID]bool{}
	for _, id := range hidden {
		set[id] = true
	}
	return set, err
}

// desks lists the offices under a unit's command on whose desks complaints
// lie, and the unit itself. all is true when no desk lies outside them.
func (q *Queue) desks(unit uuid.UUID) (ids []uuid.UUID, all bool) {
	takes := map[uuid.UUID]bool{}
	for _, u := range q.atlas.Units() {
		if u.TakesComplaints {
			takes[u.ID] = true
		}
	}
	ids = append(ids, unit)
	below := 0
	for _, id := range q.atlas.Subtree(unit) {
		if takes[id] {
			below++
			if id != unit {
				ids = append(ids, id)
			}
		}
	}
	return ids, below == len(takes) && below > 0
}

// CaseIn reads one visible complaint, or store.ErrNotFound. Pass the
// transaction inside Transact, q.store.Read(ctx) outside.
func (q *Queue) CaseIn(tx *gorm.DB, by staff.Officer, id uuid.UUID) (intake.Complaint, error) {
	var c intake.Complaint
	err := store.One(q.visible(tx, by).Where("complaint.id = ?", id), &c)
	return c, err
}

// Among lists those of some complaints that the officer may see, at most 100, in
// the order in which they came.
func (q *Queue) Among(ctx context.Context, by staff.Officer, complaints ...uuid.UUID) ([]Row, error) {
	var seen []intake.Complaint
	query := q.visible(q.store.Read(ctx), by).Where("complaint.id IN ?", complaints)
	if err := query.Order("complaint.seq").Limit(100).Find(&seen).Error; err != nil {
		return nil, err
	}
	return q.rows(ctx, by, seen)
}

// on runs do in one transaction with a complaint that the officer may see and
// has the permission for. An attempt on one they may not see is recorded after
// the transaction has ended, and answered as if there were none.
func (q *Queue) on(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, c intake.Complaint) error) error {
	refused := false
	err := q.store.Transact(ctx, func(tx *gorm.DB) error {
		c, err := q.CaseIn(tx, by, id)
		refused = errors.Is(err, store.ErrNotFound)
		if err != nil {
			return err
		}
		if err := by.Require(p); err != nil {
			return err
		}
		return do(tx, c)
	})
	if refused {
		return q.refuse(ctx, by, id)
	}
	return err
}

// refuse returns store.ErrNotFound, after recording the attempt, whether there is
// such a complaint or not: whoever may see it sees who tried, and who tried cannot
// tell from the time that it takes. One officer leaves at most one such event per
// complaint and hour. It must not be called inside a transaction.
func (q *Queue) refuse(ctx context.Context, by staff.Officer, id uuid.UUID) error {
	if err := ledger.Refuse(ctx, q.store, ledger.OfComplaint, id, by.Actor(), nil); err != nil {
		return err
	}
	return store.ErrNotFound
}

// refuseNumber is refuse for who looked for a complaint by its number and found
// nothing.
func (q *Queue) refuseNumber(ctx context.Context, by staff.Officer, s sought) error {
	id := uuid.NewSHA1(uuid.Nil, []byte(s.year+"-"+s.number)) // where there is none
	var c struct{ ID uuid.UUID }
	err := store.One(s.numbered(q.store.Read(ctx).Table("complaint").Select("id")), &c)
	if err == nil {
		id = c.ID
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return q.refuse(ctx, by, id)
}
