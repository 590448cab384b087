package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/staff"
)

// fundsPage lists the money that was allocated.
type fundsPage struct {
	Frame
	Funds []fundView
	Next  string
	First string
	Add   *noticeForm
}

type fundView struct {
	notice.Fund
	Unit     string
	Place    string
	Projects string // address
}

func (v *visit) funds() error { return v.fundsShow(fiber.StatusOK, Draft{}) }

func (v *visit) fundsShow(status int, draft Draft) error {
	frame, err := v.frame("/console/funds", v.t("publish.funds.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	list, err := v.Notices.Funds(v.ctx(), v.by(), after)
	if err != nil {
		return err
	}
	page, places := fundsPage{Frame: frame}, map[string]string{}
	for _, f := range list {
		view := fundView{Fund: f, Unit: v.unitName(f.UnitID), Projects: withQuery("/console/projects", "fund", f.ID.String())}
		if view.Place, err = v.placeName(places, f.PlaceCode); err != nil {
			return err
		}
		page.Funds = append(page.Funds, view)
	}
	page.Next, page.First = pageLinks("/console/funds", after, len(list), func() uuid.UUID { return list[len(list)-1].ID })
	if v.may(staff.WriteNotices) {
		if page.Add, err = v.fundForm(frame, draft); err != nil {
			return err
		}
	}
	return v.show(status, "funds", page)
}

// pageLinks are the addresses of the page after this one and of the first.
func pageLinks(path string, after uuid.UUID, n int, last func() uuid.UUID) (next, first string) {
	if n == listPage {
		next = withQuery(path, "after", last().String())
	}
	if after != uuid.Nil {
		first = path
	}
	return next, first
}

// fundSources are where money comes from.
var fundSources = []string{"central", "province", "city", "county"}

func (v *visit) fundForm(frame Frame, draft Draft) (*noticeForm, error) {
	f := Form{Code: "fund", Post: frame.Href("/console/funds"), Label: v.t("publish.funds.add"), Button: v.t("publish.funds.add"), CSRF: frame.CSRF, Lang: string(v.lang)}
	name, total := v.called("fund_name", v.ask("name", "text", 100)), v.pub(v.ask("total", "text", 20))
	total.Hint = v.t("publish.hint.yuan")
	f.Fields = []Field{
		name, v.pub(v.ask("doc_number", "text", 60)),
		v.pub(v.pick("source", "select", v.options("publish.source.", fundSources))),
		total, with(v.pub(v.ask("year", "number", 2100)), itoa(v.day().Year())),
		with(v.pub(v.ask("allocated_on", "date", 0)), string(v.day())),
	}
	return v.withPlace(f, draft)
}

func (v *visit) addFund() error {
	if v.stays() {
		return v.fundsShow(fiber.StatusOK, Draft{step: "fund", typed: v.form})
	}
	f := notice.Fund{Name: v.form.get("name"), DocNumber: v.form.get("doc_number"), Source: v.form.get("source"), Year: number(v.form.get("year")),
		AllocatedOn: workday.Date(v.form.get("allocated_on"))}
	if places := v.chosenPlaces(); len(places) > 0 {
		f.PlaceCode = places[0]
	}
	fen, ok := yuan(v.form.get("total"))
	err := missing("total", "amount")
	if ok {
		f.TotalFen = fen
		_, err = v.Notices.NewFund(v.ctx(), v.by(), f)
	}
	if err == nil {
		return v.leave("/console/funds", "notice_fund")
	}
	if draft, status, ok := v.refused("fund", err); ok {
		return v.fundsShow(status, draft)
	}
	return err
}

// projectsPage lists what money is spent on and how far it is.
type projectsPage struct {
	Frame
	Projects []projectView
	Fund     string // id of the fund that narrows; "" all
	Next     string
	First    string
}

type projectView struct {
	notice.Project
	Unit  string
	Place string
	Step  *Form // sets how far it is
}

func (v *visit) projects() error { return v.projectsShow(fiber.StatusOK, uuid.Nil, Draft{}) }

func (v *visit) projectsShow(status int, at uuid.UUID, draft Draft) error {
	frame, err := v.frame("/console/projects", v.t("publish.projects.title"))
	if err != nil {
		return err
	}
	fund, _ := uuid.Parse(v.c.Query("fund"))
	after, _ := uuid.Parse(v.c.Query("after"))
	list, err := v.Notices.Projects(v.ctx(), v.by(), fund, after)
	if err != nil {
		return err
	}
	page, path, places := projectsPage{Frame: frame}, "/console/projects", map[string]string{}
	if fund != uuid.Nil {
		page.Fund, path = fund.String(), withQuery(path, "fund", fund.String())
	}
	for _, p := range list {
		view := projectView{Project: p, Unit: v.unitName(p.UnitID)}
		if view.Place, err = v.placeName(places, p.PlaceCode); err != nil {
			return err
		}
		if v.may(staff.WriteNotices) {
			view.Step = v.progressForm(frame, path, p, onlyAt(p.ID == at, draft))
		}
		page.Projects = append(page.Projects, view)
	}
	page.Next, page.First = pageLinks(path, after, len(list), func() uuid.UUID { return list[len(list)-1].ID })
	return v.show(status, "projects", page)
}

func onlyAt(here bool, d Draft) Draft {
	if here {
		return d
	}
	return Draft{}
}

// nextState is the state that a project comes to; "" when it is accepted.
var nextState = map[string]string{"planned": "under_way", "under_way": "accepted"}

func (v *visit) progressForm(frame Frame, path string, p notice.Project, draft Draft) *Form {
	next := nextState[p.State]
	if next == "" {
		return nil
	}
	f := Form{Code: "progress", CSRF: frame.CSRF, Version: p.Version, Lang: string(v.lang), Label: v.t("publish.projects.to." + next), Button: v.t("publish.projects.to." + next)}
	f.Post = frame.Href("/console/projects/" + p.ID.String() + "/progress")
	if _, query, has := strings.Cut(path, "?"); has {
		f.Post = frame.Href("/console/projects/" + p.ID.String() + "/progress?" + query)
	}
	f.Fields = []Field{{Name: "state", Kind: "hidden", Value: next}, with(v.pub(v.ask("on", "date", 0)), string(v.day()))}
	f = v.dress(draft.apply(v, f), draft)
	for i := range f.Fields {
		f.Fields[i].ID += "-" + p.ID.String()
	}
	return &f
}

func (v *visit) progressProject() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.Notices.Progress(v.ctx(), v.by(), id, number(v.form.get("version")), v.form.get("state"), workday.Date(v.form.get("on")))
	if err == nil {
		path := "/console/projects"
		if fund := v.c.Query("fund"); fund != "" {
			path = withQuery(path, "fund", fund)
		}
		return v.leave(path, "notice_progress")
	}
	if draft, status, ok := v.refused("progress", err); ok {
		return v.projectsShow(status, id, draft)
	}
	return err
}
