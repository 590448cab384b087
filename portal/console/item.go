package console

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/rectification"
	"minsheng/staff"
)

// itemPage is a supervision item: the order as paper, and its life.
type itemPage struct {
	Frame
	Item       docket.ItemView
	State      string // the state it is shown in
	Place      string
	Kind       string    // of fault, in the words that papers use
	OriginAt   string    // address of what it comes of, "" none
	Due        *view.Why // the last day, nil when none runs
	Clocks     []view.Why
	Extension  *extensionView
	Notes      []noteView
	Papers     []paperLine
	Orders     []orderLine
	Money      rectification.Money // recovered and returned under them
	MayOrder   bool
	Timeline   []eventView
	Forms      []Form
	Seldom     []Form // steps needed now and then, folded away
	SeldomOpen bool
	Missing    []string
	Says       string
	Kept       []Field
}

type noteView struct {
	docket.ItemNote
	Files []fileView
}

type extensionView struct {
	docket.Extension
	Files []fileView
}

func (v *visit) showItem() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.itemShow(fiber.StatusOK, id, Draft{})
}

func itemPath(id uuid.UUID) string { return itemsPath + "/" + id.String() }

func (v *visit) itemShow(status int, id uuid.UUID, draft Draft) error {
	item, err := v.Docket.Item(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	title := item.Number
	if title == "" {
		title = v.t("console.item.unnumbered")
	}
	frame, err := v.frame(itemPath(id), title+" "+item.Title)
	if err != nil {
		return err
	}
	page := itemPage{Frame: frame, Item: item, State: stateKey(item), Timeline: v.timeline(item.Events), Says: draft.says}
	if item.PlaceCode != "" {
		if page.Place, err = v.placeName(map[string]string{}, item.PlaceCode); err != nil {
			return err
		}
	}
	if page.Papers, err = v.papersOf(ledger.OfItem, id); err != nil {
		return err
	}
	if err := v.itemOrders(&page); err != nil {
		return err
	}
	if item.Origin == docket.PublicObjection && v.Docket.Owns(v.ctx(), v.by(), id) == nil {
		page.OriginAt = objectionPath(*item.OriginRef)
	}
	page.Kind = v.fault(item.Kind)
	v.itemClocks(&page)
	v.itemLife(&page)
	if err := v.itemForms(&page, draft); err != nil {
		return err
	}
	return v.show(status, "item", page)
}

// itemOrders puts the orders that came of the item onto the page, with their money.
func (v *visit) itemOrders(page *itemPage) error {
	rows, err := v.Orders.OfItem(v.ctx(), v.by(), page.Item.ID)
	if err != nil {
		return err
	}
	money, err := v.Orders.MoneyOf(v.ctx(), page.Item.ID)
	page.Orders, page.Money, page.MayOrder = v.orderLines(rows), money[page.Item.ID], v.mayOrder(page.Item)
	return err
}

// itemClocks explains the last day of the item, and the other clocks that run.
func (v *visit) itemClocks(page *itemPage) {
	for _, d := range page.Item.Deadlines {
		due := d.Rule == "supervision_item."+page.Item.Urgency
		if due && page.Item.DueOn != nil && d.DueOn == *page.Item.DueOn {
			page.Due = v.whyDate(d, page.Item.Pauses)
		} else if !due && v.matters(d, page.Item) {
			page.Clocks = append(page.Clocks, *v.whyDate(d, page.Item.Pauses))
		}
	}
}

// matters reports whether a further clock is of interest now: what is owed, and
// until when the reader may object.
func (v *visit) matters(d clock.Deadline, i docket.ItemView) bool {
	if d.Rule == "supervision_item.dispute" {
		return slices.Contains(i.Actions, "dispute")
	}
	return d.MetAt == nil && i.ClosedAt == nil
}

// itemLife puts the entries, the requests and what is missing onto the page.
func (v *visit) itemLife(page *itemPage) {
	files := itemPath(page.Item.ID) + "/files/"
	for _, n := range page.Item.Notes {
		page.Notes = append(page.Notes, noteView{n, v.reported(page.Item.ID, n.Files)})
	}
	if x := page.Item.Extension; x != nil {
		page.Extension = &extensionView{*x, v.files(files, x.Files)}
	}
	for _, code := range page.Item.Missing {
		page.Missing = append(page.Missing, v.known("missing."+code, "console.problem.unclear"))
	}
}

// reported are files that came with an entry; whoever issues items is led to where they
// are looked over before they leave.
func (v *visit) reported(item uuid.UUID, files []evidence.File) []fileView {
	all := v.files(itemPath(item)+"/files/", files)
	for i := range all {
		if v.may(staff.IssueItems) {
			all[i].Cover = v.href(kept{in: itemPath(item), file: all[i].ID}.path())
		}
	}
	return all
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

// itemStep is the handler of one step of an item.
func itemStep(code string, files bool) func(v *visit) error {
	return func(v *visit) error {
		return v.itemAct(code, func(id uuid.UUID, version int) error {
			e, err := v.itemEntry(files)
			if err != nil {
				return err
			}
			return v.Docket.Step(v.ctx(), v.by(), id, version, code, e)
		})
	}
}

// itemEntry reads what goes with a step, as far as its form asks for it.
func (v *visit) itemEntry(files bool) (docket.Entry, error) {
	e := docket.Entry{Body: v.form.get("body"), Responsible: v.form.get("responsible"), DeputyLead: v.form.get("deputy_lead"),
		Conclusion: intake.Outcome(v.form.get("conclusion")), Measures: v.form.get("measures")}
	var err error
	if e.RecoveredFen, err = v.fen("recovered"); err != nil {
		return e, err
	}
	if e.ReturnedFen, err = v.fen("returned"); err != nil {
		return e, err
	}
	if files {
		form, err := v.filesForm()
		if err != nil {
			return e, err
		}
		e.FormKey = form.Key
	}
	return e, nil
}

// fen reads an amount typed in yuan, nil when none was typed.
func (v *visit) fen(name string) (*int64, error) {
	text := v.form.get(name)
	if text == "" {
		return nil, nil
	}
	n, ok := yuan(text)
	if !ok {
		return nil, missing(name, "amount")
	}
	return &n, nil
}

// itemAct runs one step of an item and shows it again: changed, or with the
// words beside what is wrong.
func (v *visit) itemAct(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = do(id, number(v.form.get("version")))
	if err == nil {
		return v.leave(itemPath(id), "item_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.itemShow(status, id, draft)
}

// alsoServes ties a further case to the item.
func (v *visit) alsoServes() error {
	return v.itemAct("also_serves", func(id uuid.UUID, _ int) error {
		if err := v.Docket.Owns(v.ctx(), v.by(), id); err != nil {
			return err // before the number is looked for
		}
		other, err := v.caseNamed("", v.form.get("number"))
		if err != nil {
			return err
		}
		return v.Docket.AlsoServes(v.ctx(), v.by(), id, other)
	})
}

func (v *visit) extendItem() error {
	return v.itemAct("extend", func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		return v.Docket.AskExtension(v.ctx(), v.by(), id, version, docket.NewExtension{
			Days: number(v.form.get("days")), Reason: v.form.get("reason"), Progress: v.form.get("progress"), FormKey: form.Key,
		})
	})
}

func (v *visit) suspendItem() error {
	return v.itemAct("suspend", func(id uuid.UUID, version int) error {
		return v.Docket.AskSuspension(v.ctx(), v.by(), id, version, docket.NewSuspension{
			Why: v.form.get("halt"), Reason: v.form.get("reason"), LastOn: workday.Date(v.form.get("last_on")),
		})
	})
}

func (v *visit) ruleExtension() error { return v.ruleItem("extend_rule", v.Docket.RuleExtension) }

func (v *visit) ruleSuspension() error { return v.ruleItem("suspend_rule", v.Docket.RuleSuspension) }

// ruleItem rules on a request of an item.
func (v *visit) ruleItem(code string, rule func(ctx context.Context, by staff.Officer, id, request uuid.UUID, approve bool, note string) error) error {
	return v.itemAct(code, func(id uuid.UUID, _ int) error {
		request, err := v.formID("proposal")
		if err != nil {
			return err
		}
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "deny" {
			return missing("ruling", "choose")
		}
		return rule(v.ctx(), v.by(), id, request, ruling == "approve", v.form.get("note"))
	})
}
