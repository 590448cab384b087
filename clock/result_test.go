package clock_test

import (
	"slices"
	"testing"

	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// results tells, by last day, to what the dates of a subject came by a day.
func (w *tower) results(d clock.Deadline, today workday.Date) (all []string) {
	w.t.Helper()
	for _, r := range clock.Results() {
		var days []workday.Date
		came := w.Came(r, "deadline.met_at", today)
		w.must(w.store.Read(bg).Table("deadline").Where("subject_id = ?", d.SubjectID).Where(came).Order("due_on").Pluck("due_on", &days).Error)
		for _, day := range days {
			all = append(all, string(r)+" "+string(day))
		}
	}
	var any int64
	w.must(w.store.Read(bg).Table("deadline").Where("subject_id = ?", d.SubjectID).Where(w.Came("", "deadline.met_at", today)).Count(&any).Error)
	if int(any) != len(all) {
		w.t.Errorf("%d last days came to something, one by one %v", any, all)
	}
	return all
}

// A reply that is due on 6 May 2026, and on 5 June once it is put off.
func TestALastDayComesToOneResult(t *testing.T) {
	extend := func(w *tower, d clock.Deadline) {
		w.in(func(tx *gorm.DB) error { _, err := w.Extend(tx, d.SubjectID, reply, 30); return err })
	}
	meet := func(w *tower, d clock.Deadline) {
		w.in(func(tx *gorm.DB) error { return w.Meet(tx, d.SubjectID) })
	}
	type act struct {
		on workday.Date
		do func(w *tower, d clock.Deadline)
	}
	for name, test := range map[string]struct {
		acts  []act
		today workday.Date
		want  []string
	}{
		"running":                       {nil, "2026-05-06", nil},
		"running on":                    {nil, "2026-05-07", []string{"missed 2026-05-06"}},
		"met early":                     {[]act{{"2026-04-01", meet}}, "2026-04-02", []string{"kept 2026-05-06"}},
		"met on the last day":           {[]act{{"2026-05-06", meet}}, "2026-05-06", []string{"kept 2026-05-06"}},
		"met a day late":                {[]act{{"2026-05-07", meet}}, "2026-06-01", []string{"missed 2026-05-06"}},
		"extended":                      {[]act{{"2026-05-06", extend}}, "2026-05-06", []string{"extended 2026-05-06"}},
		"extended and kept":             {[]act{{"2026-05-04", extend}, {"2026-06-05", meet}}, "2026-07-01", []string{"extended 2026-05-06"}},
		"extended and missed":           {[]act{{"2026-05-04", extend}, {"2026-06-06", meet}}, "2026-07-01", []string{"extended 2026-05-06", "missed 2026-06-05"}},
		"extended and running on":       {[]act{{"2026-05-04", extend}}, "2026-06-06", []string{"extended 2026-05-06", "missed 2026-06-05"}},
		"extended when it was too late": {[]act{{"2026-05-07", extend}, {"2026-05-08", meet}}, "2026-07-01", []string{"missed 2026-05-06"}},
		"met and owed again": {[]act{{"2026-04-01", meet}, {"2026-04-02", func(w *tower, d clock.Deadline) {
			w.in(func(tx *gorm.DB) error { _, err := w.Start(tx, d.Subject(), reply, "2026-04-02"); return err })
		}}}, "2026-07-01", []string{"kept 2026-05-06", "missed 2026-06-01"}},
		"replaced by an earlier day": {[]act{{"2026-04-01", func(w *tower, d clock.Deadline) {
			earlier := d
			earlier.StartedOn, earlier.DueOn = "2026-02-02", "2026-04-03"
			w.in(func(tx *gorm.DB) error { return w.TakeOver(tx, d.SubjectID, earlier) })
		}}, {"2026-04-03", meet}}, "2026-07-01", []string{"kept 2026-04-03"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *tower) {
				w.on("2026-03-04")
				d := w.start(ledger.OfComplaint, "", reply, "2026-03-04")
				for _, a := range test.acts {
					w.on(a.on)
					a.do(w, d)
				}
				if got := w.results(d, test.today); !slices.Equal(got, test.want) {
					t.Errorf("%v, want %v", got, test.want)
				}
			})
		})
	}
}
