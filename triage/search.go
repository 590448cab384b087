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
)

// sought is what somebody looks for: a case by its number, or cases by words.
type sought struct {
	year, number string
	grams        []string // all of which the index entry must have
}

// caseNumber is 访2026-000123, 2026-000123 or 000123.
var caseNumber = regexp.MustCompile(`^(?:访?(\d{4})[-—–])?(\d{6,12})$`)

// seek reads a search text: ErrShortSearch when it has no two neighbouring
// characters.
func seek(text string) (sought, error) {
	text = strings.TrimSpace(width.Fold.String(text))
	if text == "" {
		return sought{}, nil
	}
	if found := caseNumber.FindStringSubmatch(strings.ReplaceAll(text, " ", "")); found != nil {
		return sought{year: found[1], number: found[2]}, nil
	}
	// A single character stands in the index only where it stands alone in a
	// summary: it would hide what the other words find.
	grams := slices.DeleteFunc(intake.Grams(text), func(g string) bool { return utf8.RuneCountInString(g) < 2 })
	if len(grams) == 0 {
		return sought{}, ErrShortSearch
	}
	return sought{grams: grams}, nil
}

// numbered narrows to the case with the number, when one is sought.
func (s sought) numbered(db *gorm.DB) *gorm.DB {
	if s.number == "" {
		return db
	}
	n, _ := strconv.ParseInt(s.number, 10, 64)
	db = db.Where("complaint.seq = ?", n)
	if s.year != "" {
		y, _ := strconv.Atoi(s.year)
		start := time.Date(y, 1, 1, 0, 0, 0, 0, workday.Shanghai)
		db = db.Where("complaint.received_at >= ? AND complaint.received_at < ?", start.UTC(), start.AddDate(1, 0, 0).UTC())
	}
	return db
}

// walked is how many of the newest cases are looked through one by one before
// the index is asked for all that have the words.
const walked = 20000

// matching lists the newest cases that have all of the grams. narrow gives a
// fresh query over the cases in question each time.
//
// SQLite's index hands out its hits newest first. PostgreSQL's cannot: words
// that many cases have are found soonest by looking through the newest cases,
// words that few have by asking the index for all of them. Its planner does
// not know how few have two common words at once, so it is not asked.
func (q *Queue) matching(narrow func() *gorm.DB, grams []string, from place, limit int) ([]intake.Complaint, error) {
	older := func() *gorm.DB {
		if from.Seq > 0 {
			return narrow().Where("complaint.seq < ?", from.Seq)
		}
		return narrow()
	}
	everywhere := func() ([]intake.Complaint, error) {
		var found []intake.Complaint
		err := q.having(older(), " AND ", grams).Limit(limit).Find(&found).Error
		return found, err
	}
	if !q.store.Postgres() {
		return everywhere()
	}
	fresh := q.store.Read(older().Statement.Context)
	rare, err := q.rareGrams(fresh, grams)
	if err != nil {
		return nil, err
	}
	if len(rare) > 0 {
		return everywhere()
	}
	var found []intake.Complaint
	latest := older().Order("complaint.seq DESC").Limit(walked)
	err = fresh.Table("(?) AS complaint", latest).
		Where("(SELECT entry.grams @@ ?::tsquery FROM complaint_search entry WHERE entry.seq = complaint.seq)", quoted(grams, `'`, " & ")).
		Order("complaint.seq DESC").Limit(limit).Find(&found).Error
	if err != nil || len(found) == limit {
		return found, err
	}
	return everywhere()
}

// having narrows a query to cases whose index entry has all (" AND ") or any
// (" OR ") of the grams, newest first, beginning with the index.
func (q *Queue) having(db *gorm.DB, sign string, grams []string) *gorm.DB {
	if !q.store.Postgres() {
		return db.Table("complaint_search CROSS JOIN complaint ON complaint.seq = complaint_search.rowid").
			Select("complaint.*").
			Where("complaint_search MATCH ?", quoted(grams, `"`, sign)).
			Order("complaint_search.rowid DESC")
	}
	// The newest hits are looked up one by one until there are enough: fences
	// (OFFSET 0) around both, and the sum, keep the planner from walking all
	// cases by number instead, because it takes rare words for common ones.
	sign = map[string]string{" AND ": " & ", " OR ": " | "}[sign]
	return db.Table(`(SELECT seq + 0 AS seq FROM complaint_search WHERE grams @@ ?::tsquery ORDER BY 1 DESC OFFSET 0) AS hit
			CROSS JOIN LATERAL (SELECT * FROM complaint WHERE complaint.seq = hit.seq OFFSET 0) AS complaint`,
		quoted(grams, `'`, sign)).
		Select("complaint.*").Order("hit.seq DESC")
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
