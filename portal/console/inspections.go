package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/inspection"
	"minsheng/portal/view"
)

const inspectionsPath = "/console/inspections"

func inspectionPath(id uuid.UUID) string { return inspectionsPath + "/" + id.String() }

// worded puts a question in the words of a room.
func (v *visit) worded(room string, f Field) Field {
	f.Label, f.Hint = v.t(room+".field."+f.Name), ""
	if hint := v.t(room+".hint."+f.Name, "max", f.Max); hint != room+".hint."+f.Name {
		f.Hint = hint
	}
	return f
}

// insp is worded for inspections.
func (v *visit) insp(f Field) Field { return v.worded("inspection", f) }

// inspectionLine is an inspection in a list.
type inspectionLine struct {
	inspection.Line
	Color clock.Color
	Why   string // it stands on the Today page
	Own   bool   // of the reader's office
}

func (v *visit) inspectionLine(l inspection.Line) inspectionLine {
	return inspectionLine{Line: l, Color: v.colors.Of(l.Late), Own: l.UnitID == v.by().UnitID}
}

// inspectionsPage lists inspections of the own office and of those below.
type inspectionsPage struct {
	Frame
	Lenses   []lens
	Chips    []chip
	Fields   []Field
	Lines    []inspectionLine
	Next     string
	First    string
	Narrowed bool
}

// inspectionNames are the filters as they stand in the address.
var inspectionNames = []string{"state", "unit", "year", "kind", "mine"}

// inspectionAddress is the list with a filter changed; an empty value takes it
// out.
func inspectionAddress(q url.Values, name, value string) string {
	kept := url.Values{}
	for _, known := range inspectionNames {
		if q.Get(known) != "" {
			kept.Set(known, q.Get(known))
		}
	}
	kept.Del(name)
	if value != "" {
		kept.Set(name, value)
	}
	if len(kept) == 0 {
		return inspectionsPath
	}
	return inspectionsPath + "?" + kept.Encode()
}

func (v *visit) inspections() error {
	frame, err := v.frame(inspectionsPath, v.t("inspection.title"))
	if err != nil {
		return err
	}
	q, f := v.inspectionFilter()
	list, err := v.Inspections.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	page := inspectionsPage{Frame: frame, Narrowed: len(q) > 0}
	for _, l := range list {
		page.Lines = append(page.Lines, v.inspectionLine(l))
	}
	for _, l := range []lens{{Key: "open"}, {Key: "mine"}, {Key: "all"}} {
		name, value := map[string]string{"mine": "mine", "all": "state"}[l.Key], map[string]string{"mine": "1", "all": "all"}[l.Key]
		l.Href = inspectionAddress(url.Values{}, name, value)
		l.On = len(q) == 0 && name == "" || len(q) == 1 && name != "" && q.Get(name) == value
		page.Lenses = append(page.Lenses, l)
	}
	for _, name := range inspectionNames {
		if value := q.Get(name); value != "" {
			page.Chips = append(page.Chips, chip{v.inspectionChip(name, value), inspectionAddress(q, name, "")})
		}
	}
	page.Fields = v.inspectionFilters(q)
	if len(list) == listPage {
		page.Next = withQuery(inspectionAddress(q, "", ""), "after", list[len(list)-1].ID.String())
	}
	if f.After != uuid.Nil {
		page.First = inspectionAddress(q, "", "")
	}
	return v.show(fiber.StatusOK, "inspections", page)
}

// inspectionFilter reads the filter of the address; values that no form offers
// do not filter.
func (v *visit) inspectionFilter() (url.Values, inspection.Filter) {
	q := url.Values{}
	set := func(name string, known []string) string {
		value := v.known1(name, known)
		if value != "" {
			q.Set(name, value)
		}
		return value
	}
	f := inspection.Filter{
		State: inspection.State(set("state", append(codes(inspection.States()), "all"))),
		Kind:  inspection.Kind(set("kind", codes(inspection.Kinds()))), Mine: set("mine", []string{"1"}) == "1",
	}
	f.Year = number(set("year", v.years()))
	if id, err := uuid.Parse(v.c.Query("unit")); err == nil {
		f.Target = id
		q.Set("unit", id.String())
	}
	f.After, _ = uuid.Parse(v.c.Query("after"))
	return q, f
}

