package console

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

const papersPath = "/console/papers"

func paperPath(id uuid.UUID) string { return papersPath + "/" + id.String() }

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// paperLine is a paper in a list.
type paperLine struct {
	paper.Paper
	Unit string
	To   string
	Sign bool // it waits for the reader's signature
	Href string
}

func (v *visit) paperLine(p paper.Paper) paperLine {
	l := paperLine{Paper: p, Unit: v.unitName(p.UnitID), Href: v.href(paperPath(p.ID)), Sign: contains(p.Steps(v.by()), paper.StepSign)}
	var names []string
	for _, unit := range p.To {
		names = append(names, v.unitName(unit))
	}
	l.To = strings.Join(names, "、")
	return l
}

// papersOf lists the papers about a thing that the reader sees.
func (v *visit) papersOf(subject ledger.Subject, id uuid.UUID) ([]paperLine, error) {
	all, err := v.Papers.Of(v.ctx(), v.by(), subject, id)
	if err != nil {
		return nil, err
	}
	var out []paperLine
	for _, p := range all {
		if v.Papers.Readable(v.by(), p) {
			out = append(out, v.paperLine(p))
		}
	}
	return out, nil
}

// papersPage lists papers of the own office, or those it received.
type papersPage struct {
	Frame
	Lenses []lens
	Filter paper.Filter
	Kind   Field
	Year   Field
	Box    string
	Lines  []paperLine
	Next   string
}

// boxes are the lists of papers, in the order of the page.
var boxes = []string{paper.Drafts, paper.Issued, paper.Received}

