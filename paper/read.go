package paper

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Stamp is what stands on every page of a draft.
const Stamp = "草　稿"

// Steps that the reader of a paper can take.
const (
	StepSign    = "sign"
	StepVoid    = "void"
	StepDiscard = "discard"
)

// Steps lists what by can do with a paper now.
func (p Paper) Steps(by staff.Officer) []string {
	var all []string
	if maySign(by, p) {
		all = append(all, StepSign)
	}
	if p.State == Drafted && p.UnitID == by.UnitID && mayWrite(by, p.Kind) {
		all = append(all, StepDiscard)
	}
	if p.State == Final && p.UnitID == by.UnitID && by.May(staff.SignPapers) && mayWrite(by, p.Kind) {
		all = append(all, StepVoid)
	}
	return all
}

// Of lists the papers about a thing, oldest first, at most 200, without discarded
// drafts. The caller has checked that the thing may be seen, and shows of them
// what is Readable. Secret papers are listed of a referral only.
func (p *Press) Of(ctx context.Context, subject ledger.Subject, id uuid.UUID) ([]Paper, error) {
	query := p.Store.Read(ctx).Where("subject_kind = ? AND subject_id = ? AND state <> 'discarded'", subject, id)
	if subject != ledger.OfReferral {
		query = query.Where("NOT secret")
	}
	var rows []row
	if err := query.Order("id").Limit(200).Find(&rows).Error; err != nil {
		return nil, err
	}
	return p.papers(ctx, rows)
}

func (p *Press) papers(ctx context.Context, rows []row) ([]Paper, error) {
	all := make([]Paper, 0, len(rows))
	for _, r := range rows {
		one, err := p.paper(r)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, p.named(ctx, all)
}

// Open reads a paper and what it says (staff.ReadItems; secret ones
// staff.SealReferrals). Its own office and those above it may read it, and once it
// is final the offices it is addressed to: each only when it may see what the paper
// is about. Errors: store.ErrNotFound, ErrChanged (with the paper, which is not to
// be believed).
func (p *Press) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, Content, error) {
	r, err := p.visible(ctx, by, id)
	if err != nil {
		return Paper{}, Content{}, err
	}
	one, c, err := p.read(ctx, r)
	if err == nil && r.State != Drafted && r.State != Discarded {
		_, err = p.frozen(ctx, r)
	}
	if errors.Is(err, ErrChanged) {
		return one, Content{}, p.alarm(ctx, r, err)
	}
	if err != nil {
		return Paper{}, Content{}, err
	}
	signed := []Paper{one}
	err = p.named(ctx, signed)
	return signed[0], c, err
}

// visible reads a paper that by may read.
func (p *Press) visible(ctx context.Context, by staff.Officer, id uuid.UUID) (row, error) {
	if err := by.Require(staff.ReadItems); err != nil {
		return row{}, err
	}
	// Asked for first, so that a paper that is hidden costs as much as none at all.
	to, err := addresseesOf(p.Store.Read(ctx), id)
	if err != nil {
		return row{}, err
	}
	var r row
	if err := store.One(p.Store.Read(ctx).Where("id = ?", id), &r); err != nil {
		return row{}, err
	}
	if !p.reads(by, r, to[r.ID]) {
		return row{}, store.ErrNotFound
	}
	return r, p.guard(ctx, by, r)
}

// reads reports whether a paper to some offices may be read in by's office.
func (p *Press) reads(by staff.Officer, r row, to []uuid.UUID) bool {
	if r.Secret && !by.May(staff.SealReferrals) {
		return false
	}
	addressed := slices.Contains(to, by.UnitID) && (r.State == Final || r.State == Void)
	return addressed || slices.Contains(p.Atlas.Subtree(by.UnitID), r.UnitID)
}

// Readable reports whether by's office may read a paper whose subject by may see.
func (p *Press) Readable(by staff.Officer, one Paper) bool {
	return by.May(staff.ReadItems) && p.reads(by, row{UnitID: one.UnitID, State: one.State, Secret: one.Secret}, one.To)
}

// guard asks the room of what a paper is about.
func (p *Press) guard(ctx context.Context, by staff.Officer, r row) error {
	ask := p.Guards[r.SubjectKind]
	if ask == nil {
		return store.ErrNotFound
	}
	return ask(ctx, by, r.SubjectID)
}

