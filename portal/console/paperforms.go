package console

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/docx"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/staff"
)

const formsPath = "/console/templates"

func formPath(k paper.Kind) string { return formsPath + "/" + string(k) }

// formsPage lists all kinds of papers with the form that the office uses.
type formsPage struct {
	Frame
	Lines []paper.KindForm
}

func (v *visit) forms() error {
	frame, err := v.frame(formsPath, v.t("templates.title"))
	if err != nil {
		return err
	}
	lines, err := v.Papers.OwnForms(v.ctx(), v.by())
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "templates", formsPage{frame, lines})
}

// formPage is one kind of paper: its form, its marks, what was used before.
type formPage struct {
	Frame
	Form    paper.Form
	InForce *paper.OwnForm // nil: the built-in one
	History []paper.OwnForm
	Looked  *paper.OwnForm // whose sample is shown; nil: the built-in one
	Sample  paper.Page
	OwnForm bool
	Stamp   string
	Offer   Form
	Use     *Form // puts the one that is looked at in force
	Back    *Form // goes back to the built-in one
	Unfit   *unfitView
	Says    string
}

// unfitView says what must be mended in a document that was handed in.
type unfitView struct {
	Missing  []string
	Problems []unfitLine
}

type unfitLine struct{ What, Where, Text string }

// formKind is the kind of paper in the address.
func (v *visit) formKind() (paper.Form, error) {
	f, ok := paper.FormOf(paper.Kind(v.c.Params("kind")))
	if !ok {
		return f, store.ErrNotFound
	}
	return f, nil
}

