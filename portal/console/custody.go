package console

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/staff"
)

const (
	custodyPath  = "/console/custody"
	handlingPath = "/console/handling"
)

// keyring is one of the two keys of an office, as a page shows it.
type keyring struct {
	Duty  custody.Duty
	Path  string
	Words string // first part of its sentences in the catalog
}

// ring is the key that the page asked for is about.
func (v *visit) ring() keyring {
	if within(v.c.Path(), handlingPath) {
		return keyring{custody.Handling, handlingPath, "handling"}
	}
	return keyring{custody.Identity, custodyPath, "custody"}
}

func (v *visit) keys() custody.Ring { return v.Custody.Ring(v.ring().Duty) }

// custodyPage is a key of the officer's office and its ceremonies, each with what
// happens when it is skipped.
type custodyPage struct {
	Frame
	Ring   keyring
	Other  *keyring // the office's other key, where the officer may hold it too
	View   custody.View
	Own    []string // words of the officer's own key; nil: the session holds none
	Older  bool     // something lies under an earlier key, or waits to be handed on
	Server bool     // names lie with the portal itself
	Alone  bool     // there is nobody else who could be admitted
	Admit  []admission
	Steps  []Form
	Parts  []string
}

// admission is a colleague who waits for the key.
type admission struct {
	custody.Colleague
	Form Form
}

func (v *visit) custodyPage() error { return v.custodyShow(fiber.StatusOK, Draft{}) }

func (v *visit) custodyShow(status int, draft Draft) error {
	ring := v.ring()
	frame, err := v.frame(ring.Path, v.t(ring.Words+".title"))
	if err != nil {
		return err
	}
	page := custodyPage{Frame: frame, Ring: ring, Other: v.otherRing(ring)}
	if page.View, err = v.keys().Look(v.ctx(), v.by()); err != nil {
		return err
	}
	if ring.Duty == custody.Handling {
		page.Older, err = v.Intake.WordsBehind(v.ctx(), v.by())
	} else {
		page.Older, page.Server, err = v.Intake.Behind(v.ctx(), v.by())
	}
	if err == nil && ring.Duty == custody.Identity && !page.Older {
		page.Older, err = v.Intake.KeptBelow(v.ctx(), v.by())
	}
	if err != nil {
		return err
	}
	if v.s.Key != nil {
		page.Own = custody.Words(v.s.Key.Recipient())
	}
	if len(page.View.Holders) > 0 && page.View.Holds {
		page.Parts = custody.Pairs()
	}
	page.Alone = page.View.Key == nil && page.View.Ready < 2
	v.custodyForms(&page, draft)
	return v.show(status, "custody", page)
}

func (v *visit) otherRing(ring keyring) *keyring {
	other, may := keyring{custody.Handling, handlingPath, "handling"}, staff.HoldHandling
	if ring.Duty == custody.Handling {
		other, may = keyring{custody.Identity, custodyPath, "custody"}, staff.RevealIdentity
	}
	if !v.may(may) {
		return nil
	}
	return &other
}

// custodyForms are the ceremonies that can be held now.
func (v *visit) custodyForms(page *custodyPage, draft Draft) {
	look := page.View
	for _, c := range look.Waiting {
		one := admission{Colleague: c}
		if look.Holds && c.Recipient != "" && !c.Own {
			heard := v.cust(Field{Name: "heard", Kind: "tick", Required: true, Options: []Option{{Value: "yes", Label: v.t("custody.heard", "name", c.Name)}}})
			f := v.ceremony(page, "admit", []Field{{Name: "account", Kind: "hidden", Value: c.ID.String()}, {Name: "recipient", Kind: "hidden", Value: c.Recipient}, heard})
			f.Code = "admit-" + c.ID.String()
			one.Form = v.dress(draft.apply(v, f), draft)
		}
		page.Admit = append(page.Admit, one)
	}
	secret := v.cust(Field{Name: "secret", Kind: "secret", Required: true, Max: 100})
	for _, step := range []struct {
		code   string
		offer  bool
		fields []Field
	}{
		{"create", look.May && !look.Held && page.Own != nil && !page.Alone, nil},
		{"renew", look.Holds && page.Older, nil},
		{"rotate", look.Holds, nil},
		{"escrow", look.Holds, v.holderFields()},
		{"recover", look.Key != nil && !look.Held && page.Own != nil, []Field{secret}},
	} {
		if step.offer {
			f := v.ceremony(page, step.code, step.fields)
			f.Primary = step.code == "create" || step.code == "renew" || step.code == "rotate" && look.Due
			page.Steps = append(page.Steps, v.dress(draft.apply(v, f), draft))
		}
	}
}

// cust is worded for custody.
func (v *visit) cust(f Field) Field { return v.worded("custody", f) }

