package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/roll"
)

// The steps of a notice: each reads its form and asks the desk for one thing.

// noticeStep is a step whose form has at most words.
type noticeStep struct {
	code  string
	reads []string // lines it asks for
	do    func(v *visit, id uuid.UUID, version int) error
}

// noticeSteps lists the steps in the order in which they are taken.
var noticeSteps = []noticeStep{
	{code: "hand_in", do: func(v *visit, id uuid.UUID, n int) error {
		if err := v.dispute(id); err != nil {
			return err
		}
		return v.Notices.HandIn(v.ctx(), v.by(), id, n)
	}},
	{code: "approve", do: (*visit).approveNotice},
	{code: "return", reads: []string{"reason"}, do: func(v *visit, id uuid.UUID, n int) error {
		return v.Notices.Return(v.ctx(), v.by(), id, n, v.form.get("reason"))
	}},
	{code: "restore", reads: []string{"reason"}, do: func(v *visit, id uuid.UUID, n int) error {
		return v.Notices.Restore(v.ctx(), v.by(), id, n, v.form.get("reason"))
	}},
	{code: "minutes", do: (*visit).setMinutes},
	{code: "attach", do: (*visit).attach},
	{code: "lengthen", do: func(v *visit, id uuid.UUID, n int) error {
		return v.Notices.Lengthen(v.ctx(), v.by(), id, n, workday.Date(v.form.get("ends_on")))
	}},
	{code: "correct"},
	{code: "withdraw", reads: []string{"reason"}, do: func(v *visit, id uuid.UUID, n int) error {
		return v.Notices.Withdraw(v.ctx(), v.by(), id, n, v.form.get("reason"))
	}},
	{code: "discard", do: func(v *visit, id uuid.UUID, n int) error { return v.Notices.Discard(v.ctx(), v.by(), id, n) }},
}

// takeStep is the handler of one step of a notice.
func takeStep(code string) func(v *visit) error {
	at := slices.IndexFunc(noticeSteps, func(s noticeStep) bool { return s.code == code })
	return func(v *visit) error {
		return v.noticeAct(code, func(id uuid.UUID, version int) error { return noticeSteps[at].do(v, id, version) })
	}
}

// noticeAct runs one step and shows the notice again: changed, or with the words
// beside what is wrong.
func (v *visit) noticeAct(code string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = do(id, number(v.form.get("version")))
	if err == nil {
		return v.leave(noticePath(id), "notice_"+code)
	}
	draft, status, ok := v.refused(code, err)
	if !ok {
		return err
	}
	return v.noticeShow(status, id, draft)
}

// saveNotice stores the draft, or shows how it will look.
func (v *visit) saveNotice() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if v.stays() {
		return v.noticeShow(fiber.StatusOK, id, Draft{step: "save", typed: v.form})
	}
	return v.noticeAct("save", func(id uuid.UUID, version int) error {
		p, err := v.Notices.Paper(v.ctx(), v.by(), id)
		if err != nil {
			return err
		}
		typed := v.typedNotice(v.asked(p))
		typed.RollID = p.RollID
		return v.Notices.Save(v.ctx(), v.by(), id, version, typed)
	})
}

// asked is the kind with everything that a notice is asked for: a correction
// also carries the fields of what it corrects.
func (v *visit) asked(p notice.Paper) notice.Kind {
	k := p.KindOf
	if p.Original == nil {
		return k
	}
	original, _ := notice.KindOf(p.Original.Kind)
	k.Fields = slices.Clone(k.Fields)
	for _, f := range original.Fields {
		if !slices.ContainsFunc(k.Fields, func(has notice.Field) bool { return has.Code == f.Code }) {
			k.Fields = append(k.Fields, f)
		}
	}
	return k
}

// approveNotice gathers what an approver states: a reason for each false alarm,
// one for sums that do not add up, and that unreadable files were looked at.
func (v *visit) approveNotice(id uuid.UUID, version int) error {
	a := notice.Approval{Release: map[string]string{}, Mismatch: v.form.get("mismatch"), UnreadFiles: v.form.get("unread_files") == "1"}
	for i := range mostReleases {
		token := v.form.get("token." + itoa(i))
		if token == "" {
			break
		}
		if reason := v.form.get("release." + itoa(i)); reason != "" {
			a.Release[token] = reason
		}
	}
	return v.Notices.Approve(v.ctx(), v.by(), id, version, a)
}

