package triage

import (
	"strings"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// byAge reports whether the list is ordered by age alone.
func (f Filter) byAge() bool {
	return f.Finished || f.ended() || strings.TrimSpace(f.Text) != "" || f.Period.By != ""
}

// ended reports whether the state asked for is one of finished cases.
func (f Filter) ended() bool {
	switch f.State {
	case intake.NotAccepted, intake.Transferred, intake.Referred, intake.Merged, intake.Closed, intake.Withdrawn:
		return true
	}
	return false
}

// narrow puts the filter's conditions, but for its text, on a query over
// complaint.
func (f Filter) narrow(db *gorm.DB, by staff.Officer, today workday.Date) *gorm.DB {
	switch {
	case f.Finished:
		db = db.Where("complaint.closed_at IS NOT NULL")
	case f.Open || !f.byAge():
		db = db.Where("complaint.closed_at IS NULL")
	}
	return f.belonging(f.pressing(f.alike(inPlace(db, f.Place)), today), by, today)
}

// alike narrows to what the cases are.
func (f Filter) alike(db *gorm.DB) *gorm.DB {
	for _, c := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"mode", string(f.Mode)},
		{"state", string(f.State)}, {"channel", string(f.Channel)},
	} {
		if c.value != "" {
			db = db.Where("complaint."+c.column+" = ?", c.value)
		}
	}
	if f.Severity != 0 {
		db = db.Where("complaint.severity = ?", f.Severity)
	}
	if len(f.Outcomes) > 0 {
		db = db.Where("complaint.outcome IN ?", f.Outcomes)
	}
	if f.Taken {
		db = db.Where("complaint.accepted_at IS NOT NULL")
	}
	if f.First {
		db = db.Where("complaint.part = 1 AND complaint.channel <> ?", intake.Check)
	}
	return db
}

// pressing narrows by last day.
func (f Filter) pressing(db *gorm.DB, today workday.Date) *gorm.DB {
	if f.Late {
		db = db.Where("complaint.due_on < ?", today)
	}
	if f.DueToday {
		db = db.Where("complaint.due_on = ?", today)
	}
	if f.DueWeek {
		db = db.Where("complaint.due_on > ? AND complaint.due_on <= ?", today, today.Add(7))
	}
	return db
}

// belonging narrows by whose turn it is.
func (f Filter) belonging(db *gorm.DB, by staff.Officer, today workday.Date) *gorm.DB {
	if f.Mine {
		db = db.Where("complaint.owner_id = ?", by.ID)
	}
	if f.Unassigned {
		db = db.Where("complaint.owner_id IS NULL")
	}
	if f.Waiting {
		db = waitingFor(db, by)
	}
	return wanting(db, by, f.Wants, today)
}

// What a case waits for beside its last day (catalog key wants.<code>).
const (
	WantsSecondLook = "second_look" // by the officer's office: somebody said that nothing is solved
	WantsCallback   = "callback"    // by somebody who took no part in it
	WantsAppeal     = "appeal"      // a review or a re-examination to decide
	WantsLetGo      = "withdrawal"  // the days are over in which its reporter could take a withdrawal back
	WantsCare       = "pressed"     // its reporter was made to withdraw it
)

// Wants lists the codes in order.
func Wants() []string {
	return []string{WantsCare, WantsSecondLook, WantsAppeal, WantsLetGo, WantsCallback}
}

// wanting narrows to cases that wait for something which the officer may do. What
// must be done by somebody who took no part in the case is shown to nobody else.
func wanting(db *gorm.DB, by staff.Officer, wants string, today workday.Date) *gorm.DB {
	switch wants {
	case WantsSecondLook:
		return apart(db.Where("complaint.second_desk_id = ?", by.UnitID), by)
	case WantsCallback:
		// As it stands in the condition of the index.
		return apart(db.Where("complaint.due_rule = '"+callback+"'"), by)
	case WantsAppeal:
		return db.Where("complaint.desk_unit_id = ? AND complaint.state IN ('review', 'reexam')", by.UnitID)
	case WantsLetGo:
		return apart(db.Where("complaint.leaves_on <= ?", today), by)
	case WantsCare:
		return db.Where("complaint.pressed_at IS NOT NULL")
	}
	return db
}

// waitingFor narrows to cases with an open proposal that the officer may rule
// on: an approver, and not who asked.
func waitingFor(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.ApproveCases) {
		return db.Where("1 = 0")
	}
	return db.Where(`complaint.id IN (SELECT complaint_id FROM proposal
		WHERE state = 'open' AND asked_by <> ?)`, by.ID)
}

// inPlace narrows to a county, town or village by its 12-digit code. A code
// that ends in eight zeros is the city: everything. What is no code is nowhere.
func inPlace(db *gorm.DB, code string) *gorm.DB {
	switch {
	case code != "" && len(code) != 12:
		return db.Where("1 = 0")
	case code == "" || strings.HasSuffix(code, "00000000"):
		return db
	case strings.HasSuffix(code, "000000"):
		return db.Where("complaint.county_code = ?", code)
	case strings.HasSuffix(code, "000"):
		return db.Where("complaint.town_code = ?", code)
	}
	// The town is named for the sake of the index.
	return db.Where("complaint.town_code = ? AND complaint.place_code = ?", region.TownCode(code), code)
}
