package inspection

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// exchangeRow is an exchange of views (Art. 16) as stored. It never changes.
type exchangeRow struct {
	ID            uuid.UUID `gorm:"primaryKey"`
	InspectionID  uuid.UUID
	Round         int
	HeldOn        workday.Date
	Leaders       []string `gorm:"serializer:json"`
	Agreed        bool
	OpinionSealed []byte
	Signed        bool
	UnsignedWhy   string
	ByID          uuid.UUID
	At            time.Time
}

func (exchangeRow) TableName() string { return "inspection_exchange" }

// Opinion is what the inspected office says to one finding, or to the whole.
type Opinion struct {
	Agreed bool
	Words  string // at most 2000 characters; at least 2 when it does not agree; stored sealed
}

// Talk is an exchange of views with the leaders of the inspected office, as the
// team writes it down.
type Talk struct {
	HeldOn      workday.Date // not after today
	Leaders     []string     // who of its leaders, with their post: 1 to 10 of 2 to 60 characters
	Whole       Opinion
	Of          map[uuid.UUID]Opinion // to each finding on which views were not exchanged yet
	Signed      bool
	UnsignedWhy string // 4 to 300 characters when they would not sign
	// Unsaid names the choices that were not made, as problems name them: signed,
	// agreed, agreed.<finding>. What is being prepared may have some.
	Unsaid []string `json:",omitempty"`
	Form   []byte   `json:"-"` // key of staged files: the signed sheet; nil none
}

// Talked is an exchange as it stands.
type Talked struct {
	ID          uuid.UUID
	Round       int
	HeldOn      workday.Date
	Leaders     []string
	Whole       Opinion
	Signed      bool
	UnsignedWhy string
	By          string
	At          time.Time
	Files       []evidence.File
}

const mostLeaders = 10

func (t Talk) tidy(today workday.Date) (Talk, error) {
	var f step.Form
	_, err := workday.Parse(string(t.HeldOn))
	f.Require(err == nil && t.HeldOn <= today, "held_on", "inspection_held_on")
	f.Require(len(t.Leaders) > 0 && len(t.Leaders) <= mostLeaders, "leaders", "inspection_leaders")
	leaders := make([]string, len(t.Leaders))
	for i, name := range t.Leaders {
		leaders[i] = f.Text("leaders", name, 2, 60, "inspection_leaders")
	}
	t.Leaders = leaders
	t.Whole = t.Whole.tidy(&f, "opinion")
	of := maps.Clone(t.Of)
	for id, opinion := range of {
		of[id] = opinion.tidy(&f, "opinion."+id.String())
	}
	t.Of = of
	for _, choice := range t.Unsaid {
		f.Require(false, choice, "inspection_unsaid")
	}
	if t.Signed {
		t.UnsignedWhy = ""
	} else {
		t.UnsignedWhy = f.Text("unsigned_why", t.UnsignedWhy, 4, 300, "inspection_unsigned_why")
	}
	return t, f.Err()
}

func (o Opinion) tidy(f *step.Form, field string) Opinion {
	least := 0
	if !o.Agreed {
		least = 2
	}
	o.Words = f.Text(field, o.Words, least, 2000, "inspection_opinion")
	return o
}

// ExchangeViews records that views were exchanged on all findings so far, with
// the opinion of the inspected office on each; they and it stand from then on.
// Without findings it says that there are none. Findings that are added later
// need another exchange. Errors: *step.Invalid, also when the opinion on a
// finding is missing; those of a step.
func (d *Desk) ExchangeViews(ctx context.Context, by staff.Officer, id uuid.UUID, version int, t Talk) error {
	t, err := t.tidy(d.today())
	if err != nil {
		return err
	}
	exchange, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return d.on(ctx, by, ToExchange, id, version, func(tx *gorm.DB, i *Inspection) error {
		if i.waiting() {
			return step.ErrState
		}
		round, files, err := d.keepTalk(tx, by, i, exchange, t)
		if err != nil {
			return err
		}
		first := i.State == UnderWay
		if err := d.move(tx, by, i, ToExchange, map[string]any{"exchange_id": exchange}); err != nil {
			return err
		}
		if i.AnnouncedAt == nil { // they sat at one table
			if err := d.announce(tx, by, i, ToPrepare); err != nil {
				return err
			}
		}
		if err := d.putBefore(tx, by, i, exchange, t); err != nil {
			return err
		}
		if first {
			if err := d.start(tx, i, ruleFindings, t.HeldOn); err != nil {
				return err
			}
		}
		return d.note(tx, by, id, "views_exchanged", files.Tell(map[string]string{"round": strconv.Itoa(round), "on": string(t.HeldOn), "agreed": strconv.FormatBool(t.Whole.Agreed), "signed": strconv.FormatBool(t.Signed)}))
	})
}

