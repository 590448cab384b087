package intake

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// How a letter reaches a reporter (catalog key delivery.<code>).
const (
	Read     = "read"     // under the receipt, by whoever holds it
	ByHand   = "hand"     // handed over
	ByPost   = "post"     // posted, and known to have come
	ByPhone  = "phone"    // read out on the phone
	Presumed = "presumed" // left under the receipt for a month, unread
)

// Delivery is how and when a letter reached one of its reporters.
type Delivery struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	LetterID    uuid.UUID
	ComplaintID uuid.UUID // the reporter's own, which may be merged into the one decided
	How         string
	OnDay       workday.Date
	WordsSealed []byte     // of the officer; nil when there are none
	ByID        *uuid.UUID // nil: the reporter read it
	At          time.Time
}

// TableName is delivery.
func (Delivery) TableName() string { return "delivery" }

// askFor is the clock of the time in which a reporter may ask for what can
// follow a letter; "" when nothing can.
func (l DecisionLetter) askFor() string {
	switch l.Next {
	case OfReview:
		return RuleReviewAsk
	case OfReexam:
		return RuleReexamAsk
	}
	return ""
}

// Deliver notes that a letter reached one of its reporters, in the caller's
// transaction: with its event, the time in which they may ask for the next look,
// and the state of the complaint that was decided. It returns false and leaves
// everything as it is when the letter had reached them before.
func (d *Desk) Deliver(tx *gorm.DB, by ledger.Actor, n Delivery, files ...evidence.File) (bool, error) {
	var r letterRow
	if err := store.One(tx.Where("id = ?", n.LetterID), &r); err != nil {
		return false, err
	}
	n.At = d.store.Now()
	if n.ID == uuid.Nil {
		n.ID = newID()
	}
	res := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "letter_id"}, {Name: "complaint_id"}}, DoNothing: true}).Create(&n)
	if res.Error != nil || res.RowsAffected == 0 {
		return false, res.Error
	}
	err := tx.Model(&Complaint{}).Where("id = ? AND state = ?", r.ComplaintID, Decided).
		Updates(map[string]any{"state": Delivered, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return false, err
	}
	if err := d.startAsking(tx, r, n); err != nil {
		return false, err
	}
	body := map[string]string{"how": n.How, "on": string(n.OnDay), "letter": strconv.Itoa(r.N)}
	return true, d.clocks.Append(tx, ledger.OfComplaint, n.ComplaintID, "delivered", by, evidence.Bound(files).Tell(body))
}

// startAsking begins the time in which the reporter may ask for more, unless a
// later letter has taken the place of this one.
func (d *Desk) startAsking(tx *gorm.DB, r letterRow, n Delivery) error {
	newest, err := d.Letters(tx, staff.Officer{}, r.ComplaintID)
	if err != nil || len(newest) == 0 || newest[0].ID != n.LetterID || newest[0].askFor() == "" {
		return err
	}
	var own Complaint
	if err := store.One(tx.Where("id = ?", n.ComplaintID), &own); err != nil {
		return err
	}
	_, err = d.clocks.Start(tx, own.Clocked(), newest[0].askFor(), n.OnDay)
	return err
}

// Deliveries lists how the letters of a complaint reached whom, by letter and
// time, at most 500. Whoever calls has checked that it may be read.
func (d *Desk) Deliveries(db *gorm.DB, complaint uuid.UUID) ([]Delivery, error) {
	var all []Delivery
	err := db.Where("letter_id IN (SELECT id FROM letter WHERE complaint_id = ?)", complaint).Order("at, id").Limit(500).Find(&all).Error
	return all, err
}

// WriteWords seals what an officer writes about a delivery to the reporter of a
// complaint, in the caller's transaction: "" is nothing.
func (d *Desk) WriteWords(tx *gorm.DB, own Complaint, n *Delivery, words string) (err error) {
	if words == "" {
		return nil
	}
	s := d.WordsOf(*n)
	n.WordsSealed, err = d.WriteAbout(tx, own, nil, s.ID, s.Place, []byte(words))
	return err
}

// WordsOf is what an officer wrote about a delivery.
func (d *Desk) WordsOf(n Delivery) Sheet {
	return Sheet{ID: n.ID, Place: "delivery:" + n.ID.String(), Sealed: n.WordsSealed, Before: d.letterBox}
}

// markRead notes that the reporter sees what the office wrote. A letter among it
// is delivered by that.
func (d *Desk) markRead(tx *gorm.DB, report uuid.UUID, rows []messageRow) error {
	var unread []uuid.UUID
	for _, m := range rows {
		if m.Side != fromOffice || m.ReadAt != nil {
			continue
		}
		unread = append(unread, m.ID)
		if m.LetterID == nil || m.ComplaintID == nil {
			continue
		}
		n := Delivery{LetterID: *m.LetterID, ComplaintID: *m.ComplaintID, How: Read, OnDay: workday.On(d.store.Now())}
		if _, err := d.Deliver(tx, ledger.Reporter(), n); err != nil {
			return err
		}
	}
	return tx.Model(&messageRow{}).Where("report_id = ? AND id IN ? AND read_at IS NULL", report, unread).
		Updates(map[string]any{"read_at": d.store.Now()}).Error
}

// anyUnread reports whether something of the office has not been read.
func anyUnread(rows []messageRow) bool {
	return slices.ContainsFunc(rows, func(m messageRow) bool { return m.Side == fromOffice && m.ReadAt == nil })
}

// rightOf is the time in which a reporter may ask for more, running or passed;
// nil when there is none, or when it was used.
func rightOf(clocks []clock.Deadline) *clock.Deadline {
	for i := range clocks {
		if clocks[i].MetAt == nil && slices.Contains(rights, clocks[i].Rule) {
			return &clocks[i]
		}
	}
	return nil
}
