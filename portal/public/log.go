package public

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/gate"
	"minsheng/portal/view"
	"minsheng/transparency"
)

// plainKind is what checkpoints, policies and proofs are sent as.
const plainKind = fiber.MIMETextPlainCharsetUTF8

// checkpointAge is how long a checkpoint may be kept on the way: seconds, or
// who asks for a proof would be told of a tree that is not there.
const checkpointAge = "public, max-age=2"

// tileAge is for what never changes.
const tileAge = "public, max-age=31536000, immutable"

// mountLog hangs the log on r: a page for people, and the files that C2SP
// tlog-tiles lays down for programs.
func (f *Face) mountLog(r fiber.Router) {
	r.Get("/log/checkpoint", f.checkpoint)
	r.Get("/log/tile/*", f.tile)
	r.Get("/log/policy", f.logPolicy)
	r.Post("/receipt/promise", f.promise)
	r.Post("/track/proof", f.proof)
}

func (f *Face) checkpoint(c *fiber.Ctx) error {
	newest, err := f.Transparency.Newest(c.UserContext())
	if err != nil {
		return err
	}
	text, err := f.Transparency.Signed(c.UserContext(), newest)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, plainKind)
	c.Set(fiber.HeaderCacheControl, checkpointAge)
	return c.SendString(text)
}

func (f *Face) tile(c *fiber.Ctx) error {
	path := c.Params("*")
	data := f.Transparency.Kept(path)
	if data == nil {
		ctx := c.UserContext()
		for _, rule := range []struct {
			gate.Rule
			who string
		}{{gate.Tile, f.Visitors.Key(c)}, {gate.TileGlobal, gate.Everybody}} {
			if v := f.Limits.Allow(ctx, rule.Rule, rule.who); !v.OK {
				f.busy(c, readingOf(c), "track.busy", v.RetryAfter)
				return fiber.ErrTooManyRequests
			}
		}
		var err error
		if data, err = f.Transparency.Tile(ctx, path); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Set(fiber.HeaderCacheControl, tileAge) // a part of a tile is named with its width, and never changes either
	return c.Send(data)
}

func (f *Face) logPolicy(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, plainKind)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString(f.Transparency.Policy())
}

// logPage tells people what the log is and programs where it is.
type logPage struct {
	view.Base
	Refused   string // why it does not sign at present; "" when it does
	Newest    *logLine
	Lines     []logLine
	Witnesses []transparency.Attendance
	Key       string
	Finger    string
	Promises  string
	Older     []transparency.KnownKey
	Address   string
	Every     string // how often it is signed
}

// logLine is a checkpoint in a list.
type logLine struct {
	Size      int64
	Root      string // its first 16 hexadecimal digits
	At        time.Time
	Witnesses []string
}

func lineOf(s transparency.Seen) logLine {
	return logLine{s.Size, hex.EncodeToString(s.Root[:8]), s.SignedAt, s.Witnesses}
}

// shownCheckpoints is how many checkpoints the page lists.
const shownCheckpoints = 10

func (f *Face) makeLog(ctx context.Context, a asked) (made, error) {
	l := f.Transparency
	p := logPage{Base: f.base(a.reading, a.path, "log.title"), Address: f.address("/log"), Every: f.every(a.reading, l.Every)}
	if why := transparency.Refusal(""); errors.As(l.Refused(), &why) {
		p.Refused = f.or(a.reading, "log.refused."+string(why), "log.refused.other")
	}
	latest, err := l.Latest(ctx, shownCheckpoints)
	if err != nil {
		return made{}, err
	}
	for _, s := range latest {
		p.Lines = append(p.Lines, lineOf(s))
	}
	if len(p.Lines) > 0 {
		p.Newest = &p.Lines[0]
	}
	if p.Witnesses, err = l.Attendances(ctx); err != nil {
		return made{}, err
	}
	p.Key, p.Promises = l.Keys()
	p.Finger = transparency.Fingerprint(p.Key)
	known, err := l.KnownKeys(ctx)
	if err != nil {
		return made{}, err
	}
	for _, k := range known {
		if k.VKey != p.Key {
			p.Older = append(p.Older, k)
		}
	}
	m, err := f.page(a, "public/log", p)
	m.fresh = true
	return m, err
}

