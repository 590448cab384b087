package console

import (
	"bytes"
	"io"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/sheet"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/selfreport"
)

// schedulePage asks what others are to report.
type scheduleFormPage struct {
	Frame
	Back   string // where it leads without sending
	Form   Form
	Rows   []questionRow
	Says   string // what a sheet of questions said
	Wrong  string // what is wrong with the questions
	Issues []cellProblem
}

// questionRow is one question that is being written.
type questionRow struct {
	N        int
	Words    string
	Kinds    []Option
	Required bool
}

func (v *visit) newSchedule() error {
	every := selfreport.Month
	first := every.Of(v.day())
	return v.scheduleForm(fiber.StatusOK, nil, selfreport.Request{Every: every, First: first}, Draft{}, scheduleFormPage{})
}

func (v *visit) changeSchedulePage() error {
	g, err := v.schedule()
	if err != nil {
		return err
	}
	if g.UnitID != v.by().UnitID {
		return store.ErrNotFound
	}
	if !slices.Contains(g.Actions, "change") { // its first reports are there
		return v.c.Redirect(v.href(schedulesPath+g.ID.String()), fiber.StatusSeeOther)
	}
	r := selfreport.Request{Title: g.Title, Every: g.Every, First: g.FirstPeriod, Questions: g.Questions}
	for _, u := range g.Units {
		r.Units = append(r.Units, u.ID)
	}
	return v.scheduleForm(fiber.StatusOK, &g, r, Draft{}, scheduleFormPage{})
}

func (v *visit) schedule() (g selfreport.Grid, err error) {
	id, err := v.id("id")
	if err != nil {
		return g, err
	}
	return v.SelfReports.Show(v.ctx(), v.by(), id)
}

// scheduleForm shows the form of a new schedule, or of one that is changed.
func (v *visit) scheduleForm(status int, g *selfreport.Grid, r selfreport.Request, draft Draft, page scheduleFormPage) error {
	code, path, title := "ask", selfReportsPath, v.t("selfreport.act.ask")
	here, version := selfReportsPath+"/new", 0
	if g != nil {
		code, path, version = "change", schedulesPath+g.ID.String()+"/change", g.Version
		here, title = path, v.t("selfreport.act.change")
	}
	frame, err := v.frame(here, title)
	if err != nil {
		return err
	}
	page.Frame = frame
	f := Form{Code: code, Post: frame.Href(path), Button: title, Label: title, Does: v.t("selfreport.does." + code), Told: v.t("selfreport.told." + code), CSRF: frame.CSRF, Version: version, Lang: string(v.lang)}
	f.Fields = []Field{
		with(v.selfr(v.ask("title", "text", 60)), r.Title), with(v.selfr(v.pick("every", "radio", v.options("selfreport.every.", codes(selfreport.Rhythms())))), string(r.Every)),
		with(v.selfr(v.pick("first", "select", v.periodOptions())), string(r.First)), v.unitChecks(r.Units),
	}
	page.Form = draft.apply(v, f)
	page.Wrong = draft.problems["questions"]
	page.Rows = v.questionRows(r.Questions)
	return v.show(status, "selfreport-ask", page)
}

// periodOptions are the periods that can be the first: of both rhythms.
func (v *visit) periodOptions() (all []Option) {
	for _, every := range selfreport.Rhythms() {
		n := map[selfreport.Every]int{selfreport.Month: 12, selfreport.Quarter: 4}[every]
		for p := every.Of(v.day()).Before(); n >= 0; n, p = n-1, p.Next() {
			all = append(all, Option{Value: string(p), Label: v.periodName(p)})
		}
	}
	return all
}

func (v *visit) unitChecks(chosen []uuid.UUID) Field {
	var options []Option
	for _, id := range v.SelfReports.Targets(v.by().UnitID) {
		options = append(options, Option{Value: id.String(), Label: v.unitName(id), Chosen: slices.Contains(chosen, id)})
	}
	return v.selfr(v.pick("units", "checks", options))
}

// spareRows is how many empty lines for questions stand below those written.
const spareRows = 4

