package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/accountability"
)

// referralKeysPage shows the keys that packages of the own office are sealed to.
type referralKeysPage struct {
	Frame
	Forms []Form
}

func (v *visit) referralKeys() error { return v.referralKeysShow(fiber.StatusOK, Draft{}) }

func (v *visit) referralKeysShow(status int, draft Draft) error {
	frame, err := v.frame(referralsPath+"/keys", v.t("referral.keys.title"))
	if err != nil {
		return err
	}
	page := referralKeysPage{Frame: frame}
	for _, organ := range accountability.Organs() {
		key, err := v.Measures.Key(v.ctx(), v.by().UnitID, organ)
		if err != nil {
			return err
		}
		field := optional(with(v.ref(v.ask("key", "text", 100)), key))
		f := Form{Code: string(organ), Post: frame.Href(referralsPath + "/keys"), Label: v.t("accountability.body." + string(organ)), Button: v.t("referral.keys.set"), CSRF: frame.CSRF, Lang: string(v.lang),
			Fields: []Field{{Name: "organ", Kind: "hidden", Value: string(organ)}, field}}
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
	}
	return v.show(status, "referral-keys", page)
}

func (v *visit) setReferralKey() error {
	organ := v.form.get("organ")
	err := v.Measures.SetKey(v.ctx(), v.by(), accountability.Body(organ), v.form.get("key"))
	if err == nil {
		return v.leave(referralsPath+"/keys", "referral_key")
	}
	draft, status, ok := v.refused(organ, err)
	if !ok {
		return err
	}
	return v.referralKeysShow(status, draft)
}

// releasesPage is what the custodian is asked for: nothing of a referral but who
// asks about which case, and why.
type releasesPage struct {
	Frame
	Lines []releaseView
}

type releaseView struct {
	accountability.Release
	Form *Form // nil: the officer has agreed, and a colleague is wanted
}

func (v *visit) releases() error { return v.releasesShow(fiber.StatusOK, Draft{}) }

func (v *visit) releasesShow(status int, draft Draft) error {
	frame, err := v.frame(releasesPath, v.t("referral.releases.title"))
	if err != nil {
		return err
	}
	asked, err := v.Measures.Asked(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := releasesPage{Frame: frame}
	for _, r := range asked {
		if r.Agreed {
			page.Lines = append(page.Lines, releaseView{Release: r})
			continue
		}
		f := Form{Code: "ruling-" + r.ID.String(), Post: frame.Href(releasesPath + "/" + r.ID.String()), Button: v.t("referral.releases.go"), CSRF: frame.CSRF, Lang: string(v.lang),
			Fields: []Field{v.ref(v.pick("give", "radio", v.options("referral.give.", []string{"yes", "no"}))), optional(v.ref(v.lines("reason", 3, 500)))}}
		page.Lines = append(page.Lines, releaseView{r, new(v.dress(draft.apply(v, f), draft))})
	}
	return v.show(status, "releases", page)
}

func (v *visit) ruleRelease() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	give := v.form.get("give")
	if err = missing("give", "choose"); give == "yes" || give == "no" {
		err = v.Measures.RuleRelease(v.ctx(), v.by(), v.s.Key, id, give == "yes", v.form.get("reason"))
	}
	if err == nil {
		return v.leave(releasesPath, "referral_release_"+give)
	}
	draft, status, ok := v.refused("ruling-"+id.String(), err)
	if !ok {
		return err
	}
	return v.releasesShow(status, draft)
}
