package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// cases are the complaints, which triage keeps.
type cases struct{ *Desk }

// aCase is one of them.
type aCase struct {
	*Desk
	c intake.Complaint
}

func (r cases) terms() terms {
	return terms{of: ledger.OfComplaint, founded: "complaint.outcome IN ('substantiated', 'partly')", other: "complaint.outcome NOT IN ('substantiated', 'partly')",
		ended: partsEnded, holds: caseHolds}
}

// partsEnded narrows to each report once, by that part which ended last, when every
// part has ended long enough ago, and what it was merged into too.
func partsEnded(db *gorm.DB, founded, other time.Time) *gorm.DB {
	late := func(of string) string {
		return fmt.Sprintf("(%[1]s.closed_at IS NULL OR %[1]s.closed_at > ? OR %[1]s.outcome IN ('substantiated', 'partly') AND %[1]s.closed_at > ?)", of)
	}
	return db.Where(`NOT EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND part.id <> complaint.id
			AND (`+late("part")+` OR (part.closed_at, part.id) > (complaint.closed_at, complaint.id)))`, other, founded).
		Where(`NOT EXISTS (SELECT 1 FROM complaint part JOIN complaint chief ON chief.id = part.merged_into
			WHERE part.report_id = complaint.report_id AND `+late("chief")+`)`, other, founded)
}

// caseHolds are what keeps a report whatever its years. Rooms above are looked at as
// they stand in the database; their arrows point here.
var caseHolds = []hold{
	{"open", `EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND (part.closed_at IS NULL OR part.second_desk_id IS NOT NULL))`},
	{"merged", `EXISTS (SELECT 1 FROM complaint part JOIN complaint chief ON chief.id = part.merged_into WHERE part.report_id = complaint.report_id AND chief.closed_at IS NULL)`},
	{"appeal", `EXISTS (SELECT 1 FROM complaint part JOIN appeal ON appeal.complaint_id = part.id WHERE part.report_id = complaint.report_id AND appeal.state <> 'decided')`},
	{"item", `EXISTS (SELECT 1 FROM complaint part JOIN item_complaint served ON served.complaint_id IN (part.id, part.merged_into) JOIN supervision_item item ON item.id = served.item_id
		WHERE part.report_id = complaint.report_id AND item.closed_at IS NULL)`},
	{"order", `EXISTS (SELECT 1 FROM complaint part JOIN item_complaint served ON served.complaint_id IN (part.id, part.merged_into) JOIN rectification_order o ON o.item_id = served.item_id
		WHERE part.report_id = complaint.report_id AND o.closed_at IS NULL)`},
	{"measure", `EXISTS (SELECT 1 FROM complaint part JOIN measure_ground ground ON ` + grounded + ` JOIN measure ON measure.id = ground.measure_id
		WHERE part.report_id = complaint.report_id AND ` + unanswered + `)`},
	{"referral", `EXISTS (SELECT 1 FROM complaint part JOIN referral_ground ground ON ` + grounded + ` JOIN referral ON referral.id = ground.referral_id
		WHERE part.report_id = complaint.report_id AND ` + unheard + `)`},
	{"retaliation", retaliation("complaint")},
	{"wanted", `EXISTS (SELECT 1 FROM complaint part JOIN retention_hold wanted ON wanted.complaint_id IN (part.id, part.merged_into) WHERE part.report_id = complaint.report_id AND wanted.lifted_at IS NULL)`},
}

// grounded is the condition that a ground of a measure or a referral is a part of a
// report or the case it was merged into, or what came of one: an item, or an order
// that followed the item.
const (
	grounded = `(ground.kind = 'complaint' AND ground.ref_id IN (part.id, part.merged_into) OR ground.kind = 'item' AND ground.ref_id IN (` + behind + `)
		OR ground.kind = 'order' AND ground.ref_id IN (SELECT o.id FROM rectification_order o WHERE o.item_id IN (` + behind + `)))`
	behind = `SELECT served.item_id FROM item_complaint served WHERE served.complaint_id IN (part.id, part.merged_into)`
)

func (r cases) visible(db *gorm.DB, by staff.Officer) *gorm.DB { return r.Triage.Visible(db, by) }

func (r cases) whole(db *gorm.DB, by staff.Officer) *gorm.DB {
	return db.Where("NOT EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = complaint.report_id AND (? OR part.accused_level = 'office' AND NOT ?))",
		r.Triage.Hides(by, clause.Column{Table: "part", Name: "id"}), r.Triage.Highest(by.UnitID))
}

func (r cases) mayKnow(db *gorm.DB, by staff.Officer) *gorm.DB {
	if by.May(staff.ReadCases) {
		return r.Triage.Visible(db, by)
	}
	return db.Where("NOT ?", r.Triage.Hides(by, clause.Column{Table: "complaint", Name: "id"}))
}

func (r cases) read(query *gorm.DB) ([]Matter, error) {
	var rows []intake.Complaint
	err := query.Find(&rows).Error
	all := make([]Matter, len(rows))
	for i, c := range rows {
		all[i] = aCase{r.Desk, c}.matter()
	}
	return all, err
}

func (r cases) look(ctx context.Context, by staff.Officer, id uuid.UUID) (thing, error) {
	if err := r.Triage.MaySee(ctx, by, id); err != nil {
		return nil, err
	}
	c, err := r.Triage.CaseIn(r.Store.Read(ctx), by, id)
	return aCase{r.Desk, c}, err
}

func (r cases) act(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, t thing) error) error {
	return r.Triage.Act(ctx, by, p, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := r.Triage.Hold(tx, c.ID); err != nil {
			return err
		}
		return do(tx, aCase{r.Desk, c})
	})
}

func (r cases) stored(tx *gorm.DB, id uuid.UUID) (thing, error) {
	var c intake.Complaint
	err := store.One(tx.Where("id = ?", id), &c)
	return aCase{r.Desk, c}, err
}

func (t aCase) matter() Matter {
	return Matter{Ref: Case(t.c.ID), ReportID: t.c.ReportID, Number: t.c.Number(), PlaceName: t.c.PlaceName, Kind: string(t.c.Kind), State: string(t.c.State),
		Outcome: string(t.c.Outcome), Mode: t.c.Mode, ClosedAt: t.c.ClosedAt, Erased: t.c.Erased}
}

func (t aCase) hidden(db *gorm.DB, by staff.Officer) (bool, error) {
	whole, err := t.Triage.SeesWhole(db, by, t.c.ReportID)
	return !whole, err
}

func (t aCase) tookPart(tx *gorm.DB) (map[uuid.UUID]bool, error) { return t.Triage.TookPart(tx, &t.c) }

func (t aCase) note(tx *gorm.DB, by staff.Officer, kind string, facts map[string]string) error {
	return t.Triage.Note(tx, by, &t.c, kind, facts)
}

func (t aCase) parts(tx *gorm.DB) (ids []uuid.UUID, err error) {
	return ids, tx.Table("complaint").Where("report_id = ?", t.c.ReportID).Order("part").Limit(100).Pluck("id", &ids).Error
}

func (t aCase) eraseName(tx *gorm.DB) error { return t.Triage.EraseName(tx, t.c) }

func (t aCase) eraseWords(tx *gorm.DB) (n intake.Destroyed, err error) {
	if n, err = t.Triage.EraseWords(tx, t.c); err != nil {
		return n, err
	}
	parts, err := t.parts(tx)
	for _, also := range t.Also {
		if err == nil {
			err = also(tx, parts)
		}
	}
	return n, err
}
