package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
	"minsheng/staff/stafftest"
)

// BenchmarkSafeguards measures what sealing and the public log cost a report sent
// through the whole portal, by somebody who leaves a name and accuses an office that
// works here: against a portal whose offices have no keys and whose events go into
// no queue. Both are processes of their own and take turns: with four reports at a
// time, which is many, and in a flood, when there is no time to prepare envelopes.
//
//	scripts/bench
func BenchmarkSafeguards(b *testing.B) {
	binary := buildPortal(b)
	with, without := safeguarded(b, binary, true), safeguarded(b, binary, false)
	fill := map[string]string{"mode": "confidential", "name": "柳大有", "phone": "13800000000", "accused": "town"}
	ratio := func(rounds, reports int, pause time.Duration) float64 {
		var all []float64
		for range rounds {
			ours := submitSome(b, with.addr, reports, fill)
			all = append(all, submitSome(b, without.addr, reports, fill)/ours)
			time.Sleep(pause)
		}
		return median(all)
	}
	b.ReportMetric(ratio(60, 4, 200*time.Millisecond), "of-without")
	b.ReportMetric(ratio(7, 200, 0), "of-without-in-a-flood")
	b.ReportMetric(0, "ns/op")
}

// safeguarded is a portal on PostgreSQL with an office that can be accused; kept
// means that county and city hold keys, and that the log is written.
func safeguarded(b *testing.B, binary string, kept bool) measured {
	environ := []string{"PORTAL_DATA=" + b.TempDir(), "DATABASE_URL=" + storetest.PostgresURL(b), "PORTAL_CAPTCHA=off", "PORTAL_LIMITS=off"}
	run1(b, binary, environ, "migrate", "up")
	run1(b, binary, environ, "staff", "list") // makes the offices
	settings, err := readSettings(environ)
	if err != nil {
		b.Fatal(err)
	}
	h, err := openRooms(b.Context(), settings, options{})
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	town, err := h.atlas.AddTownOffice(b.Context(), "211122111000")
	if err != nil {
		b.Fatal(err)
	}
	h.employs(b, town.Name, staff.UnitHandler)
	if !kept {
		if err := h.store.Read(b.Context()).Exec("DROP TRIGGER event_into_log ON event").Error; err != nil {
			b.Fatal(err)
		}
	}
	for _, office := range []string{"盘山县督查室", "盘锦市委市政府督查室"} {
		for duty, role := range map[custody.Duty]staff.Role{custody.Identity: staff.IdentityCustodian, custody.Handling: staff.TriageOfficer} {
			first, second := h.employs(b, office, role), h.employs(b, office, role)
			if !kept {
				continue
			}
			ring := h.custody.Ring(duty)
			if err := ring.Create(b.Context(), first.Officer, first.Key); err != nil {
				b.Fatal(err)
			}
			if err := ring.Admit(b.Context(), first.Officer, first.Key, second.Officer.ID, second.Key.Recipient()); err != nil {
				b.Fatal(err)
			}
		}
	}
	return startMeasured(b, binary, environ...)
}

// employs is somebody new of an office in a session of their own.
func (h *house) employs(b *testing.B, office string, role staff.Role) staff.Session {
	b.Helper()
	unit, err := h.officeNamed(office)
	if err != nil {
		b.Fatal(err)
	}
	login := "x" + uuid.NewString()[:8]
	if _, err := h.staff.AddFromCommandLine(b.Context(), staff.NewAccount{Login: login, Name: "员工", UnitID: unit.ID, Roles: []staff.Role{role}}); err != nil {
		b.Fatal(err)
	}
	var account struct{ ID uuid.UUID }
	if err := store.One(h.store.Read(context.Background()).Table("account").Where("login = ?", login), &account); err != nil {
		b.Fatal(err)
	}
	return stafftest.Session(b, h.store, h.keys, h.staff, account.ID)
}
