package crosscheck

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/staff"
)

// Dismiss says why a hit is none; it stays so (staff.CrossCheck). reason 4 to
// 200 characters: ErrReason. ErrState, step.ErrStale.
func (b *Bench) Dismiss(ctx context.Context, by staff.Officer, id uuid.UUID, version int, reason string) error {
	own, err := b.own(ctx, by)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); !between(reason, 4, 200) {
		return ErrReason
	}
	return b.Store.Transact(ctx, func(tx *gorm.DB) error {
		h, err := b.inArea(locked(tx), own, id)
		if err != nil {
			return err
		}
		if err := b.rule(tx, by, h, version, dismissed, reason); err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfCheck, id, "hit_dismissed", by.Actor(), b.Store.Now(), map[string]string{"rule": h.Rule})
	})
}

func between(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return least <= n && n <= most
}

// rule moves an open hit on.
func (b *Bench) rule(tx *gorm.DB, by staff.Officer, h Hit, version int, state, reason string) error {
	done := tx.Model(&Hit{}).Where("id = ? AND state = ? AND version = ?", h.ID, open, version).Updates(map[string]any{
		"state": state, "reason": reason, "ruled_by": by.ID, "ruled_at": b.Store.Now(), "version": version + 1})
	if done.Error != nil || done.RowsAffected == 1 {
		return done.Error
	}
	var now Hit
	if err := tx.Select("state").Where("id = ?", h.ID).Take(&now).Error; err != nil {
		return err
	}
	if now.State != open {
		return ErrState
	}
	return step.ErrStale
}

// kinds are what a case about a rule is first taken for; triage may change it.
var kinds = map[string]intake.Kind{
	Deceased:    "FUND_FRAUD_CLAIM",
	Cadre:       "FAVOURITISM",
	CadreFamily: "FAVOURITISM",
	Vehicle:     "HH_INELIGIBLE",
	House:       "HH_INELIGIBLE",
	OneAccount:  "FUND_FRAUD_CLAIM",
	TwoLists:    "HH_INFO_BAD",
	NeverListed: "PROC_NO_PUBLICITY",
	NeverPaid:   "FUND_WITHHOLD",
}

// Turn makes a case of a hit, once, at the desk that the place belongs to, with
// references to its rows (staff.CrossCheck). The case's words name no person:
// ErrNames when they hold a name of the hit or a personal number. words 4 to
// 2000 characters: ErrWords. ErrState, step.ErrStale.
func (b *Bench) Turn(ctx context.Context, by staff.Officer, id uuid.UUID, version int, words string) (uuid.UUID, error) {
	own, err := b.own(ctx, by)
	if err != nil {
		return uuid.Nil, err
	}
	if words = strings.TrimSpace(words); !between(words, 4, 2000) {
		return uuid.Nil, ErrWords
	}
	var complaint uuid.UUID
	err = b.Store.Transact(ctx, func(tx *gorm.DB) error {
		h, err := b.inArea(locked(tx), own, id)
		if err != nil {
			return err
		}
		if err := b.nameless(tx, h, words); err != nil {
			return err
		}
		if err := b.rule(tx, by, h, version, inCase, ""); err != nil {
			return err
		}
		if complaint, err = b.Intake.Found(tx, by, h.PlaceCode, words, kinds[h.Rule], aboutOf(h)); err != nil {
			return err
		}
		if err := tx.Model(&Hit{}).Where("id = ?", id).Updates(map[string]any{"complaint_id": complaint}).Error; err != nil {
			return err
		}
		return ledger.Append(tx, ledger.OfCheck, id, "hit_turned", by.Actor(), b.Store.Now(),
			map[string]string{"rule": h.Rule, "complaint": complaint.String()})
	})
	if err != nil {
		return uuid.Nil, err
	}
	return complaint, nil
}

// nameless checks that words name nobody of the hit.
func (b *Bench) nameless(tx *gorm.DB, h Hit, words string) error {
	if len(privacy.Find(words)) > 0 {
		return ErrNames
	}
	names, err := b.names(tx, h.Rows, func(string) bool { return true })
	if err != nil {
		return err
	}
	bare := strings.Join(strings.Fields(words), "")
	for _, name := range names {
		if name = strings.Join(strings.Fields(name), ""); utf8.RuneCountInString(name) >= 2 && strings.Contains(bare, name) {
			return ErrNames
		}
	}
	return nil
}

// aboutOf is what the case refers to: the hit and the rows that were paid or
// listed.
func aboutOf(h Hit) []intake.About {
	about := []intake.About{{Kind: "hit", RefID: h.ID}}
	for _, r := range h.Rows {
		switch r.Kind {
		case "payment":
			about = append(about, intake.About{Kind: "payment", RefID: r.ID})
		case "roll":
			about = append(about, intake.About{Kind: "row", RefID: r.ID, RowKey: r.Row})
		}
	}
	return about
}
