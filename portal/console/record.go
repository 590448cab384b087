package console

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/audit"
	"minsheng/staff"
)

type recordPage struct {
	Frame
	Events []eventView
	Audits []audit.Audit
	Next   string
	First  bool
}

// record shows what happened, newest first: ids, states and dates, never words.
func (v *visit) record() error {
	frame, err := v.frame("/console/record", v.t("console.record.title"))
	if err != nil {
		return err
	}
	before, err := uuid.Parse(v.c.Query("before", uuid.Nil.String()))
	if err != nil {
		before = uuid.Nil
	}
	events, err := v.Triage.Record(v.ctx(), v.by(), before)
	if err != nil {
		return err
	}
	page := recordPage{Frame: frame, Events: v.timeline(events), First: before == uuid.Nil}
	if page.First && v.by().May(staff.AuditLooks) {
		if page.Audits, err = v.Audits.List(v.ctx(), v.by()); err != nil {
			return err
		}
	}
	if len(events) == 50 {
		page.Next = withQuery("/console/record", "before", events[49].ID.String())
	}
	return v.show(fiber.StatusOK, "record", page)
}

type repliesPage struct {
	Frame
	Replies []replyLink
	Add     Form
}

func (v *visit) replies() error { return v.repliesShow(fiber.StatusOK, Draft{}) }

func (v *visit) repliesShow(status int, draft Draft) error {
	frame, err := v.frame("/console/replies", v.t("console.replies.title"))
	if err != nil {
		return err
	}
	saved, err := v.Triage.SavedReplies(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page := repliesPage{Frame: frame}
	for _, r := range saved {
		page.Replies = append(page.Replies, replyLink{r.Title, r.Body})
	}
	add := Form{Code: "reply", Post: frame.Href("/console/replies"), Label: v.t("console.replies.add"), Button: v.t("console.replies.add"), CSRF: frame.CSRF, Lang: string(v.lang)}
	title := v.ask("title", "text", 30)
	title.Label = v.t("console.field.reply_title")
	body := v.lines("body", 5, 1000)
	body.Label = v.t("console.field.reply_body")
	add.Fields = []Field{title, body}
	page.Add = v.dress(draft.apply(v, add), draft)
	return v.show(status, "replies", page)
}

// saveReply keeps a text for the whole office; the same title replaces it.
func (v *visit) saveReply() error {
	err := v.Triage.SaveReply(v.ctx(), v.by(), v.form.get("title"), v.form.get("body"))
	if err == nil {
		return v.leave("/console/replies", "reply")
	}
	if draft, status, ok := v.refused("reply", err); ok {
		return v.repliesShow(status, draft)
	}
	return err
}
