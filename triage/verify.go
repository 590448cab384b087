package triage

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// Methods lists how facts are checked, in the order of Art. 15 of the Measures
// (DOMAIN §8.1; catalog key method.<code>).
func Methods() []string {
	return []string{"hear_report", "review_files", "interview", "leader_explain", "site_visit", "symposium", "household_visit"}
}

// NewVerification is what Verify needs; files staged under FormKey are bound.
type NewVerification struct {
	VisitedOn workday.Date // not after today
	Place     string       // 2 to 200 characters; stored sealed
	Method    string       // one of Methods
	Verifiers []string     // 1 to 10 names of 2 to 30 characters
	Found     string       // 4 to 5000 characters; stored sealed
	FormKey   []byte
}

func (v NewVerification) tidy(today workday.Date) (NewVerification, error) {
	f := form{}
	v.Place, v.Found = strings.TrimSpace(v.Place), strings.TrimSpace(v.Found)
	day, err := workday.Parse(string(v.VisitedOn))
	f.require(err == nil && day <= today, "visited_on", "case_day")
	f.check(within("place", v.Place, 2, 200, "case_place"))
	f.require(slices.Contains(Methods(), v.Method), "method", "case_method")
	f.check(within("found", v.Found, 4, 5000, "case_found"))
	var verifiers []string
	for _, name := range v.Verifiers {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(verifiers, name) {
			verifiers = append(verifiers, name)
			f.check(within("verifiers", name, 2, 30, "case_verifiers"))
		}
	}
	f.require(len(verifiers) >= 1 && len(verifiers) <= 10, "verifiers", "case_verifiers")
	v.Verifiers = verifiers
	return v, f.err()
}

// Verify records one check of the facts with its evidence. The first one takes
// the case from accepted to verifying. Errors: *intake.Invalid.
func (q *Queue) Verify(ctx context.Context, by staff.Officer, id uuid.UUID, version int, v NewVerification) error {
	v, err := v.tidy(q.today())
	if err != nil {
		return err
	}
	return q.step(ctx, by, staff.WorkCases, Verify, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		if err := move(tx, c, map[string]any{"state": intake.Verifying, "resume_state": ""}); err != nil {
			return err
		}
		check, err := uuid.NewV7()
		if err != nil {
			return err
		}
		row := verificationRow{
			ID: check, ComplaintID: c.ID, VisitedOn: v.VisitedOn, Method: v.Method,
			Verifiers: v.Verifiers, ByID: by.ID, At: q.store.Now(),
		}
		words, err := json.Marshal(checkWords{v.Place, v.Found})
		if err != nil {
			return err
		}
		if row.FoundSealed, err = q.shut(tx, *c, q.foundSheet(row), string(words)); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		files, err := q.shelf.Bind(tx, v.FormKey, "verification", check)
		if err != nil {
			return err
		}
		return q.note(tx, by, c, "verified", files.Tell(map[string]string{"method": v.Method, "files": strconv.Itoa(len(files))}))
	})
}

// listMatter reports whether a kind is about who is on a list or how it came
// about: such facts are checked by two people (DOMAIN §6.3).
func listMatter(k intake.Kind) bool {
	return slices.Contains([]intake.Kind{"FAVOURITISM", "HH_INELIGIBLE", "HH_INFO_BAD", "PROC_NO_PUBLICITY"}, k)
}

// checkedEnough is bad unless somebody has checked the facts, and for list
// matters two different people have.
func checkedEnough(tx *gorm.DB, c *intake.Complaint) error {
	verifiers, err := verifiersOf(tx, c.ID)
	switch {
	case err != nil:
		return err
	case len(verifiers) == 0:
		return bad("checks", "case_unchecked")
	case listMatter(c.Kind) && len(verifiers) < 2:
		return bad("checks", "case_two_verifiers")
	}
	return nil
}

// verifiersOf names everybody who checked the facts, each once.
func verifiersOf(tx *gorm.DB, complaint uuid.UUID) ([]string, error) {
	var rows []verificationRow
	err := tx.Select("id", "verifiers").Where("complaint_id = ?", complaint).Limit(200).Find(&rows).Error
	var all []string
	for _, r := range rows {
		all = append(all, r.Verifiers...)
	}
	slices.Sort(all)
	return slices.Compact(all), err
}
