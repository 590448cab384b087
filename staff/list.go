package staff

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// List shows the accounts of by's office and below, by office and name, at
// most 500.
func (d *Desk) List(ctx context.Context, by Officer) ([]Account, error) {
	if err := by.Require(ManageStaff); err != nil {
		return nil, err
	}
	return d.accounts(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("account.unit_id IN ?", d.atlas.Subtree(by.UnitID))
	})
}

// ListFromCommandLine shows the accounts of all offices, at most 500.
func (d *Desk) ListFromCommandLine(ctx context.Context) ([]Account, error) {
	return d.accounts(ctx, func(db *gorm.DB) *gorm.DB { return db })
}

func (d *Desk) accounts(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]Account, error) {
	var rows []accountRow
	db := d.store.Read(ctx)
	err := which(db.Model(&accountRow{})).Joins("JOIN unit ON unit.id = account.unit_id").
		Order("unit.name, account.name, account.id").Limit(500).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	officers, err := d.officers(db, rows)
	if err != nil {
		return nil, err
	}
	list := make([]Account, len(rows))
	for i, r := range rows {
		list[i] = Account{
			Officer: officers[i], Active: r.State == active, Enrolled: r.TOTPSealed != nil,
			MustChange: r.MustChange, CreatedAt: r.CreatedAt.UTC(), LastSeenAt: utc(r.LastSeenAt),
		}
	}
	return list, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func (d *Desk) officers(db *gorm.DB, rows []accountRow) ([]Officer, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	held, err := rolesOf(db, ids...)
	if err != nil {
		return nil, err
	}
	list := make([]Officer, len(rows))
	for i, r := range rows {
		list[i] = d.officer(r, held[r.ID])
	}
	return list, nil
}

// ColleaguesWith lists active officers of the given units whose roles grant p,
// by name, at most 200. It feeds "assign to".
func (d *Desk) ColleaguesWith(ctx context.Context, units []uuid.UUID, p Permission) ([]Officer, error) {
	granting := slices.DeleteFunc(Roles(), func(r Role) bool { return !May([]Role{r}, p) })
	if len(units) == 0 || len(granting) == 0 {
		return nil, nil
	}
	db := d.store.Read(ctx)
	var rows []accountRow
	err := db.Where("state = ? AND unit_id IN ?", active, units).
		Where("EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = account.id AND r.role IN ?)", granting).
		Order("name, id").Limit(200).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return d.officers(db, rows)
}
