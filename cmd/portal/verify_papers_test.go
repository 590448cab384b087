package main

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/staff/stafftest"
	"minsheng/triage"
)

// TestVerifyDatabaseKnowsPapersThatAreSealed: the words and the copy of a signed paper
// about an office that works here lie with who handles it. Nobody's key is needed to see
// that the copy is the one that was signed.
func TestVerifyDatabaseKnowsPapersThatAreSealed(t *testing.T) {
	t.Parallel()
	i, _ := recorded(t)
	ctx, h := context.Background(), i.house()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	county, _, err := h.atlas.DeskFor("211122111901", region.Accused{})
	must(err)
	city, _, err := h.atlas.DeskFor("211122111901", region.Accused{Level: "county"})
	must(err)
	hire := func(login string, desk region.Unit, role staff.Role) staff.Officer {
		t.Helper()
		_, err := h.staff.AddFromCommandLine(ctx, staff.NewAccount{Login: login, Name: "演示员", UnitID: desk.ID, Roles: []staff.Role{role}, Password: "long enough 2026"})
		must(err)
		var who struct{ ID uuid.UUID }
		must(store.One(h.store.Read(ctx).Table("account").Where("login = ?", login), &who))
		return stafftest.Session(t, h.store, h.keys, h.staff, who.ID).Officer
	}
	hire("county.a", county, staff.TriageOfficer)
	by, signer := hire("city.a", city, staff.TriageOfficer), hire("city.b", city, staff.Supervisor)
	ring := h.custody.Ring(custody.Handling)
	must(ring.Create(ctx, by, by.Key))
	must(ring.Admit(ctx, by, by.Key, signer.ID, signer.Key.Recipient()))
	_, err = h.intake.Submit(ctx, intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: "211122111901", Mode: intake.Anonymous, AccusedLevel: "county",
		Text: "县里办事人员收取好处费，请来查一查。", Channel: intake.Web, Lang: "zh-CN"})
	must(err)
	var c intake.Complaint
	must(store.One(h.store.Read(ctx).Order("seq DESC"), &c))
	must(h.triage.Describe(ctx, by, c.ID, c.Version, triage.Description{Summary: "反映县里办事人员收取好处费", Kind: "FEE_EXTORT", Severity: 2, Demands: []string{"查清去向"}}))
	must(h.triage.Accept(ctx, by, c.ID, c.Version+1))
	papers, err := h.papers.Of(ctx, signer, ledger.OfComplaint, c.ID)
	if err != nil || len(papers) != 1 {
		t.Fatalf("%d papers, %v", len(papers), err)
	}
	_, err = h.papers.Sign(ctx, signer, papers[0].ID, papers[0].Version)
	must(err)
	var sealed int64
	must(h.store.Read(ctx).Table("content_key").Where("recipient_kind = 'unit' AND owner_id IN (SELECT id FROM evidence_file WHERE owner_kind = 'paper')").Count(&sealed).Error)
	if sealed != 1 {
		t.Fatalf("the copy is sealed to %d offices", sealed)
	}
	if signed, err := h.log.Turn(ctx); err != nil || !signed {
		t.Fatalf("the log was not signed: %v", err)
	}
	h.close()
	if out := i.must("verify", "database"); !strings.Contains(out, "everything agrees") {
		t.Fatal(out)
	}
	i.alter("UPDATE evidence_file SET sha256 = (SELECT hash FROM log_hash WHERE idx = 0) WHERE owner_kind = 'paper'")
	if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, "is told of by events and is gone") {
		t.Errorf("%v\n%s", err, out)
	}
}
