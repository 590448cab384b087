package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

const tiesPath = "/console/account/ties"

// ownTie is one declared tie, as its own account page shows it.
type ownTie struct {
	staff.Tie
	Where string // office, by list or in own words
}

// tiesOf reads what the person declared, and makes the form for more.
func (v *visit) tiesOf(page *accountPage, draft Draft) error {
	list, err := v.Staff.Ties(v.ctx(), v.by())
	if err != nil {
		return err
	}
	for _, t := range list {
		own := ownTie{Tie: t, Where: t.Office}
		if u, err := v.Atlas.Unit(t.UnitID); err == nil {
			own.Where = u.Name
		}
		page.Ties = append(page.Ties, own)
	}
	add := Form{Code: "tie", Post: page.Href(tiesPath), Label: v.t("ties.add"), Button: v.t("ties.add"), CSRF: page.CSRF, Lang: string(v.lang)}
	add.Fields = []Field{
		v.pick("kind", "select", v.options("ties.kind.", staff.TieKinds())), v.ask("name", "text", 20),
		optional(v.pick("unit", "select", v.unitOptions(nil))), optional(v.ask("office", "text", 60)),
	}
	for i, label := range []string{"ties.field.kind", "ties.field.name", "ties.field.unit", "ties.field.office"} {
		add.Fields[i].Label, add.Fields[i].Hint = v.t(label), ""
	}
	add.Fields[2].Hint = v.t("ties.hint.unit")
	page.Tie = v.dress(draft.apply(v, add), draft)
	return nil
}

// declareTie keeps whom the person is tied to.
func (v *visit) declareTie() error {
	t := staff.Tie{Kind: v.form.get("kind"), Name: v.form.get("name"), Office: v.form.get("office")}
	var err error
	if v.form.get("unit") != "" {
		t.UnitID, err = v.formID("unit")
	}
	if err == nil {
		err = v.Staff.Declare(v.ctx(), v.by(), t)
	}
	if err == nil {
		return v.leave("/console/account", "tie_declared")
	}
	if draft, status, ok := v.refused("tie", err); ok {
		return v.accountShow(status, draft)
	}
	return err
}

// endTie says that a tie is over.
func (v *visit) endTie() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.Staff.EndTie(v.ctx(), v.by(), id); err != nil {
		return err
	}
	return v.leave("/console/account", "tie_ended")
}

func (v *visit) account() error { return v.accountShow(fiber.StatusOK, Draft{}) }
