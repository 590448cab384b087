package console

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/portal/view"
	"minsheng/staff"
)

// The visit on a phone. What it works on offline is the shell: a page that holds
// no data and is the same for everybody, kept by a service worker whose scope is
// fieldPath. What was taken along lies in the phone's own database, encrypted
// (field.js), and comes in entry by entry.
const fieldPath = "/console/field"

// fieldRoutes are the addresses that a phone in the field knows.
func fieldRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	work := staff.WorkInspections
	return []Route{
		{Method: get, Path: fieldPath, May: work, handle: (*visit).field},
		{Method: get, Path: fieldPath + "/shell", May: work, handle: (*visit).fieldShell},
		{Method: get, Path: fieldPath + "/sw.js", May: work, handle: (*visit).fieldWorker},
		{Method: get, Path: fieldPath + "/session", May: work, handle: (*visit).fieldSession},
		{Method: post, Path: fieldPath + "/visits/:id/take", May: work, handle: (*visit).takeVisit},
		{Method: post, Path: fieldPath + "/visits/:id/entries", May: work, Files: true, Body: fileBody, take: (*visit).takePhoto, handle: (*visit).bringEntry},
		{Method: post, Path: fieldPath + "/visits/:id/done", May: work, handle: (*visit).unpackVisit},
	}
}

// fieldPage lists the visits that can be taken along.
type fieldPage struct {
	Frame
	Lines []inspectionLine
	Phone phonePart
}

// phonePart is what the phone works with, online and offline: forms to be cloned
// and sentences to be said. It holds no data.
type phonePart struct {
	Worker  string // address of the service worker
	Session string // where the proof of the session is asked for
	Base    string // addresses of a visit begin so
	SignIn  string
	Lang    string
	Answers []Option
	Methods []Option
	Words   []phoneWord
}

type phoneWord struct{ Name, Text string }

// Sentences that the script says; catalog key field.say.<name>. Those in
// phoneCounts say how many, and are another sentence for one.
var (
	phoneWords = []string{
		"short", "differ", "wrong", "wiped_tries", "wiped_days", "none", "taken", "no_worker", "insecure", "failed", "offline",
		"signed_out", "sign_in", "revoked", "closed", "gone", "uploading", "kept", "deleted", "delete_sure_none", "conflict", "mine", "theirs", "use_mine", "use_theirs",
		"unanswered", "no_questions", "activity", "answer", "photo", "draft", "activity_missing", "activity_sure", "photo_sure", "clear_sure", "sketch", "sent", "wrong_entry",
		"edit", "remove", "photo_bad", "locked", "cleared_none", "nothing", "saved_at", "needs_activity",
	}
	phoneCounts = []string{"days", "some", "tries", "delete_sure", "waits", "photos", "cleared"}
)

func (v *visit) phonePart() phonePart {
	p := phonePart{
		Worker: fieldPath + "/sw.js", Session: fieldPath + "/session", Base: fieldPath + "/visits/", Lang: string(v.lang),
		SignIn: withQuery(v.href("/console/signin"), "next", v.href(fieldPath)), Answers: v.options("inspection.answer.", inspection.Answers()),
		Methods: v.options("console.method.", codes(inspection.Methods())),
	}
	for _, name := range phoneWords {
		p.Words = append(p.Words, phoneWord{name, v.t("field.say." + name)})
	}
	for _, name := range phoneCounts {
		p.Words = append(p.Words, phoneWord{name, v.t("field.say."+name, "n", "{n}")}, phoneWord{name + "_one", v.t("field.say."+name, "n", 1)})
	}
	return p
}

