package gate

import (
	"bytes"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// SmallBody is the most that a body other than a form with files may weigh, in
// bytes, whatever its route allows.
const SmallBody = 64 << 10

// Guard lets only bodies in that were announced and are not too heavy. It
// stands before everything that could read one, because the server beneath has
// no limit of its own once it streams:
//
//   - a Content-Encoding is refused with 415 (200 KB of gzip are 200 MB of form);
//   - a body of unannounced length is refused with 411 (fasthttp 1.51 would take
//     what a multipart reader leaves of it for the next request);
//   - a body above limits(path) bytes is refused with 413.
//
// Each closes the connection, as does a body that the handler left unread.
// Bodies that are no multipart forms are read here, as slowly as Stream allows,
// so that handlers may ask for fields by name.
func Guard(limits func(path string) int64) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := admit(c, limits)
		if err == nil {
			err = c.Next()
		}
		if unread(c) {
			c.Context().SetConnectionClose()
		}
		return err
	}
}

func admit(c *fiber.Ctx, limits func(string) int64) error {
	h := &c.Request().Header
	if len(h.Peek(fiber.HeaderContentEncoding)) > 0 {
		return refuse(c, fiber.ErrUnsupportedMediaType)
	}
	length := h.ContentLength()
	if length == -1 || len(h.Peek(fiber.HeaderTransferEncoding)) > 0 {
		return refuse(c, fiber.ErrLengthRequired)
	}
	if length <= 0 {
		return nil
	}
	if isMultipart(c) {
		if int64(length) > limits(c.Path()) {
			return refuse(c, fiber.ErrRequestEntityTooLarge)
		}
		return nil
	}
	if int64(length) > min(limits(c.Path()), SmallBody) {
		return refuse(c, fiber.ErrRequestEntityTooLarge)
	}
	return swallow(c, length)
}

func refuse(c *fiber.Ctx, err error) error {
	c.Context().SetConnectionClose()
	return err
}

// swallow reads a small body whole. fasthttp's own way of doing so would put
// the text of a read error in the place of the body.
func swallow(c *fiber.Ctx, length int) error {
	var body bytes.Buffer
	_, err := io.Copy(&body, Stream(c, StallLimit))
	if err == nil && body.Len() != length {
		err = ErrCut
	}
	if err != nil {
		return refuse(c, err)
	}
	c.Request().SetBodyRaw(body.Bytes())
	return nil
}

// unread reports whether some of the body may still lie on the connection. It
// asks the stream and not the connection, which could keep it waiting.
func unread(c *fiber.Ctx) bool {
	if c.Context().RequestBodyStream() == nil || c.Request().Header.ContentLength() == 0 {
		return false
	}
	s, begun := c.Locals(streamKey{}).(*stream)
	return !begun || s.left > 0
}

func isMultipart(c *fiber.Ctx) bool {
	return strings.HasPrefix(strings.ToLower(c.Get(fiber.HeaderContentType)), "multipart/")
}
