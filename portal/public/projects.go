package public

import (
	"context"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
)

// fundBox is where the money of a notice or project comes from.
type fundBox struct {
	Name, DocNumber, Source, Amount string
	At                              string // address
	On                              workday.Date
	Given                           string // what this notice hands out of it; "" when it hands out nothing
}

// fillMoney adds the fund and the project that a notice speaks of.
func (f *Face) fillMoney(_ context.Context, a asked, n notice.Published, p *noticePage) error {
	if n.Fund != nil {
		p.Fund = f.fundBox(p.Base, a.reading, *n.Fund)
		if n.Roll != nil && !n.Roll.Kind.Personal() {
			p.Fund.Given = view.Yuan(n.Roll.TotalFen)
		}
	}
	if n.Project != nil {
		p.Project = f.projectLine(p.Base, a.reading, *n.Project)
		p.Objects.Report = p.Project.Report
	}
	return nil
}

func (f *Face) fundBox(b view.Base, r reading, fund notice.Fund) *fundBox {
	return &fundBox{
		Name: fund.Name, DocNumber: fund.DocNumber, Source: f.text(r, "fund."+fund.Source), Amount: view.Yuan(fund.TotalFen),
		At: b.Href("/funds/" + fund.ID.String()), On: fund.AllocatedOn,
	}
}

type projectPage struct {
	view.Base
	projectLine
	Content, Unit string
	Steps         []projectStep
	Fund          *fundBox
	Paid          string // to households, by published rosters; "" none
	Notices       []line
	Rosters       []line
}

// projectStep is one of the three things that become of a project.
type projectStep struct {
	Name      string
	On        workday.Date
	Done, Now bool
}

func (f *Face) makeProject(ctx context.Context, a asked) (made, error) {
	id, err := uuid.Parse(a.param("id"))
	if err != nil || id.String() != a.param("id") {
		return made{}, store.ErrNotFound
	}
	project, err := f.Notices.Project(ctx, id)
	if err != nil {
		return made{}, err
	}
	base := f.base(a.reading, a.here(), "projects.title")
	base.Title = project.Name
	p := projectPage{Base: base, projectLine: *f.projectLine(base, a.reading, project.Project), Content: project.Content, Steps: f.steps(a.reading, project.Project)}
	if p.Place, err = f.placeName(ctx, project.PlaceCode); err != nil {
		return made{}, err
	}
	unit, err := f.Atlas.Unit(project.UnitID)
	if err != nil {
		return made{}, err
	}
	p.Unit = unit.Name
	if project.Fund != nil {
		p.Fund = f.fundBox(base, a.reading, *project.Fund)
	}
	if project.PaidFen != 0 {
		p.Paid = view.Yuan(project.PaidFen)
	}
	if p.Notices, err = f.lines(ctx, a.reading, project.Notices); err != nil {
		return made{}, err
	}
	if p.Rosters, err = f.lines(ctx, a.reading, project.Rosters); err != nil {
		return made{}, err
	}
	return f.page(a, "public/project", p)
}

func (f *Face) steps(r reading, p notice.Project) []projectStep {
	on := map[string]workday.Date{"planned": p.PlannedOn, "under_way": p.StartedOn, "accepted": p.AcceptedOn}
	var out []projectStep
	passed := true
	for _, state := range []string{"planned", "under_way", "accepted"} {
		out = append(out, projectStep{f.text(r, "project."+state), on[state], passed && state != p.State, state == p.State})
		passed = passed && state != p.State
	}
	return out
}

type fundPage struct {
	view.Base
	fundBox
	Unit, Place               string
	Year                      int
	Allocated, Projects, Paid string
	Rows                      []projectLine
	First, Next               string
}

func (f *Face) makeFund(ctx context.Context, a asked) (made, error) {
	id, err := uuid.Parse(a.param("id"))
	if err != nil || id.String() != a.param("id") {
		return made{}, store.ErrNotFound
	}
	after, err := uuid.Parse(a.query.Get("after"))
	if err != nil && a.query.Get("after") != "" {
		return made{}, store.ErrNotFound
	}
	fund, err := f.Notices.Fund(ctx, id, after)
	if err != nil {
		return made{}, err
	}
	base := f.base(a.reading, a.here(), "funds.title")
	base.Title = fund.Name
	p := fundPage{Base: base, fundBox: *f.fundBox(base, a.reading, fund.Fund), Year: fund.Year,
		Allocated: view.Yuan(fund.Sums.AllocatedFen), Projects: view.Yuan(fund.Sums.ProjectsFen)}
	if fund.Sums.PaidFen != 0 {
		p.Paid = view.Yuan(fund.Sums.PaidFen)
	}
	if p.Place, err = f.placeName(ctx, fund.PlaceCode); err != nil {
		return made{}, err
	}
	unit, err := f.Atlas.Unit(fund.UnitID)
	if err != nil {
		return made{}, err
	}
	p.Unit = unit.Name
	for _, project := range fund.Projects {
		line := f.projectLine(base, a.reading, project)
		if line.Place, err = f.placeName(ctx, project.PlaceCode); err != nil {
			return made{}, err
		}
		p.Rows = append(p.Rows, *line)
	}
	if after != uuid.Nil {
		p.First = base.Href(a.path)
	}
	if fund.More {
		p.Next = base.Href(a.path + "?after=" + fund.Projects[len(fund.Projects)-1].ID.String())
	}
	m, err := f.page(a, "public/fund", p)
	m.turned = after != uuid.Nil
	return m, err
}
