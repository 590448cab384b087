package notice

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/staff"
)

// Approval is what an approver states.
type Approval struct {
	Release     map[string]string // Exposure.Token → reason of a false alarm
	Mismatch    string            // reason why amounts that do not add up may stand
	UnreadFiles bool              // looked at the files that could not be read
}

// Approve signs another person's notice: the roll advances, the period starts on
// its day, projects of an allocation come to be, duties are met. Errors:
// step.ErrSamePerson, *Exposed, ErrMismatch, *Invalid, roll errors, step.ErrStale, step.ErrState.
func (d *Desk) Approve(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Approval) error {
	n, err := d.seen(ctx, by, staff.ApproveNotices, id, version)
	if err != nil {
		return err
	}
	if !n.waits() {
		return step.ErrState
	}
	if err := d.other(d.Store.Read(ctx), by, n); err != nil {
		return err
	}
	n = moved(n, d.today())
	if err := d.ready(ctx, n); err != nil {
		return err
	}
	s, err := d.examine(ctx, n, a)
	if err != nil {
		return err
	}
	return d.on(ctx, by, staff.ApproveNotices, id, version, func(tx *gorm.DB, now *Notice) error {
		if !now.waits() {
			return step.ErrState
		}
		if err := d.other(tx, by, *now); err != nil {
			return err
		}
		return d.sign(ctx, tx, by, now, n, s)
	})
}

// signature is what an approver's look came to.
type signature struct {
	found    []Exposure
	released map[string]string
	mismatch string // reason; "" the amounts add up
	on       round
}

// examine is everything that is looked at before a notice is signed and that
// does not change with it.
func (d *Desk) examine(ctx context.Context, n Notice, a Approval) (signature, error) {
	var s signature
	known, err := passes(d.Store.Read(ctx), n.ID)
	if err != nil {
		return s, err
	}
	if s.released, err = letThrough(known, a.Release); err != nil {
		return s, err
	}
	var unread []evidence.File
	if s.found, unread, err = d.exposed(ctx, n, known, true); err != nil {
		return s, err
	}
	if err := unreleased(s.found); err != nil {
		return s, err
	}
	if len(unread) > 0 && !a.UnreadFiles {
		return s, bad("unread_files", "notice_unread")
	}
	if s.mismatch, err = d.addsUp(ctx, n, a); err != nil {
		return s, err
	}
	s.on, err = d.round(ctx, n)
	return s, err
}

// addsUp is ErrMismatch when amounts differ and no reason is given.
func (d *Desk) addsUp(ctx context.Context, n Notice, a Approval) (reason string, err error) {
	sums, err := d.sums(ctx, n)
	if err != nil || sums == nil || !sums.Differs {
		return "", err
	}
	if oneLine(a.Mismatch) == "" {
		return "", ErrMismatch
	}
	reason, err = because(a.Mismatch)
	if err != nil {
		return "", bad("mismatch", "notice_reason")
	}
	return reason, nil
}

// sign writes the approval: first the notice itself, so that of two approvers
// only one goes on.
func (d *Desk) sign(ctx context.Context, tx *gorm.DB, by staff.Officer, n *Notice, as Notice, s signature) error {
	kept, err := backingOf(tx, n.ID)
	if err != nil {
		return err
	}
	if n.CorrectsID != nil {
		err = d.signCorrection(ctx, tx, by, n, kept)
	} else {
		err = d.signNotice(ctx, tx, by, n, as, s, kept)
	}
	if err != nil {
		return err
	}
	if err := d.release(tx, by, *n, s.found, s.released); err != nil {
		return err
	}
	if s.mismatch != "" {
		kept.Mismatch = s.mismatch
		if err := kept.keep(tx); err != nil {
			return err
		}
	}
	return Touch(tx)
}

func (d *Desk) signNotice(ctx context.Context, tx *gorm.DB, by staff.Officer, n *Notice, as Notice, s signature, kept backing) error {
	now := d.Store.Now()
	set := map[string]any{"state": published, "published_at": now, "approved_at": now, "approver_id": by.ID,
		"handed_in_at": nil, "starts_on": as.StartsOn, "ends_on": as.EndsOn}
	if as.StartsOn > d.today() {
		set["state"], set["published_at"] = reviewed, as.StartsOn.Time().UTC()
	}
	if err := move(tx, n, set); err != nil {
		return err
	}
	if _, err := d.pinned(tx, n.RollID, kept); err != nil {
		return err
	}
	if err := d.goOn(tx, *n, s.on, kept.Edits); err != nil {
		return err
	}
	body := map[string]string{"starts_on": string(n.StartsOn)}
	if n.EndsOn != nil {
		body["ends_on"] = string(*n.EndsOn)
	}
	if s.mismatch != "" {
		body["mismatch"] = "yes"
	}
	if err := d.note(tx, by, n.ID, "notice_approved", body); err != nil {
		return err
	}
	if n.State == published {
		return d.appeared(tx, *n)
	}
	return nil
}

// appeared is what follows when a notice is published, at its approval or on its
// first day.
func (d *Desk) appeared(tx *gorm.DB, n Notice) error {
	for _, follow := range []func(*gorm.DB, Notice) error{d.projectsOf, d.meetDuties, d.oweNext} {
		if err := follow(tx, n); err != nil {
			return err
		}
	}
	return nil
}
