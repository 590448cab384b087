package inspection

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
)

// Finder finds a case or a supervision item by its number, for an officer who
// may see it; store.ErrNotFound for any other.
type Finder func(ctx context.Context, by staff.Officer, number string) (uuid.UUID, error)

// Config is what a Desk needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Staff  *staff.Desk
	Shelf  *evidence.Shelf
	Clocks *clock.Book
	Docket *docket.Desk
	Papers *paper.Press
	// Finders find what an inspection can look into: ledger.OfComplaint and
	// ledger.OfItem. Without one nothing of its kind is found.
	Finders map[ledger.Subject]Finder
	// Disclosers say which of those that an inspection looks into an officer may
	// know of; without one they are asked for by their number. Looked records that
	// an officer is shown a case.
	Disclosers map[ledger.Subject]clock.Discloser
	Looked     func(ctx context.Context, by staff.Officer, complaint uuid.UUID) error
}

// Desk is where inspections are planned and written down.
type Desk struct{ Config }

// New returns the desk.
func New(c Config) *Desk { return &Desk{c} }

func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }

// note writes an event of an inspection: codes, ids and dates, never words.
func (d *Desk) note(tx *gorm.DB, by staff.Officer, id uuid.UUID, kind string, facts map[string]string) error {
	return d.Clocks.Append(tx, ledger.OfInspection, id, kind, by.Actor(), facts)
}

// box is the purpose of the key under which words about people are sealed, each
// for its own row.
const box = "inspection"

func (d *Desk) shut(kind string, id uuid.UUID, words string) []byte {
	return d.Keys.Box(box).Shut([]byte(words), kind+":"+id.String())
}

func (d *Desk) open(kind string, id uuid.UUID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := d.Keys.Box(box).Open(sealed, kind+":"+id.String())
	return string(plain), err
}

// unitName is what an office is called now.
func (d *Desk) unitName(id uuid.UUID) string {
	u, _ := d.Atlas.Unit(id)
	return u.Name
}

// namesOf reads what people with accounts are called.
func namesOf(db *gorm.DB, ids ...uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

// some are the ids that there are.
func some(ids ...*uuid.UUID) (all []uuid.UUID) {
	for _, id := range ids {
		if id != nil {
			all = append(all, *id)
		}
	}
	return all
}

// called is the name of somebody; "" for nobody.
func called(names map[uuid.UUID]string, id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return names[*id]
}
