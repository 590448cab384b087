package selfreport

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
)

// roundRow is one handing in. The last may still be being written, which only the
// office that owes it sees.
type roundRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ReportID    uuid.UUID
	Round       int
	HandedBy    *uuid.UUID
	HandedAt    *time.Time
	ReturnedBy  *uuid.UUID
	ReturnedAt  *time.Time
	ReturnedWhy string
}

func (roundRow) TableName() string { return "self_report_round" }

// answerRow is an answer as stored.
type answerRow struct {
	RoundID uuid.UUID `gorm:"primaryKey"`
	N       int       `gorm:"primaryKey;autoIncrement:false"`
	Words   string
	Figure  int64
}

func (answerRow) TableName() string { return "self_report_answer" }

// Round is one handing in as it stands. What it says never changes.
type Round struct {
	ID          uuid.UUID
	N           int
	By          string
	At          time.Time
	Answers     Answers
	Files       []evidence.File
	ReturnedBy  string
	ReturnedAt  *time.Time
	ReturnedWhy string
}

// mostRounds bounds how often one report goes to and fro.
const mostRounds = 20

// roundsOf reads all rounds of a report in order, and what they say.
func roundsOf(db *gorm.DB, report uuid.UUID) (rows []roundRow, said map[uuid.UUID]Answers, err error) {
	if err := db.Where("report_id = ?", report).Order("round").Limit(mostRounds + 1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	var ids []uuid.UUID
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	said, err = answersOf(db, ids...)
	return rows, said, err
}

// answersOf reads what rounds say.
func answersOf(db *gorm.DB, rounds ...uuid.UUID) (map[uuid.UUID]Answers, error) {
	var all []answerRow
	err := db.Where("round_id IN ?", rounds).Limit(len(rounds) * mostQuestions).Find(&all).Error
	said := map[uuid.UUID]Answers{}
	for _, a := range all {
		if said[a.RoundID] == nil {
			said[a.RoundID] = Answers{}
		}
		said[a.RoundID][a.N] = Value{a.Words, a.Figure}
	}
	return said, err
}

// writing is the round of a report that is being written; a new one when the last
// was handed in, or there is none.
func writing(tx *gorm.DB, report uuid.UUID) (roundRow, error) {
	var last roundRow
	err := store.One(tx.Where("report_id = ?", report).Order("round DESC").Limit(1), &last)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return last, err
	}
	if err == nil && last.HandedAt == nil {
		return last, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return last, err
	}
	row := roundRow{ID: id, ReportID: report, Round: last.Round + 1}
	return row, tx.Create(&row).Error
}

// write puts answers in place of those of a round that is being written.
func write(tx *gorm.DB, round uuid.UUID, a Answers) error {
	if err := tx.Where("round_id = ?", round).Delete(&answerRow{}).Error; err != nil {
		return err
	}
	var rows []answerRow
	for n, v := range a {
		rows = append(rows, answerRow{round, n, v.Words, v.Figure})
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// namesOf reads what people are called.
func namesOf(db *gorm.DB, ids ...uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Limit(len(ids)).Find(&rows).Error
	names := map[uuid.UUID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, err
}

// unitName is what an office is called now.
func (d *Desk) unitName(id uuid.UUID) string {
	u, _ := d.Atlas.Unit(id)
	return u.Name
}
