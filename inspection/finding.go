package inspection

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// findingRow is a finding as stored.
type findingRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	N            *int
	Clause       string
	FactsSealed  []byte
	Basis        string
	Severity     Severity
	Households   int
	AmountFen    int64
	Requirement  string
	WrittenBy    uuid.UUID
	WrittenAt    time.Time
	ExchangeID   *uuid.UUID
	IssuedAt     *time.Time
	OrderedAt    *time.Time
	Version      int
}

func (findingRow) TableName() string { return "inspection_finding" }

// proofRow ties a finding to what proves it.
type proofRow struct {
	FindingID uuid.UUID `gorm:"primaryKey"`
	Kind      string    `gorm:"primaryKey"` // activity, material
	RefID     uuid.UUID `gorm:"primaryKey"`
}

func (proofRow) TableName() string { return "inspection_proof" }

// Words is what a finding says.
type Words struct {
	Clause      string // one of Clauses
	Facts       string // 10 to 3000 characters; stored sealed
	Basis       string // 4 to 500
	Severity    Severity
	Households  int    // affected; 0 none or not known, at most 100 000
	AmountFen   int64  // 0 none, at most ten thousand million yuan
	Requirement string // 4 to 1000
	Activities  []uuid.UUID
	Materials   []uuid.UUID // what proves it: at least one of both
}

// Finding is what an inspection found, with what was said to it.
type Finding struct {
	Words
	ID         uuid.UUID
	N          int // 0 before views on it were exchanged
	WrittenBy  string
	WrittenAt  time.Time
	ExchangeID *uuid.UUID
	IssuedAt   *time.Time
	OrderedAt  *time.Time // its rectification was ordered
	Remarks    []Remark   // opinion, statements, corrections; in order
	Version    int
}

const (
	mostFindings   = 50
	mostHouseholds = 100_000
	mostFen        = 1_000_000_000_000
)

func (w Words) tidy() (Words, error) {
	var f step.Form
	f.Require(slices.Contains(Clauses(), w.Clause), "clause", "inspection_clause")
	w.Facts = f.Text("facts", w.Facts, 10, 3000, "inspection_facts")
	w.Basis = f.Text("basis", w.Basis, 4, 500, "inspection_finding_basis")
	f.Require(member(Severities(), w.Severity), "severity", "inspection_severity")
	f.Require(w.Households >= 0 && w.Households <= mostHouseholds, "households", "inspection_households")
	f.Require(w.AmountFen >= 0 && w.AmountFen <= mostFen, "amount", "inspection_amount")
	w.Requirement = f.Text("requirement", w.Requirement, 4, 1000, "inspection_requirement")
	f.Require(len(w.Activities)+len(w.Materials) > 0, "proofs", "inspection_proofs")
	for field, text := range w.leaving() {
		f.Require(len(privacy.Find(text)) == 0, field, "inspection_personal")
	}
	return w, f.Err()
}

// leaving are the texts that the inspected office will read, by field.
func (w Words) leaving() map[string]string {
	return map[string]string{"facts": w.Facts, "basis": w.Basis, "requirement": w.Requirement}
}

// Discreet is *step.Invalid when texts that the inspected office will read, by
// field, name somebody whom the team spoke to: a household's word is that
// household's safety.
func (d *Desk) Discreet(tx *gorm.DB, inspection uuid.UUID, texts map[string]string) error {
	names, err := d.witnesses(tx, inspection)
	if err != nil {
		return err
	}
	var f step.Form
	for field, text := range texts {
		f.Require(!slices.ContainsFunc(names, func(name string) bool { return tells(text, name) }), field, "inspection_witness")
	}
	return f.Err()
}

// tells reports whether a text holds a name as it was written down, without what
// stands behind it ("甄某（三组）"). "村民代表" names nobody.
func tells(text, name string) bool {
	bare := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" 　（(，,、：:", r) })
	if len(bare) == 0 || utf8.RuneCountInString(bare[0]) < 2 {
		return false
	}
	nobody := func(word string) bool { return strings.Contains(bare[0], word) }
	return !slices.ContainsFunc(nobodys, nobody) && strings.Contains(text, bare[0])
}

// nobodys are words by which groups are called.
var nobodys = []string{"村民", "群众", "农户", "代表", "干部", "人员"}

