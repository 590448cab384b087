package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/triage"
)

// criteria is the queue's filter as it stands in the address. The address is
// the filter: it can be linked, kept and gone back to.
type criteria struct{ q url.Values }

// Known names of the address; anything else is dropped.
var criteriaNames = []string{"text", "received", "closed", "answered", "rated", "rating", "dated", "stage", "result", "office", "desk", "place", "kind", "state", "outcome", "mode", "channel", "severity",
	"mine", "unassigned", "late", "red", "due", "waiting", "wants", "finished", "open", "taken", "first", "again"}

func readCriteria(query url.Values) criteria {
	c := criteria{url.Values{}}
	for _, name := range criteriaNames {
		if value := query.Get(name); value != "" {
			c.q.Set(name, value)
		}
	}
	return c
}

// filter is what the queue is asked for. Values that no form offers do not
// filter.
func (c criteria) filter() triage.Filter {
	severity, _ := strconv.Atoi(c.q.Get("severity"))
	return triage.Filter{
		Text: c.q.Get("text"), Place: c.q.Get("place"), Kind: intake.Kind(c.q.Get("kind")),
		State: intake.State(c.q.Get("state")), Mode: intake.Mode(c.q.Get("mode")),
		Channel: intake.Channel(c.q.Get("channel")), Severity: severity,
		Mine: c.on("mine"), Unassigned: c.on("unassigned"), Late: c.on("late"),
		DueToday: c.q.Get("due") == "today", DueWeek: c.q.Get("due") == "week",
		Waiting: c.on("waiting"), Finished: c.on("finished"), Wants: c.q.Get("wants"),
		Period: c.period(), Office: named(c.q.Get("office")), Desk: named(c.q.Get("desk")),
		Outcomes: outcomesOf(c.q.Get("outcome")), Open: c.on("open"), Taken: c.on("taken"), First: c.on("first"), Again: c.on("again"), Red: c.on("red"),
	}
}

// period is the stretch of days of the address; the first that is one counts.
func (c criteria) period() triage.Period {
	for _, each := range []struct{ name, by string }{{"received", triage.Received}, {"closed", triage.Ended}, {"answered", triage.Answered}} {
		if span, is := readSpan(c.q.Get(each.name)); is {
			return triage.Period{By: each.by, Span: span}
		}
	}
	if span, is := readSpan(c.q.Get("rated")); is {
		return triage.Period{By: triage.Rated, Span: span, Rating: intake.Rating(c.q.Get("rating"))}
	}
	if span, is := readSpan(c.q.Get("dated")); is {
		return triage.Period{By: triage.Dated, Span: span, Rules: rulesOf(c.q.Get("stage")), Result: resultOf(c.q)}
	}
	return triage.Period{}
}

// anyStage stands for all that a desk owes.
const anyStage = "any"

func rulesOf(stage string) []string {
	if stage == anyStage {
		return append(figures.StageAccept.Rules(), figures.StageReply.Rules()...)
	}
	return figures.Stage(stage).Rules()
}

// foundTrue stands for what proved true, at least partly.
const foundTrue = "true"

func outcomesOf(text string) []intake.Outcome {
	switch text {
	case "":
		return nil
	case foundTrue:
		return []intake.Outcome{intake.Substantiated, intake.Partly}
	}
	return []intake.Outcome{intake.Outcome(text)}
}

// resultOf is what last days are asked for by, "" any result.
func resultOf(q url.Values) clock.Result {
	if r := clock.Result(q.Get("result")); slices.Contains(clock.Results(), r) {
		return r
	}
	return ""
}

func (c criteria) on(name string) bool { return c.q.Get(name) == "1" }

// address is the queue with this filter and one name changed; an empty value
// takes the name out.
func (c criteria) address(name, value string) string {
	return c.addressAt("/console/cases", name, value)
}

func (c criteria) addressAt(path, name, value string) string {
	q := url.Values{}
	for k, v := range c.q {
		q[k] = v
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// chip is one filter that is on, with the address without it.
type chip struct{ Label, Without string }

// lens is a ready filter above the list, with how many cases it shows.
type lens struct {
	Key  string
	Href string
	N    int
	On   bool
	Late bool
}

func (v *visit) lenses(c criteria, n triage.Counts) []lens {
	bare := criteria{url.Values{}}
	here := func(l lens, name, value string) lens {
		l.Href = bare.address(name, value)
		l.On = name == "" && len(c.q) == 0 || name != "" && len(c.q) == 1 && c.q.Get(name) == value
		return l
	}
	return []lens{
		here(lens{Key: "open", N: n.Open}, "", ""),
		here(lens{Key: "mine", N: n.Mine}, "mine", "1"),
		here(lens{Key: "late", N: n.Overdue, Late: n.Overdue > 0}, "late", "1"),
		here(lens{Key: "today", N: n.DueToday}, "due", "today"),
		here(lens{Key: "week", N: n.DueWeek}, "due", "week"),
		here(lens{Key: "unassigned", N: n.Unassigned}, "unassigned", "1"),
		here(lens{Key: "waiting", N: n.WaitingForMe}, "waiting", "1"),
		here(lens{Key: "finished", N: -1}, "finished", "1"),
	}
}

// chips names every filter that is on.
func (v *visit) chips(c criteria) []chip {
	var out []chip
	for _, name := range criteriaNames {
		value := c.q.Get(name)
		if value == "" {
			continue
		}
		out = append(out, chip{v.chipLabel(name, value), c.address(name, "")})
	}
	return out
}

func (v *visit) chipLabel(name, value string) string {
	switch name {
	case "text":
		return v.t("console.chip.text", "text", value)
	case "place":
		if d, err := v.Atlas.Division(v.ctx(), value); err == nil {
			return d.Name
		}
		return value
	case "severity":
		return v.known("console.severity."+value, "console.chip.other")
	case "kind", "state", "mode", "channel", "outcome":
		return v.known(name+"."+value, "console.chip.other")
	case "received", "closed", "answered", "dated":
		return v.t("figures.chip."+name, "span", v.spanLabel(value))
	case "stage", "result":
		return v.known("figures."+name+"."+value, "console.chip.other")
	case "office", "desk":
		return v.officeName(value)
	}
	if name == "wants" {
		return v.known("wants."+value, "console.chip.other")
	}
	key := "console.lens." + name
	if name == "due" {
		key = "console.lens." + value
	}
	return v.known(key, "console.chip.other")
}

// officeName is what an office in an address is called.
func (v *visit) officeName(text string) string {
	if id, err := uuid.Parse(text); err == nil {
		if u, err := v.Atlas.Unit(id); err == nil {
			return u.Name
		}
	}
	return v.t("console.chip.other")
}
