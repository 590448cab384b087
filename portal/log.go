package portal

import (
	"context"
	"io"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

// NewLogger returns a logger that writes JSON lines to w, and only what cannot
// be about a person: fields of a fixed set, each in its shape. Other fields
// are dropped, errors are reduced to their kind, and a message that is not a
// plain English sentence is withheld.
func NewLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(sieve{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// sieve is the handler that lets known fields through. It flattens groups.
type sieve struct{ next slog.Handler }

// Enabled reports whether lines of level are written.
func (s sieve) Enabled(ctx context.Context, level slog.Level) bool { return s.next.Enabled(ctx, level) }

// Handle writes what of r may be written.
func (s sieve) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, message(r.Message), 0)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(sift(a)...)
		return true
	})
	return s.next.Handle(ctx, out)
}

// WithAttrs keeps what of attrs may be written.
func (s sieve) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		kept = append(kept, sift(a)...)
	}
	return sieve{s.next.WithAttrs(kept)}
}

// WithGroup changes nothing: a group's name could be anything.
func (s sieve) WithGroup(string) slog.Handler { return s }

func sift(a slog.Attr) []slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		var kept []slog.Attr
		for _, inner := range v.Group() {
			kept = append(kept, sift(inner)...)
		}
		return kept
	}
	if err, ok := v.Any().(error); ok && (a.Key == "error" || a.Key == "err") {
		return []slog.Attr{slog.String("error_kind", kindOf(err))}
	}
	shape, known := shapes[a.Key]
	if !known {
		return nil
	}
	if v, ok := shape(v); ok {
		return []slog.Attr{{Key: a.Key, Value: v}}
	}
	return []slog.Attr{slog.String(a.Key, "withheld")}
}

// shapes are the fields that may be written and what they must look like.
var shapes = map[string]func(slog.Value) (slog.Value, bool){
	"method":     shaped(`^[A-Z]{3,7}$`),
	"route":      shaped(`^[a-z/][A-Za-z0-9/:*_.?+-]{0,99}$`),
	"request_id": shaped(`^[a-p]{16}$`),
	"error_kind": shaped(`^[a-z_]{1,30}$`), // what kindOf says does not pass here
	"where":      shaped(`^[a-z/_]+\.go:[0-9]{1,5}$`),
	"component":  shaped(`^[a-z][a-z0-9 ._/-]{0,39}$`),
	"version":    shaped(`^[A-Za-z0-9.+-]{1,40}$`),
	"dialect":    shaped(`^(postgres|sqlite)$`),
	"addr":       listener,
	"status":     number, "ms": number, "bytes": number, "count": number, "rows": number,
	"replicas": number, "step": number, "total": number, "duration": number,
}

// personal finds what looks like a phone, a receipt or an identity number,
// also with gaps, and addresses of machines.
var personal = regexp.MustCompile(`(\d[ -]?){7,}|\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*::|([0-9a-fA-F]{1,4}:){3}`)

func shaped(pattern string) func(slog.Value) (slog.Value, bool) {
	shape := regexp.MustCompile(pattern)
	return func(v slog.Value) (slog.Value, bool) {
		return v, v.Kind() == slog.KindString && shape.MatchString(v.String()) && !personal.MatchString(v.String())
	}
}

// number lets counts through and nothing long enough to be a phone. Durations
// become milliseconds.
func number(v slog.Value) (slog.Value, bool) {
	const phone = 10_000_000_000
	switch v.Kind() {
	case slog.KindInt64:
		return v, v.Int64() < phone && v.Int64() > -phone
	case slog.KindUint64:
		return v, v.Uint64() < phone
	case slog.KindDuration:
		return slog.Float64Value(float64(v.Duration()) / float64(time.Millisecond)), true
	case slog.KindFloat64:
		return v, v.Float64() < phone && v.Float64() > -phone
	}
	return v, false
}

// listener lets the portal's own listening address through. Visitors have no
// loopback address.
func listener(v slog.Value) (slog.Value, bool) {
	addr, err := netip.ParseAddrPort(v.String())
	if err != nil {
		return v, false
	}
	own := addr.Addr().IsLoopback() || addr.Addr().IsUnspecified()
	return v, own
}

// sentence is plain English without proper names but those of our machinery.
var sentence = regexp.MustCompile(`^[A-Za-z]+((,|:|;|\.)? ([a-z0-9'()/_-]{1,24}|Redis|PostgreSQL|SQLite|SQL|HTTP|TLS))*\.?$`)

func message(text string) string {
	if len(text) > 120 || !sentence.MatchString(text) || personal.MatchString(strings.TrimSpace(text)) {
		return "message withheld"
	}
	return text
}
