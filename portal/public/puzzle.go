package public

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
)

// digitsFor is how long a puzzle this visitor is asked: longer when many
// reports came from the same address.
func (f *Face) digitsFor(c *fiber.Ctx) int {
	if f.Limits.Peek(c.UserContext(), gate.Submit, f.Visitors.Key(c)).OK {
		return gate.Usual
	}
	return gate.Longer
}

// draw makes a puzzle. wait is set instead when this visitor, or everybody
// together, had too many.
func (f *Face) draw(c *fiber.Ctx, digits int) (p gate.Puzzle, wait time.Duration, err error) {
	ctx := c.UserContext()
	if v := f.Limits.Allow(ctx, gate.CaptchaImage, f.Visitors.Key(c)); !v.OK {
		return p, v.RetryAfter, nil
	}
	if v := f.Limits.Allow(ctx, gate.CaptchaGlobal, gate.Everybody); !v.OK {
		return p, v.RetryAfter, nil
	}
	p, err = f.Puzzles.New(ctx, digits)
	return p, 0, err
}

func voice(r reading) string {
	if r.lang == locale.English {
		return "en"
	}
	return "zh"
}

// puzzle sends a puzzle's picture or sound: ID.png, ID.zh.wav, ID.en.wav.
func (f *Face) puzzle(c *fiber.Ctx) error {
	private(c)
	id, form, _ := strings.Cut(c.Params("file"), ".")
	ctx := c.UserContext()
	switch form {
	case "png":
		image, err := f.Puzzles.Image(ctx, id)
		return send(c, "image/png", image, err)
	case "zh.wav", "en.wav":
		if v := f.Limits.Allow(ctx, gate.CaptchaSound, f.Visitors.Key(c)); !v.OK {
			f.busy(c, readingOf(c), "track.busy", v.RetryAfter)
			return fiber.ErrTooManyRequests
		}
		lang := "zh-CN"
		if form == "en.wav" {
			lang = "en"
		}
		sound, err := f.Puzzles.Sound(ctx, id, lang)
		return send(c, "audio/wav", sound, err)
	}
	return fiber.ErrNotFound
}

func send(c *fiber.Ctx, kind string, content []byte, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, kind)
	return c.Send(content)
}
