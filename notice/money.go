package notice

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/roll"
)

// Sums tells whether money adds up, in fen.
type Sums struct {
	TotalFen     int64 // of the fund
	AllocatedFen int64 // rows of the allocation
	ProjectsFen  int64 // projects of the fund
	PaidFen      int64 // rows of payment rosters tied to it or to its projects
	Differs      bool  // TotalFen differs from AllocatedFen, or rosters exceed a project or the fund
}

// counted are the notices whose money counts: those in one of the states, and
// one more whatever its state with the changes of rows that it keeps.
type counted struct {
	states  []string
	also    uuid.UUID
	changes changes
}

// changes is by how much the rows that a draft keeps for a published roll change
// its total.
type changes struct {
	kind    roll.Kind
	project *uuid.UUID // of a roster
	fen     int64
}

// of is the change as far as it is one of that kind of roll.
func (c changes) of(kind roll.Kind) int64 {
	if c.kind == kind {
		return c.fen
	}
	return 0
}

var (
	// inPublic counts what was published and stands.
	inPublic = counted{states: []string{published, ended, archived}}
	// signed counts what an approver signed.
	signed = counted{states: []string{reviewed, published, ended, archived}}
)

// rolls are the tables of such notices of a kind.
func (c counted) rolls(db *gorm.DB, kind string) *gorm.DB {
	return db.Session(&gorm.Session{NewDB: true}).Model(&Notice{}).Select("roll_id").
		Where("roll_id IS NOT NULL AND kind = ? AND (state IN ? OR id = ?)", kind, c.states, c.also)
}

// sums adds up the money that a notice speaks of, the notice itself counted
// whatever its state; nil when it speaks of none.
func (d *Desk) sums(ctx context.Context, n Notice) (*Sums, error) {
	db := d.Store.Read(ctx)
	kept, err := d.changes(ctx, n)
	if err != nil {
		return nil, err
	}
	count := counted{states: signed.states, also: n.ID, changes: kept}
	fund := n.FundID
	if n.ProjectID != nil {
		p, err := projectIn(db, *n.ProjectID)
		if err != nil {
			return nil, err
		}
		if fund == nil && p.FundID == nil {
			paid, err := paidFor(db, p.ID, count)
			paid += kept.of(roll.Payments)
			return &Sums{ProjectsFen: p.AmountFen, PaidFen: paid, Differs: paid > p.AmountFen}, err
		}
		if fund == nil {
			fund = p.FundID
		}
	}
	if fund == nil {
		return nil, nil
	}
	f, err := fundIn(db, *fund)
	if err != nil {
		return nil, err
	}
	s, err := fundSums(db, *f, count)
	return &s, err
}

// changes adds up what a draft would change of a published roll: a correction's
// rows are looked at before they are the roll's.
func (d *Desk) changes(ctx context.Context, n Notice) (changes, error) {
	c := changes{project: n.ProjectID}
	db := d.Store.Read(ctx)
	kept, err := backingOf(db, n.ID)
	if err != nil || n.State != draftState || len(kept.Edits) == 0 {
		return c, err
	}
	id, err := d.rollID(ctx, n)
	if err != nil || id == nil {
		return c, err
	}
	r, err := d.Rolls.RollIn(db, *id)
	if err != nil {
		return c, err
	}
	c.kind = r.Kind
	for some := range slices.Chunk(kept.Edits, 500) {
		keys := make([]int, 0, len(some))
		for _, e := range some {
			if keys = append(keys, e.Key); !e.Gone {
				c.fen += e.AmountFen
			}
		}
		var before int64
		err := db.Model(&roll.Row{}).Select("CAST(coalesce(sum(amount_fen), 0) AS bigint)").
			Where("roll_id = ? AND key IN ? AND until IS NULL", r.ID, keys).Scan(&before).Error
		if err != nil {
			return c, err
		}
		c.fen -= before
	}
	return c, nil
}

// fundSums adds up a fund. An allocation that nobody has written yet does not
// differ; one that is written and empty does.
func fundSums(db *gorm.DB, f Fund, count counted) (Sums, error) {
	s := Sums{TotalFen: f.TotalFen}
	var allocations struct{ Fen, N int64 }
	err := db.Table("roll").Select("CAST(coalesce(sum(total_fen), 0) AS bigint) AS fen, count(*) AS n").
		Where("id IN (?)", count.rolls(db, "FUND_ALLOC").Where("fund_id = ?", f.ID)).Scan(&allocations).Error
	if err != nil {
		return s, err
	}
	s.AllocatedFen = allocations.Fen + count.changes.of(roll.Allocation)
	tied := db.Model(&Notice{}).Select("roll_id").Where("roll_id IS NOT NULL AND fund_id = ? AND (state IN ? OR id = ?)", f.ID, count.states, count.also)
	err = db.Model(&Project{}).Select("CAST(coalesce(sum(amount_fen), 0) AS bigint)").
		Where("fund_id = ? AND (roll_id IS NULL OR roll_id IN (?))", f.ID, tied).Scan(&s.ProjectsFen).Error
	if err != nil {
		return s, err
	}
	paid, err := paidOf(db, f.ID, count)
	if err != nil {
		return s, err
	}
	for i, p := range paid {
		if count.changes.project != nil && p.ProjectID != nil && *p.ProjectID == *count.changes.project {
			paid[i].PaidFen += count.changes.of(roll.Payments)
		}
	}
	s.settle(paid, allocations.N > 0)
	return s, nil
}

// paid is what rosters pay out for one project; of none when a roster is tied to
// the fund only.
type paid struct {
	ProjectID *uuid.UUID
	AmountFen int64 // of the project
	PaidFen   int64
}

// settle adds what was paid and says whether anything differs.
func (s *Sums) settle(all []paid, allocated bool) {
	for _, p := range all {
		s.PaidFen += p.PaidFen
	}
	exceeds := slices.ContainsFunc(all, func(p paid) bool { return p.ProjectID != nil && p.PaidFen > p.AmountFen })
	s.Differs = allocated && s.AllocatedFen != s.TotalFen || exceeds || s.PaidFen > s.TotalFen
}

// paidOf lists what rosters pay out of a fund: one line for each project that
// has any, and one for those tied to the fund only. A roll counts once for its
// project, however many notices show it.
func paidOf(db *gorm.DB, fund uuid.UUID, count counted) ([]paid, error) {
	var all []paid
	err := db.Raw(`SELECT x.project_id, coalesce(x.amount_fen, 0) AS amount_fen, CAST(sum(r.total_fen) AS bigint) AS paid_fen
		FROM (SELECT DISTINCT n.project_id, p.amount_fen, n.roll_id FROM notice n LEFT JOIN project p ON p.id = n.project_id
			WHERE n.kind = 'SUBSIDY_ROSTER' AND n.roll_id IS NOT NULL AND (n.state IN ? OR n.id = ?)
			AND (p.fund_id = ? OR (n.project_id IS NULL AND n.fund_id = ?))) x
		JOIN roll r ON r.id = x.roll_id GROUP BY x.project_id, x.amount_fen`, count.states, count.also, fund, fund).Scan(&all).Error
	return all, err
}

// paidFor is what rosters pay out for a project.
func paidFor(db *gorm.DB, project uuid.UUID, count counted) (int64, error) {
	var fen int64
	err := db.Table("roll").Select("CAST(coalesce(sum(total_fen), 0) AS bigint)").
		Where("id IN (?)", count.rolls(db, "SUBSIDY_ROSTER").Where("project_id = ?", project)).Scan(&fen).Error
	return fen, err
}
