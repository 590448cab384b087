package intake

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// MaskKind tells what is covered for now from what is covered for good.
type MaskKind string

// A mask can be lifted by a custodian; what is redacted stays covered in every copy.
const (
	Masked   MaskKind = "mask"
	Redacted MaskKind = "redact"
)

// Black stands in place of covered words.
const Black = "▇▇▇"

// maxMasks bounds how many stretches of one report are covered at once.
const maxMasks = 100

// Mask covers a stretch of what a reporter wrote, and the same words wherever else
// the report or its messages say them. It holds no words, only where they stand: who
// cannot open the report learns nothing from it, and once the report's key is
// destroyed there is nothing left to destroy here.
type Mask struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	ReportID  uuid.UUID
	OwnerID   uuid.UUID // the report, or a message of its reporter
	Field     string    // text, who, when, amount; of a message text
	FirstChar int       // characters before it
	Chars     int
	Kind      MaskKind
	ByID      *uuid.UUID // nil: the portal itself
	At        time.Time
	LiftedBy  *uuid.UUID
	LiftedAt  *time.Time
}

// TableName is mask.
func (Mask) TableName() string { return "mask" }

// Words that are covered are 2 to 200 characters: one alone would blacken every
// place where it stands.
const (
	leastMasked = 2
	mostMasked  = 200
)

// Standing finds where words stand open in a report and in those of its messages that
// readable lets through. Who types a name to learn whether it is covered learns
// nothing. Errors: *Invalid on "words".
func (d *Desk) Standing(ctx context.Context, by staff.Officer, report uuid.UUID, words string, readable func(Message) bool) ([]Mask, error) {
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n < leastMasked || n > mostMasked {
		return nil, orNil(map[string]string{"words": "mask_words"})
	}
	told, err := d.Narratives(ctx, by, report)
	if err != nil {
		return nil, err
	}
	said, err := d.Conversation(ctx, by, report)
	if err != nil {
		return nil, err
	}
	var places []Mask
	look := wherever(words)
	for _, field := range narrativeFields {
		places = append(places, standing(look, report, field, told[report].Pieces(field, true))...)
	}
	for _, m := range said {
		if !m.FromOffice && readable(m) {
			places = append(places, standing(look, m.ID, "text", m.Pieces(true))...)
		}
	}
	if len(places) == 0 {
		return nil, orNil(map[string]string{"words": "mask_none"})
	}
	return places, nil
}

// standing finds words in what stands open of one text.
func standing(look *regexp.Regexp, owner uuid.UUID, field string, pieces []Piece) (places []Mask) {
	first := 0
	for _, p := range pieces {
		if p.Mask == nil {
			for _, at := range look.FindAllStringIndex(p.Text, -1) {
				places = append(places, Mask{
					OwnerID: owner, Field: field, FirstChar: first + utf8.RuneCountInString(p.Text[:at[0]]), Chars: utf8.RuneCountInString(p.Text[at[0]:at[1]]),
				})
			}
		}
		first += utf8.RuneCountInString(p.Text)
	}
	return places
}

// Cover covers words that Standing found, wherever the report and its messages say
// them now or later, in the caller's transaction. Whoever calls writes the event.
// Errors: *Invalid on "words".
func (d *Desk) Cover(tx *gorm.DB, by staff.Officer, report uuid.UUID, kind MaskKind, found Mask) error {
	var already int64
	if err := tx.Model(&Mask{}).Where("report_id = ? AND lifted_at IS NULL", report).Count(&already).Error; err != nil {
		return err
	}
	if already >= maxMasks {
		return orNil(map[string]string{"words": "mask_many"})
	}
	found.ID, found.ReportID, found.Kind, found.ByID, found.At = newID(), report, kind, &by.ID, d.store.Now()
	return tx.Create(&found).Error
}

// ForGood makes a mask one that nobody lifts, in the caller's transaction. Errors:
// store.ErrNotFound, step.ErrState (it is one already, or was lifted).
func (d *Desk) ForGood(tx *gorm.DB, report, mask uuid.UUID) error {
	return d.changeMask(tx, report, mask, map[string]any{"kind": Redacted})
}

// Lift takes a mask off, in the caller's transaction. What is covered for good stays.
// Errors: store.ErrNotFound, step.ErrState.
func (d *Desk) Lift(tx *gorm.DB, by staff.Officer, report, mask uuid.UUID) error {
	return d.changeMask(tx, report, mask, map[string]any{"lifted_by": by.ID, "lifted_at": d.store.Now()})
}

func (d *Desk) changeMask(tx *gorm.DB, report, mask uuid.UUID, to map[string]any) error {
	var m Mask
	if err := store.One(tx.Where("id = ? AND report_id = ?", mask, report), &m); err != nil {
		return err
	}
	done := tx.Model(&Mask{}).Where("id = ? AND kind = ? AND lifted_at IS NULL", mask, Masked).Updates(to)
	if done.Error == nil && done.RowsAffected == 0 {
		return step.ErrState
	}
	return done.Error
}

// Proposals are words in a text that stand open and that a program takes for a
// number of somebody's: phones, identity cards, bank cards, plates.
func Proposals(texts ...[]Piece) (words []string) {
	for _, pieces := range texts {
		for _, p := range pieces {
			if p.Mask != nil {
				continue
			}
			for _, f := range privacy.Find(p.Text) {
				found := p.Text[f.Start:f.End]
				if n := utf8.RuneCountInString(found); f.Kind != privacy.HeaderWord && n >= leastMasked && n <= mostMasked && !slices.Contains(words, found) {
					words = append(words, found)
				}
			}
		}
	}
	return words
}

// MaskedWords is a mask with the words that it stands on, for custodians.
type MaskedWords struct {
	Mask
	Words string
}

// Masks lists what is covered of a report, oldest first.
func (d *Desk) Masks(ctx context.Context, by staff.Officer, report uuid.UUID) (all []MaskedWords, err error) {
	covered, err := d.coverings(d.store.Read(ctx), by, nil, report)
	for _, s := range covered[report] {
		all = append(all, MaskedWords{s.Mask, s.words})
	}
	return all, err
}
