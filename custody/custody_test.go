package custody_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

func TestAKeyIsMadeHeldAndHandedOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.key(h.first)
		if err := h.Ring(custody.Identity).Create(bg, h.first, first); !errors.Is(err, custody.ErrAlone) {
			t.Errorf("with a colleague who has no key: %v", err)
		}
		officer := h.person(panshan, staff.TriageOfficer)
		if err := h.Ring(custody.Identity).Create(bg, officer, h.key(officer)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an officer: %v", err)
		}
		heard := h.key(h.second).Recipient()
		if err := h.Ring(custody.Identity).Create(bg, h.first, h.key(h.second)); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("with somebody else's key: %v", err)
		}
		h.must(h.Ring(custody.Identity).Create(bg, h.first, first))
		if err := h.Ring(custody.Identity).Create(bg, h.second, h.key(h.second)); !errors.Is(err, step.ErrState) {
			t.Errorf("a second one: %v", err)
		}
		c := h.submit()
		if !h.opens(h.first, first, c) {
			t.Error("who made the key cannot open with it")
		}
		if _, err := h.unsealed(h.second, h.key(h.second), c); !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("not admitted yet: %v", err)
		}
		stranger := h.person(cityDesk, staff.IdentityCustodian)
		for name, try := range map[string]struct {
			by      staff.Officer
			account uuid.UUID
			heard   string
			want    error
		}{
			"another office's custodian": {h.first, stranger.ID, h.key(stranger).Recipient(), store.ErrNotFound},
			"an officer":                 {h.first, officer.ID, h.key(officer).Recipient(), store.ErrNotFound},
			"words of another key":       {h.first, h.second.ID, h.key(stranger).Recipient(), step.ErrStale},
			"by who holds nothing":       {h.second, h.second.ID, heard, custody.ErrNotMember},
			"who has no key":             {h.first, h.person(panshan, staff.IdentityCustodian).ID, heard, custody.ErrNotReady},
		} {
			if err := h.Ring(custody.Identity).Admit(bg, try.by, h.key(try.by), try.account, try.heard); !errors.Is(err, try.want) {
				t.Errorf("%s: %v, want %v", name, err, try.want)
			}
		}
		h.must(h.Ring(custody.Identity).Admit(bg, h.first, first, h.second.ID, heard))
		if !h.opens(h.second, h.key(h.second), c) {
			t.Error("who was admitted cannot open")
		}
		if err := h.Ring(custody.Identity).Admit(bg, h.first, first, h.second.ID, heard); !errors.Is(err, step.ErrStale) {
			t.Errorf("admitted twice: %v", err)
		}
	})
}

func TestOfTwoWhoMakeAKeyOneDoes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		keys := []*staff.Key{h.key(h.first), h.key(h.second)}
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, by := range []staff.Officer{h.first, h.second} {
			both.Go(func() { errs[i] = h.Ring(custody.Identity).Create(bg, by, keys[i]) })
		}
		both.Wait()
		late := slices.IndexFunc(errs, func(err error) bool { return errors.Is(err, step.ErrState) || errors.Is(err, step.ErrStale) })
		if late < 0 || errs[1-late] != nil {
			t.Errorf("the two got %v", errs)
		}
	})
}

