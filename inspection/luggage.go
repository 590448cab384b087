package inspection

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// copyRow is a visit on a phone as stored.
type copyRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	AccountID    uuid.UUID
	Device       string
	TakenAt      time.Time
	RevokedBy    *uuid.UUID
	RevokedAt    *time.Time
	ClearedAt    *time.Time
}

func (copyRow) TableName() string { return "inspection_copy" }

// Copy is a visit that somebody took along on a phone.
type Copy struct {
	ID        uuid.UUID
	Who       string
	Device    string // "Chrome · Android"
	TakenAt   time.Time
	RevokedAt *time.Time
	ClearedAt *time.Time // everything came in
	Entries   int        // what came in from it
}

// Abroad reports whether the phone may still hold something.
func (c Copy) Abroad() bool { return c.RevokedAt == nil && c.ClearedAt == nil }

// Luggage is what goes onto the phone: no more than the visit needs.
type Luggage struct {
	Copy       uuid.UUID
	TakenAt    time.Time
	Inspection Inspection
	TargetName string
	Team       []string
	Questions  []Asked
	Findings   []Finding // drafts, for the exchange of views
	Prepared   Prepared
}

// Visits lists the inspections of the officer's own team that are not over, by
// their first day, at most 50: what can be taken along.
func (d *Desk) Visits(ctx context.Context, by staff.Officer) ([]Line, error) {
	if err := by.Require(staff.WorkInspections); err != nil {
		return nil, err
	}
	db := d.Store.Read(ctx)
	var all []Inspection
	err := ofTeam(d.visible(db, by), by).Where("inspection.unit_id = ? AND inspection.state IN ?", by.UnitID, []State{Planned, UnderWay, ViewsExchanged}).
		Order("inspection.starts_on, inspection.id").Limit(pageSize).Find(&all).Error
	if err != nil {
		return nil, err
	}
	return d.lines(db, all)
}

// TakeAlong hands a visit out to a phone of one of its team. device says which
// kind of browser it is and no more (staff.DeviceName). Errors: those of a step.
func (d *Desk) TakeAlong(ctx context.Context, by staff.Officer, id uuid.UUID, device string) (Luggage, error) {
	fresh, err := uuid.NewV7()
	if err != nil {
		return Luggage{}, err
	}
	var bag Luggage
	err = d.on(ctx, by, ToPrepare, id, 0, func(tx *gorm.DB, i *Inspection) error {
		row := copyRow{ID: fresh, InspectionID: id, AccountID: by.ID, Device: device, TakenAt: d.Store.Now()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		bag = Luggage{Copy: row.ID, TakenAt: row.TakenAt, Inspection: *i, TargetName: d.unitName(i.TargetID)}
		if err := d.pack(tx, &bag); err != nil {
			return err
		}
		return d.note(tx, by, id, "visit_taken_along", map[string]string{"device": device, "copy": row.ID.String()})
	})
	return bag, err
}

// pack reads what the visit needs.
func (d *Desk) pack(tx *gorm.DB, bag *Luggage) error {
	i := bag.Inspection
	members, err := membersOf(tx, i.ID)
	if err != nil {
		return err
	}
	names, err := namesOf(tx, append(members, i.LeaderID)...)
	if err != nil {
		return err
	}
	bag.Team = append(bag.Team, names[i.LeaderID])
	for _, id := range members {
		bag.Team = append(bag.Team, names[id])
	}
	rows, err := questionsOf(tx, i.ID)
	if err != nil {
		return err
	}
	if bag.Questions, err = d.asked(tx, rows); err != nil {
		return err
	}
	if bag.Findings, err = d.findings(tx, i.ID, false); err != nil {
		return err
	}
	draft, err := draftOf(tx, i.ID)
	if err != nil {
		return err
	}
	bag.Prepared, err = d.prepared(tx, draft)
	return err
}

// copies lists the phones that an inspection was taken along on, the newest
// first, at most 50.
func (d *Desk) copies(db *gorm.DB, inspection uuid.UUID) ([]Copy, error) {
	var rows []copyRow
	if err := db.Where("inspection_id = ?", inspection).Order("taken_at DESC, id").Limit(50).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.AccountID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	var counts []struct {
		CopyID uuid.UUID
		N      int
	}
	err = db.Model(&entryRow{}).Select("copy_id, count(*) AS n").Where("copy_id IN ?", ids).Group("copy_id").Scan(&counts).Error
	all := make([]Copy, len(rows))
	for n, r := range rows {
		all[n] = Copy{ID: r.ID, Who: names[r.AccountID], Device: r.Device, TakenAt: r.TakenAt.UTC(), RevokedAt: r.RevokedAt, ClearedAt: r.ClearedAt}
		for _, c := range counts {
			if c.CopyID == r.ID {
				all[n].Entries = c.N
			}
		}
	}
	return all, err
}

// Revoke calls a copy lost: the server takes nothing from it any more. What came
// in before stays. Anybody of the inspecting office may. Errors: those of a step;
// step.ErrState for one that was revoked or has come in whole.
func (d *Desk) Revoke(ctx context.Context, by staff.Officer, id, copyID uuid.UUID) error {
	return d.on(ctx, by, ToRevoke, id, 0, func(tx *gorm.DB, i *Inspection) error {
		var c copyRow
		if err := store.One(tx.Where("id = ? AND inspection_id = ?", copyID, id), &c); err != nil {
			return err
		}
		if c.RevokedAt != nil || c.ClearedAt != nil {
			return step.ErrState
		}
		err := tx.Model(&copyRow{}).Where("id = ?", copyID).Updates(map[string]any{"revoked_by": by.ID, "revoked_at": d.Store.Now()}).Error
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "visit_revoked", map[string]string{"copy": copyID.String()})
	})
}
