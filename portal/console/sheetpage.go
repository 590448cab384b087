package console

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/privacy"
	"minsheng/internal/sheet"
	"minsheng/portal/view"
	"minsheng/roll"
	"minsheng/tray"
)

// sheetPage is a spreadsheet on its way in: what its columns are, what a dry run
// found, and what importing will do.
type sheetPage struct {
	Frame
	Sheet    tray.Sheet
	Target   string
	Back     string
	From     string
	Sheets   Field
	Columns  []sheetColumn
	Lacking  []string // fields that a column is needed for
	Trial    *trialView
	Says     string
	Problem  string
	Percent  int
	Progress string // address that tells how far it is
	Replaces bool   // the rows that are there are replaced
}

// sheetColumn is one column of the sheet as it is understood.
type sheetColumn struct {
	sheet.Column
	Letter   string
	Options  []Option
	Money    bool   // can be in 万元
	Personal string // kind of personal number it holds, in words; "" none
}

type trialView struct {
	tray.Trial
	Fields   []column
	Lines    []sampleLine
	Issues   []problemView
	Skipped  []skipView
	Compared []comparedView
	Fixed    []fixView
	Ready    bool
	Differs  bool // a total of the sheet is another one
	Hidden   int  // problems beyond those listed
}

type problemView struct {
	sheet.Problem
	Column  string
	Text    string
	Fixable bool
}

type skipView struct {
	sheet.Skip
	Text string
}

// comparedView is a total that the sheet states beside what was added up.
type comparedView struct {
	Field, Stated, Added string
	Same                 bool
}

// sampleLine is a record as it will be taken.
type sampleLine struct {
	Row    int
	Values []string
}

type fixView struct{ Ref, Text string }

func (v *visit) showSheet() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.sheetShow(fiber.StatusOK, id, Draft{})
}

