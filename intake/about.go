package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/region"
	"minsheng/staff"
)

// About is a thing that a complaint refers to, as far as the portal knows it.
type About struct {
	ComplaintID uuid.UUID `gorm:"primaryKey"`
	N           int       `gorm:"primaryKey;autoIncrement:false"`
	Kind        string    // notice, row, fund, project, payment, hit
	RefID       uuid.UUID
	RowKey      int // of kind row
}

// TableName is complaint_about.
func (About) TableName() string { return "complaint_about" }

// Check is a case that the office itself found by comparing records.
const Check Channel = "check"

// maxAbout is how many things one complaint refers to.
const maxAbout = 5

// references keeps what has the form of a reference. What a form carries
// besides its fields is not the reporter's doing: nobody is sent back for it.
func references(all []About) []About {
	var kept []About
	for _, a := range all {
		known := slices.Contains([]string{"notice", "row", "fund", "project", "payment", "hit"}, a.Kind)
		if a.Kind != "row" {
			a.RowKey = 0
		}
		a.ComplaintID, a.N = uuid.Nil, 0
		if known && a.RefID != uuid.Nil && (a.Kind != "row" || a.RowKey > 0) && len(kept) < maxAbout && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}

func aboutRows(complaint uuid.UUID, about []About) (rows []any) {
	for i, a := range about {
		a.ComplaintID, a.N = complaint, i+1
		rows = append(rows, &a)
	}
	return rows
}

// AboutOf lists what a complaint refers to. Whoever calls has checked that the
// officer may read it.
func (d *Desk) AboutOf(ctx context.Context, complaint uuid.UUID) ([]About, error) {
	var all []About
	err := d.store.Read(ctx).Where("complaint_id = ?", complaint).Order("n").Limit(maxAbout).Find(&all).Error
	return all, err
}

// ShareAbout lets a complaint refer to what another one refers to, in the
// caller's transaction: a part that is split off a message.
func (d *Desk) ShareAbout(tx *gorm.DB, from, to uuid.UUID) error {
	return tx.Exec(`INSERT INTO complaint_about (complaint_id, n, kind, ref_id, row_key)
		SELECT ?, n, kind, ref_id, row_key FROM complaint_about WHERE complaint_id = ?`, to, from).Error
}

// Found is a case that the office opens itself, from a comparison of records: no
// reporter, no receipt to hand out. It goes to the desk of its place (a county
// too), above the level of that place. It runs in the caller's transaction, and
// whoever calls has checked that the officer may. store.ErrNotFound for a place
// that is not known.
func (d *Desk) Found(tx *gorm.DB, by staff.Officer, place, words string, kind Kind, about []About) (uuid.UUID, error) {
	where, err := d.placeIn(tx, place)
	if err != nil {
		return uuid.Nil, fmt.Errorf("intake: place of a case found: %w", err)
	}
	digits := newReceipt() // kept by nobody: there is no one to look it up
	s := Submission{Text: words, Mode: Anonymous, Kind: kind, Channel: Check, AccusedLevel: levelOf(where), About: about}
	f := filed{Submission: s.tidied(), digits: digits, form: d.formKey(digits), place: where, enteredBy: &by.ID, actor: by.Actor(), at: d.store.Now()}
	rows, _, err := d.rows(tx, f)
	if err != nil {
		return uuid.Nil, err
	}
	return rows[1].(*Complaint).ID, d.store.InsertInto(tx, rows...)
}

// levelOf is the level accused when nothing but the place is known.
func levelOf(place region.Division) string {
	if slices.Contains(AccusedLevels(), string(place.Level)) {
		return string(place.Level)
	}
	return "unknown"
}