// years lists the years since the Measures, the newest first.
func (v *visit) years() (all []string) {
	for year := v.day().Year() + 1; year >= 2015; year-- {
		all = append(all, strconv.Itoa(year))
	}
	return all
}

func (v *visit) inspectionChip(name, value string) string {
	switch name {
	case "unit":
		id, _ := uuid.Parse(value)
		return v.unitName(id)
	case "year":
		return v.t("inspection.chip.year", "year", value)
	case "mine":
		return v.t("inspection.lens.mine")
	case "state":
		if value == "all" {
			return v.t("inspection.lens.all")
		}
		return v.t("inspection.state." + value)
	}
	return v.t("inspection.kind." + value)
}

func (v *visit) inspectionFilters(q url.Values) []Field {
	var years []Option
	for _, year := range v.years() {
		years = append(years, Option{Value: year, Label: year})
	}
	fields := []Field{
		v.insp(v.pick("state", "select", v.options("inspection.state.", codes(inspection.States())))),
		v.insp(v.pick("unit", "select", v.targetOptions())),
		v.insp(v.pick("kind", "select", v.options("inspection.kind.", codes(inspection.Kinds())))),
		v.insp(v.pick("year", "select", years)),
	}
	for i := range fields {
		fields[i] = with(fields[i], q.Get(fields[i].Name))
		fields[i].Bare, fields[i].Required, fields[i].ID, fields[i].Hint = true, false, "f-"+fields[i].Name, ""
	}
	return fields
}

// targetOptions lists the offices that the reader's office may inspect.
func (v *visit) targetOptions() (all []Option) {
	for _, id := range v.Inspections.Targets(v.by().UnitID) {
		all = append(all, Option{Value: id.String(), Label: v.unitName(id)})
	}
	return all
}

// inspectionPage is an inspection: its story on the left, what can be done on the
// right.
type inspectionPage struct {
	Frame
	Whole      inspection.Whole
	Color      clock.Color
	DueName    string
	Why        *view.Why
	Articles   []articleView
	Answered   int
	Materials  []materialView
	Activities []activityView
	Talks      []talkView
	Findings   []findingView
	Matters    []matterView
	Orders     []orderLine
	Copies     []copyView
	Timeline   []eventView
	Links      []stepLink // steps that have pages of their own
	Forms      []Form
	Seldom     []Form // steps needed now and then, folded away
	SeldomOpen bool
	Kept       []Field
	Says       string
}

// stepLink is a step that is taken on a page of its own.
type stepLink struct{ Href, Label, Does string }

// articleView is an article of the Measures with the questions that stand on it.
type articleView struct {
	Article   string // "" the office's own questions
	Title     string
	Questions []questionView
}

type questionView struct {
	inspection.Asked
	Words string // in the reader's language
}

type materialView struct {
	inspection.Material
	Why     *view.Why
	Answers []materialAnswerView
}

type materialAnswerView struct {
	inspection.MaterialAnswer
	Files []fileView
}

type activityView struct {
	inspection.Activity
	Files []fileView
	Phone string // where it was written down, when in the field
}

type talkView struct {
	inspection.Talked
	Files []fileView
}

type findingView struct {
	inspection.Finding
	Proofs []string
	Edit   *Form // while it can still be changed
	Drop   *Form
}

type matterView struct{ Href, Number, Kind string }

type copyView struct {
	inspection.Copy
	State string // abroad, cleared, revoked
}

func (v *visit) showInspection() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.inspectionShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) inspectionShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Inspections.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(inspectionPath(id), w.Number+" "+w.TargetName)
	if err != nil {
		return err
	}
	page := inspectionPage{Frame: frame, Whole: w, Color: v.colors.Of(w.Late), Says: draft.says, Timeline: v.timeline(w.Events)}
	if w.ClosedAt != nil {
		page.Color = clock.NotLate
	}
	pauses, err := v.Clocks.Pauses(v.ctx(), id)
	if err != nil {
		return err
	}
	if d := running(w.Clocks, id); d != nil {
		page.DueName, page.Why = v.known("console.rule."+d.Rule, "console.rule.other"), v.whyDate(*d, pauses)
	}
	rows, err := v.Orders.OfInspection(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page.Orders = v.orderLines(rows)
	v.inspectionStory(&page)
	if err := v.inspectionForms(&page, draft); err != nil {
		return err
	}
	return v.show(status, "inspection", page)
}

