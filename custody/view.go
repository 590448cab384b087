package custody

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/staff"
)

// View is how an office's key for a duty stands, as those see it who may hold it.
type View struct {
	Key       *Key // nil: the office has none
	Words     []string
	CreatedBy string
	Members   []Member
	Waiting   []Colleague // people here for the duty to whom the key is not sealed
	Holds     bool        // the officer can open it
	Held      bool        // somebody here can
	Due       bool        // somebody left who could open it: it has to be changed
	Ready     int         // people here for the duty who have a key of their own
	Holders   []Holder    // of the escrow
	Answers   string      // without a key for names: the office above whose key they go to, "" none
	Offline   bool        // without any: names go to keys outside
	May       bool        // the office takes complaints, so that a key has a use
}

// Member is somebody to whom an office's key is sealed.
type Member struct {
	Name       string
	Words      []string // of the key that they were admitted with
	At         time.Time
	AdmittedBy string
	State      string // holds; lost: the password was reset since; left: not here for the duty any more
}

// Colleague is somebody to whom the key can be sealed.
type Colleague struct {
	ID        uuid.UUID
	Name      string
	Recipient string // "" while they have no key yet
	Words     []string
	Own       bool // the officer who reads
}

// Look shows how the key of the officer's office stands (the permission of the duty).
func (d Ring) Look(ctx context.Context, by staff.Officer) (v View, err error) {
	if err := by.Require(d.duty.permission()); err != nil {
		return v, err
	}
	unit, err := d.Atlas.Unit(by.UnitID)
	if err != nil {
		return v, err
	}
	v.May, v.Offline = unit.TakesComplaints, d.duty == Identity && len(d.Offline) > 0
	there, err := d.present(ctx, by.UnitID)
	if err != nil {
		return v, err
	}
	db := d.Store.Read(ctx)
	keys, err := d.Staff.PublicKeys(db, accounts(there)...)
	if err != nil {
		return v, err
	}
	v.Ready = len(keys)
	k, err := d.activeKey(db, by.UnitID, d.duty)
	if errors.Is(err, store.ErrNotFound) {
		if d.duty == Identity {
			v.Answers, err = d.answers(db, by.UnitID)
		} else {
			err = nil
		}
		return v, err
	}
	if err != nil {
		return v, err
	}
	v.Key, v.Words = &k, Words(k.Recipient)
	if err := d.members(db, by, there, keys, &v); err != nil {
		return v, err
	}
	var holders []holderRow
	err = db.Where("key_id = ?", k.ID).Order("place").Limit(3).Find(&holders).Error
	for _, h := range holders {
		v.Holders = append(v.Holders, Holder{h.Name, h.Recipient})
	}
	return v, err
}

// answers is the office above an office whose key names go to.
func (d Ring) answers(db *gorm.DB, unit uuid.UUID) (string, error) {
	to, err := d.For(db, unit)
	if err != nil || len(to) == 0 || to[0].Kind != ToUnit {
		return "", err
	}
	id, err := uuid.Parse(to[0].ID)
	if err != nil {
		return "", err
	}
	u, err := d.Atlas.Unit(id)
	return u.Name, err
}

// members fills in who can open a key, who could once, and who waits for it.
func (d Ring) members(db *gorm.DB, by staff.Officer, there map[uuid.UUID]staff.Officer, keys map[uuid.UUID]staff.PublicKey, v *View) error {
	rows, err := membersOf(db, v.Key.ID)
	if err != nil {
		return err
	}
	people := []uuid.UUID{v.Key.CreatedBy}
	for _, m := range rows {
		people = append(people, m.AccountID, m.AdmittedBy)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return err
	}
	v.CreatedBy = names[v.Key.CreatedBy]
	holds := map[uuid.UUID]bool{}
	for _, m := range rows {
		one := Member{Name: names[m.AccountID], Words: Words(m.Recipient), At: m.At.UTC(), AdmittedBy: names[m.AdmittedBy], State: "holds"}
		if _, here := there[m.AccountID]; !here {
			one.State, v.Due = "left", true
		} else if keys[m.AccountID].Recipient != m.Recipient {
			one.State = "lost"
		} else {
			holds[m.AccountID] = true
		}
		v.Members = append(v.Members, one)
	}
	v.Holds, v.Held = holds[by.ID], len(holds) > 0
	for id, o := range there {
		if holds[id] {
			continue
		}
		c := Colleague{ID: id, Name: o.Name, Own: id == by.ID}
		if k, ready := keys[id]; ready {
			c.Recipient, c.Words = k.Recipient, Words(k.Recipient)
		}
		v.Waiting = append(v.Waiting, c)
	}
	sortColleagues(v.Waiting)
	return nil
}

func sortColleagues(all []Colleague) {
	slices.SortFunc(all, func(a, b Colleague) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID.String(), b.ID.String()))
	})
}
