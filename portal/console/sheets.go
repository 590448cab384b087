package console

import (
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/tray"
)

// sheetTargets are what the officer's sheets can become, in every room.
func (v *visit) sheetTargets() []tray.Target {
	var all []tray.Target
	if v.Rolls != nil {
		all = append(all, v.Rolls.Targets()...)
	}
	if v.Purse != nil {
		all = append(all, v.Purse.Target())
	}
	if v.Checks != nil {
		all = append(all, v.Checks.Targets()...)
	}
	return all
}

// sheetTarget finds one that the officer may use, or store.ErrNotFound.
func (v *visit) sheetTarget(code string) (tray.Target, error) {
	for _, t := range v.sheetTargets() {
		if t.Code == code && v.by().May(t.May) {
			return t, nil
		}
	}
	return tray.Target{}, store.ErrNotFound
}

// errNoFile means that a form for a file came without one.
var errNoFile = errors.New("console: no file")

// takeSheet hands the file of an upload to the tray as it arrives. What it says
// is kept for the handler, which answers once the whole form is read.
func (v *visit) takeSheet(p *posted, seen url.Values, name string, content io.Reader) error {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	if p.sheet != nil || p.failed != nil {
		return nil // one file a form
	}
	target, err := v.sheetTarget(seen.Get("target"))
	if err != nil {
		p.failed = err
		return nil
	}
	var owner *uuid.UUID
	if text := seen.Get("owner"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			p.failed = store.ErrNotFound
			return nil
		}
		owner = &id
	}
	s, err := v.Tray.Put(v.ctx(), v.by(), target.Code, owner, name, content)
	if err == nil {
		p.sheet = &s
		return nil
	}
	p.failed = err
	if v.fileRefusal(err) != "" || is(err, store.ErrNotFound, staff.ErrForbidden, tray.ErrBusy) {
		return nil
	}
	return err
}

// putSheet leads to the sheet that came in, or says why it was not taken: on the
// page it was sent from, when that is known.
func (v *visit) putSheet() error {
	from := v.origin()
	if s := v.form.sheet; s != nil {
		return v.leave(sheetPath(s.ID, from), "")
	}
	err := v.form.failed
	if err == nil {
		err = errNoFile
	}
	return v.uploadRefused(err, from)
}

type uploadPage struct {
	Frame
	Says   string
	Upload Form
	Back   string
}

// uploadRefused asks for another file.
func (v *visit) uploadRefused(err error, from string) error {
	says, status := v.fileRefusal(err), fiber.StatusUnprocessableEntity
	switch {
	case errors.Is(err, errNoFile):
		says = v.t("publish.upload.none")
	case is(err, evidence.ErrKind, evidence.ErrMismatch):
		says = v.t("sheet.kind") // here no pictures are taken
	}
	if says == "" {
		d, code, ok := v.refused("upload", err)
		if !ok {
			return err
		}
		says, status = d.says, code
	}
	frame, ferr := v.frame("/console/sheets", v.t("publish.upload.title"))
	if ferr != nil {
		return ferr
	}
	var owner *uuid.UUID
	if id, err := uuid.Parse(v.form.get("owner")); err == nil {
		owner = &id
	}
	target := v.form.get("target")
	if _, err := v.sheetTarget(target); err != nil {
		return err
	}
	f := *v.uploadForm(target, owner, from, Draft{})
	f.Fields[len(f.Fields)-1].Problem = says
	return v.show(status, "sheet-upload", uploadPage{Frame: frame, Says: says, Upload: f, Back: from})
}

// origin is the page of the console that a sheet was sent from, for the way
// back.
func (v *visit) origin() string {
	if from := v.c.Query("from"); from != "" {
		return localPath(from)
	}
	return "/console"
}

func sheetPath(id uuid.UUID, from string) string {
	return withQuery("/console/sheets/"+id.String(), "from", from)
}

// sheetAct runs one step of a sheet and shows it again.
func (v *visit) sheetAct(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = do(id, number(v.form.get("version")))
	if err == nil {
		return v.leave(sheetPath(id, v.origin()), "sheet_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.sheetShow(status, id, draft)
}

// arrange says which sheet and rows are meant and what each column is.
func (v *visit) arrange() error {
	return v.sheetAct("arrange", func(id uuid.UUID, version int) error {
		columns, wan := map[int]string{}, map[int]bool{}
		for name := range v.form.values {
			if index, is := columnNamed(name, "col."); is {
				columns[index] = v.form.get(name)
			}
			if index, is := columnNamed(name, "wan."); is {
				wan[index] = true
			}
		}
		from, to := number(v.form.get("header_from")), number(v.form.get("header_to"))
		return v.Tray.Arrange(v.ctx(), v.by(), id, version, number(v.form.get("sheet")), from, max(from, to), columns, wan)
	})
}

func columnNamed(name, prefix string) (int, bool) {
	text, is := strings.CutPrefix(name, prefix)
	if !is {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// fixCells replaces what stands in cells.
func (v *visit) fixCells() error {
	return v.sheetAct("fix", func(id uuid.UUID, version int) error {
		cells := map[string]string{}
		for name := range v.form.values {
			ref, is := strings.CutPrefix(name, "cell.")
			value := v.form.get(name)
			if !is || value == v.form.get("was."+ref) {
				continue // left as it was
			}
			if value == "" {
				value = emptied
			}
			cells[ref] = value
		}
		for _, ref := range v.form.all("undo") {
			cells[ref] = ""
		}
		if len(cells) == 0 {
			return missing("fix", "fix")
		}
		return v.Tray.Fix(v.ctx(), v.by(), id, version, cells)
	})
}

// emptied is a cell that somebody wants to be empty: no text at all would take
// the correction back.
const emptied = " "

func (v *visit) importSheet() error {
	return v.sheetAct("import", func(id uuid.UUID, version int) error { return v.Tray.Import(v.ctx(), v.by(), id, version) })
}

// progress tells a waiting page how far an import is.
func (v *visit) progress() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	s, err := v.Tray.Sheet(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	v.c.Set(fiber.HeaderCacheControl, "no-store")
	return v.c.JSON(fiber.Map{"state": s.State, "done": s.Done, "total": s.Total, "percent": percent(s)})
}

// percent is how much of a sheet is taken in; a sheet that is done is whole.
func percent(s tray.Sheet) int {
	switch {
	case s.State == "done":
		return 100
	case s.Total <= 0:
		return 0
	}
	return min(99, s.Done*100/s.Total)
}
