package console

import (
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/portal/view"
	"minsheng/selfreport"
	"minsheng/staff"
)

const (
	selfReportsPath = "/console/selfreports"
	schedulesPath   = selfReportsPath + "/schedules/"
)

func selfReportPath(id uuid.UUID) string { return selfReportsPath + "/" + id.String() }

// A sheet that is filled in by hand is small: a megabyte, and what multipart adds.
const (
	smallFile = 1 << 20
	smallBody = smallFile + 128<<10
)

// takeSmall keeps the one file of a form that is read on the spot.
func (v *visit) takeSmall(p *posted, seen url.Values, name string, content io.Reader) (err error) {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	if p.name != "" {
		return nil // one file a form
	}
	p.name = name
	p.small, err = io.ReadAll(io.LimitReader(content, smallFile+1))
	return err
}

// selfr is worded for self-reports.
func (v *visit) selfr(f Field) Field { return v.worded("selfreport", f) }

// periodName is a period in words: 2026年3月.
func (v *visit) periodName(p selfreport.Period) string {
	year, rest, _ := strings.Cut(string(p), "-")
	if quarter, is := strings.CutPrefix(rest, "Q"); is {
		return v.t("selfreport.quarter", "year", year, "n", quarter)
	}
	month := strings.TrimLeft(rest, "0")
	if v.lang == "en" {
		month = p.First().Time().Month().String()
	}
	return v.t("selfreport.month", "year", year, "month", month)
}

// selfReportLine is a report in a list.
type selfReportLine struct {
	selfreport.Line
	Color clock.Color
	When  string // the period in words
}

func (v *visit) selfReportLines(all []selfreport.Line) (lines []selfReportLine) {
	for _, l := range all {
		lines = append(lines, selfReportLine{l, v.colors.Of(l.Late), v.periodName(l.Period)})
	}
	return lines
}

// scheduleLine is a schedule in a list.
type scheduleLine struct {
	selfreport.ScheduleLine
	Last string // its last period in words; "" none is over
}

// selfReportsPage is what the own office owes, and what it asks.
type selfReportsPage struct {
	Frame
	Waiting   []selfReportLine
	Sent      []selfReportLine
	Next      string
	Asks      bool
	Schedules []scheduleLine
	More      string
}

func (v *visit) selfReports() error {
	frame, err := v.frame(selfReportsPath, v.t("selfreport.title"))
	if err != nil {
		return err
	}
	page := selfReportsPage{Frame: frame, Asks: v.by().May(staff.AskSelfReports)}
	waiting, err := v.SelfReports.Waiting(v.ctx(), v.by())
	if err != nil {
		return err
	}
	before, _ := uuid.Parse(v.c.Query("after"))
	sent, err := v.SelfReports.Sent(v.ctx(), v.by(), before)
	if err != nil {
		return err
	}
	page.Waiting, page.Sent = v.selfReportLines(waiting), v.selfReportLines(sent)
	if len(sent) == listPage {
		page.Next = withQuery(selfReportsPath, "after", sent[len(sent)-1].ID.String())
	}
	if page.Asks {
		older, _ := uuid.Parse(v.c.Query("schedules"))
		schedules, err := v.SelfReports.Schedules(v.ctx(), v.by(), older)
		if err != nil {
			return err
		}
		for _, s := range schedules {
			line := scheduleLine{ScheduleLine: s}
			if s.MadeThrough != "" {
				line.Last = v.periodName(s.MadeThrough)
			}
			page.Schedules = append(page.Schedules, line)
		}
		if len(schedules) == listPage {
			page.More = withQuery(selfReportsPath, "schedules", schedules[len(schedules)-1].ID.String())
		}
	}
	return v.show(fiber.StatusOK, "selfreports", page)
}

// selfReportPage is a report: to its own office a form, to the other what came in.
type selfReportPage struct {
	Frame
	Whole    selfreport.Whole
	Color    clock.Color
	When     string
	Why      *view.Why
	Said     []saidView // as handed in, or as it is written when it cannot be changed
	Rounds   []roundView
	Form     *Form
	Sheet    sheetView
	Steps    []Form
	Kept     []Field
	Says     string
	Timeline []eventView
}

// saidView is a question with its answer in words; "" there is none.
type saidView struct {
	N      int
	Words  string
	Answer string
	Figure bool
}