func (v *visit) questionRows(all []selfreport.Question) (rows []questionRow) {
	for n := range min(max(len(all)+spareRows, 6), 30) {
		q := selfreport.Question{Kind: selfreport.Number, Required: true}
		if n < len(all) {
			q = all[n]
		}
		kinds := v.options("selfreport.kind.", codes(selfreport.Kinds()))
		for i := range kinds {
			kinds[i].Chosen = kinds[i].Value == string(q.Kind)
		}
		rows = append(rows, questionRow{n + 1, q.Words, kinds, q.Required})
	}
	return rows
}

// typedRequest is what was typed for a schedule.
func (v *visit) typedRequest() selfreport.Request {
	r := selfreport.Request{Title: v.form.get("title"), Every: selfreport.Every(v.form.get("every")), First: selfreport.Period(v.form.get("first"))}
	for _, text := range v.form.all("units") {
		id, _ := uuid.Parse(text) // what is none is nobody's
		r.Units = append(r.Units, id)
	}
	for n := 1; n <= 30; n++ {
		row := strconv.Itoa(n)
		words := v.form.get("words." + row)
		if words == "" {
			continue
		}
		r.Questions = append(r.Questions, selfreport.Question{Words: words, Kind: selfreport.Kind(v.form.get("kind." + row)), Required: v.form.has("required." + row)})
	}
	return r
}

func (v *visit) askSelfReports() error {
	return v.sendSchedule("ask", nil, func(r selfreport.Request) (uuid.UUID, error) { return v.SelfReports.Ask(v.ctx(), v.by(), r) })
}

func (v *visit) changeSchedule() error {
	g, err := v.schedule()
	if err != nil {
		return err
	}
	return v.sendSchedule("change", &g, func(r selfreport.Request) (uuid.UUID, error) {
		return g.ID, v.SelfReports.Change(v.ctx(), v.by(), g.ID, number(v.form.get("version")), r)
	})
}

