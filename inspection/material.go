package inspection

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/evidence"
	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// MaterialState of what was asked for; catalog key inspection.material.<code>.
type MaterialState string

// States of materials.
const (
	MaterialAsked   MaterialState = "asked"
	MaterialGiven   MaterialState = "handed_in"
	MaterialRefused MaterialState = "refused" // in words, or by silence past the day
)

// materialRow is a request for documents (Art. 5) as stored.
type materialRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	N            int
	What         string
	State        MaterialState
	DueOn        workday.Date
	AskedBy      uuid.UUID
	AskedAt      time.Time
	Version      int
}

func (materialRow) TableName() string { return "inspection_material" }

type materialAnswerRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	MaterialID uuid.UUID
	Kind       string
	Words      string
	ByID       uuid.UUID
	UnitID     uuid.UUID
	At         time.Time
}

func (materialAnswerRow) TableName() string { return "inspection_material_answer" }

// Material is a request for documents with what came of it.
type Material struct {
	ID      uuid.UUID
	N       int
	What    string
	State   MaterialState
	DueOn   workday.Date
	AskedBy string
	AskedAt time.Time
	Answers []MaterialAnswer
	Late    bool // the day is over and nothing came
	Version int
}

// Refusal is the last refusal of a material that stands refused; nil for others.
func (m Material) Refusal() *MaterialAnswer {
	if m.State != MaterialRefused || len(m.Answers) == 0 {
		return nil
	}
	return &m.Answers[len(m.Answers)-1]
}

// MaterialAnswer is what was answered to a request, or recorded about it; catalog
// key inspection.answered.<kind>.
type MaterialAnswer struct {
	ID    uuid.UUID
	Kind  string // handed_in, refused, silent, returned
	Words string
	By    string
	Unit  string
	At    time.Time
	Files []evidence.File
}

const mostMaterials = 30

// AskFor asks the inspected office for documents (4 to 500 characters, without
// numbers of people): until the day of the rule, or until an agreed day. Errors:
// *step.Invalid, those of a step; step.ErrState before the office was told.
func (d *Desk) AskFor(ctx context.Context, by staff.Officer, id uuid.UUID, what string, until workday.Date) error {
	var f step.Form
	what = f.Text("what", what, 4, 500, "inspection_what")
	f.Require(len(privacy.Find(what)) == 0, "what", "inspection_personal")
	if until != "" {
		_, err := workday.Parse(string(until))
		f.Require(err == nil && until >= d.today() && until <= d.today().Add(longestVisit), "until", "inspection_until")
	}
	if err := f.Err(); err != nil {
		return err
	}
	material, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToAsk, id, 0, func(tx *gorm.DB, i *Inspection) error {
		if i.AnnouncedAt == nil {
			return step.ErrState
		}
		var asked int
		if err := tx.Model(&materialRow{}).Where("inspection_id = ?", id).Select("coalesce(max(n), 0)").Scan(&asked).Error; err != nil {
			return err
		}
		if asked >= mostMaterials {
			return step.Bad("what", "inspection_many_materials")
		}
		due, err := d.awaitMaterial(tx, i.Kind, material, until)
		if err != nil {
			return err
		}
		row := materialRow{material, id, asked + 1, what, MaterialAsked, due.DueOn, by.ID, d.Store.Now(), 1}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		facts, err := d.Clocks.TellParts(tx, map[string]string{"n": strconv.Itoa(row.N), "due_on": string(row.DueOn)}, material)
		if err != nil {
			return err
		}
		return d.note(tx, by, id, "material_asked", facts)
	})
}

// awaitMaterial lets the clock of a material run.
func (d *Desk) awaitMaterial(tx *gorm.DB, kind Kind, material uuid.UUID, until workday.Date) (clock.Deadline, error) {
	if until == "" {
		return d.Clocks.Start(tx, clocked(material, kind), ruleMaterial, d.today())
	}
	return d.Clocks.Until(tx, clocked(material, kind), ruleMaterial, d.today(), until)
}

// stopMaterials stops the clocks of all that was asked for.
func (d *Desk) stopMaterials(tx *gorm.DB, inspection uuid.UUID) error {
	var ids []uuid.UUID
	err := tx.Model(&materialRow{}).Where("inspection_id = ? AND state = ?", inspection, MaterialAsked).Pluck("id", &ids).Error
	for _, id := range ids {
		if err == nil {
			err = d.Clocks.Meet(tx, id)
		}
	}
	return err
}

// turnOf is one way in which a material is answered.
type turnOf struct {
	act   Act
	kind  string
	from  []MaterialState
	to    MaterialState
	least int // characters that go with it
	event string
}

var (
	handedIn = turnOf{act: ToHandIn, kind: "handed_in", from: []MaterialState{MaterialAsked, MaterialRefused}, to: MaterialGiven, event: "material_handed_in"}
	refused  = turnOf{act: ToRefuse, kind: "refused", from: []MaterialState{MaterialAsked}, to: MaterialRefused, least: 4, event: "material_refused"}
	silent   = turnOf{act: ToSilence, kind: "silent", from: []MaterialState{MaterialAsked}, to: MaterialRefused, event: "material_silent"}
	returned = turnOf{act: ToReturn, kind: "returned", from: []MaterialState{MaterialGiven}, to: MaterialAsked, least: 4, event: "material_returned"}
)

