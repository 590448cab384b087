package custody_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/staff/stafftest"
	"minsheng/triage"
)

const (
	cityDesk = "盘锦市委市政府督查室"
	panshan  = "盘山县督查室"
	village  = "211122111901"

	reporter = "张试样"
	phone    = "13800000001"
	toVisit  = "visit: 要约定入户时间"
)

var bg = context.Background()

// house is what names go through, on a real database.
type house struct {
	*custody.Desk
	t       testing.TB
	store   *store.Store
	keys    *seal.Keys
	staff   *staff.Desk
	intake  *intake.Desk
	triage  *triage.Queue
	units   map[string]region.Unit
	shelf   *evidence.Shelf
	folder  string // of the shelf
	secrets string // where the portal's keys lie
	clocks  *clock.Book

	first, second staff.Officer // custodians of the county
}

func each(t *testing.T, test func(t *testing.T, h *house)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newHouse(t, s, "")) })
}

func newHouse(t testing.TB, s *store.Store, offline string) *house {
	t.Helper()
	h := &house{t: t, store: s, units: map[string]region.Unit{}}
	h.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	h.must(err)
	_, err = atlas.Import(bg, strings.NewReader("code12,parent12,name,level,urban_rural_code\n"+village+",211122111000,双柳村,village,220\n"), false, nil)
	h.must(err)
	units, err := atlas.StandardUnits(bg)
	h.must(err)
	for _, u := range units {
		h.units[u.Name] = u
	}
	h.secrets = t.TempDir()
	h.keys, err = seal.Create(h.secrets)
	h.must(err)
	h.folder = t.TempDir()
	blobs, err := evidence.Folder(h.folder)
	h.must(err)
	to, err := custody.Offline(offline)
	h.must(err)
	h.shelf, h.clocks = evidence.New(evidence.Config{Store: s, Keys: h.keys, Blobs: blobs}), clock.New(s, workday.BuiltIn())
	h.staff = staff.New(staff.Config{Store: s, Keys: h.keys, Atlas: atlas, SkipCode: true})
	h.Desk = custody.New(custody.Config{Store: s, Keys: h.keys, Atlas: atlas, Staff: h.staff, Offline: to})
	h.intake = intake.New(intake.Config{Store: s, Keys: h.keys, Atlas: atlas, Shelf: h.shelf, Clocks: h.clocks, Custody: h.Desk})
	h.triage = triage.New(triage.Config{Store: s, Keys: h.keys, Atlas: atlas, Staff: h.staff, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	h.first, h.second = h.person(panshan, staff.IdentityCustodian), h.person(panshan, staff.IdentityCustodian)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// person is an account of an office that signs in with stafftest only.
func (h *house) person(unit string, roles ...staff.Role) staff.Officer {
	h.t.Helper()
	u, id, now := h.units[unit], uuid.Must(uuid.NewV7()), h.store.Now()
	db := h.store.Read(bg)
	h.must(db.Table("account").Create(map[string]any{"id": id, "login": id.String(), "name": "员" + id.String()[30:], "unit_id": u.ID, "state": "active",
		"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1}).Error)
	for _, r := range roles {
		h.must(db.Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": now}).Error)
	}
	return staff.Officer{ID: id, Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: unit, Roles: roles}
}

// key is the key of somebody's session.
func (h *house) key(of staff.Officer) *staff.Key {
	h.t.Helper()
	return stafftest.Session(h.t, h.store, h.keys, h.staff, of.ID).Key
}

// reset gives an account another key, as a lost password does.
func (h *house) reset(who staff.Officer) {
	h.t.Helper()
	made, err := age.GenerateX25519Identity()
	h.must(err)
	to := made.Recipient().String()
	set := map[string]any{"generation": 2, "recipient": to, "vouched": h.keys.MAC("account-key", fmt.Appendf(nil, "staff:%s:2:%s", who.ID, to))}
	h.must(h.store.Read(bg).Table("account_key").Where("account_id = ?", who.ID).Updates(set).Error)
}

// lockAway has two custodians keep names under a key of their office.
func (h *house) lockAway(first, second staff.Officer) {
	h.t.Helper()
	heard := h.key(second).Recipient()
	h.must(h.Ring(custody.Identity).Create(bg, first, h.key(first)))
	h.must(h.Ring(custody.Identity).Admit(bg, first, h.key(first), second.ID, heard))
}

// submit hands in a report under the reporter's name, who also writes it down.
func (h *house) submit() intake.Complaint {
	h.t.Helper()
	_, err := h.intake.Submit(bg, h.form())
	h.must(err)
	var c intake.Complaint
	h.must(store.One(h.store.Read(bg).Order("seq DESC"), &c))
	return c
}

func (h *house) form() intake.Submission {
	return intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: village, Mode: intake.Named, Name: reporter, Phone: phone,
		Text: "我叫" + reporter + "，电话138 0000 0001，危房改造补助少发三千。", Channel: intake.Web, Lang: "zh-CN"}
}

// unsealed is the name of a case as somebody's session opens it.
func (h *house) unsealed(by staff.Officer, own *staff.Key, c intake.Complaint) (string, error) {
	who, err := h.intake.Unseal(h.store.Read(bg), by, own, c.ReportID)
	return who.Name, err
}

func (h *house) opens(by staff.Officer, own *staff.Key, c intake.Complaint) bool {
	name, err := h.unsealed(by, own, c)
	return err == nil && name == reporter
}
