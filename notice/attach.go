package notice

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Roles of files: owner kinds in the shelf.
const (
	attachment = "notice"
	photoStart = "notice_start" // the board on the first day, from afar and near
	photoEnd   = "notice_end"
	minuteFile = "minutes"
)

// maxAttached is how many files of one role a notice has.
const maxAttached = 20

// Attach adds the files staged under form as attachments ("notice") or photos of
// the posting ("notice_start", "notice_end"); the latter also after publishing.
// Spreadsheets and PDFs are read: *Exposed.
func (d *Desk) Attach(ctx context.Context, by staff.Officer, id uuid.UUID, role string, form []byte) error {
	n, err := d.seen(ctx, by, staff.WriteNotices, id, anyVersion)
	if err != nil {
		return err
	}
	if !attachable(n, role) {
		return step.ErrState
	}
	files, err := d.attachFit(ctx, n, role, form)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, id, n.Version, func(tx *gorm.DB, n *Notice) error {
		if !attachable(*n, role) {
			return step.ErrState
		}
		change := shift
		if n.State == draftState {
			change = move
		}
		if err := change(tx, n, map[string]any{}); err != nil {
			return err
		}
		bound, err := d.Shelf.Bind(tx, form, role, n.ID)
		if err != nil {
			return err
		}
		if len(bound) != len(files) {
			return step.ErrStale // picked or dropped meanwhile: these were not looked through
		}
		if n.State != draftState {
			if err := Touch(tx); err != nil {
				return err
			}
		}
		return d.note(tx, by, n.ID, "notice_files_added", bound.Tell(map[string]string{"role": role, "files": strconv.Itoa(len(bound))}))
	})
}

// attachable says when files of a role may come: attachments to a draft, photos
// of the board as long as the notice stands or stood.
func attachable(n Notice, role string) bool {
	switch role {
	case attachment:
		return n.State == draftState && !n.waits()
	case photoStart, photoEnd:
		return n.State == draftState && !n.waits() || n.State == published || n.State == ended
	}
	return false
}

// attachFit looks through the staged files.
func (d *Desk) attachFit(ctx context.Context, n Notice, role string, form []byte) ([]evidence.File, error) {
	files, err := d.Shelf.Staged(ctx, form)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, bad("files", "notice_files")
	}
	has, err := d.Shelf.Of(ctx, role, n.ID)
	if err != nil {
		return nil, err
	}
	if len(has)+len(files) > maxAttached {
		return nil, bad("files", "notice_files_many")
	}
	known, err := passes(d.Store.Read(ctx), n.ID)
	if err != nil {
		return nil, err
	}
	l := d.looks(known)
	for _, f := range files {
		if role != attachment && f.Media != "image" {
			return nil, bad("files", "notice_photos")
		}
		if _, err := l.file(ctx, f); err != nil {
			return nil, err
		}
	}
	return files, blocking(l.found)
}

// Detach removes an attachment, or a photo, of a draft.
func (d *Desk) Detach(ctx context.Context, by staff.Officer, id, file uuid.UUID) error {
	n, err := d.seen(ctx, by, staff.WriteNotices, id, anyVersion)
	if err != nil {
		return err
	}
	f, err := d.fileOf(ctx, n, file)
	if err != nil {
		return err
	}
	if f.OwnerKind == minuteFile {
		return step.ErrState
	}
	return d.on(ctx, by, staff.WriteNotices, id, n.Version, func(tx *gorm.DB, n *Notice) error {
		if n.State != draftState || n.waits() {
			return step.ErrState
		}
		if err := move(tx, n, nil); err != nil {
			return err
		}
		if err := d.Shelf.Remove(tx, f.ID, f.OwnerKind, n.ID); err != nil {
			return err
		}
		return d.note(tx, by, n.ID, "notice_file_removed", evidence.Bound{f}.TellGone(map[string]string{"role": f.OwnerKind}))
	})
}

// fileOf finds a file of a notice or of the minutes of its round.
func (d *Desk) fileOf(ctx context.Context, n Notice, file uuid.UUID) (evidence.File, error) {
	for _, role := range []string{attachment, photoStart, photoEnd} {
		if f, has, err := d.among(ctx, file, role, n.ID); err != nil || has {
			return f, err
		}
	}
	if n.RollID != nil {
		minutes, err := d.Rolls.MinutesOf(ctx, *n.RollID)
		if err != nil {
			return evidence.File{}, err
		}
		for _, m := range minutes {
			if f, has, err := d.among(ctx, file, minuteFile, m.ID); err != nil || has {
				return f, err
			}
		}
	}
	return evidence.File{}, store.ErrNotFound
}

func (d *Desk) among(ctx context.Context, file uuid.UUID, role string, owner uuid.UUID) (evidence.File, bool, error) {
	files, err := d.Shelf.Of(ctx, role, owner)
	for _, f := range files {
		if f.ID == file {
			return f, true, nil
		}
	}
	return evidence.File{}, false, err
}

// OpenFile gives a file of a notice of the own office or below to staff.
func (d *Desk) OpenFile(ctx context.Context, by staff.Officer, id, file uuid.UUID) (evidence.File, readCloser, string, error) {
	n, err := d.seen(ctx, by, staff.ReadNotices, id, anyVersion)
	if err != nil {
		return evidence.File{}, nil, "", err
	}
	if _, err := d.fileOf(ctx, n, file); err != nil {
		return evidence.File{}, nil, "", err
	}
	return d.Shelf.Open(ctx, file)
}

type readCloser interface {
	Read([]byte) (int, error)
	Close() error
}