// every says how often something happens.
func (f *Face) every(r reading, d time.Duration) string {
	if d >= time.Minute {
		return f.text(r, "log.every.minutes", "n", int(d/time.Minute))
	}
	return f.text(r, "log.every.seconds", "n", max(1, int(d/time.Second)))
}

// logPosterPage is the checkpoint of the week, for the village board.
type logPosterPage struct {
	view.Base
	Line    *logLine
	Week    workday.Date // Monday
	Root    []string     // in groups, to be compared by eye
	Finger  string
	Address string
	QR      view.QR
}

// makeLogPoster shows the last checkpoint before this week began: what hangs on
// a board all week must be the same on every board.
func (f *Face) makeLogPoster(ctx context.Context, a asked) (made, error) {
	today := workday.On(f.Now())
	monday := today.Add(-(int(today.Time().Weekday()) + 6) % 7)
	p := logPosterPage{Base: f.base(a.reading, a.path, "log.poster.title"), Week: monday, Address: f.address("/log")}
	p.Finger = f.finger()
	c, err := f.Transparency.Before(ctx, monday.Time())
	if errors.Is(err, store.ErrNotFound) { // a log that is younger than the week
		var latest []transparency.Seen
		if latest, err = f.Transparency.Latest(ctx, 1); err == nil && len(latest) == 1 {
			c = latest[0]
		}
	}
	if err != nil {
		return made{}, err
	}
	if c.Note != "" {
		line := lineOf(c)
		p.Line, p.Root = &line, groups(hex.EncodeToString(c.Root), 8)
		if p.QR, err = view.NewQR(c.Note); err != nil {
			return made{}, err
		}
	}
	m, err := f.page(a, "public/log-poster", p)
	m.fresh = true
	return m, err
}

func groups(text string, n int) (parts []string) {
	for ; len(text) > n; text = text[n:] {
		parts = append(parts, text[:n])
	}
	return append(parts, text)
}

// promise sends what the portal signs at once: that this report was taken up and
// when it is in the log.
func (f *Face) promise(c *fiber.Ctx) error {
	values, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	receipt, err := f.Intake.Arrived(c.UserContext(), values.Get("token"))
	if err != nil {
		return c.Redirect(f.base(readingOf(c), "", "portal.name").Href("/track"), fiber.StatusSeeOther)
	}
	text, err := f.Transparency.Promise(c.UserContext(), ledger.OfReport, receipt.ReportID)
	if err != nil {
		return err
	}
	return sendProof(c, "promise.txt", []byte(text))
}

// proof sends the proof that the report that a receipt opened is in the log.
func (f *Face) proof(c *fiber.Ctx) error {
	values, err := gate.Form(c, 0, nil)
	if err != nil {
		return err
	}
	t, err := f.Intake.Reopen(c.UserContext(), values.Get("token"))
	if err != nil {
		return f.opened(c, readingOf(c), t, err, statusPage{}, trackPage{})
	}
	proof, err := f.Transparency.Proof(c.UserContext(), ledger.OfReport, t.ReportID)
	if err != nil {
		return err
	}
	return sendProof(c, "receipt.tlog-proof", proof)
}

// sendProof sends a file that names no report, for it may stay on somebody's
// phone.
func sendProof(c *fiber.Ctx, name string, data []byte) error {
	private(c)
	c.Set(fiber.HeaderContentType, plainKind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(data)
}

// proofBlock is what the page of a report says of its place in the log.
type proofBlock struct {
	transparency.Place
	Number       int64  // of the leaf, counted from 1
	Seen, Unseen string // the witnesses that signed; those asked for when none has
}

// proofOf is nil where the opening was erased.
func (f *Face) proofOf(ctx context.Context, r reading, report uuid.UUID) (*proofBlock, error) {
	p, err := f.Transparency.Where(ctx, ledger.OfReport, report)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	between := f.text(r, "log.and")
	block := &proofBlock{Place: p, Number: p.Index + 1, Seen: strings.Join(p.Witness, between)}
	if block.Seen == "" {
		block.Unseen = strings.Join(p.Required, between)
	}
	return block, nil
}
