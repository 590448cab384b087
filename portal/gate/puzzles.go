package gate

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"fmt"
	"time"
	"unicode"

	"github.com/dchest/captcha"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// Digits of a puzzle.
const (
	Usual  = 6
	Longer = 8 // for whoever is over a limit
)

// puzzleLife is how long a puzzle can be answered.
const puzzleLife = 20 * time.Minute

// Puzzle is a picture of digits to be typed off. The zero Puzzle asks nothing.
type Puzzle struct {
	ID     string // 128 random bits, safe in an address
	Digits int
}

// Puzzles are told apart from machines' guesses. A puzzle is drawn once, kept
// in the database and gone with the first answer, on whichever replica.
type Puzzles struct {
	store *store.Store
	keys  *seal.Keys
	on    bool
}

// NewPuzzles returns puzzles kept in s. When on is false nothing is asked and
// every answer is right.
func NewPuzzles(s *store.Store, keys *seal.Keys, on bool) *Puzzles { return &Puzzles{s, keys, on} }

// New draws a puzzle of Usual or Longer digits.
func (p *Puzzles) New(ctx context.Context, digits int) (Puzzle, error) {
	if !p.on {
		return Puzzle{}, nil
	}
	// The library's own store is one map a process; only its drawing is used.
	answer := captcha.RandomDigits(digits)
	id := rand.Text()
	width := captcha.StdWidth * digits / Usual
	var image bytes.Buffer
	if _, err := captcha.NewImage(id, answer, width, captcha.StdHeight).WriteTo(&image); err != nil {
		return Puzzle{}, fmt.Errorf("gate: draw puzzle: %w", err)
	}
	row := puzzleRow{
		ID:        id,
		AnswerMAC: p.mac(id, answer),
		Digits:    digits,
		Image:     image.Bytes(),
		Sealed:    p.keys.Box("captcha").Shut(answer, "captcha:"+id),
		ExpiresAt: p.store.Now().Add(puzzleLife),
	}
	if err := p.store.Read(ctx).Create(&row).Error; err != nil {
		return Puzzle{}, fmt.Errorf("gate: keep puzzle: %w", err)
	}
	return Puzzle{id, digits}, nil
}

// Check reports whether answer solves the puzzle, and uses it up either way:
// of any number of answers, on any number of replicas, at most one is right.
// Full-width digits and spaces are understood. An error means that nobody
// knows; it never means a wrong answer.
func (p *Puzzles) Check(ctx context.Context, id, answer string) (bool, error) {
	return p.CheckAtLeast(ctx, id, answer, 0)
}

// CheckAtLeast is Check for somebody who was asked for a longer puzzle: a
// right answer to one of fewer digits is not enough.
func (p *Puzzles) CheckAtLeast(ctx context.Context, id, answer string, digits int) (bool, error) {
	if !p.on {
		return true, nil
	}
	// Find and not Scan, whose log line holds the values.
	var used []puzzleRow
	err := p.store.Read(ctx).Raw(
		"DELETE FROM captcha_puzzle WHERE id = ? AND expires_at > ? RETURNING answer_mac, digits",
		id, p.store.Now()).Find(&used).Error
	if err != nil {
		return false, fmt.Errorf("gate: use puzzle: %w", err)
	}
	if len(used) == 0 || used[0].Digits < digits {
		return false, nil
	}
	typed, ok := readDigits(answer)
	return ok && hmac.Equal(used[0].AnswerMAC, p.mac(id, typed)), nil
}

// Image is the puzzle's picture (PNG), or store.ErrNotFound.
func (p *Puzzles) Image(ctx context.Context, id string) ([]byte, error) {
	row, err := p.open(ctx, id, "image")
	return row.Image, err
}

// Sound is the puzzle spoken (WAV) in "zh-CN" or "en", or store.ErrNotFound.
// It is drawn on first asking; later ones, on any replica, hear the same, so
// that nobody can average the noise away.
func (p *Puzzles) Sound(ctx context.Context, id, lang string) ([]byte, error) {
	column, speech := "audio_zh", "zh"
	if lang == "en" {
		column, speech = "audio_en", "en"
	}
	row, err := p.open(ctx, id, "sealed, audio_zh, audio_en")
	if err != nil || len(row.spoken(column)) > 0 {
		return row.spoken(column), err
	}
	answer, err := p.keys.Box("captcha").Open(row.Sealed, "captcha:"+id)
	if err != nil {
		return nil, fmt.Errorf("gate: open puzzle: %w", err)
	}
	var sound bytes.Buffer
	if _, err := captcha.NewAudio(id, answer, speech).WriteTo(&sound); err != nil {
		return nil, fmt.Errorf("gate: speak puzzle: %w", err)
	}
	err = p.store.Read(ctx).Model(&puzzleRow{}).Where("id = ? AND "+column+" IS NULL", id).
		Updates(map[string]any{column: sound.Bytes()}).Error
	if err != nil {
		return nil, fmt.Errorf("gate: keep sound: %w", err)
	}
	row, err = p.open(ctx, id, column)
	return row.spoken(column), err
}

// Sweep deletes puzzles that nobody answered in time.
func (p *Puzzles) Sweep(ctx context.Context) error {
	err := p.store.Read(ctx).Where("expires_at <= ?", p.store.Now()).Delete(&puzzleRow{}).Error
	if err != nil {
		return fmt.Errorf("gate: sweep puzzles: %w", err)
	}
	return nil
}

func (p *Puzzles) open(ctx context.Context, id, columns string) (puzzleRow, error) {
	var row puzzleRow
	if !p.on {
		return row, store.ErrNotFound
	}
	err := store.One(p.store.Read(ctx).Select(columns).Where("id = ? AND expires_at > ?", id, p.store.Now()), &row)
	return row, err
}

func (p *Puzzles) mac(id string, digits []byte) []byte {
	return p.keys.MAC("captcha", append([]byte(id+":"), digits...))
}

// readDigits reads what a person typed, in half or full width, with spaces.
func readDigits(text string) ([]byte, bool) {
	if len(text) > 64 {
		return nil, false
	}
	var digits []byte
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r-'0'))
		case r >= '０' && r <= '９':
			digits = append(digits, byte(r-'０'))
		case unicode.IsSpace(r):
		default:
			return nil, false
		}
	}
	return digits, len(digits) > 0
}

type puzzleRow struct {
	ID        string `gorm:"primaryKey"`
	AnswerMAC []byte `gorm:"column:answer_mac"`
	Digits    int
	Image     []byte
	AudioZh   []byte
	AudioEn   []byte
	Sealed    []byte
	ExpiresAt time.Time
}

// TableName is where puzzles lie.
func (puzzleRow) TableName() string { return "captcha_puzzle" }

func (r puzzleRow) spoken(column string) []byte {
	if column == "audio_en" {
		return r.AudioEn
	}
	return r.AudioZh
}
