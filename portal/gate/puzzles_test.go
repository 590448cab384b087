package gate

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// answerOf opens a puzzle's digits, as only the portal can.
func answerOf(t *testing.T, s *store.Store, keys *seal.Keys, id string) string {
	t.Helper()
	var row puzzleRow
	if err := store.One(s.Read(ctx).Where("id = ?", id), &row); err != nil {
		t.Fatal(err)
	}
	digits, err := keys.Box("captcha").Open(row.Sealed, "captcha:"+id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range digits {
		digits[i] += '0'
	}
	return string(digits)
}

func drawn(t *testing.T, p *Puzzles, digits int) Puzzle {
	t.Helper()
	puzzle, err := p.New(ctx, digits)
	if err != nil {
		t.Fatal(err)
	}
	return puzzle
}

func check(t *testing.T, p *Puzzles, id, answer string) bool {
	t.Helper()
	ok, err := p.Check(ctx, id, answer)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestAnswerIsAcceptedOnceAsPeopleTypeIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keys := newKeys(t)
		p := NewPuzzles(s, keys, true)
		for name, typed := range map[string]func(string) string{
			"plain":       func(a string) string { return a },
			"full width":  func(a string) string { return strings.Map(func(r rune) rune { return r - '0' + '０' }, a) },
			"with spaces": func(a string) string { return "  " + a[:3] + "　" + a[3:] + "\n" },
		} {
			for _, digits := range []int{Usual, Longer} {
				puzzle := drawn(t, p, digits)
				answer := answerOf(t, s, keys, puzzle.ID)
				if len(answer) != digits || puzzle.Digits != digits {
					t.Fatalf("%d digits, asked for %d", len(answer), digits)
				}
				if !check(t, p, puzzle.ID, typed(answer)) {
					t.Errorf("%s: not accepted", name)
				}
				if check(t, p, puzzle.ID, typed(answer)) {
					t.Errorf("%s: accepted twice", name)
				}
			}
		}
	})
}

func TestEveryWrongAnswerUsesThePuzzleUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keys := newKeys(t)
		p := NewPuzzles(s, keys, true)
		for name, wrong := range map[string]func(string) string{
			"empty": func(string) string { return "" },
			"words": func(string) string { return "六个数字" },
			"short": func(a string) string { return a[1:] },
			"long":  func(a string) string { return a + "0" },
			"other": func(a string) string { return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, a) },
			"huge":  func(a string) string { return a + strings.Repeat(" ", 1<<16) },
		} {
			puzzle := drawn(t, p, Usual)
			answer := answerOf(t, s, keys, puzzle.ID)
			if check(t, p, puzzle.ID, wrong(answer)) {
				t.Errorf("%s: accepted", name)
			}
			if check(t, p, puzzle.ID, answer) {
				t.Errorf("%s: there was a second try", name)
			}
		}
		if check(t, p, "", "") || check(t, p, "no-such-puzzle", "123456") {
			t.Error("a puzzle that never was is solved")
		}
	})
}

func TestOfFiftyAnswersAtOnceOneCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keys := newKeys(t)
		replicas := []*Puzzles{NewPuzzles(s, keys, true), NewPuzzles(s, keys, true)}
		puzzle := drawn(t, replicas[0], Usual)
		answer := answerOf(t, s, keys, puzzle.ID)
		var won, failed atomic.Int64
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				ok, err := replicas[i%2].Check(ctx, puzzle.ID, answer)
				if err != nil {
					failed.Add(1)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || failed.Load() != 0 {
			t.Errorf("%d won, %d failed; want 1, 0", won.Load(), failed.Load())
		}
	})
}

func TestShorterPuzzleDoesNotDoForALongerOne(t *testing.T) {
	s, keys := storetest.SQLite(t), newKeys(t)
	p := NewPuzzles(s, keys, true)
	for _, c := range []struct {
		drawn, asked int
		want         bool
	}{{Usual, Longer, false}, {Longer, Longer, true}, {Longer, Usual, true}, {Usual, Usual, true}} {
		puzzle := drawn(t, p, c.drawn)
		ok, err := p.CheckAtLeast(ctx, puzzle.ID, answerOf(t, s, keys, puzzle.ID), c.asked)
		if ok != c.want || err != nil {
			t.Errorf("drawn with %d, asked for %d: %v, %v", c.drawn, c.asked, ok, err)
		}
	}
}