// sendSchedule sends a schedule, or goes on writing it: with more lines, or with
// the questions of a sheet, which somebody looks at first.
func (v *visit) sendSchedule(code string, g *selfreport.Grid, send func(r selfreport.Request) (uuid.UUID, error)) error {
	r, page := v.typedRequest(), scheduleFormPage{}
	draft := Draft{step: code, typed: v.form, problems: map[string]string{}}
	switch {
	case v.form.name != "":
		var err error
		if r.Questions, page.Issues, err = v.sheetOfQuestions(); err != nil {
			draft, _, _ = v.refused(code, err)
			return v.scheduleForm(fiber.StatusUnprocessableEntity, g, v.typedRequest(), draft, page)
		}
		page.Says = v.t("selfreport.read", "n", len(r.Questions))
		return v.scheduleForm(fiber.StatusOK, g, r, draft, page)
	case v.form.has("more"):
		return v.scheduleForm(fiber.StatusOK, g, r, draft, page)
	}
	id, err := send(r)
	if err == nil {
		return v.leave(schedulesPath+id.String(), "selfreport_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.scheduleForm(status, g, r, draft, page)
}

// sheetOfQuestions reads the questions of a sheet; what is no sheet is a problem of
// the questions.
func (v *visit) sheetOfQuestions() ([]selfreport.Question, []cellProblem, error) {
	if len(v.form.small) > smallFile {
		return nil, nil, step.Bad("questions", "selfreport_sheet_large")
	}
	all, problems, err := selfreport.ReadQuestions(v.ctx(), bytes.NewReader(v.form.small), int64(len(v.form.small)), v.form.name)
	if sheet.Reason(err) != "" || err == nil && len(all) == 0 {
		return nil, nil, step.Bad("questions", "selfreport_no_questions_in")
	}
	var cells []cellProblem
	for _, p := range problems {
		cells = append(cells, cellProblem{p.Ref, "", v.known("sheet.problem."+p.Key, "console.problem.unclear"), p.Raw})
	}
	return all, cells, err
}

// schedulePage is a schedule with who reported when.
type schedulePage struct {
	Frame
	Grid      selfreport.Grid
	Periods   []string // in words
	Rows      []gridRow
	Questions []askedView
	Steps     []Form
	Kept      []Field
	Says      string
	Timeline  []eventView
}

type gridRow struct {
	Name  string
	Cells []selfreport.Cell
}

// askedView is a question with its kind in words.
type askedView struct {
	selfreport.Question
	Answer string
}

func (v *visit) showSchedule() error { return v.scheduleShow(fiber.StatusOK, Draft{}) }

func (v *visit) scheduleShow(status int, draft Draft) error {
	g, err := v.schedule()
	if err != nil {
		return err
	}
	path := schedulesPath + g.ID.String()
	frame, err := v.frame(path, g.Title)
	if err != nil {
		return err
	}
	page := schedulePage{Frame: frame, Grid: g, Says: draft.says, Timeline: v.timeline(g.Events)}
	for _, p := range g.Periods {
		page.Periods = append(page.Periods, v.periodName(p))
	}
	for _, u := range g.Units {
		page.Rows = append(page.Rows, gridRow{u.Name, u.Cells})
	}
	for _, q := range g.Questions {
		page.Questions = append(page.Questions, askedView{q, v.hintOf(q.Kind)})
	}
	if slices.Contains(g.Actions, "end") {
		f := Form{Code: "end", Post: frame.Href(path + "/end"), Label: v.t("selfreport.act.end"), Button: v.t("selfreport.act.end"), Does: v.t("selfreport.does.end"),
			Told: v.t("selfreport.told.end"), CSRF: frame.CSRF, Version: g.Version, Lang: string(v.lang), Fields: []Field{v.selfr(v.lines("why", 2, 300))}}
		page.Steps = append(page.Steps, v.dress(draft.apply(v, f), draft))
		page.Says = ""
	} else if draft.step != "" {
		page.Kept = draft.words(v)
	}
	return v.show(status, "selfreport-schedule", page)
}

func (v *visit) endSchedule() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.SelfReports.End(v.ctx(), v.by(), id, number(v.form.get("version")), v.form.get("why"))
	if err == nil {
		return v.leave(schedulesPath+id.String(), "selfreport_end")
	}
	draft, status, ok := v.refused("end", err)
	if !ok {
		return err
	}
	return v.scheduleShow(status, draft)
}

// tablePage sets side by side what offices reported for a period.
type tablePage struct {
	Frame
	Table   selfreport.Table
	When    string
	Periods []lens
	Rows    []tableRow
	Sums    []saidView
	Export  string
}

type tableRow struct {
	selfreport.TableRow
	Said []saidView
}

func (v *visit) compared() (selfreport.Table, error) {
	id, err := v.id("id")
	if err != nil {
		return selfreport.Table{}, err
	}
	return v.SelfReports.Compare(v.ctx(), v.by(), id, selfreport.Period(v.c.Query("period")))
}

func (v *visit) compareReports() error {
	t, err := v.compared()
	if err != nil {
		return err
	}
	path := schedulesPath + t.ID.String() + "/table"
	frame, err := v.frame(withPeriod(path, v.c.Query("period")), t.Title)
	if err != nil {
		return err
	}
	page := tablePage{Frame: frame, Table: t, Export: withPeriod(path+".xlsx", string(t.Period))}
	if t.Period != "" {
		page.When = v.periodName(t.Period)
	}
	for _, p := range t.Periods {
		page.Periods = append(page.Periods, lens{Key: v.periodName(p), Href: withPeriod(path, string(p)), On: p == t.Period})
	}
	for _, r := range t.Rows {
		page.Rows = append(page.Rows, tableRow{r, v.saidOf(t.Questions, r.Answers)})
	}
	sums := selfreport.Answers{}
	for n, sum := range t.Sums {
		sums[n] = selfreport.Value{Figure: sum}
	}
	page.Sums = v.saidOf(t.Questions, sums)
	return v.show(fiber.StatusOK, "selfreport-table", page)
}

func withPeriod(path, period string) string {
	if period == "" {
		return path
	}
	return withQuery(path, "period", period)
}

func (v *visit) exportReports() error {
	t, err := v.compared()
	if err != nil {
		return err
	}
	names := [3]string{v.t("selfreport.field.unit"), v.t("selfreport.field.state"), v.t("selfreport.field.in_time")}
	state := func(r selfreport.TableRow) string { return v.t("selfreport.state." + string(r.State)) }
	late := func(r selfreport.TableRow) string {
		return v.t("selfreport.in_time." + map[bool]string{true: "no", false: "yes"}[r.Late])
	}
	var out bytes.Buffer
	if err := t.Export(&out, names, state, late, v.t("selfreport.sum")); err != nil {
		return err
	}
	return v.deliver(xlsxType, t.Title+" "+string(t.Period)+".xlsx", io.NopCloser(&out))
}
