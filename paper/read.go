package paper

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
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
// what is Readable; titles come as by's session opens them. Secret papers are listed
// of a referral only.
func (p *Press) Of(ctx context.Context, by staff.Officer, subject ledger.Subject, id uuid.UUID) ([]Paper, error) {
	query := p.Store.Read(ctx).Where("subject_kind = ? AND subject_id = ? AND state <> 'discarded'", subject, id)
	if subject != ledger.OfReferral {
		query = query.Where("NOT secret")
	}
	var rows []row
	if err := query.Order("id").Limit(200).Find(&rows).Error; err != nil {
		return nil, err
	}
	return p.papers(ctx, by, rows)
}

func (p *Press) papers(ctx context.Context, by staff.Officer, rows []row) ([]Paper, error) {
	sheets := make([]intake.Sheet, len(rows))
	for i, r := range rows {
		sheets[i] = p.titleOf(r)
	}
	titles, err := p.open(p.Store.Read(ctx), by, sheets...)
	if err != nil {
		return nil, err
	}
	all := make([]Paper, len(rows))
	for i, r := range rows {
		all[i] = r.paper(titles[titleID(r.ID)])
	}
	return all, p.named(ctx, all)
}

// Open reads a paper and what it says (staff.ReadItems; secret ones
// staff.SealReferrals). Its own office and those above it may read it, and once it
// is final the offices it is addressed to: each only when it may see what the paper
// is about. Who may read it and holds no key for it gets the paper without title and
// words (Paper.Kept). Errors: store.ErrNotFound, ErrChanged (with the paper, which is
// not to be believed).
func (p *Press) Open(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, Content, error) {
	r, err := p.visible(ctx, by, id)
	if err != nil {
		return Paper{}, Content{}, err
	}
	one, c, err := p.read(ctx, by, r)
	if err == nil && one.Kept == "" && r.State != Drafted && r.State != Discarded {
		_, err = p.frozen(ctx, by, r)
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

// read opens a row as by's session does, and compares a final paper with what was
// recorded of it.
func (p *Press) read(ctx context.Context, by staff.Officer, r row) (Paper, Content, error) {
	title, c, err := p.says(p.Store.Read(ctx), by, r)
	one := r.paper(intake.SheetText{Text: []byte(title)})
	switch {
	case errors.Is(err, intake.ErrLocked):
		one.Kept = intake.Locked
	case errors.Is(err, intake.ErrErased):
		one.Kept = intake.Erased
	case err != nil:
		return one, Content{}, err
	}
	f, known := FormOf(r.Kind)
	if !known {
		return one, Content{}, ErrChanged
	}
	if r.State == Drafted || r.State == Discarded {
		if one.Kept != "" {
			return one, Content{}, nil
		}
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
// was signed, intake.ErrLocked or intake.ErrErased where by's session does not open it.
func (p *Press) frozen(ctx context.Context, by staff.Officer, r row) ([]byte, error) {
	if r.FileID == nil {
		return nil, ErrChanged
	}
	file, err := p.Shelf.Original(ctx, *r.FileID)
	if errors.Is(err, evidence.ErrKept) {
		_, file, _, err = p.Intake.OpenFile(ctx, by, *r.FileID)
	}
	if errors.Is(err, intake.ErrLocked) || errors.Is(err, intake.ErrErased) {
		return nil, err
	}
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
// in force, stamped. Errors: those of Open; intake.ErrLocked, which leaves an event,
// and intake.ErrErased.
func (p *Press) Docx(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, []byte, error) {
	r, err := p.visible(ctx, by, id)
	if err != nil {
		return Paper{}, nil, err
	}
	one, c, err := p.read(ctx, by, r)
	if err == nil {
		err = shutBy(one.Kept)
	}
	var content []byte
	switch {
	case err != nil:
	case r.State == Drafted || r.State == Discarded:
		content, err = p.stamped(ctx, r, c)
	default:
		content, err = p.frozen(ctx, by, r)
	}
	if errors.Is(err, ErrChanged) {
		return one, nil, p.alarm(ctx, r, err)
	}
	if errors.Is(err, intake.ErrLocked) {
		return one, nil, errors.Join(err, p.tried(ctx, by, r))
	}
	return one, content, err
}

// tried records that somebody wanted to take a paper along for which they hold no key.
func (p *Press) tried(ctx context.Context, by staff.Officer, r row) error {
	return p.Store.Transact(ctx, func(tx *gorm.DB) error { return p.note(tx, by, r, "paper_locked", nil) })
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

// Shown is a paper laid out for a page, nothing of one that is Kept. Papers in the built-in form are laid out
// from what they say; those in a form of the office's own as their copy reads.
// Errors: those of Open.
func (p *Press) Shown(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, Page, error) {
	one, c, err := p.Open(ctx, by, id)
	if err != nil {
		return one, Page{}, err
	}
	if one.Kept != "" {
		return one, Page{}, nil
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
