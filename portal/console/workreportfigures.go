package console

import (
	"strconv"

	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/portal/view"
)

// reportFigures puts tables and pictures to a section.
func (v *visit) reportFigures(part *reportPart, n bulletin.Numbers) {
	head := func(codes ...string) (all []string) {
		for _, code := range codes {
			all = append(all, v.t("bulletin.column."+code))
		}
		return all
	}
	var t view.Table
	row := func(name string, cells ...string) {
		r := view.TableRow{Name: name}
		for _, c := range cells {
			r.Cells = append(r.Cells, view.Figure{Text: c})
		}
		t.Rows = append(t.Rows, r)
	}
	whole := func(n int64) string { return strconv.FormatInt(n, 10) }
	switch part.Code {
	case bulletin.Overview:
		t.Head = head("number", "now", "before", "last_year")
		for _, l := range n.Lines {
			row(v.t("bulletin.number."+l.Code), plainNumber(l.Now, l.Share), plainNumber(l.Before, l.Share), plainNumber(l.LastYear, l.Share))
		}
	case bulletin.Handling:
		t.Head = head("office", "received", "due", "kept", "extended", "missed", "in_time", "founded")
		for _, o := range n.Offices {
			row(o.Name, whole(o.Received), whole(o.Due), whole(o.Kept), whole(o.Extended), whole(o.Missed), bulletin.Share(o.InTime()), bulletin.Share(o.Founded()))
		}
		part.Picture = v.inTimePicture(n)
	case bulletin.Supervising:
		t.Head = head("office", "issued", "struck_off", "missed", "red")
		for _, i := range n.Items {
			row(i.Name, whole(i.Issued), whole(i.StruckOff), whole(i.Missed), whole(i.Red))
		}
	case bulletin.Inspecting:
		v.inspectionFigures(part, *n.Inspections)
	case bulletin.Rectifying:
		t.Head = head("number", "now")
		row(v.t("bulletin.number.orders"), whole(n.Orders.Issued))
		row(v.t("bulletin.number.orders_struck_off"), whole(n.Orders.StruckOff))
		row(v.t("bulletin.number.recovered"), view.Yuan(n.Orders.RecoveredFen))
		row(v.t("bulletin.number.returned"), view.Yuan(n.Orders.ReturnedFen))
	case bulletin.Accounting:
		t.Head = head("measure", "now")
		for _, m := range n.Measures {
			row(m.Name, whole(m.N))
		}
	}
	if len(t.Rows) > 0 {
		part.Table = &t
	}
}

// inspectionFigures shows what was looked at, and what was found as a picture by
// clause, whose table twin has the households and the money too.
func (v *visit) inspectionFigures(part *reportPart, s bulletin.InspectionSums) {
	t := &view.Table{Head: []string{v.t("bulletin.column.number"), v.t("bulletin.column.now")}}
	for _, row := range []struct {
		code string
		n    int64
	}{{"in_plan", s.InPlan}, {"carried", s.Carried}, {"carried_plan", s.CarriedPlan}} {
		t.Rows = append(t.Rows, view.TableRow{Name: v.t("bulletin.number." + row.code), Cells: []view.Figure{{Text: plainNumber(row.n, false)}}})
	}
	part.Table = t
	p := &view.Picture{ID: "clauses", Title: v.t("bulletin.clauses.title"), Says: v.t("bulletin.clauses.says"), None: v.t("bulletin.clauses.none")}
	for _, code := range []string{"clause", "findings", "households", "amount"} {
		p.Table.Head = append(p.Table.Head, v.t("bulletin.column."+code))
	}
	for _, f := range s.Findings {
		p.None = ""
		name, count := v.t("inspection.clause."+f.Clause), view.Figure{Text: plainNumber(f.N, false)}
		p.Lines = append(p.Lines, view.BarLine{Name: name, Parts: view.Length(float64(f.N), float64(s.Findings[0].N), "c-main", name+" "+count.Text, ""), Value: count})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: name, Cells: []view.Figure{count, {Text: plainNumber(f.Households, false)}, {Text: view.Yuan(f.AmountFen)}}})
	}
	part.Picture = p
}

// inTimePicture draws how each office answered: kept, extended, missed.
func (v *visit) inTimePicture(n bulletin.Numbers) *view.Picture {
	p := &view.Picture{ID: "in-time", Title: v.t("bulletin.picture.title"), Says: v.t("bulletin.picture.says"), None: v.t("bulletin.picture.none")}
	for _, code := range clock.Results() {
		p.Key = append(p.Key, view.Mark{Class: resultClasses[code], Word: v.t("bulletin.column." + string(code))})
	}
	p.Table.Head = []string{v.t("bulletin.column.office"), v.t("bulletin.column.in_time")}
	for _, o := range n.Offices {
		if o.Due == 0 {
			continue
		}
		p.None = ""
		var parts []view.SharePart
		for i, count := range []int64{o.Kept, o.Extended, o.Missed} {
			result := clock.Results()[i]
			parts = append(parts, view.SharePart{N: float64(count), Class: resultClasses[result], Says: v.t("bulletin.column."+string(result)) + " " + strconv.FormatInt(count, 10)})
		}
		share := view.Figure{Text: bulletin.Share(o.InTime())}
		p.Lines = append(p.Lines, view.BarLine{Name: o.Name, Parts: view.Share(parts...), Value: share})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: o.Name, Cells: []view.Figure{share}})
	}
	return p
}

func plainNumber(n int64, share bool) string {
	if share {
		return bulletin.Share(n)
	}
	return strconv.FormatInt(n, 10)
}
