package journey_test

import (
	"fmt"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
)

// weekPasses lets the days of publicity of a list go by: in the database of the
// running demo everything that has a day on the list is moved back until the
// last day was yesterday. Nobody can wait a week for a test, and a portal whose
// clock visitors could set would be a worse one. list is the path of a notice.
func weekPasses(t *testing.T, folder, list string) {
	t.Helper()
	s := demoStore(t, folder)
	if err := s.Transact(t.Context(), func(tx *gorm.DB) error {
		var n notice.Notice
		if err := store.One(tx.Where("id = ?", uuid.MustParse(path.Base(list))), &n); err != nil {
			return err
		}
		return moveBack(tx, *n.RollID, n.EndsOn.Sub(workday.On(s.Now()))+1)
	}); err != nil {
		t.Fatalf("let a week pass: %v", err)
	}
}

// demoStore opens the database of the running demo.
func demoStore(t *testing.T, folder string) *store.Store {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "minsheng-demo-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the demo's folder: %v, %v", found, err)
	}
	s, err := store.Open(t.Context(), store.Config{Dir: found[0]})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// moveBack makes a list older by some days: its notices, and until when its
// rows stand.
func moveBack(tx *gorm.DB, list uuid.UUID, days int) error {
	var notices []notice.Notice
	if err := tx.Where("roll_id = ? AND published_at IS NOT NULL", list).Find(&notices).Error; err != nil {
		return err
	}
	for _, n := range notices {
		older := map[string]any{"starts_on": n.StartsOn.Add(-days), "ends_on": n.EndsOn.Add(-days), "published_at": n.PublishedAt.AddDate(0, 0, -days)}
		if err := tx.Model(&notice.Notice{}).Where("id = ?", n.ID).Updates(older).Error; err != nil {
			return err
		}
	}
	back := fmt.Sprintf("-%d days", days)
	if err := tx.Exec("UPDATE roll_row SET stands_until = date(stands_until, ?) WHERE roll_id = ? AND stands_until <> ''", back, list).Error; err != nil {
		return err
	}
	if err := tx.Exec("UPDATE roll_minutes SET met_on = date(met_on, ?) WHERE roll_id = ?", back, list).Error; err != nil {
		return err
	}
	return notice.Touch(tx)
}
