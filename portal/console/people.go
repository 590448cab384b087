package console

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
)

// peoplePage lists the accounts that an administrator looks after.
type peoplePage struct {
	Frame
	Requests []staff.Request // changes of roles that wait for a second administrator
	People   []person
	Add      Form
	Says     string
}

type person struct {
	staff.Account
	Own   bool
	Roles []Option
	Open  bool
	Says  string
}

type passwordOncePage struct {
	Frame
	Name     string
	Login    string
	Password string
	New      bool
}

func (v *visit) staffPage() error { return v.peopleShow(fiber.StatusOK, Draft{}, uuid.Nil) }

// peopleShow lists the accounts; draft belongs to the account at, or to the
// form for a new one.
func (v *visit) peopleShow(status int, draft Draft, at uuid.UUID) error {
	frame, err := v.frame("/console/staff", v.t("console.staff.title"))
	if err != nil {
		return err
	}
	accounts, err := v.Staff.List(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := peoplePage{Frame: frame, Says: draft.says}
	if page.Requests, err = v.Staff.Requests(v.ctx(), v.by()); err != nil {
		return err
	}
	for _, a := range accounts {
		p := person{Account: a, Own: a.ID == v.by().ID, Roles: v.roleOptions(a.Roles)}
		if a.ID == at {
			p.Open, p.Says = true, firstProblem(draft)
		}
		page.People = append(page.People, p)
	}
	add := Form{Code: "add", Post: frame.Href("/console/staff"), Button: v.t("console.staff.add"), Label: v.t("console.staff.add"), CSRF: frame.CSRF, Lang: string(v.lang), Fields: v.accountFields()}
	page.Add = v.dress(draft.apply(v, add), draft)
	return v.show(status, "staff", page)
}

func (v *visit) roleOptions(chosen []staff.Role) []Option {
	var out []Option
	for _, r := range staff.Roles() {
		out = append(out, Option{Value: string(r), Label: v.t("console.role." + string(r)), Chosen: slices.Contains(chosen, r)})
	}
	return out
}

func (v *visit) accountFields() []Field {
	var units []Option
	for _, id := range v.unitIDs() {
		if u, err := v.Atlas.Unit(id); err == nil {
			units = append(units, Option{Value: id.String(), Label: u.Name})
		}
	}
	name := v.ask("name", "text", 50)
	name.Hint = ""
	return []Field{name, v.ask("login", "text", 40), v.pick("unit", "select", units), v.pick("roles", "checks", v.roleOptions(nil))}
}

func (v *visit) roles() []staff.Role {
	var out []staff.Role
	for _, r := range v.form.all("roles") {
		if slices.Contains(staff.Roles(), staff.Role(r)) {
			out = append(out, staff.Role(r))
		}
	}
	return out
}

// addAccount creates an account and shows its first password, once.
func (v *visit) addAccount() error {
	unit, err := v.formID("unit")
	var password string
	if err == nil {
		password, err = v.Staff.Add(v.ctx(), v.by(), staff.NewAccount{Login: v.form.get("login"), Name: v.form.get("name"), UnitID: unit, Roles: v.roles()})
	}
	if err == nil {
		return v.passwordOnce(v.form.get("name"), v.form.get("login"), password, true)
	}
	if draft, status, ok := v.staffRefused("add", err); ok {
		return v.peopleShow(status, draft, uuid.Nil)
	}
	return err
}

// staffRefused is refused with what only accounts can be refused for.
func (v *visit) staffRefused(step string, err error) (Draft, int, bool) {
	for _, p := range []struct {
		err        error
		field, key string
	}{
		{staff.ErrLoginTaken, "login", "login_taken"},
		{staff.ErrBadLogin, "login", "login_bad"},
		{staff.ErrBadName, "name", "name_bad"},
		{staff.ErrBadRole, "roles", "roles_bad"},
		{staff.ErrForbidden, "roles", "roles_forbidden"},
		{staff.ErrStale, "", "stale"},
	} {
		if errors.Is(err, p.err) {
			d := Draft{step: step, typed: v.form, says: v.t("console.says.invalid")}
			d.problems = map[string]string{p.field: v.t("console.staff." + p.key)}
			return d, fiber.StatusUnprocessableEntity, true
		}
	}
	return v.refused(step, err)
}

func (v *visit) passwordOnce(name, login, password string, isNew bool) error {
	frame, err := v.frame("/console/staff", v.t("console.once.title"))
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "once", passwordOncePage{Frame: frame, Name: name, Login: login, Password: password, New: isNew})
}

// onAccount runs one change of an account and shows the list again.
func (v *visit) onAccount(done string, do func(id uuid.UUID) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id); err == nil {
		return v.leave("/console/staff", done)
	}
	if draft, status, ok := v.staffRefused(done, err); ok {
		return v.peopleShow(status, draft, id)
	}
	return err
}

func (v *visit) setRoles() error {
	asked := false
	err := v.onAccount("roles", func(id uuid.UUID) error {
		err := v.Staff.SetRoles(v.ctx(), v.by(), id, v.roles())
		if asked = errors.Is(err, staff.ErrAsked); asked {
			return nil
		}
		return err
	})
	if asked && err == nil {
		return v.leave("/console/staff", "roles_asked")
	}
	return err
}

// ruleRequest agrees to a change of roles that somebody else asked for, or not.
func (v *visit) ruleRequest() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	agree := v.form.get("ruling") == "approve"
	if !agree && v.form.get("ruling") != "refuse" {
		return store.ErrNotFound
	}
	if err = v.Staff.RuleRequest(v.ctx(), v.by(), id, agree); err == nil {
		return v.leave("/console/staff", map[bool]string{true: "roles", false: "roles_refused"}[agree])
	}
	if draft, status, ok := v.refused("request", err); ok {
		return v.peopleShow(status, draft, uuid.Nil)
	}
	return err
}

func (v *visit) setActive() error {
	active := v.form.get("active") == "1"
	return v.onAccount(map[bool]string{true: "enabled", false: "disabled"}[active], func(id uuid.UUID) error {
		return v.Staff.SetActive(v.ctx(), v.by(), id, active)
	})
}

// resetAccount gives a new first password, shown once.
func (v *visit) resetAccount() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	password, err := v.Staff.Reset(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	accounts, err := v.Staff.List(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.ID == id {
			return v.passwordOnce(a.Name, a.Login, password, false)
		}
	}
	return v.passwordOnce("", "", password, false)
}