func (v *visit) holderFields() (all []Field) {
	for i, place := range []string{"a", "b", "c"} {
		n := strconv.Itoa(i + 1)
		all = append(all,
			Field{Name: "name." + place, Kind: "text", Label: v.t("custody.field.holder", "n", n), Hint: v.t("custody.hint.holder"), Required: true, Max: 50},
			Field{Name: "key." + place, Kind: "text", Label: v.t("custody.field.holder_key", "n", n), Hint: v.t("custody.hint.holder_key"), Required: true, Max: 100})
	}
	return all
}

// ceremony is the form of one ceremony. Its version is the generation of the key
// that the page shows.
func (v *visit) ceremony(page *custodyPage, code string, fields []Field) Form {
	f := Form{Code: code, Post: page.Href(page.Ring.Path + "/" + code), Label: v.t("custody.act." + code), Button: v.t("custody.act." + code),
		Does: v.t(page.Ring.Words + ".does." + code), Told: v.t("custody.told." + code), CSRF: page.CSRF, Lang: string(v.lang), Fields: fields}
	if page.View.Key != nil {
		f.Version = page.View.Key.Generation
	}
	return f
}

// hold holds a ceremony and shows how the key stands then.
func (v *visit) hold(code, done string, ceremony func() error) error {
	err := ceremony()
	if err == nil {
		return v.leave(v.ring().Path, "custody_"+done)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.custodyShow(status, draft)
}

// createKey makes the office's key and hands over to it, at once, what the portal
// itself kept until now; what does not fit into this request follows by itself.
func (v *visit) createKey() error {
	return v.hold("create", "create", func() error {
		if err := v.keys().Create(v.ctx(), v.by(), v.s.Key); err != nil {
			return err
		}
		_, err := v.Intake.HandOverAll(v.ctx())
		return err
	})
}

func (v *visit) admit() error {
	account, err := v.formID("account")
	if err != nil {
		return err
	}
	return v.hold("admit-"+account.String(), "admit", func() error {
		if v.form.get("heard") != "yes" {
			return &intake.Invalid{Problems: map[string]string{"heard": "custody_heard"}}
		}
		return v.keys().Admit(v.ctx(), v.by(), v.s.Key, account, v.form.get("recipient"))
	})
}

func (v *visit) rotateKey() error {
	return v.hold("rotate", "rotate", func() error {
		return v.keys().Rotate(v.ctx(), v.by(), v.s.Key, number(v.form.get("version")))
	})
}

func (v *visit) escrow() error {
	return v.hold("escrow", "escrow", func() error {
		var three [3]custody.Holder
		for i, place := range []string{"a", "b", "c"} {
			three[i] = custody.Holder{Name: v.form.get("name." + place), Recipient: v.form.get("key." + place)}
		}
		return v.keys().Escrow(v.ctx(), v.by(), v.s.Key, three)
	})
}

// escrowPart hands out what two holders open together.
func (v *visit) escrowPart() error {
	pair := v.c.Params("pair")
	sealed, generation, err := v.keys().Part(v.ctx(), v.by(), pair)
	if err != nil {
		return err
	}
	return v.sendSealed(v.ring().Words+"-"+strconv.Itoa(generation)+"-"+pair+".age", sealed)
}

// sendSealed sends something that opens elsewhere only.
func (v *visit) sendSealed(name string, sealed []byte) error {
	v.c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	v.c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	v.c.Set(fiber.HeaderCacheControl, "private, no-store")
	return v.c.Send(sealed)
}

func (v *visit) recoverKey() error {
	return v.hold("recover", "recover", func() error {
		return v.keys().Recover(v.ctx(), v.by(), v.s.Key, v.form.get("secret"))
	})
}

// renewFor is how long one request seals things anew; the next goes on.
const renewFor = 5 * time.Second

func (v *visit) renewKey() error {
	return v.hold("renew", "renew", func() error {
		for until := v.Now().Add(renewFor); ; {
			_, more, err := v.renewSome()
			if err != nil || !more || v.Now().After(until) {
				return err
			}
		}
	})
}

func (v *visit) renewSome() (int, bool, error) {
	if v.ring().Duty == custody.Handling {
		return v.Intake.RenewWords(v.ctx(), v.by())
	}
	if n, more, err := v.Intake.Renew(v.ctx(), v.by(), v.s.Key); err != nil || more {
		return n, more, err
	}
	return v.Intake.SealUp(v.ctx(), v.by(), v.s.Key)
}

// custodySays is what stands above a form when a key or a second person is wanting;
// "" for any other error.
func (v *visit) custodySays(err error) string {
	for _, says := range []struct {
		err error
		key string
	}{
		{staff.ErrNoKey, "custody.says.no_key"}, {custody.ErrNotMember, v.ring().Words + ".says.not_member"}, {custody.ErrAlone, v.ring().Words + ".says.alone"},
		{custody.ErrNotReady, "custody.says.not_ready"}, {intake.ErrOffline, "custody.says.offline"},
	} {
		if errors.Is(err, says.err) {
			return v.t(says.key)
		}
	}
	return ""
}
