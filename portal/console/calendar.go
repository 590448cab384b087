package console

import (
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/portal/view"
)

const calendarPath = "/console/calendar"

// calendarPage is a year as it is worked, and which years are announced.
type calendarPage struct {
	Frame
	Year      int
	Announced bool
	Months    []view.YearMonth
	Days      []string // of the week
	Years     []calendarYear
	Missing   int // year whose calendar has to be imported now; 0 none
	MaySet    bool
	Upload    Form
	Wrong     string // with the file that was sent; "" none was, or nothing is
	Bad       []badLine
	More      int // bad lines that are not shown
}

// calendarYear is a year that can be turned to.
type calendarYear struct {
	Year      int
	Href      string
	Here      bool
	Announced bool
}

// badLine is a line of a file that is wrong, and how.
type badLine struct {
	Line int
	Why  string
	Text string
}

func (v *visit) calendar() error { return v.calendarShow(fiber.StatusOK, "", nil) }

// calendarShow shows the year in the address, or this one. Says and bad are what
// is wrong with a file that was sent.
func (v *visit) calendarShow(status int, says string, bad workday.BadLines) error {
	frame, err := v.frame(calendarPath, v.t("calendar.title"))
	if err != nil {
		return err
	}
	c := v.Clocks.Calendar()
	page := calendarPage{Frame: frame, Year: v.day().Year(), Missing: v.Clocks.MissingYear(), MaySet: v.Watch.MaySet(v.by()), Wrong: says,
		Days: strings.Split(v.t("why.weekdays"), " ")}
	known := c.Years()
	first, last := known[0], max(known[len(known)-1], page.Year)+1
	if asked := number(v.c.Query("year")); asked >= first && asked <= last {
		page.Year = asked
	}
	page.Announced, page.Months = c.Announced(page.Year), v.View.Year(v.lang, page.Year, c)
	for year := first; year <= last; year++ {
		page.Years = append(page.Years, calendarYear{year, frame.Href(withQuery(calendarPath, "year", itoa(year))), year == page.Year, c.Announced(year)})
	}
	for _, l := range bad[:min(len(bad), 50)] {
		page.Bad = append(page.Bad, badLine{l.Line, v.known("calendar.bad."+l.Why, "console.problem.unclear"), l.Text})
	}
	page.More = len(bad) - len(page.Bad)
	page.Upload = v.calendarForm(frame)
	return v.show(status, "calendar", page)
}

// calendarForm asks for the file.
func (v *visit) calendarForm(frame Frame) Form {
	file := v.ask("file", "file", 0)
	file.Label, file.Hint, file.One, file.Accept, file.ID = v.t("calendar.file"), v.t("calendar.file_hint"), true, ".csv,.txt", "try-file"
	return Form{Code: "try", Post: frame.Href(calendarPath + "/try"), Label: v.t("calendar.upload"), Does: v.t("calendar.does"), Told: v.t("calendar.told"),
		Button: v.t("calendar.try"), CSRF: frame.CSRF, Fields: []Field{file}, Files: true, Lang: string(v.lang)}
}

// takeText reads a small text file of a form.
func (v *visit) takeText(p *posted, seen url.Values, _ string, content io.Reader) error {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	text, err := io.ReadAll(io.LimitReader(content, calendarBody+1))
	if len(text) > calendarBody {
		p.failed = evidence.ErrTooLarge
		return err
	}
	p.text = text
	return err
}

// importPage shows what a calendar would change, before it does.
type importPage struct {
	Frame
	Found   clock.Imported
	Added   int
	Changed int
	Days    []dayView
	Moves   []moveView
	Years   []Option // that the file tells of completely
	Confirm []Field
}

type dayView struct {
	On     workday.Date
	Now    string
	Before string // "" new
}

