package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/selfreport"
	"minsheng/staff"
)

func workReportPath(id uuid.UUID) string { return workReportsPath + "/" + id.String() }

// reportPeriod is a period in words: 2026年3月.
func (v *visit) reportPeriod(p bulletin.Period) string {
	if p.Every() == bulletin.Quarter {
		return v.periodName(selfreport.Period(string(p[:4]) + "-" + string(p[4:])))
	}
	return v.periodName(selfreport.Period(p))
}

// reportLine is a report in a list.
type reportLine struct {
	bulletin.ReportLine
	Color clock.Color
	When  string
}

func (v *visit) reportLines(all []bulletin.ReportLine) (lines []reportLine) {
	for _, l := range all {
		lines = append(lines, reportLine{l, v.colors.Of(l.Late), v.reportPeriod(l.Period)})
	}
	return lines
}

// workReportsPage lists reports of the own office, or those sent to it.
type workReportsPage struct {
	Frame
	Lenses    []lens
	Sent      bool
	Lines     []reportLine
	Next      string
	Compose   Form
	Schedules []scheduledReports
	Schedule  *Form // for who signs
	Says      string
}

// scheduledReports is a schedule with the form that ends it.
type scheduledReports struct {
	bulletin.Schedule
	From string
	End  *Form
}

func (v *visit) workReports() error { return v.workReportList(fiber.StatusOK, Draft{}) }

func (v *visit) workReportList(status int, draft Draft) error {
	frame, err := v.frame(workReportsPath, v.t("bulletin.reports.title"))
	if err != nil {
		return err
	}
	page := workReportsPage{Frame: frame, Sent: v.c.Query("box") == "sent", Says: draft.says}
	for _, box := range []string{"mine", "sent"} {
		page.Lenses = append(page.Lenses, lens{Key: "bulletin.box." + box, Href: frame.Href(withQuery(workReportsPath, "box", box)), On: page.Sent == (box == "sent")})
	}
	before, _ := uuid.Parse(v.c.Query("after"))
	lines, err := v.Bulletins.Reports(v.ctx(), v.by(), page.Sent, before)
	if err != nil {
		return err
	}
	page.Lines = v.reportLines(lines)
	if len(lines) == listPage {
		box := map[bool]string{true: "sent", false: "mine"}[page.Sent]
		page.Next = withQuery(withQuery(workReportsPath, "box", box), "after", lines[len(lines)-1].ID.String())
	}
	compose := v.circularStep(frame, workReportsPath, "compose", 0)
	compose.Fields = []Field{v.circ(v.pick("period", "select", v.reportPeriods()))}
	page.Compose = v.dress(draft.apply(v, compose), draft)
	if draft.step == "compose" && draft.problems["period"] != "" {
		page.Says = ""
	}
	return v.scheduleForms(status, &page)
}

// scheduleForms shows what the office reports on a schedule, and to who signs the
// forms that begin and end it.
func (v *visit) scheduleForms(status int, page *workReportsPage) error {
	all, err := v.Bulletins.Schedules(v.ctx(), v.by())
	if err != nil {
		return err
	}
	signs := v.by().May(staff.SignPapers)
	free := bulletin.Rhythms()
	for _, s := range all {
		free = slices.DeleteFunc(free, func(e bulletin.Every) bool { return e == s.Every })
		line := scheduledReports{Schedule: s, From: v.reportPeriod(s.FirstPeriod)}
		if signs {
			end := v.circularStep(page.Frame, workReportsPath+"/schedules/"+s.ID.String()+"/end", "unschedule", 0)
			line.End = &end
		}
		page.Schedules = append(page.Schedules, line)
	}
	if signs && len(free) > 0 {
		f := v.circularStep(page.Frame, workReportsPath+"/schedules", "schedule", 0)
		f.Fields = []Field{v.circ(v.pick("every", "radio", v.options("bulletin.every.", codes(free))))}
		f = v.dress(f, Draft{})
		page.Schedule = &f
	}
	return v.show(status, "workreports", *page)
}

// reportPeriods are the last periods that are over, of both rhythms.
func (v *visit) reportPeriods() (all []Option) {
	for _, every := range bulletin.Rhythms() {
		p := every.Of(v.day()).Before()
		for range map[bulletin.Every]int{bulletin.Month: 6, bulletin.Quarter: 4}[every] {
			all = append(all, Option{Value: string(p), Label: v.reportPeriod(p)})
			p = p.Before()
		}
	}
	return all
}

func (v *visit) composeReport() error {
	p := bulletin.Period(v.form.get("period"))
	id, err := v.Bulletins.Compose(v.ctx(), v.by(), p.Every(), p)
	if err == nil {
		return v.leave(workReportPath(id), "report_compose")
	}
	draft, status, ok := v.refused("compose", err)
	if !ok {
		return err
	}
	return v.workReportList(status, draft)
}

func (v *visit) scheduleReports() error {
	err := v.Bulletins.SetSchedule(v.ctx(), v.by(), bulletin.Every(v.form.get("every")))
	if err == nil {
		return v.leave(workReportsPath, "report_schedule")
	}
	draft, status, ok := v.refused("schedule", err)
	if !ok {
		return err
	}
	return v.workReportList(status, draft)
}

