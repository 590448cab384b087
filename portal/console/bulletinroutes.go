package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// bulletinRoutes are the addresses of circulars and of the reports upwards.
func bulletinRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	read, write, sign, publish := staff.ReadItems, staff.WritePapers, staff.SignPapers, staff.WriteNotices
	return []Route{
		{Method: get, Path: "/console/bulletins", May: read, handle: (*visit).bulletins},
		{Method: get, Path: "/console/bulletins/new", May: write, handle: (*visit).newCircular},
		{Method: post, Path: "/console/bulletins", May: write, handle: (*visit).draftCircular},
		{Method: get, Path: "/console/bulletins/publish", May: publish, handle: (*visit).circularsToPublish},
		{Method: get, Path: "/console/bulletins/:id", May: read, handle: (*visit).showCircular},
		{Method: post, Path: "/console/bulletins/:id/edit", May: write, handle: (*visit).editCircular},
		{Method: post, Path: "/console/bulletins/:id/issue", May: sign, handle: (*visit).issueCircular},
		{Method: post, Path: "/console/bulletins/:id/discard", May: write, handle: (*visit).discardCircular},
		{Method: post, Path: "/console/bulletins/:id/read", May: read, handle: (*visit).readCircular},
		{Method: post, Path: "/console/bulletins/:id/answer", May: read, handle: (*visit).answerCircular},
		{Method: post, Path: "/console/bulletins/:id/publish", May: publish, handle: (*visit).publishCircular},

		{Method: get, Path: "/console/workreports", May: write, handle: (*visit).workReports},
		{Method: post, Path: "/console/workreports", May: write, handle: (*visit).composeReport},
		{Method: post, Path: "/console/workreports/schedules", May: sign, handle: (*visit).scheduleReports},
		{Method: post, Path: "/console/workreports/schedules/:id/end", May: sign, handle: (*visit).unscheduleReports},
		{Method: get, Path: "/console/workreports/:id", May: write, handle: (*visit).showWorkReport},
		{Method: post, Path: "/console/workreports/:id/words", May: write, handle: (*visit).wordReport},
		{Method: post, Path: "/console/workreports/:id/count", May: write, handle: (*visit).countReport},
		{Method: post, Path: "/console/workreports/:id/issue", May: sign, handle: (*visit).signReport},
		{Method: post, Path: "/console/workreports/:id/receive", May: write, handle: (*visit).receiveReport},
	}
}
