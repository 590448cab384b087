package main

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/staff/stafftest"
)

// TestVerifyDatabaseKnowsWordsThatWereSealedAnew: when custodians get a name, it is
// covered in the words, which lie under another key from then on. The event that tells
// of it is what they are compared with.
func TestVerifyDatabaseKnowsWordsThatWereSealedAnew(t *testing.T) {
	t.Parallel()
	i, _ := recorded(t)
	ctx, h := context.Background(), i.house()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.intake.Submit(ctx, intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: "211122111901", Mode: intake.Named, Name: "王某某", Phone: "13800000000",
		Text: "我叫王某某，危房改造的补助少发了三千。", Channel: intake.Web, Lang: "zh-CN"})
	must(err)
	desk, _, err := h.atlas.DeskFor("211122111901", region.Accused{})
	must(err)
	for _, login := range []string{"keeper.a", "keeper.b"} {
		_, err := h.staff.AddFromCommandLine(ctx, staff.NewAccount{Login: login, Name: "演示员", UnitID: desk.ID, Roles: []staff.Role{staff.IdentityCustodian}, Password: "long enough 2026"})
		must(err)
	}
	two, err := h.staff.ColleaguesWith(ctx, []uuid.UUID{desk.ID}, staff.RevealIdentity)
	must(err)
	stafftest.SignIn(t, h.store, h.keys, two[1].ID) // so that there is somebody to admit
	must(h.custody.Ring(custody.Identity).Create(ctx, two[0], stafftest.Session(t, h.store, h.keys, h.staff, two[0].ID).Key))
	if n, err := h.intake.HandOverAll(ctx); err != nil || n != 4 {
		t.Fatalf("handed over %d, %v", n, err)
	}
	if signed, err := h.log.Turn(ctx); err != nil || !signed {
		t.Fatalf("the log was not signed: %v", err)
	}
	h.close()
	if out := i.must("verify", "database"); !strings.Contains(out, "everything agrees") {
		t.Error(out)
	}
	i.alter("UPDATE sealed_blob SET ciphertext = (SELECT nonce FROM event WHERE kind = 'words_sealed') WHERE kind = 'narrative' AND owner_id = (SELECT subject_id FROM event WHERE kind = 'words_sealed')")
	if out, err := i.run("verify", "database"); err == nil || !strings.Contains(out, "were exchanged") {
		t.Errorf("%v\n%s", err, out)
	}
}
