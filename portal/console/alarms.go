package console

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/watch"
)

const alarmsPath = "/console/alarms"

// alarmsPage is what is nearly due, late, or without people below the office.
type alarmsPage struct {
	Frame
	Groups []alarmGroup
	Heard  []alarmLine // acknowledged lately
	Next   string
	Says   string
	First  bool
}

// alarmGroup are the alarms of one stage.
type alarmGroup struct {
	Stage watch.Stage
	Rows  []alarmLine
}

// alarmLine is one alarm: what, whose, since when.
type alarmLine struct {
	watch.Alarm
	What string // "访2026-000012 …", or its kind alone
	Href string // "" when the reader may not open it
	Owes string // name of the office
	Text string // how it stands with its date
	Why  *view.Why
}

// openers are where subjects are opened.
var openers = map[ledger.Subject]string{
	ledger.OfComplaint: "/console/cases/", ledger.OfItem: "/console/items/", ledger.OfObjection: objectionsPath + "/",
	ledger.OfSelfReport: selfReportsPath + "/", ledger.OfOrder: ordersPath + "/", ledger.OfMeasure: measuresPath + "/",
}

// alarmPath is where the subject of an alarm is opened: of what an inspection asks
// for and of entries of a plan, the list they are found from; "" for nowhere.
func (v *visit) alarmPath(a watch.Alarm) string {
	switch {
	case a.Kind == ledger.OfPlan:
		return plansPath
	case a.Kind == ledger.OfInspection && v.by().May(staff.AnswerOffices):
		return inspectedPath
	case a.Kind == ledger.OfInspection && a.Clock != nil && a.Clock.Rule != "inspection.material":
		return inspectionPath(a.Subject)
	case a.Kind == ledger.OfInspection:
		return inspectionsPath
	case a.Kind == ledger.OfBulletin && a.Clock != nil && a.Clock.Rule != "bulletin.rectify":
		return workReportPath(a.Subject)
	case a.Kind == ledger.OfBulletin: // the clock runs for an office that a circular goes to
		return bulletinsPath
	case openers[a.Kind] == "":
		return ""
	}
	return openers[a.Kind] + a.Subject.String()
}

func (v *visit) alarms() error { return v.alarmsShow(fiber.StatusOK, "") }

func (v *visit) alarmsShow(status int, says string) error {
	frame, err := v.frame(alarmsPath, v.t("alarms.title"))
	if err != nil {
		return err
	}
	after := alarmPlace(v.c.Query("after"))
	found, next, err := v.Watch.Alarms(v.ctx(), v.by(), after)
	if err != nil {
		return err
	}
	page := alarmsPage{Frame: frame, Says: says, First: after == watch.AlarmPlace{}}
	lines, err := v.alarmLines(found)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Stage != line.Stage {
			page.Groups = append(page.Groups, alarmGroup{Stage: line.Stage})
		}
		last := &page.Groups[len(page.Groups)-1]
		last.Rows = append(last.Rows, line)
	}
	if next != (watch.AlarmPlace{}) {
		page.Next = frame.Href(withQuery(alarmsPath, "after", itoa(next.Grade)+"-"+next.ID.String()))
	}
	if page.First {
		heard, err := v.Watch.Heard(v.ctx(), v.by())
		if err != nil {
			return err
		}
		if page.Heard, err = v.alarmLines(heard); err != nil {
			return err
		}
	}
	return v.show(status, "alarms", page)
}

// alarmPlace reads where a list goes on; anything else is its beginning.
func alarmPlace(text string) watch.AlarmPlace {
	grade, id, _ := strings.Cut(text, "-")
	at, err := uuid.Parse(id)
	if err != nil || number(grade) < 1 {
		return watch.AlarmPlace{}
	}
	return watch.AlarmPlace{Grade: number(grade), ID: at}
}

