package staff_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

func TestWeakPasswordsAreRefused(t *testing.T) {
	about := []string{"wang.fang", "王小芳", "盘山县督查室"}
	for _, p := range []string{
		"", "short", "elevenchars", strings.Repeat("长", 129), strings.Repeat("ab cd ef gh ", 20),
		"aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "correcthorsecorrecthorse", "121212343434",
		"123456789012", "198807251946", "13800000000138", "１２３４５６７８９０１２",
		"abcdefghijkl", "qwertyuiop12", "1qaz2wsx3edc", "zyxwvutsrqpo", "asdfghjkl;'9",
		"password1234", "P@ssw0rd2024", "Administrator1!", "iloveyou1314", "woaini1314520", "zhongguo2024", "passwordadmin!!", "letmein123456",
		"panjin-office-7", "Minsheng.portal", "我在盘锦上班真不错啊哈", "民声就是好用得很呢是吧",
		"xx wang.fang xx", "WANG.FANG is here", "王小芳的新密码就这样吧", "盘山县督查室的密码很好记",
	} {
		if !staff.Weak(p, about...) {
			t.Errorf("%q was accepted", p)
		}
	}
	for _, p := range []string{
		strong, "violet tractor hums at dusk", "七只白鹭飞过芦苇塘的早晨", "k7m2-9xpt-w4qe-3hzn", "Tr4ktor#blau%Ei", "property poetry weather", "冬天的苞米垛子在2号棚边", "gxv9 f2mk 8bqe",
	} {
		if staff.Weak(p, about...) {
			t.Errorf("%q was refused", p)
		}
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		first, s, secret, _ := h.enter(t, "officer")
		half := h.half(t)
		second, _, err := h.Code(ctx, half, h.code(t, secret, 1))
		if err != nil {
			t.Fatal(err)
		}
		waiting := h.half(t)
		const fresh = "七只白鹭飞过 reed pond"
		for _, c := range []struct {
			cookie, old, new string
			want             error
		}{
			{first, "wrong password", fresh, staff.ErrWrong},
			{first, strong, "password1234", staff.ErrWeakPassword},
			{first, strong, "the officer sleeps", staff.ErrWeakPassword},
			{first, strong, strong, staff.ErrWeakPassword},
			{waiting, strong, fresh, staff.ErrSignedOut}, // the code is still owed
			{"", strong, fresh, staff.ErrSignedOut},
			{first, strong, fresh, nil},
		} {
			if err := h.ChangePassword(ctx, c.cookie, c.old, c.new); !errors.Is(err, c.want) {
				t.Errorf("%q → %q: %v, want %v", c.old, c.new, err, c.want)
			}
		}
		h.wantSignedOut(t, second, "the other browser")
		h.wantSignedOut(t, waiting, "the sign-in under way")
		now, err := h.Whose(ctx, first)
		if err != nil || now.MustChange {
			t.Errorf("own session: %+v, %v", now, err)
		}
		if _, _, err := h.SignIn(ctx, "officer", strong, ""); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("the old password: %v", err)
		}
		// Full-width letters of an input method are the same letters.
		if _, _, err := h.SignIn(ctx, "officer", "七只白鹭飞过　ｒｅｅｄ　ｐｏｎｄ", ""); err != nil {
			t.Errorf("the new password: %v", err)
		}
		h.wantEvents(t, s.Officer.ID, "account_added", "second_factor_set", "signed_in", "signed_in", "sign_in_failed", "password_changed", "sign_in_failed")
	})
}

func TestPasswordsAreSaltedAndPeppered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "one", h.city, staff.TriageOfficer)
		h.add(t, "two", h.city, staff.TriageOfficer)
		var checks [][]byte
		if err := h.store.Read(ctx).Table("account").Pluck("password_check", &checks).Error; err != nil {
			t.Fatal(err)
		}
		if len(checks) != 2 || slices.Equal(checks[0], checks[1]) || len(checks[0]) != 32 {
			t.Errorf("checks %x", checks)
		}
		other := newHouse(t, storetest.SQLite(t)) // other keys
		thief := staff.New(staff.Config{Store: h.store, Keys: other.keys, Atlas: h.atlas}).Cheapen()
		if _, _, err := thief.SignIn(ctx, "one", strong, ""); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("the right password without the keys: %v", err)
		}
	})
}

func TestHashingIsBoundedAndSaysSo(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.add(t, "officer", h.city, staff.TriageOfficer)
	leave := h.Crowd(50 * time.Millisecond)
	if _, _, err := h.SignIn(ctx, "officer", strong, ""); !errors.Is(err, staff.ErrBusy) {
		t.Errorf("all places taken: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := h.SignIn(gone, "officer", strong, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("visitor gone: %v", err)
	}
	leave()
	if _, _, err := h.SignIn(ctx, "officer", strong, ""); err != nil {
		t.Errorf("places free again: %v", err)
	}
	if n := staff.HashesAtOnce; n != 6 {
		t.Errorf("%d hashes at once", n)
	}
}

// With the real cost of a hash. Time on the processor is compared, because time
// on the clock also measures what else this machine does.
func TestUnknownLoginCostsAsMuch(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.add(t, "officer", h.city, staff.TriageOfficer)
	h.Desk = staff.New(staff.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas}) // at full cost
	spent := map[string][]time.Duration{}
	for range 5 {
		for _, login := range []string{"officer", "nobody"} {
			start := processorTime(t)
			if _, _, err := h.SignIn(ctx, login, "a wrong password", ""); !errors.Is(err, staff.ErrWrong) {
				t.Fatal(err)
			}
			spent[login] = append(spent[login], processorTime(t)-start)
		}
	}
	known, unknown := slices.Min(spent["officer"]), slices.Min(spent["nobody"])
	t.Logf("quickest of 5: known %v, unknown %v", known, unknown)
	if difference := (known - unknown).Abs(); difference > known/3 {
		t.Errorf("known %v, unknown %v: tells which logins exist", known, unknown)
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// A failure of a known account is also written to disk; the pause hides that.
func TestRefusalIsToldAfterAPause(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.add(t, "officer", h.city, staff.TriageOfficer)
	const pause = 300 * time.Millisecond
	h.Pause(pause)
	for _, login := range []string{"officer", "nobody"} {
		start := time.Now()
		if _, _, err := h.SignIn(ctx, login, "a wrong password", ""); !errors.Is(err, staff.ErrWrong) {
			t.Fatal(err)
		}
		if took := time.Since(start); took < pause {
			t.Errorf("%s was refused after %v", login, took)
		}
	}
}
