package tray

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/privacy"
	"minsheng/internal/sheet"
	"minsheng/staff"
)

// habit is how an office's column was understood last time.
type habit struct {
	UnitID uuid.UUID `gorm:"primaryKey"`
	Target string    `gorm:"primaryKey"`
	Header string    `gorm:"primaryKey"`
	Field  string
	Wan    bool
}

func (habit) TableName() string { return "tray_habit" }

// habits are those of one office for one target, by folded heading.
type habits struct {
	fields map[string]string
	inWan  map[string]bool
}

// mostHabits bounds what is read: an office has dozens of headings.
const mostHabits = 1000

func (t *Tray) habits(ctx context.Context, by staff.Officer, target Target) (habits, error) {
	h := habits{map[string]string{}, map[string]bool{}}
	var all []habit
	err := t.store.Read(ctx).Where("unit_id = ? AND target = ?", by.UnitID, target.Code).Order("header").Limit(mostHabits).Find(&all).Error
	for _, a := range all {
		h.fields[a.Header], h.inWan[a.Header] = a.Field, a.Wan
	}
	return h, err
}

// wan applies how amounts were counted last time, where the sheet itself does
// not say it: a wrong guess is ten thousandfold.
func (h habits) wan(l *sheet.Layout) {
	for i := range l.Columns {
		c := &l.Columns[i]
		if wan, known := h.inWan[sheet.Fold(c.Heading)]; known && !c.Told {
			c.Wan = wan
		}
	}
}

// remember keeps how the columns of a layout are understood.
func remember(tx *gorm.DB, s Sheet, l sheet.Layout) error {
	var all []habit
	seen := map[string]bool{}
	for _, c := range l.Columns {
		header := sheet.Fold(c.Heading)
		// What is no heading but a value, of a table without a header, is nobody's
		// habit.
		if header == "" || seen[header] || len([]rune(header)) > 100 || len(privacy.Find(c.Heading)) > 0 {
			continue
		}
		seen[header] = true
		all = append(all, habit{s.UnitID, s.Target, header, c.Field, c.Wan})
	}
	if len(all) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "unit_id"}, {Name: "target"}, {Name: "header"}},
		DoUpdates: clause.AssignmentColumns([]string{"field", "wan"}),
	}).Create(&all).Error
}
