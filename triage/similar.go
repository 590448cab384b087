package triage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

const (
	similarShown  = 5
	similarLooked = 60 // candidates read by place, and again by words
	nearTime      = 45 * 24 * time.Hour
	sharedRare    = 2 // rare pieces that two summaries must have in common
)

// similar finds earlier visible cases that may be about the same thing: first
// what the reporter named and what was decided for the last time, then the most
// alike. Candidates come from walks along an index: the latest of the same
// village, those decided finally there, the latest whose summaries share rare
// pieces. The reporter's own words take no part: they are sealed.
func (q *Queue) similar(ctx context.Context, by staff.Officer, c intake.Complaint) ([]Similar, error) {
	db := q.store.Read(ctx)
	earlier := func() *gorm.DB {
		return q.visible(db.Model(&intake.Complaint{}), by).
			Where("complaint.seq < ? AND complaint.report_id <> ?", c.Seq, c.ReportID).Limit(similarLooked)
	}
	var here, alike []intake.Complaint
	if err := inPlace(earlier(), c.PlaceCode).Order("complaint.seq DESC").Find(&here).Error; err != nil {
		return nil, err
	}
	rare, err := q.rareGrams(db, intake.Grams(c.Summary))
	if err != nil {
		return nil, err
	}
	if len(rare) >= sharedRare {
		if err := q.having(earlier(), " OR ", rare).Find(&alike).Error; err != nil {
			return nil, err
		}
	}
	named, err := q.named(db, earlier, c, &alike)
	if err != nil {
		return nil, err
	}
	return q.mostAlike(ctx, by, c, append(here, alike...), rare, named)
}

// named adds to the candidates what was decided finally about the same village and
// kind, and the cases of the report that the reporter handed in before, whose
// report it returns.
func (q *Queue) named(db *gorm.DB, earlier func() *gorm.DB, c intake.Complaint, to *[]intake.Complaint) (uuid.UUID, error) {
	var finals, told []intake.Complaint
	err := inPlace(earlier(), c.PlaceCode).Where("complaint.final_at IS NOT NULL AND complaint.kind = ?", c.Kind).
		Order("complaint.seq DESC").Limit(similarShown).Find(&finals).Error
	if err != nil {
		return uuid.Nil, err
	}
	e, err := q.intake.EarlierOf(db, c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return uuid.Nil, err
	}
	if err == nil {
		if err := earlier().Where("complaint.report_id = ?", e.EarlierReportID).Find(&told).Error; err != nil {
			return uuid.Nil, err
		}
	}
	*to = append(*to, append(finals, told...)...)
	return e.EarlierReportID, nil
}

// mostAlike ranks candidates and dresses the best.
func (q *Queue) mostAlike(ctx context.Context, by staff.Officer, c intake.Complaint, candidates []intake.Complaint, rare []string, named uuid.UUID) ([]Similar, error) {
	type ranked struct {
		intake.Complaint
		reasons []string
	}
	var good []ranked
	seen := map[uuid.UUID]bool{}
	for _, other := range candidates {
		if seen[other.ID] {
			continue
		}
		seen[other.ID] = true
		why := alikeness(c, other, rare)
		if other.ReportID == named {
			why = append(why, "earlier")
		}
		if why != nil {
			good = append(good, ranked{other, why})
		}
	}
	first := func(r ranked) int {
		if r.FinalAt != nil || r.ReportID == named {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(good, func(a, b ranked) int {
		return cmp.Or(first(a)-first(b), cmp.Compare(len(b.reasons), len(a.reasons)), cmp.Compare(b.Seq, a.Seq))
	})
	good = good[:min(len(good), similarShown)]
	chosen := make([]intake.Complaint, 0, len(good))
	for _, g := range good {
		chosen = append(chosen, g.Complaint)
	}
	rows, err := q.rows(ctx, by, chosen)
	if err != nil {
		return nil, err
	}
	var out []Similar
	for i, r := range rows {
		out = append(out, Similar{Row: r, Reasons: good[i].reasons})
	}
	return out, nil
}

// alikeness lists why a case looks like another one, nil when it does not: the
// same village and something more, or shared rare words.
func alikeness(c, other intake.Complaint, rare []string) []string {
	var why []string
	village := c.PlaceCode == other.PlaceCode
	if village {
		why = append(why, "same_village")
	}
	if c.Kind != "" && c.Kind == other.Kind {
		why = append(why, "same_kind")
	}
	if c.Programme != "" && c.Programme == other.Programme {
		why = append(why, "same_programme")
	}
	if c.ReceivedAt.Sub(other.ReceivedAt).Abs() <= nearTime {
		why = append(why, "near_time")
	}
	words := shared(rare, other.Summary) >= sharedRare
	if words {
		why = append(why, "words")
	}
	if words || (village && len(why) > 1) {
		return why
	}
	return nil
}

// shared counts the pieces that stand in a summary.
func shared(grams []string, summary string) int {
	n := 0
	have := intake.Grams(summary)
	for _, g := range grams {
		if slices.Contains(have, g) {
			n++
		}
	}
	return n
}
