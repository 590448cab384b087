package region

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// The city, its counties and towns with the codes of the National Bureau of
// Statistics: those in use in 2023 and those of 2015 that were replaced. Where
// only the year of a change is known it is taken as its first day; streets of
// 兴隆台区 and 双台子区 that are missing in 2023 are taken as gone that year;
// 2000-01-01 stands for "before anything here happened".
//
//go:embed towns.csv
var towns string

// Seed inserts the city, its counties and towns that are not there yet. It
// changes nothing that stands and may run at every start.
func Seed(ctx context.Context, s *store.Store) error {
	lines, err := csv.NewReader(strings.NewReader(towns)).ReadAll()
	if err != nil {
		return fmt.Errorf("region: %w", err)
	}
	names := make(map[string]string)
	var all []Division
	for _, line := range lines[1:] {
		d := Division{Code: line[0], Name: line[1], Level: Level(line[2]), ValidFrom: workday.Date(line[3])}
		if line[4] != "" {
			to := workday.Date(line[4])
			d.ValidTo = &to
		}
		if line[5] != "" {
			d.SuccessorCode = &line[5]
		}
		names[d.Code] = d.Name
		d.complete(names)
		all = append(all, d)
	}
	return s.Transact(ctx, func(tx *gorm.DB) error {
		err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(all, importBatch).Error
		if err != nil {
			return fmt.Errorf("region: insert towns: %w", err)
		}
		return nil
	})
}

// complete fills in what follows from a place's code and name and the names of
// the places above it. The full name leaves out the city: everybody reading it
// lives there.
func (d *Division) complete(names map[string]string) {
	if parent := parentOf(d.Code); parent != "" {
		d.ParentCode = &parent
	}
	d.Pinyin, d.Initials = spell(d.Name)
	d.FullName = d.Name
	for code := parentOf(d.Code); code != "" && levelOf(code) != City; code = parentOf(code) {
		d.FullName = names[code] + d.FullName
	}
}
