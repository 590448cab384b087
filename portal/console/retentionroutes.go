package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// retentionRoutes are how long what was reported is kept, and its end.
func retentionRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return slices.Concat([]Route{
		{Method: get, Path: retentionPath, May: staff.ReadErasures, handle: (*visit).retention},
		{Method: post, Path: retentionPath + "/requests/:id", May: staff.AgreeErasure, Confirm: true, handle: (*visit).ruleErasure},
		{Method: get, Path: yearsPath, May: staff.KeepClocks, handle: (*visit).keptYears},
		{Method: post, Path: yearsPath, May: staff.KeepClocks, Confirm: true, handle: (*visit).setYears},
	}, retainedRoutes(retainedCases), retainedRoutes(retainedLists))
}

// retainedRoutes are what can be asked and said about matters of one room.
func retainedRoutes(as retained) []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	one := as.path + "/:id"
	on := func(do func(v *visit, as retained) error) func(v *visit) error {
		return func(v *visit) error { return do(v, as) }
	}
	return []Route{
		{Method: get, Path: one, May: staff.ReadErasures, handle: on((*visit).retained)},
		{Method: post, Path: one, May: staff.AskErasure, Confirm: true, handle: on((*visit).askErasure)},
		{Method: post, Path: one + "/keep", May: staff.AgreeErasure, handle: on((*visit).keepRetained)},
		{Method: post, Path: one + "/let_go", May: staff.AgreeErasure, handle: on((*visit).letRetainedGo)},
	}
}
