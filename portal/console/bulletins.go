package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/staff"
)

const (
	bulletinsPath   = "/console/bulletins"
	publishPath     = bulletinsPath + "/publish"
	workReportsPath = "/console/workreports"
)

func circularPath(id uuid.UUID) string { return bulletinsPath + "/" + id.String() }

// circ is worded for circulars and reports.
func (v *visit) circ(f Field) Field { return v.worded("bulletin", f) }

// circularLine is a circular in a list.
type circularLine struct {
	bulletin.Line
	Color clock.Color
	Owes  bool // the reader's office still has to answer
}

func (v *visit) circularLines(all []bulletin.Line) (lines []circularLine) {
	for _, l := range all {
		line := circularLine{Line: l}
		if l.Mine != nil && l.Mine.DueOn != nil && l.Mine.AnsweredAt == nil {
			line.Owes, line.Color = true, v.colors.Of(l.Mine.Late)
		}
		lines = append(lines, line)
	}
	return lines
}

// bulletinsPage lists circulars of the own office, or those that came to it.
type bulletinsPage struct {
	Frame
	Writes   bool
	Received bool
	Lenses   []lens
	Lines    []circularLine
	Next     string
}

func (v *visit) bulletins() error {
	frame, err := v.frame(bulletinsPath, v.t("bulletin.title"))
	if err != nil {
		return err
	}
	page := bulletinsPage{Frame: frame, Writes: v.by().May(staff.WritePapers)}
	page.Received = v.c.Query("box") == "received" || !page.Writes
	if page.Writes {
		for _, box := range []string{"own", "received"} {
			page.Lenses = append(page.Lenses, lens{Key: "bulletin.box." + box, Href: frame.Href(withQuery(bulletinsPath, "box", box)), On: page.Received == (box == "received")})
		}
	}
	before, _ := uuid.Parse(v.c.Query("after"))
	lines, err := v.Bulletins.Circulars(v.ctx(), v.by(), page.Received, before)
	if err != nil {
		return err
	}
	page.Lines = v.circularLines(lines)
	if len(lines) == listPage {
		box := map[bool]string{true: "received", false: "own"}[page.Received]
		page.Next = withQuery(withQuery(bulletinsPath, "box", box), "after", lines[len(lines)-1].ID.String())
	}
	return v.show(fiber.StatusOK, "bulletins", page)
}

// circularFormPage asks for a new circular.
type circularFormPage struct {
	Frame
	Form Form
}

func (v *visit) newCircular() error { return v.circularForm(fiber.StatusOK, Draft{}) }

func (v *visit) circularForm(status int, draft Draft) error {
	frame, err := v.frame(bulletinsPath+"/new", v.t("bulletin.act.draft"))
	if err != nil {
		return err
	}
	f := v.circularStep(frame, bulletinsPath, "draft", 0)
	f.Primary, f.Fields = true, v.circularFields(bulletin.NewCircular{Tone: bulletin.Criticism, Scope: bulletin.Internal})
	return v.show(status, "circular-new", circularFormPage{frame, v.dress(draft.apply(v, f), draft)})
}

// circularStep is a form with its words.
func (v *visit) circularStep(frame Frame, post, code string, version int) Form {
	return Form{Code: code, Post: frame.Href(post), Label: v.t("bulletin.act." + code), Button: v.t("bulletin.act." + code), Does: v.t("bulletin.does." + code),
		Told: v.t("bulletin.told." + code), CSRF: frame.CSRF, Version: version, Lang: string(v.lang)}
}

func (v *visit) circularFields(n bulletin.NewCircular) []Field {
	targets := v.Bulletins.Targets(v.by().UnitID)
	choose := func(name string, chosen []uuid.UUID) Field {
		var options []Option
		for _, id := range targets {
			options = append(options, Option{Value: id.String(), Label: v.unitName(id), Chosen: slices.Contains(chosen, id)})
		}
		return v.circ(v.pick(name, "checks", options))
	}
	until := with(v.circ(v.ask("until_on", "date", 0)), string(n.UntilOn))
	return []Field{
		with(v.circ(v.pick("tone", "radio", v.options("bulletin.tone.", codes(bulletin.Tones())))), string(n.Tone)),
		with(v.circ(v.pick("scope", "radio", v.options("bulletin.scope.", codes(bulletin.Scopes())))), string(n.Scope)),
		with(v.circ(v.ask("title", "text", 100)), n.Title), choose("named", n.Named), optional(choose("units", n.Units)),
		with(v.circ(v.lines("body", 8, 4000)), n.Body), optional(with(v.circ(v.lines("demand", 3, 1000)), n.Demand)), optional(until),
		optional(with(v.circ(v.lines("grounds", 2, 600)), strings.Join(n.Grounds, "\n"))),
	}
}

// typedCircular is what was typed for a circular.
func (v *visit) typedCircular() bulletin.NewCircular {
	n := bulletin.NewCircular{Tone: bulletin.Tone(v.form.get("tone")), Scope: bulletin.Scope(v.form.get("scope")), Title: v.form.get("title"), Body: v.form.get("body"),
		Demand: v.form.get("demand"), UntilOn: workday.Date(v.form.get("until_on"))}
	for name, into := range map[string]*[]uuid.UUID{"named": &n.Named, "units": &n.Units} {
		for _, text := range v.form.all(name) {
			id, _ := uuid.Parse(text) // what is none is nobody's
			*into = append(*into, id)
		}
	}
	for _, line := range strings.Split(v.form.get("grounds"), "\n") {
		if number := strings.TrimSpace(line); number != "" {
			n.Grounds = append(n.Grounds, number)
		}
	}
	return n
}

