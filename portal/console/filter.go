package console

import (
	"net/url"
	"strconv"

	"minsheng/intake"
	"minsheng/triage"
)

// criteria is the queue's filter as it stands in the address. The address is
// the filter: it can be linked, kept and gone back to.
type criteria struct{ q url.Values }

// Known names of the address; anything else is dropped.
var criteriaNames = []string{"text", "place", "kind", "state", "mode", "channel", "severity", "mine", "unassigned", "late", "due", "waiting", "wants", "finished"}

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
	}
}

func (c criteria) on(name string) bool { return c.q.Get(name) == "1" }

// address is the queue with this filter and one name changed; an empty value
// takes the name out.
func (c criteria) address(name, value string) string {
	q := url.Values{}
	for k, v := range c.q {
		q[k] = v
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return "/console/cases"
	}
	return "/console/cases?" + q.Encode()
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
	case "kind", "state", "mode", "channel":
		return v.known(name+"."+value, "console.chip.other")
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
