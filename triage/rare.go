package triage

import (
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// rareKept is how many pieces of a summary are looked for at most.
const rareKept = 8

// A piece says nothing about a case ("补助", "村里") when more than this share
// of the indexed cases have it, and not just a handful of them.
const (
	commonShare = 0.002
	commonCases = 20
)

// rareGrams keeps the pieces that few cases have. PostgreSQL's statistics know
// the most common ones; SQLite's index counts each exactly.
func (q *Queue) rareGrams(db *gorm.DB, grams []string) ([]string, error) {
	if len(grams) == 0 {
		return nil, nil
	}
	find := commonInIndex
	if q.store.Postgres() {
		find = func(db *gorm.DB, _ []string) ([]string, error) { return q.common.by(q.store.Now(), db) }
	}
	common, err := find(db, grams)
	if err != nil {
		return nil, err
	}
	grams = slices.Compact(slices.Sorted(slices.Values(grams)))
	rare := slices.DeleteFunc(grams, func(g string) bool { return slices.Contains(common, g) })
	// Longer pieces are numbers and latin names; they tell cases apart best.
	slices.SortStableFunc(rare, func(a, b string) int { return len(b) - len(a) })
	return rare[:min(len(rare), rareKept)], nil
}

// commonInIndex counts no further than it must: SQLite's index knows no
// shares.
func commonInIndex(db *gorm.DB, grams []string) ([]string, error) {
	var last int64
	err := db.Raw("SELECT COALESCE(MAX(rowid), 0) FROM (SELECT rowid FROM complaint_search ORDER BY rowid DESC LIMIT 1)").Scan(&last).Error
	if err != nil {
		return nil, err
	}
	most := min(max(commonCases, int64(commonShare*float64(last))), 10*commonCases)
	var common []string
	for _, g := range grams {
		var n int64
		err := db.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM complaint_search WHERE complaint_search MATCH ? LIMIT ?)",
			quoted([]string{g}, `"`, ""), most+1).Scan(&n).Error
		if err != nil {
			return nil, err
		}
		if n > most {
			common = append(common, g)
		}
	}
	return common, nil
}

// commonGrams remembers PostgreSQL's statistics of the index for a minute:
// they change when the table is analysed, and only decide how a search goes
// about it, never what it finds.
type commonGrams struct {
	mu    sync.Mutex
	at    time.Time
	grams []string
}

func (c *commonGrams) by(now time.Time, db *gorm.DB) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.at).Abs() < time.Minute {
		return c.grams, nil
	}
	var common []string
	err := db.Raw(`SELECT gram FROM (
			SELECT unnest(most_common_elems::text::text[]) AS gram, unnest(most_common_elem_freqs) AS share
			FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'complaint_search' AND attname = 'grams'
		) known WHERE gram IS NOT NULL AND share > ?
			AND share * (SELECT reltuples FROM pg_class WHERE oid = 'complaint_search'::regclass) > ?`,
		commonShare, commonCases).Scan(&common).Error
	if err == nil {
		c.at, c.grams = now, common
	}
	return common, err
}
