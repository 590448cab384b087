package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// figureRoutes are the addresses of figures, and of the register of items.
func figureRoutes() []Route {
	const get = fiber.MethodGet
	return []Route{
		{Method: get, Path: figuresPath, May: staff.ReadFigures, handle: (*visit).figures},
		{Method: get, Path: registerPath, May: staff.ReadRegister, handle: (*visit).register},
		{Method: get, Path: registerPath + ".xlsx", May: staff.ReadRegister, Confirm: true, handle: registerAs("xlsx")},
		{Method: get, Path: registerPath + ".csv", May: staff.ReadRegister, Confirm: true, handle: registerAs("csv")},
	}
}

const (
	figuresPath  = "/console/figures"
	registerPath = "/console/register"
)
