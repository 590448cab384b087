package custody_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/staff"
)

// TestNothingAtRestTellsWhoReported: with every column of every table, and with the
// keys that lie on the server's disk as well, but with nobody's password, no name
// and no phone is read. The same search finds them while the portal itself keeps
// them.
func TestNothingAtRestTellsWhoReported(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.lists()
		c := h.submit()
		w.object()
		if found := h.search(t); len(found) == 0 {
			t.Fatal("the search finds nothing where something is")
		}
		h.lockAway(h.first, h.second)
		_, err := h.intake.HandOverAll(bg)
		h.must(err)
		w.object()
		// And all that names go through while they are opened.
		for _, c := range []intake.Complaint{c, h.submit()} {
			h.must(h.triage.AskName(bg, h.first, h.key(h.first), c.ID, toVisit))
			asked, err := h.triage.NamesOf(bg, h.second, c.ID)
			h.must(err)
			h.must(h.triage.RuleName(bg, h.second, h.key(h.second), asked[0].ID, true))
			if _, _, err := h.triage.Name(bg, h.first, h.key(h.first), c.ID); err != nil {
				t.Fatal(err)
			}
		}
		organ, err := age.GenerateX25519Identity()
		h.must(err)
		h.must(h.triage.ReleaseName(bg, h.second, h.key(h.second), c.ID, "随包移送。", func(_ *gorm.DB, who intake.Identity) error {
			_, err := custody.SealTo([]byte(who.Name), organ.Recipient().String())
			return err
		}))
		var three [3]custody.Holder
		for i := range three {
			made, err := age.GenerateX25519Identity()
			h.must(err)
			three[i] = custody.Holder{Name: "市档案馆", Recipient: made.Recipient().String()}
		}
		h.must(h.Ring(custody.Identity).Escrow(bg, h.first, h.key(h.first), three))
		if found := h.search(t, "约定入户时间", "随包移送"); len(found) > 0 {
			t.Errorf("read: %v", found)
		}
	})
}

// search reads every column of every table as it is, and as every key of the portal,
// every key that one of those opens, and the identity that files of evidence are sealed
// to make of it; it returns where the reporter's name, phone or a private key was read,
// or one of more.
func (h *house) search(t *testing.T, more ...string) (found []string) {
	t.Helper()
	keys, opened := h.opening(t), 0
	h.cells(t, func(where string, cell []byte) {
		cell = bytes.TrimPrefix(cell, []byte("sheet/1\n"))
		told := [][]byte{cell}
		for _, key := range keys {
			plain := deciphered(key, cell)
			if told = append(told, plain); len(plain) > 12 && utf8.Valid(plain) {
				opened++
			}
		}
		if r, err := age.Decrypt(bytes.NewReader(cell), h.keys.Evidence()); err == nil {
			var plain bytes.Buffer
			plain.ReadFrom(r)
			told = append(told, plain.Bytes())
		}
		for _, text := range told {
			for _, secret := range append([]string{reporter, phone, "0000 0001", "AGE-SECRET"}, more...) {
				if ofFile := strings.HasPrefix(where, "content_key.") || strings.HasPrefix(where, "evidence_file."); secret == "AGE-SECRET" && ofFile {
					continue // a key that opens one file, and nobody's
				}
				if bytes.Contains(text, []byte(secret)) {
					found = append(found, where+" "+secret)
				}
			}
		}
	})
	if opened == 0 {
		t.Fatal("no key opened anything: the search uses the wrong ones")
	}
	return found
}

// opening are the portal's keys of all purposes, made from the file that they all come
// from, and the keys that those open of things with a key of their own.
func (h *house) opening(t *testing.T) (keys [][]byte) {
	t.Helper()
	text, err := seal.Secret(h.secrets, seal.MasterFile)
	h.must(err)
	master, err := base64.StdEncoding.DecodeString(text)
	h.must(err)
	for _, purpose := range h.purposes(t) {
		key, err := hkdf.Key(sha256.New, master, nil, "minsheng/v1/box/"+purpose, chacha20.KeySize)
		h.must(err)
		keys = append(keys, key)
	}
	var kept []custody.ContentKey
	h.must(h.store.Read(bg).Find(&kept).Error)
	for _, k := range kept {
		if key, err := h.keys.Box("content").Open(k.Sealed, "content:"+k.OwnerID.String()); err == nil && len(key) == chacha20.KeySize { // those of files are of another kind: disk
			keys = append(keys, key)
		}
	}
	return keys
}

