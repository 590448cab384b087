package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/portal/view"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/staff"
)

// objectionsPage lists objections to published lists.
type objectionsPage struct {
	Frame
	Lenses []lens
	Lines  []objectionLine
	Older  string
	// Narrowed: the list is not that of all open ones.
	Narrowed bool
}

type objectionLine struct {
	objection.Line
	Color clock.Color
	Why   string // it stands on the Today page
}

const objectionsPath = "/console/objections"

func objectionPath(id uuid.UUID) string { return objectionsPath + "/" + id.String() }

// objectionLenses are the ways the list is looked at.
var objectionLenses = []struct{ key, query string }{
	{"objections.lens.open", ""}, {"objections.lens.mine", "?mine=1"}, {"objections.lens.all", "?state=all"},
}

func (v *visit) objections() error {
	frame, err := v.frame(objectionsPath, v.t("objections.title"))
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(v.c.Query("after"), 10, 64)
	filter := objection.Filter{State: objection.State(v.c.Query("state")), Mine: v.c.Query("mine") == "1", Place: v.c.Query("place"), After: after}
	found, err := v.Objections.List(v.ctx(), v.by(), filter)
	if err != nil {
		return err
	}
	page := objectionsPage{Frame: frame, Narrowed: filter != objection.Filter{}}
	at := objectionsPath
	if filter.Place != "" {
		at = withQuery(at, "place", filter.Place)
	}
	for _, l := range objectionLenses {
		here := (l.query == "?mine=1") == filter.Mine && (l.query == "?state=all") == (filter.State == "all")
		page.Lenses = append(page.Lenses, lens{Key: l.key, Href: frame.Href(objectionsPath + l.query), On: here})
		if here && l.query != "" {
			name, value, _ := strings.Cut(l.query[1:], "=")
			at = withQuery(at, name, value)
		}
	}
	for _, l := range found {
		page.Lines = append(page.Lines, objectionLine{Line: l, Color: v.colors.Of(l.Late)})
	}
	if len(found) == 50 {
		page.Older = frame.Href(withQuery(at, "after", strconv.FormatInt(found[len(found)-1].Seq, 10)))
	}
	return v.show(fiber.StatusOK, "objections", page)
}

// objectionPage is one objection with its story and what can be done.
type objectionPage struct {
	Frame
	Case     objection.Case
	Row      string
	Color    clock.Color
	Late     int
	RuleName string
	Files    []fileView
	Talk     []turn
	Checks   []objectionCheck
	Rulings  []rulingView
	Timeline []eventView
	Forms    []Form
	Say      *Form
	Kept     []Field
	Says     string
	Notice   string // public address of the list

	list     roll.Kind          // "" when the notice has no table
	Docket   string             // address where an item can be docketed from it, "" none
	Gone     *retention.Erasure // what was destroyed of it; nil nothing
	KeepHref string             // to what keeps it; "" for who has no business there
}

type objectionCheck struct {
	objection.Check
	Files []fileView
}

type rulingView struct {
	objection.Ruling
	Change string // in words
}

func (v *visit) showObjection() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.objectionShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) objectionShow(status int, id uuid.UUID, draft Draft) error {
	c, err := v.Objections.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(objectionPath(id), c.Number()+" "+c.PlaceName)
	if err != nil {
		return err
	}
	page := objectionPage{Frame: frame, Case: c, Says: draft.says, Late: c.Late, Color: v.colors.Of(c.Late)}
	if c.DueRule != "" {
		page.RuleName = v.known("console.rule."+c.DueRule, "console.rule.other")
	}
	if page.Gone, err = v.Retention.Gone(v.ctx(), v.by(), c.ReportID, c.Erased); err != nil {
		return err
	}
	page.KeepHref = v.keepHref(retention.Objection(id))
	if v.may(staff.IssueItems) && v.numbersPapers() && c.Erased != intake.WordsErased {
		page.Docket = withQuery(itemsPath+"/new", "objection", id.String())
	}
	page.Notice = "/notices/" + c.NoticeID.String()
	if c.RollID != nil {
		list, err := v.Rolls.Roll(v.ctx(), *c.RollID)
		if err != nil {
			return err
		}
		page.list = list.Kind
	}
	if c.RowNow != nil {
		page.Row = v.rowWords(*c.RowNow)
	}
	base := objectionPath(id) + "/files/"
	page.Files = v.files(base, owned(c.Files, "report", c.ReportID))
	for _, m := range c.Messages {
		page.Talk = append(page.Talk, turn{m, m.Pieces(false), v.files(base, m.Files)})
	}
	for _, check := range c.Checks {
		page.Checks = append(page.Checks, objectionCheck{check, v.files(base, check.Files)})
	}
	for _, r := range c.Rulings {
		page.Rulings = append(page.Rulings, rulingView{r, v.changeWords(c, r)})
	}
	page.Timeline = v.timeline(c.Events)
	v.objectionForms(&page, draft)
	return v.show(status, "objection", page)
}

// rowWords says what a row of a list says.
func (v *visit) rowWords(r roll.Row) string {
	words := r.Label
	if r.N > 0 {
		words = v.t("objections.row", "n", r.N, "name", r.Label)
	}
	if r.Team != "" {
		words += " " + r.Team
	}
	if r.People > 0 {
		words += " " + v.t("objections.people", "n", r.People)
	}
	if r.AmountFen > 0 {
		words += " " + v.t("objections.amount", "amount", view.Yuan(r.AmountFen))
	}
	return words
}

