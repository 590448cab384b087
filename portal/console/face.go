package console

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/audit"
	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/crosscheck"
	"minsheng/custody"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/portal/gate"
	"minsheng/portal/view"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/selfreport"
	"minsheng/staff"
	"minsheng/transparency"
	"minsheng/tray"
	"minsheng/triage"
	"minsheng/watch"
)

// Config is what the face stands on.
type Config struct {
	Staff      *staff.Desk
	Custody    *custody.Desk
	Triage     *triage.Queue
	Intake     *intake.Desk
	Notices    *notice.Desk
	Board      *notice.Board
	Rolls      *roll.Book
	Tray       *tray.Tray
	Objections *objection.Desk
	Purse      *household.Purse
	Checks     *crosscheck.Bench

	Transparency *transparency.Log

	Clocks      *clock.Book
	Papers      *paper.Press
	Docket      *docket.Desk
	Appeals     *appeal.Desk
	Audits      *audit.Desk
	Inspections *inspection.Desk
	Orders      *rectification.Desk
	Measures    *accountability.Desk
	SelfReports *selfreport.Desk
	Figures     *figures.Board
	Register    *register.Book
	Sent        *gate.Sent
	Retention   *retention.Desk
	Bulletins   *bulletin.Desk
	Watch       *watch.Watch

	Atlas    *region.Atlas
	Shelf    *evidence.Shelf
	View     *view.Renderer
	Limits   *gate.Limits
	Visitors *gate.Visitors
	BaseURL  *url.URL // decides how the session cookie is called and guarded
	Phone    string   // hotline that stands on what is put up
	Now      func() time.Time
	Log      *slog.Logger
}

// Face serves the pages of staff.
type Face struct{ Config }

// New returns the face.
func New(c Config) *Face { return &Face{c} }

// Mount hangs every route of the table on r.
func (f *Face) Mount(r fiber.Router) {
	for _, route := range Routes() {
		r.Add(route.Method, route.Path, f.guarded(route))
	}
}