// formAsked is the form that the address names, uuid.Nil when it names none.
func (v *visit) formAsked() (uuid.UUID, error) {
	text := v.c.Query("form")
	if text == "" {
		return uuid.Nil, nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}

func (v *visit) showForm() error { return v.formShow(fiber.StatusOK, Draft{}, nil) }

func (v *visit) formShow(status int, draft Draft, unfit *paper.Unfit) error {
	f, err := v.formKind()
	if err != nil {
		return err
	}
	page := formPage{Form: f, Stamp: v.t("templates.sample_stamp"), Says: draft.says}
	if page.Frame, err = v.frame(formPath(f.Kind), v.t("paper.kind."+string(f.Kind))); err != nil {
		return err
	}
	if page.History, err = v.Papers.History(v.ctx(), v.by(), f.Kind); err != nil {
		return err
	}
	if err := v.lookAt(&page); err != nil {
		return err
	}
	look := uuid.Nil
	if page.Looked != nil {
		look, page.OwnForm = page.Looked.ID, true
	}
	if _, page.Sample, err = v.Papers.Sample(v.ctx(), v.by(), f.Kind, look); err != nil {
		return err
	}
	v.formForms(&page, draft)
	page.Unfit = v.unfit(unfit)
	return v.show(status, "template", page)
}

// lookAt decides whose sample the page shows: that of the form in the address, of
// the newest one that nobody has put in force yet, or of the one in force.
func (v *visit) lookAt(page *formPage) error {
	asked, err := v.formAsked()
	if err != nil {
		return err
	}
	find := func(fits func(f paper.OwnForm) bool) *paper.OwnForm {
		if i := slices.IndexFunc(page.History, fits); i >= 0 {
			return &page.History[i]
		}
		return nil
	}
	page.InForce = find(func(f paper.OwnForm) bool { return f.State == paper.InForce })
	switch page.Looked = find(func(f paper.OwnForm) bool { return f.ID == asked }); {
	case page.Looked != nil:
	case asked != uuid.Nil:
		return store.ErrNotFound
	case len(page.History) > 0 && page.History[0].State == paper.Tried:
		page.Looked = &page.History[0]
	default:
		page.Looked = page.InForce
	}
	return nil
}

// formForms are what can be done with the forms of a kind.
func (v *visit) formForms(page *formPage, draft Draft) {
	file := v.ask("files", "file", 0)
	file.Label, file.Hint, file.One, file.Accept = v.t("templates.file"), v.t("templates.file_hint"), true, ".docx"
	page.Offer = v.formForm(page, draft, "offer", 0, file)
	if page.Looked != nil && page.Looked.State != paper.InForce {
		f := v.formForm(page, draft, "use", page.Looked.Version, Field{Name: "id", Kind: "hidden", Value: page.Looked.ID.String()})
		f.Primary = true
		page.Use = &f
	}
	if page.InForce != nil {
		f := v.formForm(page, draft, "back", 0)
		page.Back = &f
	}
}

func (v *visit) formForm(page *formPage, draft Draft, code string, version int, fields ...Field) Form {
	f := Form{Code: code, Post: page.Href(formPath(page.Form.Kind) + "/" + code), Label: v.t("templates.step." + code), Does: v.t("templates.does." + code),
		Told: v.t("templates.told." + code), CSRF: page.CSRF, Version: version, Lang: string(v.lang), Fields: fields, Files: code == "offer"}
	f.Button = f.Label
	return v.dress(draft.apply(v, f), draft)
}

// unfit puts what is wrong with a document into words.
func (v *visit) unfit(u *paper.Unfit) *unfitView {
	if u == nil {
		return nil
	}
	out := &unfitView{Missing: u.Missing}
	for _, p := range u.Problems {
		where := v.known("templates.where."+p.Where.Part, "templates.where.other", "n", p.Where.Paragraph)
		out.Problems = append(out.Problems, unfitLine{v.t("templates.problem."+p.Code, "name", p.Name), where, p.Where.Text})
	}
	return out
}

// takeForm hands a document to the press as it arrives. What it says is kept for
// the handler, which answers once the whole form is read.
func (v *visit) takeForm(p *posted, seen url.Values, name string, content io.Reader) error {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	if p.offered != nil || p.failed != nil {
		return nil // one file a form
	}
	form, err := v.Papers.Offer(v.ctx(), v.by(), paper.Kind(v.c.Params("kind")), name, content)
	if err == nil {
		p.offered = &form
		return nil
	}
	p.failed = err
	var unfit *paper.Unfit
	if errors.As(err, &unfit) || docx.Reason(err) != "" || evidence.Reason(err) != "" || is(err, store.ErrNotFound, staff.ErrForbidden) {
		return nil
	}
	return err
}

// offerForm leads to the sample of the form that came in, or says why it was not
// taken.
func (v *visit) offerForm() error {
	f, err := v.formKind()
	if err != nil {
		return err
	}
	if v.form.offered != nil {
		return v.leave(formPath(f.Kind)+"?form="+v.form.offered.ID.String(), "template_offer")
	}
	if err = v.form.failed; err == nil {
		err = errNoFile
	}
	draft := Draft{step: "offer", typed: v.form, problems: map[string]string{}}
	var unfit *paper.Unfit
	switch {
	case errors.As(err, &unfit):
		draft.says = v.t("templates.says.unfit")
	case errors.Is(err, errNoFile):
		draft.problems["files"] = v.t("publish.upload.none")
	case docx.Reason(err) != "":
		draft.problems["files"] = v.t("docx." + docx.Reason(err))
	case is(err, evidence.ErrKind, evidence.ErrMismatch):
		draft.problems["files"] = v.t("docx.kind")
	case evidence.Reason(err) != "":
		draft.problems["files"] = v.t("evidence." + evidence.Reason(err))
	default:
		return err
	}
	return v.formShow(fiber.StatusUnprocessableEntity, draft, unfit)
}

func (v *visit) useForm() error {
	return v.onForm("use", func(paper.Kind) error {
		id, err := v.formID("id")
		if err != nil {
			return err
		}
		return v.Papers.Use(v.ctx(), v.by(), id, number(v.form.get("version")))
	})
}

func (v *visit) backToBuiltIn() error {
	return v.onForm("back", func(k paper.Kind) error { return v.Papers.BuiltIn(v.ctx(), v.by(), k) })
}

func (v *visit) onForm(code string, do func(k paper.Kind) error) error {
	f, err := v.formKind()
	if err != nil {
		return err
	}
	if err = do(f.Kind); err == nil {
		return v.leave(formPath(f.Kind), "template_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.formShow(status, draft, nil)
}

// sendForm gives out the form that is in use, or the one that the address names,
// with its marks.
func (v *visit) sendForm() error {
	f, id, err := v.formMeant()
	if err != nil {
		return err
	}
	content, err := v.Papers.FormFile(v.ctx(), v.by(), f.Kind, id)
	if err != nil {
		return err
	}
	return v.deliver(docxType, f.Name+v.t("templates.form_file")+".docx", io.NopCloser(bytes.NewReader(content)))
}

// sendSample gives out the same form filled with what shows its marks.
func (v *visit) sendSample() error {
	f, id, err := v.formMeant()
	if err != nil {
		return err
	}
	content, _, err := v.Papers.Sample(v.ctx(), v.by(), f.Kind, id)
	if err != nil {
		return err
	}
	return v.deliver(docxType, f.Name+v.t("templates.sample_file")+".docx", io.NopCloser(bytes.NewReader(content)))
}

// formMeant is the kind in the address and the form: built-in for "built-in",
// what is in force for none.
func (v *visit) formMeant() (paper.Form, uuid.UUID, error) {
	f, err := v.formKind()
	if err != nil {
		return f, uuid.Nil, err
	}
	if v.c.Query("form") == "built-in" {
		return f, uuid.Nil, nil
	}
	id, err := v.formAsked()
	if err != nil || id != uuid.Nil {
		return f, id, err
	}
	history, err := v.Papers.History(v.ctx(), v.by(), f.Kind)
	for _, own := range history {
		if own.State == paper.InForce {
			id = own.ID
		}
	}
	return f, id, err
}
