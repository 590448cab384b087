package view

import (
	"strconv"
	"strings"
	"testing"

	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

func TestWhyTellsHowADateWasCounted(t *testing.T) {
	r, _ := load(t)
	c := workday.BuiltIn()
	for _, test := range []struct {
		name  string
		limit Limit
		words []string
		days  map[string]string // title of the month and day → class
	}{
		{"across National Day", Limit{From: "2026-09-28", Due: "2026-10-10", N: 5, Unit: workday.WorkingDays},
			[]string{"从2026年9月28日起算", "5个上班的日子", "国庆节", "调休上班的日子也算：2026年10月10日"},
			map[string]string{"2026年9月 28": "start", "2026年9月 29": "counted", "2026年10月 1": "off", "2026年10月 8": "counted", "2026年10月 10": "due"}},
		{"moved to a working day", Limit{From: "2026-11-06", Due: "2026-11-23", N: 15, Unit: workday.CalendarDays},
			[]string{"15天", "最后一天2026年11月21日休息", "2026年11月23日"},
			map[string]string{"2026年11月 21": "counted", "2026年11月 22": "off", "2026年11月 23": "due"}},
		{"paused", Limit{From: "2026-03-02", Due: "2026-04-13", N: 30, Unit: workday.CalendarDays, Pauses: []workday.Span{{First: "2026-03-10", Last: "2026-03-19"}}},
			[]string{"2026年3月10日到2026年3月19日停下来不算"}, map[string]string{"2026年3月 12": "paused", "2026年3月 20": "counted"}},
		{"kept because it was told", Limit{From: "2026-03-02", Due: "2026-03-20", N: 15, Unit: workday.CalendarDays},
			[]string{"告诉过您的日子不会提前"}, nil},
		{"not announced", Limit{From: "2026-12-31", Due: "2027-01-04", N: 1, Unit: workday.WorkingDays, Provisional: true},
			[]string{"预估"}, map[string]string{"2026年12月 31": "start", "2027年1月 4": "due"}},
		{"granted", Limit{From: "2026-03-02", Due: "2026-03-12", N: 10, Unit: workday.CalendarDays, Granted: true}, []string{"批准或商定"}, nil},
	} {
		w := r.Why(locale.Chinese, test.limit, c)
		said := strings.Join(w.Words, "\n")
		for _, word := range test.words {
			if !strings.Contains(said, word) {
				t.Errorf("%s: %q is not in %q", test.name, word, said)
			}
		}
		classes := map[string]string{}
		for _, month := range w.Months {
			for _, week := range month.Weeks {
				for _, day := range week {
					classes[month.Title+" "+strconv.Itoa(day.N)] = day.Class
				}
			}
		}
		for day, class := range test.days {
			if classes[day] != class {
				t.Errorf("%s: %s is %q, want %q", test.name, day, classes[day], class)
			}
		}
	}
}

func TestASheetBeginsOnTheRightDayOfTheWeek(t *testing.T) {
	r, _ := load(t)
	w := r.Why(locale.English, Limit{From: "2026-03-02", Due: "2026-03-04", N: 2, Unit: workday.CalendarDays}, workday.BuiltIn())
	if len(w.Months) != 1 || len(w.Days) != 7 || w.Days[0] != "Mo" {
		t.Fatalf("%+v", w)
	}
	// 1 March 2026 is a Sunday, 31 March a Tuesday.
	weeks := w.Months[0].Weeks
	if weeks[0][6].N != 1 || weeks[0][5].N != 0 || weeks[len(weeks)-1][1].N != 31 || weeks[1][0].Class != "start" || weeks[1][2].Class != "due" {
		t.Errorf("%+v", weeks)
	}
	if long := r.Why(locale.English, Limit{From: "2025-01-01", Due: "2026-01-04", N: 366, Unit: workday.CalendarDays}, workday.BuiltIn()); long.Months != nil {
		t.Errorf("%d sheets for a year", len(long.Months))
	}
}
