package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"
)

var (
	// ErrSlow means that the body came too slowly, or stopped coming.
	ErrSlow = errors.New("gate: body came too slowly")
	// ErrCut means that the connection ended before the body did.
	ErrCut = errors.New("gate: body was cut off")
)

const (
	// StallLimit is how long a sender may fall silent: a phone that changes cells
	// needs that long.
	StallLimit = 30 * time.Second
	// grace is how long a body may take whatever its pace.
	grace = 30 * time.Second
	// pace is the least a body must average after that, in bytes a second: a
	// phone on 2G sends five times as fast.
	pace = 1 << 10
	// Reserve is what reading leaves of a request's deadline for answering it.
	Reserve = 20 * time.Second
)

// Stream reads the body of a request as it arrives and never past its end.
// Each read may wait perRead (at most); the whole must keep a pace of 1 KiB a
// second after the first 30 s, and end 20 s before the deadline of the
// request's context. Too slow is ErrSlow, too short ErrCut. Without a body it
// is at its end. There is one stream a request: asking again goes on with it.
func Stream(c *fiber.Ctx, perRead time.Duration) io.Reader {
	body := c.Context().RequestBodyStream()
	if body == nil {
		return eof{}
	}
	if s, begun := c.Locals(streamKey{}).(*stream); begun {
		return s
	}
	s := &stream{
		body:    body,
		conn:    c.Context().Conn(),
		ctx:     c.UserContext(),
		perRead: perRead,
		left:    int64(c.Request().Header.ContentLength()),
		began:   time.Now(),
	}
	c.Locals(streamKey{}, s)
	return s
}

type streamKey struct{}

// BodyTime is how long the body of a request may still take to come, by the
// pace that Stream asks for: 0 when none is left to read.
func BodyTime(c *fiber.Ctx) time.Duration {
	if c.Context().RequestBodyStream() == nil {
		return 0
	}
	return grace + time.Duration(c.Request().Header.ContentLength())*time.Second/pace
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

type stream struct {
	body    io.Reader
	conn    net.Conn
	ctx     context.Context
	perRead time.Duration
	left    int64
	got     int64
	began   time.Time
}

func (s *stream) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	now := time.Now()
	until := s.patience(now)
	if !until.After(now) {
		return 0, ErrSlow
	}
	if err := s.conn.SetReadDeadline(until); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrCut, err)
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.body.Read(p)
	s.left -= int64(n)
	s.got += int64(n)
	return n, s.explain(err)
}

// patience is until when the next byte must have come.
func (s *stream) patience(now time.Time) time.Time {
	until := now.Add(s.perRead)
	paid := s.began.Add(grace + time.Duration(s.got)*time.Second/pace)
	if paid.Before(until) {
		until = paid
	}
	if end, ok := s.ctx.Deadline(); ok && end.Add(-Reserve).Before(until) {
		until = end.Add(-Reserve)
	}
	return until
}

func (s *stream) explain(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF) && s.left == 0:
		return nil // the next read finds the end
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrSlow
	default:
		return ErrCut
	}
}
