package console

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// Route is one address of the console and who may come there.
type Route struct {
	Method string
	Path   string // with :id for what changes
	// May is what the officer's roles must grant; whoever lacks it sees 404. It
	// is empty only for what people need before they are signed in.
	May staff.Permission
	// Half lets in a session that still owes a code, a second factor or a new
	// password.
	Half bool
	// Confirm asks for password and code again, unless they were given in the last
	// five minutes. It is for what opens, gives out, grants or destroys.
	Confirm bool
	// Files takes files along, into the form that its token names.
	Files bool
	// Body is how many bytes a request may bring; 0 means ordinaryBody.
	Body int64

	handle func(v *visit) error
	take   func(v *visit, p *posted, seen url.Values, name string, content io.Reader) error // what becomes of files; nil: evidence
}

const ordinaryBody = 64 << 10

// fileBody lets five files of the largest size through, with what multipart
// adds: that they are too much together is for the form to say, words kept.
const fileBody = 52 << 20

// Routes is the table of everything the console answers to. A route without a
// permission stands in its first block and nowhere else.
func Routes() []Route {
	return slices.Concat(caseRoutes(), docketRoutes(), publishRoutes(), objectionRoutes(), paperRoutes(), inspectionRoutes(), orderRoutes(), accountabilityRoutes(), fieldRoutes(), selfReportRoutes(), bulletinRoutes(), watchRoutes(), figureRoutes(), endRoutes(), custodyRoutes(), retentionRoutes(), coverRoutes())
}

