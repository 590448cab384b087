package console

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/clock"
	"minsheng/ledger"
	"minsheng/portal/view"
)

const (
	measuresPath = "/console/measures"
	servedPath   = "/console/served"
)

func measurePath(id uuid.UUID) string { return measuresPath + "/" + id.String() }

// acc is worded for measures.
func (v *visit) acc(f Field) Field { return v.worded("accountability", f) }

// measureLine is a measure in a list. It names nobody.
type measureLine struct {
	accountability.Line
	Color clock.Color
	Own   bool // of the reader's office
}

func (v *visit) measureLines(all []accountability.Line) (lines []measureLine) {
	for _, l := range all {
		lines = append(lines, measureLine{l, v.colors.Of(l.Late), l.UnitID == v.by().UnitID})
	}
	return lines
}

// measuresPage lists measures of one nature.
type measuresPage struct {
	Frame
	Nature accountability.Nature
	Lenses []lens
	State  Field
	Lines  []measureLine
	Next   string
}

func (v *visit) measures() error {
	frame, err := v.frame(measuresPath, v.t("accountability.title"))
	if err != nil {
		return err
	}
	f := accountability.Filter{Nature: accountability.Nature(v.known1("nature", codes(accountability.Natures()))), State: accountability.State(v.known1("state", codes(accountability.States())))}
	if f.Nature == "" {
		f.Nature = accountability.Decide
	}
	f.After, _ = uuid.Parse(v.c.Query("after"))
	list, err := v.Measures.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	page := measuresPage{Frame: frame, Nature: f.Nature, Lines: v.measureLines(list)}
	for _, n := range accountability.Natures() {
		page.Lenses = append(page.Lenses, lens{Key: "accountability.nature." + string(n), Href: withQuery(measuresPath, "nature", string(n)), On: n == f.Nature})
	}
	page.State = with(v.acc(v.pick("state", "select", v.options("accountability.state."+string(f.Nature)+".", v.statesOf(f.Nature)))), string(f.State))
	page.State.ID, page.State.Bare = "f-state", true
	page.State.Options[0].Label = v.t("console.any")
	page.State = optional(page.State)
	if len(list) == listPage {
		page.Next = withQuery(withQuery(withQuery(measuresPath, "nature", string(f.Nature)), "state", string(f.State)), "after", list[len(list)-1].ID.String())
	}
	return v.show(fiber.StatusOK, "measures", page)
}

// statesOf lists the states that measures of a nature can be in.
func (v *visit) statesOf(n accountability.Nature) (all []string) {
	for _, s := range codes(accountability.States()) {
		if key := "accountability.state." + string(n) + "." + s; v.t(key) != key {
			all = append(all, s)
		}
	}
	return all
}

// measurePage is a measure: what it says on the left, what can be done on the
// right.
type measurePage struct {
	Frame
	Whole    accountability.Whole
	Side     string // path of the side from which it is read
	Color    clock.Color
	Why      *view.Why
	Grounds  []groundView
	Notes    []measureNote
	Papers   []paperLine
	Offers   []offerView
	Referral string // address of the package that carries it out, or where one is composed; "" for who may know of none
	Again    string // address that proposes it anew, once it was returned
	Forms    []Form
	Kept     []Field
	Says     string
	Timeline []eventView
}

type groundView struct {
	accountability.Ground
	Href string
}

type measureNote struct {
	accountability.Note
	Files []fileView
}

// offerView is a target that Art. 20(3) links.
type offerView struct {
	accountability.Offer
	Href    string // of the proposal that takes it up
	Decline Form
}

func (v *visit) showMeasure() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.measureShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) measureShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Measures.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page, err := v.measurePage(w, measuresPath, draft)
	if err != nil {
		return err
	}
	if d := running(w.Clocks, id); d != nil {
		page.Why = v.whyDate(*d, nil)
	}
	for _, g := range w.Grounds {
		page.Grounds = append(page.Grounds, v.ground(g))
	}
	for _, o := range w.Offers {
		page.Offers = append(page.Offers, offerView{o, withQuery(withQuery(measuresPath+"/new", "after", id.String()), "offer", string(o)), v.declineForm(page.Frame, id, o)})
	}
	if page.Referral, err = v.referralAt(w); err != nil {
		return err
	}
	if w.State == accountability.Returned && w.UnitID == v.by().UnitID {
		page.Again = withQuery(measuresPath+"/new", "again", id.String())
	}
	return v.show(status, "measure", page)
}

// measurePage is what both sides see of a measure.
func (v *visit) measurePage(w accountability.Whole, side string, draft Draft) (measurePage, error) {
	at := side + "/" + w.ID.String()
	frame, err := v.frame(at, v.t("accountability.code."+string(w.Code))+" "+w.TargetName)
	if err != nil {
		return measurePage{}, err
	}
	page := measurePage{Frame: frame, Whole: w, Side: side, Color: v.colors.Of(w.Late), Says: draft.says, Timeline: v.timeline(w.Events)}
	for _, n := range w.Notes {
		page.Notes = append(page.Notes, measureNote{n, v.files(at+"/files/", n.Files)})
	}
	if page.Papers, err = v.papersOf(ledger.OfMeasure, w.ID); err != nil {
		return page, err
	}
	v.measureForms(&page, at, draft)
	return page, nil
}

// ground is what something stands on, with where it lies.
func (v *visit) ground(g accountability.Ground) groundView {
	folder := map[ledger.Subject]string{ledger.OfComplaint: "/console/cases/", ledger.OfItem: itemsPath + "/", ledger.OfInspection: inspectionsPath + "/", ledger.OfOrder: ordersPath + "/"}[g.Kind]
	if folder == "" {
		return groundView{Ground: g}
	}
	return groundView{g, folder + g.RefID.String()}
}

func (v *visit) sendMeasureFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Measures.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

// servedPage lists what was decided about the reader's office.
type servedPage struct {
	Frame
	Lines []measureLine
	Next  string
}

func (v *visit) servedMeasures() error {
	frame, err := v.frame(servedPath, v.t("accountability.served.title"))
	if err != nil {
		return err
	}
	after, _ := uuid.Parse(v.c.Query("after"))
	list, err := v.Measures.ServedOn(v.ctx(), v.by(), after)
	if err != nil {
		return err
	}
	page := servedPage{Frame: frame, Lines: v.measureLines(list)}
	if len(list) == listPage {
		page.Next = withQuery(servedPath, "after", list[len(list)-1].ID.String())
	}
	return v.show(fiber.StatusOK, "served", page)
}

func (v *visit) showServed() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.servedShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) servedShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Measures.Decided(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page, err := v.measurePage(w, servedPath, draft)
	if err != nil {
		return err
	}
	return v.show(status, "measure", page)
}
