package notice

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/roll"
)

// Owners of files in the evidence shelf, by what they are to a notice.
var fileRoles = []string{"notice", "notice_start", "notice_end"}

// Published is a notice as the public sees it.
type Published struct {
	Notice
	KindOf     Kind
	Roll       *roll.Roll
	RollSince  int // version of the rows with which it was handed in; 0 not known
	Attached   []evidence.File
	Photos     []evidence.File
	Revisions  []Revision
	Corrects   *Notice  // of a correction, when that is shown
	Correction []Notice // corrections of this notice, shown ones
	Fund       *Fund
	Project    *Project
	Pulled     bool // only kind and office are given: the title may be what must not be read
	Withdrawn  bool // only title (unless it was pulled before), kind, office and the reason are given
}

// Published shows one that is or was shown: running, ended (lists of people are
// gone then: store.ErrNotFound), withdrawn or pulled ones as a stub.
func (b *Board) Published(ctx context.Context, id uuid.UUID) (Published, error) {
	n, err := b.Notice(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return b.stub(ctx, id)
	}
	if err != nil {
		return Published{}, err
	}
	p := Published{Notice: n}
	p.KindOf, _ = KindOf(n.Kind)
	for _, read := range []func(context.Context, *Published) error{b.withRoll, b.withFiles, b.withCorrections, b.withMoney} {
		if err := read(ctx, &p); err != nil {
			return Published{}, err
		}
	}
	return p, nil
}

// stub is what is left of a notice that was published and taken down. A list
// that is pulled leaves for good at the end of its days, like any other.
func (b *Board) stub(ctx context.Context, id uuid.UUID) (Published, error) {
	var n Notice
	err := store.One(b.store.Read(ctx).Where("id = ? AND published_at <= ?", id, b.store.Now()).
		Where("(state = 'withdrawn' OR ("+shown+" AND pulled_at IS NOT NULL))"), &n)
	if err != nil {
		return Published{}, err
	}
	p := Published{Notice: Notice{ID: n.ID, Kind: n.Kind, Title: n.Title, UnitID: n.UnitID, State: n.State, PublishedAt: n.PublishedAt}}
	p.KindOf, _ = KindOf(n.Kind)
	if n.PulledAt != nil {
		p.Title = ""
	}
	if n.State == "withdrawn" {
		p.Withdrawn, p.WithdrawnAt, p.WithdrawnWhy = true, n.WithdrawnAt, n.WithdrawnWhy
		return p, nil
	}
	if p.KindOf.Personal && n.EndsOn != nil && *n.EndsOn < workday.On(b.store.Now()) {
		return Published{}, store.ErrNotFound
	}
	p.Pulled, p.PulledAt = true, n.PulledAt
	return p, nil
}

func (b *Board) withRoll(ctx context.Context, p *Published) error {
	if p.RollID == nil {
		return nil
	}
	r, err := b.rolls.Roll(ctx, *p.RollID)
	if err != nil {
		return err
	}
	kept, err := backingOf(b.store.Read(ctx), p.ID)
	p.Roll, p.RollSince = &r, kept.RollVersion
	return err
}

func (b *Board) withFiles(ctx context.Context, p *Published) (err error) {
	open, err := b.opensFiles(ctx, p.Notice)
	if err != nil || !open {
		return err
	}
	if p.Attached, err = b.shelf.Of(ctx, fileRoles[0], p.ID); err != nil {
		return err
	}
	for _, role := range fileRoles[1:] {
		photos, err := b.shelf.Of(ctx, role, p.ID)
		if err != nil {
			return err
		}
		p.Photos = append(p.Photos, photos...)
	}
	return nil
}

// opensFiles reports whether the public gets the files of a notice. Those of a
// list of people it does not: a photo of the board, or the list as it was
// attached, has the names in full that the web masks.
func (b *Board) opensFiles(ctx context.Context, n Notice) (bool, error) {
	if b.shelf == nil {
		return false, nil
	}
	kind := n.Kind
	if n.CorrectsID != nil {
		var original Notice
		if err := store.One(b.store.Read(ctx).Where("id = ?", *n.CorrectsID), &original); err != nil {
			return false, err
		}
		kind = original.Kind
	}
	k, _ := KindOf(kind)
	return !k.Personal, nil
}

// withCorrections reads what a notice said before, what corrects it, and what
// it corrects.
func (b *Board) withCorrections(ctx context.Context, p *Published) error {
	err := b.store.Read(ctx).Where("notice_id = ? AND withheld = ?", p.ID, false).Order("n").Limit(100).Find(&p.Revisions).Error
	if err != nil {
		return err
	}
	if err := b.forget(ctx, p); err != nil {
		return err
	}
	err = b.public(ctx).Where("corrects_id = ?", p.ID).Order("published_at, id").Limit(100).Find(&p.Correction).Error
	if err != nil || p.CorrectsID == nil {
		return err
	}
	original, err := b.Notice(ctx, *p.CorrectsID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	p.Corrects = &original
	return err
}

// forget lets the history of the rows begin behind the last text that is
// withheld: what was corrected together with it is not told either.
func (b *Board) forget(ctx context.Context, p *Published) error {
	if p.Roll == nil {
		return nil
	}
	var withheld int
	err := b.store.Read(ctx).Model(&Revision{}).Where("notice_id = ? AND withheld = ?", p.ID, true).
		Select("coalesce(max(roll_version), 0)").Scan(&withheld).Error
	if err != nil || withheld == 0 {
		return err
	}
	p.RollSince = min(max(p.RollSince, withheld+1), p.Roll.Version)
	for i := range p.Revisions {
		if p.Revisions[i].RollVersion <= withheld {
			p.Revisions[i].RollVersion = 0
		}
	}
	return nil
}

func (b *Board) withMoney(ctx context.Context, p *Published) (err error) {
	db := b.store.Read(ctx)
	if p.FundID != nil {
		if p.Fund, err = fundIn(db, *p.FundID); err != nil {
			return err
		}
	}
	if p.ProjectID != nil {
		p.Project, err = projectIn(db, *p.ProjectID)
	}
	return err
}

// OpenFile gives out an attachment or photo of a shown notice, or
// store.ErrNotFound.
func (b *Board) OpenFile(ctx context.Context, id, file uuid.UUID) (evidence.File, readCloser, string, error) {
	n, err := b.Notice(ctx, id)
	if err != nil {
		return evidence.File{}, nil, "", err
	}
	if open, err := b.opensFiles(ctx, n); err != nil || !open {
		return evidence.File{}, nil, "", errors.Join(store.ErrNotFound, err)
	}
	for _, role := range fileRoles {
		files, err := b.shelf.Of(ctx, role, id)
		if err != nil {
			return evidence.File{}, nil, "", err
		}
		if slices.ContainsFunc(files, func(f evidence.File) bool { return f.ID == file }) {
			return b.shelf.Open(ctx, file)
		}
	}
	return evidence.File{}, nil, "", store.ErrNotFound
}