// TestWhoLeavesOpensNothingThatComesLater: not what is sealed after the key was
// changed, and nothing that a colleague has moved under it.
func TestWhoLeavesOpensNothingThatComesLater(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		third := h.person(panshan, staff.IdentityCustodian)
		left, stays := h.key(h.second), h.key(h.first)
		h.lockAway(h.first, h.second)
		h.must(h.Ring(custody.Identity).Admit(bg, h.first, stays, third.ID, h.key(third).Recipient()))
		before := h.submit()
		h.must(h.store.Read(bg).Table("account").Where("id = ?", h.second.ID).Update("state", "disabled").Error)
		look, err := h.Ring(custody.Identity).Look(bg, h.first)
		h.must(err)
		if !look.Due || look.Members[1].State != "left" {
			t.Errorf("nobody says that it is due: %+v", look.Members)
		}
		// Somebody who writes to the database puts a line of their own there.
		other := h.person(panshan, staff.IdentityCustodian)
		h.must(h.store.Read(bg).Exec(`INSERT INTO unit_key_member (key_id, account_id, generation, recipient, wrapped, proof, admitted_by, at)
			SELECT key_id, ?, 1, ?, wrapped, proof, admitted_by, at FROM unit_key_member WHERE account_id = ?`, other.ID, h.key(other).Recipient(), h.first.ID).Error)
		reset := h.person(panshan, staff.IdentityCustodian)
		h.must(h.Ring(custody.Identity).Admit(bg, h.first, stays, reset.ID, h.key(reset).Recipient()))
		h.reset(reset)
		h.must(h.Ring(custody.Identity).Rotate(bg, h.first, stays, 1))
		for name, who := range map[string]staff.Officer{"left": h.second, "was reset": reset} {
			var lines int64
			newest := "account_id = ? AND (? = 'left' OR key_id IN (SELECT id FROM unit_key WHERE generation = 2))"
			h.must(h.store.Read(bg).Table("unit_key_member").Where(newest, who.ID, name).Count(&lines).Error)
			if lines > 0 {
				t.Errorf("the key is still sealed to who %s", name)
			}
		}
		if err := h.Ring(custody.Identity).Rotate(bg, h.first, stays, 1); !errors.Is(err, step.ErrStale) {
			t.Errorf("changed as the page was before: %v", err)
		}
		later := h.submit()
		for name, by := range map[string]struct {
			who  staff.Officer
			key  *staff.Key
			want bool
		}{"who changed it": {h.first, stays, true}, "who stays": {third, h.key(third), true}, "who left": {h.second, left, false}, "who was smuggled in": {other, h.key(other), false}} {
			if h.opens(by.who, by.key, later) != by.want {
				t.Errorf("%s opens what came later: %v", name, !by.want)
			}
		}
		if older, _, err := h.intake.Behind(bg, third); err != nil || !older {
			t.Errorf("nobody says that names lie under the old key: %v", err)
		}
		if _, _, err := h.intake.Renew(bg, other, h.key(other)); !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("who holds nothing moves names: %v", err)
		}
		n, more, err := h.intake.Renew(bg, third, h.key(third))
		h.must(err)
		if n != 1 || more || !h.opens(third, h.key(third), before) || h.opens(h.second, left, before) {
			t.Errorf("moved %d; who stays opens it: %v, who left: %v", n, h.opens(third, h.key(third), before), h.opens(h.second, left, before))
		}
	})
}

// TestTwoOfThreeOpenTheEscrow with age alone, and one does not.
func TestTwoOfThreeOpenTheEscrow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		c := h.submit()
		var three [3]custody.Holder
		var private [3]*age.X25519Identity
		for i := range three {
			made, err := age.GenerateX25519Identity()
			h.must(err)
			private[i], three[i] = made, custody.Holder{Name: "市档案馆保险柜", Recipient: made.Recipient().String()}
		}
		var bad *step.Invalid
		same := three
		same[2].Recipient, same[0].Name = same[1].Recipient, ""
		if err := h.Ring(custody.Identity).Escrow(bg, h.first, h.key(h.first), same); !errors.As(err, &bad) || bad.Problems["key.c"] != "custody_same" || bad.Problems["name.a"] == "" {
			t.Errorf("two alike: %v", err)
		}
		h.must(h.Ring(custody.Identity).Escrow(bg, h.first, h.key(h.first), three))
		var secret string
		for _, pair := range custody.Pairs() {
			sealed, _, err := h.Ring(custody.Identity).Part(bg, h.second, pair)
			h.must(err)
			for i, alone := range private {
				if inner, err := opened(sealed, alone); err == nil && strings.Contains(string(inner), "AGE-SECRET") {
					t.Errorf("holder %d opens %s alone", i+1, pair)
				}
			}
			inner, err := opened(sealed, private[pair[0]-'a'])
			h.must(err)
			plain, err := opened(inner, private[pair[1]-'a'])
			h.must(err)
			secret = string(plain)
			stockAge(t, sealed, private[pair[0]-'a'], private[pair[1]-'a'], secret)
		}
		// Everybody has forgotten their password.
		h.must(h.store.Read(bg).Exec("UPDATE unit_key_member SET recipient = 'lost'").Error)
		if h.opens(h.first, h.key(h.first), c) {
			t.Fatal("nothing was lost")
		}
		if err := h.Ring(custody.Identity).Recover(bg, h.first, h.key(h.first), private[0].String()); !errors.As(err, &bad) || bad.Problems["secret"] == "" {
			t.Errorf("recovered with another key: %v", err)
		}
		h.must(h.store.Read(bg).Exec("DELETE FROM unit_key_member").Error)
		h.must(h.Ring(custody.Identity).Recover(bg, h.first, h.key(h.first), " "+secret))
		if !h.opens(h.first, h.key(h.first), c) {
			t.Error("recovered, and opens nothing")
		}
	})
}

