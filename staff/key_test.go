package staff_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/staff"
)

const (
	anotherPassword = "七只白鹭飞过 reed pond"
	thirdPassword   = "violet tractor hums at dusk"
)

// sealedTo seals a word to an account as it is known to others.
func (h *house) sealedTo(t *testing.T, account uuid.UUID) (staff.PublicKey, []byte) {
	t.Helper()
	keys, err := h.PublicKeys(h.store.Read(ctx), account)
	if err != nil {
		t.Fatal(err)
	}
	key, known := keys[account]
	if !known {
		return key, nil
	}
	to, err := age.ParseX25519Recipient(key.Recipient)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "芦花")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return key, out.Bytes()
}

func opens(key *staff.Key, sealed []byte) bool {
	plain, err := key.Open(sealed)
	return err == nil && string(plain) == "芦花"
}

func TestAnAccountHasItsKeyFromItsOwnPasswordOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "keeper", h.city, staff.IdentityCustodian)
		cookie, s, secret, _ := h.enter(t, "keeper")
		if key, _ := h.sealedTo(t, s.Officer.ID); s.Key != nil || key.Recipient != "" {
			t.Fatal("a password that somebody else set made a key")
		}
		if _, err := s.Key.Open(nil); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("without a key: %v", err)
		}
		if err := h.ChangePassword(ctx, cookie, strong, anotherPassword); err != nil {
			t.Fatal(err)
		}
		s, err := h.Whose(ctx, cookie)
		if err != nil {
			t.Fatal(err)
		}
		key, sealed := h.sealedTo(t, s.Officer.ID)
		if !opens(s.Key, sealed) || key.Generation != 1 || s.Key.Recipient() != key.Recipient || s.Key.Account() != s.Officer.ID {
			t.Fatalf("the session does not open what is sealed to its account: %+v", key)
		}
		if text := fmt.Sprintf("%+v %v %#v", s, s.Key, s.Key); strings.Contains(text, "AGE-SECRET") {
			t.Errorf("printed: %s", text)
		}
		// Another sign-in, with its code, and another password: the same key.
		half, _, err := h.SignIn(ctx, "keeper", anotherPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		cookie, s, err = h.Code(ctx, half, h.code(t, secret, 1))
		if err != nil || !opens(s.Key, sealed) {
			t.Fatalf("after the next sign-in: %v", err)
		}
		if err := h.ChangePassword(ctx, cookie, anotherPassword, thirdPassword); err != nil {
			t.Fatal(err)
		}
		if s, err = h.Whose(ctx, cookie); err != nil || !opens(s.Key, sealed) {
			t.Errorf("after another password: %v", err)
		}
		if _, s, err = h.SignIn(ctx, "keeper", thirdPassword, ""); err != nil || s.Key != nil {
			t.Errorf("before the code: %v, %v", s.Key, err)
		}
	})
}

// TestAResetPasswordOpensNothing: an administrator who takes over an account holds
// one whose key is another.
func TestAResetPasswordOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "keeper", h.city, staff.IdentityCustodian)
		root := h.admin(t, "root", h.city)
		cookie, s, _, _ := h.enter(t, "keeper")
		if err := h.ChangePassword(ctx, cookie, strong, anotherPassword); err != nil {
			t.Fatal(err)
		}
		_, before := h.sealedTo(t, s.Officer.ID)
		password, err := h.Reset(ctx, root, s.Officer.ID)
		if err != nil {
			t.Fatal(err)
		}
		if key, _ := h.sealedTo(t, s.Officer.ID); key.Recipient != "" {
			t.Error("people still seal to a key that is lost")
		}
		half, s, err := h.SignIn(ctx, "keeper", password, "")
		if err != nil || s.Key != nil {
			t.Fatalf("the reset password holds a key: %v", err)
		}
		e, err := h.StartEnrolment(ctx, half)
		if err != nil {
			t.Fatal(err)
		}
		cookie, _, err = h.FinishEnrolment(ctx, half, e.Sealed, h.code(t, e.Secret, 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ChangePassword(ctx, cookie, password, thirdPassword); err != nil {
			t.Fatal(err)
		}
		s, err = h.Whose(ctx, cookie)
		key, after := h.sealedTo(t, s.Officer.ID)
		if err != nil || key.Generation != 2 || !opens(s.Key, after) || opens(s.Key, before) {
			t.Errorf("the account that was taken over: %+v, %v", key, err)
		}
	})
}

func TestNobodySlipsInAKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "keeper", h.city, staff.IdentityCustodian)
		cookie, s, _, _ := h.enter(t, "keeper")
		if err := h.ChangePassword(ctx, cookie, strong, anotherPassword); err != nil {
			t.Fatal(err)
		}
		other, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]any{"recipient": other.Recipient().String()}
		if err := h.store.Read(ctx).Table("account_key").Where("account_id = ?", s.Officer.ID).Updates(set).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := h.PublicKeys(h.store.Read(ctx), s.Officer.ID); !errors.Is(err, seal.ErrForged) {
			t.Errorf("a key from outside: %v", err)
		}
	})
}
