package retention

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/objection"
	"minsheng/staff"
)

// objections are those to published lists, which the room of that name keeps.
type objections struct{ *Desk }

// anObjection is one of them.
type anObjection struct {
	*Desk
	o objection.Objection
}

func (r objections) terms() terms {
	const upheld = "('upheld_add', 'upheld_remove', 'upheld_correct')"
	return terms{of: ledger.OfObjection, founded: "objection.state IN " + upheld, other: "objection.state NOT IN " + upheld, holds: objectionHolds}
}

// objectionHolds are what keeps an objection whatever its years: itself or a complaint
// of the same report while it is open, and what came of it.
var objectionHolds = []hold{
	{"open", `(objection.closed_at IS NULL OR EXISTS (SELECT 1 FROM complaint part WHERE part.report_id = objection.report_id AND part.closed_at IS NULL))`},
	{"item", `EXISTS (SELECT 1 FROM supervision_item item WHERE ` + cameOf + ` AND item.closed_at IS NULL)`},
	{"order", `EXISTS (SELECT 1 FROM supervision_item item JOIN rectification_order o ON o.item_id = item.id WHERE ` + cameOf + ` AND o.closed_at IS NULL)`},
	{"measure", `EXISTS (SELECT 1 FROM supervision_item item JOIN measure_ground ground ON ` + groundedOnItem + ` JOIN measure ON measure.id = ground.measure_id
		WHERE ` + cameOf + ` AND ` + unanswered + `)`},
	{"referral", `EXISTS (SELECT 1 FROM supervision_item item JOIN referral_ground ground ON ` + groundedOnItem + ` JOIN referral ON referral.id = ground.referral_id
		WHERE ` + cameOf + ` AND ` + unheard + `)`},
	{"retaliation", retaliation("objection")},
	{"wanted", `EXISTS (SELECT 1 FROM retention_hold wanted WHERE wanted.objection_id = objection.id AND wanted.lifted_at IS NULL)`},
}

// cameOf is the condition that an item came of an objection, groundedOnItem that a
// ground of a measure or a referral is the item or an order that followed it.
const (
	cameOf         = `item.origin = 'objection' AND item.origin_ref = objection.id`
	groundedOnItem = `(ground.kind = 'item' AND ground.ref_id = item.id OR ground.kind = 'order' AND ground.ref_id IN (SELECT o.id FROM rectification_order o WHERE o.item_id = item.id))`
)

func (r objections) visible(db *gorm.DB, by staff.Officer) *gorm.DB {
	return r.Objections.Retained(db, by)
}

func (r objections) whole(db *gorm.DB, _ staff.Officer) *gorm.DB { return db }

func (r objections) mayKnow(db *gorm.DB, by staff.Officer) *gorm.DB {
	if by.May(staff.WorkObjections) || by.May(staff.AskErasure) {
		return r.Objections.Retained(db, by)
	}
	return db.Where("NOT ?", r.Objections.Hides(by))
}

func (r objections) read(query *gorm.DB) ([]Matter, error) {
	var rows []objection.Objection
	err := query.Find(&rows).Error
	all := make([]Matter, len(rows))
	for i, o := range rows {
		all[i] = anObjection{r.Desk, o}.matter()
	}
	return all, err
}

func (r objections) look(ctx context.Context, by staff.Officer, id uuid.UUID) (thing, error) {
	o, err := r.Objections.RetainedOne(ctx, by, id)
	return anObjection{r.Desk, o}, err
}

func (r objections) act(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, t thing) error) error {
	return r.Objections.ActRetained(ctx, by, p, id, func(tx *gorm.DB, o objection.Objection) error { return do(tx, anObjection{r.Desk, o}) })
}

func (r objections) stored(tx *gorm.DB, id uuid.UUID) (thing, error) {
	var o objection.Objection
	err := store.One(tx.Where("id = ?", id), &o)
	return anObjection{r.Desk, o}, err
}

func (t anObjection) matter() Matter {
	return Matter{Ref: Objection(t.o.ID), ReportID: t.o.ReportID, Number: t.o.Number(), PlaceName: t.o.PlaceName, Kind: string(t.o.Kind), State: string(t.o.State),
		Mode: t.o.Mode, ClosedAt: t.o.ClosedAt, Erased: t.o.Erased}
}

func (t anObjection) hidden(*gorm.DB, staff.Officer) (bool, error) { return false, nil }

// tookPart lists also who docketed an item of it.
func (t anObjection) tookPart(tx *gorm.DB) (map[uuid.UUID]bool, error) {
	took, err := t.Objections.TookPart(tx, t.o)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	err = tx.Table("supervision_item").Where("origin = 'objection' AND origin_ref = ?", t.o.ID).Distinct().Limit(100).Pluck("created_by", &people).Error
	for _, id := range people {
		took[id] = true
	}
	return took, err
}

func (t anObjection) note(tx *gorm.DB, by staff.Officer, kind string, facts map[string]string) error {
	return t.Objections.Note(tx, by, t.o, kind, facts)
}

func (t anObjection) parts(*gorm.DB) ([]uuid.UUID, error) { return []uuid.UUID{t.o.ID}, nil }

func (t anObjection) eraseName(tx *gorm.DB) error { return t.Objections.EraseName(tx, t.o) }

func (t anObjection) eraseWords(tx *gorm.DB) (intake.Destroyed, error) {
	return t.Objections.EraseWords(tx, t.o)
}
