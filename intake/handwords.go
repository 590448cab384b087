package intake

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/staff"
)

// HandOverWords seals the words of matters that accuse an office that works here,
// and that the portal itself still keeps, to those who handle them by now: a hundred
// open matters at a time. after is where the last call ended (0 at first); next is 0
// when there are no more. It needs no secret but the portal's own, and any replica
// may run it.
func (d *Desk) HandOverWords(ctx context.Context, after int64) (n int, next int64, err error) {
	err = again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error {
			n, next, err = d.handOverWords(tx, after)
			return err
		})
	})
	return n, next, err
}

func (d *Desk) handOverWords(tx *gorm.DB, after int64) (n int, next int64, err error) {
	desks, err := d.custody.Holders(tx)
	if err != nil || len(desks) == 0 {
		return 0, 0, err
	}
	var open []struct {
		Complaint `gorm:"embedded"`
		Named     bool
	}
	err = tx.Table("complaint").Select(`complaint.*, EXISTS (SELECT 1 FROM complaint_subject s WHERE s.complaint_id = complaint.id)
			OR EXISTS (SELECT 1 FROM complaint_person p WHERE p.complaint_id = complaint.id) AS named`).
		Where("complaint.seq > ? AND complaint.closed_at IS NULL AND complaint.desk_unit_id IN ?", after, desks).
		Where("NOT EXISTS (SELECT 1 FROM content_key k WHERE k.owner_id = complaint.report_id AND k.recipient_kind = ?)", custody.ToUnit).
		Order("complaint.seq").Limit(resealBatch).Find(&open).Error
	if err != nil {
		return 0, 0, err
	}
	for _, c := range open {
		if !c.Named {
			here, err := d.worksHere(tx, d.accusedOn(c.PlaceCode, c.AccusedLevel))
			if err != nil {
				return 0, 0, err
			}
			if !here {
				continue
			}
		}
		if err := d.resealUnder(tx, c.ID); err != nil {
			return 0, 0, err
		}
		if now, err := d.keptBy(tx, c.ReportID); err != nil {
			return 0, 0, err
		} else if len(now) > 0 {
			n++
		}
	}
	if len(open) == resealBatch {
		next = open[len(open)-1].Seq
	}
	return n, next, nil
}

// resealUnder is Reseal, by the portal itself, for all reports that are handled as one
// complaint.
func (d *Desk) resealUnder(tx *gorm.DB, complaint uuid.UUID) error {
	reports, err := reportsUnder(tx, complaint)
	if err != nil {
		return err
	}
	for _, report := range reports {
		if err := d.Reseal(tx, staff.Officer{}, report); err != nil {
			return err
		}
	}
	return nil
}

// HandOverOthers is HandOverWords for open matters of other rooms. after is the report
// where the last call ended (uuid.Nil at first); next is uuid.Nil when there are no more.
func (d *Desk) HandOverOthers(ctx context.Context, after uuid.UUID) (n int, next uuid.UUID, err error) {
	err = again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error {
			n, next, err = d.handOverOthers(tx, after)
			return err
		})
	})
	return n, next, err
}

func (d *Desk) handOverOthers(tx *gorm.DB, after uuid.UUID) (n int, next uuid.UUID, err error) {
	desks, err := d.custody.Holders(tx)
	if err != nil || len(desks) == 0 {
		return 0, uuid.Nil, err
	}
	var open []other
	err = tx.Where("open AND report_id > ? AND desk_unit_id IN ?", after, desks).
		Where("NOT EXISTS (SELECT 1 FROM content_key k WHERE k.owner_id = report_other.report_id AND k.recipient_kind = ?)", custody.ToUnit).
		Order("report_id").Limit(resealBatch).Find(&open).Error
	if err != nil {
		return 0, uuid.Nil, err
	}
	for _, matter := range open {
		here, err := d.worksHere(tx, []uuid.UUID{matter.AgainstUnitID})
		if err != nil {
			return 0, uuid.Nil, err
		}
		if !here {
			continue
		}
		if err := d.Reseal(tx, staff.Officer{}, matter.ReportID); err != nil {
			return 0, uuid.Nil, err
		}
		n++
	}
	if len(open) == resealBatch {
		next = open[len(open)-1].ReportID
	}
	return n, next, nil
}

