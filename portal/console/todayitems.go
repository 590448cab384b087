package console

import (
	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// itemGroup is a group of lines of the Today page that are supervision items.
type itemGroup struct {
	Code string
	Rows []itemRow
	More string // address of the whole list, "" when all are here
}

// todayItems gathers the items that wait for the officer's office. Each line
// says why it is here.
func (v *visit) todayItems() ([]itemGroup, error) {
	if v.may(staff.HandleItems) {
		return v.itemsToHandle()
	}
	var groups []itemGroup
	for _, g := range []struct {
		code string
		c    itemCriteria
		fits func(i docket.ItemView) bool
	}{
		{"escalated", narrowed("escalated", "1"), nil},
		{"red", narrowed("color", "red"), nil},
		{"ruling", narrowed("stretch", "issuer"), func(i docket.ItemView) bool { return i.Waits }},
		{"review", narrowed("stretch", "issuer"), func(i docket.ItemView) bool { return i.State == docket.Reported }},
		{"dispute", narrowed("stretch", "issuer"), func(i docket.ItemView) bool { return i.State == docket.Disputed }},
		{"strike", narrowed("stretch", "issuer"), func(i docket.ItemView) bool { return i.State == docket.Reviewed }},
		{"issue", narrowed("stretch", "drafts"), nil},
		{"late", narrowed("color", "yellow"), nil},
	} {
		found, err := v.Docket.Items(v.ctx(), v.by(), g.c.filter(), "")
		if err != nil {
			return nil, err
		}
		group := itemGroup{Code: g.code}
		for _, i := range found.Rows {
			if g.fits == nil || g.fits(i) {
				group.Rows = append(group.Rows, v.itemLine(i, g.code))
			}
		}
		if found.Next != "" {
			group.More = g.c.address("", "")
		}
		if len(group.Rows) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// narrowed is the list with one filter.
func narrowed(name, value string) itemCriteria {
	c := readItemCriteria(nil)
	c.q.Set(name, value)
	return c
}

func (v *visit) itemLine(i docket.ItemView, group string) itemRow {
	return itemRow{ItemView: i, Why: v.t("console.itemwhy."+group, "n", i.Late)}
}

// itemsToHandle groups what is addressed to the officer's office.
func (v *visit) itemsToHandle() ([]itemGroup, error) {
	found, err := v.Docket.Items(v.ctx(), v.by(), docket.Filter{Mine: true}, "")
	if err != nil {
		return nil, err
	}
	rows := map[string][]itemRow{}
	for _, i := range found.Rows {
		if code := toHandle(i, v.day()); code != "" {
			rows[code] = append(rows[code], v.itemLine(i, code))
		}
	}
	var groups []itemGroup
	for _, code := range []string{"late", "pressed", "acknowledge", "returned", "due"} {
		if len(rows[code]) > 0 {
			groups = append(groups, itemGroup{Code: code, Rows: rows[code]})
		}
	}
	if found.Next != "" && len(groups) > 0 {
		groups[len(groups)-1].More = narrowed("mine", "1").address("", "")
	}
	return groups, nil
}

// toHandle says why an item waits for the unit, "" when it waits for others.
func toHandle(i docket.ItemView, today workday.Date) string {
	running := i.State == docket.Issued || i.State == docket.Acknowledged || i.State == docket.InProgress || i.State == docket.Returned
	switch {
	case !running || i.Halted:
		return ""
	case i.Color != clock.NotLate:
		return "late"
	case i.State == docket.Issued:
		return "acknowledge"
	case i.State == docket.Returned:
		return "returned"
	case i.Pressed > 0:
		return "pressed"
	case i.DueOn != nil && *i.DueOn <= today.Add(7):
		return "due"
	}
	return ""
}
