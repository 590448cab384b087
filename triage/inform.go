package triage

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// inform tells everybody whose report is handled as this complaint what was
// decided, by the catalog key told.<event>: its own reporter, and those whose
// reports were merged into it. Each reads it under the own receipt, in the own
// language, and learns nothing of the others.
func (q *Queue) inform(tx *gorm.DB, by staff.Officer, c *intake.Complaint, event string, pairs ...any) error {
	return q.write(tx, by, c, intake.NoticeOfStep, func(lang string) string { return q.say(lang, event, pairs...) })
}

// say is the sentence of told.<event>, with dates as people write them.
func (q *Queue) say(lang, event string, pairs ...any) string {
	spoken := slices.Clone(pairs)
	for i, value := range spoken {
		if day, ok := value.(workday.Date); ok {
			spoken[i] = sayDay(lang, day)
		}
	}
	return q.tell(lang, "told."+event, spoken...)
}

// sayDay writes a day out: 2026年12月8日, 8 December 2026.
func sayDay(lang string, day workday.Date) string {
	if lang == "en" {
		return day.Time().Format("2 January 2006")
	}
	return day.Time().Format("2006年1月2日")
}

// write sends everybody whose report is handled as this complaint a text in
// their own language.
func (q *Queue) write(tx *gorm.DB, by staff.Officer, c *intake.Complaint, kind intake.MessageKind, text func(lang string) string) error {
	everybody, err := withMerged(tx, c)
	if err != nil {
		return err
	}
	for _, each := range everybody {
		if err := q.writeOne(tx, by, &each, kind, text); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) writeOne(tx *gorm.DB, by staff.Officer, c *intake.Complaint, kind intake.MessageKind, text func(lang string) string) error {
	lang, err := langOf(tx, c.ReportID)
	if err != nil {
		return err
	}
	return q.intake.Reply(tx, by, c.ReportID, &c.ID, kind, text(lang))
}

// langOf is the language in which a report was handed in.
func langOf(tx *gorm.DB, report uuid.UUID) (string, error) {
	var langs []string
	err := tx.Table("report").Where("id = ?", report).Pluck("lang", &langs).Error
	if len(langs) == 0 || langs[0] == "" {
		return "zh-CN", err
	}
	return langs[0], err
}

// withMerged lists a complaint and those merged into it, whoever may see them:
// it serves only to reach their reporters.
func withMerged(tx *gorm.DB, c *intake.Complaint) ([]intake.Complaint, error) {
	var merged []intake.Complaint
	err := tx.Where("merged_into = ? AND state = ?", c.ID, intake.Merged).Order("seq").Limit(500).Find(&merged).Error
	return append([]intake.Complaint{*c}, merged...), err
}
