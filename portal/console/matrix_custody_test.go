package console_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/url"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/staff/stafftest"
)

const (
	aCustody  kind = "custody"   // the key of the person's own office
	aHandling kind = "words_key" // the other one
	aName     kind = "name"      // of a case, open to the person or sealed to keys outside
	anOpening kind = "opening"   // asked for by another custodian

	zone = "辽河口生态经济区督查室" // no case lies there
)

var (
	ofCustody  = []standpoint{{name: "own office", unit: zone, sees: "I"}}
	ofHandling = []standpoint{{name: "own office", unit: zone, sees: "T S"}}
)

// custodyTable has one row for each route of keys and names.
func custodyTable() map[string]row {
	reason := words("purpose", "visit", "reason", "约定入户时间")
	rows := map[string]row{
		"GET /console/openings":                       {who: "I"},
		"POST /console/openings/:id":                  {who: "I", about: anOpening, form: words("give", "yes")},
		"POST /console/cases/:id/reveal_name":         {who: "I", about: aCase, form: reason},
		"POST /console/cases/:id/reveal_pictures":     {who: "I", about: aName, stage: "nameless", form: reason},
		"POST /console/cases/:id/look_name":           {who: "I", about: aName, form: words(), says: 200, looks: true},
		"GET /console/cases/:id/files/:file/original": {who: "I", about: aName, stage: "original", recorded: true},
		"POST /console/cases/:id/take_name":           {who: "I", about: aName, stage: "offline", form: reason, says: 200},
		"POST /console/cases/:id/take_pictures":       {who: "I", about: aName, stage: "offline", form: reason, says: 200},
	}
	for path, of := range map[string]row{"/console/custody": {who: "I", about: aCustody}, "/console/handling": {who: "T S", about: aHandling}} {
		for route, r := range ceremonies() {
			method, below, _ := strings.Cut(route, " ")
			if r.who, r.about = of.who, of.about; below == "" {
				r.about = ""
			}
			rows[method+" "+path+below] = r
		}
	}
	return rows
}

// ceremonies are the rows of one key of an office.
func ceremonies() map[string]row {
	return map[string]row{
		"GET ":         {},
		"POST /create": {stage: "none", form: words()},
		"POST /admit": {form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"heard": {"yes"}, "account": {f.id.String()}, "recipient": {f.token}}
		}},
		"POST /rotate": {form: words()},
		"POST /escrow": {form: func(*matrix, fixture) url.Values {
			v := url.Values{}
			for _, place := range []string{"a", "b", "c"} {
				made, _ := age.GenerateX25519Identity()
				v.Set("name."+place, "市档案馆保险柜")
				v.Set("key."+place, made.Recipient().String())
			}
			return v
		}},
		"GET /escrow/:pair": {recorded: true},
		"POST /recover": {stage: "lost", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"secret": {f.token}}
		}},
		"POST /renew": {form: words(), looks: true},
	}
}

// key is the key of somebody's session.
func (h *house) key(of staff.Officer) *staff.Key {
	h.t.Helper()
	return stafftest.Session(h.t, h.store, h.keys, h.staff, of.ID).Key
}

// makeCustody brings a key of an office where only one other could hold it, beside
// the person, to a stage: none; held by the person, and the other waits; or lost to them.
// fixture.token is what the form names.
func (m *matrix) makeCustody(r row) fixture {
	m.t.Helper()
	unit := m.units[zone]
	for _, table := range []string{"unit_key_member", "escrow_part", "escrow_holder"} {
		m.must(m.store.Read(bg).Exec("DELETE FROM "+table+" WHERE key_id IN (SELECT id FROM unit_key WHERE unit_id = ?)", unit.ID).Error)
	}
	m.must(m.store.Read(bg).Exec("DELETE FROM unit_key WHERE unit_id = ?", unit.ID).Error)
	duty, role := custody.Identity, staff.IdentityCustodian
	if r.about == aHandling {
		duty, role = custody.Handling, staff.TriageOfficer
	}
	ring := m.custody.Ring(duty)
	m.become(role, zone)
	other := m.person(zone, role)
	me := staff.Officer{ID: m.me, Name: "员everybody", UnitID: unit.ID, Roles: []staff.Role{role}}
	f := fixture{id: other.ID, token: m.key(other).Recipient(), version: 1}
	if r.stage == "none" {
		m.key(me)
		return f
	}
	first := me
	if r.stage == "lost" {
		first = other
		m.key(me)
	}
	m.must(ring.Create(bg, first, m.key(first)))
	var holders [3]custody.Holder
	var private []age.Identity
	for i := range holders {
		made, err := age.GenerateX25519Identity()
		m.must(err)
		holders[i], private = custody.Holder{Name: "市档案馆", Recipient: made.Recipient().String()}, append(private, made)
	}
	m.must(ring.Escrow(bg, first, m.key(first), holders))
	if r.stage == "lost" {
		sealed, _, err := ring.Part(bg, other, "ab")
		m.must(err)
		for _, one := range private[:2] {
			inner, err := age.Decrypt(bytes.NewReader(sealed), one)
			m.must(err)
			sealed, err = io.ReadAll(inner)
			m.must(err)
		}
		f.token = string(sealed)
	}
	return f
}

