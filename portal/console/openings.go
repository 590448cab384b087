package console

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/staff"
	"minsheng/triage"
)

const openingsPath = "/console/openings"

// openingsPage lists what custodians ask each other to open.
type openingsPage struct {
	Frame
	Lines []openingView
}

type openingView struct {
	triage.NameOpening
	Form *Form // nil: it waits for somebody else, or why it is asked for cannot be read
}

func (v *visit) openings() error { return v.openingsShow(fiber.StatusOK, Draft{}) }

func (v *visit) openingsShow(status int, draft Draft) error {
	frame, err := v.frame(openingsPath, v.t("custody.openings.title"))
	if err != nil {
		return err
	}
	asked, err := v.Triage.AskedNames(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := openingsPage{Frame: frame}
	for _, o := range asked {
		page.Lines = append(page.Lines, v.openingView(frame, o, draft))
	}
	return v.show(status, "openings", page)
}

func (v *visit) openingView(frame Frame, o triage.NameOpening, draft Draft) openingView {
	if o.Own || o.State != triage.NameAsked || o.Kept != "" {
		return openingView{NameOpening: o}
	}
	f := Form{Code: "opening-" + o.ID.String(), Post: frame.Href(openingsPath + "/" + o.ID.String()), Button: v.t("custody.openings.go"), CSRF: frame.CSRF, Lang: string(v.lang),
		Fields: []Field{v.cust(v.pick("give", "radio", v.options("custody.give.", []string{"yes", "no"})))}}
	f = v.dress(draft.apply(v, f), draft)
	return openingView{o, &f}
}

// ruleOpening opens a name for a colleague, or refuses.
func (v *visit) ruleOpening() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	give := v.form.get("give")
	if err = missing("give", "choose"); give == "yes" || give == "no" {
		err = v.Triage.RuleName(v.ctx(), v.by(), v.s.Key, id, give == "yes")
	}
	if err == nil {
		return v.leave(openingsPath, "opening_"+give)
	}
	draft, status, ok := v.refused("opening-"+id.String(), err)
	if !ok {
		return err
	}
	return v.openingsShow(status, draft)
}

// reason is why a custodian wants to open a name, as triage reads it.
func (v *visit) reason() (string, error) {
	if !slices.Contains(triage.RevealReasons(), v.form.get("purpose")) {
		return "", missing("purpose", "choose")
	}
	return v.form.get("purpose") + ": " + v.form.get("reason"), nil
}

// revealPictures is the step that asks for pictures of a report without a name.
const revealPictures triage.Action = "reveal_pictures"

// askName asks a second custodian to open a name.
func (v *visit) askName() error { return v.askToOpen(triage.RevealName, v.Triage.AskName) }

// askPictures asks a second custodian to open pictures as they came.
func (v *visit) askPictures() error { return v.askToOpen(revealPictures, v.Triage.AskPictures) }

func (v *visit) askToOpen(step triage.Action, ask func(context.Context, staff.Officer, *staff.Key, uuid.UUID, string) error) error {
	return v.act(step, func(id uuid.UUID, _ int) error {
		reason, err := v.reason()
		if err != nil {
			return err
		}
		return ask(v.ctx(), v.by(), v.s.Key, id, reason)
	})
}

// revealed is a name on the one answer that shows it, marked with who looks at it.
type revealed struct {
	intake.Identity
	Viewer string
	Unit   string
	At     time.Time
	Until  time.Time
	Marks  [12]struct{} // how often the viewer stands behind it

	Originals []fileView // pictures as they came
}

// lookName shows the reporter's name on this one answer and nowhere else.
func (v *visit) lookName() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	who, until, err := v.Triage.Name(v.ctx(), v.by(), v.s.Key, id)
	if err == nil {
		shown := &revealed{Identity: who, Viewer: v.by().Name, Unit: v.by().UnitName, At: v.Now(), Until: until}
		if shown.Originals, err = v.originals(id); err != nil {
			return err
		}
		return v.caseShow(fiber.StatusOK, id, Draft{}, shown)
	}
	if draft, status, ok := v.refused("look_name", err); ok {
		return v.caseShow(status, id, draft, nil)
	}
	return err
}

// originals are the pictures of a case that are open to the officer as they came.
func (v *visit) originals(id uuid.UUID) ([]fileView, error) {
	files, err := v.Triage.Originals(v.ctx(), v.by(), id)
	all := v.caseFiles(id, files)
	for i := range all {
		all[i].Href += "/original"
	}
	return all, err
}

