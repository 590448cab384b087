package console

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/crosscheck"
	"minsheng/household"
	"minsheng/internal/workday"
	"minsheng/portal/view"
	"minsheng/staff"
)

// paymentsPage lists what payments were loaded, and takes more.
type paymentsPage struct {
	Frame
	Upload  *Form
	Batches []batchView
	Older   string
	Sets    []setView
	SetForm []*Form
}

type batchView struct {
	household.Batch
	Total string
	On    workday.Date
}

type setView struct {
	crosscheck.Set
	On workday.Date
}

const paymentsPath = "/console/payments"

func (v *visit) payments() error {
	frame, err := v.frame(paymentsPath, v.t("payments.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	batches, err := v.Purse.Batches(v.ctx(), v.by(), after)
	if err != nil {
		return err
	}
	page := paymentsPage{Frame: frame, Upload: v.uploadForm(v.Purse.Target().Code, nil, paymentsPath, Draft{})}
	for _, b := range batches {
		page.Batches = append(page.Batches, batchView{b, view.Yuan(b.TotalFen), workday.On(b.At)})
	}
	if len(batches) == 50 {
		page.Older = frame.Href(withQuery(paymentsPath, "after", batches[len(batches)-1].ID.String()))
	}
	sets, err := v.Checks.Sets(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, s := range sets {
		page.Sets = append(page.Sets, setView{s, workday.On(s.At)})
	}
	for _, t := range v.Checks.Targets() {
		f := v.uploadForm(t.Code, nil, paymentsPath, Draft{})
		f.Label = v.t("publish.target." + t.Code)
		for i := range f.Fields {
			f.Fields[i].ID = idOf.Replace(t.Code) + "-" + f.Fields[i].Name // several forms stand on the page
		}
		page.SetForm = append(page.SetForm, f)
	}
	return v.show(fiber.StatusOK, "payments", page)
}

// crosscheckPage lists what comparing records brought up.
type crosscheckPage struct {
	Frame
	Run    *Form
	Runs   []runView
	Rules  []ruleChip
	States []lens
	Hits   []hitView
	Older  string
	Says   string
	// Narrowed: the list is not that of all open leads.
	Narrowed bool
}

type runView struct {
	crosscheck.Run
	On workday.Date
}

type ruleChip struct {
	Code  string
	Href  string
	Count int
	Many  bool // the count is capped
	Here  bool
}

type hitView struct {
	crosscheck.Hit
	Amount string
}

const crosscheckPath = "/console/crosscheck"

func hitPath(id uuid.UUID) string { return crosscheckPath + "/hits/" + id.String() }

func (v *visit) crossChecks() error { return v.crosscheckShow(fiber.StatusOK, "") }

func (v *visit) crosscheckShow(status int, says string) error {
	frame, err := v.frame(crosscheckPath, v.t("crosscheck.title"))
	if err != nil {
		return err
	}
	page := crosscheckPage{Frame: frame, Says: says, Narrowed: v.c.Query("state")+v.c.Query("rule")+v.c.Query("place")+v.c.Query("after") != ""}
	page.Run = &Form{Code: "run", Post: frame.Href(crosscheckPath + "/run"), Button: v.t("crosscheck.run"), CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
	runs, err := v.Checks.Runs(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, r := range runs {
		page.Runs = append(page.Runs, runView{r, workday.On(r.At)})
	}
	filter := crosscheck.Filter{State: v.c.Query("state"), Rule: v.c.Query("rule"), Place: v.c.Query("place")}
	filter.After, _ = uuid.Parse(v.c.Query("after"))
	if err := v.hitFilters(&page, filter); err != nil {
		return err
	}
	hits, err := v.Checks.Hits(v.ctx(), v.by(), filter)
	if err != nil {
		return err
	}
	for _, h := range hits {
		page.Hits = append(page.Hits, hitView{h, view.Yuan(h.AmountFen)})
	}
	if len(hits) == 50 {
		page.Older = frame.Href(withQuery(hitsAddress(filter.State, filter.Rule), "after", hits[len(hits)-1].ID.String()))
	}
	return v.show(status, "crosscheck", page)
}

func hitsAddress(state, rule string) string {
	at := crosscheckPath
	if state != "" {
		at = withQuery(at, "state", state)
	}
	if rule != "" {
		at = withQuery(at, "rule", rule)
	}
	return at
}

// hitFilters are the chips above the list.
func (v *visit) hitFilters(page *crosscheckPage, f crosscheck.Filter) error {
	counts, err := v.Checks.Counts(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, rule := range crosscheck.Rules() {
		to := rule
		if f.Rule == rule {
			to = ""
		}
		page.Rules = append(page.Rules, ruleChip{Code: rule, Href: page.Href(hitsAddress(f.State, to)), Count: counts[rule], Many: counts[rule] >= 1000, Here: f.Rule == rule})
	}
	for _, state := range []string{"", "dismissed", "case"} {
		key := "crosscheck.state.open"
		if state != "" {
			key = "crosscheck.state." + state
		}
		page.States = append(page.States, lens{Key: key, Href: page.Href(hitsAddress(state, f.Rule)), On: f.State == state})
	}
	return nil
}

func (v *visit) runCheck() error {
	_, err := v.Checks.Check(v.ctx(), v.by())
	if err == nil {
		return v.leave(crosscheckPath, "crosscheck_run")
	}
	draft, status, ok := v.refused("run", err)
	if !ok {
		return err
	}
	return v.crosscheckShow(status, draft.says)
}

// hitPage is one finding with its rows.
type hitPage struct {
	Frame
	Hit    hitView
	Rows   []hitRow
	Forms  []Form
	Kept   []Field
	Says   string
	Case   string // address of the case it became, for who may read cases
	Ruled  string
	Asking bool
}

type hitRow struct {
	crosscheck.Place
	Amount string
}

func (v *visit) showHit() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.hitShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) hitShow(status int, id uuid.UUID, draft Draft) error {
	h, err := v.Checks.Hit(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(hitPath(id), v.t("crosscheck."+h.Rule))
	if err != nil {
		return err
	}
	page := hitPage{Frame: frame, Hit: hitView{h, view.Yuan(h.AmountFen)}, Says: draft.says, Asking: h.State == "open"}
	for _, r := range h.Rows {
		if r.Kind == "roll" {
			r.What = v.known("notice."+r.What, "crosscheck.kind.roll")
		}
		if r.Kind == "roll" {
			r.What = v.known("notice."+r.What, "crosscheck.kind.roll")
		}
		page.Rows = append(page.Rows, hitRow{r, view.Yuan(r.Fen)})
	}
	if h.ComplaintID != nil && v.by().May(staff.ReadCases) {
		page.Case = frame.Href("/console/cases/" + h.ComplaintID.String())
	}
	if h.State != "open" {
		page.Kept = draft.words(v)
		return v.show(status, "hit", page)
	}
	words := v.lines("words", 5, 2000)
	words.Label = v.t("crosscheck.words")
	for _, f := range []Form{
		{Code: "turn", Fields: []Field{words}, Primary: true},
		{Code: "dismiss", Fields: []Field{v.lines("reason", 3, 200)}},
	} {
		f.Post = frame.Href(hitPath(id) + "/" + f.Code)
		f.Label = v.t("crosscheck.action." + f.Code)
		f.Does, f.Told, f.Button = v.t("crosscheck.does."+f.Code), v.t("crosscheck.told."+f.Code), f.Label
		f.CSRF, f.Version, f.Lang = frame.CSRF, h.Version, string(v.lang)
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
	}
	return v.show(status, "hit", page)
}

func (v *visit) onHit(step string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(hitPath(id), "hit_"+step)
	}
	draft, status, ok := v.refused(step, besideHit(err))
	if !ok {
		return err
	}
	return v.hitShow(status, id, draft)
}

// besideHit puts what is wrong with a ruling beside its field.
func besideHit(err error) error {
	switch {
	case errors.Is(err, crosscheck.ErrReason):
		return missing("reason", "hit_reason")
	case errors.Is(err, crosscheck.ErrWords):
		return missing("words", "hit_words")
	case errors.Is(err, crosscheck.ErrNames):
		return missing("words", "hit_names")
	}
	return err
}

func (v *visit) dismissHit() error {
	return v.onHit("dismiss", func(id uuid.UUID, version int) error {
		return v.Checks.Dismiss(v.ctx(), v.by(), id, version, v.form.get("reason"))
	})
}

func (v *visit) turnHit() error {
	return v.onHit("turn", func(id uuid.UUID, version int) error {
		_, err := v.Checks.Turn(v.ctx(), v.by(), id, version, v.form.get("words"))
		return err
	})
}
