package journey_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// album keeps a picture of each step.
type album struct {
	dir   string
	about string // end of each name: the language and so on
	n     int
}

// shot looks at the page and keeps a picture.
func (b *tab) shot(name string) {
	b.t.Helper()
	b.look(name)
	b.album.n++
	width := ask[int](b, `document.documentElement.clientWidth`)
	b.album.picture(b, fmt.Sprintf("%02d-%s-%d", b.album.n, name, width))
}

// look looks at the page: nothing may stick out, no name of a text may stand
// where the text should be.
func (b *tab) look(name string) {
	b.t.Helper()
	if wide := ask[[]string](b, sticksOut); len(wide) > 0 {
		b.t.Errorf("%s: sticks out of the page: %s", name, strings.Join(wide, "; "))
	}
	if raw := ask[[]string](b, rawNames); len(raw) > 0 {
		b.t.Errorf("%s: names instead of texts: %s", name, strings.Join(raw, " "))
	}
}

// sticksOut lists what is wider than the window, unless it scrolls by itself.
const sticksOut = `(() => {
	const room = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= room) return [];
	return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1)
		.slice(0, 3).map(e => e.tagName + '.' + e.className + ' ' + e.innerText?.slice(0, 30));
})()`

// rawNames finds catalog keys that had no text, and values that were printed
// without being formatted.
const rawNames = `document.body.innerText.match(/\b(console|report|track|receipt|action|state|kind|mode|channel|stage|event|missing|trouble|problem)\.[a-z_]+\b|%!|<no value>|\{[a-z]+\}|0001-01-01/g) || []`

// picture keeps the whole page as it looks.
func (a *album) picture(b *tab, name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(a.dir, name+a.about+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
}
