package staff_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/region"
	"minsheng/staff"
)

func TestAttendanceIsOfThoseWhoAreExpected(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		county, other := h.panel["盘县督"], h.panel["洼督"]
		ago := func(days int) time.Time { return h.store.Now().AddDate(0, 0, -days) }
		account := func(unit region.Unit, state string, role staff.Role, made time.Time, seen *time.Time) {
			t.Helper()
			id := uuid.Must(uuid.NewV7())
			db := h.store.Read(ctx)
			row := map[string]any{"id": id, "login": id.String(), "name": "员", "unit_id": unit.ID, "state": state, "password_salt": []byte{1}, "password_check": []byte{1},
				"must_change": false, "totp_last_step": 0, "last_seen_at": seen, "created_at": made, "updated_at": made, "version": 1}
			if err := db.Table("account").Create(row).Error; err != nil {
				t.Fatal(err)
			}
			if err := db.Table("account_role").Create(map[string]any{"account_id": id, "role": string(role), "granted_at": made}).Error; err != nil {
				t.Fatal(err)
			}
		}
		fortnight, yesterday := ago(14), ago(1)
		account(county, "active", staff.TriageOfficer, ago(90), &fortnight)
		account(county, "active", staff.UnitHandler, ago(20), nil)              // never came
		account(county, "active", staff.Administrator, ago(90), &yesterday)     // is not expected
		account(county, "active", staff.IdentityCustodian, ago(90), &yesterday) // nor is this
		account(county, "disabled", staff.TriageOfficer, ago(90), &yesterday)   // may not come
		account(other, "active", staff.Publisher, ago(3), nil)                  // counts from its first day
		account(h.city, "active", staff.Auditor, ago(90), &yesterday)
		for i := range 3 { // more of them change nothing
			account(county, "active", staff.Registrar, ago(30+i), nil)
		}
		seen, err := h.Attendance(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2 || !seen[county.ID].Equal(fortnight.UTC()) || fmt.Sprint(seen[other.ID].Sub(ago(3)).Round(time.Minute)) != "0s" {
			t.Errorf("%v", seen)
		}
	})
}
