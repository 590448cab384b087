package notice

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/roll"
	"minsheng/staff"
)

// correction is the kind of a notice that changes another one.
const correction = "CORRECTION"

// Revision is what a notice said before a correction.
type Revision struct {
	NoticeID     uuid.UUID `gorm:"primaryKey"`
	N            int       `gorm:"primaryKey;autoIncrement:false"`
	Title        string
	Body         string
	Fields       map[string]string `gorm:"serializer:json"`
	RollVersion  int               // of the rows before; 0 the notice has none
	CorrectionID uuid.UUID
	Withheld     bool // somebody said that it shows their personal data: never for the public
	At           time.Time
}

// TableName is notice_revision.
func (Revision) TableName() string { return "notice_revision" }

// Correct begins a CORRECTION of a published notice: a draft with its text
// (staff.WriteNotices); why is 4 to 200 characters. When it is approved the
// original shows the new text, with what it said before, and changed rows
// (EditRows, kept with the draft) stand anew. One at a time: step.ErrState.
func (d *Desk) Correct(ctx context.Context, by staff.Officer, id uuid.UUID, why string) (Notice, error) {
	if err := by.Require(staff.WriteNotices); err != nil {
		return Notice{}, err
	}
	why, err := because(why)
	if err != nil {
		return Notice{}, err
	}
	if err := refuse(d.checkText("reason", why), func(Exposure) bool { return true }); err != nil {
		return Notice{}, err
	}
	var n Notice
	err = d.on(ctx, by, staff.WriteNotices, id, anyVersion, func(tx *gorm.DB, original *Notice) error {
		if !mayCorrect(*original) {
			return step.ErrState
		}
		open, err := correcting(tx, id)
		if err != nil {
			return err
		}
		if open {
			return step.ErrState
		}
		n = d.correctionOf(by, *original, why)
		if err := tx.Create(&n).Error; err != nil {
			return err
		}
		return d.note(tx, by, n.ID, "notice_correction_begun", map[string]string{"notice": id.String()})
	})
	return n, err
}

func mayCorrect(n Notice) bool {
	return (n.State == published || n.State == ended) && n.Kind != correction
}

// correcting reports whether a correction of the notice is being written.
func correcting(db *gorm.DB, id uuid.UUID) (bool, error) {
	var count int64
	err := db.Model(&Notice{}).Where("corrects_id = ? AND state = ?", id, draftState).Count(&count).Error
	return count > 0, err
}

