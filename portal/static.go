package portal

import (
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/store"
)

// static sends a file of the pages. Its address changes with its content, so
// that a browser never has to ask again.
func (s *Site) static(c *fiber.Ctx) error {
	file, ok := s.Assets.File(c.Path())
	if !ok {
		return store.ErrNotFound
	}
	content, tag := file.Plain, `"`+path.Base(c.Path())+`"`
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	packed := len(file.Gzip) < len(file.Plain) && c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings("gzip") == "gzip"
	if packed {
		content, tag = file.Gzip, `"`+path.Base(c.Path())+`.gz"`
	}
	c.Set(fiber.HeaderETag, tag)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if packed {
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Set(fiber.HeaderContentType, file.Type)
	c.Response().SetBodyRaw(content)
	return nil
}