// Write writes down a finding, or, with its id and version, another wording of
// one on which views were not exchanged yet. Errors: *step.Invalid, also when it
// names somebody the team spoke to or holds numbers of people; those of a step.
func (d *Desk) Write(ctx context.Context, by staff.Officer, id uuid.UUID, finding *uuid.UUID, version int, w Words) error {
	w, err := w.tidy()
	if err != nil {
		return err
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.onFindings(ctx, by, id, func(tx *gorm.DB, i *Inspection) error {
		if err := d.Discreet(tx, id, w.leaving()); err != nil {
			return err
		}
		row, event := finding, "finding_changed"
		if row == nil {
			row, event = &fresh, "finding_written"
			if err := d.insertFinding(tx, by, i, fresh, w); err != nil {
				return err
			}
		} else if err := d.reword(tx, by, i, *finding, version, w); err != nil {
			return err
		}
		if err := d.prove(tx, id, *row, w); err != nil {
			return err
		}
		return d.note(tx, by, id, event, map[string]string{"clause": w.Clause, "finding": row.String()})
	})
}

// onFindings is on for what changes findings: not while they wait to be issued.
// It counts the inspection's version on, for a page that shows them is stale now.
func (d *Desk) onFindings(ctx context.Context, by staff.Officer, id uuid.UUID, do func(tx *gorm.DB, i *Inspection) error) error {
	return d.on(ctx, by, ToWrite, id, 0, func(tx *gorm.DB, i *Inspection) error {
		if i.waiting() {
			return step.ErrState
		}
		if err := d.move(tx, by, i, ToWrite, map[string]any{"submitted_at": nil}); err != nil {
			return err
		}
		return do(tx, i)
	})
}

// reword changes a finding that can still be changed.
func (d *Desk) reword(tx *gorm.DB, by staff.Officer, i *Inspection, finding uuid.UUID, version int, w Words) error {
	row, err := unexchanged(tx, i.ID, finding)
	if err != nil {
		return err
	}
	return step.Move(tx, &findingRow{}, row.ID, version, map[string]any{
		"clause": w.Clause, "facts_sealed": d.shut("facts", row.ID, w.Facts), "basis": w.Basis, "severity": w.Severity,
		"households": w.Households, "amount_fen": w.AmountFen, "requirement": w.Requirement, "written_by": by.ID, "written_at": d.Store.Now(),
	})
}

func (d *Desk) insertFinding(tx *gorm.DB, by staff.Officer, i *Inspection, id uuid.UUID, w Words) error {
	var there int64
	if err := tx.Model(&findingRow{}).Where("inspection_id = ?", i.ID).Count(&there).Error; err != nil {
		return err
	}
	if there >= mostFindings {
		return step.Bad("facts", "inspection_many_findings")
	}
	return tx.Create(&findingRow{
		ID: id, InspectionID: i.ID, Clause: w.Clause, FactsSealed: d.shut("facts", id, w.Facts), Basis: w.Basis, Severity: w.Severity,
		Households: w.Households, AmountFen: w.AmountFen, Requirement: w.Requirement, WrittenBy: by.ID, WrittenAt: d.Store.Now(), Version: 1,
	}).Error
}

// unexchanged reads a finding that can still be changed: step.ErrState for one on
// which views were exchanged.
func unexchanged(tx *gorm.DB, inspection, finding uuid.UUID) (row findingRow, err error) {
	err = store.One(tx.Where("id = ? AND inspection_id = ?", finding, inspection), &row)
	if err == nil && row.ExchangeID != nil {
		err = step.ErrState
	}
	return row, err
}

// prove ties a finding to activities and materials of the same inspection.
func (d *Desk) prove(tx *gorm.DB, inspection, finding uuid.UUID, w Words) error {
	if err := tx.Where("finding_id = ?", finding).Delete(&proofRow{}).Error; err != nil {
		return err
	}
	for _, of := range []struct {
		kind string
		rows any
		ids  []uuid.UUID
	}{{"activity", &activityRow{}, w.Activities}, {"material", &materialRow{}, w.Materials}} {
		for _, id := range slices.Compact(sorted(of.ids)) {
			var own int64
			if err := tx.Model(of.rows).Where("id = ? AND inspection_id = ?", id, inspection).Count(&own).Error; err != nil {
				return err
			}
			if own == 0 {
				return step.Bad("proofs", "inspection_proofs")
			}
			if err := tx.Create(&proofRow{finding, of.kind, id}).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// Drop takes back a finding on which views were not exchanged yet. Errors: those
// of a step.
func (d *Desk) Drop(ctx context.Context, by staff.Officer, id, finding uuid.UUID, version int) error {
	return d.onFindings(ctx, by, id, func(tx *gorm.DB, i *Inspection) error {
		row, err := unexchanged(tx, id, finding)
		if err != nil {
			return err
		}
		if err := tx.Where("finding_id = ?", finding).Delete(&proofRow{}).Error; err != nil {
			return err
		}
		gone := tx.Where("id = ? AND version = ?", finding, version).Delete(&findingRow{})
		if gone.Error == nil && gone.RowsAffected == 0 {
			return step.ErrStale
		}
		if gone.Error != nil {
			return gone.Error
		}
		return d.note(tx, by, id, "finding_dropped", map[string]string{"clause": row.Clause, "finding": finding.String()})
	})
}

// Findings reads the issued findings of an inspection with what was said to
// them, for rooms above, inside their transaction or outside. Whoever calls has
// checked that the inspection may be seen.
func (d *Desk) Findings(db *gorm.DB, inspection uuid.UUID) ([]Finding, error) {
	return d.findings(db, inspection, true)
}

func (d *Desk) findings(db *gorm.DB, inspection uuid.UUID, issued bool) ([]Finding, error) {
	query := db.Where("inspection_id = ?", inspection)
	if issued {
		query = query.Where("issued_at IS NOT NULL")
	}
	var rows []findingRow
	if err := query.Order("coalesce(n, 1000), id").Limit(mostFindings).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.WrittenBy)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	var proofs []proofRow
	if err := db.Where("finding_id IN ?", ids).Order("ref_id").Limit(2000).Find(&proofs).Error; err != nil {
		return nil, err
	}
	remarks, err := d.remarks(db, inspection)
	if err != nil {
		return nil, err
	}
	all := make([]Finding, len(rows))
	for n, r := range rows {
		if all[n], err = d.finding(r, proofs); err != nil {
			return nil, err
		}
		all[n].WrittenBy = names[r.WrittenBy]
		for _, said := range remarks {
			if said.FindingID != nil && *said.FindingID == r.ID {
				all[n].Remarks = append(all[n].Remarks, said)
			}
		}
	}
	return all, nil
}

// finding opens a row with its proofs.
func (d *Desk) finding(r findingRow, proofs []proofRow) (Finding, error) {
	facts, err := d.open("facts", r.ID, r.FactsSealed)
	f := Finding{
		ID: r.ID, WrittenAt: r.WrittenAt.UTC(), ExchangeID: r.ExchangeID, IssuedAt: r.IssuedAt, OrderedAt: r.OrderedAt, Version: r.Version,
		Words: Words{Clause: r.Clause, Facts: facts, Basis: r.Basis, Severity: r.Severity, Households: r.Households, AmountFen: r.AmountFen, Requirement: r.Requirement},
	}
	if r.N != nil {
		f.N = *r.N
	}
	for _, p := range proofs {
		switch {
		case p.FindingID != r.ID:
		case p.Kind == "activity":
			f.Activities = append(f.Activities, p.RefID)
		default:
			f.Materials = append(f.Materials, p.RefID)
		}
	}
	return f, err
}

// MarkOrdered notes in the caller's transaction that the rectification of a
// finding was ordered; once is enough. step.ErrState for one that is not issued,
// store.ErrNotFound for none.
func (d *Desk) MarkOrdered(tx *gorm.DB, by staff.Officer, finding uuid.UUID) error {
	var row findingRow
	if err := store.One(tx.Where("id = ?", finding), &row); err != nil {
		return err
	}
	switch {
	case row.IssuedAt == nil:
		return step.ErrState
	case row.OrderedAt != nil:
		return nil
	}
	if err := step.Move(tx, &findingRow{}, row.ID, row.Version, map[string]any{"ordered_at": d.Store.Now()}); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfInspection, row.InspectionID, "finding_ordered", by.Actor(), d.Store.Now(), map[string]string{"finding": finding.String()})
}
