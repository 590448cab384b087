package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// itemRow is one line of a list of supervision items.
type itemRow struct {
	docket.ItemView
	Why   string
	Color clock.Color
}

func (v *visit) itemRow(i docket.ItemView) itemRow {
	color := clock.NotLate
	if i.ClosedAt == nil {
		color = v.colors.Of(i.Late)
	}
	return itemRow{ItemView: i, Color: color}
}

// itemWhy says why an item waits for the reader, "" when it waits for others.
func itemWhy(i docket.ItemView, handles bool, today workday.Date) string {
	may := func(step string) bool { return slices.Contains(i.Actions, step) }
	switch {
	case handles && i.State == docket.Issued:
		return "acknowledge"
	case handles && i.State == docket.Returned:
		return "returned"
	case i.Late > 0:
		return "late"
	case handles && i.DueOn != nil && *i.DueOn <= today.Add(7) && i.State != docket.Reported && i.State != docket.Reviewed:
		return "due"
	case handles:
		return ""
	case i.State == docket.Reported:
		return "review"
	case i.State == docket.Disputed:
		return "dispute"
	case i.State == docket.Docketed:
		return "issue"
	case i.State == docket.Reviewed && may("strike_off"):
		return "strike"
	}
	return ""
}

type itemsPage struct {
	Frame
	Rows     []itemRow
	Finished bool
	Next     string
	Handles  bool
}

func (v *visit) items() error {
	frame, err := v.frame("/console/items", v.t("console.items.title"))
	if err != nil {
		return err
	}
	page := itemsPage{Frame: frame, Finished: v.c.Query("finished") == "1", Handles: v.by().May(staff.HandleItems)}
	list, next, err := v.Docket.Items(v.ctx(), v.by(), page.Finished, v.c.Query("after"))
	if err != nil {
		return err
	}
	for _, item := range list {
		page.Rows = append(page.Rows, v.itemRow(item))
	}
	if next != "" {
		page.Next = withQuery("/console/items", "after", next)
		if page.Finished {
			page.Next = withQuery(page.Next, "finished", "1")
		}
	}
	return v.show(fiber.StatusOK, "items", page)
}

// itemPage is a supervision item: the order as paper, and its life.
type itemPage struct {
	Frame
	Item     docket.ItemView
	Color    clock.Color
	Notes    []noteView
	Papers   []paperLine
	Timeline []eventView
	Forms    []Form
	Missing  []string
	Says     string
	Kept     []Field
}

type noteView struct {
	docket.ItemNote
	Files []fileView
}