// deciphered is what a key makes of a box, whatever place it was shut for: nothing is
// authenticated, so that no place is missed. Another key makes noise of it.
func deciphered(key, box []byte) []byte {
	const nonce = chacha20.NonceSizeX
	if len(box) < nonce+chacha20poly1305.Overhead || len(box) > 1<<16 {
		return nil
	}
	stream, err := chacha20.NewUnauthenticatedCipher(key, box[:nonce])
	if err != nil {
		panic(err) // a key of another length is a mistake in the test
	}
	stream.SetCounter(1) // the first block authenticates
	plain := bytes.Clone(box[nonce : len(box)-chacha20poly1305.Overhead])
	stream.XORKeyStream(plain, plain)
	return plain
}

// cells are all values of all tables.
func (h *house) cells(t *testing.T, see func(where string, cell []byte)) {
	t.Helper()
	db := h.store.Read(bg)
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'complaint_search%' AND name NOT LIKE '%search_%'"
	if h.store.Postgres() {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	}
	var tables []string
	h.must(db.Raw(list).Scan(&tables).Error)
	if !slices.Contains(tables, "sealed_blob") || len(tables) < 60 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range tables {
		if slices.Contains([]string{"division", "time_rule", "calendar_day"}, table) {
			continue // large, and loaded from files
		}
		var rows []map[string]any
		h.must(db.Table(table).Find(&rows).Error)
		for _, row := range rows {
			for column, value := range row {
				switch v := value.(type) {
				case []byte:
					see(table+"."+column, v)
				case string:
					see(table+"."+column, []byte(v))
				}
			}
		}
	}
}

var boxOf = regexp.MustCompile(`Box\("([a-z_-]+)"\)`)

// purposes are what the rooms open boxes for, as their source says.
func (h *house) purposes(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../*/*.go")
	h.must(err)
	below, err := filepath.Glob("../internal/*/*.go")
	h.must(err)
	files = append(files, below...)
	for _, name := range files {
		source, err := os.ReadFile(name)
		h.must(err)
		for _, m := range boxOf.FindAllSubmatch(source, -1) {
			all = append(all, string(m[1]))
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) < 10 || !slices.Contains(all, "identity") {
		t.Fatalf("the source names %v", all)
	}
	return all
}

const (
	password = "纸船 over quiet water"
	another  = "violet tractor hums at dusk"
)

// TestAnAdministratorWhoResetsACustodianReadsNothing, while another password of the
// custodian's own keeps what it opens; and a colleague lets them in again.
func TestAnAdministratorWhoResetsACustodianReadsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, err := h.staff.AddFromCommandLine(bg, staff.NewAccount{Login: "keeper", Name: "尤慎言", UnitID: h.units[panshan].ID, Roles: []staff.Role{staff.IdentityCustodian}, Password: password})
		h.must(err)
		cookie, keeper, err := h.staff.SignIn(bg, "keeper", password, "")
		h.must(err)
		h.key(h.first) // who can be admitted
		h.must(h.Ring(custody.Identity).Create(bg, keeper.Officer, keeper.Key))
		h.must(h.Ring(custody.Identity).Admit(bg, keeper.Officer, keeper.Key, h.first.ID, h.key(h.first).Recipient()))
		c := h.submit()
		h.must(h.staff.ChangePassword(bg, cookie, password, another))
		_, keeper, err = h.staff.SignIn(bg, "keeper", another, "")
		h.must(err)
		if !h.opens(keeper.Officer, keeper.Key, c) {
			t.Fatal("another password opens nothing")
		}
		root := h.person(cityDesk, staff.Administrator)
		given, err := h.staff.Reset(bg, root, keeper.Officer.ID)
		h.must(err)
		_, taken, err := h.staff.SignIn(bg, "keeper", given, "")
		h.must(err)
		if _, err := h.unsealed(taken.Officer, taken.Key, c); !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("the administrator opens it: %v", err)
		}
		h.must(h.triage.AskName(bg, h.first, h.key(h.first), c.ID, toVisit))
		asked, err := h.triage.NamesOf(bg, h.first, c.ID)
		h.must(err)
		if err := h.triage.RuleName(bg, taken.Officer, taken.Key, asked[0].ID, true); !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("the administrator opens it for others: %v", err)
		}
		look, err := h.Ring(custody.Identity).Look(bg, h.first)
		h.must(err)
		if i := slices.IndexFunc(look.Members, func(m custody.Member) bool { return m.State == "lost" }); i < 0 || look.Due {
			t.Errorf("the colleague reads %+v", look.Members)
		}
		h.must(h.Ring(custody.Identity).Admit(bg, h.first, h.key(h.first), keeper.Officer.ID, taken.Key.Recipient()))
		if !h.opens(taken.Officer, taken.Key, c) || strings.Contains(fmt.Sprintf("%+v %v", taken, taken.Key), "AGE-SECRET") {
			t.Error("let in again, and opens nothing")
		}
	})
}