// tryCalendar rehearses the file that was sent.
func (v *visit) tryCalendar() error {
	if len(v.form.text) == 0 && v.form.failed == nil {
		return v.calendarShow(fiber.StatusUnprocessableEntity, v.t("calendar.none"), nil)
	}
	text, err := sheet.PlainText(v.form.text)
	if err = errors.Join(v.form.failed, err); err != nil {
		return v.calendarShow(fiber.StatusUnprocessableEntity, v.t("calendar.no_text"), nil)
	}
	days, err := workday.ReadDays(strings.NewReader(text))
	var bad workday.BadLines
	if errors.As(err, &bad) {
		return v.calendarShow(fiber.StatusUnprocessableEntity, v.t("calendar.bad", "n", len(bad)), bad)
	}
	if err != nil {
		return v.calendarShow(fiber.StatusUnprocessableEntity, v.t("calendar.no_text"), nil)
	}
	years := clock.ToldYears(days)
	found, err := v.Watch.ImportDays(v.ctx(), v.by(), days, years, true)
	if draft, status, ok := v.refused("try", err); ok {
		return v.calendarShow(status, draft.says+" "+draft.problems["file"], nil)
	}
	if err != nil {
		return err
	}
	return v.rehearsed(days, years, found)
}

func (v *visit) rehearsed(days []workday.Day, years []int, found clock.Imported) error {
	frame, err := v.frame(calendarPath+"/try", v.t("calendar.rehearsal"))
	if err != nil {
		return err
	}
	page := importPage{Frame: frame, Found: found, Moves: v.moves(found.Dates)}
	for _, d := range found.Days {
		line := dayView{On: d.On, Now: v.dayWords(d.Day)}
		if page.Added++; d.Before != nil {
			page.Added, page.Changed = page.Added-1, page.Changed+1
			line.Before = v.dayWords(*d.Before)
		}
		page.Days = append(page.Days, line)
	}
	for _, year := range years {
		if !v.Clocks.Calendar().Announced(year) {
			page.Years = append(page.Years, Option{Value: itoa(year), Label: v.t("calendar.announces", "year", year), Chosen: true})
		}
	}
	page.Confirm = []Field{{Name: "days", Kind: "hidden", Value: daysText(days)}, {Name: "seen", Kind: "hidden", Value: found.Dates.Version}}
	return v.show(fiber.StatusOK, "calendar-import", page)
}

func (v *visit) dayWords(d workday.Day) string {
	kind := "off"
	if d.Works {
		kind = "work"
	}
	return v.t("calendar.kind."+kind) + v.t("console.colon") + d.Name
}

// daysText writes days as ReadDays reads them.
func daysText(days []workday.Day) string {
	var text strings.Builder
	out := csv.NewWriter(&text)
	out.Write([]string{"date", "kind", "name", "source"}) // into memory: cannot fail
	for _, d := range days {
		kind := "off"
		if d.Works {
			kind = "work"
		}
		out.Write([]string{string(d.On), kind, d.Name, d.Source})
	}
	out.Flush()
	return text.String()
}

// importCalendar keeps what was rehearsed.
func (v *visit) importCalendar() error {
	days, err := workday.ReadDays(strings.NewReader(v.form.get("days")))
	if err != nil {
		return v.calendarShow(fiber.StatusUnprocessableEntity, v.t("calendar.no_text"), nil)
	}
	var years []int
	for _, text := range v.form.all("years") {
		years = append(years, number(text))
	}
	now, err := v.Clocks.Version(v.ctx())
	if err == nil && now != v.form.get("seen") {
		err = step.ErrStale
	}
	if err == nil {
		_, err = v.Watch.ImportDays(v.ctx(), v.by(), days, years, false)
	}
	if errors.Is(err, clock.ErrUnannounced) {
		err = step.Bad("file", "calendar_year")
	}
	if err == nil {
		return v.leave(calendarPath, "calendar_imported")
	}
	draft, status, ok := v.refused("try", err)
	if !ok {
		return err
	}
	return v.calendarShow(status, draft.says+" "+draft.problems["file"], nil)
}