func (v *visit) showItem() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.itemShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) itemShow(status int, id uuid.UUID, draft Draft) error {
	item, err := v.Docket.Item(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	title := item.Number
	if title == "" {
		title = v.t("console.item.unnumbered")
	}
	frame, err := v.frame("/console/items/"+id.String(), title+" "+item.Title)
	if err != nil {
		return err
	}
	page := itemPage{Frame: frame, Item: item, Color: v.itemRow(item).Color, Timeline: v.timeline(item.Events), Says: draft.says}
	for _, n := range item.Notes {
		page.Notes = append(page.Notes, noteView{n, v.files("/console/items/"+id.String()+"/files/", n.Files)})
	}
	for _, code := range item.Missing {
		page.Missing = append(page.Missing, v.known("missing."+code, "console.problem.unclear"))
	}
	if page.Papers, err = v.papersOf(ledger.OfItem, id); err != nil {
		return err
	}
	if err := v.itemForms(&page, draft); err != nil {
		return err
	}
	return v.show(status, "item", page)
}

// sendItemFile gives out a file of an entry.
func (v *visit) sendItemFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Docket.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

// itemSteps lists the steps of an item in the order in which they are taken,
// and whether they take words and files.
var itemSteps = []struct {
	code  string
	words bool
	must  bool
	files bool
}{
	{code: "issue"},
	{code: "acknowledge", words: true},
	{code: "report", words: true, must: true, files: true},
	{code: "accept_report", words: true},
	{code: "strike_off", words: true},
	{code: "note", words: true, must: true, files: true},
	{code: "return", words: true, must: true},
	{code: "dispute", words: true, must: true},
	{code: "cancel", words: true, must: true},
}

func (v *visit) itemForms(page *itemPage, draft Draft) error {
	for _, step := range itemSteps {
		if !slices.Contains(page.Item.Actions, step.code) {
			continue
		}
		f := Form{Code: step.code, Files: step.files}
		if step.words {
			body := v.lines("body", 4, 4000)
			body.Required = step.must
			f.Fields = append(f.Fields, body)
		}
		if step.files {
			f.Fields = append(f.Fields, optional(v.ask("files", "file", 0)))
		}
		page.Forms = append(page.Forms, v.finishItem(f, page, draft))
	}
	if slices.Contains(page.Item.Actions, "issue") {
		edit, err := v.editForm(page.Item)
		if err != nil {
			return err
		}
		page.Forms = append(page.Forms, v.finishItem(edit, page, draft))
	}
	if slices.Contains(page.Item.Actions, "cancel") {
		f := Form{Code: "also_serves", Fields: []Field{v.ask("number", "text", 40)}}
		page.Forms = append(page.Forms, v.finishItem(f, page, draft))
	}
	known := slices.ContainsFunc(page.Forms, func(f Form) bool { return f.Code == draft.step })
	if draft.step != "" && known {
		page.Says = ""
	} else if draft.step != "" {
		page.Kept = draft.words(v)
	}
	return nil
}

func (v *visit) finishItem(f Form, page *itemPage, draft Draft) Form {
	f.Post = page.Href("/console/items/" + page.Item.ID.String() + "/" + f.Code)
	f.Label = v.t("console.item." + f.Code)
	f.Does, f.Told = v.t("console.does.item."+f.Code), v.t("console.told.item."+f.Code)
	f.Button, f.Primary = f.Label, len(page.Forms) == 0 && !slices.Contains([]string{"cancel", "also_serves"}, f.Code)
	f.CSRF, f.Version, f.Lang = page.CSRF, page.Item.Version, string(v.lang)
	return v.dress(draft.apply(v, f), draft)
}

// editForm changes an item before it is issued.
func (v *visit) editForm(i docket.ItemView) (Form, error) {
	var units []region.Unit
	if len(i.Complaints) > 0 {
		var err error
		if units, err = v.Docket.Issuable(v.ctx(), v.by(), i.Complaints[0].ID); err != nil {
			return Form{}, err
		}
	}
	var assist []uuid.UUID
	for _, u := range units {
		if slices.Contains(i.AssistNames, u.Name) {
			assist = append(assist, u.ID)
		}
	}
	return Form{Code: "edit", Fields: v.itemFields(docket.NewItem{
		Title: i.Title, Summary: i.Summary, Requirement: i.Requirement, Urgency: i.Urgency, Lead: i.LeadUnitID, Assist: assist,
	}, units)}, nil
}

// editItem changes the words of an item that is not issued yet.
func (v *visit) editItem() error {
	return v.itemAct("edit", func(id uuid.UUID, version int) error {
		n, err := v.newItem()
		if err != nil {
			return err
		}
		return v.Docket.Edit(v.ctx(), v.by(), id, version, n)
	})
}

// alsoServes ties a further case to the item.
func (v *visit) alsoServes() error {
	return v.itemAct("also_serves", func(id uuid.UUID, _ int) error {
		other, err := v.caseNamed("", v.form.get("number"))
		if err != nil {
			return err
		}
		return v.Docket.AlsoServes(v.ctx(), v.by(), id, other)
	})
}

// itemStep is the handler of one step of an item.
func itemStep(code string, files bool) func(v *visit) error {
	return func(v *visit) error {
		return v.itemAct(code, func(id uuid.UUID, version int) error {
			var key []byte
			if files {
				form, err := v.filesForm()
				if err != nil {
					return err
				}
				key = form.Key
			}
			return v.Docket.Step(v.ctx(), v.by(), id, version, code, v.form.get("body"), key)
		})
	}
}

func (v *visit) itemAct(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = do(id, number(v.form.get("version")))
	if err == nil {
		return v.leave("/console/items/"+id.String(), "item_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.itemShow(status, id, draft)
}
