package console_test

import (
	"strings"
	"testing"

	"minsheng/portal/console"
	"minsheng/staff"
)

// What the table of routes says of two roles, for who asks: the matrix tries that
// it is so.

// TestTheAdministratorReadsNoCase: no address under which a case, or what came of
// one, is shown is an administrator's.
func TestTheAdministratorReadsNoCase(t *testing.T) {
	seen := 0
	for _, r := range console.Routes() {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/console/"), "/")
		if strings.HasPrefix(r.Path, "/console/") && strings.Contains("cases objections items inspections orders measures referrals releases audits papers register figures record refused entry crosscheck payments selfreports workreports bulletins field inspected served", first) {
			if seen++; staff.May([]staff.Role{staff.Administrator}, r.May) {
				t.Errorf("%s %s is open to an administrator", r.Method, r.Path)
			}
		}
	}
	if seen < 100 {
		t.Errorf("looked at %d routes", seen)
	}
}

// TestTheAuditorChangesNothing: an auditor's only forms are those of their own
// account.
func TestTheAuditorChangesNothing(t *testing.T) {
	reads := 0
	for _, r := range console.Routes() {
		if r.May == "" || !staff.May([]staff.Role{staff.Auditor}, r.May) {
			continue
		}
		if r.Method == "GET" {
			reads++
		} else if r.May != staff.OwnAccount && r.Path != "/console/audits/:id/end" {
			t.Errorf("%s %s is open to an auditor", r.Method, r.Path)
		}
	}
	if reads < 5 {
		t.Errorf("reads %d pages", reads)
	}
}
