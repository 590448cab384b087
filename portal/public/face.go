package public

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/appeal"
	"minsheng/clock"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/portal/gate"
	"minsheng/portal/view"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/transparency"
)

// Config is what the face stands on.
type Config struct {
	Intake       *intake.Desk
	Transparency *transparency.Log
	Clocks       *clock.Book
	Figures      *figures.Board
	Appeals      *appeal.Desk
	Notices      *notice.Board
	Rolls        *roll.Book
	Objections   *objection.Desk
	Purse        *household.Purse
	Atlas        *region.Atlas
	Shelf        *evidence.Shelf
	View         *view.Renderer
	Assets       *view.Assets
	Puzzles      *gate.Puzzles
	Limits       *gate.Limits
	Visitors     *gate.Visitors
	BaseURL      *url.URL // heads the addresses in posters and feeds
	Phone        string   // hotline shown to villagers; may be empty
	Now          func() time.Time
	Log          *slog.Logger
}

// Face serves the pages of villagers.
type Face struct {
	Config
	kept  *kept
	forms *forms
	towns *towns

	writing chan struct{} // tables that are being written for somebody
}

// New returns the face.
func New(c Config) *Face {
	return &Face{Config: c, kept: newKept(), forms: newForms(), towns: &towns{}, writing: make(chan struct{}, mostDownloads)}
}

// Mount hangs the public routes on r.
func (f *Face) Mount(r fiber.Router) {
	for _, p := range f.constants() {
		r.Get(p.route, f.cached(p))
	}
	for _, form := range rowForms {
		r.Get("/notices/:id/rows."+form.end, f.rowsAs(form.end, form.kind))
	}
	r.Get("/notices/:id/files/:file", f.noticeFile)
	r.Get("/places", f.places)
	r.Get("/report", f.askReport)
	r.Get("/objections/new", f.askObjection)
	r.Post("/objections", f.takeObjection)
	r.Get("/household", f.askHousehold)
	r.Post("/household", f.lookHousehold)
	r.Post("/household/received", f.receivedPayment)
	r.Post("/report/about", f.reportPayment)
	r.Post("/receipt", f.takeReport)
	r.Post("/report/files", f.takeFile)
	r.Post("/report/files/remove", f.dropFile)
	r.Post("/track", f.look)
	r.Post("/track/say", f.say)
	r.Post("/track/files", f.takeFile)
	r.Post("/track/files/remove", f.dropFile)
	r.Post("/track/withdraw", f.withdraw)
	r.Post("/track/back", f.takeBack)
	r.Post("/track/rate", f.rate)
	r.Post("/track/appeal", f.appeal)
	r.Post("/track/retaliation", f.reportRetaliation)
	r.Get("/track/leave", f.leave)
	r.Get("/captcha/:file", f.puzzle)
	f.mountLog(r)
}

// Bodies that a public address takes, in bytes: forms, and forms with files.
// The shelf keeps 25 MB; what a phone may send is as much as five files of the
// largest size, with what multipart adds: whoever picks too much must read so
// beside the field, with the words kept, and not find the connection cut.
const (
	formBody = 64 << 10
	fileBody = 52 << 20
)

// BodyLimit is how many bytes a request to path may bring.
func (f *Face) BodyLimit(path string) int64 {
	switch path {
	case "/receipt", "/objections", "/report/files", "/track/say", "/track/files", "/track/appeal":
		return fileBody
	}
	return formBody
}
