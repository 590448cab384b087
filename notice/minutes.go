package notice

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/roll"
	"minsheng/staff"
)

// SetMinutes stores the minutes of the round that a list notice opens; form
// names the photo of the signatures (nil: none new). Errors: *Invalid, *Exposed,
// those of roll.
func (d *Desk) SetMinutes(ctx context.Context, by staff.Officer, id uuid.UUID, m roll.Minutes, form []byte) error {
	n, r, err := d.tableOf(ctx, by, id)
	if err != nil {
		return err
	}
	k, _ := KindOf(n.Kind)
	if n.RollID == nil || k.Stage == "" {
		return step.ErrState
	}
	m.RollID, m.Stage, m.Note = r.ID, k.Stage, cleaned(m.Note)
	files, err := d.minutesFit(ctx, n, m, form)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.WriteNotices, id, n.Version, func(tx *gorm.DB, n *Notice) error {
		if n.State != draftState || n.waits() {
			return step.ErrState
		}
		if err := move(tx, n, nil); err != nil {
			return err
		}
		kept, err := d.Rolls.SetMinutes(tx, by, m)
		if err != nil {
			return wrongMinutes(err)
		}
		bound, err := d.Shelf.Bind(tx, form, minuteFile, kept.ID)
		if err != nil {
			return err
		}
		if len(bound) != len(files) {
			return step.ErrStale
		}
		return d.note(tx, by, id, "notice_minutes_set", bound.Tell(map[string]string{"stage": string(k.Stage), "met_on": string(m.MetOn), "files": strconv.Itoa(len(bound))}))
	})
}

// minutesFit looks through the note, and takes pictures only.
func (d *Desk) minutesFit(ctx context.Context, n Notice, m roll.Minutes, form []byte) ([]evidence.File, error) {
	known, err := passes(d.Store.Read(ctx), n.ID)
	if err != nil {
		return nil, err
	}
	l := d.looks(known)
	l.text(Exposure{Where: "minutes"}, "minutes", m.Note)
	if err := blocking(l.found); err != nil {
		return nil, err
	}
	files, err := d.Shelf.Staged(ctx, form)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(files, func(f evidence.File) bool { return f.Media != "image" }) {
		return nil, bad("files", "notice_photos")
	}
	return files, nil
}

// wrongMinutes names the fields of minutes among those of the desk's forms.
func wrongMinutes(err error) error {
	var wrong *roll.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	p := problems{}
	for field := range wrong.Problems {
		p[field] = "notice_minutes_" + field
	}
	return p.err()
}

// signed reports whether the minutes of a round have the photo of the
// signatures.
func (d *Desk) signed(ctx context.Context, n Notice, stage roll.Stage) (minutes, photo bool, err error) {
	all, err := d.Rolls.MinutesOf(ctx, *n.RollID)
	if err != nil {
		return false, false, err
	}
	at := slices.IndexFunc(all, func(m roll.Minutes) bool { return m.Stage == stage })
	if at < 0 {
		return false, false, nil
	}
	files, err := d.Shelf.Of(ctx, minuteFile, all[at].ID)
	return true, len(files) > 0, err
}
