package crosscheck

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// Place of one row of a hit.
type Place struct {
	Kind string    // payment, roll, reference
	ID   uuid.UUID // payment, roll or set
	Row  int       // in the file, or the key in the roll
	What string    // title of batch or set, code of the notice's kind (LIST_VILLAGE …)
	Name string    // masked; in full from Hit
	Day  string    // paid, begun, or of the set (death, purchase); '' not known
	Fen  int64
	By   string `json:",omitempty"` // of a reference: recognised by "id" or "name"
}

// Hit is one finding.
type Hit struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	Fingerprint []byte
	Rule        string
	PlaceCode   string
	UnitID      uuid.UUID // whose check found it
	Rows        []Place   `gorm:"serializer:json"` // at most 20
	AmountFen   int64
	State       string // open, dismissed, case
	Reason      string
	ComplaintID *uuid.UUID
	RuledBy     *uuid.UUID
	RuledAt     *time.Time
	FoundAt     time.Time
	Version     int
	Village     string `gorm:"-"`
	Ruler       string `gorm:"-"`
}

// TableName is cross_hit.
func (Hit) TableName() string { return "cross_hit" }

// States of hits.
const (
	open      = "open"
	dismissed = "dismissed"
	inCase    = "case"
)

// Filter narrows the list.
type Filter struct {
	State string // "" open
	Rule  string
	Place string // that place and below
	After uuid.UUID
}

// pageSize is how many hits a page has.
const pageSize = 50

// Hits lists hits in the officer's jurisdiction, 50 at a time, village by
// village (staff.CrossCheck). Names are masked. An unknown cursor is
// store.ErrNotFound.
func (b *Bench) Hits(ctx context.Context, by staff.Officer, f Filter) ([]Hit, error) {
	own, err := b.own(ctx, by)
	if err != nil {
		return nil, err
	}
	if f.State == "" {
		f.State = open
	}
	query := own.within(b.Store.Read(ctx).Where("state = ?", f.State), "place_code")
	if f.Rule != "" {
		query = query.Where("rule = ?", f.Rule)
	}
	if f.Place != "" {
		query = area{f.Place}.within(query, "place_code")
	}
	if f.After != uuid.Nil {
		last, err := b.inArea(b.Store.Read(ctx), own, f.After)
		if err != nil {
			return nil, err
		}
		query = query.Where("(place_code, id) > (?, ?)", last.PlaceCode, last.ID)
	}
	var hits []Hit
	if err := query.Order("place_code, id").Limit(pageSize).Find(&hits).Error; err != nil {
		return nil, err
	}
	return hits, b.describe(ctx, hits)
}

// own is the officer's area; staff.ErrForbidden without staff.CrossCheck.
func (b *Bench) own(ctx context.Context, by staff.Officer) (area, error) {
	if err := by.Require(staff.CrossCheck); err != nil {
		return nil, err
	}
	return b.area(ctx, by.UnitID)
}

// inArea reads a hit, or store.ErrNotFound.
func (b *Bench) inArea(db *gorm.DB, a area, id uuid.UUID) (Hit, error) {
	var h Hit
	return h, store.One(a.within(db.Where("id = ?", id), "place_code"), &h)
}

// locked makes a query wait for whoever works on the same rows. SQLite writes
// one transaction at a time anyway.
func locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

// describe fills in what villages and officers are called.
func (b *Bench) describe(ctx context.Context, hits []Hit) error {
	villages := map[string]string{}
	var rulers []uuid.UUID
	for _, h := range hits {
		if _, known := villages[h.PlaceCode]; !known {
			d, err := b.Atlas.Division(ctx, h.PlaceCode)
			if err != nil {
				return err
			}
			villages[h.PlaceCode] = d.FullName
		}
		if h.RuledBy != nil && !slices.Contains(rulers, *h.RuledBy) {
			rulers = append(rulers, *h.RuledBy)
		}
	}
	names, err := peopleNames(b.Store.Read(ctx), rulers)
	for i := range hits {
		hits[i].Village = villages[hits[i].PlaceCode]
		if hits[i].RuledBy != nil {
			hits[i].Ruler = names[*hits[i].RuledBy]
		}
	}
	return err
}

// Counts of open hits by rule, each capped at 1000 (staff.CrossCheck).
func (b *Bench) Counts(ctx context.Context, by staff.Officer) (map[string]int, error) {
	own, err := b.own(ctx, by)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, rule := range Rules() {
		some := own.within(b.Store.Read(ctx).Table("cross_hit").Select("1").Where("state = ? AND rule = ?", open, rule), "place_code").Limit(1000)
		var n int
		if err := b.Store.Read(ctx).Raw("SELECT COUNT(*) FROM (?) AS capped", some).Scan(&n).Error; err != nil {
			return nil, err
		}
		counts[rule] = n
	}
	return counts, nil
}

// Hit opens one with the names in full, which leaves an event. A hit can join
// rows of several towns: names outside the officer's jurisdiction stay masked.
// store.ErrNotFound when the hit itself lies outside (staff.CrossCheck).
func (b *Bench) Hit(ctx context.Context, by staff.Officer, id uuid.UUID) (Hit, error) {
	own, err := b.own(ctx, by)
	if err != nil {
		return Hit{}, err
	}
	var h Hit
	err = b.Store.Transact(ctx, func(tx *gorm.DB) error {
		if h, err = b.inArea(locked(tx), own, id); err != nil {
			return err
		}
		names, err := b.names(tx, h.Rows, own.holds)
		if err != nil {
			return err
		}
		for i, name := range names {
			h.Rows[i].Name = name
		}
		return ledger.Append(tx, ledger.OfCheck, h.ID, "hit_opened", by.Actor(), b.Store.Now(), map[string]string{"rule": h.Rule})
	})
	if err != nil {
		return Hit{}, err
	}
	described := []Hit{h}
	return described[0], b.describe(ctx, described)
}

// names are those of a hit's rows in full, where the place of a row may be seen.
// Other rows, and rows that are gone, keep their mask.
func (b *Bench) names(tx *gorm.DB, rows []Place, may func(place string) bool) ([]string, error) {
	names := make([]string, len(rows))
	for i, r := range rows {
		name, err := b.name(tx, r, may)
		if err != nil {
			return nil, err
		}
		if names[i] = name; name == "" {
			names[i] = r.Name
		}
	}
	return names, nil
}

// name opens the name of one row, "" when the row is gone or not to be seen.
func (b *Bench) name(tx *gorm.DB, r Place, may func(place string) bool) (string, error) {
	var row struct {
		ID         uuid.UUID
		PlaceCode  string
		Label      string
		NameSealed []byte
	}
	var query *gorm.DB
	switch r.Kind {
	case "roll":
		query = tx.Table("roll_row").Select("id, place_code, label").Where("roll_id = ? AND key = ?", r.ID, r.Row).Order("since DESC")
	case "payment":
		query = tx.Table("payment").Select("id, place_code, name_sealed").Where("id = ?", r.ID)
	default:
		query = tx.Table("reference_person").Select("id, place_code, name_sealed").Where("set_id = ? AND row = ?", r.ID, r.Row)
	}
	if err := query.Limit(1).Scan(&row).Error; err != nil || row.ID == uuid.Nil || !may(row.PlaceCode) {
		return "", err
	}
	if r.Kind == "roll" {
		return row.Label, nil
	}
	return b.Purse.OpenName(row.ID, row.NameSealed)
}
