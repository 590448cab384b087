package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// retentionRoutes are how long what was reported is kept, and its end.
func retentionRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	one := retentionPath + "/cases/:id"
	return []Route{
		{Method: get, Path: retentionPath, May: staff.ReadErasures, handle: (*visit).retention},
		{Method: get, Path: one, May: staff.ReadErasures, handle: (*visit).retained},
		{Method: post, Path: one, May: staff.AskErasure, Confirm: true, handle: (*visit).askErasure},
		{Method: post, Path: one + "/keep", May: staff.AgreeErasure, handle: (*visit).keepCase},
		{Method: post, Path: one + "/let_go", May: staff.AgreeErasure, handle: (*visit).letCaseGo},
		{Method: post, Path: retentionPath + "/requests/:id", May: staff.AgreeErasure, Confirm: true, handle: (*visit).ruleErasure},
		{Method: get, Path: yearsPath, May: staff.KeepClocks, handle: (*visit).keptYears},
		{Method: post, Path: yearsPath, May: staff.KeepClocks, Confirm: true, handle: (*visit).setYears},
	}
}
