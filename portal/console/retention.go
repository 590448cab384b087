package console

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/retention"
	"minsheng/staff"
)

const (
	retentionPath = "/console/retention"
	yearsPath     = retentionPath + "/rules"
)

// retained is how matters of a room are found and spoken of on these pages.
type retained struct {
	of          func(id uuid.UUID) retention.Ref
	path        string // of what keeps one, before its id
	home        string // of its own page, before its id
	opens       staff.Permission
	kind, state string // keys of the catalog, before the code
}

var (
	retainedCases = retained{retention.Case, retentionPath + "/cases", "/console/cases", staff.ReadCases, "kind.", "state."}
	retainedLists = retained{retention.Objection, retentionPath + "/objections", objectionsPath, staff.WorkObjections, "objection.", "objection.state."}
)

// retainedAs is how something is spoken of.
func retainedAs(of retention.Ref) retained {
	if of.Of == ledger.OfObjection {
		return retainedLists
	}
	return retainedCases
}

// retainedPath leads to what keeps something.
func retainedPath(of retention.Ref) string { return retainedAs(of).path + "/" + of.ID.String() }

// keepHref is retainedPath for who has business there, and "" for anybody else.
func (v *visit) keepHref(of retention.Ref) string {
	if !v.may(staff.AskErasure) && !v.may(staff.AgreeErasure) {
		return ""
	}
	return retainedPath(of)
}

// retentionPage lists what waits to be destroyed, what has become due, and what was
// destroyed.
type retentionPage struct {
	Frame
	Waiting []erasureView
	MayDue  bool // the officer reads cases
	Lenses  []lens
	Due     []dueLine
	Next    string
	First   string
	Past    []retention.Erasure // destroyed of late
}

// erasureView is a request with the form by which it is decided.
type erasureView struct {
	retention.Erasure
	Look string // address of what keeps it; "" for who reads none
	Form *Form  // nil: it waits for somebody else
}

// dueLine is something whose years are over.
type dueLine struct {
	retention.Line
	Href    string
	What    string // of which kind it is, in words
	End     string // how it ended
	EndedOn workday.Date
}

// retainedWords say of which kind a matter is, and how it stands or ended.
func (v *visit) retainedWords(m retention.Matter) (what, state, outcome string) {
	as := retainedAs(m.Ref)
	if m.Outcome != "" {
		outcome = v.t("outcome." + m.Outcome)
	}
	return v.t(as.kind + m.Kind), v.t(as.state + m.State), outcome
}

func (v *visit) retention() error { return v.retentionShow(fiber.StatusOK, Draft{}) }

func (v *visit) retentionShow(status int, draft Draft) error {
	frame, err := v.frame(retentionPath, v.t("retention.title"))
	if err != nil {
		return err
	}
	page := retentionPage{Frame: frame, MayDue: v.may(staff.AskErasure) || v.may(staff.AgreeErasure)}
	waiting, err := v.Retention.Waiting(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, e := range waiting {
		page.Waiting = append(page.Waiting, v.erasureView(frame, e, draft))
	}
	if page.Past, err = v.Retention.Done(v.ctx(), v.by()); err != nil {
		return err
	}
	if page.MayDue {
		err = v.dueLines(&page)
	}
	if err != nil {
		return err
	}
	return v.show(status, "retention", page)
}

func (v *visit) dueLines(page *retentionPage) error {
	what, after := v.c.Query("what"), v.c.Query("after")
	if !slices.Contains(retention.Whats(), what) {
		what = retention.Names
	}
	due, err := v.Retention.Due(v.ctx(), v.by(), what, after)
	if err != nil {
		return err
	}
	for _, w := range retention.Whats() {
		page.Lenses = append(page.Lenses, lens{Key: w, Href: withQuery(retentionPath, "what", w), On: w == what})
	}
	for _, l := range due.Lines {
		line := dueLine{Line: l, Href: retainedPath(l.Ref), EndedOn: workday.On(*l.ClosedAt)}
		var outcome string
		line.What, line.End, outcome = v.retainedWords(l.Matter)
		line.End = cmp.Or(outcome, line.End)
		page.Due = append(page.Due, line)
	}
	here := withQuery(retentionPath, "what", what)
	if due.Next != "" {
		page.Next = withQuery(here, "after", due.Next)
	}
	if after != "" {
		page.First = here
	}
	return nil
}

func (v *visit) erasureView(frame Frame, e retention.Erasure, draft Draft) erasureView {
	view := erasureView{Erasure: e, Look: v.keepHref(e.Of)}
	if !e.ToRule {
		return view
	}
	f := Form{Code: "erase-" + e.ID.String(), Post: frame.Href(retentionPath + "/requests/" + e.ID.String()), Button: v.t("retention.go"), CSRF: frame.CSRF, Lang: string(v.lang),
		Fields: []Field{v.worded("retention", v.pick("give", "radio", v.options("retention.give.", []string{"yes", "no"})))}}
	f = v.dress(draft.apply(v, f), draft)
	view.Form = &f
	return view
}

// ruleErasure destroys what a colleague asked to have destroyed, or refuses.
func (v *visit) ruleErasure() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	give := v.form.get("give")
	if err = missing("give", "choose"); give == "yes" || give == "no" {
		err = v.Retention.Rule(v.ctx(), v.by(), id, give == "yes")
	}
	if err == nil {
		return v.leave(retentionPath, "erasure_"+give)
	}
	if draft, status, ok := v.refusedErasure("erase-"+id.String(), err); ok {
		return v.retentionShow(status, draft)
	}
	return err
}

