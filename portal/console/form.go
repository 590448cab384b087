package console

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/notice"
	"minsheng/triage"
)

// Form is a step that can be taken on a page. It opens in place, says what it
// will do and who will be told, and asks for what the rule asks for.
type Form struct {
	Code    string // of the step; also its anchor: #do-accept
	Post    string // address
	Label   string
	Does    string
	Told    string
	Button  string
	Primary bool
	Open    bool
	Files   bool     // takes evidence along
	Token   string   // names the files' form; only with Files
	Staged  []string // names of files already taken
	CSRF    string
	Version int
	Fields  []Field
	Says    string // what is wrong, above the form
	Found   []Giveaway
	Lang    string
}

// Field is one question of a form.
type Field struct {
	Name     string
	Kind     string // text, lines, number, date, select, radio, checks, tick, file, heading, secret
	Label    string
	Hint     string
	Value    string
	Problem  string
	Options  []Option
	Required bool
	Max      int // characters; 0 unlimited
	Rows     int
	ID       string
	Bare     bool   // says nothing of being optional: filters all are
	One      bool   // takes one file only
	Accept   string // of a file: endings of names; "" those of evidence
}

// Option is one answer to choose.
type Option struct {
	Value  string
	Label  string
	Chosen bool
}

// Giveaway is one finding of a text that could betray the reporter.
type Giveaway struct {
	Where  string // label of the field
	Reason string
	Words  string
	Token  string // names it when somebody calls it a false alarm; "" nobody can
}

// Draft is a form that came back: what was typed and what is wrong with it.
// The zero Draft is a fresh page.
type Draft struct {
	step     string
	typed    posted
	problems map[string]string // field → sentence
	says     string
	found    []triage.Finding
	exposed  []notice.Exposure
	token    string
}

// refused turns an error that belongs beside a form into a draft with its
// status; any other error goes to the shell.
func (v *visit) refused(form string, err error) (Draft, int, bool) {
	d := Draft{step: form, typed: v.form, problems: map[string]string{}}
	var invalid *intake.Invalid
	var leak *triage.Leak
	var taken *triage.Taken
	switch {
	case errors.As(err, &invalid):
		for field, key := range invalid.Problems {
			d.problems[field] = v.known("problem."+key, "console.problem.unclear")
		}
		d.says = v.t("console.says.invalid")
		return d, 422, true
	case errors.As(err, &leak):
		d.says, d.found = v.t("console.says.leak"), leak.Findings
		return d, 422, true
	case errors.As(err, &taken):
		d.says = v.t("console.says.taken", "who", taken.By)
	case errors.Is(err, triage.ErrUnread):
		d.says = v.t("console.says.unread")
	case errors.Is(err, step.ErrStale):
		d.says = v.t("console.says.stale")
	case errors.Is(err, step.ErrState):
		d.says = v.t("console.says.state")
	case errors.Is(err, step.ErrSamePerson):
		d.says = v.t("console.says.same_person")
	case errors.Is(err, intake.ErrStaleForm):
		d.says = v.t("console.says.stale_form")
	case errors.Is(err, errRefused):
		d.says = v.t("console.says.files")
		for name, why := range v.form.refused {
			d.problems["files"] += name + ": " + why + " "
		}
		return d, 422, true
	case errors.Is(err, intake.ErrClosed):
		d.says = v.t("console.says.closed")
	case errors.Is(err, intake.ErrLocked):
		d.says = v.t("console.says.locked")
	default:
		if d.says = v.custodySays(err); d.says == "" {
			return v.refusedPublishing(d, err)
		}
	}
	return d, 409, true
}

// apply puts what was typed back into the form it came from.
func (d Draft) apply(v *visit, f Form) Form {
	if d.step != f.Code {
		return f
	}
	f.Open, f.Says = true, d.says
	if d.token != "" {
		f.Token = d.token
	}
	labels := map[string]string{}
	for i, field := range f.Fields {
		labels[field.Name] = field.Label
		f.Fields[i] = d.field(field)
	}
	for _, w := range d.found {
		where := w.Field
		if labels[w.Field] != "" {
			where = labels[w.Field]
		}
		f.Found = append(f.Found, Giveaway{Where: where, Reason: v.known("leak."+w.Reason, "console.problem.unclear"), Words: w.Words})
	}
	f.Found = append(f.Found, v.giveaways(d.exposed)...)
	return f
}

func (d Draft) field(f Field) Field {
	f.Problem = d.problems[f.Name]
	if f.Kind == "secret" || f.Kind == "file" {
		return f
	}
	typed := d.typed.all(f.Name)
	f.Value = d.typed.get(f.Name)
	options := append([]Option(nil), f.Options...)
	for i := range options {
		options[i].Chosen = contains(typed, options[i].Value)
	}
	f.Options = options
	return f
}

// words lists what was typed as read-only questions, for pages that can no
// longer take it.
func (d Draft) words(v *visit) []Field {
	var out []Field
	for _, name := range d.typed.names() {
		kind, _, ofOne := strings.Cut(name, ".") // opinion.<id>: of one of several
		if hidden[kind] || ofOne && hidden[kind+"."] {
			continue
		}
		for _, text := range d.typed.all(name) {
			if utf8.RuneCountInString(text) > 1 {
				out = append(out, Field{Name: name, Label: v.nameOf(kind), Value: text})
			}
		}
	}
	return out
}

// nameOf is what a field is called on the forms of whichever room asks for it.
func (v *visit) nameOf(field string) string {
	for _, room := range []string{"console", "inspection", "selfreport", "order", "accountability", "referral"} {
		if key := room + ".field." + field; v.t(key) != key {
			return v.t(key)
		}
	}
	return v.t("console.field.words")
}

// hidden names the fields that nobody typed, or that must not be shown again.
var hidden = map[string]bool{
	"csrf": true, "form": true, "token": true, "version": true, "next": true, "sealed": true, "code": true,
	"password": true, "old": true, "new": true, "again": true, "to": true, "id": true, "ids": true, "unit": true,
	"units": true, "lead": true, "assist": true, "proposal": true, "ruling": true, "into": true, "purpose": true,
	"town": true, "place": true, "pick": true, "kind": true, "mode": true, "channel": true, "accused": true,
	"read_back": true, "programme": true, "severity": true, "outcome": true, "method": true, "urgency": true,
	"query": true, "active": true, "roles": true, "url": true, "secret": true,
	"level": true, "parent": true, "takes_complaints": true,
	"fund": true, "project": true, "roll": true, "role": true, "disputed": true, "key": true, "column": true,
	"preview": true, "starts_on": true, "ends_on": true, "year": true, "file": true, "from": true,
	"check": true, "target": true, "owner": true,
	"origin": true, "objection": true, "halt": true, "conclusion": true,
	"clause": true, "clauses": true, "material": true, "proofs": true, "finding": true, "prepared": true, "way": true, "leader": true, "members": true,
	"addressee": true, "how": true, "after": true, "offer": true, "public": true, "organ": true, "complaint": true, "measure": true,
	"follows": true, "plan": true, "month": true, "agreed": true, "signed": true, "was": true, "answer.": true,
	"deliver_to": true, "on_day": true, "callback": true, "reached": true, "result": true, "look": true,
	"appeal_ruling": true, "first_on": true, "last_on": true, "final": true, "let_go": true, "audit_found": true, "earlier": true,
	"inspection": true, "item": true, "findings": true, "point": true, "entry": true, "money": true, "passed": true,
}

func contains(list []string, value string) bool {
	for _, s := range list {
		if s == value {
			return true
		}
	}
	return false
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
