package console

import (
	"cmp"
	"fmt"
	"strings"

	"minsheng/internal/sheet"
	"minsheng/internal/workday"
	"minsheng/portal/view"
	"minsheng/register"
)

// registerColumn is one column of the register (catalog key
// register.column.<code>). Values are what sheets take; nil leaves it empty.
type registerColumn struct {
	code  string
	kind  sheet.Type
	width float64 // characters; 0: by the name
	value func(v *visit, n int, l register.Line) any
}

// registerColumns are all columns in their order.
var registerColumns = []registerColumn{
	{"n", sheet.Whole, 0, func(_ *visit, n int, _ register.Line) any { return int64(n + 1) }},
	{"number", sheet.Text, 24, func(_ *visit, _ int, l register.Line) any { return l.Number }},
	{"title", sheet.Text, 30, func(_ *visit, _ int, l register.Line) any { return l.Title }},
	{"origin", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.t("register.origin.public_complaint") }},
	{"source", sheet.Text, 18, func(_ *visit, _ int, l register.Line) any { return strings.Join(l.Sources, "、") }},
	{"received_on", sheet.Day, 0, func(_ *visit, _ int, l register.Line) any { return dayOrNil(l.ReceivedOn) }},
	{"county", sheet.Text, 0, func(_ *visit, _ int, l register.Line) any { return l.County }},
	{"town", sheet.Text, 0, func(_ *visit, _ int, l register.Line) any { return l.Town }},
	{"village", sheet.Text, 0, func(_ *visit, _ int, l register.Line) any { return l.Village }},
	{"kind", sheet.Text, 22, func(v *visit, _ int, l register.Line) any { return v.coded("kind.", string(l.Kind)) }},
	{"programme", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.coded("programme.", l.Programme) }},
	{"amount", sheet.Money, 0, func(*visit, int, register.Line) any { return nil }},
	{"households", sheet.Whole, 0, func(*visit, int, register.Line) any { return nil }},
	{"summary", sheet.Text, 40, func(_ *visit, _ int, l register.Line) any { return l.Summary }},
	{"responsible_unit", sheet.Text, 24, func(_ *visit, _ int, l register.Line) any { return cmp.Or(l.Rectification.Unit, l.LeadName) }},
	{"lead", sheet.Text, 24, func(_ *visit, _ int, l register.Line) any { return l.LeadName }},
	{"assist", sheet.Text, 24, func(_ *visit, _ int, l register.Line) any { return strings.Join(l.Assists, "、") }},
	{"person", sheet.Text, 0, func(*visit, int, register.Line) any { return nil }},
	{"deputy", sheet.Text, 0, func(*visit, int, register.Line) any { return nil }},
	{"issued_on", sheet.Day, 0, func(_ *visit, _ int, l register.Line) any {
		if l.IssuedAt == nil {
			return nil
		}
		return workday.On(*l.IssuedAt)
	}},
	{"due_on", sheet.Day, 0, func(_ *visit, _ int, l register.Line) any {
		if l.DueOn == nil {
			return nil
		}
		return *l.DueOn
	}},
	{"left", sheet.Whole, 0, func(_ *visit, _ int, l register.Line) any {
		if l.DueOn == nil || l.ClosedAt != nil {
			return nil
		}
		return int64(l.Left)
	}},
	{"color", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.coded("register.color.", string(l.Color)) }},
	{"measures", sheet.Text, 40, func(_ *visit, _ int, l register.Line) any { return l.Rectification.Measures }},
	{"progress", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.t("console.item_state." + string(l.State)) }},
	{"reported_on", sheet.Day, 0, func(_ *visit, _ int, l register.Line) any { return dayOrNil(l.ReportedOn) }},
	{"outcome", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.coded("outcome.", string(l.Outcome)) }},
	{"recovered", sheet.Money, 0, func(_ *visit, _ int, l register.Line) any { return fenOrNil(l.Rectification.RecoveredFen) }},
	{"returned", sheet.Money, 0, func(_ *visit, _ int, l register.Line) any { return fenOrNil(l.Rectification.ReturnedFen) }},
	{"accountability", sheet.Text, 24, func(v *visit, _ int, l register.Line) any {
		var words []string
		for _, code := range l.Measures {
			words = append(words, v.coded("accountability.code.", code))
		}
		return strings.Join(words, "、")
	}},
	{"callback", sheet.Text, 0, func(v *visit, _ int, l register.Line) any { return v.coded("rating.", l.CallBack) }},
	{"struck_on", sheet.Day, 0, func(_ *visit, _ int, l register.Line) any { return dayOrNil(l.StruckOn) }},
	{"struck_by", sheet.Text, 0, func(_ *visit, _ int, l register.Line) any { return l.StruckBy }},
}

// coded is the word of a code of a dictionary, "" for none.
func (v *visit) coded(prefix, code string) string {
	if code == "" {
		return ""
	}
	return v.known(prefix+code, "console.chip.other")
}

func dayOrNil(d workday.Date) any {
	if d == "" {
		return nil
	}
	return d
}

func fenOrNil(fen int64) any {
	if fen == 0 {
		return nil
	}
	return fen
}

// registerFacts are the columns of a line that have something in them, as a
// page shows them below its number and title.
func (v *visit) registerFacts(n int, l register.Line) (facts []fact) {
	for _, c := range registerColumns[3:] {
		if text := v.registerText(c, c.value(v, n, l)); text != "" {
			facts = append(facts, fact{v.t("register.column." + c.code), text})
		}
	}
	return facts
}

func (v *visit) registerText(c registerColumn, value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case workday.Date:
		return view.Day(v.lang, value)
	case int64:
		switch {
		case c.kind == sheet.Money:
			return view.Yuan(value)
		case c.code == "left" && value < 0:
			return v.t("register.over", "n", -value)
		case c.code == "left":
			return v.t("register.left", "n", value)
		}
		return fmt.Sprint(value)
	}
	return fmt.Sprint(value)
}
