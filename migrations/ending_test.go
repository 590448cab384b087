package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
)

// What was answered before letters were delivered stays valid: its reporter may
// ask for a review for as long as the answer said, and of what is neither answered
// nor open nothing changes.
func TestAnswersFromBeforeKeepTheTimeToAskForAReview(t *testing.T) {
	eachAt(t, 14, func(t *testing.T, s *store.Store, up func(version int64)) {
		ctx := context.Background()
		// Half past eleven at night in Shanghai, and still the same day.
		answered := time.Date(2026, 3, 2, 15, 30, 0, 0, time.UTC)
		delivered, verifying := before(t, s.Pool(), "delivered", &answered), before(t, s.Pool(), "verifying", nil)
		up(newest)
		var rows []struct{ SubjectID, Rule, StartedOn, DueOn, ToldOn string }
		if err := s.Read(ctx).Table("deadline").Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 || rows[0].SubjectID != delivered || rows[0].Rule != "complaint.review_request" || rows[0].StartedOn != "2026-03-02" || rows[0].DueOn != "2026-04-01" || rows[0].ToldOn != "2026-04-01" {
			t.Errorf("times to ask: %+v", rows)
		}
		for _, state := range []string{"review", "reexam", "final"} {
			if err := s.Read(ctx).Exec("UPDATE complaint SET state = ? WHERE id = ?", state, verifying).Error; err != nil {
				t.Errorf("%s: %v", state, err)
			}
		}
		if err := s.Read(ctx).Exec("UPDATE complaint SET outcome = 'repeat_after_final' WHERE id = ?", verifying).Error; err != nil {
			t.Error(err)
		}
		if err := s.Read(ctx).Exec("UPDATE complaint SET state = 'lost' WHERE id = ?", verifying).Error; err == nil {
			t.Error("any state is taken")
		}
	})
}

// before stores a complaint as it was stored until then.
func before(t *testing.T, db *sql.DB, state string, delivered *time.Time) string {
	t.Helper()
	unit, report, complaint := uuid.NewString(), uuid.NewString(), uuid.NewString()
	at := time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)
	run := func(table, columns string, values ...any) {
		t.Helper()
		if err := insert(db, table, columns, values...); err != nil {
			t.Fatal(err)
		}
	}
	run("unit", "id, name, kind, level, takes_complaints, doc_mark, phone, valid_from", unit, unit, "supervision_office", "county", true, "", "", "2015-01-01")
	run("report", "id, receipt_index, mode, channel, place_code, place_name, lang, received_at", report, []byte(report), "anonymous", "web", "211122111901", "双柳村", "zh-CN", at)
	run("complaint", "id, report_id, part, state, outcome, mode, channel, place_code, town_code, county_code, place_name, kind, programme, severity, accused_level, desk_unit_id, summary, due_rule, extended, received_at, version",
		complaint, report, 1, state, "", "anonymous", "web", "211122111901", "211122111000", "211122000000", "双柳村", "", "", 3, "unknown", unit, "", "", false, at, 1)
	if delivered != nil {
		run("event", "id, subject_kind, subject_id, seq, kind, at, actor_kind, actor_name, actor_role, actor_unit, body", uuid.NewString(), "complaint", complaint, 1, "delivered", *delivered, "staff", "", "", "", "{}")
	}
	return complaint
}

func insert(db *sql.DB, table, columns string, values ...any) error {
	marks := make([]string, len(values))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	_, err := db.Exec("INSERT INTO "+table+" ("+columns+") VALUES ("+strings.Join(marks, ", ")+")", values...)
	if err != nil {
		err = fmt.Errorf("%s: %w", table, err)
	}
	return err
}
