package console

import (
	"github.com/google/uuid"

	"minsheng/notice"
	"minsheng/staff"
)

// publishGroup is a group of lines of the Today page that come from the
// publishing desk.
type publishGroup struct {
	Code  string // pulled, waiting, returned
	Alert bool
	More  string
	Rows  []noticeRow
}

// dutyWindow is how many working days ahead a duty stands on the Today page.
const dutyWindow = 5

// todayNotices gathers what waits for an approver, what came back to an editor,
// and what must be published soon. Each line says why it is here.
func (v *visit) todayNotices(page *todayPage) error {
	groups := []struct {
		code string
		may  staff.Permission
		ask  string
	}{{"pulled", staff.ApproveNotices, "pulled"}, {"waiting", staff.ApproveNotices, "waiting"}, {"returned", staff.WriteNotices, "draft"}}
	for _, g := range groups {
		if !v.may(g.may) {
			continue
		}
		list, err := v.Notices.List(v.ctx(), v.by(), notice.Filter{Stand: g.ask})
		if err != nil {
			return err
		}
		group := publishGroup{Code: g.code, Alert: g.code == "pulled", More: noticesAddress(notice.Filter{Stand: g.ask})}
		rows, err := v.noticeRows(list)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if g.code == "returned" && row.Stand != "returned" {
				continue
			}
			row.Why = v.whyNotice(g.code, row)
			group.Rows = append(group.Rows, row)
		}
		if len(group.Rows) > 0 {
			page.Publish = append(page.Publish, group)
		}
	}
	return v.todayDuties(page)
}

func (v *visit) whyNotice(group string, row noticeRow) string {
	switch group {
	case "pulled":
		return v.t("publish.why.pulled")
	case "waiting":
		if n := since(row.HandedInAt, v.Now()); n > 0 {
			return v.t("publish.why.waiting", "who", row.Unit, "n", n)
		}
		return v.t("publish.why.waiting_today", "who", row.Unit)
	}
	return v.t("publish.why.returned", "reason", row.Returned)
}

// todayDuties lists what a publisher's office owes now: late, or due within a
// week of work.
func (v *visit) todayDuties(page *todayPage) error {
	if !v.may(staff.WriteNotices) {
		return nil
	}
	board, err := v.Notices.Duties(v.ctx(), v.by())
	if err != nil {
		return err
	}
	places := map[string]string{}
	for _, d := range append(board.Open, board.Missing...) {
		// What is missing of the year is for its own office to begin.
		if d.Late < -dutyWindow || d.ID == uuid.Nil && d.UnitID != v.by().UnitID {
			continue
		}
		view, err := v.duty(d, places)
		if err != nil {
			return err
		}
		page.Duties = append(page.Duties, view)
	}
	return nil
}