func (v *visit) draftCircular() error {
	id, err := v.Bulletins.Draft(v.ctx(), v.by(), v.typedCircular())
	if err == nil {
		return v.leave(circularPath(id), "circular_draft")
	}
	draft, status, ok := v.refused("draft", err)
	if !ok {
		return err
	}
	return v.circularForm(status, draft)
}

// circularPage is a circular: as it reads, who has read it, and what can be done.
type circularPage struct {
	Frame
	Whole    bulletin.Whole
	Body     []view.Block
	Color    clock.Color
	Whys     map[uuid.UUID]*view.Why   // by addressee
	Folders  map[ledger.Subject]string // of what it rests on
	Papers   []paperLine
	Steps    []Form
	Kept     []Field
	Says     string
	Timeline []eventView
}

func (v *visit) showCircular() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.circularShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) circularShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Bulletins.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(circularPath(id), w.Title)
	if err != nil {
		return err
	}
	page := circularPage{Frame: frame, Whole: w, Body: view.Prose(w.Body), Whys: map[uuid.UUID]*view.Why{}, Folders: map[ledger.Subject]string{ledger.OfOrder: ordersPath + "/", ledger.OfInspection: inspectionsPath + "/"}, Says: draft.says, Timeline: v.timeline(w.Events)}
	for _, a := range w.To {
		if d := running(w.Clocks, a.ID); d != nil {
			page.Whys[a.ID] = v.whyDate(*d, nil)
		}
	}
	if w.Mine != nil {
		page.Color = v.colors.Of(w.Mine.Late)
	}
	if page.Papers, err = v.papersOf(ledger.OfBulletin, id); err != nil {
		return err
	}
	for _, code := range w.Actions {
		f := v.circularStep(frame, circularPath(id)+"/"+code, code, w.Version)
		f.Primary = code == bulletin.ToIssue || code == bulletin.ToRead || code == bulletin.ToAnswer
		switch code {
		case bulletin.ToEdit:
			n, err := v.Bulletins.Written(v.ctx(), v.by(), id)
			if err != nil {
				return err
			}
			f.Fields = v.circularFields(n)
		case bulletin.ToAnswer:
			f.Fields = []Field{v.circ(v.lines("answer", 5, 2000))}
		}
		page.Steps = append(page.Steps, v.dress(draft.apply(v, f), draft))
	}
	switch {
	case draft.step != "" && !slices.Contains(w.Actions, draft.step):
		page.Kept = draft.words(v)
	case len(draft.problems)+len(draft.found) > 0 && slices.Contains([]string{bulletin.ToEdit, bulletin.ToAnswer}, draft.step):
		page.Says = ""
	}
	return v.show(status, "circular", page)
}

// onCircular runs one step of a circular and shows it again.
func (v *visit) onCircular(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		if code == bulletin.ToDiscard {
			return v.leave(bulletinsPath, "circular_discard")
		}
		return v.leave(circularPath(id), "circular_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.circularShow(status, id, draft)
}

func (v *visit) editCircular() error {
	return v.onCircular(bulletin.ToEdit, func(id uuid.UUID, version int) error {
		return v.Bulletins.Edit(v.ctx(), v.by(), id, version, v.typedCircular())
	})
}

func (v *visit) issueCircular() error {
	return v.onCircular(bulletin.ToIssue, func(id uuid.UUID, version int) error { return v.Bulletins.Issue(v.ctx(), v.by(), id, version) })
}

func (v *visit) discardCircular() error {
	return v.onCircular(bulletin.ToDiscard, func(id uuid.UUID, version int) error { return v.Bulletins.Discard(v.ctx(), v.by(), id, version) })
}

func (v *visit) readCircular() error {
	return v.onCircular(bulletin.ToRead, func(id uuid.UUID, _ int) error { return v.Bulletins.Read(v.ctx(), v.by(), id) })
}

func (v *visit) answerCircular() error {
	return v.onCircular(bulletin.ToAnswer, func(id uuid.UUID, _ int) error { return v.Bulletins.Answer(v.ctx(), v.by(), id, v.form.get("answer")) })
}

// circularPublishPage is where the publishing desk takes over public circulars.
type circularPublishPage struct {
	Frame
	Waiting []circularToPublish
	Says    string
}

type circularToPublish struct {
	bulletin.Circular
	Blocks []view.Block
	Form   Form
}

func (v *visit) circularsToPublish() error { return v.publishList(fiber.StatusOK, Draft{}) }

func (v *visit) publishList(status int, draft Draft) error {
	frame, err := v.frame(publishPath, v.t("bulletin.publish.title"))
	if err != nil {
		return err
	}
	all, err := v.Bulletins.ToPublish(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := circularPublishPage{Frame: frame, Says: draft.says}
	for _, c := range all {
		page.Waiting = append(page.Waiting, circularToPublish{c, view.Prose(c.Body), v.circularStep(frame, circularPath(c.ID)+"/publish", "publish", c.Version)})
	}
	return v.show(status, "circular-publish", page)
}

func (v *visit) publishCircular() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	n, err := v.Bulletins.Publish(v.ctx(), v.by(), id)
	if err == nil {
		return v.leave("/console/notices/"+n.ID.String(), "circular_publish")
	}
	draft, status, ok := v.refused("publish", err)
	if !ok {
		return err
	}
	if draft.says == "" {
		draft.says = v.t("console.says.invalid")
	}
	return v.publishList(status, draft)
}

// todayBulletins gathers circulars that came in and reports that are owed.
func (v *visit) todayBulletins(page *todayPage) error {
	if v.by().May(staff.ReadItems) {
		unread, err := v.Bulletins.Unread(v.ctx(), v.by())
		if err != nil {
			return err
		}
		page.Circulars = v.circularLines(unread)
	}
	owed, err := v.Bulletins.Owed(v.ctx(), v.by())
	page.WorkReports = v.reportLines(owed)
	return err
}