type roundView struct {
	selfreport.Round
	Files []fileView
	Said  []saidView // of rounds before the last: what was said then
}

// sheetView is what became of a sheet that was sent.
type sheetView struct {
	Problem string // why it was not read at all
	Cells   []cellProblem
}

// cellProblem is a cell of a sheet that could not be understood.
type cellProblem struct{ Ref, Words, Why, Raw string }

func (v *visit) showSelfReport() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.selfReportShow(fiber.StatusOK, id, Draft{}, sheetView{})
}

func (v *visit) selfReportShow(status int, id uuid.UUID, draft Draft, sheet sheetView) error {
	w, err := v.SelfReports.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	when := v.periodName(w.Period)
	frame, err := v.frame(selfReportPath(id), w.Schedule.Title+" "+when)
	if err != nil {
		return err
	}
	page := selfReportPage{Frame: frame, Whole: w, When: when, Color: v.colors.Of(w.Late), Sheet: sheet, Says: draft.says, Timeline: v.timeline(w.Events)}
	if d := running(w.Clocks, id); d != nil {
		page.Why = v.whyDate(*d, nil)
	}
	for n, r := range w.Rounds {
		shown := roundView{Round: r, Files: v.files(selfReportPath(id)+"/files/", r.Files)}
		if n > 0 {
			shown.Said = v.saidOf(w.Questions, r.Answers)
		}
		page.Rounds = append(page.Rounds, shown)
	}
	if slices.Contains(w.Actions, "hand_in") {
		form := v.handInForm(frame, w)
		form = v.dress(draft.apply(v, form), draft)
		page.Form = &form
	} else {
		page.Said = v.saidOf(w.Questions, w.Answers)
	}
	for _, code := range []string{"take", "return"} {
		if slices.Contains(w.Actions, code) {
			page.Steps = append(page.Steps, v.dress(draft.apply(v, v.selfReportStep(frame, code, w)), draft))
		}
	}
	offered := page.Form != nil && draft.step == "hand_in" || slices.Contains(w.Actions, draft.step)
	switch {
	case draft.step != "" && !offered:
		page.Kept = draft.words(v)
	case draft.step != "":
		page.Says = ""
	}
	return v.show(status, "selfreport", page)
}

// handInForm asks the questions, filled in with what is written already.
func (v *visit) handInForm(frame Frame, w selfreport.Whole) Form {
	f := Form{Code: "hand_in", Post: frame.Href(selfReportPath(w.ID) + "/hand_in"), Label: v.t("selfreport.act.hand_in"), Button: v.t("selfreport.act.hand_in"),
		Does: v.t("selfreport.does.hand_in"), Told: v.t("selfreport.told.hand_in", "unit", w.AskerName), CSRF: frame.CSRF, Version: w.Version, Lang: string(v.lang), Primary: true, Files: true}
	for _, q := range w.Questions {
		field := Field{Name: selfreport.FieldOf(q.N), ID: "q-" + strconv.Itoa(q.N), Label: strconv.Itoa(q.N) + ". " + q.Words, Required: q.Required, Hint: v.hintOf(q.Kind), Max: 30, Kind: "text"}
		answer, given := w.Answers[q.N]
		switch {
		case q.Kind == selfreport.YesNo:
			field.Kind, field.Options, field.Hint = "radio", v.options("selfreport.answer.", []string{"yes", "no"}), ""
			if given {
				field = with(field, map[int64]string{1: "yes", 0: "no"}[answer.Figure])
			}
		case q.Kind == selfreport.Text:
			field.Kind, field.Rows, field.Max, field.Value = "lines", 3, 1000, answer.Words
		case given && q.Kind == selfreport.Amount:
			field.Value = plainYuan(answer.Figure)
		case given:
			field.Value = strconv.FormatInt(answer.Figure, 10)
		}
		f.Fields = append(f.Fields, field)
	}
	files := v.selfr(v.ask("files", "file", 0))
	files.Accept = ".jpg,.jpeg,.png,.webp,.pdf,.xlsx,.csv"
	f.Fields = append(f.Fields, optional(files))
	return f
}

// hintOf says with what a question is answered.
func (v *visit) hintOf(k selfreport.Kind) string { return v.t("selfreport.hint." + string(k)) }

