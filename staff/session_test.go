package staff_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/staff"
)

// age moves the times of a session into the past.
func (h *house) age(t *testing.T, session uuid.UUID, column string, by time.Duration) {
	t.Helper()
	var at time.Time
	db := h.store.Read(ctx)
	if err := db.Raw("SELECT "+column+" FROM staff_session WHERE id = ?", session).Row().Scan(&at); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec("UPDATE staff_session SET "+column+" = ? WHERE id = ?", at.UTC().Add(-by), session).Error; err != nil {
		t.Fatal(err)
	}
}

func (h *house) wantSignedOut(t *testing.T, cookie, why string) {
	t.Helper()
	if _, err := h.Whose(ctx, cookie); !errors.Is(err, staff.ErrSignedOut) {
		t.Errorf("%s: %v, want ErrSignedOut", why, err)
	}
}

func TestSessionEndsWhenIdleOrTooOld(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		cookie, s, _, _ := h.enter(t, "officer")
		if left := s.ExpiresAt.Sub(s.CreatedAt); left < 10*time.Hour || left > 10*time.Hour+time.Minute {
			t.Errorf("a session lives %v", left)
		}
		h.age(t, s.ID, "last_seen_at", 29*time.Minute)
		again, err := h.Whose(ctx, cookie)
		if err != nil {
			t.Fatalf("idle for 29 minutes: %v", err)
		}
		if again, err = h.Whose(ctx, cookie); err != nil || time.Since(again.LastSeenAt) > time.Minute {
			t.Errorf("last use was not written: %v, %v", again.LastSeenAt, err)
		}
		h.age(t, s.ID, "last_seen_at", 31*time.Minute)
		h.wantSignedOut(t, cookie, "idle for 31 minutes")

		cookie, s, err = h.SignIn(ctx, "officer", strong, "")
		if err != nil || s.MustEnrol || s.ExpiresAt.Sub(s.CreatedAt) != 10*time.Minute {
			t.Fatalf("second sign-in: %+v, %v", s, err)
		}
		h.age(t, s.ID, "expires_at", 10*time.Minute)
		h.wantSignedOut(t, cookie, "code not given for 10 minutes")
		for _, cookie := range []string{"", "x", cookie + "x"} {
			h.wantSignedOut(t, cookie, "no such cookie")
		}
	})
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		cookie, s, _, _ := h.enter(t, "officer")
		h.age(t, s.ID, "last_seen_at", 50*time.Second)
		before, err := h.Whose(ctx, cookie)
		if err != nil {
			t.Fatal(err)
		}
		after, err := h.Whose(ctx, cookie)
		if err != nil || !after.LastSeenAt.Equal(before.LastSeenAt) {
			t.Errorf("written within the minute: %v, %v", after.LastSeenAt, err)
		}
	})
}

func TestCookieIsNotInTheDatabaseAndChangesWithTheCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		half, s, err := h.SignIn(ctx, "officer", strong, "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.StartEnrolment(ctx, half)
		if err != nil {
			t.Fatal(err)
		}
		full, _, err := h.FinishEnrolment(ctx, half, e.Sealed, h.code(t, e.Secret, 0))
		if err != nil {
			t.Fatal(err)
		}
		h.wantSignedOut(t, half, "the cookie from before the code")
		now, err := h.Whose(ctx, full)
		if err != nil || now.ID != s.ID || now.CSRF == s.CSRF {
			t.Errorf("after the code: %+v, %v", now, err)
		}
		var hash []byte
		if err := h.store.Read(ctx).Raw("SELECT token_hash FROM staff_session").Row().Scan(&hash); err != nil {
			t.Fatal(err)
		}
		if len(hash) != 32 || len(full) != 43 || string(hash) == full {
			t.Errorf("cookie of %d characters stored as %d bytes", len(full), len(hash))
		}
	})
}

func TestPeopleSeeAndEndTheirOwnSessionsOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "one", h.city, staff.TriageOfficer, staff.Supervisor)
		h.add(t, "two", h.city, staff.TriageOfficer)
		first, a, secret, _ := h.enter(t, "one")
		half, b, err := h.SignIn(ctx, "one", strong, "Safari · iPhone")
		if err != nil {
			t.Fatal(err)
		}
		second, b, err := h.Code(ctx, half, h.code(t, secret, 1))
		if err != nil {
			t.Fatal(err)
		}
		_, other, _, _ := h.enter(t, "two")
		list, err := h.Sessions(ctx, a.Officer)
		if err != nil || len(list) != 2 || list[0].ID != b.ID || list[1].ID != a.ID || list[0].Device != "Safari · iPhone" {
			t.Fatalf("sessions %+v, %v", list, err)
		}
		if err := h.EndSession(ctx, a.Officer, other.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
		if err := h.EndSession(ctx, a.Officer, b.ID); err != nil {
			t.Fatal(err)
		}
		h.wantSignedOut(t, second, "session that was ended")
		if err := h.SignOut(ctx, first); err != nil {
			t.Fatal(err)
		}
		h.wantSignedOut(t, first, "session signed out")
		if err := h.SignOut(ctx, first); !errors.Is(err, staff.ErrSignedOut) {
			t.Errorf("signing out twice: %v", err)
		}
		h.wantEvents(t, a.Officer.ID, "account_added", "second_factor_set", "signed_in", "signed_in", "session_ended", "signed_out")
	})
}

func TestDeviceNameSaysTheKindOfBrowserOnly(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0":           "Edge · Windows",
		"Mozilla/5.0 (Linux; Android 10; HUAWEI ABC-AL00) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0":             "WeChat · Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile Safari/604.1":    "Safari · iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0":                                                              "Firefox · Linux",
		"Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 HuaweiBrowser": "Huawei · HarmonyOS",
		"curl/8.0":                  "",
		"":                          "",
		"Android only, 13800000000": "Android",
	} {
		if got := staff.DeviceName(ua); got != want {
			t.Errorf("DeviceName(%q) = %q, want %q", ua, got, want)
		}
	}
}
