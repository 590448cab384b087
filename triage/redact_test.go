package triage

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// photo is a picture of white, of 400 by 300 pixels, with a thumbnail's worth of EXIF.
func photo(t *testing.T) []byte {
	t.Helper()
	white := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, white, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00"), bytes.Repeat([]byte("thumbnail"), 20)...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif...)
	return append(head, b.Bytes()[2:]...)
}

// attach gives a file to an owner.
func (o *office) attach(kind string, owner uuid.UUID, name string, content []byte) uuid.UUID {
	o.t.Helper()
	key := []byte(uuid.NewString())
	f, err := o.shelf.Stage(bg, key, name, bytes.NewReader(content))
	o.must(err)
	o.must(o.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := o.shelf.Bind(tx, key, kind, owner)
		return err
	}))
	return f.ID
}

// seen is what somebody is given of a file.
func seen(t *testing.T, f OpenedFile, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Content.Close()
	b, err := io.ReadAll(f.Content)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// blackAt reports whether a pixel of a JPEG is black.
func blackAt(t *testing.T, file []byte, x, y int) bool {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y < 16
}

// TestABlackenedPictureLeavesAsItsCopy: until somebody looked it over it does not
// leave, and then only what was decided.
func TestABlackenedPictureLeavesAsItsCopy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, _ := w.handIn(shuangliu)
		w.must(w.Claim(bg, w.officer, c.ID))
		id := w.attach("report", c.ReportID, "车.jpg", photo(t))
		if _, err := w.LeavingFile(bg, w.officer, id); !errors.Is(err, ErrUnclear) {
			t.Errorf("nobody looked it over: %v", err)
		}
		for what, check := range map[string]FileCheck{
			"squares": {Verdict: evidence.Covered, Squares: []int{-1, 100}}, "verdict": {Verdict: evidence.Replaced}, "": {Verdict: evidence.Fit},
		} {
			err := w.ClearFile(bg, w.officer, id, check)
			if what == "" && err != nil || what != "" && problem(err, what) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		f, err := w.LeavingFile(bg, w.officer, id)
		if whole := seen(t, f, err); blackAt(t, whole, 200, 150) {
			t.Error("black before anything is blackened")
		}
		w.must(w.ClearFile(bg, w.officer, id, FileCheck{Verdict: evidence.Covered, Squares: []int{55, 54, 55}}))
		f, err = w.LeavingFile(bg, w.officer, id)
		leaves := seen(t, f, err)
		for _, at := range []image.Point{{161, 151}, {239, 179}, {200, 165}, {155, 165}} {
			if !blackAt(t, leaves, at.X, at.Y) {
				t.Errorf("%v shows through", at)
			}
		}
		if blackAt(t, leaves, 120, 165) || blackAt(t, leaves, 200, 100) || bytes.Contains(leaves, []byte("Exif")) || bytes.Contains(leaves, []byte("thumbnail")) {
			t.Error("too much is black, or more than pixels went along")
		}
		for _, who := range []struct {
			by    staff.Officer
			whole bool
		}{{w.officer, true}, {w.custodian, true}, {w.second, false}, {w.boss, false}, {w.above, false}} {
			f, err := w.OpenFile(bg, who.by, id)
			if got := seen(t, f, err); blackAt(t, got, 200, 165) == who.whole {
				t.Errorf("%s %s sees the picture whole: %v", who.by.UnitName, who.by.Roles, !who.whole)
			}
		}
		// Who sees only the copy blackens more, and takes nothing off.
		if err := w.ClearFile(bg, w.second, id, FileCheck{Verdict: evidence.Fit}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("the black is taken off: %v", err)
		}
		w.must(w.ClearFile(bg, w.second, id, FileCheck{Verdict: evidence.Covered, Squares: []int{0}}))
		f, err = w.LeavingFile(bg, w.boss, id)
		if leaves = seen(t, f, err); !blackAt(t, leaves, 200, 165) || !blackAt(t, leaves, 10, 10) {
			t.Error("the black came off")
		}
		if err := w.ClearFile(bg, w.custodian, id, FileCheck{Verdict: evidence.Fit}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("without work_cases: %v", err)
		}
		var stale evidence.Clearance
		w.must(w.store.Read(bg).Where("file_id = ?", id).Take(&stale).Error)
		w.must(w.ClearFile(bg, w.officer, id, FileCheck{Verdict: evidence.Covered, Squares: []int{1}}))
		_, of, _, err := w.lent(bg, w.officer, id)
		w.must(err)
		next := stale
		if err := keepClearance(bg, of, stale, next); !errors.Is(err, step.ErrStale) {
			t.Errorf("somebody was faster: %v", err)
		}
		_, foreign := w.OpenFile(bg, w.foreign, id)
		_, leaving := w.LeavingFile(bg, w.foreign, id)
		_, copied := w.OpenCopy(bg, w.foreign, id)
		for what, err := range map[string]error{"opened": foreign, "left": leaving, "copy": copied,
			"cleared": w.ClearFile(bg, w.foreign, id, FileCheck{Verdict: evidence.Fit}), "agreed": w.AgreeFile(bg, w.foreign, id, 1)} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s by another county: %v", what, err)
			}
		}
		// When the report's content is destroyed, so is the copy.
		w.must(w.store.Read(bg).Where("file_id = ?", id).Take(&stale).Error)
		w.must(w.store.Transact(bg, func(tx *gorm.DB) error {
			_, err := w.shelf.Destroy(tx, "report", c.ReportID)
			return err
		}))
		w.must(w.shelf.Clear(bg))
		if _, err := w.LeavingFile(bg, w.officer, id); !errors.Is(err, ErrUnclear) {
			t.Errorf("destroyed: %v", err)
		}
		if _, _, err := w.shelf.OpenCopy(bg, evidence.File{}, stale); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the copy is still there: %v", err)
		}
	})
}