// selfReportStep is a step of the office that asked.
func (v *visit) selfReportStep(frame Frame, code string, w selfreport.Whole) Form {
	f := Form{Code: code, Post: frame.Href(selfReportPath(w.ID) + "/" + code), Label: v.t("selfreport.act." + code), Button: v.t("selfreport.act." + code),
		Does: v.t("selfreport.does." + code), Told: v.t("selfreport.told."+code, "unit", w.UnitName), CSRF: frame.CSRF, Version: w.Version, Lang: string(v.lang), Primary: code == "take"}
	if code == "return" {
		f.Fields = []Field{v.selfr(v.lines("why", 3, 500))}
	}
	return f
}

// saidOf puts answers into words.
func (v *visit) saidOf(questions []selfreport.Question, a selfreport.Answers) (all []saidView) {
	for _, q := range questions {
		all = append(all, saidView{q.N, q.Words, v.answerOf(q, a), q.Kind.Adds()})
	}
	return all
}

func (v *visit) answerOf(q selfreport.Question, a selfreport.Answers) string {
	answer, given := a[q.N]
	switch {
	case !given:
		return ""
	case q.Kind == selfreport.Text:
		return answer.Words
	case q.Kind == selfreport.Amount:
		return view.Yuan(answer.Figure)
	case q.Kind == selfreport.YesNo:
		return v.t("selfreport.answer." + map[bool]string{true: "yes", false: "no"}[answer.Figure == 1])
	}
	return strconv.FormatInt(answer.Figure, 10)
}

// typedReport reads the answers of a form; what is no figure is a problem.
func (v *visit) typedReport(questions []selfreport.Question) (selfreport.Answers, error) {
	var f step.Form
	a := selfreport.Answers{}
	for _, q := range questions {
		field := selfreport.FieldOf(q.N)
		text := v.form.get(field)
		if text == "" {
			continue
		}
		answer, ok := selfreport.Value{Words: text}, true
		switch q.Kind {
		case selfreport.Number:
			answer.Figure, ok = wholeNumber(text)
		case selfreport.Amount:
			answer.Figure, ok = yuan(text)
		case selfreport.YesNo:
			answer.Figure, ok = map[string]int64{"yes": 1}[text], text == "yes" || text == "no"
		}
		f.Require(ok, field, "selfreport_"+string(q.Kind))
		a[q.N] = answer
	}
	return a, f.Err()
}

// wholeNumber reads a count as people type it.
func wholeNumber(text string) (int64, bool) {
	text = strings.NewReplacer(",", "", " ", "").Replace(norm.NFKC.String(text))
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil
}

// handInSelfReport hands a report in, or keeps what is written of it.
func (v *visit) handInSelfReport() error {
	return v.onSelfReport("hand_in", func(w selfreport.Whole, version int) error {
		a, err := v.typedReport(w.Questions)
		if err != nil {
			return err
		}
		if v.form.has("keep") {
			return v.SelfReports.Save(v.ctx(), v.by(), w.ID, version, a)
		}
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		return v.SelfReports.HandIn(v.ctx(), v.by(), w.ID, version, a, form.Key)
	})
}

// onSelfReport runs one step of a report and shows it again: changed, or with the
// words beside what is wrong.
func (v *visit) onSelfReport(act string, do func(w selfreport.Whole, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	w, err := v.SelfReports.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	if err = do(w, number(v.form.get("version"))); err == nil {
		if v.form.has("keep") {
			act = "keep"
		}
		return v.leave(selfReportPath(id), "selfreport_"+act)
	}
	draft, status, ok := v.refused(act, err)
	if !ok {
		return err
	}
	return v.selfReportShow(status, id, draft, sheetView{})
}

func (v *visit) takeSelfReport() error {
	return v.onSelfReport("take", func(w selfreport.Whole, version int) error {
		return v.SelfReports.Take(v.ctx(), v.by(), w.ID, version)
	})
}

func (v *visit) returnSelfReport() error {
	return v.onSelfReport("return", func(w selfreport.Whole, version int) error {
		return v.SelfReports.Return(v.ctx(), v.by(), w.ID, version, v.form.get("why"))
	})
}

func (v *visit) sendSelfReportFile() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.SelfReports.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

// owedReports counts what the own office has to report, and what of it is late.
func (v *visit) owedReports() (n count, err error) {
	lines, err := v.SelfReports.Waiting(v.ctx(), v.by())
	n.mine = len(lines)
	for _, l := range lines {
		n.late += min(l.Late, 1)
	}
	return n, err
}
