package public

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/region"
)

// Config is what the face stands on.
type Config struct {
	Intake  *intake.Desk
	Notices *notice.Board
	Atlas   *region.Atlas
	Shelf   *evidence.Shelf
	View    *view.Renderer
	Assets  *view.Assets
	BaseURL *url.URL // heads the addresses in posters and feeds
	Phone   string   // hotline shown to villagers; may be empty
	Now     func() time.Time
	Log     *slog.Logger
}

// Face serves the pages of villagers.
type Face struct{ Config }

// New returns the face.
func New(c Config) *Face { return &Face{Config: c} }

// Mount hangs the public routes on r.
func (f *Face) Mount(r fiber.Router) {}

// Bodies that a public address takes, in bytes: forms, and forms with files
// (five files of 25 MB together, with what multipart adds).
const (
	formBody = 64 << 10
	fileBody = 26 << 20
)

// BodyLimit is how many bytes a request to path may bring.
func (f *Face) BodyLimit(path string) int64 {
	switch path {
	case "/receipt", "/report/files", "/track/say", "/track/files":
		return fileBody
	}
	return formBody
}
