package staff_test

import (
	"errors"
	"testing"
	"time"

	"minsheng/staff"
)

func TestProvingAgainTakesPasswordAndAFreshCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "li.ming", h.city, staff.IdentityCustodian)
		cookie, s, secret, _ := h.enter(t, "li.ming")
		fresh := func() bool {
			t.Helper()
			s, err := h.Whose(ctx, cookie)
			if err != nil {
				t.Fatal(err)
			}
			return s.Fresh(h.store.Now())
		}
		if !fresh() {
			t.Error("not fresh after signing in")
		}
		h.age(t, s.ID, "stepped_up_at", staff.FreshFor+time.Second)
		if fresh() {
			t.Error("still fresh after five minutes")
		}
		for name, try := range map[string][2]string{
			"a wrong password": {"wrong " + strong, h.code(t, secret, 1)}, "no code": {strong, ""},
			"a wrong code": {strong, "000000"}, "the code of the sign-in": {strong, h.code(t, secret, 0)},
		} {
			if err := h.Confirm(ctx, cookie, try[0], try[1]); !errors.Is(err, staff.ErrWrong) || fresh() {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.Confirm(ctx, cookie, strong, h.code(t, secret, 1)); err != nil || !fresh() {
			t.Fatalf("both: %v", err)
		}
		h.age(t, s.ID, "stepped_up_at", staff.FreshFor+time.Second)
		if err := h.Confirm(ctx, cookie, strong, h.code(t, secret, 1)); !errors.Is(err, staff.ErrWrong) || fresh() {
			t.Errorf("the same code again: %v", err)
		}
		if err := h.Confirm(ctx, "nobody", strong, "1"); !errors.Is(err, staff.ErrSignedOut) {
			t.Errorf("without a session: %v", err)
		}
	})
}
