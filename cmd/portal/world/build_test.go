package world_test

import (
	"io"
	"testing"

	"github.com/google/uuid"

	"minsheng/cmd/portal/world"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/staff"
)

func TestTheDemoWorldShowsEveryState(t *testing.T) {
	each(t, func(t *testing.T, r world.Rooms) {
		now := r.Store.Now()
		logins, err := world.Build(ctx, r, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if late := r.Store.Now().Sub(now); late < 0 || late.Minutes() > 5 {
			t.Errorf("the clock was left %s off", late)
		}
		for _, state := range []intake.State{intake.Submitted, intake.NeedInfo, intake.Accepted, intake.Verifying, intake.Decided, intake.Delivered, intake.Review, intake.Final,
			intake.Closed, intake.NotAccepted, intake.Transferred, intake.Referred, intake.Merged} {
			if count(t, r, "SELECT COUNT(*) FROM complaint WHERE state = ?", state) == 0 {
				t.Errorf("no complaint is %s", state)
			}
		}
		for _, state := range []docket.ItemState{docket.Docketed, docket.Acknowledged, docket.InProgress, docket.Returned, docket.StruckOff} {
			if count(t, r, "SELECT COUNT(*) FROM supervision_item WHERE state = ?", state) == 0 {
				t.Errorf("no item is %s", state)
			}
		}
		if future := count(t, r, "SELECT COUNT(*) FROM event WHERE at > ?", r.Store.Now()); future > 0 {
			t.Errorf("%d events lie in the future", future)
		}
		if backwards := count(t, r, "SELECT COUNT(*) FROM event a JOIN event b ON b.subject_kind = a.subject_kind AND b.subject_id = a.subject_id AND b.seq = a.seq + 1 WHERE b.at < a.at"); backwards > 0 {
			t.Errorf("%d events happen before the one before them", backwards)
		}
		shown, err := r.Notices.List(ctx, "", uuid.Nil)
		if err != nil || len(shown) < 10 {
			t.Errorf("%d notices, %v", len(shown), err)
		}
		seen, people := map[staff.Role]bool{}, map[string]staff.Officer{}
		for _, l := range logins {
			_, s, err := r.Staff.SignIn(ctx, l.Login, l.Password, "test")
			if err != nil {
				t.Errorf("%s cannot sign in: %v", l.Login, err)
			}
			people[l.Login] = s.Officer
			for _, role := range s.Officer.Roles {
				seen[role] = true
			}
			if s.Officer.Login == "ps.shouli" {
				counts, err := r.Triage.Counts(ctx, s.Officer)
				if err != nil || counts.Open < 5 {
					t.Errorf("盘山县 has %+v, %v", counts, err)
				}
			}
		}
		for _, role := range staff.Roles() {
			if !seen[role] {
				t.Errorf("nobody is %s", role)
			}
		}
		told := &story{t, r, people}
		told.items()
		told.rectified()
		told.measures()
		told.lists()
		told.objections()
		told.money()
		told.duties()
		told.payments()
		told.papers()
		told.locked()
		told.alarms()
		told.dates()
		told.endings()
		told.nothingPersonal()
	})
}
