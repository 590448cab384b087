package custody_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// What only the file as it came holds.
const (
	spoken = "spoken-by-the-reporter"
	camera = "camera-serial-4711"
)

// sent is a report with a voice message and a picture.
type sent struct {
	intake.Complaint
	voice, picture uuid.UUID
	digits         string // of the receipt
}

func voice() []byte {
	return append([]byte("ID3\x03\x00\x00\x00\x00\x00\x10"), append(bytes.Repeat(append([]byte{0xff, 0xfb, 0x90, 0x64}, make([]byte, 413)...), 4), spoken...)...)
}

func snapshot() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		panic(err)
	}
	return append(b.Bytes(), camera...)
}

func (h *house) send() sent {
	h.t.Helper()
	return h.sends(h.form())
}

func (h *house) sends(s intake.Submission) sent {
	h.t.Helper()
	form, err := h.intake.OpenForm(s.Token)
	h.must(err)
	v, err := h.shelf.Stage(bg, form.Key, "录音.mp3", bytes.NewReader(voice()))
	h.must(err)
	p, err := h.shelf.Stage(bg, form.Key, "现场.jpg", bytes.NewReader(snapshot()))
	h.must(err)
	r, err := h.intake.Submit(bg, s)
	h.must(err)
	var c intake.Complaint
	h.must(store.One(h.store.Read(bg).Order("seq DESC"), &c))
	return sent{c, v.ID, p.ID, r.Digits}
}

// read is what somebody's session makes of a file of a case.
func (h *house) read(by staff.Officer, file uuid.UUID) (string, error) {
	h.t.Helper()
	f, err := h.triage.OpenFile(bg, by, file)
	if err != nil {
		return "", err
	}
	defer f.Content.Close()
	b, err := io.ReadAll(f.Content)
	h.must(err)
	return string(b), nil
}

func (h *house) hears(by staff.Officer, s sent) bool {
	h.t.Helper()
	text, err := h.read(by, s.voice)
	return err == nil && strings.Contains(text, spoken)
}

