package gate

import (
	"errors"

	"github.com/gofiber/fiber/v2"
)

// ErrForeign means that another site's page sent the request.
var ErrForeign = errors.New("gate: sent from another site")

// SameOrigin refuses, with ErrForeign, requests that could change something
// and that a browser sent from another site's page. It is the rule of Go's
// http.CrossOriginProtection with the portal's own address (such as
// "https://portal.example") in place of the Host header, which the sender
// writes. It needs no cookie and no token. Requests without either header come
// from no browser page and carry nobody's authority.
func SameOrigin(origin string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		switch c.Method() {
		case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
			return c.Next()
		}
		switch c.Get("Sec-Fetch-Site") {
		case "same-origin", "none":
			return c.Next()
		case "":
			if from := c.Get(fiber.HeaderOrigin); from == "" || from == origin {
				return c.Next()
			}
		}
		return ErrForeign
	}
}
