package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/notice"
	"minsheng/roll"
)

// versionsPage compares two versions of a table.
type versionsPage struct {
	Frame
	Paper     notice.Paper
	Roll      roll.Roll
	Pickers   []Field // from, to
	Columns   []column
	Changes   []changeView
	Counts    map[string]int
	Full      bool // more differences than are shown
	Revisions []revisionView
	BackHref  string
}

type changeView struct {
	roll.Change
	Before []string
	After  []string
	Differ []bool // by column
	Why    string
}

// revisionView is what the notice said before a correction.
type revisionView struct{ notice.Revision }

// mostChanges is how many differences roll.Compare hands out.
const mostChanges = 500

func (v *visit) versions() error {
	p, r, err := v.paperWithRoll()
	if err != nil {
		return err
	}
	path := noticePath(p.ID) + "/versions"
	frame, err := v.frame(path, v.t("publish.versions.title", "title", p.Title))
	if err != nil {
		return err
	}
	page := versionsPage{Frame: frame, Paper: p, Roll: r, BackHref: noticePath(p.ID), Counts: map[string]int{}}
	from, to := clamp(number(v.c.Query("from")), r.Version-1, r.Version), clamp(number(v.c.Query("to")), r.Version, r.Version)
	page.Pickers = []Field{v.versionField("from", from, r.Version), v.versionField("to", to, r.Version)}
	changes, err := v.Rolls.Compare(v.ctx(), r.ID, from, to)
	if err != nil {
		return err
	}
	page.Columns, page.Full = v.columns(r.Kind, inOffice), len(changes) == mostChanges
	places := map[string]string{}
	for _, c := range changes {
		page.Counts[c.What]++
		view, err := v.change(c, page.Columns, places)
		if err != nil {
			return err
		}
		page.Changes = append(page.Changes, view)
	}
	for _, rev := range p.Revisions {
		page.Revisions = append(page.Revisions, revisionView{rev})
	}
	return v.show(fiber.StatusOK, "versions", page)
}

// clamp is n if it is a version, otherwise other, but never less than 1.
func clamp(n, other, last int) int {
	if n < 1 || n > last {
		n = other
	}
	return max(1, n)
}

func (v *visit) versionField(name string, chosen, last int) Field {
	f := Field{Name: name, ID: "versions-" + name, Kind: "select", Bare: true, Label: v.t("publish.versions." + name)}
	// Old versions beyond the last hundred are compared by their address.
	for n := last; n > max(0, last-100); n-- {
		f.Options = append(f.Options, Option{Value: itoa(n), Label: v.t("publish.versions.option", "n", n), Chosen: n == chosen})
	}
	return f
}

// change puts a difference into columns, each marked where the two differ.
func (v *visit) change(c roll.Change, columns []column, places map[string]string) (changeView, error) {
	out := changeView{Change: c, Differ: make([]bool, len(columns))}
	if c.Reason != "" {
		out.Why = v.known("publish.reason."+c.Reason, "publish.reason.other")
	}
	for i, column := range columns {
		before, err := v.cellOf(c.Before, column, places)
		if err != nil {
			return out, err
		}
		after, err := v.cellOf(c.After, column, places)
		if err != nil {
			return out, err
		}
		out.Before, out.After = append(out.Before, before), append(out.After, after)
		out.Differ[i] = c.What == "changed" && before != after
	}
	return out, nil
}

func (v *visit) cellOf(r *roll.Row, c column, places map[string]string) (string, error) {
	if r == nil {
		return "", nil
	}
	return v.value(*r, c, inOffice, places)
}
