package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// custodyRoutes are the ceremonies of an office's keys, and the opening of names.
func custodyRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	keep := staff.RevealIdentity
	return append(slices.Concat(keyRoutes(custodyPath, keep), keyRoutes(handlingPath, staff.HoldHandling)), []Route{
		{Method: get, Path: "/console/openings", May: keep, handle: (*visit).openings},
		{Method: post, Path: "/console/openings/:id", May: keep, Confirm: true, handle: (*visit).ruleOpening},
		{Method: post, Path: "/console/cases/:id/reveal_name", May: keep, Confirm: true, handle: (*visit).askName},
		{Method: post, Path: "/console/cases/:id/reveal_pictures", May: keep, Confirm: true, handle: (*visit).askPictures},
		{Method: post, Path: "/console/cases/:id/look_name", May: keep, Confirm: true, handle: (*visit).lookName},
		{Method: get, Path: "/console/cases/:id/files/:file/original", May: keep, Confirm: true, handle: (*visit).sendOriginal},
		{Method: post, Path: "/console/cases/:id/take_name", May: keep, Confirm: true, handle: (*visit).takeName},
		{Method: post, Path: "/console/cases/:id/take_pictures", May: keep, Confirm: true, handle: (*visit).takePictures},
	}...)
}

// keyRoutes are the ceremonies of one key of an office.
func keyRoutes(path string, hold staff.Permission) []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []Route{
		{Method: get, Path: path, May: hold, handle: (*visit).custodyPage},
		{Method: post, Path: path + "/create", May: hold, Confirm: true, handle: (*visit).createKey},
		{Method: post, Path: path + "/admit", May: hold, Confirm: true, handle: (*visit).admit},
		{Method: post, Path: path + "/rotate", May: hold, Confirm: true, handle: (*visit).rotateKey},
		{Method: post, Path: path + "/escrow", May: hold, Confirm: true, handle: (*visit).escrow},
		{Method: get, Path: path + "/escrow/:pair", May: hold, Confirm: true, handle: (*visit).escrowPart},
		{Method: post, Path: path + "/recover", May: hold, Confirm: true, handle: (*visit).recoverKey},
		{Method: post, Path: path + "/renew", May: hold, handle: (*visit).renewKey},
	}
}