// makeName makes a case whose name is open to the person, asked for by the city's
// custodian, or sealed to keys outside; or one with a picture and no name.
func (m *matrix) makeName(r row, at standpoint) fixture {
	m.t.Helper()
	f := m.makeCase(row{about: aCase}, at)
	c := m.again(f.id)
	if r.stage == "offline" {
		m.must(m.store.Read(bg).Table("sealed_blob").Create(map[string]any{"owner_id": c.ReportID, "kind": "identity", "recipient_kind": custody.ToOffline,
			"recipient_id": "x", "generation": 1, "ciphertext": []byte("age-encryption.org/v1")}).Error)
		m.offlinePicture(c.ReportID)
		return f
	}
	if r.stage == "nameless" {
		m.exec("UPDATE complaint SET mode = ? WHERE id = ?", intake.Anonymous, c.ID)
		m.picture(c.ReportID)
		return f
	}
	id, now := uuid.Must(uuid.NewV7()), m.store.Now()
	opening := map[string]any{"id": id, "complaint_id": c.ID, "purpose": "visit", "asked_by": m.keeper.ID, "asked_at": now, "state": "asked"}
	m.key(m.keeper)
	if r.about == aName {
		var session struct{ Recipient string }
		m.must(store.One(m.store.Read(bg).Table("account_key").Where("account_id = ?", m.me), &session))
		sealed, err := intake.ShutFor(c.ReportID, intake.Identity{Name: "柳大有", Phone: "13800000000"}, session.Recipient)
		m.must(err)
		opening["asked_by"], opening["state"], opening["ruled_by"], opening["ruled_at"] = m.me, "open", m.keeper.ID, now
		opening["until"], opening["sealed"] = now.Add(time.Hour), sealed
	} else {
		f.id = id
	}
	m.must(m.store.Read(bg).Table("identity_opening").Create(opening).Error)
	m.must(m.store.Transact(bg, func(tx *gorm.DB) error { return m.intake.NoteName(tx, c.ReportID, id, "约定入户时间") }))
	if r.stage == "original" {
		f.file = m.openOriginal(c.ReportID, id)
	}
	return f
}

// offlinePicture puts a picture with a report, whose key is sealed to keys outside.
func (m *matrix) offlinePicture(report uuid.UUID) {
	m.t.Helper()
	m.must(m.store.Read(bg).Table("original_key").Create(map[string]any{"file_id": m.picture(report).ID, "recipient_kind": custody.ToOffline,
		"recipient_id": "x", "generation": 1, "sealed": []byte("age-encryption.org/v1")}).Error)
}

// picture puts a picture with a report.
func (m *matrix) picture(report uuid.UUID) evidence.File {
	m.t.Helper()
	var b bytes.Buffer
	m.must(jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil))
	form := []byte(uuid.NewString())
	f, err := m.shelf.Stage(bg, form, "现场.jpg", &b)
	m.must(err)
	m.must(m.store.Transact(bg, func(tx *gorm.DB) error { _, err := m.shelf.Bind(tx, form, "report", report); return err }))
	return f
}

// openOriginal puts a picture with a report, which lies open to the person as it came.
func (m *matrix) openOriginal(report, opening uuid.UUID) uuid.UUID {
	m.t.Helper()
	f := m.picture(report)
	var session struct{ Recipient string }
	m.must(store.One(m.store.Read(bg).Table("account_key").Where("account_id = ?", m.me), &session))
	keys, err := m.shelf.Keys(f)
	m.must(err)
	sealed, err := intake.ShutOriginalFor(f.ID, keys.Original, session.Recipient)
	m.must(err)
	m.must(m.store.Read(bg).Table("opened_original").Create(map[string]any{"opening_id": opening, "file_id": f.ID, "sealed": sealed}).Error)
	return f.ID
}
