package triage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// ErrUnclear means that nobody looked a file over yet, or that the second look at it
// is missing: it does not leave.
var ErrUnclear = errors.New("triage: nobody has looked this file over")

// FileCheck is what somebody says of a file before it leaves.
type FileCheck struct {
	Verdict string // evidence.Fit, Covered (a picture), Replaced (anything else)
	Squares []int  // of Covered: what is blackened, see evidence.Grid
	FormKey []byte // of Replaced: the form that the other copy was picked in
}

// Cleared is what was said of a file; the zero Cleared of one that nobody looked over.
type Cleared struct {
	evidence.Clearance
	ByName, AgreedName string
}

// Clear reports whether the file may leave: a picture once somebody looked it over,
// anything else once a second person did.
func (c Cleared) Clear(media string) bool {
	return c.Verdict != "" && (media == "image" || c.AgreedBy != nil)
}

// Black reports whether a square is blackened.
func (c Cleared) Black(n int) bool {
	return slices.Contains(strings.Fields(c.Squares), fmt.Sprint(n))
}

// Clearances tell of files whether they may leave. Whoever calls has checked that the
// officer may see them.
func (q *Queue) Clearances(ctx context.Context, files ...uuid.UUID) (map[uuid.UUID]Cleared, error) {
	var rows []evidence.Clearance
	all := map[uuid.UUID]Cleared{}
	if len(files) == 0 {
		return all, nil
	}
	db := q.store.Read(ctx)
	if err := db.Where("file_id IN ?", files).Limit(len(files)).Find(&rows).Error; err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, r := range rows {
		people = append(people, r.ByID)
		if r.AgreedBy != nil {
			people = append(people, *r.AgreedBy)
		}
	}
	called, err := peopleNames(db, people)
	for _, r := range rows {
		c := Cleared{Clearance: r, ByName: called[r.ByID]}
		if r.AgreedBy != nil {
			c.AgreedName = called[*r.AgreedBy]
		}
		all[r.FileID] = c
	}
	return all, err
}

// FileOf is a file that the officer may open, with what was said of it and whether
// they see it uncovered; store.ErrNotFound for any other, and the attempt is recorded.
func (q *Queue) FileOf(ctx context.Context, by staff.Officer, file uuid.UUID) (f evidence.File, c Cleared, whole bool, err error) {
	f, of, c, err := q.lent(ctx, by, file)
	return f, c, err == nil && of.Whole, err
}

// seesUncovered reports whether somebody sees a picture with nothing blackened: who
// has the case does, or while nobody has it whoever works at its desk, and custodians.
func seesUncovered(by staff.Officer, c intake.Complaint) bool {
	if c.OwnerID != nil {
		return *c.OwnerID == by.ID || ReadsCovered(by)
	}
	return c.DeskUnitID == by.UnitID && by.May(staff.WorkCases) || ReadsCovered(by)
}

// ClearFile says of a file that it may leave, as it is or as a copy on which something
// is covered. It needs staff.WorkCases, for a file of another room what that asks for.
// What is no picture waits for AgreeFile. Errors: *intake.Invalid (verdict, squares,
// files), step.ErrStale, staff.ErrForbidden: only who sees the file uncovered says that
// nothing of it is to be covered any more.
func (q *Queue) ClearFile(ctx context.Context, by staff.Officer, file uuid.UUID, check FileCheck) error {
	f, of, before, err := q.lent(ctx, by, file)
	if err != nil {
		return err
	}
	if err := by.Require(of.Needs); err != nil {
		return err
	}
	if check.Verdict == evidence.Fit && before.Blob != "" && !of.Whole {
		return staff.ErrForbidden
	}
	check.Squares = evidence.Squares(check.Squares)
	if err := check.fits(f, of); err != nil {
		return err
	}
	now := evidence.Clearance{FileID: file, Verdict: check.Verdict, ByID: by.ID, At: q.store.Now(), Version: before.Version + 1}
	if err := q.copyOf(ctx, by, &now, check); err != nil {
		return err
	}
	if err := keepClearance(ctx, of, before.Clearance, now); err != nil {
		q.shelf.Discard(ctx, now.Blob)
		return err
	}
	q.shelf.Discard(ctx, before.Blob)
	return nil
}

// fits returns what is wrong with what is said of a file. A voice tells who speaks.
func (c FileCheck) fits(f evidence.File, of Lent) error {
	switch {
	case c.Verdict == evidence.Fit && (f.Media == "audio" || f.Media == "video") && !of.Offices:
		return bad("verdict", "file_voice")
	case c.Verdict == evidence.Fit:
		return nil
	case c.Verdict == evidence.Covered && f.Media == "image" && len(c.Squares) == 0:
		return bad("squares", "file_squares")
	case c.Verdict == evidence.Covered && f.Media == "image", c.Verdict == evidence.Replaced && f.Media != "image":
		return nil
	}
	return bad("verdict", "console_choose")
}

