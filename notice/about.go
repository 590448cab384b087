package notice

import (
	"context"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/roll"
)

// About is what a reference of a complaint leads to, for staff pages.
type About struct {
	Kind  string // notice, row, fund, project
	Title string
	Lines [][2]string // catalog key of a label, value that needs no translation
	Href  string      // public address, or ""
}

// Describe resolves a reference whatever its state, for officers who may read
// the case it stands in; store.ErrNotFound when there is none. A row is named by
// its key in the roll of a notice (id is that notice's, or the roll's).
func (b *Board) Describe(ctx context.Context, kind string, id uuid.UUID, row int) (About, error) {
	switch kind {
	case "notice":
		return b.aboutNotice(ctx, id)
	case "row":
		return b.aboutRow(ctx, id, row)
	case "fund":
		return b.aboutFund(ctx, id)
	case "project":
		return b.aboutProject(ctx, id)
	}
	return About{}, store.ErrNotFound
}

func (b *Board) aboutNotice(ctx context.Context, id uuid.UUID) (About, error) {
	var n Notice
	if err := store.One(b.store.Read(ctx).Where("id = ?", id), &n); err != nil {
		return About{}, err
	}
	a := About{Kind: "notice", Title: n.Title}
	a.line("notice."+n.Kind, or(n.DocNumber))
	period := string(n.StartsOn)
	if n.EndsOn != nil {
		period += " — " + string(*n.EndsOn)
	}
	a.line("publishing.period", period)
	if err := b.whereAndWho(ctx, &a, n.PlaceCode, n.UnitID); err != nil {
		return About{}, err
	}
	href, err := b.shownAt(ctx, n.ID)
	a.Href = href
	return a, err
}

// shownAt is the public address of a notice, "" when the public cannot open it.
func (b *Board) shownAt(ctx context.Context, notice uuid.UUID) (string, error) {
	_, err := b.Notice(ctx, notice)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return "/notices/" + notice.String(), err
}

func (b *Board) aboutRow(ctx context.Context, id uuid.UUID, key int) (About, error) {
	db := b.store.Read(ctx)
	of, a, err := b.rollOf(ctx, db, id)
	if err != nil {
		return About{}, err
	}
	var r roll.Row
	if err := store.One(db.Where("roll_id = ? AND key = ?", of, key).Order("since DESC"), &r); err != nil {
		return About{}, err
	}
	a.Kind = "row"
	a.line("publishing.row", strconv.Itoa(r.N))
	a.line("publishing.row_shown", r.Shown)
	a.line("publishing.team", r.Team)
	if r.People > 0 {
		a.line("publishing.people", strconv.Itoa(r.People))
	}
	if r.AmountFen != 0 {
		a.line("publishing.amount", sheet.Yuan(r.AmountFen))
	}
	if r.Until != nil {
		a.line("publishing.row_gone", none)
	}
	return a, nil
}

// rollOf finds the roll that a notice shows and what there is to say of it.
func (b *Board) rollOf(ctx context.Context, db *gorm.DB, id uuid.UUID) (uuid.UUID, About, error) {
	var n Notice
	err := store.One(db.Where("id = ?", id), &n)
	if errors.Is(err, store.ErrNotFound) {
		err = store.One(db.Where("roll_id = ?", id).Order("created_at DESC"), &n)
	}
	if err != nil {
		return uuid.Nil, About{}, err
	}
	if n.RollID == nil {
		return uuid.Nil, About{}, store.ErrNotFound
	}
	a, err := b.aboutNotice(ctx, n.ID)
	return *n.RollID, a, err
}

func (b *Board) aboutFund(ctx context.Context, id uuid.UUID) (About, error) {
	f, err := fundIn(b.store.Read(ctx), id)
	if err != nil {
		return About{}, err
	}
	a := About{Kind: "fund", Title: f.Name}
	a.line("fund."+f.Source, or(f.DocNumber))
	a.line("publishing.total", sheet.Yuan(f.TotalFen))
	a.line("publishing.allocated_on", string(f.AllocatedOn))
	if err := b.whereAndWho(ctx, &a, f.PlaceCode, f.UnitID); err != nil {
		return About{}, err
	}
	if _, err := b.Fund(ctx, id, uuid.Nil); err == nil {
		a.Href = "/funds/" + id.String()
	} else if !errors.Is(err, store.ErrNotFound) {
		return About{}, err
	}
	return a, nil
}

func (b *Board) aboutProject(ctx context.Context, id uuid.UUID) (About, error) {
	db := b.store.Read(ctx)
	p, err := projectIn(db, id)
	if err != nil {
		return About{}, err
	}
	a := About{Kind: "project", Title: p.Name}
	if p.FundID != nil {
		f, err := fundIn(db, *p.FundID)
		if err != nil {
			return About{}, err
		}
		a.line("publishing.fund", f.Name)
	}
	a.line("publishing.amount", sheet.Yuan(p.AmountFen))
	a.line("publishing.content", p.Content)
	a.line("project."+p.State, or(string(p.reached())))
	if err := b.whereAndWho(ctx, &a, p.PlaceCode, p.UnitID); err != nil {
		return About{}, err
	}
	if _, err := b.Project(ctx, id); err == nil {
		a.Href = "/projects/" + id.String()
	} else if !errors.Is(err, store.ErrNotFound) {
		return About{}, err
	}
	return a, nil
}

func (b *Board) whereAndWho(ctx context.Context, a *About, place string, unit uuid.UUID) error {
	d, err := b.atlas.Division(ctx, place)
	if err != nil {
		return err
	}
	u, err := b.atlas.Unit(unit)
	if err != nil {
		return err
	}
	a.line("publishing.place", d.FullName)
	a.line("publishing.unit", u.Name)
	return nil
}

// line adds what is there to say.
func (a *About) line(label, value string) {
	if value != "" {
		a.Lines = append(a.Lines, [2]string{label, value})
	}
}

// none stands where there is nothing to say but the label.
const none = "–"

func or(value string) string {
	if value == "" {
		return none
	}
	return value
}
