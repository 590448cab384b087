package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// docketRoutes are the addresses where supervision items are docketed and
// followed. The page for a new one stands before those of one item: the first
// that fits an address answers.
func docketRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	read, issue, handle, approve := staff.ReadItems, staff.IssueItems, staff.HandleItems, staff.ApproveCases
	return []Route{
		{Method: get, Path: "/console/items", May: read, handle: (*visit).items},
		{Method: get, Path: "/console/items/new", May: issue, handle: (*visit).newItemPage},
		{Method: post, Path: "/console/items", May: issue, handle: (*visit).openItem},
		{Method: get, Path: "/console/items/:id", May: read, handle: (*visit).showItem},
		{Method: get, Path: "/console/items/:id/files/:file", May: read, handle: (*visit).sendItemFile},

		{Method: post, Path: "/console/items/:id/edit", May: issue, handle: (*visit).editItem},
		{Method: post, Path: "/console/items/:id/issue", May: issue, handle: itemStep("issue", false)},
		{Method: post, Path: "/console/items/:id/press", May: issue, handle: itemStep("press", false)},
		{Method: post, Path: "/console/items/:id/accept_report", May: issue, handle: itemStep("accept_report", false)},
		{Method: post, Path: "/console/items/:id/return", May: issue, handle: itemStep("return", false)},
		{Method: post, Path: "/console/items/:id/suspend", May: issue, handle: (*visit).suspendItem},
		{Method: post, Path: "/console/items/:id/suspend_rule", May: approve, handle: (*visit).ruleSuspension},
		{Method: post, Path: "/console/items/:id/resume", May: issue, handle: itemStep("resume", false)},
		{Method: post, Path: "/console/items/:id/extend_rule", May: approve, handle: (*visit).ruleExtension},
		{Method: post, Path: "/console/items/:id/strike_off", May: issue, handle: itemStep("strike_off", false)},
		{Method: post, Path: "/console/items/:id/cancel", May: issue, handle: itemStep("cancel", false)},
		{Method: post, Path: "/console/items/:id/also_serves", May: issue, handle: (*visit).alsoServes},

		{Method: post, Path: "/console/items/:id/acknowledge", May: handle, handle: itemStep("acknowledge", false)},
		{Method: post, Path: "/console/items/:id/dispute", May: handle, handle: itemStep("dispute", false)},
		{Method: post, Path: "/console/items/:id/note", May: handle, Files: true, Body: fileBody, handle: itemStep("note", true)},
		{Method: post, Path: "/console/items/:id/report", May: handle, Files: true, Body: fileBody, handle: itemStep("report", true)},
		{Method: post, Path: "/console/items/:id/extend", May: handle, Files: true, Body: fileBody, handle: (*visit).extendItem},
	}
}