func (v *visit) listPapers() error {
	frame, err := v.frame(papersPath, v.t("papers.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	filter := paper.Filter{Box: v.c.Query("box"), Kind: paper.Kind(v.c.Query("kind")), Year: number(v.c.Query("year")), After: after}
	if !contains(boxes, filter.Box) {
		filter.Box = paper.Received
		if v.by().May(staff.WritePapers) {
			filter.Box = paper.Drafts
		}
	}
	found, next, err := v.Papers.List(v.ctx(), v.by(), filter)
	if err != nil {
		return err
	}
	page := papersPage{Frame: frame, Filter: filter, Box: filter.Box}
	for _, box := range boxes {
		page.Lenses = append(page.Lenses, lens{Key: "papers.box." + box, Href: frame.Href(withQuery(papersPath, "box", box)), On: box == filter.Box})
	}
	for _, p := range found {
		page.Lines = append(page.Lines, v.paperLine(p))
	}
	if next != uuid.Nil {
		page.Next = v.paperList(filter, next)
	}
	page.Kind, page.Year = v.paperFilters(filter)
	return v.show(fiber.StatusOK, "papers", page)
}

// paperList is the address of a list after a paper.
func (v *visit) paperList(f paper.Filter, after uuid.UUID) string {
	at := withQuery(papersPath, "box", f.Box)
	if f.Kind != "" {
		at = withQuery(at, "kind", string(f.Kind))
	}
	if f.Year != 0 {
		at = withQuery(at, "year", strconv.Itoa(f.Year))
	}
	return withQuery(at, "after", after.String())
}

// paperFilters ask which papers to show.
func (v *visit) paperFilters(f paper.Filter) (kind, year Field) {
	kind = with(v.pick("kind", "select", v.options("paper.kind.", codes(paper.Kinds()))), string(f.Kind))
	kind.Label, kind.ID, kind.Bare, kind.Options[0].Label = v.t("papers.filter.kind"), "papers-kind", true, v.t("papers.filter.all")
	var years []Option
	for y := v.day().Year(); y > v.day().Year()-6; y-- {
		years = append(years, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	year = v.pick("year", "select", years)
	if f.Year != 0 {
		year = with(year, strconv.Itoa(f.Year))
	}
	year.Label, year.ID, year.Bare, year.Options[0].Label = v.t("papers.filter.year"), "papers-year", true, v.t("papers.filter.all")
	return optional(kind), optional(year)
}

// paperPage is a paper as it prints, and its life beside it.
type paperPage struct {
	Frame
	Paper    paperLine
	Sheet    paper.Page
	OwnForm  bool
	Basis    string
	Stamp    string   // on every page: draft, void; "" of a final one
	Missing  []string // what it lacks before it can be signed
	Changed  bool     // it is not what was signed: nothing is shown
	About    string   // address of what it is about
	Timeline []eventView
	Forms    []Form
	Says     string
	Kept     []Field
}

func (v *visit) showPaper() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.paperShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) paperShow(status int, id uuid.UUID, draft Draft) error {
	p, sheet, err := v.Papers.Shown(v.ctx(), v.by(), id)
	changed := errors.Is(err, paper.ErrChanged)
	if err != nil && !changed {
		return err
	}
	if p.Kept == "" { // who reads nothing is not written down as having seen it
		if err := v.printed(p); err != nil {
			return err
		}
	}
	page := paperPage{Paper: v.paperLine(p), Sheet: sheet, Changed: changed, OwnForm: p.FormID != nil, About: v.aboutPath(p), Says: draft.says}
	title := p.Title
	switch {
	case p.Kept != "":
		title = strings.TrimSpace(v.t("paper.kind."+string(p.Kind)) + " " + p.Number)
	case p.Number != "":
		title = p.Number + " " + title
	}
	if page.Frame, err = v.frame(paperPath(id), title); err != nil {
		return err
	}
	if f, ok := paper.FormOf(p.Kind); ok {
		page.Basis = f.Basis
	}
	events, err := v.Papers.Life(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page.Timeline = v.timeline(events)
	if changed {
		v.Log.ErrorContext(v.ctx(), "a frozen paper was changed", "component", "papers", "route", v.c.Route().Path)
		return v.show(fiber.StatusInternalServerError, "paper", page)
	}
	if err := v.paperDetails(&page, draft); err != nil {
		return err
	}
	return v.show(status, "paper", page)
}

// paperDetails puts onto the page what its state asks for, and the steps.
func (v *visit) paperDetails(page *paperPage, draft Draft) error {
	p := page.Paper.Paper
	switch p.State {
	case paper.Drafted, paper.Discarded:
		page.Stamp = paper.Stamp
		if p.Kept != "" {
			break
		}
		_, c, err := v.Papers.Open(v.ctx(), v.by(), p.ID)
		if err != nil {
			return err
		}
		if f, ok := paper.FormOf(p.Kind); ok && p.State == paper.Drafted {
			page.Missing = f.Missing(c)
		}
	case paper.Void:
		page.Stamp = v.t("papers.void_stamp")
	}
	v.paperForms(page, draft)
	return nil
}

// paperForms are the steps that can be taken on a paper.
func (v *visit) paperForms(page *paperPage, draft Draft) {
	seen := false
	for _, code := range page.Paper.Steps(v.by()) {
		f := Form{Code: code}
		if code != paper.StepSign {
			reason := v.lines("reason", 2, 150)
			reason.Label, reason.Hint = v.t("papers.reason"), ""
			f.Fields = []Field{reason}
		}
		f.Post, f.Label = page.Href(paperPath(page.Paper.ID)+"/"+code), v.t("papers.step."+code)
		f.Does, f.Told, f.Button = v.t("papers.does."+code), v.t("papers.told."+code), f.Label
		f.CSRF, f.Version, f.Lang = page.CSRF, page.Paper.Version, string(v.lang)
		f.Primary = code == paper.StepSign
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
		seen = seen || code == draft.step
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
}

// aboutPath is where the thing lies that a paper is about, "" when it has no page.
func (v *visit) aboutPath(p paper.Paper) string {
	if p.Kind == paper.Bulletin {
		return workReportPath(p.SubjectID)
	}
	folder := map[ledger.Subject]string{ledger.OfBulletin: bulletinsPath + "/", ledger.OfComplaint: "/console/cases/", ledger.OfItem: "/console/items/", ledger.OfOrder: ordersPath + "/",
		ledger.OfInspection: inspectionsPath + "/", ledger.OfMeasure: measuresPath + "/", ledger.OfReferral: referralsPath + "/"}[p.Subject]
	switch { // as the office reads it that was inspected, or held to account
	case p.Subject == ledger.OfInspection && slices.Contains(p.To, v.by().UnitID):
		folder = inspectedPath + "/"
	case p.Subject == ledger.OfMeasure && !v.may(staff.ProposeMeasures):
		folder = servedPath + "/"
	}
	if folder == "" {
		return ""
	}
	return folder + p.SubjectID.String()
}

// sendDocx gives out a paper as docx.
// printed records that a paper shows what was decided about a case.
func (v *visit) printed(p paper.Paper) error {
	if p.Subject != ledger.OfComplaint {
		return nil
	}
	return v.Triage.Looked(v.ctx(), v.by(), p.SubjectID, triage.Printed)
}

func (v *visit) sendDocx() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	p, content, err := v.Papers.Docx(v.ctx(), v.by(), id)
	if errors.Is(err, paper.ErrChanged) {
		return v.paperShow(fiber.StatusOK, id, Draft{}) // says what is wrong
	}
	if err == nil {
		err = v.printed(p)
	}
	if err != nil {
		return err
	}
	name := p.Number
	if p.State == paper.Drafted || p.State == paper.Discarded {
		name = strings.TrimSpace(p.Number + p.Title + v.t("papers.draft_file"))
	}
	return v.deliver(docxType, name+".docx", io.NopCloser(bytes.NewReader(content)))
}

// onPaper runs one step of a paper and shows it again.
func (v *visit) onPaper(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(paperPath(id), "paper_"+code)
	}
	lacks := v.lacking(err)
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	if lacks != "" {
		draft.says, draft.problems = lacks, nil
	}
	return v.paperShow(status, id, draft)
}

// lacking says what a paper lacks, "" for any other error: it has no form whose
// fields could say so.
func (v *visit) lacking(err error) string {
	var wrong *step.Invalid
	if !errors.As(err, &wrong) {
		return ""
	}
	var names []string
	for name, key := range wrong.Problems {
		if key == "paper_missing" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return v.t("papers.lacks", "names", strings.Join(slices.Sorted(slices.Values(names)), v.t("console.list_mark")))
}

func (v *visit) signPaper() error {
	return v.onPaper(paper.StepSign, func(id uuid.UUID, version int) error {
		_, err := v.Papers.Sign(v.ctx(), v.by(), id, version)
		return err
	})
}

func (v *visit) voidPaper() error {
	return v.onPaper(paper.StepVoid, func(id uuid.UUID, version int) error {
		return v.Papers.Annul(v.ctx(), v.by(), id, version, v.form.get("reason"))
	})
}

func (v *visit) discardPaper() error {
	return v.onPaper(paper.StepDiscard, func(id uuid.UUID, version int) error {
		return v.Papers.Discard(v.ctx(), v.by(), id, version, v.form.get("reason"))
	})
}

// Day is the day of a paper: when it was signed, or last drafted.
func (l paperLine) Day() workday.Date {
	if l.IssuedAt != nil {
		return workday.On(*l.IssuedAt)
	}
	return workday.On(l.DraftedAt)
}
