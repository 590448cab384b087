package docket

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/staff"
	"minsheng/triage"
)

// Entry is what goes with a step.
type Entry struct {
	Body    string // words; how many, depends on the step
	FormKey []byte // of the form in which files were handed in; nil none

	// Officials of the lead unit, 0 to 30 characters each: with acknowledge and
	// report. "" leaves what stands.
	Responsible string
	DeputyLead  string
	// What came of it: with report.
	Conclusion intake.Outcome // "" none
	Measures   string         // 0 to 500 characters
	// Money in fen, recovered and, of that, returned to households: with report,
	// and with strike_off, where nil leaves what the unit reported.
	RecoveredFen *int64
	ReturnedFen  *int64
}

const (
	maxWords    = 5000
	maxMeasures = 500
	maxOfficial = 30
)

// tidy trims what goes with a step and returns what is wrong with it. A unit
// writes to the office what it likes; the office must not give a reporter away.
func (w way) tidy(e Entry, i Item, secret triage.Secrets) (Entry, error) {
	var f step.Form
	e.Body = f.Text("body", e.Body, w.Least, maxWords, "item_words")
	e.Responsible = f.Text("responsible", e.Responsible, 0, maxOfficial, "item_official")
	e.DeputyLead = f.Text("deputy_lead", e.DeputyLead, 0, maxOfficial, "item_official")
	e.Measures = f.Text("measures", e.Measures, 0, maxMeasures, "item_measures")
	f.Require(e.Conclusion == "" || known(e.Conclusion), "conclusion", "item_conclusion")
	recovered, returned := or(e.RecoveredFen, i.RecoveredFen), or(e.ReturnedFen, i.ReturnedFen)
	f.Require(recovered >= 0 && recovered <= maxFen, "recovered", "item_amount")
	f.Require(returned >= 0 && returned <= recovered, "returned", "item_returned_fen")
	if err := f.Err(); err != nil || w.Who&(lead|assist) != 0 {
		return e, err
	}
	return e, secret.Check([2]string{"body", e.Body})
}

func known(o intake.Outcome) bool {
	return o == intake.Substantiated || o == intake.Partly || o == intake.Unsubstantiated || o == intake.Unverifiable
}

func or(n *int64, other int64) int64 {
	if n == nil {
		return other
	}
	return *n
}

// keepEntry keeps the words and files of a step.
func (d *Desk) keepEntry(tx *gorm.DB, by staff.Officer, i *Item, kind, body string, formKey []byte) (evidence.Bound, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	row := noteRow{ID: id, ItemID: i.ID, Kind: kind, UnitID: by.UnitID, AuthorID: by.ID, Body: body, At: d.Store.Now()}
	if err := tx.Create(&row).Error; err != nil {
		return nil, err
	}
	return d.Shelf.Bind(tx, formKey, noteFiles, id)
}
