package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/audit"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

const attemptsPath = "/console/refused"

// subjects are the kinds of things by the first part of their addresses.
var subjects = map[string]ledger.Subject{
	"cases": ledger.OfComplaint, "objections": ledger.OfObjection, "items": ledger.OfItem, "inspections": ledger.OfInspection,
	"orders": ledger.OfOrder, "measures": ledger.OfMeasure, "referrals": ledger.OfReferral, "papers": ledger.OfPaper, "audits": ledger.OfComplaint, "retention": ledger.OfComplaint,
	"bulletins": ledger.OfBulletin, "selfreports": ledger.OfSelfReport, "notices": ledger.OfNotice, "staff": ledger.OfAccount,
}

// section is the part of an address that tells what kind of thing it is about.
func section(path string) string {
	if strings.HasPrefix(path, retainedLists.path+"/") {
		return "objections"
	}
	return strings.Split(strings.TrimPrefix(path, "/console/"), "/")[0]
}

// recorded is what an address is answered with that does not exist for the person:
// the attempt stands on record first, whether there is such a thing or not.
func (v *visit) recorded(r Route, err error) error {
	if !is(err, store.ErrNotFound, staff.ErrForbidden) || v.by().ID == uuid.Nil {
		return err
	}
	kind, named := subjects[section(r.Path)]
	id, bad := v.id("id")
	if bad != nil || !named {
		kind, id = ledger.OfPortal, uuid.NewSHA1(uuid.Nil, []byte(r.Method+" "+r.Path))
	}
	if failed := v.Audits.Refused(v.ctx(), v.by(), kind, id, r.Path); failed != nil {
		return failed
	}
	return err
}

type attemptsPage struct {
	Frame
	Attempts []attemptView
	Next     string
	First    bool
}

type attemptView struct {
	audit.Attempt
	Role string
	What string // what was asked for, as far as the reader may know
	Href string
}

// attempts lists who asked for what they may not know of.
func (v *visit) attempts() error {
	before, err := uuid.Parse(v.c.Query("before", uuid.Nil.String()))
	if err != nil {
		before = uuid.Nil
	}
	list, next, err := v.Audits.Attempts(v.ctx(), v.by(), before)
	if err != nil {
		return err
	}
	frame, err := v.frame(attemptsPath, v.t("attempts.title"))
	if err != nil {
		return err
	}
	page := attemptsPage{Frame: frame, First: before == uuid.Nil}
	for _, a := range list {
		view := attemptView{Attempt: a, Role: v.known("console.role."+a.Role, "console.subject.account"), What: v.t("console.subject." + string(a.Kind))}
		if a.Called != "" {
			view.What += " " + a.Called
			if a.Kind == ledger.OfComplaint {
				view.Href = page.Href("/console/cases/" + a.ID.String())
			}
		} else if a.Kind == ledger.OfPortal {
			view.What = v.t("attempts.page")
		}
		page.Attempts = append(page.Attempts, view)
	}
	if next != uuid.Nil {
		page.Next = withQuery(page.Href(attemptsPath), "before", next.String())
	}
	return v.show(fiber.StatusOK, "refused", page)
}
