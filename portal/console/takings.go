package console

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/sheet"
	"minsheng/register"
	"minsheng/staff"
)

const takingsPath = registerPath + "/exports"

// takingsPage lists who asks to take the register along, and what the officer asked
// for.
type takingsPage struct {
	Frame
	Says    string
	Waiting []takingView
	Own     []takingView
}

// takingView is a request with what can be done about it.
type takingView struct {
	register.Taking
	Chips []string // its filter in words; none: everything
	Href  string   // the same lines as a page
	Saves []saving // files, while it is agreed to
	Form  *Form    // nil: nothing to decide
}

func (v *visit) takingView(t register.Taking) takingView {
	query, _ := url.ParseQuery(t.Query)
	e := readEntries(query)
	view := takingView{Taking: t, Href: e.address(registerPath, "", "")}
	for _, c := range v.registerChips(e) {
		view.Chips = append(view.Chips, c.Label)
	}
	if t.Own && t.State == register.Agreed {
		for _, form := range []string{"xlsx", "csv"} {
			view.Saves = append(view.Saves, saving{v.t("register.save." + form), takingsPath + "/" + t.ID.String() + "/" + form})
		}
	}
	return view
}

func (v *visit) takings() error { return v.takingsShow(fiber.StatusOK, Draft{}) }

func (v *visit) takingsShow(status int, draft Draft) error {
	frame, err := v.frame(takingsPath, v.t("taking.title"))
	if err != nil {
		return err
	}
	waiting, own, err := v.Register.Takings(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := takingsPage{Frame: frame}
	if draft.step == "file" {
		page.Says = draft.says
	}
	for _, t := range waiting {
		view := v.takingView(t)
		f := Form{Code: "taking-" + t.ID.String(), Post: frame.Href(takingsPath + "/" + t.ID.String()), Button: v.t("taking.go"), CSRF: frame.CSRF, Lang: string(v.lang),
			Fields: []Field{v.worded("taking", v.pick("give", "radio", v.options("taking.give.", []string{"yes", "no"})))}}
		f = v.dress(draft.apply(v, f), draft)
		view.Form = &f
		page.Waiting = append(page.Waiting, view)
	}
	for _, t := range own {
		page.Own = append(page.Own, v.takingView(t))
	}
	return v.show(status, "takings", page)
}

// takingForm asks for what the page of the register shows as a file.
func (v *visit) takingForm(frame Frame, e entries, draft Draft) Form {
	f := Form{Code: "take", Post: frame.Href(e.address(takingsPath, "", "")), Label: v.t("taking.ask"), Does: v.t("taking.does"), Told: v.t("taking.told"), Button: v.t("taking.ask"),
		CSRF: frame.CSRF, Lang: string(v.lang), Fields: []Field{v.worded("taking", v.ask("why", "text", 200))}}
	return v.dress(draft.apply(v, f), draft)
}

// askTaking asks for the register that fits the filter in the address.
func (v *visit) askTaking() error {
	e, _, err := v.entries()
	if err != nil {
		return err
	}
	err = v.Register.AskToTake(v.ctx(), v.by(), e.filter(), e.q.Encode(), v.form.get("why"))
	if err == nil {
		return v.leave(takingsPath, "taking_asked")
	}
	draft, status, ok := v.refused("take", err)
	if errors.Is(err, register.ErrAlone) {
		draft, status, ok = Draft{step: "take", typed: v.form, says: v.t("taking.alone")}, fiber.StatusConflict, true
	}
	if !ok {
		return err
	}
	return v.registerShow(status, e, "", draft)
}

// ruleTaking agrees that a colleague takes the register along, or refuses.
func (v *visit) ruleTaking() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	give := v.form.get("give")
	if err = missing("give", "choose"); give == "yes" || give == "no" {
		err = v.Register.RuleTaking(v.ctx(), v.by(), id, give == "yes")
	}
	if err == nil {
		return v.leave(takingsPath, "taking_"+give)
	}
	if draft, status, ok := v.refused("taking-"+id.String(), err); ok {
		return v.takingsShow(status, draft)
	}
	return err
}

// takeAs sends every line of an agreed request as a file.
func takeAs(form string) func(v *visit) error {
	kind := map[string]string{"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}[form]
	return func(v *visit) error {
		id, err := v.id("id")
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), exportTime)
		defer cancel()
		file, _, err := sheet.Spool(func(w io.Writer) error { return v.writeRegister(ctx, w, form, id) })
		if errors.Is(err, register.ErrBusy) {
			return fiber.ErrServiceUnavailable
		}
		if err == nil {
			return v.deliver(kind, v.t("register.title")+" "+string(v.day())+"."+form, file)
		}
		if draft, status, ok := v.refused("file", err); ok {
			draft.says = v.t("taking.too_late")
			return v.takingsShow(status, draft)
		}
		return err
	}
}

func (v *visit) writeRegister(ctx context.Context, w io.Writer, form string, asked uuid.UUID) error {
	var heads []sheet.Head
	for _, c := range registerColumns {
		heads = append(heads, sheet.Head{Name: v.t("register.column." + c.code), Type: c.kind, Width: c.width})
	}
	out, err := v.rowWriter(w, form, v.t("register.title"), heads)
	if err != nil {
		return err
	}
	n := 0
	_, err = v.Register.Export(ctx, v.by(), asked, form, func(l register.Line) error {
		values := make([]any, len(registerColumns))
		for i, c := range registerColumns {
			values[i] = c.value(v, n, l)
		}
		n++
		return out.Write(values...)
	})
	return errors.Join(err, out.Close())
}

// waitingTakings are the requests that wait for the officer.
func (v *visit) waitingTakings() ([]register.Taking, error) {
	waiting, _, err := v.Register.Takings(v.ctx(), v.by())
	return waiting, err
}

// takingCount is how many requests to take the register along wait for the officer.
func (v *visit) takingCount() (n count, err error) {
	waiting, err := v.waitingTakings()
	return count{mine: len(waiting)}, err
}

// waitingRoles are the changes of roles that wait for the officer to agree.
func (v *visit) waitingRoles() ([]staff.Request, error) {
	all, err := v.Staff.Requests(v.ctx(), v.by())
	return slices.DeleteFunc(all, func(r staff.Request) bool { return r.AskedByID == v.by().ID || r.AccountID == v.by().ID }), err
}

func (v *visit) roleCount() (n count, err error) {
	waiting, err := v.waitingRoles()
	return count{mine: len(waiting)}, err
}
