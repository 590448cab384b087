package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/retention"
	"minsheng/staff"
)

// erasing is what may be done with an erasure in the database that no two people
// decided, and what the verifier says of it.
var erasing = []struct {
	name string
	do   []string
	says string
}{
	{"the keys of words deleted", []string{"DELETE FROM content_key WHERE owner_id IN (SELECT report_id FROM complaint WHERE erased = '')"}, "the key of the words"},
	{"a name deleted", []string{"DELETE FROM sealed_blob WHERE kind = 'identity' AND owner_id IN (SELECT report_id FROM complaint WHERE erased = '')"}, "the name of report"},
	{"why a name was asked for deleted", []string{
		"INSERT INTO identity_opening (id, complaint_id, purpose, asked_by, asked_at, state) SELECT erasure.id, complaint.id, 'visit', erasure.asked_by, erasure.asked_at, 'over' FROM erasure, complaint WHERE erased = '' ORDER BY complaint.seq LIMIT 1",
	}, "why it was to be opened"},
	{"why a name was opened deleted", []string{
		"INSERT INTO step_reason (id, complaint_id, step, words_sealed, by_id, at) SELECT erasure.id, complaint.id, 'reveal_name', x'', erasure.asked_by, erasure.asked_at FROM erasure, complaint WHERE erased = '' ORDER BY complaint.seq LIMIT 1",
	}, "why it was opened"},
	{"why a name was asked for is back", []string{
		"INSERT INTO name_note (owner_id, report_id, recipient_kind, recipient_id, generation, sealed) SELECT id, report_id, 'server', '', 1, report_id FROM erasure WHERE what = 'names'",
	}, "were destroyed, and are there"},
	{"a report called destroyed", []string{"UPDATE complaint SET erased = 'words' WHERE erased = ''"}, "nobody decided it"},
	{"an erasure by one alone", []string{"UPDATE event SET actor_id = (SELECT asked_by FROM erasure WHERE what = 'words') WHERE kind = 'erased' AND subject_kind = 'report'"}, "nobody else asked"},
	{"one that nobody asked for", []string{"DELETE FROM event WHERE kind = 'erasure_asked'"}, "nobody else asked"},
	{"what was destroyed is back", []string{"UPDATE complaint SET erased = ''"}, "came back"},
	{"what was told opens again", []string{
		"INSERT INTO message (id, report_id, side, kind, body_sealed, at, keyed) SELECT erasure.id, report_id, 'office', 'talk', report_id, asked_at, true FROM erasure WHERE what = 'words'",
		"INSERT INTO told_key (owner_id, report_id, sealed) SELECT erasure.id, report_id, report_id FROM erasure WHERE what = 'words'",
	}, "were destroyed, and are there"},
	{"a key that was destroyed is back", []string{"INSERT INTO content_key (owner_id, recipient_kind, recipient_id, generation, sealed) SELECT report_id, 'server', '', 1, report_id FROM erasure WHERE what = 'words'"}, "were destroyed, and are there"},
}

// TestVerifyDatabaseAcceptsWhatTwoDestroyed, and nothing else.
func TestVerifyDatabaseAcceptsWhatTwoDestroyed(t *testing.T) {
	t.Parallel()
	whole, _ := recorded(t)
	ctx := context.Background()
	h := whole.house()
	var old []intake.Complaint
	if err := h.store.Read(ctx).Order("seq").Limit(2).Find(&old).Error; err != nil {
		t.Fatal(err)
	}
	desk := old[0].DeskUnitID
	for _, c := range h.atlas.Above(desk) {
		desk = c // the highest
	}
	person := func(role staff.Role) staff.Officer {
		id, now := uuid.Must(uuid.NewV7()), h.store.Now()
		err := h.store.Read(ctx).Table("account").Create(map[string]any{"id": id, "login": id.String(), "name": "员", "unit_id": desk, "state": "active", "password_salt": []byte{1}, "password_check": []byte{1},
			"must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error
		if err != nil {
			t.Fatal(err)
		}
		return staff.Officer{ID: id, Name: "员", UnitID: desk, Roles: []staff.Role{role}}
	}
	keeper, chief := person(staff.IdentityCustodian), person(staff.Supervisor)
	for i, c := range old {
		if err := h.store.Read(ctx).Exec("UPDATE complaint SET state = 'closed', closed_at = ? WHERE id = ?", h.store.Now().AddDate(-40, 0, 0), c.ID).Error; err != nil {
			t.Fatal(err)
		}
		if err := h.keeping.Ask(ctx, keeper, c.ID, retention.Whats()[i], retention.Due, ""); err != nil {
			t.Fatal(err)
		}
		var asked struct{ ID uuid.UUID }
		if err := store.One(h.store.Read(ctx).Table("erasure").Where("state = 'asked'"), &asked); err != nil {
			t.Fatal(err)
		}
		if err := h.keeping.Rule(ctx, chief, asked.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.log.Turn(ctx); err != nil {
		t.Fatal(err)
	}
	h.close()
	if out := whole.must("verify", "database"); !strings.Contains(out, "everything agrees") {
		t.Fatal(out)
	}
	if text, err := os.ReadFile(h.settings.lastErased()); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Fatalf("outside: %s, %v", text, err)
	}
	for _, harm := range erasing {
		t.Run(harm.name, func(t *testing.T) {
			i := whole.copied(t)
			i.alter(harm.do...)
			if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, harm.says) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
