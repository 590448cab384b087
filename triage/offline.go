package triage

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"path"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

// OfflinePictures counts the pictures of a visible case that open as they came with keys
// outside only; 0 for who may not take them along.
func (q *Queue) OfflinePictures(ctx context.Context, by staff.Officer, id uuid.UUID) (int, error) {
	if !by.May(staff.RevealIdentity) {
		return 0, nil
	}
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if err != nil {
		return 0, err
	}
	hidden, err := q.withheld(db, by, c.ReportID)
	if err != nil || hidden[c.ReportID] || c.Erased != "" {
		return 0, err
	}
	all, err := q.intake.OfflineOriginals(db, c.ReportID)
	return len(all), err
}

// TakePictures hands out the pictures of a case as they came, each as it lies on the
// shelf and with its key as that is sealed to the offline recipient, in one zip: for a
// custodian who opens them on a machine of their own. A picture may tell who took it, so
// it counts like opening the name, and the reporter reads of it. Whoever calls closes
// what is returned. Errors: those of a step, *step.Invalid (reason); store.ErrNotFound
// when no picture is sealed so, or when another part of the same message is hidden.
func (q *Queue) TakePictures(ctx context.Context, by staff.Officer, id uuid.UUID, reason string) (io.ReadCloser, error) {
	purpose, why := revealReason(reason)
	if err := within("reason", why, 4, 500, "case_reason"); err != nil {
		return nil, err
	}
	var keys []intake.Offlined
	err := q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) (err error) {
		hidden, err := q.withheld(tx, by, c.ReportID)
		if err != nil {
			return err
		}
		if keys, err = q.intake.OfflineOriginals(tx, c.ReportID); err != nil {
			return err
		}
		if hidden[c.ReportID] || c.Erased != "" || len(keys) == 0 {
			return store.ErrNotFound
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if err := q.looked(tx, by, c.ID, SawFile); err != nil {
			return err
		}
		if err := q.keepReason(tx, by, c, why); err != nil {
			return err
		}
		return q.note(tx, by, &c, "pictures_taken", map[string]string{"reason": purpose})
	})
	if err != nil {
		return nil, err
	}
	read, write := io.Pipe()
	go func() { write.CloseWithError(q.zipSealed(context.WithoutCancel(ctx), write, keys)) }()
	return read, nil
}

// zipSealed writes pictures beside their keys. Nothing of it is packed closer: it is
// noise.
func (q *Queue) zipSealed(ctx context.Context, to io.Writer, keys []intake.Offlined) error {
	w := zip.NewWriter(to)
	put := func(name string, from io.Reader) error {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.Copy(entry, from)
		}
		return err
	}
	for n, k := range keys {
		picture, name, err := q.shelf.SealedOriginal(ctx, k.FileID)
		if err != nil {
			return err
		}
		err = put(fmt.Sprintf("%02d-original%s.age", n+1, path.Ext(name)), picture)
		picture.Close()
		if err != nil {
			return err
		}
		if err := put(fmt.Sprintf("%02d-key.txt.age", n+1), bytes.NewReader(k.Sealed)); err != nil {
			return err
		}
	}
	return w.Close()
}
