package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/objection"
)

// newItemPage dockets an item that comes of no case.
type newItemPage struct {
	Frame
	Form      *noticeForm
	Objection string // its number, "" when the item comes of none
	Back      string
}

const openItem = "open_item"

func (v *visit) newItemPage() error {
	of, err := v.objectionBehind(v.c.Query("objection"))
	if err != nil {
		return err
	}
	return v.newItemShow(fiber.StatusOK, of, Draft{})
}

// objectionBehind is the objection that an item shall come of, nil for none.
// What the officer may not see is not there, and of what was destroyed comes none.
func (v *visit) objectionBehind(text string) (*objection.Case, error) {
	if text == "" {
		return nil, nil
	}
	id, err := v.parsed(text)
	if err != nil {
		return nil, err
	}
	c, err := v.Objections.Open(v.ctx(), v.by(), id)
	if err == nil && c.Erased == intake.WordsErased {
		err = store.ErrNotFound
	}
	return &c, err
}

func (v *visit) newItemShow(status int, of *objection.Case, draft Draft) error {
	frame, err := v.frame(itemsPath+"/new", v.t("docket.new.title"))
	if err != nil {
		return err
	}
	page, n := newItemPage{Frame: frame, Back: itemsPath}, docket.NewItem{Urgency: "normal"}
	if of != nil {
		page.Objection, page.Back = of.Number(), objectionPath(of.ID)
		n.Origin, n.Against = docket.PublicObjection, []uuid.UUID{of.PublisherID}
		received := workday.On(of.ReceivedAt)
		n.OriginOn, n.OriginNote = &received, v.t("docket.new.objected", "notice", of.Notice.Title)
	}
	units, err := v.Docket.IssuableAnew(v.ctx(), v.by(), n.Against...)
	if err != nil {
		if wrong, _, ok := v.refused(openItem, err); ok {
			return v.newItemRefused(page, wrong)
		}
		return err
	}
	f := Form{Code: openItem, Post: frame.Href(itemsPath), CSRF: frame.CSRF, Lang: string(v.lang), Button: v.t("docket.new.go")}
	f.Fields = append([]Field{v.of(v.pick("origin", "radio", v.options("docket.origin.", codes(docket.FromPaper()))))}, v.originFields(n)...)
	if of != nil {
		f.Fields[0] = Field{Name: "objection", Kind: "hidden", Value: of.ID.String()}
		f.Fields[1].Label, f.Fields[1].Hint = v.t("docket.new.objection_note"), v.t("docket.new.objection_note_hint")
	}
	more, err := v.itemFields(n, units)
	if err != nil {
		return err
	}
	f.Fields = append(f.Fields, more...)
	if page.Form, err = v.withPlace(f, draft); err != nil {
		return err
	}
	page.Form.Town.Required, page.Form.Place.Required = false, false
	return v.show(status, "item-new", page)
}

// newItemRefused says why the office can docket nothing.
func (v *visit) newItemRefused(page newItemPage, d Draft) error {
	page.Form = &noticeForm{Form: Form{Code: openItem, Says: d.says}}
	for _, text := range d.problems {
		page.Form.Says = text
	}
	return v.show(fiber.StatusOK, "item-new", page)
}

// originFields ask where an item comes from.
func (v *visit) originFields(n docket.NewItem) []Field {
	on := v.of(v.ask("origin_on", "date", 0))
	if n.OriginOn != nil {
		on.Value = string(*n.OriginOn)
	}
	return []Field{
		with(v.of(v.lines("origin_note", 3, 1000)), n.OriginNote), on,
		optional(with(v.of(v.pick("kind", "select", v.faults())), string(n.Kind))),
		optional(with(v.of(v.pick("programme", "select", v.options("programme.", intake.Programmes()))), n.Programme)),
	}
}

// faults are the kinds of complaint in the words that papers use, each with its
// clause of the Measures.
func (v *visit) faults() []Option {
	var out []Option
	for _, k := range intake.Kinds(false) {
		out = append(out, Option{Value: string(k), Label: v.fault(k)})
	}
	return out
}

// clauseKey makes a clause, 19(5), part of a catalog key.
var clauseKey = strings.NewReplacer("(", "_", ")", "")

func (v *visit) fault(k intake.Kind) string {
	if k == "" {
		return ""
	}
	name := v.known("docket.kind."+string(k), "console.chip.other")
	if clause := k.Clause(); clause != "" {
		name += v.t("docket.clause." + clauseKey.Replace(clause))
	}
	return name
}

// typedOrigin reads what originFields asks for.
func (v *visit) typedOrigin(n *docket.NewItem) {
	n.OriginNote, n.Kind, n.Programme = v.form.get("origin_note"), intake.Kind(v.form.get("kind")), v.form.get("programme")
	if on := workday.Date(v.form.get("origin_on")); on != "" {
		n.OriginOn = &on
	}
}

// openItem stores the item, or shows the form again.
func (v *visit) openItem() error {
	of, err := v.objectionBehind(v.form.get("objection"))
	if err != nil {
		return err
	}
	if v.stays() {
		return v.newItemShow(fiber.StatusOK, of, Draft{step: openItem, typed: v.form})
	}
	id, err := v.openTyped(of)
	if err == nil {
		return v.leave(itemPath(id), "item_open")
	}
	if draft, status, ok := v.refused(openItem, err); ok {
		return v.newItemShow(status, of, draft)
	}
	return err
}

func (v *visit) openTyped(of *objection.Case) (uuid.UUID, error) {
	n, err := v.typedItem()
	if err != nil {
		return uuid.Nil, err
	}
	v.typedOrigin(&n)
	n.Origin = docket.Origin(v.form.get("origin"))
	if places := v.chosenPlaces(); len(places) > 0 {
		n.PlaceCode = places[0]
	}
	if of != nil {
		n.Origin, n.OriginRef, n.OriginReport, n.Against = docket.PublicObjection, &of.ID, &of.ReportID, []uuid.UUID{of.PublisherID}
	}
	return v.Docket.Open(v.ctx(), v.by(), n)
}

// editItem changes an item that is not issued yet.
func (v *visit) editItem() error {
	return v.itemAct("edit", func(id uuid.UUID, version int) error {
		n, err := v.typedItem()
		if err != nil {
			return err
		}
		v.typedOrigin(&n)
		i, err := v.Docket.Brief(v.ctx(), v.by(), id)
		if err != nil {
			return err
		}
		n.PlaceCode = i.PlaceCode // the form does not ask for it again
		return v.Docket.Edit(v.ctx(), v.by(), id, version, n)
	})
}

// parsed reads an id out of a form; what is none names nothing.
func (v *visit) parsed(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, fiber.ErrBadRequest
	}
	return id, nil
}
