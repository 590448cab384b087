package notice_test

import (
	"slices"
	"strings"
	"testing"

	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
)

// table is that of DOMAIN §7: kind, levels, days for a county and for a village,
// duty, table and its stage, marks, type-specific fields. What its table asks for
// besides stands elsewhere: meeting and attendance in the minutes, numbers of
// households in the roll, name, number, source and total in the fund, the columns
// of a table in its rows.
const table = `
LIST_VILLAGE   village,town             7  7   notice.list   households village  personal          | objection_channel
LIST_TOWN      town                     7  7   notice.list   households town     personal          | sample_share objection_channel
LIST_COUNTY    county                   7  7   notice.list   households county   personal,counts,announces|
EXIT_VILLAGE   village,town             7  7   notice.list   exits      village  personal          | exit_year objection_channel
EXIT_ANN       county,village,town      7  7   notice.list   exits      county   personal,announces| approved_by approved_on
FUND_ALLOC     city,county,town,village 0  10  notice.fund   allocation final    fund,announces    | fund_use fund_principle
ANNUAL_PLAN    county,town,village      0  10  notice.plan   projects   final    -                 | plan_phase
PROJECT_LIB    village,town,county      10 10  -             projects   final    -                 |
PROJECT_PRE    city,county,town,village 10 10  -             -          -        -                 | project_name funding works works_period owner_unit owner_person builder_unit builder_person bidding beneficiaries
PROJECT_DONE   city,county,town,village 10 10  -             -          -        announces         | fund_spent works_result acceptance performance
SUBSIDY_ROSTER village,town             7  7   -             payments   final    personal          | programme standard batch
CIRCULAR_PUB   city,county              0  0   -             -          -        announces         | addressee covered situation verdict demands deadline
RESULT_PUB     city,county,town         10 10  notice.result -          -        announces         | problem_kind found handled
POLICY         city,county,town         0  0   notice.plan   -          -        announces         |
CORRECTION     city,county,town,village 0  0   -             -          -        announces         | original_number corrected correction_reason
`

// common is asked for by every notice.
var common = []string{"contact_unit", "contact_phone", "contact_address", "report_phone"}

func TestKindsAreThoseOfTheDomain(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	kinds := notice.Kinds()
	if len(kinds) != 15 || len(lines) != 15 {
		t.Fatalf("%d kinds, %d lines; want fifteen", len(kinds), len(lines))
	}
	for i, line := range lines {
		rules, fields, _ := strings.Cut(line, "|")
		if got, want := describe(kinds[i]), strings.Join(strings.Fields(rules), " "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		want := append(strings.Fields(fields), common...)
		var got []string
		for _, f := range kinds[i].Fields {
			if got = append(got, f.Code); !f.Required || f.Max <= 0 {
				t.Errorf("%s: %s may be empty or as long as one likes", kinds[i].Code, f.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s asks for %v; want %v", kinds[i].Code, got, want)
		}
	}
}

// describe writes a kind as a line of the table.
func describe(k notice.Kind) string {
	var levels, marks []string
	for _, l := range k.Levels {
		levels = append(levels, string(l))
	}
	for mark, on := range map[string]bool{"personal": k.Personal, "announces": k.Announcement, "fund": k.Fund, "counts": k.CountsOnly} {
		if on {
			marks = append(marks, mark)
		}
	}
	slices.Sort(marks)
	slices.Reverse(marks)
	days := strings.Fields("0 1 2 3 4 5 6 7 8 9 10")
	parts := []string{k.Code, strings.Join(levels, ","), days[k.MinDaysFor(region.County)], days[k.MinDaysFor(region.Village)],
		k.Rule, string(k.Roll), string(k.Stage), strings.Join(marks, ",")}
	for i, p := range parts {
		if p == "" {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, " ")
}

func TestKindsThatNamePeopleHaveAnEnd(t *testing.T) {
	for _, k := range notice.Kinds() {
		if k.Roll.Personal() != k.Personal {
			t.Errorf("%s: rows are people %v, kind names people %v", k.Code, k.Roll.Personal(), k.Personal)
		}
		for _, level := range k.Levels {
			if k.Personal && k.MinDaysFor(level) == 0 {
				t.Errorf("%s would stand for the long term with names in it", k.Code)
			}
		}
		if k.Basis == "" || strings.Contains(k.Basis, "[") {
			t.Errorf("%s: basis %q", k.Code, k.Basis)
		}
		if (k.Roll == "") != (k.Stage == "") {
			t.Errorf("%s: table %q goes to stage %q", k.Code, k.Roll, k.Stage)
		}
	}
	if got, ok := notice.KindOf("LIST_TOWN"); !ok || got.Stage != roll.Town || !got.PublishedBy(region.Town) || got.PublishedBy(region.City) {
		t.Errorf("KindOf(LIST_TOWN): %+v, %v", got, ok)
	}
	if _, ok := notice.KindOf("LIST"); ok {
		t.Error("LIST is a kind")
	}
}

func TestFirstEndCountsBothDays(t *testing.T) {
	for code, want := range map[string][2]string{
		"LIST_VILLAGE": {"2026-11-29", "2026-11-29"}, "PROJECT_PRE": {"2026-12-02", "2026-12-02"}, "FUND_ALLOC": {"", "2026-12-02"},
	} {
		k, _ := notice.KindOf(code)
		for i, level := range []region.Level{region.City, region.Town} {
			if got := k.FirstEnd(level, "2026-11-23"); string(got) != want[i] {
				t.Errorf("%s of a %s ends on %q; want %q", code, level, got, want[i])
			}
		}
	}
}