var ageKey = regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]+`)

// disk tries on every file every key that lies in the database or opens with the
// keys on the server's disk, and returns what it reads of them: what only a file as it
// came holds, or one of more.
func (h *house) disk(t *testing.T, more ...string) (read []string) {
	t.Helper()
	keys := []age.Identity{h.keys.Evidence()}
	boxes, places := h.purposes(t), h.filePlaces(t)
	h.cells(t, func(_ string, cell []byte) {
		told := [][]byte{cell}
		for _, purpose := range boxes {
			for _, place := range places {
				if plain, err := h.keys.Box(purpose).Open(cell, place); err == nil {
					told = append(told, plain)
				}
			}
		}
		for _, text := range told {
			for _, found := range ageKey.FindAll(text, -1) {
				if key, err := age.ParseX25519Identity(string(found)); err == nil {
					keys = append(keys, key)
				}
			}
		}
	})
	opened := 0
	err := filepath.WalkDir(h.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		blob, err := os.ReadFile(path)
		h.must(err)
		plain, err := age.Decrypt(bytes.NewReader(blob), keys...)
		if err != nil {
			return nil
		}
		opened++
		text, err := io.ReadAll(plain)
		h.must(err)
		text = append(text, textOf(text)...)
		for _, secret := range append([]string{spoken, camera}, more...) {
			if bytes.Contains(text, []byte(secret)) {
				read = append(read, secret)
			}
		}
		return nil
	})
	h.must(err)
	if opened == 0 {
		t.Fatal("nothing opens: the search looks in the wrong places")
	}
	return read
}

// filePlaces are where keys of files are shut.
func (h *house) filePlaces(t *testing.T) (all []string) {
	t.Helper()
	var ids []string
	h.must(h.store.Read(bg).Table("evidence_file").Pluck("id", &ids).Error)
	for _, id := range ids {
		for _, form := range []string{"evidence:%s:given", "evidence:%s:original", "content:%s"} {
			all = append(all, fmt.Sprintf(form, id))
		}
	}
	return all
}

func TestNothingAtRestOpensVoiceOrAPictureAsItCame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.lists()
		h.person(w.town.Name, staff.Publisher)
		early, before := h.send(), w.object()
		if read := h.disk(t); len(read) != 4 {
			t.Fatalf("while the portal keeps them the search reads %v", read)
		}
		h.lockAway(h.first, h.second)
		officer, member, colleague := h.person(panshan, staff.TriageOfficer), h.person(panshan, staff.Supervisor), h.person(panshan, staff.TriageOfficer)
		h.handle(officer, member)
		n, err := h.intake.HandOverAll(bg)
		if err != nil || n != 6 { // two names, a recording, two pictures, and an objection with its recording
			t.Errorf("handed over %d, %v", n, err)
		}
		late, after := h.send(), w.object()
		if read := h.disk(t); len(read) > 0 {
			t.Errorf("read %v", read)
		}
		var left int64
		h.must(h.store.Read(bg).Table("content_key").Where("recipient_kind = 'server' AND owner_id IN ?", []uuid.UUID{early.voice, late.voice, before.voice, after.voice}).Count(&left).Error)
		if left > 0 {
			t.Errorf("%d lines are left with the portal", left)
		}
		for _, o := range []objected{before, after} {
			for by, want := range map[*staff.Officer]error{&officer: nil, &member: nil, &colleague: intake.ErrLocked} {
				if err := w.plays(h.as(*by), o, o.voice, spoken); !errors.Is(err, want) {
					t.Errorf("of an objection: %v", err)
				}
			}
		}
		for _, s := range []sent{early, late} {
			if !h.hears(h.as(officer), s) || !h.hears(h.as(member), s) {
				t.Error("a member does not hear it")
			}
			for what, by := range map[string]staff.Officer{"a colleague": h.as(colleague), "a custodian": h.as(h.first), "a member without a session's key": officer} {
				if _, err := h.read(by, s.voice); !errors.Is(err, intake.ErrLocked) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if text, err := h.read(h.as(colleague), s.picture); err != nil || strings.Contains(text, camera) {
				t.Errorf("the clean copy: %v", err)
			}
		}
		var locked int64
		h.must(h.store.Read(bg).Table("event").Where("kind = 'evidence_locked' AND subject_id = ?", late.ID).Count(&locked).Error)
		if locked != 3 {
			t.Errorf("%d attempts are on record", locked)
		}
	})
}

// TestAPictureAsItCameOpensWithTheName: to who asked, when a second custodian opens
// it, for a day.
func TestAPictureAsItCameOpensWithTheName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		s := h.send()
		first, second := h.as(h.first), h.as(h.second)
		original := func(by staff.Officer) error {
			f, err := h.triage.OpenOriginal(bg, by, by.Key, s.ID, s.picture)
			if err != nil {
				return err
			}
			defer f.Content.Close()
			b, err := io.ReadAll(f.Content)
			h.must(err)
			if !bytes.Equal(b, snapshot()) || f.DownloadName != "original-2.jpg" {
				t.Errorf("%d bytes called %s", len(b), f.DownloadName)
			}
			return nil
		}
		if err := original(first); !errors.Is(err, step.ErrState) {
			t.Errorf("alone: %v", err)
		}
		h.must(h.triage.AskName(bg, first, first.Key, s.ID, toVisit))
		asked, err := h.triage.NamesOf(bg, h.second, s.ID)
		h.must(err)
		h.must(h.triage.RuleName(bg, second, second.Key, asked[0].ID, true))
		if err := original(first); err != nil {
			t.Errorf("opened by a second custodian: %v", err)
		}
		if err := original(second); !errors.Is(err, step.ErrState) {
			t.Errorf("who opened it for somebody else: %v", err)
		}
		if files, err := h.triage.Originals(bg, first, s.ID); err != nil || len(files) != 1 || files[0].ID != s.picture {
			t.Errorf("offered %v, %v", files, err)
		}
		if read := h.disk(t); len(read) != 1 { // the recording: nobody handles cases under a key here
			t.Errorf("while it is open the search reads %v", read)
		}
		h.must(h.store.Read(bg).Table("identity_opening").Where("id = ?", asked[0].ID).Update("until", h.store.Now()).Error)
		h.must(h.triage.EndNames(bg))
		var left int64
		h.must(h.store.Read(bg).Table("opened_original").Count(&left).Error)
		if err := original(first); !errors.Is(err, step.ErrState) || left > 0 {
			t.Errorf("the day after: %v, %d left", err, left)
		}
	})
}

// TestPicturesAsTheyCameFollowTheNames: to the next key of an office, and away from
// an office that turns out to be accused.
func TestPicturesAsTheyCameFollowTheNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		above, aboveToo := h.person(cityDesk, staff.IdentityCustodian), h.person(cityDesk, staff.IdentityCustodian)
		h.lockAway(above, aboveToo)
		h.lockAway(h.first, h.second)
		s := h.send()
		holds := func(by staff.Officer) bool {
			t.Helper()
			keys, err := h.intake.UnsealOriginals(h.store.Read(bg), h.as(by), s.ReportID)
			h.must(err)
			return keys[s.picture] != nil
		}
		h.must(h.Ring(custody.Identity).Rotate(bg, h.first, h.key(h.first), 1))
		if older, _, err := h.intake.Behind(bg, h.first); err != nil || !older {
			t.Errorf("nothing is behind: %v", err)
		}
		n, more, err := h.intake.Renew(bg, h.first, h.key(h.first))
		if err != nil || n != 2 || more {
			t.Errorf("renewed %d, %v, %v", n, more, err)
		}
		if older, _, err := h.intake.Behind(bg, h.first); err != nil || older || !holds(h.second) || !holds(aboveToo) {
			t.Errorf("after the change: %v", err)
		}
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error { return h.intake.KeepAbove(tx, s.ReportID, h.units[cityDesk].ID) }))
		if holds(h.first) || !holds(above) {
			t.Error("the accused office keeps it, or the one above does not")
		}
	})
}

func TestAFileWhoseKeyIsGoneIsErasedAndOneOfBeforeOpens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		officer := h.person(panshan, staff.TriageOfficer)
		s := h.send()
		if !h.hears(officer, s) {
			t.Fatal("the portal does not open what it keeps")
		}
		h.must(h.store.Read(bg).Where("owner_id = ?", s.voice).Delete(&custody.ContentKey{}).Error)
		if _, err := h.read(officer, s.voice); !errors.Is(err, intake.ErrErased) {
			t.Errorf("its key is gone: %v", err)
		}
		// A file of before lies under the portal's key for files.
		blobs, err := evidence.Folder(h.folder)
		h.must(err)
		draft, err := blobs.Create(bg)
		h.must(err)
		w, err := age.Encrypt(draft, h.keys.Evidence().Recipient())
		h.must(err)
		_, err = w.Write(voice())
		h.must(errors.Join(err, w.Close()))
		name, err := draft.Commit()
		h.must(err)
		h.must(h.store.Read(bg).Table("evidence_file").Where("id = ?", s.voice).Updates(map[string]any{"own_key": false, "original": name}).Error)
		if !h.hears(officer, s) {
			t.Error("a file of before does not open")
		}
	})
}
