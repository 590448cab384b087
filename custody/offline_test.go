package custody_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
)

// TestPicturesAreTakenAlongOffline by one alone, of a named report and of one without a
// name: each with its key, which the two keys outside open, the outer one first. The
// reporter reads of it.
func TestPicturesAreTakenAlongOffline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		b, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, s, a.Recipient().String()+","+b.Recipient().String())
		c := h.send()
		h.must(h.store.Read(bg).Exec("UPDATE complaint SET mode = ? WHERE id = ?", intake.Anonymous, c.ID).Error)
		if n, err := h.triage.OfflinePictures(bg, h.first, c.ID); n != 1 || err != nil {
			t.Fatalf("%d pictures lie outside: %v", n, err)
		}
		if _, err := h.triage.TakePictures(bg, h.first, c.ID, "visit: "); err == nil {
			t.Error("taken without a reason")
		}
		zipped, err := h.triage.TakePictures(bg, h.first, c.ID, toVisit)
		h.must(err)
		files := unzipped(t, zipped)
		picture, key := files["01-original.jpg.age"], files["01-key.txt.age"]
		if len(files) != 2 || bytes.Contains(picture, []byte(camera)) {
			t.Fatalf("taken: %d files", len(files))
		}
		if _, err := opened(key, b); err == nil {
			t.Error("one key alone opens it")
		}
		inner, err := opened(key, a)
		h.must(err)
		plain, err := opened(inner, b)
		h.must(err)
		stockAge(t, key, a, b, string(plain))
		if !strings.HasPrefix(string(plain), "# "+c.picture.String()+"\nAGE-SECRET-KEY-1") {
			t.Errorf("no file of identities: %d bytes", len(plain))
		}
		if got := stockOpened(t, plain, picture); !bytes.Equal(got, snapshot()) {
			t.Errorf("age opens %d bytes, which are not the picture", len(got))
		}
		events, err := ledger.Of(bg, h.store, ledger.OfComplaint, c.ID, "pictures_taken")
		if err != nil || len(events) != 1 || events[0].Body["reason"] != "visit" {
			t.Errorf("on record: %+v, %v", events, err)
		}
		page, err := h.intake.Track(bg, c.digits)
		h.must(err)
		if all := page.IdentityOpenings; len(all) != 1 || all[0].What != intake.TookPictures || all[0].UnitName != panshan || all[0].Reason != "visit" {
			t.Errorf("the reporter reads %+v", all)
		}
	})
}

// TestPicturesThatOpenHereAreNotTakenAlong, nor by who keeps no names.
func TestPicturesThatOpenHereAreNotTakenAlong(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.lockAway(h.first, h.second)
		c := h.send()
		if _, err := h.triage.TakePictures(bg, h.first, c.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("taken along: %v", err)
		}
		if n, err := h.triage.OfflinePictures(bg, h.first, c.ID); n != 0 || err != nil {
			t.Errorf("offered: %d, %v", n, err)
		}
	})
}

func unzipped(t *testing.T, content io.ReadCloser) map[string][]byte {
	t.Helper()
	defer content.Close()
	all, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(all), int64(len(all)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// stockOpened opens what is sealed as a custodian does: age -d -i key.txt.
func stockOpened(t *testing.T, identities, sealed []byte) []byte {
	t.Helper()
	tool, err := exec.LookPath("age")
	if err != nil {
		storetest.Missing(t, "age", err)
	}
	key := filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(key, identities, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, "-d", "-i", key)
	cmd.Stdin = bytes.NewReader(sealed)
	plain, err := cmd.Output()
	if err != nil {
		t.Fatalf("age: %v", err)
	}
	return plain
}