func (v *visit) unscheduleReports() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.Bulletins.EndSchedule(v.ctx(), v.by(), id); err != nil {
		return err
	}
	return v.leave(workReportsPath, "report_unschedule")
}

// workReportPage is a report: numbers, pictures, and words that are edited beside
// them while it is a draft.
type workReportPage struct {
	Frame
	Whole    bulletin.ReportWhole
	When     string
	Why      *view.Why
	Color    clock.Color
	Parts    []reportPart
	Write    *Form // the words, with their questions in Parts
	Changes  []recountView
	Papers   []paperLine
	Steps    []Form
	Kept     []Field
	Says     string
	Timeline []eventView
}

// reportPart is one section.
type reportPart struct {
	Code    bulletin.Section
	Title   string
	Words   string
	Field   *Field // to write its words; nil: they stand
	Table   *view.Table
	Picture *view.Picture
}

// recountView is a number that counting again changed.
type recountView struct{ Name, Before, After string }

func (v *visit) showWorkReport() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.workReportShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) workReportShow(status int, id uuid.UUID, draft Draft) error {
	w, err := v.Bulletins.Report(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	when := v.reportPeriod(w.Period)
	frame, err := v.frame(workReportPath(id), v.t("bulletin.report.name", "period", when))
	if err != nil {
		return err
	}
	page := workReportPage{Frame: frame, Whole: w, When: when, Color: v.colors.Of(w.Late), Says: draft.says, Timeline: v.timeline(w.Events)}
	if d := running(w.Clocks, id); d != nil {
		page.Why = v.whyDate(*d, nil)
	}
	for _, c := range w.Changes {
		page.Changes = append(page.Changes, recountView{v.t("bulletin.number." + c.Code), plainNumber(c.Before, c.Share), plainNumber(c.After, c.Share)})
	}
	if page.Papers, err = v.papersOf(ledger.OfBulletin, id); err != nil {
		return err
	}
	v.reportSteps(&page, draft)
	v.reportParts(&page)
	return v.show(status, "workreport", page)
}

// reportSteps are the forms of a report; the words are asked for section by
// section.
func (v *visit) reportSteps(page *workReportPage, draft Draft) {
	w := page.Whole
	for _, code := range w.Actions {
		f := v.circularStep(page.Frame, workReportPath(w.ID)+"/"+code, code, w.Version)
		if code == bulletin.ToCompose { // on the list, where periods are composed
			f.Post, f.Fields = page.Href(workReportsPath), []Field{{Name: "period", Kind: "hidden", Value: string(w.Period)}}
		}
		f.Primary = code == bulletin.ToIssue || code == bulletin.ToCompose || code == bulletin.ToReceive
		if code != bulletin.ToWord {
			page.Steps = append(page.Steps, v.dress(draft.apply(v, f), draft))
			continue
		}
		for _, s := range w.Numbers.Sections() {
			field := with(v.circ(v.lines(string(s), 4, 3000)), w.Words[s])
			field.Label = v.t("bulletin.words_of", "section", v.t("bulletin.section."+string(s)))
			f.Fields = append(f.Fields, field)
		}
		for i, field := range f.Fields {
			if draft.step == bulletin.ToIssue { // what it lacks is said where it is written
				f.Fields[i].Problem = draft.problems[field.Name]
			}
		}
		f = v.dress(draft.apply(v, f), draft)
		page.Write = &f
	}
	if draft.step != "" && !slices.Contains(w.Actions, draft.step) {
		page.Kept = draft.words(v)
	}
}

func (v *visit) reportParts(page *workReportPage) {
	for n, s := range page.Whole.Numbers.Sections() {
		part := reportPart{Code: s, Title: v.t("bulletin.section." + string(s)), Words: page.Whole.Words[s]}
		if page.Write != nil {
			part.Field = &page.Write.Fields[n]
		}
		v.reportFigures(&part, page.Whole.Numbers)
		page.Parts = append(page.Parts, part)
	}
}

// onWorkReport runs one step of a report and shows it again.
func (v *visit) onWorkReport(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(workReportPath(id), "report_"+code)
	}
	if is(err, store.ErrNotFound) {
		return err
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.workReportShow(status, id, draft)
}

func (v *visit) wordReport() error {
	return v.onWorkReport(bulletin.ToWord, func(id uuid.UUID, version int) error {
		words := bulletin.Words{}
		for _, s := range bulletin.AllSections() {
			words[s] = v.form.get(string(s))
		}
		return v.Bulletins.Write(v.ctx(), v.by(), id, version, words)
	})
}

func (v *visit) countReport() error {
	return v.onWorkReport(bulletin.ToCount, func(id uuid.UUID, version int) error { return v.Bulletins.Count(v.ctx(), v.by(), id, version) })
}

func (v *visit) signReport() error {
	return v.onWorkReport(bulletin.ToIssue, func(id uuid.UUID, version int) error { return v.Bulletins.Sign(v.ctx(), v.by(), id, version) })
}

func (v *visit) receiveReport() error {
	return v.onWorkReport(bulletin.ToReceive, func(id uuid.UUID, _ int) error { return v.Bulletins.Receive(v.ctx(), v.by(), id) })
}
