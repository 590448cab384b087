package console

import (
	"errors"

	"minsheng/crosscheck"
	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/roll"
	"minsheng/tray"
)

// refusals of the publishing rooms that are one sentence above the form, in the
// order in which they are looked for: publish.says.<key>.
var refusals = []struct {
	err error
	key string
}{
	{roll.ErrStale, "console.says.stale"},
	{tray.ErrStale, "console.says.stale"},
	{notice.ErrMismatch, "publish.says.mismatch"},
	{roll.ErrHeld, "publish.says.held"},
	{roll.ErrStanding, "publish.says.standing"},
	{roll.ErrStage, "publish.says.stage"},
	{roll.ErrFrozen, "publish.says.frozen"},
	{roll.ErrEmpty, "publish.says.empty"},
	{roll.ErrMinutes, "publish.says.minutes"},
	{roll.ErrConsent, "publish.says.consent"},
	{tray.ErrBusy, "publish.says.busy"},
	{tray.ErrProblems, "publish.says.problems"},
	{tray.ErrGone, "publish.says.gone"},
	{objection.ErrTwo, "objections.says.two"},
	{objection.ErrOwnList, "objections.says.own_list"},
	{crosscheck.ErrState, "crosscheck.says.state"},
	{crosscheck.ErrBusy, "crosscheck.says.busy"},
}

// elsewhere are the steps whose problems lie in fields of another form: they are
// named.
var elsewhere = map[string]bool{"hand_in": true, "approve": true, "try": true}

// refusedPublishing is refused for what the rooms of publishing say.
func (v *visit) refusedPublishing(d Draft, err error) (Draft, int, bool) {
	var wrong *notice.Invalid
	var row *roll.Invalid
	var exposed *notice.Exposed
	switch {
	case errors.As(err, &wrong):
		for field, key := range wrong.Problems {
			d.problems[field] = v.known("problem."+key, "console.problem.unclear")
			if elsewhere[d.step] {
				d.problems[field] = v.noticeFieldName(field) + v.t("console.colon") + d.problems[field]
			}
		}
		d.says = v.t("console.says.invalid")
		return d, 422, true
	case errors.As(err, &row):
		for field, key := range row.Problems {
			d.problems[field] = v.known("sheet.problem."+key, "console.problem.unclear")
		}
		d.says = v.t("console.says.invalid")
		return d, 422, true
	case errors.As(err, &exposed) && d.step == "approve":
		d.says = v.t("publish.says.unreleased") // beside each stands a box for the reason
		return d, 422, true
	case errors.As(err, &exposed):
		d.says, d.exposed = v.t("publish.says.exposed"), exposed.Findings
		return d, 422, true
	}
	if says := v.fileRefusal(err); says != "" {
		d.problems["files"], d.says = says, v.t("console.says.invalid")
		return d, 422, true
	}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			d.says = v.t(r.key)
			return d, 409, true
		}
	}
	return Draft{}, 0, false
}

// fileRefusal says why a file is not taken; "" for any other error.
func (v *visit) fileRefusal(err error) string {
	if reason := sheet.Reason(err); reason != "" {
		return v.known("sheet."+reason, "console.problem.unclear")
	}
	if reason := evidence.Reason(err); reason != "" {
		return v.known("evidence."+reason, "console.problem.unclear")
	}
	return ""
}

// giveaways puts what the gate found into the list above a form, each to be
// called a false alarm.
func (v *visit) giveaways(found []notice.Exposure) []Giveaway {
	var out []Giveaway
	for _, e := range found {
		view := v.exposure(e)
		out = append(out, Giveaway{Where: view.Place, Reason: view.What, Words: e.Masked, Token: e.Token})
	}
	return out
}
