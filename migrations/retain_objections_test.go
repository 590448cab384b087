package migrations_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
)

// Objections of before know whether there is a name, requests of before stay, and a
// request or a hold is about one thing: a complaint or an objection.
func TestObjectionsOfBeforeCanBeDestroyed(t *testing.T) {
	eachAt(t, 41, func(t *testing.T, s *store.Store, up func(version int64)) {
		ctx := context.Background()
		at := time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)
		complaint := before(t, s.Pool(), "verifying", nil)
		unit, report, list, objection, person := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
		run := func(table, columns string, values ...any) {
			t.Helper()
			if err := insert(s.Pool(), table, columns, values...); err != nil {
				t.Fatal(err)
			}
		}
		run("unit", "id, name, kind, level, takes_complaints, doc_mark, phone, valid_from", unit, unit, "supervision_office", "county", true, "", "", "2015-01-01")
		run("account", "id, login, name, unit_id, state, password_salt, password_check, must_change, totp_last_step, created_at, updated_at, version", person, person, "员", unit, "active", []byte{1}, []byte{1}, false, 0, at, at, 1)
		run("report", "id, receipt_index, mode, channel, place_code, place_name, lang, received_at", report, []byte(report), "named", "web", "211122111901", "双柳村", "zh-CN", at)
		run("division", "code, name, full_name, level, pinyin, initials, valid_from", "211122111901", "双柳村", "双柳村", "village", "", "", "2015-01-01")
		run("notice", "id, kind, title, doc_number, unit_id, place_code, body, state, starts_on, created_at, version", list, "LIST_VILLAGE", "名单", "", unit, "211122111901", "", "ended", "2026-02-01", at, 1)
		run("objection", "id, report_id, notice_id, kind, state, place_code, place_name, desk_unit_id, publisher_id, due_rule, received_at, version", objection, report, list, "WRONG_IN", "submitted", "211122111901", "双柳村", unit, unit, "", at, 1)
		const columns = "id, report_id, what, ground, basis, why, asked_by, asked_unit, asked_at, state"
		values := func(of ...any) []any {
			return append([]any{uuid.NewString(), report, "names", "wish", "", "", person, unit, at, "over"}, of...)
		}
		run("erasure", columns+", complaint_id", values(complaint)...)
		up(newest)
		var now struct{ Mode, Erased string }
		if err := s.Read(ctx).Table("objection").Take(&now).Error; err != nil || now.Mode != "named" || now.Erased != "" {
			t.Errorf("%+v, %v", now, err)
		}
		run("erasure", columns+", objection_id", values(objection)...)
		run("retention_hold", "id, objection_id, why, set_by, set_at", uuid.NewString(), objection, "法院调卷", person, at)
		for what, of := range map[string][]any{"both": {complaint, objection}, "neither": {nil, nil}} {
			if insert(s.Pool(), "erasure", columns+", complaint_id, objection_id", values(of...)...) == nil {
				t.Errorf("a request is about %s", what)
			}
			if insert(s.Pool(), "retention_hold", "id, why, set_by, set_at, complaint_id, objection_id", append([]any{uuid.NewString(), "法院调卷", person, at}, of...)...) == nil {
				t.Errorf("a hold is on %s", what)
			}
		}
		if insert(s.Pool(), "retention_hold", "id, objection_id, why, set_by, set_at", uuid.NewString(), objection, "法院调卷", person, at) == nil {
			t.Error("kept twice")
		}
	})
}
