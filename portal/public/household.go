package public

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"minsheng/household"
	"minsheng/portal/gate"
	"minsheng/portal/view"
)

// householdPage asks for a household, or shows what was paid to it.
type householdPage struct {
	view.Base
	faults
	Place      placeBlock
	Name, Last string
	Captcha    captcha
	Note       string

	Looked bool // below are the answers
	Pass   string
	Paid   []paidLine
	Done   string
	Report string // address of a form for what is missing
}

type paidLine struct {
	household.Line
	Amount string
	Day    string
}

// askHousehold shows the empty form. It is nobody else's business from here on:
// nothing of it is kept anywhere.
func (f *Face) askHousehold(c *fiber.Ctx) error {
	r := readingOf(c)
	p := householdPage{}
	var err error
	if p.Place, err = f.placeAsked(c.UserContext(), r, c.Query("place"), c.Query("town")); err != nil {
		return err
	}
	return f.householdForm(c, fiber.StatusOK, r, p)
}

// householdForm shows the form with what was typed and a fresh puzzle; the ID
// number's end is typed anew each time.
func (f *Face) householdForm(c *fiber.Ctx, status int, r reading, p householdPage) error {
	p.Base = f.base(r, "/household", "household.title")
	puzzle, wait, err := f.draw(c, f.householdNeed(c))
	if err != nil {
		return err
	}
	if wait > 0 {
		p.Note, status = f.busy(c, r, "household.busy", wait), fiber.StatusTooManyRequests
	}
	p.Captcha = captcha{ID: puzzle.ID, Digits: puzzle.Digits, Voice: voice(r), Problem: p.Problem("captcha")}
	return f.show(c, status, r, "public/household", p)
}

// lastSix is the end of an identity number.
var lastSix = regexp.MustCompile(`^\d{5}[\dX]$`)

// lookHousehold answers the form. A household that has no records, one that is
// not known, and a wrong number all get the same page after the same work.
func (f *Face) lookHousehold(c *fiber.Ctx) error {
	r, ctx := readingOf(c), c.UserContext()
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	p := householdPage{Name: strings.TrimSpace(v.Get("name")), Last: strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(v.Get("last"))), ""))}
	place := v.Get("place")
	step := v.Get("go")
	if step == "towns" {
		place = ""
		v.Del("town")
	}
	if p.Place, err = f.placeAsked(ctx, r, place, v.Get("town")); err != nil {
		return err
	}
	if step == "towns" || step == "villages" || step == "picture" {
		p.Last = ""
		return f.householdForm(c, fiber.StatusOK, r, p)
	}
	f.householdFaults(r, &p)
	if len(p.Problems) > 0 {
		return f.householdForm(c, fiber.StatusUnprocessableEntity, r, p)
	}
	if wait := f.householdLimit(c); wait > 0 {
		return f.householdBusy(c, r, p, wait)
	}
	if right, err := f.Puzzles.CheckAtLeast(ctx, v.Get("captcha_id"), v.Get("captcha"), f.householdNeed(c)); err != nil || !right {
		if err != nil {
			return f.householdDown(c, r, p, err)
		}
		p.add("captcha", f.text(r, "captcha.wrong"))
		return f.householdForm(c, fiber.StatusUnprocessableEntity, r, p)
	}
	// Only who solved a puzzle counts against a name: else anybody could keep its
	// bearer from looking.
	if v := f.Limits.Allow(ctx, gate.HouseholdName, p.Place.Code+"|"+household.NameAs(p.Name)); !v.OK {
		return f.householdBusy(c, r, p, max(v.RetryAfter, time.Second))
	}
	lines, err := f.Purse.Look(ctx, p.Place.Code, p.Name, p.Last)
	if err != nil {
		return f.householdDown(c, r, p, err)
	}
	pass, err := f.Purse.Pass(p.Place.Code, p.Name, p.Last)
	if err != nil {
		return err
	}
	return f.showPaid(c, r, lines, pass, p.Place.Code, "")
}

// householdNeed is how long a puzzle must have been solved.
func (f *Face) householdNeed(c *fiber.Ctx) int {
	if !f.Limits.Peek(c.UserContext(), gate.Household, f.Visitors.Key(c)).OK {
		return gate.Longer
	}
	return gate.Usual
}

