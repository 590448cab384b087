package notice

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/roll"
	"minsheng/staff"
)

// Filter narrows the desk's list.
type Filter struct {
	Stand string // draft, waiting, running, ended, withdrawn, pulled; "" all
	Kind  string
	After uuid.UUID
}

// deskPage is how many notices a page of the desk's list shows.
const deskPage = 50

// List shows notices of the own office and below, and of lower offices whose
// lists it goes on with, newest first, 50 at a time (staff.ReadNotices). An unknown Stand shows nothing; an unknown cursor is
// store.ErrNotFound.
func (d *Desk) List(ctx context.Context, by staff.Officer, f Filter) ([]Notice, error) {
	if err := by.Require(staff.ReadNotices); err != nil {
		return nil, err
	}
	query, ok := standing(d.readable(d.Store.Read(ctx), by), f.Stand)
	if !ok {
		return nil, nil
	}
	if f.Kind != "" {
		query = query.Where("kind = ?", f.Kind)
	}
	if f.After != uuid.Nil {
		cursor, err := d.seen(ctx, by, staff.ReadNotices, f.After, anyVersion)
		if err != nil {
			return nil, err
		}
		query = query.Where("(created_at, id) < (?, ?)", cursor.CreatedAt.UTC(), cursor.ID)
	}
	var notices []Notice
	err := query.Order("created_at DESC, id DESC").Limit(deskPage).Find(&notices).Error
	return notices, err
}

func standing(query *gorm.DB, stand string) (*gorm.DB, bool) {
	switch stand {
	case "":
		return query, true
	case "draft":
		return query.Where("state = 'draft' AND handed_in_at IS NULL"), true
	case "waiting":
		return query.Where("state = 'draft' AND handed_in_at IS NOT NULL"), true
	case "running":
		return query.Where("state IN ('reviewed', 'published')"), true
	case "ended":
		return query.Where("state IN ('ended', 'archived')"), true
	case "withdrawn":
		return query.Where("state = 'withdrawn'"), true
	case "pulled":
		return query.Where("pulled_at IS NOT NULL AND state IN ('published', 'ended')"), true
	}
	return nil, false
}

// Paper is everything the desk shows of one notice.
type Paper struct {
	Notice
	KindOf      Kind
	Roll        *roll.Roll // of a correction: the original's
	May         error      // why the roll may not go on; nil it may
	Holds       map[int]int
	Edits       []roll.Edit // of rows, to be made when it is approved
	Minutes     []roll.Minutes
	MinuteFiles []evidence.File
	Files       []evidence.File // attachments
	Photos      []evidence.File // start and end
	Found       []Exposure      // of a draft: what the gate finds now, released ones too
	Unread      []evidence.File // of a draft: attachments whose text could not be read
	Fund        *Fund
	Sums        *Sums
	Mismatch    string // why amounts that differ were let through
	Project     *Project
	Original    *Notice // of a correction
	Revisions   []Revision
	Editor      string
	Approver    string
	Actions     []string // save, hand_in, return, approve, withdraw, correct, lengthen, restore, attach …
}

// Paper opens one, or store.ErrNotFound (staff.ReadNotices).
func (d *Desk) Paper(ctx context.Context, by staff.Officer, id uuid.UUID) (Paper, error) {
	n, err := d.seen(ctx, by, staff.ReadNotices, id, anyVersion)
	if err != nil {
		return Paper{}, err
	}
	p := Paper{Notice: n}
	p.KindOf, _ = KindOf(n.Kind)
	for _, fill := range []func(context.Context, *Paper) error{d.fillTies, d.fillRoll, d.fillFiles, d.fillFound} {
		if err := fill(ctx, &p); err != nil {
			return Paper{}, err
		}
	}
	called, err := names(d.Store.Read(ctx), n.EditorID, n.ApproverID)
	if err != nil {
		return Paper{}, err
	}
	if n.EditorID != nil {
		p.Editor = called[*n.EditorID]
	}
	if n.ApproverID != nil {
		p.Approver = called[*n.ApproverID]
	}
	p.Actions, err = d.actions(ctx, by, p)
	return p, err
}

