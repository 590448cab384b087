package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/staff"
)

// newOrderPage asks for what an order is proposed with.
type newOrderPage struct {
	Frame
	Form Form
	From string // number of what it comes of
	At   string // its address
	To   string // who is ordered
}

// atMost is how many points the form for an order of an item has.
const atMost = 3

func (v *visit) newOrder() error {
	return v.newOrderShow(fiber.StatusOK, v.c.Query("inspection"), v.c.Query("item"), Draft{})
}

// newOrderShow shows the form for an order that comes of an inspection or of an
// item.
func (v *visit) newOrderShow(status int, inspection, item string, draft Draft) error {
	frame, err := v.frame(ordersPath+"/new", v.t("order.new"))
	if err != nil {
		return err
	}
	page := newOrderPage{Frame: frame}
	f := Form{Code: "propose", Post: frame.Href(ordersPath), Button: v.t("order.act.propose"), Does: v.t("order.does.propose"), Told: v.t("order.told.propose"),
		CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
	if id, bad := uuid.Parse(inspection); bad == nil {
		f.Fields, err = v.findingsToOrder(&page, id)
	} else if id, bad := uuid.Parse(item); bad == nil {
		f.Fields, err = v.itemToOrder(&page, id)
	} else {
		return v.show(status, "order-new", page) // says where an order comes of
	}
	if err != nil {
		return err
	}
	page.Form = v.dress(draft.apply(v, f), draft)
	return v.show(status, "order-new", page)
}

// findingsToOrder offers the issued findings of an inspection that are not ordered
// yet.
func (v *visit) findingsToOrder(page *newOrderPage, id uuid.UUID) ([]Field, error) {
	w, err := v.Inspections.Open(v.ctx(), v.by(), id)
	if err != nil {
		return nil, err
	}
	if w.UnitID != v.by().UnitID {
		return nil, staff.ErrForbidden
	}
	page.From, page.At, page.To = w.Number, inspectionPath(id), w.TargetName
	var findings []Option
	for _, f := range w.Findings {
		if orderable(f) {
			findings = append(findings, Option{Value: f.ID.String(), Label: strconv.Itoa(f.N) + ". " + v.clauseName(f.Clause) + " " + shortened(f.Facts), Chosen: true})
		}
	}
	wording := rectification.Wording{Contact: w.Contact}
	for _, t := range w.Talks {
		wording.Exchange += paper.Day(t.HeldOn) + "与" + strings.Join(t.Leaders, "、") + "交换意见。" + t.Whole.Words
	}
	return append([]Field{{Name: "inspection", Kind: "hidden", Value: id.String()}, v.ord(v.pick("findings", "checks", findings))}, v.wordingFields(wording)...), nil
}

func orderable(f inspection.Finding) bool { return f.IssuedAt != nil && f.OrderedAt == nil }

func (v *visit) itemToOrder(page *newOrderPage, id uuid.UUID) ([]Field, error) {
	if err := v.Docket.Owns(v.ctx(), v.by(), id); err != nil {
		return nil, err
	}
	i, err := v.Docket.Brief(v.ctx(), v.by(), id)
	if err != nil {
		return nil, err
	}
	if i.IssuerID != v.by().UnitID {
		return nil, staff.ErrForbidden
	}
	page.From, page.At, page.To = i.Number, itemPath(id), i.LeadName
	fields := []Field{{Name: "item", Kind: "hidden", Value: id.String()}}
	for n := 1; n <= atMost; n++ {
		of := strconv.Itoa(n)
		head := Field{Kind: "heading", Name: "point." + of, Label: v.t("order.nth_point", "n", n)}
		all := []Field{nth(v.ord(v.lines("problem", 3, 2000)), of), nth(v.ord(v.ask("basis", "text", 500)), of), nth(v.ord(v.lines("required", 2, 1000)), of),
			optional(nth(v.ord(v.ask("amount", "text", 20)), of)), optional(nth(v.ord(v.ask("households", "number", 100_000)), of))}
		all[len(all)-1].Hint = "" // it speaks of money paid out
		if n > 1 {
			head.Value = v.t("order.hint.more_points")
			for k := range all {
				all[k] = optional(all[k])
			}
		}
		fields = append(append(fields, head), all...)
	}
	return append(fields, v.wordingFields(rectification.Wording{})...), nil
}

func (v *visit) proposeOrder() error {
	id, err := v.typedOrder()
	if err == nil {
		return v.leave(orderPath(id), "order_propose")
	}
	draft, status, ok := v.refused("propose", err)
	if !ok {
		return err
	}
	return v.newOrderShow(status, v.form.get("inspection"), v.form.get("item"), draft)
}

func (v *visit) typedOrder() (uuid.UUID, error) {
	if id, err := uuid.Parse(v.form.get("inspection")); err == nil {
		var findings []uuid.UUID
		for _, text := range v.form.all("findings") {
			finding, _ := uuid.Parse(text) // what is none is no finding: the room says so
			findings = append(findings, finding)
		}
		return v.Orders.FromFindings(v.ctx(), v.by(), id, findings, v.typedWording())
	}
	id, err := uuid.Parse(v.form.get("item"))
	if err != nil {
		return uuid.Nil, store.ErrNotFound
	}
	points, err := v.typedWanted()
	if err != nil {
		return uuid.Nil, err
	}
	return v.Orders.FromItem(v.ctx(), v.by(), id, points, v.typedWording())
}

// typedWanted reads the points that were filled in, the first in any case.
func (v *visit) typedWanted() (points []rectification.Wanted, err error) {
	for n := 1; n <= atMost; n++ {
		of := "." + strconv.Itoa(n)
		w := rectification.Wanted{Problem: v.form.get("problem" + of), Basis: v.form.get("basis" + of), Requirement: v.form.get("required" + of),
			Households: number(v.form.get("households" + of))}
		fen, err := v.fen("amount" + of)
		if err != nil {
			return nil, err
		}
		if fen != nil {
			w.AmountFen = *fen
		}
		if n == 1 || w != (rectification.Wanted{}) {
			points = append(points, w)
		}
	}
	return points, nil
}

// mayOrder reports whether the reader may order something to be put right that
// comes of an item.
func (v *visit) mayOrder(i docket.ItemView) bool {
	return v.may(staff.OrderRectifying) && i.IssuerID == v.by().UnitID && i.ClosedAt == nil && i.State != docket.Docketed
}

// findingsLeft reports whether the reader may order findings of an inspection.
func (v *visit) findingsLeft(w inspection.Whole) bool {
	return v.may(staff.OrderRectifying) && w.UnitID == v.by().UnitID && slices.ContainsFunc(w.Findings, orderable)
}
