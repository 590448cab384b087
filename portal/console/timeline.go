package console

import (
	"strings"

	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/view"
)

// eventView is one thing that happened, in words.
type eventView struct {
	ledger.Event
	Text   string
	Detail string
	Actor  string // of whom no name is kept
	Short  string // beginning of the subject's id
	Times  int    // how often it happened in a row
}

// timeline puts events into sentences, in their order. What one person did
// several times in a row, such as opening the pictures, is one line.
func (v *visit) timeline(events []ledger.Event) []eventView {
	var out []eventView
	for _, e := range events {
		if n := len(out); n > 0 && out[n-1].Kind == e.Kind && out[n-1].ActorName == e.ActorName && out[n-1].SubjectID == e.SubjectID && e.Kind == "evidence_opened" {
			out[n-1].Times++
			continue
		}
		out = append(out, v.event(e))
	}
	return out
}

func (v *visit) event(e ledger.Event) eventView {
	shown := eventView{Event: e, Text: v.known("event."+e.Kind, "console.event.other"), Times: 1, Short: e.SubjectID.String()[24:]}
	shown.Actor = v.t("console.actor." + e.ActorKind)
	shown.Detail = v.detail(e)
	return shown
}

// detail is the part of an event's facts that says more than its name.
func (v *visit) detail(e ledger.Event) string {
	coded := map[string]string{"outcome": "outcome.", "method": "console.method.", "channel": "channel.", "reason": "console.purpose.", "how": "delivery.", "rating": "rating.", "ruling": "appeal.ruling.", "result": "rating.", "found": "audit.found."}
	if e.Kind == "called_back" {
		coded["channel"] = "callback."
	}
	if e.SubjectKind == ledger.OfObjection {
		coded["outcome"], coded["method"] = "objection.state.", "objection.method."
	}
	if e.SubjectKind == ledger.OfCheck && e.Body["rule"] != "" {
		return v.known("crosscheck."+e.Body["rule"], "console.event.detail")
	}
	if e.Body["paper"] != "" {
		return strings.TrimSpace(v.known("paper.kind."+e.Body["paper"], "console.event.detail") + " " + e.Body["number"] + " " + e.Body["why"])
	}
	if e.Body["rule"] != "" {
		return v.clockDetail(e)
	}
	if told := v.dates(e); told != "" {
		return told
	}
	for _, name := range []string{"to", "into", "from", "number", "reply_by", "outcome", "method", "reason", "how", "rating", "ruling", "result", "found", "channel", "name", "device", "units"} {
		value := e.Body[name]
		if value == "" {
			continue
		}
		if prefix, ok := coded[name]; ok {
			return v.known(prefix+value, "console.event.detail")
		}
		if name == "reply_by" {
			return v.t("console.event.reply_by", "date", view.Day(v.lang, workday.Date(value)))
		}
		return value
	}
	return ""
}

// dates says which day became which, until when something stands still, or how
// often something happened; "" for events that tell none of it.
func (v *visit) dates(e ledger.Event) string {
	on := func(name string) string { return view.Day(v.lang, workday.Date(e.Body[name])) }
	switch {
	case e.Body["before"] != "" && e.Body["due_on"] != "":
		return v.t("docket.event.moved", "before", on("before"), "after", on("due_on"))
	case e.Body["until"] != "":
		return v.t("docket.event.until", "day", on("until"))
	case e.Body["times"] != "":
		return v.t("docket.event.times", "n", e.Body["times"])
	}
	return ""
}
