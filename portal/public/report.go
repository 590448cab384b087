package public

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/portal/gate"
	"minsheng/portal/view"
)

// reportPage is the form of a report, empty or with what was typed.
type reportPage struct {
	view.Base
	faults
	Token, Via, At string
	List           bool // came to object to a list
	Place          placeBlock
	Post           string // address that takes the form
	About          *aboutBlock
	Objection      *objectionBlock

	Text, Mode, Name, Phone, Kind, Who, Level, When, Amount string
	Earlier, Tie                                            string // an earlier report: its receipt as typed, or sealed

	More                 bool // the optional questions are open
	Modes, Kinds, Levels []string
	Files                []fileLine
	Captcha              captcha
	Note                 string
}

// faults are what is wrong with a form, in the order of its fields.
type faults struct{ Problems []problem }

type problem struct{ Field, Text string }

// Problem is the sentence beside a field, or "".
func (f faults) Problem(field string) string {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

func (f *faults) add(field, text string) { f.Problems = append(f.Problems, problem{field, text}) }

// fields of the form from top to bottom.
var fieldOrder = [...]string{"place", "objection", "household", "text", "mode", "name", "phone", "kind", "who", "accused", "when", "amount", "earlier", "files", "captcha", "digits"}

func (f *faults) sort() {
	slices.SortStableFunc(f.Problems, func(a, b problem) int {
		return slices.Index(fieldOrder[:], a.Field) - slices.Index(fieldOrder[:], b.Field)
	})
}

// captcha is the puzzle at the end of a form; without ID nothing is asked.
type captcha struct {
	ID, Voice, Answer, Problem string
	Digits                     int
}

// Width of the picture: puzzles of more digits are wider.
func (c captcha) Width() int { return 40 * c.Digits }

// fileLine is one staged file as listed in the form.
type fileLine struct{ ID, Name, Size, Media string }

func (f *Face) fileLines(r reading, files []evidence.File) []fileLine {
	lines := make([]fileLine, len(files))
	for i, file := range files {
		lines[i] = fileLine{file.ID.String(), file.Name, size(file.Size), f.text(r, "media."+file.Media)}
	}
	return lines
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return strconv.FormatInt((bytes+1023)>>10, 10) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MB"
}

// typed is the form with the words that were typed into it, or with nothing.
func (f *Face) typed(r reading, v url.Values) reportPage {
	p := reportPage{
		Base: f.base(r, "/receipt", "report.title"),
		Via:  v.Get("via"), At: v.Get("at"), List: v.Get("about") == "list", Post: "/receipt",
		Text: v.Get("text"), Mode: v.Get("mode"), Name: v.Get("name"), Phone: v.Get("phone"),
		Kind: v.Get("kind"), Who: v.Get("who"), Level: v.Get("accused"), When: v.Get("when"), Amount: v.Get("amount"),
		Earlier: v.Get("earlier"), Tie: v.Get("tie"),
		Modes:  []string{string(intake.Anonymous), string(intake.Named), string(intake.Confidential)},
		Levels: intake.AccusedLevels(),
	}
	for _, k := range intake.Kinds(true) {
		p.Kinds = append(p.Kinds, string(k))
	}
	if p.List && p.Kind == "" {
		p.Kind = "HH_INELIGIBLE"
	}
	p.More = p.List || p.Kind+p.Who+p.When+p.Amount+p.Earlier != "" || p.Level != "" && p.Level != "unknown"
	return p
}

// Marks in a form that is kept: they become holes.
const (
	markToken  = "TOKENTOKENTOKENTOKEN"
	markPuzzle = "PUZZLEPUZZLEPUZZLEPU"
	markTime   = "TIMETIMETIMETIMETIME"
)

// forms are empty forms, ready but for what is one visitor's own.
type forms struct {
	mu   sync.Mutex
	made map[string]*keptForm
}

type keptForm struct {
	*splice
	until time.Time
}

const keptForms = 128

func newForms() *forms { return &forms{made: map[string]*keptForm{}} }

func (k *forms) find(address string, now time.Time) *keptForm {
	k.mu.Lock()
	defer k.mu.Unlock()
	if form := k.made[address]; form != nil && now.Before(form.until) {
		return form
	}
	return nil
}

func (k *forms) keep(address string, form *keptForm) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.made) >= keptForms {
		clear(k.made)
	}
	k.made[address] = form
}

