package console

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/audit"
	"minsheng/intake"
)

const auditsPath = "/console/audits"

// auditsPage lists the audits of who looked at a case.
type auditsPage struct {
	Frame
	Audits []audit.Audit
}

func (v *visit) audits() error {
	frame, err := v.frame(auditsPath, v.t("audit.title"))
	if err != nil {
		return err
	}
	page := auditsPage{Frame: frame}
	if page.Audits, err = v.Audits.List(v.ctx(), v.by()); err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "audits", page)
}

// auditPage is one audit: who looked, and nothing of what they saw.
type auditPage struct {
	Frame
	Audit audit.View
	Next  string
	First string
	End   *Form
	Says  string
	Kept  []Field
}

// auditBefore is where a page of entries begins: an instant in microseconds. What
// is none is the first page.
func (v *visit) auditBefore() time.Time {
	micro, err := strconv.ParseInt(v.c.Query("before"), 10, 64)
	if err != nil || micro <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

func (v *visit) showAudit() error { return v.auditShow(fiber.StatusOK, Draft{}) }

func (v *visit) auditShow(status int, draft Draft) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	before := v.auditBefore()
	a, err := v.Audits.Open(v.ctx(), v.by(), id, before)
	if err != nil {
		return err
	}
	frame, err := v.frame(auditsPath+"/"+id.String(), v.t("audit.of", "number", a.Number))
	if err != nil {
		return err
	}
	page := auditPage{Frame: frame, Audit: a, Says: draft.says}
	if !a.Next.IsZero() {
		page.Next = withQuery(auditsPath+"/"+id.String(), "before", strconv.FormatInt(a.Next.UnixMicro(), 10))
	}
	if !before.IsZero() {
		page.First = auditsPath + "/" + id.String()
	}
	if a.MayEnd {
		f := Form{Code: "audit_end", Post: frame.Href(auditsPath + "/" + id.String() + "/end"), Label: v.t("audit.end"), Button: v.t("audit.end"),
			Does: v.t("audit.end.does"), Told: v.t("audit.end.told"), CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
		f.Fields = []Field{v.pick("audit_found", "radio", v.options("audit.found.", []string{intake.FoundNothing, intake.FoundSuspicious})), v.named(v.lines("words", 4, 2000), "audit_words")}
		f = v.dress(draft.apply(v, f), draft)
		page.End, page.Says = &f, ""
	} else if draft.step != "" {
		page.Kept = draft.words(v)
	}
	return v.show(status, "audit", page)
}

// endAudit says what an audit found.
func (v *visit) endAudit() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = v.Audits.End(v.ctx(), v.by(), id, v.form.get("audit_found"), v.form.get("words"))
	if err == nil {
		return v.leave(auditsPath+"/"+id.String(), "audit_end")
	}
	draft, status, ok := v.refused("audit_end", err)
	if !ok {
		return err
	}
	return v.auditShow(status, draft)
}

// waitingAudits lists the open audits that the officer may read, for the Today
// page.
func (v *visit) waitingAudits() ([]audit.Audit, error) {
	all, err := v.Audits.List(v.ctx(), v.by())
	if err != nil {
		return nil, err
	}
	var open []audit.Audit
	for _, a := range all {
		if a.EndedAt == nil {
			open = append(open, a)
		}
	}
	return open, nil
}