// sendOriginal gives out a picture as it came.
func (v *visit) sendOriginal() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, err := v.Triage.OpenOriginal(v.ctx(), v.by(), v.s.Key, id, file)
	if err != nil {
		return err
	}
	return v.deliver(fiber.MIMEOctetStream, f.DownloadName, f.Content)
}

// takeName hands out a name that opens with keys outside only.
func (v *visit) takeName() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	reason, err := v.reason()
	if err == nil {
		var sealed []byte
		if sealed, err = v.Triage.TakeOffline(v.ctx(), v.by(), id, reason); err == nil {
			return v.sendSealed("name.age", sealed)
		}
	}
	if draft, status, ok := v.refused("take_name", err); ok {
		return v.caseShow(status, id, draft, nil)
	}
	return err
}

// takePictures hands out pictures as they came, which open with keys outside only.
func (v *visit) takePictures() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	reason, err := v.reason()
	if err == nil {
		var zipped io.ReadCloser
		if zipped, err = v.Triage.TakePictures(v.ctx(), v.by(), id, reason); err == nil {
			return v.deliver("application/zip", "pictures.zip", zipped)
		}
	}
	if draft, status, ok := v.refused("take_pictures", err); ok {
		return v.caseShow(status, id, draft, nil)
	}
	return err
}

// picturesForm takes pictures along as they came, where they open outside only; false
// where there are none.
func (v *visit) picturesForm(page *casePage, draft Draft) (bool, error) {
	n, err := v.Triage.OfflinePictures(v.ctx(), v.by(), page.Case.ID)
	if err != nil || n == 0 {
		return false, err
	}
	page.Forms = append(page.Forms, v.finish(Form{Code: "take_pictures", Fields: v.whyFields()}, page, draft))
	return true, nil
}

// whyFields ask why a name, or what may tell it, is to be opened.
func (v *visit) whyFields() []Field {
	return []Field{v.pick("purpose", "radio", v.options("reveal.", triage.RevealReasons())), v.lines("reason", 3, 500)}
}

// opensOf is the step that asks for the name of a case, or, where it has none, for its
// pictures as they came; "" for who may not, and where there are none.
func (v *visit) opensOf(c triage.Case) (triage.Action, error) {
	if c.Offers(triage.RevealName) {
		return triage.RevealName, nil
	}
	may, err := v.Triage.MayAskPictures(v.ctx(), v.by(), c.ID)
	if err != nil || !may {
		return "", err
	}
	return revealPictures, nil
}

// nameForms puts onto the page what a custodian can do about the name of a case, or
// about its pictures as they came, in place of the step that asks for it, and returns
// what: ask, wait or see pictures (""), look, or take it along sealed.
func (v *visit) nameForms(page *casePage, draft Draft) (code string, err error) {
	asks, err := v.opensOf(page.Case)
	if err != nil || asks == "" {
		return "", err
	}
	if page.Names, err = v.Triage.NamesOf(v.ctx(), v.by(), page.Case.ID); err != nil {
		return "", err
	}
	own := slices.IndexFunc(page.Names, func(o triage.NameOpening) bool {
		return o.Own && (o.State == triage.NameAsked || o.State == triage.NameOpen)
	})
	offline, err := v.Triage.OpensOffline(v.ctx(), v.by(), page.Case.ID)
	if err != nil {
		return "", err
	}
	code = string(asks)
	fields := v.whyFields()
	switch {
	case offline:
		code = "take_name"
	case own >= 0 && page.Names[own].State == triage.NameOpen && asks == revealPictures:
		page.Originals, err = v.originals(page.Case.ID)
		return "", err
	case own >= 0 && page.Names[own].State == triage.NameOpen:
		code, fields = "look_name", nil
	case own >= 0:
		return "", nil // it waits for a colleague
	}
	f := v.finish(Form{Code: code, Fields: fields}, page, draft)
	f.Primary = code == "look_name"
	page.Forms = append(page.Forms, f)
	return code, nil
}

// openingCount is how many names the officer is asked to open.
func (v *visit) openingCount() (n count, err error) {
	asked, err := v.waitingNames()
	return count{mine: len(asked)}, err
}

// waitingNames are the requests of colleagues, and the officer's own that are open.
func (v *visit) waitingNames() ([]triage.NameOpening, error) {
	if !v.by().May(staff.RevealIdentity) {
		return nil, nil
	}
	asked, err := v.Triage.AskedNames(v.ctx(), v.by())
	return slices.DeleteFunc(asked, func(o triage.NameOpening) bool { return o.Own && o.State == triage.NameAsked }), err
}