// setMinutes stores the minutes of the round with the photo of the signatures.
func (v *visit) setMinutes(id uuid.UUID, _ int) error {
	form, err := v.filesForm()
	if err != nil {
		return err
	}
	day, err := workday.Parse(v.form.get("met_on"))
	if err != nil {
		return missing("met_on", "day")
	}
	m := roll.Minutes{MetOn: day, Present: number(v.form.get("present")), Entitled: number(v.form.get("entitled")), Note: v.form.get("note")}
	return v.Notices.SetMinutes(v.ctx(), v.by(), id, m, form.Key)
}

// attach adds files. What was called a false alarm is noted first, so that an
// approver decides.
func (v *visit) attach(id uuid.UUID, _ int) error {
	form, err := v.filesForm()
	if err != nil {
		return err
	}
	if err := v.dispute(id); err != nil {
		return err
	}
	return v.Notices.Attach(v.ctx(), v.by(), id, v.form.get("role"), form.Key)
}

// dispute notes the findings that the form calls false alarms.
func (v *visit) dispute(id uuid.UUID) error {
	if tokens := v.form.all("disputed"); len(tokens) > 0 {
		return v.Notices.Dispute(v.ctx(), v.by(), id, tokens...)
	}
	return nil
}

func (v *visit) disputeFindings() error {
	return v.noticeAct("dispute", func(id uuid.UUID, _ int) error {
		if len(v.form.all("disputed")) == 0 {
			return missing("disputed", "choose")
		}
		return v.dispute(id)
	})
}

func (v *visit) detach() error {
	return v.noticeAct("detach", func(id uuid.UUID, _ int) error {
		file, err := v.formID("file")
		if err != nil {
			return err
		}
		return v.Notices.Detach(v.ctx(), v.by(), id, file)
	})
}

// dropColumn empties a column of a draft's table: the gate's offer.
func (v *visit) dropColumn() error {
	return v.noticeAct("drop_column", func(id uuid.UUID, version int) error {
		return v.Notices.DropColumn(v.ctx(), v.by(), id, version, v.form.get("column"))
	})
}

// correct begins a correction and leads to it.
func (v *visit) correct() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	n, err := v.Notices.Correct(v.ctx(), v.by(), id, v.form.get("reason"))
	if err == nil {
		return v.leave(noticePath(n.ID), "notice_correct")
	}
	if draft, status, ok := v.refused("correct", err); ok {
		return v.noticeShow(status, id, draft)
	}
	return err
}

// noticeSteps puts onto the page exactly the steps that are possible now.
func (v *visit) noticeSteps(page *noticePage, draft Draft) error {
	may := func(code string) bool {
		return slices.Contains(page.Paper.Actions, code) || code == "attach" && slices.Contains(page.Paper.Actions, "photos")
	}
	seen := draft.step == "" || draft.step == "drop_column" || draft.step == "detach" || draft.step == "dispute"
	for _, step := range noticeSteps {
		if !may(step.code) {
			continue
		}
		form := v.finishNotice(v.noticeStepForm(step, page), page, draft)
		page.Forms = append(page.Forms, form)
		seen = seen || step.code == draft.step
	}
	if may("save") {
		edit, err := v.noticeForm("save", v.asked(page.Paper), draftOf(page.Paper.Notice), draft)
		if err != nil {
			return err
		}
		edit.Form = v.finishNotice(edit.Form, page, Draft{})
		edit.Open, edit.Says, edit.Found = draft.step == "save", onlyFor(draft, "save", draft.says), onlyFor(draft, "save", v.giveaways(draft.exposed))
		page.Edit, seen = &edit, seen || draft.step == "save"
	}
	page.Detach = may("detach")
	switch {
	case !seen:
		page.Kept = draft.words(v)
	case draft.step != "drop_column" && draft.step != "detach" && draft.step != "dispute":
		page.Says = ""
	}
	return nil
}

func onlyFor[T any](d Draft, step string, value T) (out T) {
	if d.step == step {
		return value
	}
	return out
}

