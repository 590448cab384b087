package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/region"
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
	{"the request of those who destroyed deleted", []string{"DELETE FROM erasure WHERE objection_id IS NULL"}, "and the request of who asked for it is gone"},
	{"the keys of an objection deleted", []string{"DELETE FROM content_key WHERE owner_id IN (SELECT report_id FROM objection WHERE erased = '')"}, "the key of the words"},
	{"the name of an objector deleted", []string{"DELETE FROM sealed_blob WHERE kind = 'identity' AND owner_id IN (SELECT report_id FROM objection WHERE erased = '')"}, "the name of report"},
	{"an objection called destroyed", []string{"UPDATE objection SET erased = 'words' WHERE erased = ''"}, "nobody decided it"},
	{"called so under the receipt", []string{"UPDATE report_other SET erased = 'words' WHERE erased = ''"}, "nobody decided it"},
	{"an objection destroyed by one alone", []string{"UPDATE event SET actor_id = (SELECT asked_by FROM erasure WHERE objection_id IS NOT NULL) WHERE kind = 'erased' AND subject_id = (SELECT report_id FROM erasure WHERE objection_id IS NOT NULL)"}, "nobody else asked"},
	{"one that nobody asked for in an objection", []string{"DELETE FROM event WHERE kind = 'erasure_asked' AND subject_kind = 'objection'"}, "nobody else asked"},
	{"the request about an objection deleted", []string{"DELETE FROM erasure WHERE objection_id IS NOT NULL"}, "and the request of who asked for it is gone"},
	{"an objection is back", []string{"UPDATE objection SET erased = ''"}, "came back"},
	{"a picture of a visit is gone", []string{"UPDATE evidence_file SET original = '' WHERE owner_kind = 'objection_check' AND original <> ''"}, "a file of report"},
	{"the key of a visit's picture is gone", []string{"UPDATE evidence_file SET key_sealed = NULL WHERE owner_kind = 'objection_check' AND original <> ''"}, "the key of a file"},
	{"a picture of a visit is back", []string{"UPDATE evidence_file SET original = id WHERE owner_kind = 'objection_check' AND original = ''"}, "were destroyed, and are there"},
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
	destroy := func(of retention.Ref, what string) {
		if err := h.keeping.Ask(ctx, keeper, of, what, retention.Due, ""); err != nil {
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
	for i, c := range old {
		if err := h.store.Read(ctx).Exec("UPDATE complaint SET state = 'closed', closed_at = ? WHERE id = ?", h.store.Now().AddDate(-40, 0, 0), c.ID).Error; err != nil {
			t.Fatal(err)
		}
		destroy(retention.Case(c.ID), retention.Whats()[i])
	}
	worker := person(staff.TriageOfficer)
	destroy(retention.Objection(endedObjection(t, h, worker)), retention.Words)
	endedObjection(t, h, worker) // which nobody destroys
	if _, err := h.log.Turn(ctx); err != nil {
		t.Fatal(err)
	}
	h.close()
	if out := whole.must("verify", "database"); !strings.Contains(out, "everything agrees") {
		t.Fatal(out)
	}
	if text, err := os.ReadFile(h.settings.lastErased()); err != nil || strings.Count(string(text), "\n") != 3 {
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

// endedObjection is one with a name and a file from a visit that ended forty years ago.
func endedObjection(t *testing.T, h *house, by staff.Officer) uuid.UUID {
	t.Helper()
	ctx, now := context.Background(), h.store.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	publisher := h.atlas.Subtree(by.UnitID)[1]
	list, id := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	must(h.store.Read(ctx).Table("notice").Create(map[string]any{"id": list, "kind": "LIST_VILLAGE", "title": "名单", "doc_number": "", "unit_id": publisher,
		"place_code": "211122111901", "body": "", "state": "ended", "starts_on": "2026-02-01", "created_at": now, "version": 1}).Error)
	s := intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: "211122111901", Mode: intake.Named, Name: "王某某", Phone: "13800000000", Text: "名单第七户不够格，请来看一看。", Channel: intake.Web, Lang: "zh-CN"}
	_, err := h.intake.SubmitOther(ctx, s, false, func(tx *gorm.DB, r intake.Report, place region.Division) (intake.Placed, error) {
		due := workday.On(now).Add(30)
		o := objection.Objection{ID: id, ReportID: r.ID, NoticeID: list, Kind: objection.WrongIn, State: objection.Verifying, PlaceCode: place.Code, PlaceName: place.FullName,
			DeskUnitID: by.UnitID, PublisherID: publisher, ReceivedAt: r.ReceivedAt, Mode: r.Mode, Version: 1}
		if err := tx.Create(&o).Error; err != nil {
			return intake.Placed{}, err
		}
		return intake.Placed{Desk: o.DeskUnitID, Against: o.PublisherID, AnswerBy: due}, h.objects.Note(tx, by, o, "objected", nil)
	})
	must(err)
	form := []byte("visit " + id.String())
	_, err = h.shelf.Stage(ctx, form, "入户.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
	must(err)
	must(h.objects.Record(ctx, by, id, 1, objection.Visit{VisitedOn: workday.On(now), Place: "双柳村一组", Method: "household_visit", Found: "家里四口人。", Declared: true, Form: form}))
	must(h.store.Read(ctx).Exec("UPDATE objection SET state = 'not_upheld', closed_at = ? WHERE id = ?", now.AddDate(-40, 0, 0), id).Error)
	return id
}
