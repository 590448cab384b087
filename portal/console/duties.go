package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/staff"
)

// dutiesPage says what the office owes to the public and by when.
type dutiesPage struct {
	Frame
	Open    []dutyView
	Met     []dutyView
	Missing []dutyView
	Photos  []noticeRow
	Owe     *noticeForm
	Late    int
}

type dutyView struct {
	notice.Duty
	Color  clock.Color
	Left   int // working days until it is due
	Place  string
	Why    *view.Why
	Write  string // address where the notice is written; "" it is not this officer's
	Notice string // address of the notice that is begun or met it
}

func (v *visit) duties() error { return v.dutiesShow(fiber.StatusOK, Draft{}) }

func (v *visit) dutiesShow(status int, draft Draft) error {
	frame, err := v.frame("/console/duties", v.t("publish.duties.title"))
	if err != nil {
		return err
	}
	found, err := v.Notices.Duties(v.ctx(), v.by())
	if err != nil {
		return err
	}
	page, places := dutiesPage{Frame: frame}, map[string]string{}
	for _, part := range []struct {
		from []notice.Duty
		to   *[]dutyView
	}{{found.Open, &page.Open}, {found.Met, &page.Met}, {found.Missing, &page.Missing}} {
		for _, d := range part.from {
			view, err := v.duty(d, places)
			if err != nil {
				return err
			}
			*part.to = append(*part.to, view)
		}
	}
	for _, d := range page.Open {
		page.Late += min(1, max(0, d.Late))
	}
	if page.Photos, err = v.noticeRows(found.Photos); err != nil {
		return err
	}
	if v.may(staff.WriteNotices) {
		if page.Owe, err = v.oweForm(frame, draft); err != nil {
			return err
		}
	}
	return v.show(status, "duties", page)
}

func (v *visit) duty(d notice.Duty, places map[string]string) (dutyView, error) {
	out := dutyView{Duty: d, Left: max(0, -d.Late), Why: v.whyDuty(d)}
	if d.MetOn == nil {
		out.Color = v.colors.Of(d.Late)
	}
	if d.NoticeID != nil {
		out.Notice = noticePath(*d.NoticeID)
	} else if k, ok := notice.KindOf(d.Kind); ok && v.may(staff.WriteNotices) && d.UnitID == v.by().UnitID && k.PublishedBy(v.level()) {
		out.Write = withQuery("/console/notices/new", "kind", d.Kind)
	}
	if d.PlaceCode == "" {
		return out, nil
	}
	var err error
	out.Place, err = v.placeName(places, d.PlaceCode)
	return out, err
}

// oweForm records that something happened from which the limit runs.
func (v *visit) oweForm(frame Frame, draft Draft) (*noticeForm, error) {
	var kinds []string
	level := v.level()
	for _, k := range notice.Kinds() {
		if k.Rule != "" && k.PublishedBy(level) {
			kinds = append(kinds, k.Code)
		}
	}
	f := Form{Code: "owe", Post: frame.Href("/console/duties"), Label: v.t("publish.duties.record"), Button: v.t("publish.duties.record"), CSRF: frame.CSRF, Lang: string(v.lang)}
	f.Fields = []Field{
		v.pub(v.pick("kind", "select", v.options("notice.", kinds))),
		v.pub(v.ask("about", "text", 100)),
		v.called("event_on", with(v.ask("on", "date", 0), string(v.day()))),
	}
	return v.withPlace(f, draft)
}

// withPlace adds the question for a place to a form.
func (v *visit) withPlace(f Form, draft Draft) (*noticeForm, error) {
	out := noticeForm{Form: v.dress(draft.apply(v, f), draft)}
	town, place := v.placeChosen(f.Code, "", draft)
	var err error
	out.Town, out.Place, err = v.placeFields(f.Code, town, place)
	if draft.step == f.Code {
		out.Place.Problem = draft.problems["place"]
	}
	return &out, err
}

// owe records an event from which the duty to publish runs.
func (v *visit) owe() error {
	if v.stays() {
		return v.dutiesShow(fiber.StatusOK, Draft{step: "owe", typed: v.form})
	}
	place := ""
	if places := v.chosenPlaces(); len(places) > 0 {
		place = places[0]
	}
	_, err := v.Notices.Owe(v.ctx(), v.by(), v.form.get("kind"), v.form.get("about"), place, workday.Date(v.form.get("on")))
	if err == nil {
		return v.leave("/console/duties", "notice_owe")
	}
	if draft, status, ok := v.refused("owe", err); ok {
		return v.dutiesShow(status, draft)
	}
	return err
}
