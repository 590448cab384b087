package public

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/workday"
)

// keptPages bounds the memory of kept pages: 512 of some 15 KB, plain and
// packed. When it is full it starts again from nothing.
const keptPages = 512

// keptRows bounds the memory of kept pages that somebody turned or searched to:
// there are as many of them as words to search for, and they must not drive out
// the pages that everybody opens.
const keptRows = 128

// keptFor bounds how old anything on a kept page can be that has no stamp of
// its own: numbers, names of places.
const keptFor = time.Minute

// kept holds finished pages that are the same for every visitor.
type kept struct {
	asked atomic.Int64 // when the stamp was last asked for, Unix nanoseconds

	mu    sync.RWMutex
	age   age
	pages map[string]*keptPage
	rows  map[string]*keptPage // turned or searched to
}

// age is what kept pages depend on. Days matter because of "3 days left".
type age struct {
	stamp int64
	day   workday.Date
}

type keptPage struct {
	plain, packed []byte
	kind          string
	etag          []byte
	until         time.Time
	unlisted      bool // search engines leave it out
	fresh         bool // nobody keeps it
}

func newKept() *kept { return &kept{pages: map[string]*keptPage{}, rows: map[string]*keptPage{}} }

func (k *kept) find(address []byte, now time.Time) (*keptPage, age) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	page := k.pages[string(address)]
	if page == nil {
		page = k.rows[string(address)]
	}
	if page != nil && !now.Before(page.until) {
		page = nil
	}
	return page, k.age
}

// keep keeps a page unless what it shows changed while it was made.
func (k *kept) keep(address string, page *keptPage, made age, turned bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.age != made {
		return
	}
	into, most := k.pages, keptPages
	if turned {
		into, most = k.rows, keptRows
	}
	if len(into) >= most {
		clear(into)
	}
	into[address] = page
}

// due reports, to one caller a second, that the stamp is to be asked for.
func (k *kept) due(now time.Time) bool {
	last := k.asked.Load()
	return now.UnixNano()-last >= int64(time.Second) && k.asked.CompareAndSwap(last, now.UnixNano())
}

func (k *kept) move(to age) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.age != to {
		k.age = to
		clear(k.pages)
		clear(k.rows)
	}
}

// refresh drops kept pages when notices changed or a day has passed. While the
// database does not answer they stay: an old notice is better than none.
func (f *Face) refresh(ctx context.Context, now time.Time) {
	if !f.kept.due(now) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if stamp, err := f.Notices.Stamp(ctx); err == nil {
		f.kept.move(age{stamp, workday.On(now)})
	}
}

// constant is a page that is the same for every visitor.
type constant struct {
	route string
	query []string // of the address, besides language and size
	make  func(ctx context.Context, a asked) (made, error)
}

// asked is what a constant page is made for.
type asked struct {
	reading
	path  string
	param func(name string) string
	query url.Values
}

// made is a page ready to be kept.
type made struct {
	kind     string // content type
	body     []byte
	status   int  // 0 is 200; others are sent and not kept
	unlisted bool // search engines leave it out
	fresh    bool // nobody keeps it, not even this portal
	turned   bool // one of very many: kept among its like
}

// cached serves a constant page from memory; a hit neither renders nor packs.
func (f *Face) cached(p constant) fiber.Handler {
	return func(c *fiber.Ctx) error {
		now := f.Now()
		f.refresh(c.UserContext(), now)
		if page, _ := f.kept.find(c.Request().RequestURI(), now); page != nil {
			return page.send(c)
		}
		a := askedBy(c, p.query)
		address := a.address()
		page, age := f.kept.find([]byte(address), now)
		if page != nil {
			return page.send(c)
		}
		m, err := p.make(c.UserContext(), a)
		if err != nil {
			return err
		}
		page = finished(m, now)
		if m.status != 0 {
			c.Status(m.status)
			return page.send(c)
		}
		if !m.fresh {
			f.kept.keep(address, page, age, m.turned)
		}
		return page.send(c)
	}
}

func askedBy(c *fiber.Ctx, names []string) asked {
	a := asked{reading: readingOf(c), path: c.Path(), query: url.Values{}}
	a.param = func(name string) string { return c.Params(name) }
	for _, name := range names {
		if value := c.Query(name); value != "" && len(value) <= 64 {
			a.query.Set(name, value)
		}
	}
	return a
}

// here is the address of the page without language and size.
func (a asked) here() string {
	if len(a.query) == 0 {
		return a.path
	}
	return a.path + "?" + a.query.Encode()
}

// address is how a kept page is found: the address with only what matters in
// it, in one order.
func (a asked) address() string {
	q := url.Values{}
	for name, values := range a.query {
		q[name] = values
	}
	if a.lang != "zh-CN" {
		q.Set("lang", string(a.lang))
	}
	if a.big {
		q.Set("size", "big")
	}
	if len(q) == 0 {
		return a.path
	}
	return a.path + "?" + q.Encode()
}

func finished(m made, now time.Time) *keptPage {
	sum := sha256.Sum256(m.body)
	return &keptPage{
		plain:    m.body,
		packed:   packed(m.body),
		kind:     m.kind,
		etag:     fmt.Appendf(nil, `W/"%x"`, sum[:9]),
		until:    keptUntil(now),
		unlisted: m.unlisted,
		fresh:    m.fresh,
	}
}

// keptUntil is when a page made now is too old: after a minute, and at midnight
// in Shanghai, when days left are fewer and lists are over, whether the database
// answers then or not.
func keptUntil(now time.Time) time.Time {
	until, midnight := now.Add(keptFor), workday.On(now).Add(1).Time()
	if midnight.Before(until) {
		return midnight
	}
	return until
}

func packed(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	w.Write(body)                                         // into memory: cannot fail
	w.Close()
	return b.Bytes()
}

// What kept pages bear, as fasthttp spells it.
var (
	cacheControl   = []byte(fiber.HeaderCacheControl)
	askEveryTime   = []byte("no-cache")
	noStore        = []byte("no-store")
	robotsTag      = []byte("X-Robots-Tag")
	noIndex        = []byte("noindex")
	vary           = []byte(fiber.HeaderVary)
	acceptEncoding = []byte(fiber.HeaderAcceptEncoding)
	etagName       = []byte("Etag")
	gzipped        = []byte("gzip")
)

func (p *keptPage) send(c *fiber.Ctx) error {
	h := &c.Response().Header
	h.SetCanonical(cacheControl, askEveryTime)
	h.SetCanonical(etagName, p.etag)
	h.SetCanonical(vary, acceptEncoding)
	if p.unlisted {
		h.SetCanonical(robotsTag, noIndex)
	}
	if p.fresh {
		h.SetCanonical(cacheControl, noStore)
		h.DelBytes(etagName)
	} else if sameTag(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), p.etag) && h.StatusCode() == fiber.StatusOK {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(p.kind)
	if takesGzip(c) {
		h.SetContentEncodingBytes(gzipped)
		c.Response().SetBodyRaw(p.packed)
		return nil
	}
	c.Response().SetBodyRaw(p.plain)
	return nil
}

func takesGzip(c *fiber.Ctx) bool {
	return bytes.Contains(c.Request().Header.PeekBytes(acceptEncoding), gzipped)
}

// sameTag compares weakly, as If-None-Match asks for; proxies add or drop W/.
func sameTag(sent, etag []byte) bool {
	if len(sent) == 0 {
		return false
	}
	return bytes.Contains(sent, bytes.TrimPrefix(etag, []byte("W/")))
}
