package staff

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
)

// Lengths of passwords in characters (SECURITY §1.3; OWASP ASVS 5.0, 6.2).
const (
	minPassword = 12
	maxPassword = 128
)

// ChangePassword replaces the officer's own password and ends the other
// sessions. Errors: ErrWrong (the old one), ErrWeakPassword, ErrBusy,
// ErrSignedOut (no full session), ErrStale.
func (d *Desk) ChangePassword(ctx context.Context, cookie, old, new string) error {
	a, before, err := d.knows(ctx, cookie, old)
	if err != nil {
		return err
	}
	if err := d.strongFor(new, a.Login, a.Name, a.UnitID); err != nil {
		return err
	}
	if old == new {
		return ErrWeakPassword
	}
	salt, after, err := d.passes.fresh(ctx, new)
	if err != nil {
		return err
	}
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		session, held, err := d.own(tx, cookie)
		if err != nil {
			return err
		}
		if held.Version != a.Version || session.Stage != stageFull {
			return ErrStale
		}
		if err := d.change(tx, held, map[string]any{"password_salt": salt, "password_check": after.check, "must_change": false}); err != nil {
			return err
		}
		if err := d.rewrap(tx, session, cookie, before, after); err != nil {
			return err
		}
		if err := endSessions(tx, held.ID, session.ID); err != nil {
			return err
		}
		roles, err := rolesOf(tx, held.ID)
		if err != nil {
			return err
		}
		return d.record(tx, held.ID, "password_changed", d.officer(held, roles[held.ID]).Actor(), nil)
	})
}

// knows returns the account of a full session whose password that is, and what
// comes of the password.
func (d *Desk) knows(ctx context.Context, cookie, password string) (accountRow, derived, error) {
	s, err := d.Whose(ctx, cookie)
	if err != nil {
		return accountRow{}, derived{}, err
	}
	if s.NeedsCode {
		return accountRow{}, derived{}, ErrSignedOut
	}
	a, err := find(d.store.Read(ctx), s.Officer.Login)
	if err != nil {
		return accountRow{}, derived{}, err
	}
	if a == nil {
		return accountRow{}, derived{}, ErrSignedOut
	}
	if utf8.RuneCountInString(password) > maxPassword {
		return accountRow{}, derived{}, ErrWrong
	}
	got, err := d.passes.derive(ctx, password, a.PasswordSalt)
	if err != nil {
		return accountRow{}, derived{}, err
	}
	if subtle.ConstantTimeCompare(got.check, a.PasswordCheck) != 1 {
		return accountRow{}, derived{}, d.refuse(ctx, a, "password_change")
	}
	return *a, got, nil
}

// strongFor returns ErrWeakPassword when a password is easily guessed for that
// person.
func (d *Desk) strongFor(password, login, name string, unit uuid.UUID) error {
	words := []string{login, name}
	if u, err := d.atlas.Unit(unit); err == nil {
		words = append(words, u.Name)
	}
	if weak(password, words...) {
		return ErrWeakPassword
	}
	return nil
}

// Words that everybody here would try first.
var placeWords = []string{
	"panjin", "minsheng", "liaoning", "dawa", "panshan", "shuangtaizi", "xinglongtai", "liaohe", "hongtan", "fupin", "ducha",
	"盘锦", "民声", "辽宁", "大洼", "盘山", "双台子", "兴隆台", "辽河", "红海滩", "扶贫", "督查",
}

// weak reports whether a password is too short or long, a pattern, a common
// one, or made of words about the person or the place.
//
// The list of common ones is our own: several hundred words and strings that
// published studies of leaked passwords name again and again, with endings of
// digits and signs ignored. It is not a list of all leaked passwords.
func weak(password string, about ...string) bool {
	p := strings.ToLower(norm.NFKC.String(password))
	if n := utf8.RuneCountInString(p); n < minPassword || n > maxPassword || utf8.RuneCountInString(password) > maxPassword {
		return true
	}
	return isPattern(p) || isCommon(p) || isAbout(p, append(about, placeWords...))
}

func isAbout(p string, words []string) bool {
	for _, w := range words {
		w = strings.ToLower(norm.NFKC.String(w))
		// One letter, or two of a login, stand in too many passwords.
		if n := utf8.RuneCountInString(w); n < 2 || n < 3 && len(w) == n {
			continue
		}
		if strings.Contains(p, w) {
			return true
		}
	}
	return false
}

// isPattern finds digits only (dates, phones, ID numbers), few different
// characters, a short piece repeated, and runs of neighbours.
func isPattern(p string) bool {
	runes := []rune(p)
	digits := true
	kinds := map[rune]bool{}
	for _, r := range runes {
		digits = digits && unicode.IsDigit(r)
		kinds[r] = true
	}
	return digits || len(kinds) < 5 || repeats(runes) || 2*neighbours(runes) >= len(runes)
}

func repeats(runes []rune) bool {
	for size := 1; size <= len(runes)/2; size++ {
		same := true
		for i := size; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

// keyboardRows are the rows of the keyboard, and its columns as fingers run
// down them.
var keyboardRows = []string{"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "!@#$%^&*()"}

// neighbours counts the characters in runs of at least five that stand beside
// the one before them, in the alphabet, among the digits or on the keyboard,
// forwards or backwards, or that repeat it. Shorter runs stand in plain words.
func neighbours(runes []rune) int {
	n, run := 0, 1
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && beside(runes[i-1], runes[i]) {
			run++
			continue
		}
		if run >= 5 {
			n += run
		}
		run = 1
	}
	return n
}

func beside(a, b rune) bool {
	if a == b || b == a+1 || b == a-1 {
		return true
	}
	pair, back := string([]rune{a, b}), string([]rune{b, a})
	return slices.ContainsFunc(keyboardRows, func(row string) bool {
		return strings.Contains(row, pair) || strings.Contains(row, back)
	})
}

//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, line := range strings.Fields(commonText) {
		set[line] = true
	}
	return set
})

// isCommon looks for the password, and for what is left of it without digits
// and signs at its ends, alone or several times, in the list.
func isCommon(p string) bool {
	core := strings.TrimFunc(unleet(p), func(r rune) bool { return !unicode.IsLetter(r) })
	plain := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []string{p, core, plain} {
		if common()[word] || isTwo(word) {
			return true
		}
	}
	return false
}

// isTwo reports whether a word is two common words in a row.
func isTwo(word string) bool {
	for i := range word {
		if i > 0 && common()[word[:i]] && common()[word[i:]] {
			return true
		}
	}
	return false
}

func unleet(p string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").Replace(p)
}