func (v *visit) finishNotice(f Form, page *noticePage, draft Draft) Form {
	f.Post = page.Href(noticePath(page.Paper.ID) + "/" + f.Code)
	f.Label = v.t("publish.step." + f.Code)
	f.Does, f.Told, f.Button = v.t("publish.does."+f.Code), v.t("publish.told."+f.Code), f.Label
	f.CSRF, f.Version, f.Lang = page.CSRF, page.Paper.Version, string(v.lang)
	f.Primary = len(page.Forms) == 0 && contains([]string{"hand_in", "approve", "restore"}, f.Code)
	if f.Code == "save" {
		return f
	}
	return v.dress(draft.apply(v, f), draft)
}

// noticeStepForm is the question sheet of one step.
func (v *visit) noticeStepForm(step noticeStep, page *noticePage) Form {
	f := Form{Code: step.code}
	for _, name := range step.reads {
		f.Fields = append(f.Fields, v.pub(v.lines(name, 3, 200)))
	}
	switch step.code {
	case "approve":
		f.Fields = v.approveFields(page)
	case "minutes":
		f.Files, f.Fields = true, v.minutesFields(minutesFor(page.Paper))
	case "attach":
		f.Files, f.Fields = true, v.attachFields(page.Paper)
	case "lengthen":
		ends := workday.Date("")
		if page.Paper.EndsOn != nil {
			ends = page.Paper.EndsOn.Add(1)
		}
		f.Fields = []Field{v.called("to_day", with(v.ask("ends_on", "date", 0), string(ends)))}
	case "correct":
		f.Fields = []Field{v.called("why", v.lines("reason", 3, 200))}
	}
	return f
}

// minutesFor are the minutes of the round that a notice opens, if there are any.
func minutesFor(p notice.Paper) roll.Minutes {
	for _, m := range p.Minutes {
		if m.Stage == p.KindOf.Stage {
			return m
		}
	}
	return roll.Minutes{}
}

func (v *visit) attachFields(p notice.Paper) []Field {
	roles := []string{"notice", "notice_start", "notice_end"}
	if p.State != "draft" {
		roles = roles[1:]
	}
	role := with(v.pub(v.pick("role", "radio", v.options("publish.role.", roles))), roles[0])
	return []Field{role, v.pub(v.papers("files"))}
}

// mostReleases is how many false alarms one form can let through: a notice with
// more goes back.
const mostReleases = 50

// approveFields show an approver everything that stands in the way, each with a
// box for the reason why it may pass.
func (v *visit) approveFields(page *noticePage) []Field {
	var out []Field
	n := 0 // findings that stand in the way
	for _, e := range page.Found {
		if e.Released != "" || n == mostReleases {
			continue
		}
		i := itoa(n)
		n++
		reason := v.lines("release."+i, 2, 200)
		reason.Label, reason.Hint = v.t("publish.field.release"), v.t("publish.hint.release")
		out = append(out, Field{Kind: "heading", Name: "found." + i, Label: e.Place + " · " + e.What, Value: e.Masked},
			Field{Kind: "hidden", Name: "token." + i, Value: e.Token}, optional(reason))
	}
	if s := page.Sums; s != nil && s.Differs {
		out = append(out, Field{Kind: "heading", Name: "sums", Label: v.t("publish.sums.differ"), Value: v.sumsWords(*s)}, optional(v.pub(v.lines("mismatch", 2, 200))))
	}
	if files := page.Paper.Unread; len(files) > 0 {
		names := ""
		for i, f := range files {
			if i > 0 {
				names += v.t("console.list_mark")
			}
			names += f.Name
		}
		out = append(out, Field{Kind: "heading", Name: "files", Label: v.t("publish.unread.title"), Value: names},
			optional(v.pub(v.pick("unread_files", "tick", []Option{{Value: "1", Label: v.t("publish.unread.looked")}}))))
	}
	return out
}

// sumsWords puts sums that differ side by side.
func (v *visit) sumsWords(s sumsView) string {
	return v.t("publish.sums.words", "total", view.Yuan(s.TotalFen), "rows", view.Yuan(s.AllocatedFen), "difference", view.Yuan(s.Difference),
		"projects", view.Yuan(s.ProjectsFen), "paid", view.Yuan(s.PaidFen))
}