// keepTalk writes the exchange with its files, and drops what was prepared.
func (d *Desk) keepTalk(tx *gorm.DB, by staff.Officer, i *Inspection, id uuid.UUID, t Talk) (round int, files evidence.Bound, err error) {
	last := tx.Model(&exchangeRow{}).Where("inspection_id = ?", i.ID).Select("coalesce(max(round), 0) + 1")
	if err := last.Scan(&round).Error; err != nil {
		return 0, nil, err
	}
	row := exchangeRow{id, i.ID, round, t.HeldOn, t.Leaders, t.Whole.Agreed, d.shut("opinion", id, t.Whole.Words), t.Signed, t.UnsignedWhy, by.ID, d.Store.Now()}
	if err := tx.Create(&row).Error; err != nil {
		return 0, nil, err
	}
	if files, err = d.Shelf.Bind(tx, t.Form, "exchange", id); err != nil {
		return 0, nil, err
	}
	return round, files, tx.Where("inspection_id = ?", i.ID).Delete(&draftRow{}).Error
}

// putBefore numbers the findings on which views are exchanged now, and sets
// beside each the opinion of the inspected office.
func (d *Desk) putBefore(tx *gorm.DB, by staff.Officer, i *Inspection, exchange uuid.UUID, t Talk) error {
	var fresh []findingRow
	if err := tx.Where("inspection_id = ? AND exchange_id IS NULL", i.ID).Order("id").Limit(mostFindings).Find(&fresh).Error; err != nil {
		return err
	}
	var n int
	if err := tx.Model(&findingRow{}).Where("inspection_id = ?", i.ID).Select("coalesce(max(n), 0)").Scan(&n).Error; err != nil {
		return err
	}
	for _, row := range fresh {
		opinion, given := t.Of[row.ID]
		if !given {
			return step.Bad("opinion."+row.ID.String(), "inspection_opinion")
		}
		n++
		if err := step.Move(tx, &findingRow{}, row.ID, row.Version, map[string]any{"n": n, "exchange_id": exchange}); err != nil {
			return err
		}
		said := remarkRow{InspectionID: i.ID, FindingID: &row.ID, ExchangeID: &exchange, Kind: "opinion", Agreed: opinion.Agreed}
		if err := d.remark(tx, by, said, opinion.Words); err != nil {
			return err
		}
	}
	return nil
}

// remarkRow is something said to a finding, or to the whole, as stored. It never
// changes.
type remarkRow struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	InspectionID uuid.UUID
	FindingID    *uuid.UUID
	ExchangeID   *uuid.UUID
	Kind         string
	Agreed       bool
	WordsSealed  []byte
	ByID         uuid.UUID
	At           time.Time
}

func (remarkRow) TableName() string { return "inspection_remark" }

// Remark is something said to a finding, or to the whole: the opinion at the
// exchange, a statement that the inspected office adds, a correction by the
// inspecting one; catalog key inspection.remark.<kind>.
type Remark struct {
	ID        uuid.UUID
	FindingID *uuid.UUID
	Kind      string // opinion, statement, correction
	Agreed    bool   // of an opinion
	Words     string
	By        string
	At        time.Time
}