// copyOf puts onto the shelf what leaves in place of a file.
func (q *Queue) copyOf(ctx context.Context, by staff.Officer, now *evidence.Clearance, check FileCheck) error {
	switch check.Verdict {
	case evidence.Covered:
		opened, err := q.OpenFile(ctx, by, now.FileID)
		if err != nil {
			return err
		}
		defer opened.Content.Close()
		now.Squares = strings.Trim(fmt.Sprint(check.Squares), "[]")
		return q.shelf.Redact(ctx, opened.Content, opened.ContentType, check.Squares, now)
	case evidence.Replaced:
		staged, err := q.shelf.Staged(ctx, check.FormKey)
		if err != nil {
			return err
		}
		if len(staged) != 1 {
			return bad("files", "file_one")
		}
		f, content, _, err := q.shelf.Open(ctx, staged[0].ID)
		if err != nil {
			return err
		}
		defer content.Close()
		if err := q.shelf.Replace(ctx, content, f.ContentType, now); err != nil {
			return err
		}
		return q.shelf.Unstage(ctx, check.FormKey, f.ID)
	}
	return nil
}

func keepClearance(ctx context.Context, of Lent, before, now evidence.Clearance) error {
	facts := map[string]string{"file": now.FileID.String(), "verdict": now.Verdict}
	return of.Act(ctx, "file_cleared", facts, func(tx *gorm.DB) error {
		if before.Version > 0 {
			done := tx.Where("file_id = ? AND version = ?", now.FileID, before.Version).Delete(&evidence.Clearance{})
			if done.Error != nil || done.RowsAffected == 0 {
				return errors.Join(done.Error, step.ErrStale)
			}
		}
		return tx.Create(&now).Error
	})
}

// AgreeFile is the second look at what is no picture. It needs what ClearFile does.
// Errors: step.ErrSamePerson, step.ErrState (nothing waits for it), step.ErrStale (what
// was said of it has changed since the page was shown).
func (q *Queue) AgreeFile(ctx context.Context, by staff.Officer, file uuid.UUID, version int) error {
	_, of, _, err := q.lent(ctx, by, file)
	if err != nil {
		return err
	}
	if err := by.Require(of.Needs); err != nil {
		return err
	}
	return of.Act(ctx, "file_agreed", map[string]string{"file": file.String()}, func(tx *gorm.DB) error {
		var now evidence.Clearance
		if err := store.One(tx.Where("file_id = ?", file), &now); errors.Is(err, store.ErrNotFound) {
			return step.ErrState
		} else if err != nil {
			return err
		}
		switch {
		case now.Version != version:
			return step.ErrStale
		case now.AgreedBy != nil:
			return step.ErrState
		case now.ByID == by.ID:
			return step.ErrSamePerson
		}
		done := tx.Model(&evidence.Clearance{}).Where("file_id = ? AND version = ? AND agreed_by IS NULL", file, version).
			Updates(map[string]any{"agreed_by": by.ID, "agreed_at": q.store.Now()})
		if done.Error != nil || done.RowsAffected == 0 {
			return errors.Join(done.Error, step.ErrStale)
		}
		return nil
	})
}

// LeavingFile opens what of a file leaves: the copy on which something is covered, or
// the file of which somebody said that nothing is to be covered. ErrUnclear for any
// other. That it was opened stands in the record first.
func (q *Queue) LeavingFile(ctx context.Context, by staff.Officer, file uuid.UUID) (OpenedFile, error) {
	f, of, c, err := q.lent(ctx, by, file)
	if err != nil {
		return OpenedFile{}, err
	}
	if !c.Clear(f.Media) {
		return OpenedFile{}, ErrUnclear
	}
	if c.Blob == "" {
		return q.OpenFile(ctx, by, file)
	}
	return q.openCopy(ctx, f, of, c)
}

// OpenCopy opens the copy of a file on which something is covered; store.ErrNotFound
// where there is none. That it was opened stands in the record first.
func (q *Queue) OpenCopy(ctx context.Context, by staff.Officer, file uuid.UUID) (OpenedFile, error) {
	f, of, c, err := q.lent(ctx, by, file)
	if err != nil {
		return OpenedFile{}, err
	}
	if c.Blob == "" {
		return OpenedFile{}, store.ErrNotFound
	}
	return q.openCopy(ctx, f, of, c)
}

func (q *Queue) openCopy(ctx context.Context, f evidence.File, of Lent, c Cleared) (OpenedFile, error) {
	if err := of.Record(ctx, "evidence_opened", map[string]string{"file": f.ID.String(), "copy": "yes"}); err != nil {
		return OpenedFile{}, err
	}
	content, name, err := q.shelf.OpenCopy(ctx, f, c.Clearance)
	f.ContentType, f.Size = c.ContentType, c.Size
	return OpenedFile{File: f, Content: content, DownloadName: name}, err
}
