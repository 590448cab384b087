package main

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const calendarFile = `date,kind,name,source
2027-01-01,off,元旦,国务院办公厅关于2027年部分节假日安排的通知
2027-02-05,off,春节,国务院办公厅关于2027年部分节假日安排的通知
2027-02-14,work,春节,国务院办公厅关于2027年部分节假日安排的通知
2027-10-01,off,国庆节,国务院办公厅关于2027年部分节假日安排的通知
2026-10-10,work,国庆节,国务院办公厅关于2026年部分节假日安排的通知
`

func TestImportCalendar(t *testing.T) {
	t.Parallel()
	i := install(t)
	wrong := strings.Replace(strings.Replace(calendarFile, "2027-02-05,off", "2027-02-30,off", 1), "2027-02-14,work", "2027-02-14,worked", 1)
	if out, err := i.run("import", "calendar", "-write", i.file(wrong)); err == nil || !strings.Contains(err.Error(), "line 3: ") || !strings.Contains(err.Error(), "line 4: ") {
		t.Errorf("two wrong lines: %v\n%s", err, out)
	}
	if _, err := i.run("import", "calendar", "-write", "-announces", "2027", i.file(strings.Replace(calendarFile, "2027-10-01", "2027-10-02", 1))); err == nil || !strings.Contains(err.Error(), "2027") {
		t.Errorf("a year that is not told whole: %v", err)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(calendarFile) // as WPS saves it
	if err != nil {
		t.Fatal(err)
	}
	file := i.file(gb)
	out := i.must("import", "calendar", "-announces", "2027", file)
	for _, want := range []string{"2027-02-14 work 春节 (new)", "4 new, 0 changed, 1 the same", "2027 is announced", "0 running dates are counted again", "rehearsal"} {
		if !strings.Contains(out, want) {
			t.Errorf("says nothing of %q:\n%s", want, out)
		}
	}
	if h := i.house(); h.clocks.Calendar().Announced(2027) {
		t.Error("a rehearsal was kept")
	}
	i.must("import", "calendar", file, "-write", "-announces", "2027")
	h := i.house()
	if works, presumed := h.clocks.Calendar().IsWorkday("2027-02-14"); !works || presumed || !h.clocks.Calendar().Announced(2027) {
		t.Errorf("a Sunday that is worked: %v, presumed %v", works, presumed)
	}
	if again := i.must("import", "calendar", "-write", file); !strings.Contains(again, "0 new, 0 changed, 5 the same") {
		t.Errorf("again:\n%s", again)
	}
	for _, args := range [][]string{{"import", "calendar"}, {"import", "calendar", "-announces", "next", file}, {"import", "calendar", "/nowhere.csv"}} {
		if _, err := i.run(args...); err == nil {
			t.Errorf("portal %s was accepted", strings.Join(args, " "))
		}
	}
}