// TestWhatIsNoPictureWantsTwo to leave, and a reporter's voice leaves only as another
// copy.
func TestWhatIsNoPictureWantsTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, _ := w.handIn(shuangliu)
		voice := w.attach("report", c.ReportID, "话.amr", append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x3c, 0x91, 0x00}, 64)...))
		paper := w.file("report", c.ReportID)
		if err := w.ClearFile(bg, w.officer, voice, FileCheck{Verdict: evidence.Fit}); problem(err, "verdict") != "file_voice" {
			t.Errorf("a voice: %v", err)
		}
		if err := w.ClearFile(bg, w.officer, paper, FileCheck{Verdict: evidence.Covered, Squares: []int{1}}); problem(err, "verdict") == "" {
			t.Errorf("squares on a pdf: %v", err)
		}
		key := []byte(uuid.NewString())
		if err := w.ClearFile(bg, w.officer, voice, FileCheck{Verdict: evidence.Replaced, FormKey: key}); problem(err, "files") != "file_one" {
			t.Errorf("no copy: %v", err)
		}
		_, err := w.shelf.Stage(bg, key, "变声.amr", bytes.NewReader(append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x3c, 0x00, 0x44}, 64)...)))
		w.must(err)
		if err := w.AgreeFile(bg, w.second, voice, 1); !errors.Is(err, step.ErrState) {
			t.Errorf("nothing to agree to: %v", err)
		}
		w.must(w.ClearFile(bg, w.officer, voice, FileCheck{Verdict: evidence.Replaced, FormKey: key}))
		w.must(w.ClearFile(bg, w.officer, paper, FileCheck{Verdict: evidence.Fit}))
		for _, id := range []uuid.UUID{voice, paper} {
			if _, err := w.LeavingFile(bg, w.officer, id); !errors.Is(err, ErrUnclear) {
				t.Errorf("one person alone: %v", err)
			}
			if err := w.AgreeFile(bg, w.officer, id, 1); !errors.Is(err, step.ErrSamePerson) {
				t.Errorf("the same person: %v", err)
			}
			if err := w.AgreeFile(bg, w.second, id, 2); !errors.Is(err, step.ErrStale) {
				t.Errorf("another version: %v", err)
			}
			w.must(w.AgreeFile(bg, w.second, id, 1))
			if err := w.AgreeFile(bg, w.boss, id, 1); !errors.Is(err, step.ErrState) {
				t.Errorf("agreed twice: %v", err)
			}
		}
		f, err := w.LeavingFile(bg, w.boss, voice)
		if got := seen(t, f, err); got[len(got)-1] != 0x44 || f.DownloadName != "evidence-1.amr" {
			t.Errorf("what leaves: %s", f.DownloadName)
		}
		if left, err := w.shelf.Staged(bg, key); err != nil || len(left) > 0 {
			t.Errorf("still staged: %v %v", left, err)
		}
	})
}
