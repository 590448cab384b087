package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// figureRoutes are the addresses of figures, and of the register of items.
func figureRoutes() []Route {
	const get, post, read = fiber.MethodGet, fiber.MethodPost, staff.ReadRegister
	return []Route{
		{Method: get, Path: figuresPath, May: staff.ReadFigures, handle: (*visit).figures},
		{Method: get, Path: registerPath, May: read, handle: (*visit).register},
		{Method: get, Path: takingsPath, May: read, handle: (*visit).takings},
		{Method: post, Path: takingsPath, May: read, Confirm: true, handle: (*visit).askTaking},
		{Method: post, Path: takingsPath + "/:id", May: read, Confirm: true, handle: (*visit).ruleTaking},
		{Method: get, Path: takingsPath + "/:id/xlsx", May: read, Confirm: true, handle: takeAs("xlsx")},
		{Method: get, Path: takingsPath + "/:id/csv", May: read, Confirm: true, handle: takeAs("csv")},
	}
}

const (
	figuresPath  = "/console/figures"
	registerPath = "/console/register"
)
