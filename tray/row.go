package tray

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/staff"
)

// row is a sheet as stored: what people wrote (names of files name people,
// corrections hold their numbers) is sealed.
type row struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Target    string
	OwnerID   *uuid.UUID
	UnitID    uuid.UUID
	ByID      uuid.UUID
	FileID    uuid.UUID
	Name      string
	Layout    sheet.Layout `gorm:"serializer:json"`
	Fixes     string
	State     string
	Done      int
	Total     int
	StartedAt *time.Time
	CreatedAt time.Time
	Version   int
}

func (row) TableName() string { return "tray_sheet" }

func (t *Tray) shut(id uuid.UUID, what, text string) string {
	return t.box.ShutText([]byte(text), id.String()+":"+what)
}

func (t *Tray) shutFixes(id uuid.UUID, fixes map[string]string) string {
	text, err := json.Marshal(fixes)
	if err != nil {
		panic(err) // a map of strings
	}
	return t.shut(id, "fixes", string(text))
}

// bare is a layout as it may be stored: samples are people's names and numbers.
func bare(l sheet.Layout) sheet.Layout {
	columns := make([]sheet.Column, len(l.Columns))
	for i, c := range l.Columns {
		c.Samples = nil
		columns[i] = c
	}
	l.Columns = columns
	return l
}

func (t *Tray) opened(r row) (Sheet, error) {
	s := Sheet{ID: r.ID, Target: r.Target, OwnerID: r.OwnerID, UnitID: r.UnitID, ByID: r.ByID, FileID: r.FileID, Layout: r.Layout,
		State: r.State, Done: r.Done, Total: r.Total, StartedAt: r.StartedAt, CreatedAt: r.CreatedAt, Version: r.Version}
	name, err := t.box.OpenText(r.Name, r.ID.String()+":name")
	if err != nil {
		return Sheet{}, fmt.Errorf("tray: name: %w", err)
	}
	s.Name = string(name)
	fixes, err := t.box.OpenText(r.Fixes, r.ID.String()+":fixes")
	if err != nil {
		return Sheet{}, fmt.Errorf("tray: fixes: %w", err)
	}
	if err := json.Unmarshal(fixes, &s.Fixes); err != nil {
		return Sheet{}, fmt.Errorf("tray: fixes: %w", err)
	}
	return s, nil
}

// find returns a sheet of the officer's own office with its target.
func (t *Tray) find(ctx context.Context, by staff.Officer, id uuid.UUID) (Sheet, Target, error) {
	var r row
	if err := store.One(t.store.Read(ctx).Where("id = ? AND unit_id = ?", id, by.UnitID), &r); err != nil {
		return Sheet{}, Target{}, err
	}
	target, err := t.target(by, r.Target)
	if err != nil {
		return Sheet{}, Target{}, err
	}
	s, err := t.opened(r)
	return s, target, err
}

// Sheet returns one of the officer's own office, or store.ErrNotFound. An
// import that died shows as failed; columns have their samples as long as the
// file is there, with personal numbers covered.
func (t *Tray) Sheet(ctx context.Context, by staff.Officer, id uuid.UUID) (Sheet, error) {
	s, target, err := t.find(ctx, by, id)
	if err != nil {
		return Sheet{}, err
	}
	if s.State == importing {
		t.progress(&s)
	}
	if s.State == open || s.State == failed {
		t.sample(ctx, &s, target)
	}
	return s, nil
}

// sample puts examples of what stands below each heading into the layout.
// Without them the page is poorer, not wrong.
func (t *Tray) sample(ctx context.Context, s *Sheet, target Target) {
	p, err := t.open(ctx, *s, target)
	if err != nil {
		return
	}
	defer p.close()
	l, err := p.book.Head(s.Layout.Sheet, s.Layout.HeaderFrom, s.Layout.HeaderTo, target.Fields, nil)
	if err != nil {
		return
	}
	byIndex := map[int][]string{}
	for _, c := range l.Columns {
		byIndex[c.Index] = c.Samples
	}
	for i := range s.Layout.Columns {
		c := &s.Layout.Columns[i]
		for _, sample := range byIndex[c.Index] {
			c.Samples = append(c.Samples, cover(target.typeOf(c.Field), sample))
		}
	}
}

// typeOf is the type of a field; "" for a column that is dropped.
func (t Target) typeOf(code string) sheet.Type {
	for _, f := range t.Fields {
		if f.Code == code {
			return f.Type
		}
	}
	return ""
}

// Sheets lists what the sheets of a workbook are called, in order; csv has one,
// named "". ErrGone, store.ErrNotFound.
func (t *Tray) Sheets(ctx context.Context, by staff.Officer, id uuid.UUID) ([]string, error) {
	s, target, err := t.find(ctx, by, id)
	if err != nil {
		return nil, err
	}
	p, err := t.open(ctx, s, target)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.book.Sheets(), nil
}

// change updates a sheet that nobody is importing, if it still has that
// version, counts the version on and puts it into a state.
func (t *Tray) change(tx *gorm.DB, s Sheet, version int, values map[string]any, state string) error {
	values["version"], values["state"] = version+1, state
	changed := tx.Model(&row{}).Where("id = ? AND version = ?", s.ID, version).
		Where("(state IN ? OR state = ? AND started_at < ?)", []string{open, failed}, importing, t.dead()).Updates(values)
	if changed.Error != nil {
		return changed.Error
	}
	if changed.RowsAffected == 0 {
		return ErrStale
	}
	return nil
}

// editable tells why a sheet cannot be changed now.
func (t *Tray) editable(s Sheet, version int) error {
	switch {
	case s.State == importing && !t.isDead(s):
		return ErrBusy
	case s.Version != version, s.State == done:
		return ErrStale
	}
	return nil
}
