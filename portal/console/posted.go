package console

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/paper"
	"minsheng/portal/gate"
	"minsheng/tray"
)

// posted is a form as it arrived.
type posted struct {
	values  map[string][]string
	refused map[string]string // file name → why it was not taken
	sheet   *tray.Sheet       // the spreadsheet that came in, of forms for one
	text    []byte            // the small text file that came in, of forms for one
	failed  error             // why it did not
	offered *paper.OwnForm    // the form of papers that came in
	small   []byte            // the file of a form that reads it on the spot
	name    string            // what that file is called
}

// get is the first value of a field without the space around it.
func (p posted) get(name string) string {
	if all := p.values[name]; len(all) > 0 {
		return strings.TrimSpace(all[0])
	}
	return ""
}

// raw is the first value exactly as typed: passwords may begin with a space.
func (p posted) raw(name string) string {
	if all := p.values[name]; len(all) > 0 {
		return all[0]
	}
	return ""
}

func (p posted) all(name string) []string { return p.values[name] }

// lines cuts a field into its non-empty lines.
func (p posted) lines(name string) []string {
	var out []string
	for line := range strings.SplitSeq(p.get(name), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (p posted) names() []string { return slices.Sorted(maps.Keys(p.values)) }

// errUnproven means that files came before the proof that the page asking for
// them belongs to this session.
var errUnproven = errors.New("console: files before csrf")

// readForm reads the form of a POST. Files go straight to the shelf, under the
// form that its token names; one that is refused leaves a sentence and does not
// cost the others, nor the words.
func (v *visit) readForm(r Route) (posted, error) {
	p := posted{refused: map[string]string{}}
	var fields url.Values
	var err error
	if !r.Files {
		fields, err = gate.Form(v.c, 0, nil)
		p.values = fields
		return p, err
	}
	fields, err = gate.FormInto(v.c, 0, func(seen url.Values, field, name string, content io.Reader) error {
		if r.take != nil {
			return r.take(v, &p, seen, name, content)
		}
		return v.stage(&p, seen, name, content)
	})
	p.values = fields
	if errors.Is(err, errUnproven) {
		err = nil // the guard refuses the form with every word of it
	}
	return p, err
}

// shelf takes one file of a form.
type shelf func(ctx context.Context, formKey []byte, name string, r io.Reader) (evidence.File, error)

// stage takes evidence.
func (v *visit) stage(p *posted, seen url.Values, name string, content io.Reader) error {
	return v.stageOn(v.Shelf.Stage, p, seen, name, content)
}

// stagePaper takes what offices attach: spreadsheets too.
func (v *visit) stagePaper(p *posted, seen url.Values, name string, content io.Reader) error {
	return v.stageOn(v.Shelf.StagePaper, p, seen, name, content)
}

func (v *visit) stageOn(on shelf, p *posted, seen url.Values, name string, content io.Reader) error {
	if !v.proves(seen.Get("csrf")) {
		return errUnproven
	}
	form, err := v.Intake.OpenForm(seen.Get("form"))
	if errors.Is(err, intake.ErrStaleForm) {
		return nil // the step itself will say so, with the words kept
	}
	if err != nil {
		return err
	}
	_, err = on(v.ctx(), form.Key, name, content)
	if reason := evidence.Reason(err); reason != "" {
		p.refused[evidence.CleanName(name)] = v.t("evidence." + reason)
		return nil
	}
	return err
}

// has reports whether the form had the field at all.
func (p posted) has(name string) bool { _, ok := p.values[name]; return ok }