func (v *visit) sheetShow(status int, id uuid.UUID, draft Draft) error {
	s, err := v.Tray.Sheet(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	target, err := v.sheetTarget(s.Target)
	if err != nil {
		return err
	}
	path := "/console/sheets/" + id.String()
	frame, err := v.frame(path, v.t("publish.sheet.title", "name", s.Name))
	if err != nil {
		return err
	}
	from := v.origin()
	frame.Path = sheetPath(id, from)
	page := sheetPage{Frame: frame, Sheet: s, Target: v.t("publish.target." + s.Target), Back: from, From: url1(from), Says: draft.says,
		Percent: percent(s), Progress: path + "/progress", Replaces: strings.HasPrefix(s.Target, "roll.")}
	page.Problem = draft.problems["fix"]
	if s.State == "importing" {
		v.c.Set("Refresh", "5") // for browsers without scripts
	}
	if s.State == "open" || s.State == "failed" {
		if err := v.sheetLayout(&page, target); err != nil {
			return err
		}
		if err := v.trial(&page, target, draft); err != nil {
			return err
		}
	}
	return v.show(status, "sheet", page)
}

// url1 is the query that carries the way back through the forms of the page.
func url1(from string) string { return strings.TrimPrefix(withQuery("/", "from", from), "/") }

// sheetLayout shows what each column is taken for.
func (v *visit) sheetLayout(page *sheetPage, target tray.Target) error {
	l := page.Sheet.Layout
	names, err := v.Tray.Sheets(v.ctx(), v.by(), page.Sheet.ID)
	if err != nil && !errors.Is(err, tray.ErrGone) {
		return err
	}
	page.Sheets = Field{Name: "sheet", ID: "arrange-sheet", Kind: "select", Bare: true, Label: v.t("publish.sheet.which")}
	for i, name := range names {
		page.Sheets.Options = append(page.Sheets.Options, Option{Value: itoa(i), Label: name, Chosen: i == l.Sheet})
	}
	taken := map[string]bool{}
	for _, c := range l.Columns {
		view := sheetColumn{Column: c, Letter: strings.TrimRight(sheet.Ref(1, c.Index), "0123456789")}
		taken[c.Field] = true
		view.Options = []Option{{Label: v.t("publish.sheet.drop"), Chosen: c.Field == ""}}
		for _, f := range target.Fields {
			label := v.targetField(target, f.Code)
			if f.Required {
				label += v.t("publish.sheet.needed")
			}
			view.Options = append(view.Options, Option{Value: f.Code, Label: label, Chosen: f.Code == c.Field})
			view.Money = view.Money || f.Code == c.Field && f.Type == sheet.Money
		}
		view.Personal, view.Samples = v.personal(c)
		if target.Personal && fingerprinted(target, c.Field) {
			view.Personal = "" // it is asked for
		}
		page.Columns = append(page.Columns, view)
	}
	for _, f := range target.Fields {
		if f.Required && !taken[f.Code] {
			page.Lacking = append(page.Lacking, v.targetField(target, f.Code))
		}
	}
	return nil
}

// fingerprinted reports whether a field is a number that is kept as a keyed hash
// only.
func fingerprinted(t tray.Target, field string) bool {
	return slices.ContainsFunc(t.Fields, func(f sheet.Field) bool {
		return f.Code == field && (f.Type == sheet.Identity || f.Type == sheet.Account)
	})
}

// targetField is what a column of a target is called.
func (v *visit) targetField(t tray.Target, code string) string {
	if kind, is := strings.CutPrefix(t.Code, "roll."); is {
		return v.rollField(roll.Kind(kind), code)
	}
	return v.fieldName(code)
}

// personal says what personal number a column holds, by its heading or its
// samples, and covers the samples.
func (v *visit) personal(c sheet.Column) (kind string, samples []string) {
	found, is := privacy.Heading(c.Heading)
	for _, sample := range c.Samples {
		covered := sample
		for _, f := range slices.Backward(privacy.Find(sample)) {
			covered = covered[:f.Start] + f.Masked + covered[f.End:]
			if f.Kind != privacy.HeaderWord {
				found, is = f.Kind, true
			}
		}
		samples = append(samples, covered)
	}
	if is {
		kind = v.known("privacy."+string(found), "publish.exposed.other")
	}
	return kind, samples
}

// mostFixes is how many problems one form offers to fix: a form has two hundred
// fields at most, and each problem takes two.
const mostFixes = 80

// trial reads the sheet dry and puts what was found into words.
func (v *visit) trial(page *sheetPage, target tray.Target, draft Draft) error {
	found, err := v.Tray.Try(v.ctx(), v.by(), page.Sheet.ID)
	if err != nil {
		d, _, known := v.refused("try", err)
		if !known {
			return err
		}
		page.Says = strings.TrimSpace(page.Says + " " + firstProblem(d))
		return nil
	}
	t := &trialView{Trial: found, Ready: found.Problems == 0 && found.Records > 0 && len(page.Lacking) == 0}
	headings := map[int]string{}
	for _, c := range page.Sheet.Layout.Columns {
		headings[c.Index] = c.Heading
	}
	for _, p := range found.List[:min(len(found.List), mostFixes)] {
		text := v.known("sheet.problem."+p.Key, "console.problem.unclear")
		if typed, is := draft.typed.values["cell."+p.Ref]; is && len(typed) > 0 {
			p.Raw = typed[0]
		}
		t.Issues = append(t.Issues, problemView{p, headings[p.Column], text, p.Column >= 0 && p.Ref != ""})
	}
	t.Hidden = found.Problems - len(t.Issues)
	for _, s := range found.Skips {
		t.Skipped = append(t.Skipped, skipView{s, v.known("publish.skip."+s.Why, "publish.skip.other")})
	}
	for _, ref := range slices.Sorted(maps.Keys(page.Sheet.Fixes)) {
		text := page.Sheet.Fixes[ref]
		if text == emptied {
			text = v.t("publish.trial.emptied")
		}
		t.Fixed = append(t.Fixed, fixView{ref, text})
	}
	v.compare(t, target)
	v.samples(t, target)
	page.Trial = t
	return nil
}

// compare puts the sheet's own totals beside what was added up.
func (v *visit) compare(t *trialView, target tray.Target) {
	for _, f := range target.Fields {
		stated, has := t.Totals[f.Code]
		added, summed := t.Sums[f.Code]
		if !has && !summed {
			continue
		}
		c := comparedView{Field: v.targetField(target, f.Code), Added: figure(f.Type, added), Same: true}
		if has {
			c.Stated, c.Same = figure(f.Type, stated), stated == added
			t.Differs = t.Differs || !c.Same
		}
		t.Compared = append(t.Compared, c)
	}
}

// figure writes a number as its column means it.
func figure(t sheet.Type, n int64) string {
	if t == sheet.Money {
		return view.Yuan(n)
	}
	return itoa(int(n))
}

// samples are the first records as they will be taken.
func (v *visit) samples(t *trialView, target tray.Target) {
	for _, f := range target.Fields {
		if slices.ContainsFunc(t.Sample, func(r sheet.Record) bool { _, has := r.Values[f.Code]; return has }) {
			t.Fields = append(t.Fields, column{Code: f.Code, Name: v.targetField(target, f.Code), Type: f.Type, Number: f.Type == sheet.Money || f.Type == sheet.Whole})
		}
	}
	for _, r := range t.Sample {
		line := sampleLine{Row: r.Row}
		for _, f := range t.Fields {
			line.Values = append(line.Values, v.sample(f, r.Values[f.Code]))
		}
		t.Lines = append(t.Lines, line)
	}
}

func (v *visit) sample(f column, value sheet.Value) string {
	switch {
	case value.Raw == "" && value.Text == "":
		return ""
	case f.Type == sheet.Money || f.Type == sheet.Whole:
		return figure(f.Type, value.N)
	case f.Type == sheet.Day:
		return string(value.Day)
	case f.Type == sheet.Identity || f.Type == sheet.Account:
		return privacy.MaskID(value.Text)
	case f.Type == sheet.YesNo && value.N == 1:
		return v.t("publish.yesno.yes")
	case f.Type == sheet.YesNo:
		return v.t("publish.yesno.no")
	}
	return value.Text
}