func TestPuzzlesExpireAndAreSwept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keys := newKeys(t)
		p := NewPuzzles(s, keys, true)
		old, fresh := drawn(t, p, Usual), drawn(t, p, Usual)
		answer := answerOf(t, s, keys, old.ID)
		err := s.Read(ctx).Model(&puzzleRow{}).Where("id = ?", old.ID).
			Updates(map[string]any{"expires_at": s.Now().Add(-time.Second)}).Error
		if err != nil {
			t.Fatal(err)
		}
		if check(t, p, old.ID, answer) {
			t.Error("an expired puzzle is solved")
		}
		if _, err := p.Image(ctx, old.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("picture of an expired puzzle: %v", err)
		}
		if err := p.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var left []string
		if err := s.Read(ctx).Model(&puzzleRow{}).Pluck("id", &left).Error; err != nil {
			t.Fatal(err)
		}
		if len(left) != 1 || left[0] != fresh.ID {
			t.Errorf("left after the sweep: %v", left)
		}
	})
}

func TestPictureAndSoundAreDrawnOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keys := newKeys(t)
		one, two := NewPuzzles(s, keys, true), NewPuzzles(s, keys, true)
		puzzle := drawn(t, one, Longer)
		first, err := one.Image(ctx, puzzle.ID)
		if err != nil {
			t.Fatal(err)
		}
		second, _ := two.Image(ctx, puzzle.ID)
		if !bytes.Equal(first, second) {
			t.Error("another replica shows another picture of the same digits")
		}
		if _, err := png.Decode(bytes.NewReader(first)); err != nil {
			t.Error(err)
		}
		chinese, err := one.Sound(ctx, puzzle.ID, "zh-CN")
		if err != nil || !bytes.HasPrefix(chinese, []byte("RIFF")) {
			t.Fatalf("%d bytes of sound, %v", len(chinese), err)
		}
		again, _ := two.Sound(ctx, puzzle.ID, "zh-CN")
		if !bytes.Equal(chinese, again) {
			t.Error("another replica speaks it another way")
		}
		english, err := two.Sound(ctx, puzzle.ID, "en")
		if err != nil || bytes.Equal(chinese, english) {
			t.Errorf("English is the same as Chinese, %v", err)
		}
		// One process draws the same digits alike, so what is kept is marked.
		marks := map[string]any{"image": []byte("kept image"), "audio_zh": []byte("kept zh"), "audio_en": []byte("kept en")}
		if err := s.Read(ctx).Model(&puzzleRow{}).Where("id = ?", puzzle.ID).Updates(marks).Error; err != nil {
			t.Fatal(err)
		}
		image, _ := one.Image(ctx, puzzle.ID)
		chinese, _ = one.Sound(ctx, puzzle.ID, "zh-CN")
		english, _ = one.Sound(ctx, puzzle.ID, "en")
		if got := string(image) + string(chinese) + string(english); got != "kept imagekept zhkept en" {
			t.Errorf("drawn anew: %.60q", got)
		}
		if !check(t, one, puzzle.ID, answerOf(t, s, keys, puzzle.ID)) {
			t.Error("looking and listening used the puzzle up")
		}
		for _, ask := range []func(context.Context, string) ([]byte, error){one.Image, func(ctx context.Context, id string) ([]byte, error) { return one.Sound(ctx, id, "en") }} {
			if got, err := ask(ctx, puzzle.ID); !errors.Is(err, store.ErrNotFound) || len(got) > 0 {
				t.Errorf("after the answer: %d bytes, %v", len(got), err)
			}
		}
	})
}

func TestDatabaseHoldsNoDigitsInClear(t *testing.T) {
	s, keys := storetest.SQLite(t), newKeys(t)
	p := NewPuzzles(s, keys, true)
	puzzle := drawn(t, p, Longer)
	answer := []byte(answerOf(t, s, keys, puzzle.ID))
	var row puzzleRow
	if err := store.One(s.Read(ctx).Where("id = ?", puzzle.ID), &row); err != nil {
		t.Fatal(err)
	}
	raw := bytes.Map(func(r rune) rune { return r - '0' }, answer)
	for name, field := range map[string][]byte{"mac": row.AnswerMAC, "sealed": row.Sealed, "image": row.Image} {
		if bytes.Contains(field, answer) || bytes.Contains(field, raw) {
			t.Errorf("%s holds the answer", name)
		}
	}
}

// An error is never a wrong answer: the visitor must not lose the puzzle to a
// database that is away.
func TestDatabaseAwayIsAnError(t *testing.T) {
	s := storetest.SQLite(t)
	p := NewPuzzles(s, newKeys(t), true)
	puzzle := drawn(t, p, Usual)
	s.Close()
	if ok, err := p.Check(ctx, puzzle.ID, "123456"); ok || err == nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestSwitchedOffNothingIsAsked(t *testing.T) {
	p := NewPuzzles(storetest.SQLite(t), newKeys(t), false)
	puzzle, err := p.New(ctx, Usual)
	if err != nil || puzzle != (Puzzle{}) || !check(t, p, "", "") {
		t.Errorf("%+v, %v", puzzle, err)
	}
	if _, err := p.Image(ctx, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("picture: %v", err)
	}
}
