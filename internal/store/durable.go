package store

import (
	"context"
	"fmt"
	"time"
)

// Durable returns an error that names the first setting under which an
// acknowledged commit could be lost; nil where nothing has to be kept.
func (s *Store) Durable(ctx context.Context) error {
	if s.throwaway {
		return nil
	}
	if !s.Postgres() {
		return s.durableSQLite(ctx)
	}
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := s.Read(ctx).Raw("SELECT current_setting(?)", setting).Scan(&value).Error; err != nil {
			return fmt.Errorf("store: read %s: %w", setting, err)
		}
		if value == "off" {
			return fmt.Errorf("store: PostgreSQL runs with %s=off: acknowledged reports could be lost", setting)
		}
	}
	return nil
}

func (s *Store) durableSQLite(ctx context.Context) error {
	var mode string
	var sync int
	if err := s.Read(ctx).Raw("PRAGMA journal_mode").Scan(&mode).Error; err != nil {
		return fmt.Errorf("store: read journal_mode: %w", err)
	}
	if err := s.Read(ctx).Raw("PRAGMA synchronous").Scan(&sync).Error; err != nil {
		return fmt.Errorf("store: read synchronous: %w", err)
	}
	if mode != "wal" || sync < 2 {
		return fmt.Errorf("store: SQLite runs with journal_mode=%s synchronous=%d: acknowledged reports could be lost", mode, sync)
	}
	return nil
}

// ClockSkew is how far this machine's clock is ahead of the database's. It is
// zero for SQLite, which has no clock of its own.
func (s *Store) ClockSkew(ctx context.Context) (time.Duration, error) {
	if !s.Postgres() {
		return 0, nil
	}
	var theirs time.Time
	before := s.now()
	if err := s.Read(ctx).Raw("SELECT clock_timestamp()").Scan(&theirs).Error; err != nil {
		return 0, fmt.Errorf("store: read clock: %w", err)
	}
	middle := before.Add(s.now().Sub(before) / 2)
	return middle.Sub(theirs), nil
}