// HandIn is the inspected office handing in documents, with the files staged
// under form and words (at most 1000 characters); late is better than not.
// Errors: *step.Invalid without either, those of a step.
func (d *Desk) HandIn(ctx context.Context, by staff.Officer, id, material uuid.UUID, version int, words string, form []byte) error {
	return d.answerMaterial(ctx, by, id, material, version, handedIn, words, func(tx *gorm.DB, answer uuid.UUID, words string) (evidence.Bound, error) {
		files, err := d.Shelf.Bind(tx, form, "material", answer)
		if err == nil && len(files) == 0 && words == "" {
			err = step.Bad("files", "inspection_empty_hands")
		}
		return files, err
	})
}

// RefuseMaterial is the inspected office saying why it does not provide
// something (4 to 1000 characters): Art. 5 leaves no right to, and the findings
// will show it. Errors: those of HandIn.
func (d *Desk) RefuseMaterial(ctx context.Context, by staff.Officer, id, material uuid.UUID, version int, why string) error {
	return d.answerMaterial(ctx, by, id, material, version, refused, why, nil)
}

// RecordSilence records that nothing came by the day: step.ErrState before it is
// over. Errors: those of HandIn.
func (d *Desk) RecordSilence(ctx context.Context, by staff.Officer, id, material uuid.UUID, version int, words string) error {
	return d.answerMaterial(ctx, by, id, material, version, silent, words, nil)
}

// ReturnMaterial asks again for what was not what was asked for (4 to 1000
// characters); its time begins anew. Errors: those of HandIn.
func (d *Desk) ReturnMaterial(ctx context.Context, by staff.Officer, id, material uuid.UUID, version int, why string) error {
	return d.answerMaterial(ctx, by, id, material, version, returned, why, nil)
}

func (d *Desk) answerMaterial(ctx context.Context, by staff.Officer, id, material uuid.UUID, version int, t turnOf, words string, also func(tx *gorm.DB, answer uuid.UUID, words string) (evidence.Bound, error)) error {
	var f step.Form
	words = f.Text("words", words, t.least, 1000, "inspection_words")
	if err := f.Err(); err != nil {
		return err
	}
	answer, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.on(ctx, by, t.act, id, 0, func(tx *gorm.DB, i *Inspection) error {
		var m materialRow
		if err := store.One(tx.Where("id = ? AND inspection_id = ?", material, id), &m); err != nil {
			return err
		}
		if err := d.turnMaterial(tx, i.Kind, m, version, t); err != nil {
			return err
		}
		row := materialAnswerRow{answer, material, t.kind, words, by.ID, by.UnitID, d.Store.Now()}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		var files evidence.Bound
		if also != nil {
			if files, err = also(tx, answer, words); err != nil {
				return err
			}
		}
		facts, err := d.Clocks.TellParts(tx, map[string]string{"n": strconv.Itoa(m.N)}, material)
		if err != nil {
			return err
		}
		return d.note(tx, by, id, t.event, files.Tell(facts))
	})
}

// turnMaterial takes a material to where an answer leads, and its clock with it.
func (d *Desk) turnMaterial(tx *gorm.DB, kind Kind, m materialRow, version int, t turnOf) error {
	switch {
	case m.Version != version:
		return step.ErrStale
	case !member(t.from, m.State):
		return step.ErrState
	case t.kind == "silent" && m.DueOn >= d.today():
		return step.ErrState
	}
	set := map[string]any{"state": t.to}
	if t.to == MaterialAsked {
		due, err := d.awaitMaterial(tx, kind, m.ID, "")
		if err != nil {
			return err
		}
		set["due_on"] = due.DueOn
	} else if err := d.Clocks.Meet(tx, m.ID); err != nil {
		return err
	}
	return step.Move(tx, &materialRow{}, m.ID, m.Version, set)
}

// materials reads what was asked for, with the answers and their files.
func (d *Desk) materials(ctx context.Context, db *gorm.DB, inspection uuid.UUID) ([]Material, error) {
	var rows []materialRow
	if err := db.Where("inspection_id = ?", inspection).Order("n").Limit(mostMaterials).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.AskedBy)
	}
	answers, err := d.materialAnswers(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	all := make([]Material, len(rows))
	for n, r := range rows {
		all[n] = Material{
			ID: r.ID, N: r.N, What: r.What, State: r.State, DueOn: r.DueOn, AskedBy: names[r.AskedBy], AskedAt: r.AskedAt.UTC(),
			Answers: answers[r.ID], Late: r.State == MaterialAsked && r.DueOn < d.today(), Version: r.Version,
		}
	}
	return all, nil
}

func (d *Desk) materialAnswers(ctx context.Context, db *gorm.DB, materials []uuid.UUID) (map[uuid.UUID][]MaterialAnswer, error) {
	var rows []materialAnswerRow
	if err := db.Where("material_id IN ?", materials).Order("at, id").Limit(500).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids, people []uuid.UUID
	for _, r := range rows {
		ids, people = append(ids, r.ID), append(people, r.ByID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	files, err := d.filesOf(ctx, "material", ids)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]MaterialAnswer{}
	for _, r := range rows {
		all[r.MaterialID] = append(all[r.MaterialID], MaterialAnswer{
			ID: r.ID, Kind: r.Kind, Words: r.Words, By: names[r.ByID], Unit: d.unitName(r.UnitID), At: r.At.UTC(), Files: files[r.ID],
		})
	}
	return all, nil
}

// filesOf lists files by their owner.
func (d *Desk) filesOf(ctx context.Context, kind string, owners []uuid.UUID) (map[uuid.UUID][]evidence.File, error) {
	files, err := d.Shelf.Of(ctx, kind, owners...)
	of := map[uuid.UUID][]evidence.File{}
	for _, f := range files {
		of[*f.OwnerID] = append(of[*f.OwnerID], f)
	}
	return of, err
}
