package triage

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Lender is a room above that keeps files of its own. They leave the house through the
// door through which files of cases do.
type Lender interface {
	// Lend is asked for a file of the room. It returns store.ErrNotFound unless the
	// officer may open the file.
	Lend(ctx context.Context, by staff.Officer, f evidence.File) (Lent, error)
}

// Lent is how a room lets a file of its own be looked over and opened.
type Lent struct {
	Whole   bool             // the officer sees it with nothing covered
	Offices bool             // an office took it: what is heard on it need not tell who reported
	Needs   staff.Permission // of who says that it may leave
	Matter
}

// Matter is what a file belongs to, in the hands of the officer to whom it is lent.
type Matter interface {
	// Record writes one event of the matter that the file belongs to; for
	// "evidence_opened" also whatever else tells that the matter was looked at.
	Record(ctx context.Context, kind string, facts map[string]string) error
	// Act runs do in a transaction of that matter, as long as the officer may see it,
	// and writes the event in the same commit. Errors: store.ErrNotFound, those of do.
	Act(ctx context.Context, kind string, facts map[string]string, do func(tx *gorm.DB) error) error
}

// LeavesFrom makes a room answer for the files of a kind of owner. Rooms call it while
// the house is built, before anybody asks for a file.
func (q *Queue) LeavesFrom(room Lender, kinds ...string) {
	for _, kind := range kinds {
		q.lenders[kind] = room
	}
}

// lent is a file that the officer may open, with how its room lets it be opened and
// what was said of it; store.ErrNotFound for any other, and the attempt on a file of a
// case is recorded.
func (q *Queue) lent(ctx context.Context, by staff.Officer, file uuid.UUID) (f evidence.File, of Lent, c Cleared, err error) {
	if f, err = q.shelf.FileOf(ctx, file); err != nil {
		return f, of, c, err
	}
	if f.OwnerID == nil {
		return f, of, c, store.ErrNotFound
	}
	var room Lender = cases{q}
	if above, has := q.lenders[f.OwnerKind]; has {
		room = above
	}
	if of, err = room.Lend(ctx, by, f); err != nil {
		return f, of, c, err
	}
	all, err := q.Clearances(ctx, file)
	return f, of, all[file], err
}

// cases lends what came with a case, was said about it, or was taken when it was looked
// into.
type cases struct{ *Queue }

// Lend implements Lender.
func (q cases) Lend(ctx context.Context, by staff.Officer, f evidence.File) (Lent, error) {
	db := q.store.Read(ctx)
	id, err := q.openFor(ctx, db, by, whose{f.OwnerKind, f.OwnerID})
	if err != nil {
		return Lent{}, err
	}
	c, err := q.CaseIn(db, by, id)
	if err != nil {
		return Lent{}, err
	}
	return Lent{
		Whole: seesUncovered(by, c), Offices: f.OwnerKind == "verification", Needs: staff.WorkCases,
		Matter: caseMatter{q.Queue, by, id},
	}, nil
}

// caseMatter is a case to which a file belongs.
type caseMatter struct {
	*Queue
	by staff.Officer
	id uuid.UUID
}

// Record implements Matter.
func (m caseMatter) Record(ctx context.Context, kind string, facts map[string]string) error {
	return m.inscribe(ctx, func(tx *gorm.DB) error {
		if kind == "evidence_opened" {
			if err := m.looked(tx, m.by, m.id, SawFile); err != nil {
				return err
			}
		}
		return ledger.Append(tx, ledger.OfComplaint, m.id, kind, m.by.Actor(), m.store.Now(), facts)
	})
}

// Act implements Matter.
func (m caseMatter) Act(ctx context.Context, kind string, facts map[string]string, do func(tx *gorm.DB) error) error {
	return m.act(ctx, m.by, staff.WorkCases, m.id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := do(tx); err != nil {
			return err
		}
		return m.note(tx, m.by, &c, kind, facts)
	})
}

// locked records that somebody wanted to open a file for which they hold no key, and
// returns why; other errors it returns as they are.
func (of Lent) locked(ctx context.Context, file uuid.UUID, why error) error {
	if !errors.Is(why, intake.ErrLocked) {
		return why
	}
	return errors.Join(why, of.Record(ctx, "evidence_locked", map[string]string{"file": file.String()}))
}
