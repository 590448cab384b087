package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// coverRoutes cover names, phones and pictures of a case before anything leaves it, and
// what came with the reports on an item.
func coverRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	routes := []Route{
		{Method: get, Path: "/console/cases/:id/cover", May: staff.ReadCases, handle: (*visit).coverPage},
		{Method: post, Path: "/console/cases/:id/cover", May: staff.WorkCases, handle: (*visit).coverWords},
		{Method: post, Path: "/console/cases/:id/cover/:mask/good", May: staff.WorkCases, handle: (*visit).coverForGood},
		{Method: post, Path: "/console/cases/:id/cover/:mask/lift", May: staff.RevealIdentity, Confirm: true, handle: (*visit).liftCover},
	}
	routes = append(routes, coverFileRoutes("/console/cases/:id", staff.ReadCases, staff.WorkCases, keptWithCase)...)
	return append(routes, coverFileRoutes("/console/items/:id", staff.IssueItems, staff.IssueItems, keptWithItem)...)
}

// coverFileRoutes look over a file of what a page shows.
func coverFileRoutes(page string, see, look staff.Permission, at keeper) []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	page += "/cover/of/:file"
	return []Route{
		{Method: get, Path: page, May: see, handle: at.show},
		{Method: get, Path: page + "/copy", May: see, handle: at.send},
		{Method: post, Path: page, May: look, Files: true, Body: fileBody, handle: at.clear},
		{Method: post, Path: page + "/agree", May: look, handle: at.agree},
	}
}
