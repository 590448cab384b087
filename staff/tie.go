package staff

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
)

// Tie is somebody in whose matters a person of the staff has no part: what names
// them does not exist for that person. Only who declared it reads it.
type Tie struct {
	ID      uuid.UUID
	Kind    string    // one of TieKinds
	Name    string    // 2 to 20 characters
	UnitID  uuid.UUID // where they work; uuid.Nil: not known, or no office of the portal
	Office  string    // the same in own words, at most 60 characters
	At      time.Time
	EndedAt *time.Time // what was named until then stays hidden
}

// ofSelf is the tie of everybody to themselves.
const ofSelf = "self"

// TieKinds lists how people are tied (catalog key ties.kind.<code>).
func TieKinds() []string {
	return []string{"spouse", "parent", "child", "sibling", "kin", "colleague", "friend"}
}

const mostTies = 100

type tieRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	AccountID   uuid.UUID
	Kind        string
	NameMark    []byte
	UnitID      *uuid.UUID
	WordsSealed []byte
	At          time.Time
	EndedAt     *time.Time
}

func (tieRow) TableName() string { return "staff_tie" }

// tieWords is what of a tie is sealed.
type tieWords struct{ Name, Office string }

func tiePlace(id uuid.UUID) string { return "staff_tie:" + id.String() }

// Declare keeps, sealed, that the officer is tied to somebody. From that moment on
// whatever names that person does not exist for the officer. The record says that
// something was declared, and not whom. Errors: *step.Invalid.
func (d *Desk) Declare(ctx context.Context, by Officer, t Tie) error {
	t.Name, t.Office = strings.TrimSpace(t.Name), strings.TrimSpace(t.Office)
	problems := map[string]string{}
	if !slices.Contains(TieKinds(), t.Kind) {
		problems["kind"] = "tie_kind"
	}
	if n := utf8.RuneCountInString(plainName(t.Name)); n < shortName || n > 20 {
		problems["name"] = "tie_name"
	}
	if utf8.RuneCountInString(t.Office) > 60 {
		problems["office"] = "tie_office"
	}
	row := tieRow{ID: uuid.Must(uuid.NewV7()), AccountID: by.ID, Kind: t.Kind, NameMark: d.names.Mark(t.Name), At: d.store.Now()}
	if t.UnitID != uuid.Nil {
		if _, err := d.atlas.Unit(t.UnitID); err != nil {
			problems["unit"] = "tie_unit"
		}
		row.UnitID = &t.UnitID
	}
	if len(problems) > 0 {
		return &step.Invalid{Problems: problems}
	}
	plain, err := json.Marshal(tieWords{t.Name, t.Office})
	if err != nil {
		return err
	}
	row.WordsSealed = d.ties.Shut(plain, tiePlace(row.ID))
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		if _, err := hold(tx, by.ID); err != nil {
			return err
		}
		var n int64
		if err := tx.Model(&tieRow{}).Where("account_id = ? AND kind <> ?", by.ID, ofSelf).Count(&n).Error; err != nil {
			return err
		}
		if n >= mostTies {
			return step.Bad("name", "tie_many")
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return d.record(tx, by.ID, "tie_declared", by.Actor(), map[string]string{"kind": t.Kind})
	})
}

// Ties lists what the officer declared, the latest first, at most 100. Nobody
// else can ask for it.
func (d *Desk) Ties(ctx context.Context, by Officer) ([]Tie, error) {
	var rows []tieRow
	err := d.store.Read(ctx).Where("account_id = ? AND kind <> ?", by.ID, ofSelf).Order("at DESC, id").Limit(mostTies).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	ties := make([]Tie, len(rows))
	for i, r := range rows {
		plain, err := d.ties.Open(r.WordsSealed, tiePlace(r.ID))
		if err != nil {
			return nil, err
		}
		var words tieWords
		if err := json.Unmarshal(plain, &words); err != nil {
			return nil, err
		}
		ties[i] = Tie{ID: r.ID, Kind: r.Kind, Name: words.Name, Office: words.Office, At: r.At.UTC(), EndedAt: utc(r.EndedAt)}
		if r.UnitID != nil {
			ties[i].UnitID = *r.UnitID
		}
	}
	return ties, nil
}

// EndTie says that the officer is no longer tied to somebody. What named that
// person until now stays hidden, so that ending a tie opens nothing.
// store.ErrNotFound for what is not the officer's, or ended already.
func (d *Desk) EndTie(ctx context.Context, by Officer, id uuid.UUID) error {
	return d.store.Transact(ctx, func(tx *gorm.DB) error {
		if _, err := hold(tx, by.ID); err != nil {
			return err
		}
		done := tx.Model(&tieRow{}).Where("id = ? AND account_id = ? AND kind <> ? AND ended_at IS NULL", id, by.ID, ofSelf).Update("ended_at", d.store.Now())
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return store.ErrNotFound
		}
		return d.record(tx, by.ID, "tie_ended", by.Actor(), nil)
	})
}

// tieSelf keeps what an account's own name is recognised by.
func (d *Desk) tieSelf(tx *gorm.DB, a accountRow) error {
	row := tieRow{ID: uuid.Must(uuid.NewV7()), AccountID: a.ID, Kind: ofSelf, NameMark: d.names.Mark(a.Name), UnitID: &a.UnitID, At: d.store.Now()}
	return tx.Create(&row).Error
}

// TieSelves does so for all accounts that have no such row yet, 500 at a time: for
// those that were there before this portal knew of ties. It runs at every start
// and is done at once when there is nothing to do.
func (d *Desk) TieSelves(ctx context.Context) error {
	for {
		n := 0
		err := d.store.Transact(ctx, func(tx *gorm.DB) error {
			var rows []accountRow
			err := tx.Where("NOT EXISTS (SELECT 1 FROM staff_tie t WHERE t.account_id = account.id AND t.kind = ?)", ofSelf).
				Order("id").Limit(500).Find(&rows).Error
			for _, a := range rows {
				if err == nil {
					err = d.tieSelf(tx, a)
				}
			}
			n = len(rows)
			return err
		})
		if store.IsDuplicate(err) {
			continue // another replica was there first
		}
		if err != nil || n < 500 {
			return err
		}
	}
}
