package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// quiet is GORM's logger. It never asks for the statement: GORM's own loggers
// write the values of raw statements into it, and the values are people's
// words.
type quiet struct{}

// slow is how long a statement may take before the log tells of it.
const slow = 500 * time.Millisecond

// LogMode changes nothing: what may be logged is not a matter of level.
func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }

// Info, Warn and Error keep silent: what GORM says there can hold values.
func (quiet) Info(context.Context, string, ...any) {}

// Warn is as silent as Info.
func (quiet) Warn(context.Context, string, ...any) {}

// Error is as silent as Info.
func (quiet) Error(context.Context, string, ...any) {}

// Trace tells that a statement failed or was slow, not which.
func (quiet) Trace(ctx context.Context, began time.Time, _ func() (string, int64), err error) {
	took := time.Since(began)
	switch {
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound) && !IsDuplicate(err):
		slog.ErrorContext(ctx, "statement failed", "component", "store", "error", err, "ms", took.Milliseconds())
	case took > slow:
		slog.WarnContext(ctx, "statement was slow", "component", "store", "ms", took.Milliseconds())
	}
}