// refusedErasure is refused with what only erasures can be refused for.
func (v *visit) refusedErasure(form string, err error) (Draft, int, bool) {
	says := ""
	var held *retention.Held
	switch {
	case errors.As(err, &held):
		says = v.t("retention.held", "why", v.holdNames(held.By))
	case errors.Is(err, retention.ErrNotDue):
		says = v.t("retention.not_due")
	case errors.Is(err, retention.ErrTookPart):
		says = v.t("retention.took_part")
	default:
		return v.refused(form, err)
	}
	return Draft{step: form, typed: v.form, says: says}, fiber.StatusConflict, true
}

func (v *visit) holdNames(list []string) string {
	var names []string
	for _, code := range list {
		names = append(names, v.t("retention.hold."+code))
	}
	return strings.Join(names, v.t("console.list_mark"))
}

// retainedPage is one matter with what keeps it, and what can be asked about it.
type retainedPage struct {
	Frame
	retention.Prospect
	Home    string   // address of its own page; "" for who may not open that
	Words   []string // of which kind it is, how it stands, how it ended
	EndedOn workday.Date
	Kept    string // what keeps it, in words; "" nothing does
	Forms   []Form
}

func (v *visit) retained(as retained) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.retainedShow(fiber.StatusOK, as.of(id), Draft{})
}

func (v *visit) retainedShow(status int, of retention.Ref, draft Draft) error {
	p, err := v.Retention.Look(v.ctx(), v.by(), of)
	if err != nil {
		return err
	}
	frame, err := v.frame(retainedPath(of), v.t("retention.of", "number", p.Number))
	if err != nil {
		return err
	}
	page := retainedPage{Frame: frame, Prospect: p, Kept: v.holdNames(p.Held)}
	what, state, outcome := v.retainedWords(p.Matter)
	page.Words = slices.DeleteFunc([]string{what, state, outcome}, func(s string) bool { return s == "" })
	if as := retainedAs(of); v.may(as.opens) {
		page.Home = as.home + "/" + of.ID.String()
	}
	if p.ClosedAt != nil {
		page.EndedOn = workday.On(*p.ClosedAt)
	}
	v.retainedForms(&page, draft)
	return v.show(status, "retained", page)
}

// retainedForms are what the officer can ask or say about it.
func (v *visit) retainedForms(page *retainedPage, draft Draft) {
	p := page.Prospect
	form := func(code, post string, fields ...Field) {
		f := Form{Code: code, Post: page.Href(retainedPath(p.Ref) + post), Label: v.t("retention.act." + code), Does: v.t("retention.does." + code), Told: v.t("retention.told." + code),
			Button: v.t("retention.act." + code), CSRF: page.CSRF, Lang: string(v.lang), Fields: fields}
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
	}
	if v.may(staff.AskErasure) && len(p.MayAsk) > 0 && len(p.Held) == 0 && !p.Hidden {
		form("ask", "", v.worded("retention", v.pick("what", "radio", v.options("retention.what.", p.MayAsk))), v.worded("retention", v.pick("ground", "radio", v.groundsOf(p))),
			v.worded("retention", v.lines("why", 2, 300)))
	}
	switch {
	case !p.MayHold:
	case p.Wanted == nil:
		form("keep", "/keep", v.worded("retention", v.ask("why", "text", 200)))
	default:
		form("let_go", "/let_go")
	}
}

// groundsOf are the grounds that can be chosen.
func (v *visit) groundsOf(p retention.Prospect) []Option {
	var list []string
	if len(p.Due) > 0 {
		list = append(list, string(retention.Due))
	}
	return v.options("retention.ground.", append(list, codes(retention.Grounds())...))
}

func (v *visit) onRetained(as retained, form, done string, do func(of retention.Ref) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	of := as.of(id)
	if err = do(of); err == nil {
		return v.leave(retainedPath(of), done)
	}
	if draft, status, ok := v.refusedErasure(form, err); ok {
		return v.retainedShow(status, of, draft)
	}
	return err
}

func (v *visit) askErasure(as retained) error {
	return v.onRetained(as, "ask", "erasure_asked", func(of retention.Ref) error {
		return v.Retention.Ask(v.ctx(), v.by(), of, v.form.get("what"), retention.Ground(v.form.get("ground")), v.form.get("why"))
	})
}

func (v *visit) keepRetained(as retained) error {
	return v.onRetained(as, "keep", "retention_kept", func(of retention.Ref) error { return v.Retention.Keep(v.ctx(), v.by(), of, v.form.get("why")) })
}

func (v *visit) letRetainedGo(as retained) error {
	return v.onRetained(as, "let_go", "retention_let_go", func(of retention.Ref) error { return v.Retention.LetGo(v.ctx(), v.by(), of) })
}

// waitingErasures are those that the officer may decide.
func (v *visit) waitingErasures() ([]retention.Erasure, error) {
	if !v.may(staff.AgreeErasure) {
		return nil, nil
	}
	all, err := v.Retention.Waiting(v.ctx(), v.by())
	return slices.DeleteFunc(all, func(e retention.Erasure) bool { return !e.ToRule }), err
}

func (v *visit) erasureCount() (n count, err error) {
	waiting, err := v.waitingErasures()
	return count{mine: len(waiting)}, err
}
