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
	Cleared triage.Cleared
	Clear   bool
}

// coverFilePage looks a file over before it leaves.
type coverFilePage struct {
	Frame
	All     string // where the things are listed that it belongs to one of
	AllName string
	Of      string // the page from which it is reached
	OfName  string
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

// kept is where a file is kept that somebody looks over.
type kept struct {
	in           string // address of the page of the case or item
	file         uuid.UUID
	from, name   string           // the page that leads to the file
	all, allName string           // the list above it
	look         staff.Permission // of who says that it may leave
}

func (k kept) path() string { return k.in + "/cover/of/" + k.file.String() }

// keeper finds the file that an address names, below a case or an item that the
// officer may see.
type keeper func(v *visit) (kept, error)

func keptWithCase(v *visit) (k kept, err error) {
	id, err := v.id("id")
	if err != nil {
		return k, err
	}
	if err = v.Triage.MaySee(v.ctx(), v.by(), id); err != nil {
		return k, err
	}
	k = kept{in: "/console/cases/" + id.String(), from: coverPath(id), name: v.t("cover.title"), all: "/console/cases", allName: v.t("console.place.cases"), look: staff.WorkCases}
	k.file, err = v.id("file")
	return k, err
}

func keptWithItem(v *visit) (k kept, err error) {
	id, err := v.id("id")
	if err != nil {
		return k, err
	}
	if err = v.Docket.MaySee(v.ctx(), v.by(), id); err != nil {
		return k, err
	}
	k = kept{in: itemPath(id), from: itemPath(id), all: "/console/items", allName: v.t("console.place.items"), look: staff.IssueItems}
	if k.file, err = v.id("file"); err != nil {
		return k, err
	}
	if err = v.Docket.HasFile(v.ctx(), v.by(), id, k.file); err != nil {
		return k, err
	}
	i, err := v.Docket.Brief(v.ctx(), v.by(), id)
	k.name = i.Number
	return k, err
}

func coverFilePath(id, file uuid.UUID) string {
	return kept{in: "/console/cases/" + id.String(), file: file}.path()
}

// filesToCover lists the files of a case with what was said of them.
func (v *visit) filesToCover(id uuid.UUID, files []evidence.File) (all []fileToCover, err error) {
	ids := make([]uuid.UUID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	cleared, err := v.Triage.Clearances(v.ctx(), ids...)
	for i, f := range v.caseFiles(id, files) {
		c := cleared[f.ID]
		f.Cover = v.href(coverFilePath(id, files[i].ID))
		all = append(all, fileToCover{f, c, c.Clear(f.Media)})
	}
	return all, err
}

func (at keeper) show(v *visit) error {
	k, err := at(v)
	if err != nil {
		return err
	}
	return v.coverFileShow(fiber.StatusOK, k, Draft{})
}

func (v *visit) coverFileShow(status int, k kept, draft Draft) error {
	f, cleared, whole, err := v.Triage.FileOf(v.ctx(), v.by(), k.file)
	if err != nil {
		return err
	}
	frame, err := v.frame(k.path(), v.t("cover.file.title"))
	if err != nil {
		return err
	}
	page := coverFilePage{Frame: frame, All: k.all, AllName: k.allName, Of: k.from, OfName: k.name, Whole: whole, May: v.may(k.look), Says: draft.says,
		File: fileToCover{v.files(k.in+"/files/", []evidence.File{f})[0], cleared, cleared.Clear(f.Media)}}
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

// clear says of a file that it may leave.
func (at keeper) clear(v *visit) error {
	k, err := at(v)
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
			return v.afterClearing(k, err)
		}
		check.FormKey = form.Key
	}
	return v.afterClearing(k, v.Triage.ClearFile(v.ctx(), v.by(), k.file, check))
}

// agree is the second look at what is no picture.
func (at keeper) agree(v *visit) error {
	k, err := at(v)
	if err != nil {
		return err
	}
	return v.afterClearing(k, v.Triage.AgreeFile(v.ctx(), v.by(), k.file, number(v.form.get("version"))))
}

func (v *visit) afterClearing(k kept, err error) error {
	if err == nil {
		return v.leave(k.path(), "cover_file")
	}
	draft, status, ok := v.refused("clear", err)
	if !ok {
		return err
	}
	return v.coverFileShow(status, k, draft)
}

// send gives out the copy of a file on which something is covered.
func (at keeper) send(v *visit) error {
	k, err := at(v)
	if err != nil {
		return err
	}
	f, err := v.Triage.OpenCopy(v.ctx(), v.by(), k.file)
	if err != nil {
		return err
	}
	return v.giveFile(f)
}
