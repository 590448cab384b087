package console

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
)

// inspectedPage lists the inspections of the reader's own office.
type inspectedPage struct {
	Frame
	Lines []inspection.AddressedLine
	Next  string
}

const inspectedPath = "/console/inspected"

func (v *visit) inspected() error {
	frame, err := v.frame(inspectedPath, v.t("inspection.inspected.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	page := inspectedPage{Frame: frame}
	if page.Lines, err = v.Inspections.Inspected(v.ctx(), v.by(), after); err != nil {
		return err
	}
	if n := len(page.Lines); n == listPage {
		page.Next = withQuery(inspectedPath, "after", page.Lines[n-1].ID.String())
	}
	return v.show(fiber.StatusOK, "inspected", page)
}

// inspectedOnePage is an inspection as the inspected office reads it.
type inspectedOnePage struct {
	Frame
	Asked     inspection.Addressed
	Materials []materialView
	Talks     []talkView
	Orders    []orderLine
	Forms     []Form
	Kept      []Field
	Says      string
}

func (v *visit) showInspected() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.inspectedShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) inspectedShow(status int, id uuid.UUID, draft Draft) error {
	a, err := v.Inspections.Asked(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	path := inspectedPath + "/" + id.String()
	frame, err := v.frame(path, a.Number+" "+a.UnitName)
	if err != nil {
		return err
	}
	page := inspectedOnePage{Frame: frame, Asked: a, Says: draft.says}
	page.Materials, page.Talks = v.materialViews(a.Materials, a.Clocks, path+"/files/"), v.talkViews(a.Talks, path+"/files/")
	rows, err := v.Orders.OfInspection(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page.Orders = v.orderLines(rows)
	seen := false
	for _, act := range a.Actions {
		f := v.inspectedForm(act, a)
		f.Code, f.Post = string(act), frame.Href(path+"/"+string(act))
		f.Label = v.t("inspection.act." + string(act))
		f.Does, f.Told, f.Button = v.t("inspection.does."+string(act)), v.t("inspection.told."+string(act)), f.Label
		f.CSRF, f.Lang, f.Primary = frame.CSRF, string(v.lang), len(page.Forms) == 0
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
		seen = seen || f.Code == draft.step
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
	return v.show(status, "inspected-one", page)
}

func (v *visit) inspectedForm(act inspection.Act, a inspection.Addressed) Form {
	switch act {
	case inspection.ToHandIn:
		open := v.materialPick(a.Materials, func(m inspection.Material) bool { return m.State != inspection.MaterialGiven })
		return Form{Files: true, Fields: []Field{open, optional(v.insp(v.lines("words", 3, 1000))), optional(v.paperFiles())}}
	case inspection.ToRefuse:
		asked := v.materialPick(a.Materials, func(m inspection.Material) bool { return m.State == inspection.MaterialAsked })
		return Form{Fields: []Field{asked, v.insp(v.lines("words", 3, 1000))}}
	}
	f := Form{Fields: []Field{v.insp(v.lines("words", 3, 1000))}}
	if len(a.Findings) > 0 {
		about := v.findingPick(a.Findings)
		about.Options = append([]Option{{Value: "", Label: v.t("inspection.whole"), Chosen: true}}, about.Options...)
		f.Fields = append([]Field{optional(about)}, f.Fields...)
	}
	return f
}

// paperFiles asks for files of an office: spreadsheets too, no sound.
func (v *visit) paperFiles() Field {
	f := v.insp(v.ask("files", "file", 0))
	f.Accept = ".jpg,.jpeg,.png,.webp,.pdf,.xlsx,.csv"
	return f
}

// onInspected runs one step of the inspected office and shows the page again.
func (v *visit) onInspected(act inspection.Act, do func(id uuid.UUID) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id); err == nil {
		return v.leave(inspectedPath+"/"+id.String(), "inspection_"+string(act))
	}
	draft, status, ok := v.refused(string(act), err)
	if !ok {
		return err
	}
	return v.inspectedShow(status, id, draft)
}

func (v *visit) handInMaterial() error {
	return v.onInspected(inspection.ToHandIn, func(id uuid.UUID) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		material, version, err := v.formVersioned("material")
		if err != nil {
			return err
		}
		return v.Inspections.HandIn(v.ctx(), v.by(), id, material, version, v.form.get("words"), form.Key)
	})
}

func (v *visit) refuseMaterial() error {
	return v.onInspected(inspection.ToRefuse, func(id uuid.UUID) error {
		material, version, err := v.formVersioned("material")
		if err != nil {
			return err
		}
		return v.Inspections.RefuseMaterial(v.ctx(), v.by(), id, material, version, v.form.get("words"))
	})
}

func (v *visit) commentFindings() error {
	return v.onInspected(inspection.ToComment, func(id uuid.UUID) error {
		return v.Inspections.Comment(v.ctx(), v.by(), id, v.formRef("finding"), v.form.get("words"))
	})
}

func (v *visit) sendInspectedFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Inspections.OpenAddressedFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}
