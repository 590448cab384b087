package accountability

import (
	"context"

	"gorm.io/gorm"

	"minsheng/staff"
)

// Waiting is how much waits for an officer, of each at most 50.
type Waiting struct {
	Rulings  int // measures that others of the own office proposed
	Late     int // answers of committees to the own office, past their day
	Seals    int // referrals that others of the own office composed
	Releases int // requests to the custodian
}

// Waiting counts what waits for the officer.
func (d *Desk) Waiting(ctx context.Context, by staff.Officer) (w Waiting, err error) {
	db := d.Store.Read(ctx)
	if by.May(staff.ApproveMeasures) {
		w.Rulings, err = tally(d.visible(db, by).Where("measure.unit_id = ? AND measure.state = 'proposed' AND measure.proposed_by <> ?", by.UnitID, by.ID), "measure")
		if err != nil {
			return w, err
		}
	}
	if by.May(staff.ProposeMeasures) {
		w.Late, err = tally(d.visible(db, by).Where("measure.unit_id = ? AND measure.due_on < ?", by.UnitID, d.today()), "measure")
		if err != nil {
			return w, err
		}
	}
	if by.May(staff.SealReferrals) && by.May(staff.ApproveMeasures) {
		w.Seals, err = tally(d.sealable(db, by).Where("referral.unit_id = ? AND referral.state = 'composed' AND referral.composed_by <> ?", by.UnitID, by.ID), "referral")
		if err != nil {
			return w, err
		}
	}
	if by.May(staff.RevealIdentity) {
		asked, err := d.Asked(ctx, by)
		if err != nil {
			return w, err
		}
		for _, r := range asked {
			if !r.Agreed {
				w.Releases++ // not those that wait for a colleague
			}
		}
	}
	return w, nil
}

// tally counts rows of a table as far as 50.
func tally(query *gorm.DB, table string) (int, error) {
	var ids []string
	err := query.Table(table).Limit(pageSize).Pluck(table+".id", &ids).Error
	return len(ids), err
}
