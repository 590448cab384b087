package console

import (
	"encoding/hex"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

const (
	referralsPath = "/console/referrals"
	releasesPath  = "/console/releases"
)

func referralPath(id uuid.UUID) string { return referralsPath + "/" + id.String() }

// ref is worded for referrals.
func (v *visit) ref(f Field) Field { return v.worded("referral", f) }

// referralAt is where the package lies that carries out a measure, or where one is
// composed; "" for who may know of none.
func (v *visit) referralAt(w accountability.Whole) (string, error) {
	if w.Nature != accountability.Refer || !v.may(staff.SealReferrals) {
		return "", nil
	}
	id, err := v.Measures.ReferralOf(v.ctx(), v.by(), w.ID)
	switch {
	case err != nil:
		return "", err
	case id != uuid.Nil:
		return referralPath(id), nil
	case w.State == accountability.Approved && w.UnitID == v.by().UnitID:
		return withQuery(referralsPath+"/new", "measure", w.ID.String()), nil
	}
	return "", nil
}

// referralsPage lists referrals. It names nobody.
type referralsPage struct {
	Frame
	Lines []accountability.ReferralLine
	Next  string
}

func (v *visit) referrals() error {
	frame, err := v.frame(referralsPath, v.t("referral.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	list, err := v.Measures.Referrals(v.ctx(), v.by(), after)
	if err != nil {
		return err
	}
	page := referralsPage{Frame: frame, Lines: list}
	if len(list) == listPage {
		page.Next = withQuery(referralsPath, "after", list[len(list)-1].ID.String())
	}
	return v.show(fiber.StatusOK, "referrals", page)
}

// referralPage is a referral: the letter on the left, the package and its life on
// the right.
type referralPage struct {
	Frame
	Whole    accountability.WholeReferral
	Grounds  []groundView
	Package  string // address of the sealed package, "" before
	Hash     string
	Short    string // end of the key that it is sealed to
	Files    []fileView
	Papers   []paperLine
	Forms    []Form
	Kept     []Field
	Says     string
	Timeline []eventView
}

func (v *visit) showReferral() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.referralShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) referralShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Measures.OpenReferral(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	title := w.Number
	if title == "" {
		title = v.t("referral.unnumbered")
	}
	frame, err := v.frame(referralPath(id), title)
	if err != nil {
		return err
	}
	if why := draft.problems["materials"]; why != "" {
		draft.says = why // beside each file stands where that is done
	}
	page := referralPage{Frame: frame, Whole: w, Says: draft.says, Files: v.files(referralPath(id)+"/files/", w.Files), Timeline: v.timeline(w.Events)}
	if w.FileID != nil {
		page.Package, page.Hash = referralPath(id)+"/package", hex.EncodeToString(w.SHA256)
	}
	if n := len(w.Key); n > 12 {
		page.Short = w.Key[:8] + "…" + w.Key[n-8:]
	}
	for _, g := range w.Grounds {
		page.Grounds = append(page.Grounds, v.ground(g))
	}
	if page.Papers, err = v.papersOf(ledger.OfReferral, id); err != nil {
		return err
	}
	v.referralForms(&page, draft)
	return v.show(status, "referral", page)
}

// referralForms are the steps that can be taken on a referral.
func (v *visit) referralForms(page *referralPage, draft Draft) {
	seen := false
	for _, code := range page.Whole.Actions {
		f := Form{Code: code, Post: page.Href(referralPath(page.Whole.ID) + "/" + code), Label: v.t("referral.act." + code), Button: v.t("referral.act." + code),
			Does: v.t("referral.does." + code), Told: v.t("referral.told." + code), CSRF: page.CSRF, Version: page.Whole.Version, Lang: string(v.lang), Primary: code != "release"}
		on := v.acc(v.ask("on", "date", 0))
		on.Value = string(v.day())
		switch code {
		case "seal":
			f.Fields = []Field{v.acc(v.pick("ruling", "radio", v.options("referral.ruling.", []string{"approve", "return"}))), optional(v.acc(v.lines("note", 3, 500)))}
		case "release":
			var cases []Option
			for _, g := range page.Whole.Releasable() {
				cases = append(cases, Option{Value: g.RefID.String(), Label: g.Number})
			}
			f.Fields = []Field{v.ref(v.pick("complaint", "select", cases)), v.ref(v.lines("why", 3, 500))}
		case "hand":
			f.Fields = []Field{on}
		case "receipt":
			f.Files, f.Fields = true, []Field{v.ref(v.pick("adopted", "radio", v.options("referral.adopted.", []string{"yes", "no"}))), on, v.ref(v.lines("words", 3, 2000)), optional(v.acc(v.ask("files", "file", 0)))}
		}
		page.Forms = append(page.Forms, v.dress(draft.apply(v, f), draft))
		seen = seen || code == draft.step
	}
	if draft.step != "" && !seen {
		page.Kept = draft.words(v)
	} else if draft.step != "" {
		page.Says = ""
	}
}

// onReferral runs one step of a referral and shows it again.
func (v *visit) onReferral(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(referralPath(id), "referral_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.referralShow(status, id, draft)
}

// phraseOncePage shows the phrase that a package was sealed to; the portal keeps
// it nowhere.
type phraseOncePage struct {
	Frame
	Number string
	Phrase string
	Back   string
}

// sealReferral seals a package, or returns the referral.
func (v *visit) sealReferral() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	phrase, version := "", number(v.form.get("version"))
	switch v.form.get("ruling") {
	case "approve":
		phrase, err = v.Measures.Seal(v.ctx(), v.by(), id, version)
	case "return":
		err = v.Measures.Return(v.ctx(), v.by(), id, version, v.form.get("note"))
	default:
		err = missing("ruling", "choose")
	}
	switch draft, status, ok := v.refused("seal", err); {
	case err == nil && phrase != "":
		return v.phraseOnce(id, phrase)
	case err == nil:
		return v.leave(referralPath(id), "referral_seal")
	case ok:
		return v.referralShow(status, id, draft)
	}
	return err
}

// phraseOnce shows a phrase now and never again.
func (v *visit) phraseOnce(id uuid.UUID, phrase string) error {
	w, err := v.Measures.OpenReferral(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(referralPath(id), v.t("referral.once.title"))
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "referral-once", phraseOncePage{frame, w.Number, phrase, referralPath(id)})
}

func (v *visit) askRelease() error {
	return v.onReferral("release", func(id uuid.UUID, version int) error {
		complaint, err := v.formID("complaint")
		if err != nil {
			return err
		}
		return v.Measures.AskRelease(v.ctx(), v.by(), id, version, complaint, v.form.get("why"))
	})
}

func (v *visit) handReferral() error {
	return v.onReferral("hand", func(id uuid.UUID, version int) error {
		return v.Measures.Hand(v.ctx(), v.by(), id, version, workday.Date(v.form.get("on")))
	})
}

func (v *visit) receiveReferral() error {
	return v.onReferral("receipt", func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		adopted := v.form.get("adopted")
		if adopted != "yes" && adopted != "no" {
			return missing("adopted", "choose")
		}
		return v.Measures.Receipt(v.ctx(), v.by(), id, version, accountability.Feedback{Adopted: adopted == "yes", On: workday.Date(v.form.get("on")), Words: v.form.get("words"), FormKey: form.Key})
	})
}

func (v *visit) sendPackage() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	name, content, err := v.Measures.Package(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	return v.deliver("application/age-encryption", name, content)
}

func (v *visit) sendReferralFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Measures.ReferralFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

// newReferralPage asks for what a referral is composed with.
type newReferralPage struct {
	Frame
	Form Form
}

// newReferral shows the form, filled from the measure or the number that the
// address names.
func (v *visit) newReferral() error {
	n := accountability.NewReferral{Organ: accountability.Discipline, Clue: accountability.Clue{Basis: v.t("referral.basis")}}
	if text := v.c.Query("ground"); text != "" {
		n.Grounds = []string{text}
	}
	if id, err := uuid.Parse(v.c.Query("measure")); err == nil {
		w, err := v.Measures.Open(v.ctx(), v.by(), id)
		if err != nil {
			return err
		}
		n.Measure, n.Organ, n.Target = &id, w.Body, w.TargetID
		n.To, n.Name, n.Post, n.Problem = w.BodyName, w.Person.Name, w.Person.Post, w.Facts
		for _, g := range w.Grounds {
			n.Grounds = append(n.Grounds, g.Number)
		}
	}
	return v.newReferralShow(fiber.StatusOK, n, Draft{})
}

func (v *visit) newReferralShow(status int, n accountability.NewReferral, draft Draft) error {
	frame, err := v.frame(referralsPath+"/new", v.t("referral.new"))
	if err != nil {
		return err
	}
	f := Form{Code: "compose", Post: frame.Href(referralsPath), Label: v.t("referral.act.compose"), Button: v.t("referral.act.compose"), Does: v.t("referral.does.compose"),
		Told: v.t("referral.told.compose"), CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
	if n.Measure != nil {
		f.Fields = []Field{{Name: "measure", Kind: "hidden", Value: n.Measure.String()}}
	}
	f.Fields = append(f.Fields,
		with(v.ref(v.pick("organ", "radio", v.options("accountability.body.", codes(accountability.Organs())))), string(n.Organ)),
		with(v.ref(v.ask("recipient", "text", 60)), n.To),
		with(v.ref(v.pick("target", "select", v.measureTargets())), n.Target.String()),
		with(v.acc(v.ask("name", "text", 30)), n.Name), with(v.acc(v.ask("post", "text", 60)), n.Post),
		with(v.ref(v.lines("grounds", 2, 600)), strings.Join(n.Grounds, "\n")),
		with(v.ref(v.lines("problem", 6, 3000)), n.Problem),
		optional(with(v.ref(v.lines("verified", 4, 3000)), n.Verified)),
		with(v.ref(v.ask("basis", "text", 300)), n.Basis))
	return v.show(status, "referral-new", newReferralPage{frame, v.dress(draft.apply(v, f), draft)})
}

func (v *visit) composeReferral() error {
	n := accountability.NewReferral{
		Organ: accountability.Body(v.form.get("organ")), Grounds: v.form.lines("grounds"),
		Clue: accountability.Clue{To: v.form.get("recipient"), Name: v.form.get("name"), Post: v.form.get("post"), Problem: v.form.get("problem"), Verified: v.form.get("verified"), Basis: v.form.get("basis")},
	}
	n.Target, _ = uuid.Parse(v.form.get("target"))
	if id, err := uuid.Parse(v.form.get("measure")); err == nil {
		n.Measure = &id
	}
	id, err := v.Measures.Compose(v.ctx(), v.by(), n)
	if err == nil {
		return v.leave(referralPath(id), "referral_compose")
	}
	draft, status, ok := v.refused("compose", err)
	if !ok {
		return err
	}
	return v.newReferralShow(status, n, draft)
}