func (f *Face) householdFaults(r reading, p *householdPage) {
	if p.Place.Code == "" {
		p.add("place", f.text(r, "problem.place_missing"))
	}
	if p.Name == "" {
		p.add("name", f.text(r, "household.wrong_name"))
	}
	if !lastSix.MatchString(p.Last) {
		p.add("last", f.text(r, "household.wrong_last"))
	}
}

// householdBusy asks to come again later; the end of the number is typed anew.
func (f *Face) householdBusy(c *fiber.Ctx, r reading, p householdPage, wait time.Duration) error {
	p.Note, p.Last = f.busy(c, r, "household.busy", wait), ""
	return f.householdForm(c, fiber.StatusTooManyRequests, r, p)
}

// householdLimit counts the look-up: for the visitor, who is asked for a longer
// puzzle and then has to wait, and for everybody.
func (f *Face) householdLimit(c *fiber.Ctx) (wait time.Duration) {
	ctx := c.UserContext()
	f.Limits.Allow(ctx, gate.Household, f.Visitors.Key(c))
	for _, rule := range []struct {
		gate.Rule
		who string
	}{
		{gate.HouseholdVisitor, f.Visitors.Key(c)},
		{gate.HouseholdGlobal, gate.Everybody},
	} {
		if v := f.Limits.Allow(ctx, rule.Rule, rule.who); !v.OK {
			return max(v.RetryAfter, time.Second)
		}
	}
	return 0
}

func (f *Face) householdDown(c *fiber.Ctx, r reading, p householdPage, why error) error {
	f.Log.Error("household not looked up", "component", "public", "error_kind", kindOf(why))
	p.Note = f.text(r, "household.down")
	p.Base = f.base(r, "/household", "household.title")
	return f.show(c, fiber.StatusServiceUnavailable, r, "public/household", p)
}

func (f *Face) showPaid(c *fiber.Ctx, r reading, lines []household.Line, pass, place, done string) error {
	p := householdPage{Base: f.base(r, "/household", "household.title"), Looked: true, Pass: pass, Done: done}
	p.Report = p.Href("/report?place=" + url.QueryEscape(place))
	for _, l := range lines {
		p.Paid = append(p.Paid, paidLine{l, view.Yuan(l.AmountFen), view.Day(r.lang, l.PaidOn)})
	}
	return f.show(c, fiber.StatusOK, r, "public/household", p)
}

// receivedPayment notes that a household got a payment it looked up, and shows
// the look-up again.
func (f *Face) receivedPayment(c *fiber.Ctx) error {
	r, ctx := readingOf(c), c.UserContext()
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	done := ""
	if ref := v.Get("ref"); ref != "" {
		if err := f.Purse.Confirm(ctx, ref); err != nil {
			return f.householdExpired(c, r)
		}
		done = f.text(r, "household.thanks")
	}
	lines, place, err := f.Purse.Again(ctx, v.Get("pass"))
	if errors.Is(err, household.ErrPass) {
		return f.householdExpired(c, r)
	}
	if err != nil {
		return err
	}
	return f.showPaid(c, r, lines, v.Get("pass"), place, done)
}

func (f *Face) householdExpired(c *fiber.Ctx, r reading) error {
	p := householdPage{Note: f.text(r, "household.expired")}
	var err error
	if p.Place, err = f.placeAsked(c.UserContext(), r, "", ""); err != nil {
		return err
	}
	return f.householdForm(c, fiber.StatusUnprocessableEntity, r, p)
}

// reportPayment opens the form of a report that is filled in with a payment that
// never came.
func (f *Face) reportPayment(c *fiber.Ctx) error {
	r := readingOf(c)
	v, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	filled, err := f.unpaid(c.UserContext(), r, v.Get("ref"))
	if err != nil {
		return f.householdExpired(c, r)
	}
	a := &arrival{reading: r, c: c, ctx: c.UserContext(), visitor: f.Visitors.Key(c)}
	a.values, a.form = filled, f.Intake.NewForm()
	return f.formAgain(a, fiber.StatusOK)
}
