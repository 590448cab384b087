package staff_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/seal"
	"minsheng/ledger"
	"minsheng/staff"
)

// wantEvents checks what the record holds of an account.
func (h *house) wantEvents(t *testing.T, account uuid.UUID, want ...string) {
	t.Helper()
	events, err := ledger.Of(ctx, h.store, ledger.OfAccount, account)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Kind)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("events %v, want %v", got, want)
	}
}

func TestCodeIsAcceptedOnceAndNeverBackwards(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		_, s, secret, _ := h.enter(t, "officer") // spends the code of this step
		half := h.half(t)
		for _, c := range []struct {
			steps int
			want  error
		}{
			{0, staff.ErrWrong}, // spent by the enrolment
			{-1, staff.ErrWrong},
			{2, staff.ErrWrong},
			{-2, staff.ErrWrong},
			{1, nil},
		} {
			if _, _, err := h.Code(ctx, half, h.code(t, secret, c.steps)); !errors.Is(err, c.want) {
				t.Errorf("code %+d steps: %v, want %v", c.steps, err, c.want)
			}
		}
		if _, _, err := h.Code(ctx, half, h.code(t, secret, 1)); !errors.Is(err, staff.ErrSignedOut) {
			t.Errorf("the cookie from before: %v", err)
		}
		if _, _, err := h.Code(ctx, h.half(t), h.code(t, secret, 1)); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("the same code in another sign-in: %v", err)
		}
		h.wantEvents(t, s.Officer.ID, "account_added", "second_factor_set", "signed_in",
			"sign_in_failed", "sign_in_failed", "sign_in_failed", "sign_in_failed", "signed_in", "sign_in_failed")
	})
}

// half signs officer in up to the code.
func (h *house) half(t *testing.T) (cookie string) {
	t.Helper()
	cookie, s, err := h.SignIn(ctx, "officer", strong, "")
	if err != nil || !s.NeedsCode || s.MustEnrol {
		t.Fatalf("sign-in: %+v, %v", s, err)
	}
	return cookie
}

func TestOneOfTwoReplicasTakesACode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		_, _, secret, _ := h.enter(t, "officer")
		other := staff.New(staff.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas}).Cheapen()
		desks := []*staff.Desk{h.Desk, other, h.Desk, other}
		cookies := make([]string, len(desks))
		for i := range cookies {
			cookies[i] = h.half(t)
		}
		code := h.code(t, secret, 1)
		errs := make([]error, len(desks))
		var all sync.WaitGroup
		for i, d := range desks {
			all.Go(func() { _, _, errs[i] = d.Code(ctx, cookies[i], code) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, staff.ErrWrong) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d sign-ins took the same code", won, len(desks))
		}
	})
}

func TestRecoveryCodeWorksOnceHoweverItIsTyped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		h.add(t, "second", h.city, staff.TriageOfficer)
		_, s, _, codes := h.enter(t, "officer")
		_, _, _, theirs := h.enter(t, "second")
		typed := strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))
		if _, _, err := h.Code(ctx, h.half(t), typed); err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		for _, code := range []string{codes[0], theirs[0], "", "0000-0000-0000-0000"} {
			if _, _, err := h.Code(ctx, h.half(t), code); !errors.Is(err, staff.ErrWrong) {
				t.Errorf("%q: %v, want ErrWrong", code, err)
			}
		}
		var hashes [][]byte
		if err := h.store.Read(ctx).Table("recovery_code").Where("account_id = ?", s.Officer.ID).Pluck("code_hash", &hashes).Error; err != nil {
			t.Fatal(err)
		}
		if len(hashes) != 10 || bytes.Contains(bytes.Join(hashes, nil), []byte(codes[1][:4])) {
			t.Errorf("%d codes stored", len(hashes))
		}
	})
}

