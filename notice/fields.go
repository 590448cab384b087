package notice

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// maxAhead is how many days ahead a notice may be approved for.
const maxAhead = 366

var (
	wholeForm   = regexp.MustCompile(`^[0-9]+$`)
	moneyForm   = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,2})?$`)
	percentForm = regexp.MustCompile(`^(100|[0-9]{1,2}(\.[0-9]{1,2})?)%?$`)
)

// fieldsOf lists what a notice is asked for: a correction also what the kind of
// the original asks for, because it carries the original's new fields.
func fieldsOf(kind, original string) []Field {
	k, _ := KindOf(kind)
	fields := slices.Clone(k.Fields)
	o, _ := KindOf(original)
	for _, f := range o.Fields {
		if !slices.ContainsFunc(fields, func(has Field) bool { return has.Code == f.Code }) {
			fields = append(fields, f)
		}
	}
	return fields
}

func fieldTypes(kind string) map[string]string {
	k, _ := KindOf(kind)
	types := map[string]string{}
	for _, f := range k.Fields {
		types[f.Code] = f.Type
	}
	return types
}

// fits reports whether a value has the form of its field; nothing always fits.
func (f Field) fits(value string) (problem string) {
	form := true
	switch {
	case value == "":
		return ""
	case f.Max > 0 && !long(value, 0, f.Max):
		return "notice_long"
	case f.Type == "whole":
		form = wholeForm.MatchString(value)
	case f.Type == "money":
		form = moneyForm.MatchString(value)
	case f.Type == "percent":
		form = percentForm.MatchString(value)
	case f.Type == "choice":
		form = slices.Contains(f.Options, value)
	case f.Type == "date":
		_, err := workday.Parse(value)
		form = err == nil
	}
	if form {
		return ""
	}
	return "notice_" + f.Type
}

// takeFields keeps what the kind asks for, tidied.
func takeFields(p problems, asked []Field, given map[string]string) map[string]string {
	taken := map[string]string{}
	for _, f := range asked {
		value := oneLine(given[f.Code])
		if f.Type == "lines" {
			value = cleaned(given[f.Code])
		}
		if problem := f.fits(value); problem != "" {
			p.require(false, "field:"+f.Code, problem)
		}
		if value != "" {
			taken[f.Code] = value
		}
	}
	return taken
}

// take tidies what an editor typed into n and says what cannot be stored. What
// is merely missing is asked for when the draft is handed in.
func (d *Desk) take(ctx context.Context, by staff.Officer, n *Notice, in Draft, original string) (problems, error) {
	p := problems{}
	n.Title, n.DocNumber, n.Body = oneLine(in.Title), oneLine(in.DocNumber), cleaned(in.Body)
	n.PlaceCode, n.Year = strings.TrimSpace(in.PlaceCode), in.Year
	if n.Year == 0 {
		n.Year = d.today().Year()
	}
	p.require(long(n.Title, 4, 100), "title", "notice_title")
	p.require(long(n.DocNumber, 0, 60), "doc_number", "notice_long")
	p.require(long(n.Body, 0, 20000), "body", "notice_body_long")
	p.require(n.Year >= 2000 && n.Year <= 2100, "year", "notice_year")
	n.Fields = takeFields(p, fieldsOf(n.Kind, original), in.Fields)
	takeDates(p, n, in)
	if err := d.placed(ctx, p, *n); err != nil {
		return nil, err
	}
	return p, d.tied(ctx, by, p, n, in)
}

func takeDates(p problems, n *Notice, in Draft) {
	n.StartsOn, n.EndsOn = "", nil
	if in.StartsOn != "" {
		day, err := workday.Parse(string(in.StartsOn))
		p.require(err == nil, "starts_on", "notice_date")
		n.StartsOn = day
	}
	if in.EndsOn != "" {
		day, err := workday.Parse(string(in.EndsOn))
		p.require(err == nil, "ends_on", "notice_date")
		p.require(n.StartsOn == "" || day >= n.StartsOn, "ends_on", "notice_end_before")
		n.EndsOn = &day
	}
}

// placed asks that the place lies in the jurisdiction of the office.
func (d *Desk) placed(ctx context.Context, p problems, n Notice) error {
	if n.PlaceCode == "" {
		p.require(false, "place", "notice_place")
		return nil
	}
	_, err := d.Atlas.Division(ctx, n.PlaceCode)
	if errors.Is(err, store.ErrNotFound) {
		p.require(false, "place", "notice_place")
		return nil
	}
	if err != nil {
		return err
	}
	areas, err := d.Atlas.Jurisdiction(ctx, n.UnitID)
	if err != nil {
		return err
	}
	in := slices.ContainsFunc(areas[n.UnitID], func(a region.Division) bool { return region.Within(n.PlaceCode, a.Code) })
	p.require(in, "place", "notice_place_outside")
	return nil
}

// tied asks that fund and project exist where the officer may know of them: in
// the own office, below it, or where its money comes from.
func (d *Desk) tied(ctx context.Context, by staff.Officer, p problems, n *Notice, in Draft) error {
	n.FundID, n.ProjectID = in.FundID, in.ProjectID
	known, err := d.payers(ctx, by.UnitID)
	if err != nil {
		return err
	}
	for _, tie := range []struct {
		field, table string
		id           *uuid.UUID
	}{{"fund", "fund", in.FundID}, {"project", "project", in.ProjectID}} {
		if tie.id == nil {
			continue
		}
		var count int64
		err := d.Store.Read(ctx).Table(tie.table).Where("id = ? AND unit_id IN ?", *tie.id, known).Count(&count).Error
		if err != nil {
			return err
		}
		p.require(count == 1, tie.field, "notice_"+tie.field)
	}
	return nil
}

// complete says what a draft still lacks before an approver can sign it today.
// A correction takes its days from the approval.
func (d *Desk) complete(ctx context.Context, n Notice, original *Notice) (problems, error) {
	p := problems{}
	unit, err := d.Atlas.Unit(n.UnitID)
	if err != nil {
		return nil, err
	}
	k, ok := KindOf(n.Kind)
	p.require(ok && k.PublishedBy(unit.Level), "kind", "notice_level")
	p.require(long(n.Title, 4, 100), "title", "notice_title")
	p.require(n.Body != "" || hasTable(n, original), "body", "notice_body")
	p.require(!k.Fund || n.FundID != nil, "fund", "notice_fund_missing")
	of := ""
	if original != nil {
		of = original.Kind
	} else {
		datesFit(p, n, k, unit.Level, d.today())
	}
	for _, f := range fieldsOf(n.Kind, of) {
		p.require(n.Fields[f.Code] != "" || !f.Required, "field:"+f.Code, "notice_missing")
		p.require(f.fits(n.Fields[f.Code]) == "", "field:"+f.Code, f.fits(n.Fields[f.Code]))
	}
	return p, d.placed(ctx, p, n)
}

// hasTable reports whether a notice has rows to show: then its text may be empty.
func hasTable(n Notice, original *Notice) bool {
	if original != nil {
		n = *original
	}
	return n.RollID != nil
}

// datesFit holds the period against the rules of the kind; both ends count.
// Kinds that name people always end: they leave the web then.
func datesFit(p problems, n Notice, k Kind, level region.Level, today workday.Date) {
	p.require(n.StartsOn != "", "starts_on", "notice_start")
	p.require(n.StartsOn == "" || n.StartsOn >= today, "starts_on", "notice_start_past")
	p.require(n.StartsOn == "" || n.StartsOn.Sub(today) <= maxAhead, "starts_on", "notice_start_far")
	if n.StartsOn == "" {
		return
	}
	days := k.MinDaysFor(level)
	if n.EndsOn == nil {
		p.require(!k.Personal && (days == 0 || k.Announcement), "ends_on", "notice_end")
		return
	}
	p.require(*n.EndsOn >= workday.PublicityEnd(n.StartsOn, max(days, 1)), "ends_on", "notice_end_short")
}

// jsonOf writes a value as a column holds it that GORM's serializer reads.
func jsonOf(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// inside reports whether a place lies in an area or is it.
func inside(place, area string) bool { return region.Within(place, area) }
