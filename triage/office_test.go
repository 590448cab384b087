package triage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/staff/stafftest"
)

// Invented villages (block codes 9xx) and the standard offices over them.
const (
	cityDesk    = "盘锦市委市政府督查室"
	panshan     = "盘山县督查室"
	dawa        = "大洼区督查室"
	zone        = "辽河口生态经济区督查室"
	panshanPoor = "盘山县扶贫开发办公室"

	shuangliu = "211122111901" // 盘山县甜水镇双柳村
	weizigou  = "211122108902"
	xinheyan  = "211122106903" // in the zone
	dayushu   = "211104112904" // 大洼区
)

const villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122106903,211122106000,新河沿村,village,220
211104112904,211104112000,大榆树村,village,220
`

// office is a queue on a real database with the standard offices, and people
// who work in them.
type office struct {
	*Queue
	t       testing.TB
	units   map[string]region.Unit
	custody *custody.Desk
}

var bg = context.Background()

func newOffice(t testing.TB, s *store.Store) *office {
	t.Helper()
	if err := region.Seed(bg, s); err != nil {
		t.Fatal(err)
	}
	atlas, err := region.NewAtlas(bg, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := atlas.Import(bg, strings.NewReader(villagesCSV), false, nil); err != nil {
		t.Fatal(err)
	}
	units, err := atlas.StandardUnits(bg)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := evidence.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	clocks := clock.New(s, workday.BuiltIn())
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	people := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	keeping := custody.New(custody.Config{Store: s, Keys: keys, Atlas: atlas, Staff: people})
	o := &office{t: t, units: map[string]region.Unit{}, custody: keeping, Queue: New(Config{
		Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks, Staff: people,
		Intake: intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks, Custody: keeping}),
		Tell:   func(_, key string, pairs ...any) string { return key },
	})}
	for _, u := range units {
		o.units[u.Name] = u
	}
	return o
}

// officer adds a person to an office.
func (o *office) officer(unit string, roles ...staff.Role) staff.Officer {
	o.t.Helper()
	u, ok := o.units[unit]
	if !ok {
		o.t.Fatalf("no office %s", unit)
	}
	id := uuid.Must(uuid.NewV7())
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: u.Name, Roles: roles}
	now := o.store.Now()
	o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
		err := tx.Table("account").Create(map[string]any{
			"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active",
			"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
			"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
		}).Error
		for _, r := range roles {
			if err == nil {
				err = tx.Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": now}).Error
			}
		}
		return err
	}))
	return p
}

// key is the key of somebody's session.
func (o *office) key(of staff.Officer) *staff.Key {
	o.t.Helper()
	return stafftest.Session(o.t, o.store, o.keys, o.staff, of.ID).Key
}

// opened has a name asked for by one custodian and opened by another.
func (o *office) opened(first, second staff.Officer, complaint uuid.UUID, reason string) {
	o.t.Helper()
	o.must(o.AskName(bg, first, o.key(first), complaint, reason))
	asked, err := o.NamesOf(bg, first, complaint)
	o.must(err)
	o.must(o.RuleName(bg, second, o.key(second), asked[len(asked)-1].ID, true))
}

// village adds the committee of a village.
func (o *office) village(code string) region.Unit {
	o.t.Helper()
	u, err := o.atlas.AddVillageCommittee(bg, code)
	o.must(err)
	o.units[u.Name] = u
	return u
}

// receive stores a complaint from a village as its report's first part, and
// indexes it. with may change it before; by default it lies where it belongs.
func (o *office) receive(place string, with ...func(*intake.Complaint)) intake.Complaint {
	o.t.Helper()
	desk, _, err := o.atlas.DeskFor(place, region.Accused{Level: "unknown"})
	o.must(err)
	d, err := o.atlas.Division(bg, place)
	o.must(err)
	now := o.store.Now()
	c := intake.Complaint{
		ID: uuid.Must(uuid.NewV7()), ReportID: uuid.Must(uuid.NewV7()), Part: 1,
		State: intake.Submitted, Mode: intake.Anonymous, Channel: intake.Web,
		PlaceCode: place, TownCode: region.TownCode(place), CountyCode: region.CountyCode(place), PlaceName: d.FullName,
		Severity: 3, AccusedLevel: "unknown", DeskUnitID: desk.ID, Summary: "反映危房改造补助没有发全", ReceivedAt: now, Version: 1,
	}
	for _, change := range with {
		change(&c)
	}
	o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
		r := intake.Report{
			ID: c.ReportID, ReceiptIndex: c.ReportID[:], Mode: c.Mode, Channel: c.Channel,
			PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt,
		}
		if c.Part == 1 {
			if err := tx.Create(&r).Error; err != nil {
				return err
			}
		}
		if err := tx.Create(&c).Error; err != nil {
			return err
		}
		return o.intake.Index(tx, c)
	}))
	return c
}

// told hands in a real report with words from a village and returns its
// complaint.
func (o *office) told(place, text string) intake.Complaint {
	o.t.Helper()
	form := o.intake.NewForm()
	_, err := o.intake.Submit(bg, intake.Submission{Token: form.Token, PlaceCode: place, Text: text, Mode: intake.Anonymous, Channel: intake.Web, Lang: "zh-CN"})
	o.must(err)
	var c intake.Complaint
	o.must(o.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c
}

// about names offices as what a complaint is about, wherever it lies.
func (o *office) about(c intake.Complaint, by staff.Officer, units ...uuid.UUID) {
	o.t.Helper()
	for _, u := range units {
		o.must(o.store.Read(bg).Table("complaint_subject").Create(map[string]any{
			"complaint_id": c.ID, "unit_id": u, "named_by": by.ID, "at": o.store.Now(),
		}).Error)
	}
}

func (o *office) stepBack(c intake.Complaint, by staff.Officer) {
	o.t.Helper()
	o.must(o.store.Read(bg).Table("recusal").Create(map[string]any{
		"complaint_id": c.ID, "account_id": by.ID, "reason": "是亲戚", "at": o.store.Now(),
	}).Error)
}

// propose stores an open proposal, as they were stored before sheets had keys.
func (o *office) propose(c intake.Complaint, by staff.Officer, step string) {
	o.t.Helper()
	id := uuid.Must(uuid.NewV7())
	body, err := json.Marshal(proposalBody{Reason: "需要再核实", Days: 10})
	o.must(err)
	body = o.keys.Box("proposal").Shut(body, "proposal:"+id.String())
	o.must(o.store.Read(bg).Create(&proposalRow{
		ID: id, ComplaintID: c.ID, Step: step, BodySealed: body, AskedBy: by.ID, AskedAt: o.store.Now(), State: "open",
	}).Error)
}

// file hands in a small PDF for an owner.
func (o *office) file(kind string, owner uuid.UUID) uuid.UUID {
	o.t.Helper()
	key := []byte(uuid.NewString())
	content := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat(" ", 200) + "\n%%EOF\n"
	f, err := o.shelf.Stage(bg, key, "账本.pdf", strings.NewReader(content))
	o.must(err)
	o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := o.shelf.Bind(tx, key, kind, owner)
		return err
	}))
	return f.ID
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// ids of what Find lists on all pages.
func (o *office) found(by staff.Officer, f Filter) []uuid.UUID {
	o.t.Helper()
	var ids []uuid.UUID
	cursor := ""
	for range 100 {
		page, err := o.Find(bg, by, f, cursor)
		o.must(err)
		for _, r := range page.Rows {
			ids = append(ids, r.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
	o.t.Fatal("Find never ends")
	return nil
}

func (o *office) finds(by staff.Officer, f Filter, c intake.Complaint) bool {
	return slices.Contains(o.found(by, f), c.ID)
}

func due(day workday.Date) func(*intake.Complaint) {
	return func(c *intake.Complaint) { c.DueOn = &day }
}

func ownedBy(p staff.Officer) func(*intake.Complaint) {
	return func(c *intake.Complaint) { c.OwnerID = &p.ID }
}

func summary(text string) func(*intake.Complaint) {
	return func(c *intake.Complaint) { c.Summary = text }
}
