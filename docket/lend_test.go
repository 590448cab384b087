package docket

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// whitePicture is a form in which a white picture waits.
func (w *office) whitePicture() []byte {
	w.t.Helper()
	white := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	var b bytes.Buffer
	w.must(jpeg.Encode(&b, white, nil))
	key := []byte(uuid.NewString())
	_, err := w.Shelf.Stage(bg, key, "门牌.jpg", &b)
	w.must(err)
	return key
}

// black reports whether somebody is shown the middle of a picture black.
func black(t *testing.T, content io.ReadCloser, err error) bool {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	picture, err := jpeg.Decode(content)
	if err != nil {
		t.Fatal(err)
	}
	return color.GrayModel.Convert(picture.At(200, 165)).(color.Gray).Y < 16
}

// TestEvidenceOfAHandlingOfficeLeavesLookedOver through the same door as files of
// cases: nobody to whom the item is hidden opens it, who issues items says what leaves,
// and the office that handed it in does not read that something is being prepared.
func TestEvidenceOfAHandlingOfficeLeavesLookedOver(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.issued(w.verified())
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.do(w.lead, &i, "report", w.whitePicture()...))
		notes := w.view(i).Notes
		file := notes[len(notes)-1].Files[0].ID
		if _, err := w.Triage.LeavingFile(bg, w.officer, file); !errors.Is(err, triage.ErrUnclear) {
			t.Errorf("nobody looked it over: %v", err)
		}
		cover := triage.FileCheck{Verdict: evidence.Covered, Squares: []int{54, 55}}
		for name, by := range map[string]struct {
			staff.Officer
			want error
		}{"foreign": {w.foreign, store.ErrNotFound}, "stranger": {w.stranger, store.ErrNotFound}, "custodian": {w.custodian, store.ErrNotFound}, "handler": {w.lead, staff.ErrForbidden}} {
			_, leaves := w.Triage.LeavingFile(bg, by.Officer, file)
			if by.want == staff.ErrForbidden {
				leaves = by.want // it may open what it handed in, and leave nothing
			}
			for what, err := range map[string]error{"clears": w.Triage.ClearFile(bg, by.Officer, file, cover), "agrees": w.Triage.AgreeFile(bg, by.Officer, file, 1), "leaves": leaves} {
				if !errors.Is(err, by.want) {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
		}
		before := len(w.kinds(ledger.OfItem, i.ID))
		w.must(w.Triage.ClearFile(bg, w.boss, file, cover))
		leaving, err := w.Triage.LeavingFile(bg, w.boss, file)
		if !black(t, leaving.Content, err) {
			t.Error("it leaves uncovered")
		}
		for name, who := range map[string]struct {
			by    staff.Officer
			whole bool
		}{"issued it": {w.officer, true}, "handed it in": {w.lead, true}, "assists": {w.assist, false}, "above": {w.above, false}} {
			_, content, _, err := w.OpenFile(bg, who.by, i.ID, file)
			if black(t, content, err) == who.whole {
				t.Errorf("who %s sees it whole: %v", name, !who.whole)
			}
		}
		if err := w.Triage.ClearFile(bg, w.above, file, triage.FileCheck{Verdict: evidence.Fit}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who sees the copy takes the black off: %v", err)
		}
		got := w.kinds(ledger.OfItem, i.ID)[before:]
		if want := []string{"evidence_opened", "file_cleared", "evidence_opened", "evidence_opened", "evidence_opened", "evidence_opened", "evidence_opened"}; !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
		told := func(by staff.Officer) (kinds []string) {
			v, err := w.Item(bg, by, i.ID)
			w.must(err)
			for _, e := range v.Events {
				if e.Kind == "file_cleared" || e.Body["copy"] != "" {
					kinds = append(kinds, e.Kind)
				}
			}
			return kinds
		}
		if kinds := told(w.lead); len(kinds) > 0 {
			t.Errorf("the handling office reads %v", kinds)
		}
		if kinds := told(w.officer); len(kinds) != 4 {
			t.Errorf("who issues items reads %v", kinds)
		}
		if err := w.HasFile(bg, w.officer, w.issued(w.verified()).ID, file); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("below another item: %v", err)
		}
	})
}

// TestWhatIsNoPictureOfAnItemWantsTwo to leave, and so does what came with a request
// for more time.
func TestWhatIsNoPictureOfAnItemWantsTwo(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.acknowledged()
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, NewExtension{Days: 5, Reason: "两户在外地", Progress: "已核清十三户", FormKey: w.staged()}))
		file := w.view(i).Extension.Files[0].ID
		w.must(w.Triage.ClearFile(bg, w.officer, file, triage.FileCheck{Verdict: evidence.Fit}))
		if _, err := w.Triage.LeavingFile(bg, w.officer, file); !errors.Is(err, triage.ErrUnclear) {
			t.Errorf("one person alone: %v", err)
		}
		if err := w.Triage.AgreeFile(bg, w.officer, file, 1); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("the same person: %v", err)
		}
		w.must(w.Triage.AgreeFile(bg, w.second, file, 1))
		f, err := w.Triage.LeavingFile(bg, w.officer, file)
		w.must(err)
		w.must(f.Content.Close())
		if kinds := w.kinds(ledger.OfItem, i.ID); !slices.Contains(kinds, "file_agreed") || kinds[len(kinds)-1] != "evidence_opened" {
			t.Errorf("events %v", kinds)
		}
	})
}
