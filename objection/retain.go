package objection

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// What the room that keeps and destroys does with an objection. Custodians, who ask
// for that, work on none: they are told of its number, place, kind and end alone.

// Retained narrows a query over the table objection, under that name, to what the
// officer may know of in keeping and destroying: what visible gives, within the same
// borders for custodians too (staff.AskErasure).
func (d *Desk) Retained(db *gorm.DB, by staff.Officer) *gorm.DB {
	if !by.May(staff.WorkObjections) && !by.May(staff.AskErasure) {
		return db.Where("1 = 0")
	}
	return d.within(db, by)
}

// RetainedOne reads one that Retained gives, or store.ErrNotFound; a refused attempt
// leaves an event.
func (d *Desk) RetainedOne(ctx context.Context, by staff.Officer, id uuid.UUID) (Objection, error) {
	var o Objection
	err := store.One(d.Retained(d.Store.Read(ctx), by).Where("objection.id = ?", id), &o)
	if errors.Is(err, store.ErrNotFound) {
		err = d.refuse(ctx, by, id)
	}
	return o, err
}

// ActRetained runs do in one transaction with one that Retained gives and that the
// officer has the permission for. Nobody else changes it, or writes its next event,
// until the transaction ends. A refused attempt leaves an event, and is answered with
// store.ErrNotFound.
func (d *Desk) ActRetained(ctx context.Context, by staff.Officer, p staff.Permission, id uuid.UUID, do func(tx *gorm.DB, o Objection) error) error {
	refused := false
	err := step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			var o Objection
			err := store.One(d.Retained(tx, by).Where("objection.id = ?", id), &o)
			if refused = errors.Is(err, store.ErrNotFound); err != nil {
				return err
			}
			if err := by.Require(p); err != nil {
				return err
			}
			if err := hold(tx, o); err != nil {
				return err
			}
			return do(tx, o)
		})
	})
	if refused {
		return d.refuse(ctx, by, id)
	}
	return err
}

// hold keeps others from changing an objection until the transaction ends.
func hold(tx *gorm.DB, o Objection) error {
	return tx.Model(&Objection{}).Where("id = ?", o.ID).Update("version", gorm.Expr("version")).Error
}

// Note writes what happened to an objection that ActRetained gave.
func (d *Desk) Note(tx *gorm.DB, by staff.Officer, o Objection, kind string, facts map[string]string) error {
	return d.note(tx, by.Actor(), o, kind, facts)
}

// working are the events by which an officer takes part in what is done about an
// objection. Looking at it is none.
var working = []string{
	eventTakenUp, eventVisited, "visit_signed", "message_sent", "ruling_proposed", "ruling_returned", "objection_upheld", "objection_not_upheld", "objection_referred",
}

// TookPart lists who took part in what was done about an objection: who owns it,
// visited, signed, wrote, proposed or ruled.
func (d *Desk) TookPart(db *gorm.DB, o Objection) (map[uuid.UUID]bool, error) {
	var people []uuid.UUID
	err := db.Table("event").Distinct("actor_id").
		Where("subject_kind = ? AND subject_id = ? AND actor_kind = 'staff' AND kind IN ?", ledger.OfObjection, o.ID, working).Limit(500).Pluck("actor_id", &people).Error
	took := map[uuid.UUID]bool{}
	for _, id := range people {
		took[id] = true
	}
	if o.OwnerID != nil {
		took[*o.OwnerID] = true
	}
	return took, err
}

// EraseName destroys who handed in an objection that ActRetained gave, in the caller's
// transaction.
func (d *Desk) EraseName(tx *gorm.DB, o Objection) error {
	if err := d.Intake.EraseName(tx, o.ReportID); err != nil {
		return err
	}
	return erased(tx, o, intake.NamesErased)
}

// EraseWords destroys what was written in an objection that ActRetained gave, who
// handed it in, and the files of visits, in the caller's transaction. What was found
// and what was ruled stays.
func (d *Desk) EraseWords(tx *gorm.DB, o Objection) (intake.Destroyed, error) {
	n, err := d.Intake.EraseWords(tx, o.ReportID)
	if err != nil {
		return n, err
	}
	var visits []uuid.UUID
	if err := tx.Model(&checkRow{}).Where("objection_id = ?", o.ID).Order("id").Pluck("id", &visits).Error; err != nil {
		return n, err
	}
	files, err := d.Shelf.Destroy(tx, "objection_check", visits...)
	if err != nil {
		return n, err
	}
	n.Files += len(files)
	return n, erased(tx, o, intake.WordsErased)
}

// erased notes on an objection what was destroyed of it.
func erased(tx *gorm.DB, o Objection, what string) error {
	return tx.Model(&Objection{}).Where("id = ?", o.ID).Updates(map[string]any{"erased": what, "version": gorm.Expr("version + 1")}).Error
}
