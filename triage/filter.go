package triage

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// byAge reports whether the list is ordered by age alone.
func (f Filter) byAge() bool {
	return f.Finished || f.ended() || strings.TrimSpace(f.Text) != ""
}

// ended reports whether the state asked for is one of finished cases.
func (f Filter) ended() bool {
	switch f.State {
	case intake.NotAccepted, intake.Transferred, intake.Referred, intake.Merged, intake.Closed, intake.Withdrawn:
		return true
	}
	return false
}

// wanted turns the filter into conditions on a query over complaint.
func (q *Queue) wanted(f Filter) (func(*gorm.DB, staff.Officer) *gorm.DB, error) {
	text, err := q.search(f.Text)
	if err != nil {
		return nil, err
	}
	today := q.today()
	return func(db *gorm.DB, by staff.Officer) *gorm.DB {
		switch {
		case f.Finished:
			db = db.Where("complaint.closed_at IS NOT NULL")
		case !f.byAge():
			db = db.Where("complaint.closed_at IS NULL")
		}
		db = inPlace(db, f.Place)
		db = f.alike(db)
		db = f.pressing(db, today)
		return text(f.belonging(db, by))
	}, nil
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
func (f Filter) belonging(db *gorm.DB, by staff.Officer) *gorm.DB {
	if f.Mine {
		db = db.Where("complaint.owner_id = ?", by.ID)
	}
	if f.Unassigned {
		db = db.Where("complaint.owner_id IS NULL")
	}
	if f.Waiting {
		db = waitingFor(db, by)
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
// that ends in eight zeros is the city: everything.
func inPlace(db *gorm.DB, code string) *gorm.DB {
	switch {
	case code == "" || strings.HasSuffix(code, "00000000"):
		return db
	case strings.HasSuffix(code, "000000"):
		return db.Where("complaint.county_code = ?", code)
	case strings.HasSuffix(code, "000"):
		return db.Where("complaint.town_code = ?", code)
	}
	return db.Where("complaint.place_code = ?", code)
}

// caseNumber is 访2026-000123, 2026-000123 or 000123.
var caseNumber = regexp.MustCompile(`^(?:访?(\d{4})[-—–])?(\d{6,12})$`)

// search turns words into a condition: a case number exactly, otherwise every
// two-character piece of them must stand in the index.
func (q *Queue) search(text string) (func(*gorm.DB) *gorm.DB, error) {
	text = strings.TrimSpace(width.Fold.String(text))
	if text == "" {
		return func(db *gorm.DB) *gorm.DB { return db }, nil
	}
	if number := caseNumber.FindStringSubmatch(strings.ReplaceAll(text, " ", "")); number != nil {
		return numbered(number[1], number[2]), nil
	}
	// A single character stands in the index only where it stands alone in a
	// summary: it would hide what the other words find.
	grams := slices.DeleteFunc(intake.Grams(text), func(g string) bool { return utf8.RuneCountInString(g) < 2 })
	if len(grams) == 0 {
		return nil, ErrShortSearch
	}
	return func(db *gorm.DB) *gorm.DB { return q.containing(db, " AND ", grams) }, nil
}

func numbered(year, seq string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		n, _ := strconv.ParseInt(seq, 10, 64)
		db = db.Where("complaint.seq = ?", n)
		if year != "" {
			y, _ := strconv.Atoi(year)
			start := time.Date(y, 1, 1, 0, 0, 0, 0, workday.Shanghai)
			db = db.Where("complaint.received_at >= ? AND complaint.received_at < ?", start.UTC(), start.AddDate(1, 0, 0).UTC())
		}
		return db
	}
}

// containing narrows to cases whose index entry has all (" AND ") or any
// (" OR ") of the grams.
func (q *Queue) containing(db *gorm.DB, all string, grams []string) *gorm.DB {
	if q.store.Postgres() {
		sign := map[string]string{" AND ": " & ", " OR ": " | "}[all]
		return db.Where("complaint.seq IN (SELECT seq FROM complaint_search WHERE grams @@ ?::tsquery)", quoted(grams, `'`, sign))
	}
	return db.Where("complaint.seq IN (SELECT rowid FROM complaint_search WHERE complaint_search MATCH ?)", quoted(grams, `"`, all))
}

// quoted writes grams for either search language; a quote or backslash within
// one would end it and is left out.
func quoted(grams []string, quote, sign string) string {
	clean := strings.NewReplacer(quote, "", `\`, "")
	words := make([]string, 0, len(grams))
	for _, g := range grams {
		if g = clean.Replace(g); g != "" {
			words = append(words, quote+g+quote)
		}
	}
	return strings.Join(words, sign)
}