func opened(sealed []byte, with age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// stockAge opens a part as the holders do it: age -d -i A | age -d -i B.
func stockAge(t *testing.T, sealed []byte, a, b *age.X25519Identity, want string) {
	t.Helper()
	tool, err := exec.LookPath("age")
	if err != nil {
		if strings.Contains(os.Getenv("TEST_REQUIRE"), "age") {
			t.Fatal(err)
		}
		t.Log("the command age is not installed; the library opened the parts")
		return
	}
	for i, one := range []*age.X25519Identity{a, b} {
		key := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := os.WriteFile(key, []byte(one.String()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(tool, "-d", "-i", key)
		cmd.Stdin = bytes.NewReader(sealed)
		if sealed, err = cmd.Output(); err != nil {
			t.Fatalf("age: %v", err)
		}
	}
	if string(sealed) != want {
		t.Errorf("age opened %d bytes, which are not the key", len(sealed))
	}
}

// TestWithoutCustodiansNamesWait: the portal itself keeps them, and hands them over
// once an office makes a key.
func TestWithoutCustodiansNamesWait(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.submit()
		if who, err := h.intake.Identity(bg, c.ReportID); err != nil || who.Name != reporter {
			t.Fatalf("without custodians: %+v, %v", who, err)
		}
		if n, err := h.intake.HandOverAll(bg); n != 0 || err != nil {
			t.Errorf("handed over to nobody: %d, %v", n, err)
		}
		h.lockAway(h.first, h.second)
		if n, err := h.intake.HandOverAll(bg); n != 1 || err != nil {
			t.Errorf("handed over %d, %v", n, err)
		}
		if _, err := h.intake.Identity(bg, c.ReportID); !errors.Is(err, intake.ErrKept) {
			t.Errorf("the portal still opens it: %v", err)
		}
		if !h.opens(h.second, h.key(h.second), c) {
			t.Error("the custodians do not")
		}
		words, err := h.intake.Narratives(bg, staff.Officer{}, c.ReportID)
		h.must(err)
		if text := words[c.ReportID].Text; strings.Contains(text, reporter) || !strings.Contains(text, "少发三千") {
			t.Errorf("the words: %s", text)
		}
		// A key that was put there from outside is passed over, and nobody is kept
		// from reporting.
		other, err := age.GenerateX25519Identity()
		h.must(err)
		h.must(h.store.Read(bg).Exec("UPDATE unit_key SET recipient = ?", other.Recipient().String()).Error)
		h.Forget()
		later := h.submit()
		if who, err := h.intake.Identity(bg, later.ReportID); err != nil || who.Name != reporter {
			t.Errorf("sealed to a key from outside: %v", err)
		}
	})
}

// TestNamesMoveUpWithTheMatter: whom it accuses loses the name, and the office above
// has it.
func TestNamesMoveUpWithTheMatter(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		above, above2 := h.person(cityDesk, staff.IdentityCustodian), h.person(cityDesk, staff.IdentityCustodian)
		h.lockAway(h.first, h.second)
		h.lockAway(above, above2)
		c := h.submit()
		if !h.opens(h.first, h.key(h.first), c) || !h.opens(above, h.key(above), c) {
			t.Fatal("the county and the city do not both hold it")
		}
		officer := h.person(panshan, staff.TriageOfficer)
		h.must(h.triage.NameSubject(bg, officer, c.ID, c.Version, []uuid.UUID{h.units[panshan].ID}))
		if h.opens(h.first, h.key(h.first), c) {
			t.Error("the accused office still holds the name")
		}
		if !h.opens(above2, h.key(above2), c) {
			t.Error("nobody holds it any more")
		}
	})
}

// TestOneAloneKeepsNamesOffline: two keys outside, the outer one first.
func TestOneAloneKeepsNamesOffline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		b, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, s, a.Recipient().String()+","+b.Recipient().String())
		c := h.submit()
		if err := h.triage.AskName(bg, h.first, h.key(h.first), c.ID, toVisit); !errors.Is(err, intake.ErrOffline) {
			t.Errorf("asked for: %v", err)
		}
		if _, err := h.unsealed(h.first, h.key(h.first), c); !errors.Is(err, intake.ErrOffline) {
			t.Errorf("opened here: %v", err)
		}
		sealed, err := h.triage.TakeOffline(bg, h.first, c.ID, toVisit)
		h.must(err)
		if _, err := opened(sealed, b); err == nil {
			t.Error("one key alone opens it")
		}
		inner, err := opened(sealed, a)
		h.must(err)
		plain, err := opened(inner, b)
		if err != nil || !strings.Contains(string(plain), reporter) {
			t.Errorf("%s, %v", plain, err)
		}
		if why, err := h.triage.Reasons(bg, h.as(h.first), c.ID); err != nil || len(why) != 1 || why[0].Kept != intake.Locked {
			t.Errorf("why it was taken is locked like the name: %+v, %v", why, err)
		}
	})
	if _, err := custody.Offline("age1nonsense"); err == nil {
		t.Error("nonsense is taken for a recipient")
	}
}
