package bulletin

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/paper"
	"minsheng/staff"
)

// ToPublish lists the public circulars of the own office that are not at the
// publishing desk yet, oldest first, at most 50 (staff.WriteNotices).
func (d *Desk) ToPublish(ctx context.Context, by staff.Officer) (all []Circular, err error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return nil, err
	}
	return all, unpublished(d.Store.Read(ctx), by).Order("id").Limit(pageSize).Find(&all).Error
}

func unpublished(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("unit_id = ? AND scope = 'public' AND state = 'issued' AND notice_id IS NULL", by.UnitID)
}

// Publish takes a public circular to the publishing desk: a draft of a notice
// that the officer goes on with and another approves there (staff.WriteNotices).
// Errors: store.ErrNotFound, *notice.Exposed and *notice.Invalid of the desk's own
// gate.
func (d *Desk) Publish(ctx context.Context, by staff.Officer, id uuid.UUID) (notice.Notice, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return notice.Notice{}, err
	}
	db := d.Store.Read(ctx)
	var c Circular
	if err := store.One(unpublished(db, by).Where("id = ?", id), &c); err != nil {
		return notice.Notice{}, err
	}
	to, err := addresseesOf(db, id)
	if err != nil {
		return notice.Notice{}, err
	}
	areas, err := d.Atlas.Jurisdiction(ctx, by.UnitID)
	if err != nil {
		return notice.Notice{}, err
	}
	in := d.asNotice(c, to)
	if own := areas[by.UnitID]; len(own) > 0 {
		in.PlaceCode = own[0].Code
	}
	return d.Notices.BeginWith(ctx, by, in, func(tx *gorm.DB, n notice.Notice) error {
		res := unpublished(tx.Model(&Circular{}), by).Where("id = ?", id).Updates(map[string]any{"notice_id": n.ID})
		if res.Error == nil && res.RowsAffected == 0 {
			return step.ErrState
		}
		if res.Error != nil {
			return res.Error
		}
		return d.note(tx, by, id, "circular_published", map[string]string{"notice": n.ID.String()})
	})
}

// asNotice is what the publishing desk begins with.
func (d *Desk) asNotice(c Circular, to []Addressee) notice.Draft {
	var named []string
	deadline := "无"
	for _, a := range to {
		if a.Named {
			named = append(named, d.unitName(a.UnitID))
		}
		if a.DueOn != nil {
			deadline = paper.Day(*a.DueOn)
		}
	}
	demand := c.Demand
	if demand == "" {
		demand = "无"
	}
	whom := strings.Join(named, "、")
	if len([]rune(whom)) > 100 {
		whom = d.unitName(to[0].UnitID) + "等" + strconv.Itoa(len(named)) + "个单位"
	}
	return notice.Draft{Kind: "CIRCULAR_PUB", Title: c.Title, DocNumber: c.Number, Body: c.Body, Fields: map[string]string{
		"addressee": whom, "covered": "截至" + paper.Day(workday.On(*c.IssuedAt)), "situation": c.Body, "verdict": string(c.Tone), "demands": demand, "deadline": deadline,
	}}
}
