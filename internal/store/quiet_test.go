package store_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

func TestFailedStatementsAreLoggedWithoutTheirValues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == "error" { // the portal's own logger reduces errors to their kind
				return slog.Attr{}
			}
			return a
		}})))
		defer slog.SetDefault(before)
		const secret = "13800000000"
		db := s.Read(context.Background())
		if db.Exec("INSERT INTO nowhere (phone) VALUES (?)", secret).Error == nil ||
			db.Raw("SELECT phone FROM nowhere WHERE phone = ?", secret).Scan(new(string)).Error == nil ||
			db.Table("nowhere").Create(map[string]any{"phone": secret}).Error == nil {
			t.Fatal("a statement on a table that does not exist worked")
		}
		if got := strings.Count(log.String(), "statement failed"); got != 3 {
			t.Errorf("%d failures were logged, want 3", got)
		}
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds a value: %s", log.String())
		}
	})
}
