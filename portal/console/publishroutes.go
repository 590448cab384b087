package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// publishRoutes are the addresses of the publishing desk.
func publishRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	read, write, approve := staff.ReadNotices, staff.WriteNotices, staff.ApproveNotices
	step := func(code string, may staff.Permission) Route {
		return Route{Method: post, Path: "/console/notices/:id/" + code, May: may, handle: takeStep(code)}
	}
	files := func(r Route) Route {
		r.Files, r.Body, r.take = true, fileBody, (*visit).stagePaper
		return r
	}
	return []Route{
		// Notices.
		{Method: get, Path: "/console/notices", May: read, handle: (*visit).notices},
		{Method: get, Path: "/console/notices/new", May: write, handle: (*visit).newNotice},
		{Method: post, Path: "/console/notices", May: write, Body: noticeBody, handle: (*visit).beginNotice},
		{Method: get, Path: "/console/notices/:id", May: read, handle: (*visit).showNotice},
		{Method: post, Path: "/console/notices/:id/save", May: write, Body: noticeBody, handle: (*visit).saveNotice},
		step("hand_in", write),
		step("return", approve),
		step("approve", approve),
		step("restore", approve),
		step("withdraw", approve),
		step("lengthen", approve),
		step("discard", write),
		files(step("minutes", write)),
		files(step("attach", write)),
		{Method: post, Path: "/console/notices/:id/detach", May: write, handle: (*visit).detach},
		{Method: post, Path: "/console/notices/:id/dispute", May: write, handle: (*visit).disputeFindings},
		{Method: post, Path: "/console/notices/:id/correct", May: write, handle: (*visit).correct},
		{Method: get, Path: "/console/notices/:id/rows", May: read, handle: (*visit).noticeRowsPage},
		{Method: post, Path: "/console/notices/:id/rows", May: write, handle: (*visit).editRow},
		{Method: post, Path: "/console/notices/:id/drop_column", May: write, handle: (*visit).dropColumn},
		{Method: get, Path: "/console/notices/:id/rows.xlsx", May: read, handle: exportRows("xlsx")},
		{Method: get, Path: "/console/notices/:id/rows.csv", May: read, handle: exportRows("csv")},
		{Method: get, Path: "/console/notices/:id/board", May: read, handle: (*visit).board},
		{Method: get, Path: "/console/notices/:id/versions", May: read, handle: (*visit).versions},
		{Method: get, Path: "/console/notices/:id/files/:file", May: read, handle: (*visit).sendPaper},

		// Spreadsheets.
		{Method: post, Path: "/console/sheets", May: sheets, Files: true, Body: fileBody, handle: (*visit).putSheet, take: (*visit).takeSheet},
		{Method: get, Path: "/console/sheets/:id", May: sheets, handle: (*visit).showSheet},
		{Method: get, Path: "/console/sheets/:id/progress", May: sheets, handle: (*visit).progress},
		{Method: post, Path: "/console/sheets/:id/arrange", May: sheets, handle: (*visit).arrange},
		{Method: post, Path: "/console/sheets/:id/fix", May: sheets, handle: (*visit).fixCells},
		{Method: post, Path: "/console/sheets/:id/import", May: sheets, handle: (*visit).importSheet},

		// Duties, funds, projects.
		{Method: get, Path: "/console/duties", May: read, handle: (*visit).duties},
		{Method: post, Path: "/console/duties", May: write, handle: (*visit).owe},
		{Method: get, Path: "/console/funds", May: read, handle: (*visit).funds},
		{Method: post, Path: "/console/funds", May: write, handle: (*visit).addFund},
		{Method: get, Path: "/console/projects", May: read, handle: (*visit).projects},
		{Method: post, Path: "/console/projects/:id/progress", May: write, handle: (*visit).progressProject},
	}
}

// sheets is what everybody may who brings tables in: those of notices, of
// payments and of reference sets. The tray asks again for each target.
const sheets = staff.LoadPayments

// noticeBody lets a text of 20 000 characters through, with what posting adds
// to each.
const noticeBody = 256 << 10
