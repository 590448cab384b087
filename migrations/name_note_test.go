package migrations_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
)

// Why a name was asked for goes to where it can be handed over, as it lies; not of a
// report whose name was destroyed.
func TestWordsOfRequestsFromBeforeCanBeHandedOver(t *testing.T) {
	eachAt(t, 14, func(t *testing.T, s *store.Store, up func(version int64)) {
		ctx := context.Background()
		kept, erased := before(t, s.Pool(), "verifying", nil), before(t, s.Pool(), "verifying", nil)
		up(42)
		at, account := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), uuid.NewString()
		put := func(table string, row map[string]any) {
			t.Helper()
			if err := s.Read(ctx).Table(table).Create(row).Error; err != nil {
				t.Fatal(err)
			}
		}
		var unit string
		if err := s.Read(ctx).Table("unit").Limit(1).Pluck("id", &unit).Error; err != nil {
			t.Fatal(err)
		}
		put("account", map[string]any{"id": account, "login": "keeper", "name": "尤慎言", "unit_id": unit, "state": "active", "password_salt": []byte("x"),
			"password_check": []byte("x"), "must_change": false, "totp_last_step": 0, "created_at": at, "updated_at": at, "version": 1})
		openings := map[string]string{}
		for _, complaint := range []string{kept, erased} {
			openings[complaint] = uuid.NewString()
			put("identity_opening", map[string]any{"id": openings[complaint], "complaint_id": complaint, "purpose": "visit", "words_sealed": []byte("as it lies"),
				"asked_by": account, "asked_at": at, "state": "over"})
		}
		if err := s.Read(ctx).Exec("UPDATE complaint SET erased = 'names' WHERE id = ?", erased).Error; err != nil {
			t.Fatal(err)
		}
		up(newest)
		var notes []struct {
			OwnerID, ReportID, RecipientKind, RecipientID string
			Sealed                                        []byte
		}
		if err := s.Read(ctx).Table("name_note").Find(&notes).Error; err != nil {
			t.Fatal(err)
		}
		if len(notes) != 1 || notes[0].OwnerID != openings[kept] || notes[0].RecipientKind != "server" || notes[0].RecipientID != "" || string(notes[0].Sealed) != "as it lies" {
			t.Errorf("notes: %+v", notes)
		}
		var what []string
		if err := s.Read(ctx).Table("identity_opening").Pluck("what", &what).Error; err != nil || len(what) != 2 || what[0] != "name" {
			t.Errorf("what was asked for: %v, %v", what, err)
		}
	})
}