// running is the earliest clock that runs for a subject; nil when none does.
func running(all []clock.Deadline, subject uuid.UUID) *clock.Deadline {
	at := slices.IndexFunc(all, func(d clock.Deadline) bool { return d.SubjectID == subject && d.MetAt == nil })
	if at < 0 {
		return nil
	}
	return &all[at]
}

// inspectionStory fills the left of the page.
func (v *visit) inspectionStory(page *inspectionPage) {
	w, files := page.Whole, inspectionPath(page.Whole.ID)+"/files/"
	page.Articles, page.Answered = v.checklistOf(w.Questions)
	phones := map[uuid.UUID]string{}
	for _, c := range w.Copies {
		phones[c.ID] = v.t("inspection.from_phone", "device", c.Device, "at", view.Moment(v.lang, c.TakenAt))
		state := map[bool]string{true: "abroad", false: "cleared"}[c.Abroad()]
		if c.RevokedAt != nil {
			state = "revoked"
		}
		page.Copies = append(page.Copies, copyView{c, state})
	}
	page.Materials = v.materialViews(w.Materials, w.Clocks, files)
	for _, a := range w.Activities {
		shown := activityView{Activity: a, Files: v.files(files, a.Files)}
		if a.CopyID != nil {
			shown.Phone = phones[*a.CopyID]
		}
		page.Activities = append(page.Activities, shown)
	}
	page.Talks = v.talkViews(w.Talks, files)
	for _, f := range w.Findings {
		page.Findings = append(page.Findings, findingView{Finding: f, Proofs: v.proofsOf(w, f)})
	}
	for _, m := range w.Matters {
		href := map[string]string{"complaint": "/console/cases/", "item": "/console/items/"}[string(m.Kind)]
		page.Matters = append(page.Matters, matterView{href + m.ID.String(), m.Number, string(m.Kind)})
	}
}

func (v *visit) materialViews(all []inspection.Material, clocks []clock.Deadline, files string) (views []materialView) {
	for _, m := range all {
		shown := materialView{Material: m}
		if d := running(clocks, m.ID); d != nil {
			shown.Why = v.whyDate(*d, nil)
		}
		for _, a := range m.Answers {
			shown.Answers = append(shown.Answers, materialAnswerView{a, v.files(files, a.Files)})
		}
		views = append(views, shown)
	}
	return views
}

func (v *visit) talkViews(all []inspection.Talked, files string) (views []talkView) {
	for _, t := range all {
		views = append(views, talkView{t, v.files(files, t.Files)})
	}
	return views
}

// proofsOf says in words what proves a finding.
func (v *visit) proofsOf(w inspection.Whole, f inspection.Finding) (proofs []string) {
	for _, o := range v.proofOptions(w, f) {
		if o.Chosen {
			proofs = append(proofs, o.Label)
		}
	}
	return proofs
}

// questionWords are the words of a question in the reader's language.
func (v *visit) questionWords(q inspection.Asked) string {
	if q.FindingID != nil {
		return v.t("inspection.question.followup", "requirement", q.Words)
	}
	if q.Words != "" {
		return q.Words
	}
	return v.t("inspection.question." + q.Clause)
}

// clauseName is a clause as offices cite it.
func (v *visit) clauseName(clause string) string { return v.t("inspection.clause." + clause) }

// checklistOf groups questions by article, the office's own last.
func (v *visit) checklistOf(all []inspection.Asked) (articles []articleView, answered int) {
	add := func(article, title string, is func(inspection.Asked) bool) {
		a := articleView{Article: article, Title: title}
		for _, q := range all {
			if is(q) {
				a.Questions = append(a.Questions, questionView{q, v.questionWords(q)})
			}
		}
		if len(a.Questions) > 0 {
			articles = append(articles, a)
		}
	}
	add("followup", v.t("inspection.questions.followup"), func(q inspection.Asked) bool { return q.FindingID != nil })
	for _, article := range inspection.Articles() {
		add(article, v.t("inspection.article."+article), func(q inspection.Asked) bool {
			return q.FindingID == nil && inspection.ArticleOf(q.Clause) == article
		})
	}
	add("", v.t("inspection.questions.own"), func(q inspection.Asked) bool { return q.FindingID == nil && q.Clause == "" })
	for _, q := range all {
		if q.Answer != "" {
			answered++
		}
	}
	return articles, answered
}

func (v *visit) sendInspectionFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Inspections.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}