func (v *visit) field() error {
	frame, err := v.frame(fieldPath, v.t("field.title"))
	if err != nil {
		return err
	}
	visits, err := v.Inspections.Visits(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := fieldPage{Frame: frame, Phone: v.phonePart()}
	for _, l := range visits {
		page.Lines = append(page.Lines, v.inspectionLine(l))
	}
	return v.show(fiber.StatusOK, "field", page)
}

// shellPage is what a phone shows without a signal.
type shellPage struct {
	view.Base
	Phone phonePart
}

func (v *visit) fieldShell() error {
	return v.show(fiber.StatusOK, "field-shell", shellPage{Base: view.Base{Lang: v.lang, Path: fieldPath, Title: v.t("field.title")}, Phone: v.phonePart()})
}

// fieldKept are the static files that the shell needs.
var fieldKept = []string{"icon.svg", "console.css", "console.js", "field-box.js", "field-post.js", "field.js"}

// fieldWorker sends the service worker, told which files to keep. It lies where
// its scope begins, and may take the page above it in as well. A browser takes a
// new one when a byte of it changes, which it does with every new file.
func (v *visit) fieldWorker() error {
	kept := []string{fieldPath + "/shell", fieldPath + "/shell?lang=en"}
	for _, name := range fieldKept {
		href, _, err := v.View.Asset(name)
		if err != nil {
			return err
		}
		kept = append(kept, href)
	}
	list, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	_, script, err := v.View.Asset("field-worker.js")
	if err != nil {
		return err
	}
	v.c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	v.c.Set("Service-Worker-Allowed", fieldPath)
	v.c.Set(fiber.HeaderCacheControl, "no-cache")
	return v.c.SendString("const KEPT = " + string(list) + ";\n" + string(script.Plain))
}

// fieldSession gives the proof of the session, which a page that was opened
// offline does not hold.
func (v *visit) fieldSession() error {
	return v.c.JSON(struct {
		CSRF string `json:"csrf"`
	}{v.s.CSRF})
}

// takePhoto puts the photo of an entry onto the shelf, unless the entry came in
// already: then it need not travel twice.
func (v *visit) takePhoto(p *posted, seen url.Values, name string, content io.Reader) error {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	copyID, err := uuid.Parse(seen.Get("copy"))
	if err != nil {
		return nil // the entry itself will say so
	}
	entry, err := uuid.Parse(seen.Get("entry"))
	if err != nil {
		return nil
	}
	parcel := inspection.Parcel{Copy: copyID, Entry: entry}
	if in, err := v.Inspections.CameIn(v.ctx(), parcel); err != nil || in {
		return err
	}
	_, err = v.Shelf.Stage(v.ctx(), v.Inspections.PhotoKey(v.by(), parcel), name, content)
	if reason := evidence.Reason(err); reason != "" {
		p.refused["files"] = v.t("evidence." + reason)
		return nil
	}
	return err
}

// bringEntry takes in one entry of a phone.
func (v *visit) bringEntry() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	copyID, err := v.idOf("copy")
	if err != nil {
		return err
	}
	entry, err := v.idOf("entry")
	if err != nil {
		return err
	}
	return v.toPhone(v.bring(inspection.Parcel{Inspection: id, Copy: copyID, Entry: entry, Edition: max(1, number(v.form.get("edition")))}))
}

// idOf reads an id from the form; anything else does not exist.
func (v *visit) idOf(field string) (uuid.UUID, error) {
	id, err := uuid.Parse(v.form.get(field))
	if err != nil {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}

func (v *visit) bring(p inspection.Parcel) error {
	switch v.form.get("kind") {
	case "answer":
		question, err := v.idOf("question")
		if err != nil {
			return err
		}
		a := inspection.Answered{Question: question, Version: number(v.form.get("version")), Answer: v.form.get("answer"), Note: v.form.get("note")}
		return v.Inspections.BringAnswer(v.ctx(), v.by(), p, a)
	case "activity":
		return v.Inspections.BringActivity(v.ctx(), v.by(), p, v.typedActivity())
	case "photo":
		of, err := v.idOf("activity")
		if err != nil {
			return err
		}
		if len(v.form.refused) > 0 {
			return errRefused
		}
		return v.Inspections.BringPhoto(v.ctx(), v.by(), p, of)
	case "draft":
		return v.Inspections.BringDraft(v.ctx(), v.by(), p, number(v.form.get("version")), v.typedTalk())
	}
	return fiber.ErrBadRequest
}

// unpackVisit is told that the phone has nothing left.
func (v *visit) unpackVisit() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	copyID, err := v.idOf("copy")
	if err != nil {
		return err
	}
	return v.toPhone(v.Inspections.Unpack(v.ctx(), v.by(), id, copyID))
}

// phoneAnswer is what a phone is told of an entry.
type phoneAnswer struct {
	State    string            `json:"state"` // in, conflict, revoked, closed, wrong
	Problems map[string]string `json:"problems,omitempty"`
	Now      *bagQuestion      `json:"now,omitempty"`
	Draft    *bagTalk          `json:"draft,omitempty"`
}

// toPhone tells a phone how it went. What does not exist, is not allowed, or
// failed goes to the shell as everywhere; the phone sees the status and keeps the
// entry.
func (v *visit) toPhone(err error) error {
	var wrong *step.Invalid
	var answered *inspection.Conflict
	var prepared *inspection.DraftConflict
	answer, status := phoneAnswer{State: "in"}, fiber.StatusOK
	switch {
	case err == nil:
	case errors.As(err, &wrong):
		answer, status = phoneAnswer{State: "wrong", Problems: map[string]string{}}, fiber.StatusUnprocessableEntity
		for field, key := range wrong.Problems {
			answer.Problems[field] = v.known("problem."+key, "console.problem.unclear")
		}
	case errors.Is(err, errRefused):
		answer, status = phoneAnswer{State: "wrong", Problems: v.form.refused}, fiber.StatusUnprocessableEntity
	case errors.As(err, &answered) && len(answered.Now) == 1:
		q := answered.Now[0]
		now := bagQuestionOf(questionView{q, v.questionWords(q)}, "")
		answer, status = phoneAnswer{State: "conflict", Now: &now}, fiber.StatusConflict
	case errors.As(err, &prepared):
		now := bagTalkOf(prepared.Now)
		answer, status = phoneAnswer{State: "conflict", Draft: &now}, fiber.StatusConflict
	case errors.Is(err, inspection.ErrRevoked):
		answer, status = phoneAnswer{State: "revoked"}, fiber.StatusConflict
	case errors.Is(err, step.ErrState):
		answer, status = phoneAnswer{State: "closed"}, fiber.StatusConflict
	default:
		return err
	}
	return v.c.Status(status).JSON(answer)
}
