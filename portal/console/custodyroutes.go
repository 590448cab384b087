package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// custodyRoutes are the ceremonies of an office's key, and the opening of names.
func custodyRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	keep := staff.RevealIdentity
	return []Route{
		{Method: get, Path: "/console/custody", May: keep, handle: (*visit).custodyPage},
		{Method: post, Path: "/console/custody/create", May: keep, Confirm: true, handle: (*visit).createKey},
		{Method: post, Path: "/console/custody/admit", May: keep, Confirm: true, handle: (*visit).admit},
		{Method: post, Path: "/console/custody/rotate", May: keep, Confirm: true, handle: (*visit).rotateKey},
		{Method: post, Path: "/console/custody/escrow", May: keep, Confirm: true, handle: (*visit).escrow},
		{Method: get, Path: "/console/custody/escrow/:pair", May: keep, Confirm: true, handle: (*visit).escrowPart},
		{Method: post, Path: "/console/custody/recover", May: keep, Confirm: true, handle: (*visit).recoverKey},
		{Method: post, Path: "/console/custody/renew", May: keep, handle: (*visit).renewNames},

		{Method: get, Path: "/console/openings", May: keep, handle: (*visit).openings},
		{Method: post, Path: "/console/openings/:id", May: keep, Confirm: true, handle: (*visit).ruleOpening},
		{Method: post, Path: "/console/cases/:id/reveal_name", May: keep, Confirm: true, handle: (*visit).askName},
		{Method: post, Path: "/console/cases/:id/look_name", May: keep, Confirm: true, handle: (*visit).lookName},
		{Method: post, Path: "/console/cases/:id/take_name", May: keep, Confirm: true, handle: (*visit).takeName},
	}
}
