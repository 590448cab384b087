package gate

import (
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestOtherSitesCannotPost(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		if err == ErrForeign {
			return c.SendStatus(403)
		}
		return c.SendStatus(500)
	}})
	app.Use(SameOrigin("https://portal.example"))
	app.All("/", func(c *fiber.Ctx) error { return c.SendStatus(200) })
	for _, c := range []struct {
		method, site, origin string
		want                 int
	}{
		{"POST", "same-origin", "https://portal.example", 200},
		{"POST", "none", "", 200},
		{"POST", "", "https://portal.example", 200}, // browsers of before 2020
		{"POST", "", "", 200},                       // no browser page
		{"POST", "cross-site", "https://evil.example", 403},
		{"POST", "same-site", "https://other.portal.example", 403},
		{"POST", "cross-site", "https://portal.example", 403},
		{"POST", "", "https://evil.example", 403},
		{"POST", "", "http://portal.example", 403},
		{"POST", "", "https://portal.example.evil.example", 403},
		{"POST", "", "null", 403},
		{"PUT", "cross-site", "", 403},
		{"DELETE", "cross-site", "", 403},
		{"GET", "cross-site", "", 200}, // a link in a chat
		{"HEAD", "cross-site", "", 200},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Host = "evil.example" // what the sender writes there must not matter
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		answer, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != c.want {
			t.Errorf("%s site %q origin %q: %d, want %d", c.method, c.site, c.origin, answer.StatusCode, c.want)
		}
	}
}
