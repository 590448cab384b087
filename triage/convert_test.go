package triage

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestACaseJoinsOneThatIsThereAlready(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c, none := w.accepted(), func(*gorm.DB, intake.Complaint, Into) error { return nil }
		w.must(w.Join(bg, w.officer, c.ID, none))
		if now := w.again(c); now.Version != c.Version {
			t.Errorf("nothing was joined, and the version is %d", now.Version)
		}
		var item uuid.UUID
		w.must(w.Join(bg, w.officer, c.ID, toItem(&item)))
		events, err := ledger.Of(bg, s, ledger.OfComplaint, c.ID)
		w.must(err)
		if last := events[len(events)-1]; last.Kind != "converted" || last.Body["item"] != item.String() || w.again(c).Version != c.Version+1 {
			t.Errorf("record %+v, version %d", last, w.again(c).Version)
		}
		if err := w.Join(bg, w.foreign, c.ID, toItem(&item)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another county: %v", err)
		}
		if err := w.Join(bg, w.custodian, c.ID, toItem(&item)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("who keeps names: %v", err)
		}
		over := w.closed()
		if err := w.Join(bg, w.officer, over.ID, toItem(&item)); !errors.Is(err, step.ErrState) {
			t.Errorf("a closed case: %v", err)
		}
	})
}

// item stores a supervision item that came of a case, as the room of items does.
func (w *crew) item(c intake.Complaint, closed bool) {
	w.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), w.store.Now()
	row := map[string]any{
		"id": id, "issuer_id": w.units[panshan].ID, "year": 2026, "number": "", "title": "核查", "summary": "核查", "requirement": "核查", "urgency": "normal",
		"state": "docketed", "place_code": shuangliu, "lead_unit_id": w.units[panshanPoor].ID, "created_by": w.officer.ID, "created_at": now, "version": 1,
	}
	if closed {
		row["state"], row["closed_at"] = "cancelled", now
	}
	w.must(w.store.Read(bg).Table("supervision_item").Create(row).Error)
	w.must(w.store.Read(bg).Table("item_complaint").Create(map[string]any{"item_id": id, "complaint_id": c.ID}).Error)
}

func TestACaseIsNotClosedBeforeWhatCameOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		c := w.satisfied()
		w.item(c, true)
		merged := w.described()
		w.must(s.Read(bg).Exec("UPDATE complaint SET state = 'merged', merged_into = ? WHERE id = ?", c.ID, merged.ID).Error)
		w.item(merged, false)
		if err := w.Close(bg, w.officer, c.ID, c.Version); !errors.Is(err, step.ErrState) {
			t.Errorf("an item of a merged report is open: %v", err)
		}
		w.must(s.Read(bg).Exec("UPDATE supervision_item SET state = 'cancelled', closed_at = ?", w.store.Now()).Error)
		if err := w.Close(bg, w.officer, c.ID, c.Version); !errors.Is(err, step.ErrState) {
			t.Errorf("who was merged in does not have the answer: %v", err)
		}
		w.reaches(c, merged, w.today().Add(-60))
		w.must(w.Close(bg, w.officer, c.ID, c.Version))
	})
}

func TestAmongManyOnlyVisibleOnesAreListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		plain, about, back := w.submitted(), w.submitted(), w.submitted()
		w.about(about, w.above, w.units[panshan].ID)
		w.stepBack(back, w.officer)
		all := []uuid.UUID{back.ID, about.ID, plain.ID, uuid.New()}
		for name, test := range map[string]struct {
			by   staff.Officer
			want []uuid.UUID
		}{
			"officer": {w.officer, []uuid.UUID{plain.ID}}, "second": {w.second, []uuid.UUID{plain.ID, back.ID}},
			"above": {w.above, []uuid.UUID{plain.ID, about.ID, back.ID}}, "foreign": {w.foreign, nil},
		} {
			rows, err := w.Among(bg, test.by, all...)
			w.must(err)
			var got []uuid.UUID
			for _, r := range rows {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: %d of %d", name, len(got), len(test.want))
			}
			// What other rooms hide with it agrees, for offices that the desk is of.
			var hidden []uuid.UUID
			id := clause.Column{Table: "complaint", Name: "id"}
			w.must(s.Read(bg).Table("complaint").Where("?", w.Hides(test.by, id)).Order("seq").Pluck("id", &hidden).Error)
			if name != "foreign" && len(hidden)+len(got) != 3 {
				t.Errorf("%s: sees %d, and %d are hidden", name, len(got), len(hidden))
			}
		}
	})
}

func TestWhoIsAccusedAndWhoIsAnswered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		village, poor := w.village(shuangliu), w.units[panshanPoor]
		plain, answered := w.accepted(), w.delivered()
		ticked, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.AccusedLevel = "town" })
		w.about(answered, w.above, poor.ID)
		accused := func(of ...intake.Complaint) (names []string) {
			var ids []uuid.UUID
			for _, c := range of {
				ids = append(ids, c.ID)
			}
			all, err := w.Accused(s.Read(bg), ids...)
			w.must(err)
			for _, id := range all {
				names = append(names, w.unitName(id))
			}
			return names
		}
		for _, test := range []struct {
			of   []intake.Complaint
			name string
			want bool
		}{
			{[]intake.Complaint{plain}, village.Name, true}, {[]intake.Complaint{plain}, "甜水镇人民政府", false}, {[]intake.Complaint{plain}, poor.Name, false},
			{[]intake.Complaint{ticked}, "甜水镇人民政府", true}, {[]intake.Complaint{plain, answered}, poor.Name, true}, {nil, village.Name, false},
		} {
			if got := slices.Contains(accused(test.of...), test.name); got != test.want {
				t.Errorf("%s accused by %d complaints: %v, want %v", test.name, len(test.of), got, test.want)
			}
		}
		merged := w.described()
		w.must(s.Read(bg).Exec("UPDATE complaint SET state = 'merged', merged_into = ? WHERE id = ?", answered.ID, merged.ID).Error)
		for _, test := range []struct {
			of   []uuid.UUID
			want int
		}{{nil, 0}, {[]uuid.UUID{answered.ID}, 0}, {[]uuid.UUID{merged.ID}, 0}, {[]uuid.UUID{plain.ID, merged.ID, ticked.ID}, 2}} {
			if n, err := w.Unanswered(s.Read(bg), test.of...); err != nil || n != test.want {
				t.Errorf("%d unanswered of %d, %v; want %d", n, len(test.of), err, test.want)
			}
		}
	})
}