// RenewWords seals up to a hundred things that lie under an earlier key of the
// officer's office for handling to its present one, and hands on to the desks of
// matters what only others can read yet, in a member's session. It reports how many,
// and whether there are more. Errors: staff.ErrForbidden, staff.ErrNoKey,
// custody.ErrNotMember, store.ErrNotFound (the office has no key).
func (d *Desk) RenewWords(ctx context.Context, by staff.Officer) (n int, more bool, err error) {
	if err := by.Require(staff.HoldHandling); err != nil {
		return 0, false, err
	}
	err = again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error {
			if n, err = d.custody.RenewContents(tx, by, resealBatch); err != nil || n == resealBatch {
				more = n == resealBatch
				return err
			}
			var reports []uuid.UUID
			if err := d.unreadOnDesk(tx, by).Distinct("matter.report_id").Order("matter.report_id").Limit(resealBatch).Pluck("matter.report_id", &reports).Error; err != nil {
				return err
			}
			for _, report := range reports {
				if err := d.Reseal(tx, by, report); err != nil {
					return err
				}
			}
			n += len(reports)
			return nil
		})
	})
	return n, more, err
}

// openMatters are open matters, of cases and of other rooms: their reports, their desks
// and what these are to open. Of a message in parts one may accuse the desk of another,
// which reads what offices said and wrote about its own part then, and no more. What was
// merged is open as long as its lead.
const openMatters = `(SELECT report_id, desk_unit_id, report_id AS owner_id FROM complaint WHERE closed_at IS NULL AND NOT ` + ofSeveral + `
	UNION ALL SELECT complaint.report_id, complaint.desk_unit_id, complaint.report_id FROM complaint AS lead JOIN complaint ON complaint.merged_into = lead.id
		WHERE lead.closed_at IS NULL AND complaint.state = 'merged' AND NOT ` + ofSeveral + `
	UNION ALL SELECT complaint.report_id, complaint.desk_unit_id, sheet.id FROM complaint JOIN sheet ON sheet.report_id = complaint.report_id AND sheet.complaint_id = complaint.id
		WHERE complaint.closed_at IS NULL AND sheet.kept_unit_id IS NULL AND ` + ofSeveral + `
	UNION ALL SELECT complaint.report_id, complaint.desk_unit_id, message.id FROM complaint JOIN message ON message.report_id = complaint.report_id AND message.complaint_id = complaint.id
		WHERE complaint.closed_at IS NULL AND message.side = 'office' AND message.kept_unit_id IS NULL AND ` + ofSeveral + `
	UNION ALL SELECT report_id, desk_unit_id, report_id FROM report_other WHERE open) AS matter`

// ofSeveral is the condition that a complaint is one part of several.
const ofSeveral = "EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND part.id <> complaint.id)"

// unreadOnDesk narrows to what the officer's office can open of open matters, while
// their own desk, or the highest office, has a key and cannot.
func (d *Desk) unreadOnDesk(db *gorm.DB, by staff.Officer) *gorm.DB {
	desks, err := d.custody.Holders(db)
	highest := by.UnitID
	for _, unit := range d.atlas.Above(by.UnitID) {
		if slices.Contains(desks, unit) {
			highest = unit
		}
	}
	const sealedTo = "EXISTS (SELECT 1 FROM content_key k WHERE k.owner_id = matter.owner_id AND k.recipient_kind = 'unit' AND k.recipient_id = "
	query := db.Table(openMatters).Where("matter.desk_unit_id IN ?", desks).
		Where(sealedTo+"?)", by.UnitID.String()).
		Where("NOT "+sealedTo+"CAST(matter.desk_unit_id AS text)) OR NOT "+sealedTo+"?)", highest.String())
	if err != nil {
		_ = query.AddError(err)
	}
	return query
}

// WordsBehind reports whether something lies under an earlier key of the officer's
// office for handling, or waits to be handed on by its members.
func (d *Desk) WordsBehind(ctx context.Context, by staff.Officer) (bool, error) {
	if err := by.Require(staff.HoldHandling); err != nil {
		return false, err
	}
	db := d.store.Read(ctx)
	if older, err := d.custody.ContentsBehind(db, by.UnitID); err != nil || older {
		return older, err
	}
	var one struct{ ReportID uuid.UUID }
	err := store.One(d.unreadOnDesk(db, by).Select("matter.report_id").Limit(1), &one)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
