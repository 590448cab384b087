package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"minsheng/portal/locale"
	"minsheng/portal/view"
)

// reading is how a visitor wants pages: language and size of type. It travels
// in addresses, for nothing is stored on a visitor's phone.
type reading struct {
	lang locale.Lang
	big  bool
}

func readingOf(c *fiber.Ctx) reading {
	r := reading{lang: locale.Chinese}
	if c.Query("lang") == string(locale.English) {
		r.lang = locale.English
	}
	r.big = c.Query("size") == "big"
	return r
}

// base is what every page of the face begins with. path is where the switches
// of language and size lead.
func (f *Face) base(r reading, path, titleKey string, pairs ...any) view.Base {
	return view.Base{Lang: r.lang, Big: r.big, Path: path, Title: f.View.Text(r.lang, titleKey, pairs...)}
}

func (f *Face) text(r reading, key string, pairs ...any) string {
	return f.View.Text(r.lang, key, pairs...)
}

// or is the sentence of key, or the one of fallback where there is none.
func (f *Face) or(r reading, key, fallback string, pairs ...any) string {
	if text := f.View.Text(r.lang, key, pairs...); text != key {
		return text
	}
	return f.View.Text(r.lang, fallback, pairs...)
}

// show sends a page that is nobody else's business and is kept nowhere.
func (f *Face) show(c *fiber.Ctx, status int, r reading, name string, page any) error {
	html, err := f.View.Render(r.lang, name, page)
	if err != nil {
		return err
	}
	private(c)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(html)
}

func private(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
}

// address is path on this portal as outsiders write it.
func (f *Face) address(path string) string {
	if f.BaseURL == nil {
		return path
	}
	return f.BaseURL.ResolveReference(&url.URL{Path: path}).String()
}
