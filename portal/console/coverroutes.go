package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// coverRoutes cover names, phones and pictures of a case before anything leaves it.
func coverRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []Route{
		{Method: get, Path: "/console/cases/:id/cover", May: staff.ReadCases, handle: (*visit).coverPage},
		{Method: post, Path: "/console/cases/:id/cover", May: staff.WorkCases, handle: (*visit).coverWords},
		{Method: post, Path: "/console/cases/:id/cover/:mask/good", May: staff.WorkCases, handle: (*visit).coverForGood},
		{Method: post, Path: "/console/cases/:id/cover/:mask/lift", May: staff.RevealIdentity, Confirm: true, handle: (*visit).liftCover},

		{Method: get, Path: "/console/cases/:id/cover/of/:file", May: staff.ReadCases, handle: (*visit).coverFilePage},
		{Method: get, Path: "/console/cases/:id/cover/of/:file/copy", May: staff.ReadCases, handle: (*visit).sendCopy},
		{Method: post, Path: "/console/cases/:id/cover/of/:file", May: staff.WorkCases, Files: true, Body: fileBody, handle: (*visit).clearFile},
		{Method: post, Path: "/console/cases/:id/cover/of/:file/agree", May: staff.WorkCases, handle: (*visit).agreeFile},
	}
}
