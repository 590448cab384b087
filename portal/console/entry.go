package console

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/transparency"
)

// entryPage takes down what a caller, a visitor or a letter says.
type entryPage struct {
	Frame
	Form  Form
	Town  Field
	Place Field
}

type entryReceiptPage struct {
	Frame
	Receipt intake.Receipt
	Channel string
	Kept    time.Time
	Address string // where the receipt is looked up
	Finger  string // of the key that the public log is signed with
}

func (v *visit) entry() error {
	return v.entryShow(fiber.StatusOK, Draft{}, v.c.Query("town"), v.c.Query("place"))
}

// entryShow shows the form: fresh, with another town's villages, or with what
// needs fixing.
func (v *visit) entryShow(status int, draft Draft, town, place string) error {
	frame, err := v.frame("/console/entry", v.t("console.entry.title"))
	if err != nil {
		return err
	}
	page := entryPage{Frame: frame}
	if err := v.entryPlaces(&page, town, place); err != nil {
		return err
	}
	page.Place.Problem = draft.problems["place"]
	f := Form{Code: "enter", Post: frame.Href("/console/entry"), CSRF: frame.CSRF, Lang: string(v.lang), Button: v.t("console.entry.send"), Fields: v.entryFields()}
	f = v.dress(draft.apply(v, f), draft)
	f.Token = draft.token
	if f.Token == "" {
		f.Token = v.Intake.NewForm().Token
	}
	page.Form = f
	return v.show(status, "entry", page)
}

// entryPlaces offers towns and, once one is chosen, its villages.
func (v *visit) entryPlaces(page *entryPage, town, place string) error {
	page.Town = Field{Name: "town", ID: "enter-town", Kind: "select", Label: v.t("console.field.town"), Required: true}
	page.Place = Field{Name: "place", ID: "enter-place", Kind: "select", Label: v.t("console.field.place_code"), Required: true}
	if len(place) == 12 && town == "" {
		town = place[:9] + "000"
	}
	options, err := v.placeOptions("")
	if err != nil {
		return err
	}
	for i := range options {
		options[i].Chosen = options[i].Value == town
	}
	page.Town.Options = append([]Option{{Label: v.t("console.choose")}}, options...)
	if town == "" {
		return nil
	}
	whole, err := v.Atlas.Division(v.ctx(), town)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	villages, err := v.Atlas.Children(v.ctx(), town)
	if err != nil {
		return err
	}
	page.Place.Options = []Option{{Label: v.t("console.choose")}}
	for _, d := range villages {
		page.Place.Options = append(page.Place.Options, Option{Value: d.Code, Label: d.Name, Chosen: d.Code == place})
	}
	page.Place.Options = append(page.Place.Options, Option{Value: whole.Code, Label: v.t("console.entry.whole_town", "town", whole.Name), Chosen: whole.Code == place})
	return nil
}

func (v *visit) entryFields() []Field {
	words := v.lines("text", 8, 5000)
	words.Label, words.Hint = v.t("console.field.verbatim"), v.t("console.hint.verbatim")
	return []Field{
		v.pick("channel", "radio", v.options("channel.", []string{"phone", "visit", "letter"})),
		words,
		optional(with(v.pick("kind", "select", v.options("kind.", codes(intake.Kinds(true)))), "")),
		optional(v.ask("who", "text", 200)),
		with(v.pick("accused", "radio", v.options("accused.", intake.AccusedLevels())), "unknown"),
		optional(v.ask("when", "text", 200)),
		optional(v.ask("amount", "text", 100)),
		optional(v.ask("earlier", "text", 60)),
		v.pick("mode", "radio", v.options("mode.", []string{"anonymous", "named", "confidential"})),
		optional(v.ask("name", "text", 50)),
		optional(v.ask("phone", "text", 30)),
		optional(v.pick("read_back", "tick", []Option{{Value: "1", Label: v.t("console.field.read_back")}})),
	}
}

// enter stores the report and shows its receipt, once, to be read out or
// printed. The same form sent again shows the same receipt.
func (v *visit) enter() error {
	if v.form.get("pick") != "" {
		return v.entryShow(fiber.StatusOK, Draft{step: "enter", typed: v.form, token: v.form.get("form")}, v.form.get("town"), "")
	}
	s := intake.Submission{
		Token: v.form.get("form"), PlaceCode: v.form.get("place"), Text: v.form.get("text"),
		Mode: intake.Mode(v.form.get("mode")), Name: v.form.get("name"), Phone: v.form.get("phone"),
		Kind: intake.Kind(v.form.get("kind")), Who: v.form.get("who"), AccusedLevel: v.form.get("accused"),
		When: v.form.get("when"), Amount: v.form.get("amount"), Channel: intake.Channel(v.form.get("channel")),
		Earlier: v.form.get("earlier"), Lang: "zh-CN", ReadBack: v.form.get("read_back") == "1",
	}
	receipt, err := v.Intake.Enter(v.ctx(), v.by(), s)
	if err == nil {
		return v.entryReceipt(receipt, s.Channel)
	}
	draft, status, ok := v.refused("enter", err)
	if !ok {
		return err
	}
	if !errors.Is(err, intake.ErrStaleForm) {
		draft.token = s.Token
	}
	return v.entryShow(status, draft, v.form.get("town"), s.PlaceCode)
}

func (v *visit) entryReceipt(r intake.Receipt, channel intake.Channel) error {
	frame, err := v.frame("/console/entry", v.t("console.receipt.title"))
	if err != nil {
		return err
	}
	page := entryReceiptPage{Frame: frame, Receipt: r, Channel: string(channel), Kept: v.Now()}
	key, _ := v.Transparency.Keys()
	page.Finger = transparency.Fingerprint(key)
	if v.BaseURL != nil {
		page.Address = v.BaseURL.String() + "/track"
	}
	return v.show(fiber.StatusOK, "receipt", page)
}
