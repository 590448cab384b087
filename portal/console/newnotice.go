package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/notice"
	"minsheng/region"
)

// newNoticePage asks for the kind first, and then for the notice.
type newNoticePage struct {
	Frame
	Groups []kindGroup
	Kind   *kindView
	Form   *noticeForm
}

type kindGroup struct {
	Code  string
	Kinds []kindView
}

// kindView is one type of notice with its rules in words.
type kindView struct {
	notice.Kind
	Name     string
	For      string // what it is for
	Days     string
	Deadline string
	Href     string
	Ours     bool // offices of this level publish it
}

// kindGroups puts the fifteen into the order in which people look for them.
// Corrections begin on the page of what they correct.
var kindGroups = []struct {
	code  string
	kinds []string
}{
	{"lists", []string{"LIST_VILLAGE", "LIST_TOWN", "LIST_COUNTY", "EXIT_VILLAGE", "EXIT_ANN"}},
	{"money", []string{"FUND_ALLOC", "ANNUAL_PLAN", "SUBSIDY_ROSTER"}},
	{"projects", []string{"PROJECT_LIB", "PROJECT_PRE", "PROJECT_DONE"}},
	{"results", []string{"CIRCULAR_PUB", "RESULT_PUB", "POLICY"}},
}

func (v *visit) kindView(k notice.Kind, level region.Level) kindView {
	out := kindView{Kind: k, Name: v.t("notice." + k.Code), For: v.t("notice.hint." + k.Code), Ours: k.PublishedBy(level)}
	out.Href = withQuery("/console/notices/new", "kind", k.Code)
	out.Days = v.daysWords(k, level)
	if k.Rule != "" {
		out.Deadline = v.known("publish.rule."+k.Rule, "publish.rule.other")
	}
	return out
}

// daysWords says how long a kind stands.
func (v *visit) daysWords(k notice.Kind, level region.Level) string {
	if days := k.MinDaysFor(level); days > 0 {
		return v.t("publish.days.min", "n", days)
	}
	return v.t("publish.days.long")
}

// level is that of the officer's own office.
func (v *visit) level() region.Level {
	u, err := v.Atlas.Unit(v.by().UnitID)
	if err != nil {
		return ""
	}
	return u.Level
}

func (v *visit) newNotice() error {
	k, ok := notice.KindOf(v.c.Query("kind"))
	if !ok || k.Code == "CORRECTION" || !k.PublishedBy(v.level()) {
		return v.chooseKind()
	}
	return v.newNoticeShow(fiber.StatusOK, k, Draft{})
}

func (v *visit) chooseKind() error {
	frame, err := v.frame("/console/notices/new", v.t("publish.new.title"))
	if err != nil {
		return err
	}
	page, level := newNoticePage{Frame: frame}, v.level()
	for _, g := range kindGroups {
		group := kindGroup{Code: g.code}
		for _, code := range g.kinds {
			if k, ok := notice.KindOf(code); ok {
				group.Kinds = append(group.Kinds, v.kindView(k, level))
			}
		}
		page.Groups = append(page.Groups, group)
	}
	return v.show(fiber.StatusOK, "notice-new", page)
}

func (v *visit) newNoticeShow(status int, k notice.Kind, draft Draft) error {
	frame, err := v.frame("/console/notices/new", v.t("publish.new.of", "kind", v.t("notice."+k.Code)))
	if err != nil {
		return err
	}
	view := v.kindView(k, v.level())
	page := newNoticePage{Frame: frame, Kind: &view}
	form, err := v.noticeForm("begin", k, v.firstDraft(k), draft)
	if err != nil {
		return err
	}
	form.Post, form.Button, form.CSRF = frame.Href("/console/notices"), v.t("publish.new.begin"), frame.CSRF
	page.Form = &form
	return v.show(status, "notice-new", page)
}

// firstDraft is what a new notice starts from: today, the shortest period and
// the office itself as the one to turn to.
func (v *visit) firstDraft(k notice.Kind) notice.Draft {
	d := notice.Draft{Kind: k.Code, Year: v.day().Year(), StartsOn: v.day(), Fields: map[string]string{}}
	d.EndsOn = k.FirstEnd(v.level(), d.StartsOn)
	if u, err := v.Atlas.Unit(v.by().UnitID); err == nil {
		d.Fields["contact_unit"], d.Fields["contact_phone"] = u.Name, u.Phone
	}
	d.Fields["report_phone"] = v.Phone
	return d
}

// beginNotice makes the draft, or shows how it will look.
func (v *visit) beginNotice() error {
	k, ok := notice.KindOf(v.form.get("kind"))
	if !ok || k.Code == "CORRECTION" || !k.PublishedBy(v.level()) {
		return v.chooseKind()
	}
	if v.stays() {
		return v.newNoticeShow(fiber.StatusOK, k, Draft{step: "begin", typed: v.form})
	}
	n, err := v.Notices.Begin(v.ctx(), v.by(), v.typedNotice(k))
	if err == nil {
		return v.leave("/console/notices/"+n.ID.String(), "notice_begin")
	}
	if draft, status, ok := v.refused("begin", err); ok {
		return v.newNoticeShow(status, k, draft)
	}
	return err
}

// stays reports whether a notice's form only wants to be shown again: with a
// preview, or with what lies in the chosen place.
func (v *visit) stays() bool { return v.form.get("preview") != "" || v.form.get("pick") != "" }