func TestSecretIsSealedAndEnrolmentBoundToItsSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		h.add(t, "second", h.city, staff.TriageOfficer)
		mine, _, err := h.SignIn(ctx, "officer", strong, "")
		if err != nil {
			t.Fatal(err)
		}
		theirs, _, err := h.SignIn(ctx, "second", strong, "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.StartEnrolment(ctx, mine)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(e.URL, "otpauth://totp/") || !strings.Contains(e.URL, e.Secret) || strings.Contains(e.Sealed, e.Secret) {
			t.Errorf("enrolment %+v", e)
		}
		code := h.code(t, e.Secret, 0)
		if _, _, err := h.FinishEnrolment(ctx, theirs, e.Sealed, code); !errors.Is(err, seal.ErrForged) {
			t.Errorf("another account's secret: %v", err)
		}
		if _, _, err := h.FinishEnrolment(ctx, mine, e.Sealed, "000000"); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("wrong code: %v", err)
		}
		if _, _, err := h.Code(ctx, mine, code); !errors.Is(err, staff.ErrWrong) {
			t.Errorf("a code before there is a second factor: %v", err)
		}
		mine, _, err = h.FinishEnrolment(ctx, mine, e.Sealed, code)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.StartEnrolment(ctx, mine); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a second secret: %v", err)
		}
		var sealed []byte
		if err := h.store.Read(ctx).Raw("SELECT totp_sealed FROM account WHERE login = 'officer'").Row().Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if len(sealed) == 0 || bytes.Contains(sealed, []byte(e.Secret)) {
			t.Error("the secret lies open")
		}
	})
}

// Two browsers may have begun to enrol; the second to finish must not replace
// the secret of the first.
func TestSecondEnrolmentInParallelIsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		var cookies [2]string
		var e [2]staff.Enrolment
		for i := range cookies {
			var err error
			if cookies[i], _, err = h.SignIn(ctx, "officer", strong, ""); err != nil {
				t.Fatal(err)
			}
			if e[i], err = h.StartEnrolment(ctx, cookies[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := h.FinishEnrolment(ctx, cookies[0], e[0].Sealed, h.code(t, e[0].Secret, 0)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.FinishEnrolment(ctx, cookies[1], e[1].Sealed, h.code(t, e[1].Secret, 1)); !errors.Is(err, staff.ErrSignedOut) {
			t.Errorf("the other browser: %v", err)
		}
	})
}

func TestDemoAsksForNoCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		demo := staff.New(staff.Config{Store: h.store, Keys: h.keys, Atlas: h.atlas, SkipCode: true}).Cheapen()
		_, err := demo.AddFromCommandLine(ctx, staff.NewAccount{Login: "officer", Name: "李演示", UnitID: h.city.ID, Roles: []staff.Role{staff.TriageOfficer}, Password: strong})
		if err != nil {
			t.Fatal(err)
		}
		cookie, s, err := demo.SignIn(ctx, "officer", strong, "")
		if err != nil || s.NeedsCode || s.MustEnrol || s.MustChange {
			t.Fatalf("demo session: %+v, %v", s, err)
		}
		if err := demo.ChangePassword(ctx, cookie, strong, strong+"!"); err != nil {
			t.Error(err)
		}
	})
}

func TestWrongSignInsAreAllAlike(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "officer", h.city, staff.TriageOfficer)
		h.add(t, "gone", h.city, staff.TriageOfficer)
		root := h.admin(t, "root", h.city)
		if err := h.SetActive(ctx, root, h.officer(t, "gone").ID, false); err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]string{
			{"officer", "wrong password here"}, {"gone", strong}, {"nobody", strong}, {"", ""}, {"officer", ""},
			{"officer", strings.Repeat("长", 129)}, {"' OR 1=1 --", strong},
		} {
			cookie, s, err := h.SignIn(ctx, c[0], c[1], "")
			if !errors.Is(err, staff.ErrWrong) || cookie != "" || s.ID != uuid.Nil {
				t.Errorf("%q: %q %v %v", c[0], cookie, s.ID, err)
			}
		}
		h.wantEvents(t, h.officer(t, "officer").ID, "account_added", "sign_in_failed", "sign_in_failed")
		h.wantEvents(t, h.officer(t, "gone").ID, "account_added", "account_disabled", "sign_in_failed")
	})
}