// alarmLines puts alarms into words.
func (v *visit) alarmLines(found []watch.Alarm) ([]alarmLine, error) {
	var ids []uuid.UUID
	for _, a := range found {
		if a.Clock != nil {
			ids = append(ids, a.Subject)
		}
	}
	paused := map[uuid.UUID][]clock.Pause{}
	if len(ids) > 0 {
		pauses, err := v.Clocks.Pauses(v.ctx(), ids...)
		if err != nil {
			return nil, err
		}
		for _, p := range pauses {
			paused[p.SubjectID] = append(paused[p.SubjectID], p)
		}
	}
	var lines []alarmLine
	for _, a := range found {
		line := v.alarmLine(a)
		if a.Clock != nil {
			line.Why = v.whyDate(*a.Clock, paused[a.Subject])
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (v *visit) alarmLine(a watch.Alarm) alarmLine {
	line := alarmLine{Alarm: a, What: v.known("console.subject."+string(a.Kind), "alarms.subject"), Owes: v.unitName(a.Owes), Text: v.alarmText(a)}
	switch {
	case a.Stage == watch.Calendar:
		line.What, line.Href = v.t("alarms.calendar", "year", a.Year), v.href(calendarPath)
	case a.Kind == ledger.OfUnit:
		line.What, line.Owes = line.Owes, ""
	case a.Name != "":
		line.What = a.Name
		if at := v.alarmPath(a); at != "" {
			line.Href = v.href(at)
		}
	}
	return line
}

// alarmText says how it stands with the date of an alarm today.
func (v *visit) alarmText(a watch.Alarm) string {
	switch {
	case a.Stage == watch.Absent && a.Since == region.AlwaysThere: // it never had an account
		return v.t("alarms.says.never")
	case a.Clock == nil:
		return v.t("alarms.says."+string(a.Stage), "day", view.Day(v.lang, a.Since), "year", a.Year)
	case a.Late > 0:
		return v.t("alarms.says.late", "rule", v.ruleName(a.Clock.Rule), "day", view.Day(v.lang, a.Clock.DueOn), "n", a.Late)
	case a.Clock.DueOn < v.day():
		return v.t("alarms.says.passed", "rule", v.ruleName(a.Clock.Rule), "day", view.Day(v.lang, a.Clock.DueOn))
	case a.Clock.DueOn == v.day():
		return v.t("alarms.says.today", "rule", v.ruleName(a.Clock.Rule), "day", view.Day(v.lang, a.Clock.DueOn))
	}
	return v.t("alarms.says.left", "rule", v.ruleName(a.Clock.Rule), "day", view.Day(v.lang, a.Clock.DueOn),
		"n", v.Clocks.Calendar().WorkdaysBetween(v.day(), a.Clock.DueOn))
}

// hearAlarm acknowledges an alarm for the office.
func (v *visit) hearAlarm() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.Watch.Hear(v.ctx(), v.by(), id)
	if errors.Is(err, step.ErrStale) {
		return v.alarmsShow(fiber.StatusConflict, v.t("alarms.stale"))
	}
	if err != nil {
		return err
	}
	return v.leave(alarmsPath, "alarm_heard")
}

// todayAlarms are the alarms of the office that nothing else on the Today page
// tells of: cases, items and objections of the own desk stand there already when
// they are late.
func (v *visit) todayAlarms() ([]alarmLine, error) {
	found, _, err := v.Watch.Alarms(v.ctx(), v.by(), watch.AlarmPlace{})
	if err != nil {
		return nil, err
	}
	return v.alarmLines(slices.DeleteFunc(found, func(a watch.Alarm) bool {
		return a.Clock != nil && a.Stage != watch.Escalated && openers[a.Kind] != ""
	}))
}

// countAlarms adds how many alarms there are to the places of the left column.
func (v *visit) countAlarms(out map[string]count) error {
	open, late, err := v.Watch.Count(v.ctx(), v.by())
	if err != nil {
		return err
	}
	at := alarmsPath
	if !v.by().May(staff.HearAlarms) {
		at = calendarPath
	}
	out[at] = count{open, late}
	return nil
}
