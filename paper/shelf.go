package paper

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"minsheng/internal/docx"
	"minsheng/internal/store"
	"minsheng/staff"
)

// KindForm is a kind of paper with the form that an office uses for it.
type KindForm struct {
	Form
	Own *OwnForm // nil: the built-in one
}

// OwnForms lists all kinds of papers with the forms that by's office uses
// (staff.KeepTemplates).
func (p *Press) OwnForms(ctx context.Context, by staff.Officer) ([]KindForm, error) {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return nil, err
	}
	var rows []ownForm
	err := p.Store.Read(ctx).Where("unit_id = ? AND state = 'in_force'", by.UnitID).Order("kind").Limit(len(forms)).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	shown, err := p.shown(ctx, rows)
	if err != nil {
		return nil, err
	}
	var all []KindForm
	for _, f := range forms {
		line := KindForm{Form: f}
		for i := range shown {
			if shown[i].Kind == f.Kind {
				line.Own = &shown[i]
			}
		}
		all = append(all, line)
	}
	return all, nil
}

// History lists the forms of a kind that by's office made, newest first, at most
// 50 (staff.KeepTemplates). Errors: store.ErrNotFound (no such kind).
func (p *Press) History(ctx context.Context, by staff.Officer, k Kind) ([]OwnForm, error) {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return nil, err
	}
	if _, ok := FormOf(k); !ok {
		return nil, store.ErrNotFound
	}
	var rows []ownForm
	err := p.Store.Read(ctx).Where("unit_id = ? AND kind = ?", by.UnitID, k).Order("n DESC").Limit(50).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return p.shown(ctx, rows)
}

func (p *Press) shown(ctx context.Context, rows []ownForm) ([]OwnForm, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		ids = append(ids, r.ByID)
	}
	names, err := people(p.Store.Read(ctx), ids)
	if err != nil {
		return nil, err
	}
	var all []OwnForm
	for _, r := range rows {
		all = append(all, OwnForm{ID: r.ID, Kind: r.Kind, N: r.N, State: r.State, ByName: names[r.ByID], At: r.At, Size: r.Size, Version: r.Version})
	}
	return all, nil
}

// FormFile gives out a form as docx, with its marks (staff.KeepTemplates): one of
// the own office, or for uuid.Nil the built-in one of the kind. Errors:
// store.ErrNotFound, ErrChanged.
func (p *Press) FormFile(ctx context.Context, by staff.Officer, k Kind, id uuid.UUID) ([]byte, error) {
	f, form, err := p.asked(ctx, by, k, id)
	if err != nil {
		return nil, err
	}
	if form != nil {
		return p.formFile(p.Store.Read(ctx), *form)
	}
	var b bytes.Buffer
	err = docx.Build(&b, f.sheet(by.UnitName))
	return b.Bytes(), err
}

// Sample is a form filled with what shows every text and list (staff.KeepTemplates),
// as docx and laid out for a page. id is that of FormFile. Errors:
// store.ErrNotFound, ErrChanged.
func (p *Press) Sample(ctx context.Context, by staff.Officer, k Kind, id uuid.UUID) ([]byte, Page, error) {
	f, form, err := p.asked(ctx, by, k, id)
	if err != nil {
		return nil, Page{}, err
	}
	c := f.sample(by.UnitName)
	written, err := p.written(p.Store.Read(ctx), f, form, c, "样　例")
	if err != nil {
		return nil, Page{}, err
	}
	if form == nil {
		return written, f.page(c), nil
	}
	lines, err := outlined(written)
	return written, Page{Lines: lines}, err
}

// asked finds the form that is meant; nil is the built-in one.
func (p *Press) asked(ctx context.Context, by staff.Officer, k Kind, id uuid.UUID) (Form, *ownForm, error) {
	if err := by.Require(staff.KeepTemplates); err != nil {
		return Form{}, nil, err
	}
	f, ok := FormOf(k)
	if !ok {
		return f, nil, store.ErrNotFound
	}
	if id == uuid.Nil {
		return f, nil, nil
	}
	form, err := p.ownForm(ctx, by, id)
	if err == nil && form.Kind != k {
		err = store.ErrNotFound
	}
	return f, &form, err
}

// outlined lays a document out as it reads.
func outlined(written []byte) ([]Line, error) {
	blocks, err := docx.Outline(written)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, b := range blocks {
		l := Line{Style: "own", Text: b.Text, Align: string(b.Align), Size: b.Size, Bold: b.Bold, Red: b.Color == red || b.Color == "FF0000", Rows: b.Rows}
		if b.Rows != nil {
			l.Style = "table"
		}
		out = append(out, l)
	}
	return out, nil
}