// fillTies reads what the notice belongs to.
func (d *Desk) fillTies(ctx context.Context, p *Paper) (err error) {
	db := d.Store.Read(ctx)
	if p.Original, err = d.originalOf(ctx, p.Notice); err != nil {
		return err
	}
	if p.FundID != nil {
		p.Fund = &Fund{}
		if err := store.One(db.Where("id = ?", *p.FundID), p.Fund); err != nil {
			return err
		}
	}
	if p.ProjectID != nil {
		p.Project = &Project{}
		if err := store.One(db.Where("id = ?", *p.ProjectID), p.Project); err != nil {
			return err
		}
	}
	if p.Sums, err = d.sums(ctx, p.Notice); err != nil {
		return err
	}
	return db.Where("notice_id = ?", p.ID).Order("n").Limit(100).Find(&p.Revisions).Error
}

// fillRoll reads the table behind the notice and what is in its way.
func (d *Desk) fillRoll(ctx context.Context, p *Paper) error {
	kept, err := backingOf(d.Store.Read(ctx), p.ID)
	if err != nil {
		return err
	}
	p.Edits, p.Mismatch = kept.Edits, kept.Mismatch
	id := p.RollID
	if p.Original != nil {
		id = p.Original.RollID
	}
	if id == nil {
		return nil
	}
	r, err := d.Rolls.Roll(ctx, *id)
	if err != nil {
		return err
	}
	p.Roll = &r
	if p.Holds, err = d.Rolls.Holds(ctx, r.ID); err != nil {
		return err
	}
	if p.Minutes, err = d.Rolls.MinutesOf(ctx, r.ID); err != nil {
		return err
	}
	if p.State != draftState {
		return nil
	}
	if p.waits() && kept.RollVersion != r.Version {
		p.May = roll.ErrStale
		return nil
	}
	if p.Original != nil {
		p.May = d.correctable(ctx, p.Notice, *p.Original)
		return nil
	}
	_, p.May = d.round(ctx, p.Notice)
	return nil
}

func (d *Desk) fillFiles(ctx context.Context, p *Paper) (err error) {
	if p.Files, err = d.Shelf.Of(ctx, attachment, p.ID); err != nil {
		return err
	}
	for _, role := range []string{photoStart, photoEnd} {
		photos, err := d.Shelf.Of(ctx, role, p.ID)
		if err != nil {
			return err
		}
		p.Photos = append(p.Photos, photos...)
	}
	var owners []uuid.UUID
	for _, m := range p.Minutes {
		owners = append(owners, m.ID)
	}
	p.MinuteFiles, err = d.Shelf.Of(ctx, minuteFile, owners...)
	return err
}

// paperRows is the longest table that the gate looks through for a page; longer
// ones it looks through when they are handed in and signed.
const paperRows = 2000

// fillFound runs the gate over a draft.
func (d *Desk) fillFound(ctx context.Context, p *Paper) error {
	if p.State != draftState {
		return nil
	}
	known, err := passes(d.Store.Read(ctx), p.ID)
	if err != nil {
		return err
	}
	p.Found, p.Unread, err = d.exposed(ctx, p.Notice, known, p.Roll == nil || p.Roll.Size <= paperRows)
	return err
}

// actions lists what the officer may do now, in the order the page shows it.
// One that the office may only read has none.
func (d *Desk) actions(ctx context.Context, by staff.Officer, p Paper) ([]string, error) {
	if !slices.Contains(d.Atlas.Subtree(by.UnitID), p.UnitID) {
		return nil, nil
	}
	var can []string
	add := func(may bool, actions ...string) {
		if may {
			can = append(can, actions...)
		}
	}
	wrote, err := d.wrote(d.Store.Read(ctx), by, p.Notice)
	if err != nil {
		return nil, err
	}
	open, err := correcting(d.Store.Read(ctx), p.ID)
	if err != nil {
		return nil, err
	}
	write, approve := by.May(staff.WriteNotices), by.May(staff.ApproveNotices)
	editable := write && p.State == draftState && !p.waits()
	stands := p.State == published || p.State == ended
	add(editable, "save", "attach", "detach")
	add(editable && p.Roll != nil, "rows", "drop_column")
	add(editable && p.RollID != nil && slices.Contains([]roll.Stage{roll.Village, roll.Town, roll.County}, p.KindOf.Stage), "minutes")
	add(editable, "hand_in", "discard")
	add(approve && p.waits(), "return")
	add(approve && p.waits() && !wrote && p.May == nil, "approve")
	add(write && stands, "photos")
	add(write && mayCorrect(p.Notice) && !open, "correct")
	add(approve && p.EndsOn != nil && (p.State == reviewed || p.State == published), "lengthen")
	add(approve && !wrote && stands && p.PulledAt != nil, "restore")
	add(approve && !wrote && (stands || p.State == reviewed), "withdraw")
	return can, nil
}
