package console

import (
	"slices"

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