func (d *Desk) remark(tx *gorm.DB, by staff.Officer, row remarkRow, words string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	row.ID, row.WordsSealed, row.ByID, row.At = id, d.shut("remark", id, words), by.ID, d.Store.Now()
	return tx.Create(&row).Error
}

const mostRemarks = 500

func (d *Desk) remarks(db *gorm.DB, inspection uuid.UUID) ([]Remark, error) {
	var rows []remarkRow
	if err := db.Where("inspection_id = ?", inspection).Order("at, id").Limit(mostRemarks).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var people []uuid.UUID
	for _, r := range rows {
		people = append(people, r.ByID)
	}
	names, err := namesOf(db, people...)
	if err != nil {
		return nil, err
	}
	all := make([]Remark, len(rows))
	for n, r := range rows {
		all[n] = Remark{ID: r.ID, FindingID: r.FindingID, Kind: r.Kind, Agreed: r.Agreed, By: names[r.ByID], At: r.At.UTC()}
		if all[n].Words, err = d.open("remark", r.ID, r.WordsSealed); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Correct adds a correction to a finding on which views were exchanged: what it
// said stays (4 to 1000 characters). Errors: *step.Invalid, those of a step.
func (d *Desk) Correct(ctx context.Context, by staff.Officer, id, finding uuid.UUID, words string) error {
	return d.add(ctx, by, ToCorrect, id, &finding, "correction", "finding_corrected", words)
}

// Comment is the inspected office adding its view: to a finding that was issued,
// or (nil) to the whole (4 to 1000 characters). Errors: those of Correct.
func (d *Desk) Comment(ctx context.Context, by staff.Officer, id uuid.UUID, finding *uuid.UUID, words string) error {
	return d.add(ctx, by, ToComment, id, finding, "statement", "opinion_added", words)
}

func (d *Desk) add(ctx context.Context, by staff.Officer, a Act, id uuid.UUID, finding *uuid.UUID, kind, event, words string) error {
	var f step.Form
	words = f.Text("words", words, 4, 1000, "inspection_words")
	if err := f.Err(); err != nil {
		return err
	}
	return d.on(ctx, by, a, id, 0, func(tx *gorm.DB, i *Inspection) error {
		facts := map[string]string{}
		if finding != nil {
			query := tx.Where("id = ? AND inspection_id = ? AND exchange_id IS NOT NULL", *finding, id)
			if a == ToComment {
				query = query.Where("issued_at IS NOT NULL")
			}
			var row findingRow
			if err := store.One(query, &row); err != nil {
				return err
			}
			facts["n"] = strconv.Itoa(*row.N)
		}
		if a == ToCorrect {
			if err := d.Discreet(tx, id, map[string]string{"words": words}); err != nil {
				return err
			}
		}
		var there int64
		if err := tx.Model(&remarkRow{}).Where("inspection_id = ?", id).Count(&there).Error; err != nil {
			return err
		}
		if there >= mostRemarks {
			return step.Bad("words", "inspection_many_remarks")
		}
		if err := d.remark(tx, by, remarkRow{InspectionID: id, FindingID: finding, Kind: kind}, words); err != nil {
			return err
		}
		return d.note(tx, by, id, event, facts)
	})
}

// talked reads the exchanges of an inspection in order.
func (d *Desk) talked(ctx context.Context, db *gorm.DB, inspection uuid.UUID) ([]Talked, error) {
	var rows []exchangeRow
	if err := db.Where("inspection_id = ?", inspection).Order("round").Limit(50).Find(&rows).Error; err != nil || len(rows) == 0 {
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
	files, err := d.filesOf(ctx, "exchange", ids)
	if err != nil {
		return nil, err
	}
	all := make([]Talked, len(rows))
	for n, r := range rows {
		words, err := d.open("opinion", r.ID, r.OpinionSealed)
		if err != nil {
			return nil, err
		}
		all[n] = Talked{r.ID, r.Round, r.HeldOn, r.Leaders, Opinion{r.Agreed, words}, r.Signed, r.UnsignedWhy, names[r.ByID], r.At.UTC(), files[r.ID]}
	}
	return all, nil
}
