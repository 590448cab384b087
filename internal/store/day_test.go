package store_test

import (
	"testing"
	"time"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
)

// The database must turn an instant into the same day as the program does, at
// midnight in Shanghai, with and without microseconds.
func TestTheDatabaseKnowsTheDaysOfShanghai(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		db := s.Read(t.Context())
		kind := map[bool]string{true: "timestamptz", false: "datetime"}[s.Postgres()]
		if err := db.Exec("CREATE TABLE moment (n integer, early " + kind + ", late " + kind + ")").Error; err != nil {
			t.Fatal(err)
		}
		early := time.Date(2026, 2, 27, 15, 59, 59, 999999000, time.UTC) // one microsecond before midnight
		for n, late := range []time.Time{
			early, early.Add(time.Microsecond), early.Add(24*time.Hour - time.Second), early.Add(24*time.Hour + time.Second), early.AddDate(1, 0, 2),
			time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC),
		} {
			if err := db.Exec("INSERT INTO moment VALUES (?, ?, ?)", n, early, late).Error; err != nil {
				t.Fatal(err)
			}
			var got struct {
				Day    workday.Date
				Days   int
				Within bool
			}
			text := "SELECT " + s.Day("late") + " AS day, " + s.DaysFrom("early", "late") + " AS days, early > " + s.DaysBefore("late", 1) + " AS within FROM moment WHERE n = ?"
			if err := db.Raw(text, n).Scan(&got).Error; err != nil {
				t.Fatal(err)
			}
			want := workday.On(late)
			if got.Day != want || got.Days != want.Sub(workday.On(early)) || got.Within != (late.Sub(early) < 24*time.Hour) {
				t.Errorf("%s: %+v, want %s, %d days after", late, got, want, want.Sub(workday.On(early)))
			}
		}
	})
}
