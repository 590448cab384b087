package paper

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Filter narrows a list of papers.
type Filter struct {
	Box   string    // "drafts", "final" (void ones as well), or "received": addressed to the own office
	Kind  Kind      // "" all
	Year  int       // 0 all; drafts have none
	After uuid.UUID // cursor: the last paper of the page before
}

// Boxes that a list can show.
const (
	Drafts   = "drafts"
	Issued   = "final"
	Received = "received"
)

const (
	pageSize = 30
	// deepest is how many papers a page looks at for those that the reader may see:
	// behind most things that an office has papers about stands nothing hidden.
	deepest = 300
)

// List lists papers of the own office, or those it received, newest first
// (staff.ReadItems). What a paper is about must be visible to the reader; secret
// papers are not listed, and of those that the session does not open, the title is
// not shown (Paper.Kept). next is the cursor of the next page, uuid.Nil at the end.
func (p *Press) List(ctx context.Context, by staff.Officer, f Filter) (found []Paper, next uuid.UUID, err error) {
	if err := by.Require(staff.ReadItems); err != nil {
		return nil, uuid.Nil, err
	}
	rows, next, err := p.seen(ctx, by, f)
	if err != nil {
		return nil, uuid.Nil, err
	}
	found, err = p.papers(ctx, by, rows)
	return found, next, err
}

// seen reads a page of rows that by may see.
func (p *Press) seen(ctx context.Context, by staff.Officer, f Filter) (found []row, next uuid.UUID, err error) {
	asked, after := map[uuid.UUID]bool{}, f.After
	for looked := 0; looked < deepest; looked += pageSize {
		var rows []row
		if err := boxed(p.Store.Read(ctx), by, f, after).Order("id DESC").Limit(pageSize).Find(&rows).Error; err != nil {
			return nil, uuid.Nil, err
		}
		for _, r := range rows {
			after = r.ID
			ok, err := p.sees(ctx, by, r, asked)
			if err != nil {
				return nil, uuid.Nil, err
			}
			if !ok {
				continue
			}
			if found = append(found, r); len(found) == pageSize {
				return found, after, nil
			}
		}
		if len(rows) < pageSize {
			return found, uuid.Nil, nil
		}
	}
	return found, after, nil
}

// boxed is the query of one box.
func boxed(db *gorm.DB, by staff.Officer, f Filter, after uuid.UUID) *gorm.DB {
	query := db.Where("NOT secret")
	switch f.Box {
	case Received:
		query = query.Select("paper.*").Joins("JOIN paper_to ON paper_to.paper_id = paper.id AND paper_to.unit_id = ?", by.UnitID).Where("state IN ('final', 'void')")
	case Issued:
		query = query.Where("unit_id = ? AND state IN ('final', 'void')", by.UnitID)
	default:
		query = query.Where("unit_id = ? AND state = 'draft'", by.UnitID)
	}
	if f.Year != 0 {
		query = query.Where("year = ?", f.Year)
	}
	if f.Kind != "" {
		query = query.Where("kind = ?", f.Kind)
	}
	if after != uuid.Nil {
		query = query.Where("paper.id < ?", after)
	}
	return query
}

// sees asks the guard once for each thing.
func (p *Press) sees(ctx context.Context, by staff.Officer, r row, seen map[uuid.UUID]bool) (bool, error) {
	if ok, asked := seen[r.SubjectID]; asked {
		return ok, nil
	}
	err := p.guard(ctx, by, r)
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, staff.ErrForbidden) {
		return false, err
	}
	seen[r.SubjectID] = err == nil
	return err == nil, nil
}

// Waiting counts the drafts that wait for by's signature, at most 20: those that the
// session opens, for nobody signs what they cannot read.
func (p *Press) Waiting(ctx context.Context, by staff.Officer) (int, error) {
	if !by.May(staff.SignPapers) {
		return 0, nil
	}
	var rows []row
	err := boxed(p.Store.Read(ctx), by, Filter{Box: Drafts}, uuid.Nil).Where("drafted_by <> ?", by.ID).Order("id DESC").Limit(20).Find(&rows).Error
	if err != nil {
		return 0, err
	}
	var waiting []intake.Sheet
	seen := map[uuid.UUID]bool{}
	for _, r := range rows {
		ok, err := p.sees(ctx, by, r, seen)
		if err != nil {
			return 0, err
		}
		if ok {
			waiting = append(waiting, p.contentOf(r))
		}
	}
	texts, err := p.open(p.Store.Read(ctx), by, waiting...)
	if errors.Is(err, ErrChanged) {
		return len(waiting), nil // its own page says which
	}
	n := 0
	for _, said := range texts {
		if said.Kept == "" {
			n++
		}
	}
	return n, err
}
