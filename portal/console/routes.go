package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// Route is one address of the console and who may come there.
type Route struct {
	Method string
	Path   string // with :id for what changes
	// May is what the officer's roles must grant; whoever lacks it sees 404. It
	// is empty only for what people need before they are signed in.
	May staff.Permission
	// Half lets in a session that still owes a code, a second factor or a new
	// password.
	Half bool
	// Body is how many bytes a request may bring; 0 means ordinaryBody.
	Body int64

	handle func(f *Face, c *fiber.Ctx, s staff.Session) error
}

const ordinaryBody = 64 << 10

// Routes is the table of everything the console answers to.
func Routes() []Route { return nil }

// BodyLimit is how many bytes a request to path may bring, or 0 when no route
// of the console takes a body there.
func (f *Face) BodyLimit(path string) int64 {
	for _, r := range Routes() {
		if r.Method == fiber.MethodPost && matches(r.Path, path) {
			return max(r.Body, ordinaryBody)
		}
	}
	return 0
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}

func (f *Face) guarded(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error { return r.handle(f, c, staff.Session{}) }
}
