// Package stafftest signs people in for tests, with the key that a password would
// give them and without the time that a password takes.
package stafftest

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/staff"
)

// private halves by account: every session of one account holds the same.
var private sync.Map

// SignIn writes a full session of an account into the database, as signing in
// leaves it, with the account's key, and returns its cookie.
func SignIn(t testing.TB, s *store.Store, keys *seal.Keys, account uuid.UUID) (cookie string) {
	t.Helper()
	secret := keyOf(t, s, keys, account)
	cookie, session, now := uuid.NewString(), uuid.Must(uuid.NewV7()), s.Now()
	token := sha256.Sum256([]byte(cookie))
	wrap, err := hkdf.Key(sha256.New, []byte(cookie), nil, "session-wrap/v1", 32)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "staff_session", map[string]any{
		"id": session, "token_hash": token[:], "account_id": account, "stage": "full", "device": "Chrome",
		"csrf_key": token[:16], "created_at": now, "last_seen_at": now, "expires_at": now.Add(10 * time.Hour), "stepped_up_at": now,
		"key_sealed": seal.BoxOf(wrap).Shut([]byte(secret), "session:"+session.String()+":key"),
	})
	return cookie
}

// Session is the session that SignIn makes, as the desk sees it.
func Session(t testing.TB, s *store.Store, keys *seal.Keys, desk *staff.Desk, account uuid.UUID) staff.Session {
	t.Helper()
	session, err := desk.Whose(t.Context(), SignIn(t, s, keys, account))
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// keyOf is the private half of an account's key, made the first time.
func keyOf(t testing.TB, s *store.Store, keys *seal.Keys, account uuid.UUID) string {
	t.Helper()
	if known, has := private.Load(account); has {
		return known.(string)
	}
	made, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to := made.Recipient().String()
	write(t, s, "account_key", map[string]any{"account_id": account, "generation": 1, "recipient": to,
		"vouched": keys.MAC("account-key", fmt.Appendf(nil, "staff:%s:1:%s", account, to)), "wrapped": []byte("test"), "made_at": s.Now()})
	private.Store(account, made.String())
	return made.String()
}

func write(t testing.TB, s *store.Store, table string, row map[string]any) {
	t.Helper()
	if err := s.Read(t.Context()).Table(table).Create(row).Error; err != nil {
		t.Fatal(err)
	}
}
