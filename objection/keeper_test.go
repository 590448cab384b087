package objection

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/staff"
)

func TestTheNearestAboveThePublisherOwesAnObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list()
		_, _, err := o.File(bg, o.filling(n, key(1), WrongIn))
		o.must(err)
		var filed Objection
		o.must(o.Store.Read(bg).Take(&filed).Error)
		for _, test := range []struct {
			name            string
			desk, publisher string
			want            string
		}{
			{"its desk", panshan, "town", panshan},
			{"the desk published it", panshan, panshan, cityDesk},
			{"the city published it", cityDesk, cityDesk, ""},
		} {
			o.must(o.Store.Read(bg).Model(&Objection{}).Where("id = ?", filed.ID).
				Updates(map[string]any{"desk_unit_id": o.units[test.desk].ID, "publisher_id": o.units[test.publisher].ID}).Error)
			owners, err := o.Keeper().Owners(o.Store.Read(bg), []uuid.UUID{filed.ID})
			owner, owed := owners[filed.ID]
			if err != nil || owed != (test.want != "") || owed && (owner.Unit != o.units[test.want].ID || owner.By != nil || owner.Name != filed.Number()) {
				t.Errorf("%s: %+v, %v", test.name, owner, err)
			}
			for _, unit := range []string{panshan, cityDesk, "town"} {
				worker := o.officer(unit, staff.TriageOfficer)
				named, err := o.Keeper().(clock.Discloser).Disclose(bg, worker, []uuid.UUID{filed.ID})
				_, seen := named[filed.ID]
				if _, no := o.one(o.Store.Read(bg), worker, filed.ID); err != nil || seen != (no == nil) || unit == test.want && !seen {
					t.Errorf("%s: %s is told %v, the list says %v", test.name, unit, named, no)
				}
			}
		}
		o.must(o.Store.Read(bg).Model(&Objection{}).Where("id = ?", filed.ID).Update("closed_at", o.Store.Now()).Error)
		if owners, err := o.Keeper().Owners(o.Store.Read(bg), []uuid.UUID{filed.ID}); err != nil || len(owners) != 0 {
			t.Errorf("closed: %v, %v", owners, err)
		}
		if waiting, err := o.Waiting(bg); err != nil || len(waiting) != 0 {
			t.Errorf("closed: %v, %v", waiting, err)
		}
	})
}

func TestAnObjectorIsToldOfADateThatMoves(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := o.filling(o.list(), key(1), WrongIn)
		f.Lang = "en"
		_, _, err := o.File(bg, f)
		o.must(err)
		admin := o.officer(cityDesk, staff.Administrator)
		o.must(o.Clocks.SetRule(bg, admin, clock.Change{Code: ruleAcknowledge, N: 3, DayKind: workday.WorkingDays, Basis: "内部时限", From: "2026-03-01", Why: "节后人手不够"}))
		o.in(func(tx *gorm.DB) error {
			moved, _, _, err := o.Clocks.Recount(tx, clock.Place{}, 100)
			if len(moved) != 1 || err != nil {
				t.Fatalf("moved %+v, %v", moved, err)
			}
			return o.Keeper().Moved(tx, moved[0])
		})
		var filed Objection
		o.must(o.Store.Read(bg).Take(&filed).Error)
		talk, err := o.Intake.Conversation(bg, staff.Officer{}, filed.ReportID)
		o.must(err)
		if *filed.DueOn != "2026-03-05" || filed.DueRule != ruleAcknowledge || len(talk) != 1 {
			t.Fatalf("due %s, %d messages", *filed.DueOn, len(talk))
		}
		for _, want := range []string{"en objection.told.date_moved", "3 March 2026", "5 March 2026", "en objection.told.moved.rule"} {
			if !strings.Contains(talk[0].Text, want) {
				t.Errorf("told %q, without %q", talk[0].Text, want)
			}
		}
	})
}