// caseRoutes are the doors, the cases and the accounts.
func caseRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []Route{
		// Before signing in.
		{Method: get, Path: "/console/signin", handle: (*visit).signInPage},
		{Method: post, Path: "/console/signin", handle: (*visit).signIn},

		// On the way in: a session that still owes something.
		{Method: get, Path: "/console/code", May: staff.OwnAccount, Half: true, handle: (*visit).codePage},
		{Method: post, Path: "/console/code", May: staff.OwnAccount, Half: true, handle: (*visit).code},
		{Method: get, Path: "/console/enrol", May: staff.OwnAccount, Half: true, handle: (*visit).enrolStart},
		{Method: post, Path: "/console/enrol", May: staff.OwnAccount, Half: true, handle: (*visit).enrolFinish},
		{Method: get, Path: "/console/password", May: staff.OwnAccount, Half: true, handle: (*visit).passwordPage},
		{Method: post, Path: "/console/password", May: staff.OwnAccount, Half: true, handle: (*visit).password},
		{Method: get, Path: confirmPath, May: staff.OwnAccount, handle: (*visit).confirmPage},
		{Method: post, Path: confirmPath, May: staff.OwnAccount, handle: (*visit).confirm},
		{Method: post, Path: "/console/signout", May: staff.OwnAccount, Half: true, handle: (*visit).signOut},

		// Everybody's own.
		{Method: get, Path: "/console", May: staff.OwnAccount, handle: (*visit).today},
		{Method: get, Path: "/console/account", May: staff.OwnAccount, handle: (*visit).account},
		{Method: post, Path: "/console/account/sessions/:id/end", May: staff.OwnAccount, handle: (*visit).endSession},
		{Method: post, Path: "/console/account/ties", May: staff.OwnAccount, handle: (*visit).declareTie},
		{Method: post, Path: "/console/account/ties/:id/end", May: staff.OwnAccount, handle: (*visit).endTie},

		// Cases.
		{Method: get, Path: "/console/cases", May: staff.ReadCases, handle: (*visit).queue},
		{Method: post, Path: "/console/cases/assign", May: staff.WorkCases, handle: (*visit).assignMany},
		{Method: post, Path: "/console/cases/views", May: staff.ReadCases, handle: (*visit).saveView},
		{Method: post, Path: "/console/cases/views/:id/drop", May: staff.ReadCases, handle: (*visit).dropView},
		{Method: get, Path: "/console/cases/:id", May: staff.ReadCases, handle: (*visit).showCase},
		{Method: get, Path: "/console/cases/:id/files/:file", May: staff.ReadCases, handle: (*visit).sendFile},
		{Method: post, Path: "/console/cases/:id/claim", May: staff.WorkCases, handle: (*visit).claim},
		{Method: post, Path: "/console/cases/:id/assign", May: staff.WorkCases, handle: (*visit).assign},
		{Method: post, Path: "/console/cases/:id/release", May: staff.WorkCases, handle: (*visit).release},
		{Method: post, Path: "/console/cases/:id/recuse", May: staff.ReadCases, handle: (*visit).recuse},
		{Method: post, Path: "/console/cases/:id/describe", May: staff.WorkCases, handle: (*visit).describe},
		{Method: post, Path: "/console/cases/:id/name_subject", May: staff.WorkCases, handle: (*visit).nameSubject},
		{Method: post, Path: "/console/cases/:id/name_person", May: staff.WorkCases, handle: (*visit).namePerson},
		{Method: post, Path: "/console/cases/:id/split", May: staff.WorkCases, handle: (*visit).split},
		{Method: post, Path: "/console/cases/:id/link", May: staff.WorkCases, handle: (*visit).link},
		{Method: post, Path: "/console/cases/:id/message", May: staff.WorkCases, handle: (*visit).message},
		{Method: post, Path: "/console/cases/:id/ask_more", May: staff.WorkCases, handle: (*visit).askMore},
		{Method: post, Path: "/console/cases/:id/accept", May: staff.WorkCases, handle: (*visit).accept},
		{Method: post, Path: "/console/cases/:id/decline", May: staff.WorkCases, handle: (*visit).decline},
		{Method: post, Path: "/console/cases/:id/transfer", May: staff.WorkCases, handle: (*visit).transfer},
		{Method: post, Path: "/console/cases/:id/refer", May: staff.WorkCases, handle: (*visit).refer},
		{Method: post, Path: "/console/cases/:id/extend", May: staff.WorkCases, handle: (*visit).extend},
		{Method: post, Path: "/console/cases/:id/verify", May: staff.WorkCases, Files: true, Body: fileBody, handle: (*visit).verify},
		{Method: post, Path: "/console/cases/:id/decide", May: staff.WorkCases, handle: (*visit).decide},
		{Method: post, Path: "/console/cases/:id/rule", May: staff.ApproveCases, handle: (*visit).rule},
		{Method: post, Path: "/console/cases/:id/convert", May: staff.IssueItems, handle: (*visit).convert},
		{Method: post, Path: "/console/cases/:id/close", May: staff.WorkCases, handle: (*visit).closeCase},
		{Method: get, Path: "/console/replies", May: staff.WorkCases, handle: (*visit).replies},
		{Method: post, Path: "/console/replies", May: staff.WorkCases, handle: (*visit).saveReply},

		// Entry by staff, the record, the accounts.
		{Method: get, Path: "/console/entry", May: staff.EnterReports, handle: (*visit).entry},
		{Method: post, Path: "/console/entry", May: staff.EnterReports, handle: (*visit).enter},
		{Method: get, Path: "/console/record", May: staff.ReadRecord, handle: (*visit).record},
		{Method: get, Path: attemptsPath, May: staff.AuditLooks, handle: (*visit).attempts},
		{Method: get, Path: "/console/staff", May: staff.ManageStaff, handle: (*visit).staffPage},
		{Method: post, Path: "/console/staff", May: staff.ManageStaff, Confirm: true, handle: (*visit).addAccount},
		{Method: post, Path: "/console/staff/:id/roles", May: staff.ManageStaff, Confirm: true, handle: (*visit).setRoles},
		{Method: post, Path: "/console/staff/requests/:id", May: staff.ManageStaff, Confirm: true, handle: (*visit).ruleRequest},
		{Method: post, Path: "/console/staff/:id/active", May: staff.ManageStaff, handle: (*visit).setActive},
		{Method: post, Path: "/console/staff/:id/reset", May: staff.ManageStaff, Confirm: true, handle: (*visit).resetAccount},
		{Method: get, Path: "/console/offices", May: staff.ManageStaff, handle: (*visit).offices},
		{Method: post, Path: "/console/offices", May: staff.ManageStaff, handle: (*visit).addOffice},
		{Method: get, Path: "/console/offices/:id", May: staff.ManageStaff, handle: (*visit).office},
		{Method: post, Path: "/console/offices/:id/rename", May: staff.ManageStaff, handle: (*visit).renameOffice},
	}
}

// BodyLimit is how many bytes a request to path may bring, or 0 when no route
// of the console takes a body there.
func (f *Face) BodyLimit(path string) int64 {
	for _, r := range Routes() {
		if r.Method == fiber.MethodPost && matches(r.Path, path) {
			return max(r.Body, ordinaryBody)
		}
	}
	return 0
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}
