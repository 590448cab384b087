package console

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/staff"
	"minsheng/triage"
)

// coverPage shows what of a case is covered, and covers more.
type coverPage struct {
	Frame
	Case      triage.Covering
	Words     wordsView
	Said      []turn
	Form      *Form // nil: to be looked at only
	Proposals []Form
	Masks     []maskView
	Files     []fileToCover
}

// wordsView is what a reporter first wrote, cut into what stands open and what is
// covered.
type wordsView struct {
	Text, Who, When, Amount []intake.Piece
}

type maskView struct {
	triage.Masking
	N    int
	Good *Form // makes it one for good
	Lift *Form
}

func coverPath(id uuid.UUID) string { return "/console/cases/" + id.String() + "/cover" }

func wordsOf(n intake.Narrative, whole bool) wordsView {
	return wordsView{n.Pieces("text", whole), n.Pieces("who", whole), n.Pieces("when", whole), n.Pieces("amount", whole)}
}

func (v *visit) coverPage() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.coverShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) coverShow(status int, id uuid.UUID, draft Draft) error {
	c, err := v.Triage.Covering(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(coverPath(id), v.t("cover.title")+" "+c.Number())
	if err != nil {
		return err
	}
	page := coverPage{Frame: frame, Case: c, Words: wordsOf(c.Narrative, c.Whole)}
	for _, m := range c.Messages {
		page.Said = append(page.Said, turn{Message: m, Pieces: m.Pieces(c.Whole)})
	}
	if v.may(staff.WorkCases) && !c.Withheld {
		v.coverForms(&page, draft)
	}
	for i, m := range c.Masks {
		page.Masks = append(page.Masks, v.maskView(page.Frame, id, i+1, m, draft))
	}
	if page.Files, err = v.filesToCover(id, c.Files); err != nil {
		return err
	}
	return v.show(status, "cover", page)
}

func (v *visit) coverForms(page *coverPage, draft Draft) {
	kinds := []string{string(intake.Masked), string(intake.Redacted)}
	f := Form{Code: "cover", Post: page.Href(coverPath(page.Case.ID)), Button: v.t("cover.go"), CSRF: page.CSRF, Lang: string(v.lang), Primary: true,
		Fields: []Field{v.covered(v.ask("words", "text", 200)), v.covered(with(v.pick("kind", "radio", v.options("cover.kind.", kinds)), kinds[0]))}}
	f = v.dress(draft.apply(v, f), draft)
	page.Form = &f
	for _, words := range page.Case.Proposed {
		page.Proposals = append(page.Proposals, Form{Post: f.Post, Button: v.t("cover.this", "words", words), CSRF: page.CSRF,
			Fields: []Field{{Kind: "hidden", Name: "words", Value: words}, {Kind: "hidden", Name: "kind", Value: kinds[0]}}})
	}
}

// covered is worded for covering.
func (v *visit) covered(f Field) Field { return v.worded("cover", f) }

func (v *visit) maskView(frame Frame, id uuid.UUID, n int, m triage.Masking, draft Draft) maskView {
	line := maskView{Masking: m, N: n}
	if m.Kind != intake.Masked {
		return line
	}
	press := func(step string) *Form {
		f := Form{Code: step + "-" + m.ID.String(), Post: frame.Href(coverPath(id) + "/" + m.ID.String() + "/" + step), Button: v.t("cover." + step), CSRF: frame.CSRF, Lang: string(v.lang)}
		f = v.dress(draft.apply(v, f), draft)
		return &f
	}
	if v.may(staff.WorkCases) {
		line.Good = press("good")
	}
	if v.may(staff.RevealIdentity) {
		line.Lift = press("lift")
	}
	return line
}

// coverWords covers words wherever the case says them.
func (v *visit) coverWords() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	_, err = v.Triage.Mask(v.ctx(), v.by(), id, intake.MaskKind(v.form.get("kind")), v.form.get("words"))
	return v.afterCover(id, "cover", "covered", err)
}

func (v *visit) coverForGood() error {
	return v.onMask("good", v.Triage.MaskForGood)
}

func (v *visit) liftCover() error {
	return v.onMask("lift", v.Triage.LiftMask)
}

func (v *visit) onMask(step string, do func(ctx context.Context, by staff.Officer, id, mask uuid.UUID) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	mask, err := v.id("mask")
	if err != nil {
		return err
	}
	return v.afterCover(id, step+"-"+mask.String(), "cover_"+step, do(v.ctx(), v.by(), id, mask))
}

// afterCover goes back to the page, or shows it again with what was typed.
func (v *visit) afterCover(id uuid.UUID, form, done string, err error) error {
	if err == nil {
		return v.leave(coverPath(id), done)
	}
	draft, status, ok := v.refused(form, err)
	if !ok {
		return err
	}
	return v.coverShow(status, id, draft)
}