// changeWords says what a ruling would do to the list.
func (v *visit) changeWords(c objection.Case, r objection.Ruling) string {
	if r.Change.Label == "" {
		return ""
	}
	row := roll.Row{Label: r.Change.Label, Team: r.Change.Team, People: r.Change.People, AmountFen: r.Change.AmountFen}
	if c.RowNow != nil && c.RowNow.Key == r.Change.Key {
		row.N = c.RowNow.N
	}
	return v.rowWords(row)
}

func (v *visit) sendObjectionFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Objections.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

// onObjection runs one step of an objection and shows it again: changed, or with
// the words beside what is wrong.
func (v *visit) onObjection(step string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(objectionPath(id), "objection_"+step)
	}
	draft, status, ok := v.refused(step, err)
	if !ok {
		return err
	}
	if errors.Is(err, custody.ErrNotMember) { // signing or approving what is locked
		draft.says = v.t("handling.says.not_member")
	}
	return v.objectionShow(status, id, draft)
}

func (v *visit) acknowledgeObjection() error {
	return v.onObjection("acknowledge", func(id uuid.UUID, version int) error {
		return v.Objections.Acknowledge(v.ctx(), v.by(), id, version)
	})
}

func (v *visit) messageObjector() error {
	return v.onObjection("message", func(id uuid.UUID, _ int) error {
		return v.Objections.Message(v.ctx(), v.by(), id, v.form.get("text"))
	})
}

func (v *visit) checkObjection() error {
	return v.onObjection("check", func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		return v.Objections.Record(v.ctx(), v.by(), id, version, objection.Visit{
			VisitedOn: workday.Date(v.form.get("visited_on")), Place: v.form.get("place"), Method: v.form.get("method"),
			Found: v.form.get("found"), Declared: v.form.get("declared") == "1", Form: form.Key,
		})
	})
}

func (v *visit) signCheck() error {
	return v.onObjection("sign", func(id uuid.UUID, version int) error {
		check, err := v.formID("check")
		if err != nil {
			return err
		}
		return v.Objections.Sign(v.ctx(), v.by(), id, check, version, v.form.get("declared") == "1")
	})
}

func (v *visit) proposeRuling() error {
	return v.onObjection("propose", func(id uuid.UUID, version int) error {
		c, err := v.Objections.Open(v.ctx(), v.by(), id)
		if err != nil {
			return err
		}
		outcome := objection.State(v.form.get("outcome"))
		edit, err := v.editFor(c, outcome)
		if err != nil {
			return err
		}
		return besideRow(v.Objections.Propose(v.ctx(), v.by(), id, version, outcome, edit, v.form.get("answer")))
	})
}

// besideRow puts what is wrong with the row that is meant beside the question
// for its number.
func besideRow(err error) error {
	var wrong *intake.Invalid
	if errors.As(err, &wrong) && wrong.Problems["row"] != "" {
		wrong.Problems["row_number"] = wrong.Problems["row"]
		delete(wrong.Problems, "row")
	}
	return err
}

// editFor is how the row should be by what was typed: what a ruling does not
// change stays as it stands.
func (v *visit) editFor(c objection.Case, outcome objection.State) (roll.Edit, error) {
	edit := roll.Edit{Reason: "objection_upheld"}
	if outcome != objection.UpheldAdd && outcome != objection.UpheldCorrect && outcome != objection.UpheldRemove {
		return roll.Edit{}, nil
	}
	row := c.RowNow
	if outcome != objection.UpheldAdd && row == nil && c.RollID != nil {
		var err error
		if row, err = v.rowNumbered(*c.RollID, number(v.form.get("row_number"))); err != nil {
			return edit, err
		}
	}
	if outcome != objection.UpheldAdd && row != nil {
		edit.Key, edit.PlaceCode, edit.Cells = row.Key, row.PlaceCode, row.Cells
	}
	if outcome == objection.UpheldRemove {
		edit.Gone = true
		return edit, nil
	}
	edit.Label, edit.Team = v.form.get("label"), v.form.get("team")
	if row != nil {
		edit.AmountFen, edit.People = row.AmountFen, row.People
	}
	if text := v.form.get("people"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return edit, missing("people", "people")
		}
		edit.People = n
	}
	if text := v.form.get("amount"); text != "" {
		fen, ok := yuan(text)
		if !ok {
			return edit, missing("amount", "amount")
		}
		edit.AmountFen = fen
	}
	return edit, nil
}

// rowNumbered finds a row by the number that is printed beside it.
func (v *visit) rowNumbered(list uuid.UUID, n int) (*roll.Row, error) {
	if n < 1 {
		return nil, missing("row_number", "row_number")
	}
	rows, _, err := v.Rolls.Page(v.ctx(), list, roll.Ask{Search: itoa(n), Limit: 100})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].N == n {
			return &rows[i], nil
		}
	}
	return nil, missing("row_number", "row_number")
}

func (v *visit) ruleObjection() error {
	return v.onObjection("rule", func(id uuid.UUID, version int) error {
		ruling, err := v.formID("proposal")
		if err != nil {
			return err
		}
		choice := v.form.get("ruling")
		if choice != "approve" && choice != "return" {
			return missing("ruling", "choose")
		}
		return v.Objections.Rule(v.ctx(), v.by(), id, ruling, version, choice == "approve", v.form.get("note"))
	})
}
