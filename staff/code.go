package staff

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"minsheng/ledger"
)

// The second factor: RFC 6238 with what every authenticator understands.
const (
	stepSeconds   = 30
	stepsAround   = 1 // clocks of phones are off by up to this many steps
	secretSize    = 20
	recoveryCodes = 10
)

// Code completes a sign-in with a TOTP or recovery code. The session gets a
// new cookie. A code is accepted once, and so is every step before it. Errors:
// ErrWrong, ErrSignedOut.
func (d *Desk) Code(ctx context.Context, cookie, code string) (newCookie string, s Session, err error) {
	fits := false
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		newCookie, fits = "", false
		session, a, err := d.own(tx, cookie)
		if err != nil {
			return err
		}
		if session.Stage != stagePassword || a.TOTPSealed == nil {
			return ErrWrong
		}
		if fits, err = d.spend(tx, a, code); err != nil {
			return err
		}
		if !fits {
			return d.record(tx, a.ID, "sign_in_failed", ledger.System(), map[string]string{"step": "code"})
		}
		if newCookie, err = d.promote(tx, session, cookie); err != nil {
			return err
		}
		return d.signedIn(tx, a, session.Device)
	})
	if err == nil && !fits {
		err = ErrWrong
	}
	if err != nil {
		return "", Session{}, err
	}
	s, err = d.Whose(ctx, newCookie)
	return newCookie, s, err
}

// spend uses up a TOTP or recovery code of an account and reports whether it
// was one.
func (d *Desk) spend(tx *gorm.DB, a accountRow, code string) (bool, error) {
	code = plainCode(code)
	if len(code) != otp.DigitsSix.Length() {
		return d.spendRecovery(tx, a, code)
	}
	secret, err := d.totp.Open(a.TOTPSealed, totpPlace(a.ID))
	if err != nil {
		return false, err
	}
	step, ok := d.matches(string(secret), code, a.TOTPLastStep)
	if !ok {
		return false, nil
	}
	done := tx.Model(&accountRow{}).Where("id = ? AND totp_last_step < ?", a.ID, step).Update("totp_last_step", step)
	return done.RowsAffected == 1, done.Error
}

// matches finds the step after last, around now, that has that code.
func (d *Desk) matches(secret, code string, last int64) (step int64, ok bool) {
	now := d.store.Now().Unix() / stepSeconds
	for s := now - stepsAround; s <= now+stepsAround; s++ {
		fits, err := hotp.ValidateCustom(code, uint64(s), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && fits && s > last {
			return s, true
		}
	}
	return 0, false
}

func (d *Desk) spendRecovery(tx *gorm.DB, a accountRow, code string) (bool, error) {
	done := tx.Model(&recoveryRow{}).
		Where("account_id = ? AND code_hash = ? AND used_at IS NULL", a.ID, d.recoveryHash(a.ID, code)).
		Update("used_at", d.store.Now())
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	return true, d.record(tx, a.ID, "recovery_code_used", ledger.System(), nil)
}

// recoveryHash needs no slow hash: a code has 80 random bits, and the key is
// not in the database.
func (d *Desk) recoveryHash(account uuid.UUID, code string) []byte {
	return d.keys.MAC("recovery-code", []byte(account.String()+":"+code))
}

func totpPlace(account uuid.UUID) string { return "account:" + account.String() + ":totp" }

// Enrolment is a second factor being set up.
type Enrolment struct {
	Secret string // base32, to type in
	URL    string // otpauth://…, shown as a QR code
	Sealed string // carried in the form until confirmed
}

// StartEnrolment makes a new secret for a session whose account has none yet;
// ErrForbidden when it has one. Nothing is stored.
func (d *Desk) StartEnrolment(ctx context.Context, cookie string) (Enrolment, error) {
	s, err := d.Whose(ctx, cookie)
	if err != nil {
		return Enrolment{}, err
	}
	if !s.MustEnrol {
		return Enrolment{}, ErrForbidden
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Minsheng", AccountName: s.Officer.Login, SecretSize: secretSize, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{
		Secret: key.Secret(),
		URL:    key.URL(),
		Sealed: d.enrol.ShutText([]byte(key.Secret()), enrolPlace(s.Officer.ID, s.ID)),
	}, nil
}

// enrolPlace binds a secret under way to one session of one account.
func enrolPlace(account, session uuid.UUID) string {
	return "enrol:" + account.String() + ":" + session.String()
}

// FinishEnrolment stores the secret once a code proves it arrived, and returns
// ten recovery codes, shown once, and the new cookie. Other sessions of the
// account end. Errors: ErrWrong (code), ErrSignedOut, ErrForbidden (already
// enrolled), seal.ErrForged.
func (d *Desk) FinishEnrolment(ctx context.Context, cookie, sealed, code string) (newCookie string, recovery []string, err error) {
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		session, a, err := d.own(tx, cookie)
		if err != nil {
			return err
		}
		secret, err := d.enrol.OpenText(sealed, enrolPlace(a.ID, session.ID))
		if err != nil {
			return err
		}
		step, ok := d.matches(string(secret), plainCode(code), a.TOTPLastStep)
		if !ok {
			return ErrWrong
		}
		done := tx.Model(&accountRow{}).Where("id = ? AND totp_sealed IS NULL", a.ID).Updates(map[string]any{
			"totp_sealed": d.totp.Shut(secret, totpPlace(a.ID)), "totp_last_step": step,
			"updated_at": d.store.Now(), "version": gorm.Expr("version + 1"),
		})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrForbidden
		}
		if recovery, err = d.newRecovery(tx, a.ID); err != nil {
			return err
		}
		if newCookie, err = d.promote(tx, session, cookie); err != nil {
			return err
		}
		return d.enrolled(tx, session, a)
	})
	if err != nil {
		return "", nil, err
	}
	return newCookie, recovery, nil
}

// enrolled ends the other sessions and records what happened.
func (d *Desk) enrolled(tx *gorm.DB, session sessionRow, a accountRow) error {
	if err := endSessions(tx, a.ID, session.ID); err != nil {
		return err
	}
	if err := d.record(tx, a.ID, "second_factor_set", d.officer(a, nil).Actor(), nil); err != nil {
		return err
	}
	if session.Stage == stageFull {
		return nil
	}
	return d.signedIn(tx, a, session.Device)
}

// newRecovery replaces the recovery codes of an account.
func (d *Desk) newRecovery(tx *gorm.DB, account uuid.UUID) ([]string, error) {
	if err := tx.Where("account_id = ?", account).Delete(&recoveryRow{}).Error; err != nil {
		return nil, err
	}
	var codes []string
	for range recoveryCodes {
		code := randomWord()
		if err := tx.Create(&recoveryRow{AccountID: account, CodeHash: d.recoveryHash(account, plainCode(code))}).Error; err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// letters are Crockford's: none looks like another when written down.
const letters = "0123456789abcdefghjkmnpqrstvwxyz"

// randomWord is 80 random bits in four groups: "7k2m-9xpt-…".
func randomWord() string {
	word := base32.NewEncoding(letters).WithPadding(base32.NoPadding).EncodeToString(randomBytes(10))
	return strings.Join([]string{word[:4], word[4:8], word[8:12], word[12:]}, "-")
}

// plainCode undoes how people type codes: spaces, hyphens, capitals, full-width
// digits, and letters taken for digits in recovery codes.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == ' ' || r == '-' || r == '　' || r == '\t':
			return -1
		}
		switch r {
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, code)
}