// correctionOf is a draft with the text of the original, in the name of the
// same office.
func (d *Desk) correctionOf(by staff.Officer, original Notice, why string) Notice {
	fields := maps.Clone(original.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	fields["correction_reason"] = why
	fields["original_number"] = original.DocNumber
	if original.DocNumber == "" {
		fields["original_number"] = original.Title
	}
	return Notice{
		ID: uuid.Must(uuid.NewV7()), Kind: correction, UnitID: original.UnitID, State: draftState,
		Title: original.Title, DocNumber: original.DocNumber, Body: original.Body, PlaceCode: original.PlaceCode, Year: original.Year,
		Fields: fields, FundID: original.FundID, ProjectID: original.ProjectID, CorrectsID: &original.ID,
		StartsOn: d.today(), CreatedAt: d.Store.Now(), Version: 1, EditorID: &by.ID,
	}
}

// originalOf is what a notice corrects, or nil.
func (d *Desk) originalOf(ctx context.Context, n Notice) (*Notice, error) {
	if n.CorrectsID == nil {
		return nil, nil
	}
	var original Notice
	if err := store.One(d.Store.Read(ctx).Where("id = ?", *n.CorrectsID), &original); err != nil {
		return nil, err
	}
	return &original, nil
}

// correctable tells whether a correction may be signed: the original stands or
// stood, and rows change only in the round in which the roll is.
func (d *Desk) correctable(ctx context.Context, n, original Notice) error {
	if !mayCorrect(original) {
		return step.ErrState
	}
	kept, err := backingOf(d.Store.Read(ctx), n.ID)
	if err != nil || len(kept.Edits) == 0 {
		return err
	}
	if original.RollID == nil {
		return roll.ErrStage
	}
	r, err := d.Rolls.Roll(ctx, *original.RollID)
	if err != nil {
		return err
	}
	if k, _ := KindOf(original.Kind); k.Stage != r.Stage {
		return roll.ErrStage
	}
	holds, err := d.Rolls.Holds(ctx, r.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(kept.Edits, func(e roll.Edit) bool { return e.Key != 0 && holds[e.Key] > 0 }) {
		return roll.ErrFrozen
	}
	return nil
}

// signCorrection publishes the correction and puts what it says into the
// original, in one commit.
func (d *Desk) signCorrection(ctx context.Context, tx *gorm.DB, by staff.Officer, n *Notice, kept backing) error {
	var original Notice
	if err := store.One(tx.Where("id = ?", *n.CorrectsID), &original); err != nil {
		return err
	}
	if !mayCorrect(original) {
		return step.ErrState
	}
	now := d.Store.Now()
	last, version, err := d.correctRows(tx, original, kept)
	if err != nil {
		return err
	}
	if err := d.revise(tx, original, *n, version, now); err != nil {
		return err
	}
	if err := d.rewrite(tx, &original, *n, last); err != nil {
		return err
	}
	if err := d.projectsOf(tx, original); err != nil {
		return err
	}
	err = move(tx, n, map[string]any{"state": published, "published_at": now, "approved_at": now, "approver_id": by.ID,
		"handed_in_at": nil, "starts_on": d.today(), "ends_on": original.EndsOn})
	if err != nil {
		return err
	}
	if err := d.note(tx, by, original.ID, "notice_corrected", map[string]string{"correction": n.ID.String()}); err != nil {
		return err
	}
	if err := d.note(tx, by, n.ID, "notice_approved", map[string]string{"corrects": original.ID.String()}); err != nil {
		return err
	}
	return d.meetDuties(tx, *n)
}

// correctRows makes the kept changes; the changed rows stand for the whole
// period of the original's kind from today, and last is their last day ("" when
// no row changed). version is that of the rows before.
func (d *Desk) correctRows(tx *gorm.DB, original Notice, kept backing) (last workday.Date, version int, err error) {
	if original.RollID == nil {
		return "", 0, nil
	}
	r, err := d.pinned(tx, original.RollID, kept)
	if err != nil || len(kept.Edits) == 0 {
		return "", r.Version, err
	}
	k, _ := KindOf(original.Kind)
	if k.Stage != r.Stage {
		return "", 0, roll.ErrStage
	}
	unit, err := d.Atlas.Unit(original.UnitID)
	if err != nil {
		return "", 0, err
	}
	last = k.FirstEnd(unit.Level, d.today())
	_, err = d.Rolls.Amend(tx, r.ID, r.Version, kept.Edits, last, uuid.Nil)
	return last, r.Version, err
}

// revise keeps what the original said.
func (d *Desk) revise(tx *gorm.DB, original, n Notice, rollVersion int, now time.Time) error {
	var before int
	err := tx.Model(&Revision{}).Where("notice_id = ?", original.ID).Select("COALESCE(MAX(n), 0)").Scan(&before).Error
	if err != nil {
		return err
	}
	return tx.Create(&Revision{NoticeID: original.ID, N: before + 1, Title: original.Title, Body: original.Body, Fields: original.Fields,
		RollVersion: rollVersion, CorrectionID: n.ID, Withheld: original.PulledAt != nil, At: now}).Error
}

// rewrite gives the original its new text and days. One that was over and whose
// rows changed stands again.
func (d *Desk) rewrite(tx *gorm.DB, original *Notice, n Notice, last workday.Date) error {
	fields := map[string]string{}
	for _, f := range fieldsOf(original.Kind, "") {
		if value := n.Fields[f.Code]; value != "" {
			fields[f.Code] = value
		}
	}
	text, err := jsonOf(fields)
	if err != nil {
		return err
	}
	set := map[string]any{"title": n.Title, "doc_number": n.DocNumber, "body": n.Body, "fields": text}
	maps.Copy(set, lengthened(*original, last))
	return move(tx, original, set)
}

// lengthened are the changes that let a notice stand up to a day; one that ends
// later, or not at all, is left.
func lengthened(n Notice, last workday.Date) map[string]any {
	set := map[string]any{}
	if last != "" && n.EndsOn != nil && *n.EndsOn < last {
		set["ends_on"] = last
		if n.State == ended {
			set["state"] = published
		}
	}
	return set
}
