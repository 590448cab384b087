package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// selfReportRoutes are the addresses where offices report of themselves, and
// where others ask them to.
func selfReportRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	ask, send := staff.AskSelfReports, staff.SendSelfReports
	return []Route{
		{Method: get, Path: "/console/selfreports", May: send, handle: (*visit).selfReports},
		{Method: get, Path: "/console/selfreports/new", May: ask, handle: (*visit).newSchedule},
		{Method: post, Path: "/console/selfreports", May: ask, Files: true, Body: smallBody, take: (*visit).takeSmall, handle: (*visit).askSelfReports},
		{Method: get, Path: "/console/selfreports/schedules/:id", May: ask, handle: (*visit).showSchedule},
		{Method: get, Path: "/console/selfreports/schedules/:id/change", May: ask, handle: (*visit).changeSchedulePage},
		{Method: post, Path: "/console/selfreports/schedules/:id/change", May: ask, Files: true, Body: smallBody, take: (*visit).takeSmall, handle: (*visit).changeSchedule},
		{Method: post, Path: "/console/selfreports/schedules/:id/end", May: ask, handle: (*visit).endSchedule},
		{Method: get, Path: "/console/selfreports/schedules/:id/table", May: ask, handle: (*visit).compareReports},
		{Method: get, Path: "/console/selfreports/schedules/:id/table.xlsx", May: ask, handle: (*visit).exportReports},

		{Method: get, Path: "/console/selfreports/:id", May: send, handle: (*visit).showSelfReport},
		{Method: get, Path: "/console/selfreports/:id/sheet.xlsx", May: send, handle: (*visit).selfReportSheet},
		{Method: get, Path: "/console/selfreports/:id/files/:file", May: send, handle: (*visit).sendSelfReportFile},
		{Method: post, Path: "/console/selfreports/:id/sheet", May: send, Files: true, Body: smallBody, take: (*visit).takeSmall, handle: (*visit).readSelfReport},
		{Method: post, Path: "/console/selfreports/:id/hand_in", May: send, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).handInSelfReport},
		{Method: post, Path: "/console/selfreports/:id/take", May: ask, handle: (*visit).takeSelfReport},
		{Method: post, Path: "/console/selfreports/:id/return", May: ask, handle: (*visit).returnSelfReport},
	}
}
