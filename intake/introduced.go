package intake

import (
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
)

// mostIntroduced bounds how many stretches the portal covers of one text by itself.
const mostIntroduced = 10

// ownMasks cover how reporters say in their words who they are: custodians read on, and
// lift a mask that hides something else. owner is the report, or a message of its
// reporter.
func ownMasks(report, owner uuid.UUID, field, text string, at time.Time) (masks []any) {
	for _, own := range privacy.Introductions(text) {
		chars := utf8.RuneCountInString(text[own.Start:own.End])
		if chars < leastMasked || len(masks) == mostIntroduced {
			continue
		}
		masks = append(masks, &Mask{ID: newID(), ReportID: report, OwnerID: owner, Field: field,
			FirstChar: utf8.RuneCountInString(text[:own.Start]), Chars: chars, Kind: Masked, At: at})
	}
	return masks
}

// ownMasks are those of all fields of a report's words.
func (n Narrative) ownMasks(report uuid.UUID, at time.Time) (masks []any) {
	fields := n.fields()
	for _, field := range narrativeFields {
		masks = append(masks, ownMasks(report, report, field, fields[field], at)...)
	}
	return masks
}

// coverOwn does the same for what a reporter writes later about complaints. What an
// office above reads alone is left as it is: a mask on it would cover, for whoever
// cannot open it, all that they do open.
func (d *Desk) coverOwn(tx *gorm.DB, m messageRow, text string, complaints bool) error {
	if !complaints || m.KeptUnitID != nil {
		return nil
	}
	masks := ownMasks(m.ReportID, m.ID, "text", text, m.At)
	if len(masks) == 0 {
		return nil
	}
	return d.store.InsertInto(tx, masks...)
}