// askReport shows the empty form.
func (f *Face) askReport(c *fiber.Ctx) error {
	a := askedBy(c, []string{"about", "place", "town", "via", "project", "fund", "notice", "row"})
	return f.askForm(c, a)
}

// askForm shows the empty form of a report, or of an objection where the address
// is that of one.
func (f *Face) askForm(c *fiber.Ctx, a asked) error {
	puzzle, wait, err := f.draw(c, f.digitsFor(c))
	if err != nil {
		return err
	}
	if wait > 0 {
		return f.busyForm(c, a, wait)
	}
	form, err := f.emptyForm(c.UserContext(), a, puzzle)
	if err != nil {
		return err
	}
	values := map[string]string{
		markToken:  f.Intake.NewForm().Token,
		markPuzzle: puzzle.ID,
		markTime:   strconv.FormatInt(f.Now().Unix(), 10),
	}
	private(c)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderContentType, htmlKind)
	if takesGzip(c) {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(form.fillPacked(values))
	}
	return c.Send(form.fill(values))
}

func (f *Face) emptyForm(ctx context.Context, a asked, puzzle gate.Puzzle) (*splice, error) {
	now := f.Now()
	address := a.address() + "#" + strconv.Itoa(puzzle.Digits)
	if kept := f.forms.find(address, now); kept != nil {
		return kept.splice, nil
	}
	p, err := f.emptyPage(ctx, a)
	if err != nil {
		return nil, err
	}
	p.Token, p.At = markToken, markTime
	if puzzle.ID != "" {
		p.Captcha = captcha{ID: markPuzzle, Digits: puzzle.Digits, Voice: voice(a.reading)}
	}
	html, err := f.View.Render(a.lang, "public/report", p)
	if err != nil {
		return nil, err
	}
	form := &keptForm{cut(html, markToken, markPuzzle, markTime), now.Add(keptFor)}
	f.forms.keep(address, form)
	return form.splice, nil
}

func (f *Face) emptyPage(ctx context.Context, a asked) (reportPage, error) {
	v := url.Values{"via": {a.query.Get("via")}, "about": {a.query.Get("about")}}
	p := f.typed(a.reading, v)
	if a.objecting() {
		err := f.objecting(ctx, a.reading, &p, a.query)
		return p, err
	}
	place := a.query.Get("place")
	var err error
	if p.About, err = f.about(ctx, a.reading, a.query); err != nil {
		return p, err
	}
	if p.About != nil && place == "" {
		place = p.About.place
	}
	p.Place, err = f.placeAsked(ctx, a.reading, place, a.query.Get("town"))
	return p, err
}

// busyForm shows the form while no puzzle can be drawn for this visitor.
func (f *Face) busyForm(c *fiber.Ctx, a asked, wait time.Duration) error {
	p, err := f.emptyPage(c.UserContext(), a)
	if err != nil {
		return err
	}
	p.Token, p.At = f.Intake.NewForm().Token, strconv.FormatInt(f.Now().Unix(), 10)
	p.Note = f.busy(c, a.reading, "report.busy", wait)
	return f.show(c, fiber.StatusTooManyRequests, a.reading, "public/report", p)
}

// busy is the sentence that says when to try again; the header says it to
// machines.
func (f *Face) busy(c *fiber.Ctx, r reading, key string, wait time.Duration) string {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())+1))
	minutes := int((wait + time.Minute - 1) / time.Minute)
	return f.text(r, key, "n", max(minutes, 1))
}
