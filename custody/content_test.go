package custody_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/staff"
)

// as is somebody in a session of their own.
func (h *house) as(who staff.Officer) staff.Officer {
	who.Key = h.key(who)
	return who
}

// handle has two people hold their office's key for handling.
func (h *house) handle(first, second staff.Officer) {
	h.t.Helper()
	ring, heard := h.Ring(custody.Handling), h.key(second).Recipient()
	h.must(ring.Create(bg, first, h.key(first)))
	h.must(ring.Admit(bg, first, h.key(first), second.ID, heard))
}

func (h *house) put(to []custody.To) (uuid.UUID, string) {
	h.t.Helper()
	owner, key := uuid.Must(uuid.NewV7()), strings.Repeat("k", 32)
	rows, err := h.ContentKeys(owner, []byte(key), to)
	h.must(err)
	h.must(h.store.InsertTogether(bg, rows...))
	return owner, key
}

func TestWhatIsWrittenOpensForWhoItIsSealedTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		db, county := h.store.Read(bg), h.units[panshan].ID
		officer, colleague, late := h.person(panshan, staff.TriageOfficer), h.person(panshan, staff.Supervisor), h.person(panshan, staff.TriageOfficer)
		above, aboveToo := h.person(cityDesk, staff.TriageOfficer), h.person(cityDesk, staff.Supervisor)
		read := func(by staff.Officer, owner uuid.UUID) error {
			key, err := h.ContentKey(db, by, owner)
			if err == nil && string(key) != strings.Repeat("k", 32) {
				err = fmt.Errorf("opened %q", key)
			}
			return err
		}
		if to, err := h.Handlers(db, county); err != nil || len(to) != 0 {
			t.Fatalf("before there is a key: %v, %v", to, err)
		}
		plain, _ := h.put(nil)
		if err := read(staff.Officer{}, plain); err != nil {
			t.Errorf("what the portal keeps: %v", err)
		}
		h.handle(above, aboveToo)
		if to, err := h.Handlers(db, county); err != nil || len(to) != 0 {
			t.Errorf("with a key above alone: %v, %v", to, err)
		}
		h.handle(officer, colleague)
		h.lockAway(h.first, h.second)
		to, err := h.Handlers(db, county)
		h.must(err)
		owner, _ := h.put(to)
		both := h.person(panshan, staff.IdentityCustodian, staff.TriageOfficer)
		for name, try := range map[string]struct {
			by   staff.Officer
			want error
		}{
			"a member":                         {h.as(officer), nil},
			"who was let in":                   {h.as(colleague), nil},
			"a member above":                   {h.as(above), nil},
			"a colleague":                      {h.as(late), custody.ErrNotMember},
			"a custodian":                      {h.as(h.first), custody.ErrNotMember},
			"a custodian who works cases":      {h.as(both), custody.ErrNotMember},
			"an administrator":                 {h.as(h.person(cityDesk, staff.Administrator)), custody.ErrNotMember},
			"a member outside a session":       {officer, staff.ErrNoKey},
			"with somebody else's key":         {staff.Officer{ID: late.ID, UnitID: late.UnitID, Roles: late.Roles, Key: h.key(officer)}, staff.ErrNoKey},
			"a member who works cases no more": {h.as(staff.Officer{ID: officer.ID, UnitID: officer.UnitID, Roles: []staff.Role{staff.Auditor}}), custody.ErrNotMember},
			"the portal itself":                {staff.Officer{}, staff.ErrNoKey},
		} {
			if err := read(try.by, owner); !errors.Is(err, try.want) {
				t.Errorf("%s: %v, want %v", name, err, try.want)
			}
		}
		h.must(h.Ring(custody.Handling).Rotate(bg, officer, h.key(officer), 1))
		if err := read(h.as(officer), owner); err != nil {
			t.Errorf("after the key was changed: %v", err)
		}
		if err := h.Ring(custody.Identity).Rotate(bg, h.first, h.key(h.first), 1); err != nil || read(h.as(colleague), owner) != nil {
			t.Errorf("the other key was changed: %v", err)
		}
		h.must(db.Where("owner_id = ?", owner).Delete(&custody.ContentKey{}).Error)
		if err := read(h.as(officer), owner); !errors.Is(err, custody.ErrDestroyed) || !errors.Is(err, store.ErrNotFound) {
			t.Errorf("destroyed: %v", err)
		}
	})
}