// read opens a row, and compares a final paper with what was recorded of it.
func (p *Press) read(ctx context.Context, r row) (Paper, Content, error) {
	one, err := p.paper(r)
	if err != nil {
		return Paper{ID: r.ID, Kind: r.Kind, State: r.State, Number: r.Number}, Content{}, err
	}
	c, err := p.content(r)
	if err != nil {
		return one, Content{}, err
	}
	f, known := FormOf(r.Kind)
	if !known {
		return one, Content{}, ErrChanged
	}
	if r.State == Drafted || r.State == Discarded {
		return one, p.provisional(f, one, c), nil
	}
	events, err := ledger.Of(ctx, p.Store, ledger.OfPaper, r.ID, "paper_issued")
	if err != nil {
		return one, Content{}, err
	}
	if len(events) != 1 {
		return one, Content{}, ErrChanged
	}
	return one, c, unchanged(r, one.Title, c, events[0])
}

// provisional is what a draft says, with marks for what only signing decides.
func (p *Press) provisional(f Form, one Paper, c Content) Content {
	number := one.Number
	if number == "" {
		number = "（签发时编号）"
	}
	return f.filled(c, map[string]string{
		fieldOffice: p.nameOf(one.UnitID), fieldNumber: number, fieldTitle: one.Title, fieldDay: "（签发日期）", fieldSigner: "（签发人）",
	})
}

// frozen reads the frozen copy of a paper: ErrChanged unless it is the one that
// was signed.
func (p *Press) frozen(ctx context.Context, r row) ([]byte, error) {
	if r.FileID == nil {
		return nil, ErrChanged
	}
	file, err := p.Shelf.Original(ctx, *r.FileID)
	if err != nil {
		return nil, errors.Join(ErrChanged, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, evidence.MaxFileSize+1))
	if err != nil { // encrypted files tell when they were changed
		return nil, errors.Join(ErrChanged, err)
	}
	return content, same(content, r.SHA256)
}

// alarm records that a paper is not what was signed.
func (p *Press) alarm(ctx context.Context, r row, why error) error {
	err := p.Store.Transact(ctx, func(tx *gorm.DB) error {
		return ledger.Append(tx, ledger.OfPaper, r.ID, "paper_changed", ledger.System(), p.Store.Now(), map[string]string{"paper": string(r.Kind), "number": r.Number})
	})
	return errors.Join(why, err)
}

// Docx gives out a paper as docx: the frozen copy, or a draft in the form that is
// in force, stamped. Errors: those of Open.
func (p *Press) Docx(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, []byte, error) {
	r, err := p.visible(ctx, by, id)
	if err != nil {
		return Paper{}, nil, err
	}
	one, c, err := p.read(ctx, r)
	var content []byte
	switch {
	case err != nil:
	case r.State == Drafted || r.State == Discarded:
		content, err = p.stamped(ctx, r, c)
	default:
		content, err = p.frozen(ctx, r)
	}
	if errors.Is(err, ErrChanged) {
		return one, nil, p.alarm(ctx, r, err)
	}
	return one, content, err
}

func (p *Press) stamped(ctx context.Context, r row, c Content) ([]byte, error) {
	db := p.Store.Read(ctx)
	form, err := p.inForce(db, r.UnitID, r.Kind)
	if err != nil {
		return nil, err
	}
	f, _ := FormOf(r.Kind)
	return p.written(db, f, form, c, Stamp)
}

// Life lists what happened to a paper, oldest first. Errors: store.ErrNotFound.
func (p *Press) Life(ctx context.Context, by staff.Officer, id uuid.UUID) ([]ledger.Event, error) {
	if _, err := p.visible(ctx, by, id); err != nil {
		return nil, err
	}
	return ledger.Of(ctx, p.Store, ledger.OfPaper, id)
}

// Shown is a paper laid out for a page. Papers in the built-in form are laid out
// from what they say; those in a form of the office's own as their copy reads.
// Errors: those of Open.
func (p *Press) Shown(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, Page, error) {
	one, c, err := p.Open(ctx, by, id)
	if err != nil {
		return one, Page{}, err
	}
	f, _ := FormOf(one.Kind)
	own := one.FormID != nil
	if one.State == Drafted {
		form, err := p.inForce(p.Store.Read(ctx), one.UnitID, one.Kind)
		if err != nil {
			return one, Page{}, err
		}
		own = form != nil
	}
	if !own {
		return one, f.page(c), nil
	}
	_, written, err := p.Docx(ctx, by, id)
	if err != nil {
		return one, Page{}, err
	}
	lines, err := outlined(written)
	return one, Page{Lines: lines}, err
}
