package console

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/staff"
	"minsheng/triage"
)

// fileToCover is a file in the list of what may leave.
type fileToCover struct {
	fileView
	Cover   string // where it is looked over
	Cleared triage.Cleared
	Clear   bool
}

// coverFilePage looks a file over before it leaves.
type coverFilePage struct {
	Frame
	Case    uuid.UUID
	Number  string
	File    fileToCover
	Copy    string // address of the copy; "" none
	Whole   bool   // the officer sees it uncovered
	Squares []squareView
	Says    string
	Form    *Form // fit, or another copy; nil for pictures, and for who only looks
	Agree   *Form
	May     bool
}

// squareView is one square of the grid over a picture.
type squareView struct {
	N, Row, Column int
	Black          bool
}

func coverFilePath(id, file uuid.UUID) string { return coverPath(id) + "/of/" + file.String() }

// filesToCover lists the files of a case with what was said of them.
func (v *visit) filesToCover(id uuid.UUID, files []evidence.File) (all []fileToCover, err error) {
	ids := make([]uuid.UUID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	cleared, err := v.Triage.Clearances(v.ctx(), ids...)
	for i, f := range v.caseFiles(id, files) {
		c := cleared[f.ID]
		all = append(all, fileToCover{f, v.href(coverFilePath(id, files[i].ID)), c, c.Clear(f.Media)})
	}
	return all, err
}

func (v *visit) coverFilePage() error { return v.coverFileShow(fiber.StatusOK, Draft{}) }

func (v *visit) coverFileShow(status int, draft Draft) error {
	id, file, err := v.caseAndFile()
	if err != nil {
		return err
	}
	f, cleared, whole, err := v.Triage.FileOf(v.ctx(), v.by(), file)
	if err != nil {
		return err
	}
	frame, err := v.frame(coverFilePath(id, file), v.t("cover.file.title"))
	if err != nil {
		return err
	}
	page := coverFilePage{Frame: frame, Case: id, Whole: whole, May: v.may(staff.WorkCases), Says: draft.says,
		File: fileToCover{v.caseFiles(id, []evidence.File{f})[0], "", cleared, cleared.Clear(f.Media)}}
	if cleared.Blob != "" {
		page.Copy = page.Href(page.Path + "/copy")
	}
	for _, why := range draft.problems {
		page.Says += " " + why
	}
	if f.Media == "image" {
		page.Squares = squaresOf(cleared, draft)
	} else if page.May {
		page.Form = v.otherCopyForm(page, draft)
	}
	if page.May && cleared.Verdict != "" && f.Media != "image" && cleared.AgreedBy == nil && cleared.ByID != v.by().ID {
		page.Agree = &Form{Code: "agree", Post: page.Href(page.Path + "/agree"), Button: v.t("cover.file.agree"), CSRF: page.CSRF, Version: cleared.Version, Lang: string(v.lang)}
	}
	return v.show(status, "cover-file", page)
}

func squaresOf(cleared triage.Cleared, draft Draft) (all []squareView) {
	for n := range evidence.Grid * evidence.Grid {
		black := cleared.Black(n)
		if draft.step != "" {
			black = slices.Contains(draft.typed.all("square"), strconv.Itoa(n))
		}
		all = append(all, squareView{n, n/evidence.Grid + 1, n%evidence.Grid + 1, black})
	}
	return all
}

// otherCopyForm is the form for what is no picture.
func (v *visit) otherCopyForm(page coverFilePage, draft Draft) *Form {
	verdicts := []string{evidence.Replaced, evidence.Fit}
	f := Form{Code: "clear", Post: page.Href(page.Path), Button: v.t("cover.file.go"), CSRF: page.CSRF, Version: page.File.Cleared.Version, Lang: string(v.lang), Files: true,
		Fields: []Field{v.covered(v.pick("verdict", "radio", v.options("cover.verdict.", verdicts))), optional(v.covered(Field{Name: "files", Kind: "file", One: true}))}}
	f = v.dress(draft.apply(v, f), draft)
	return &f
}

func (v *visit) caseAndFile() (id, file uuid.UUID, err error) {
	if id, err = v.id("id"); err != nil {
		return id, file, err
	}
	if err = v.Triage.MaySee(v.ctx(), v.by(), id); err != nil {
		return id, file, err
	}
	file, err = v.id("file")
	return id, file, err
}

// clearFile says of a file that it may leave.
func (v *visit) clearFile() error {
	id, file, err := v.caseAndFile()
	if err != nil {
		return err
	}
	check := triage.FileCheck{Verdict: v.form.get("verdict")}
	for _, text := range v.form.all("square") {
		if n, err := strconv.Atoi(text); err == nil {
			check.Squares = append(check.Squares, n)
		}
	}
	if check.Verdict == evidence.Replaced {
		form, err := v.filesForm()
		if err != nil {
			return v.afterClearing(id, file, err)
		}
		check.FormKey = form.Key
	}
	return v.afterClearing(id, file, v.Triage.ClearFile(v.ctx(), v.by(), file, check))
}

// agreeFile is the second look at what is no picture.
func (v *visit) agreeFile() error {
	id, file, err := v.caseAndFile()
	if err != nil {
		return err
	}
	return v.afterClearing(id, file, v.Triage.AgreeFile(v.ctx(), v.by(), file, number(v.form.get("version"))))
}

func (v *visit) afterClearing(id, file uuid.UUID, err error) error {
	if err == nil {
		return v.leave(coverFilePath(id, file), "cover_file")
	}
	draft, status, ok := v.refused("clear", err)
	if !ok {
		return err
	}
	return v.coverFileShow(status, draft)
}

// sendCopy gives out the copy of a file on which something is covered.
func (v *visit) sendCopy() error {
	_, file, err := v.caseAndFile()
	if err != nil {
		return err
	}
	f, err := v.Triage.OpenCopy(v.ctx(), v.by(), file)
	if err != nil {
		return err
	}
	return v.giveFile(f)
}
