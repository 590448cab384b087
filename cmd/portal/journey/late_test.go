package journey_test

import (
	"context"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

const instructed = "核清低保补贴未按月到户的问题"

// lateGoesUp: what a leader instructed is docketed and issued, the county's poverty
// office acknowledges and does nothing more; the clock turns yellow, then red, and
// the item goes up to the city by itself.
func lateGoesUp(folder string) walk {
	return func(t *testing.T, browser context.Context, base, dir string) {
		a := &album{dir: dir, about: "-late"}
		person := func(login string) *officer {
			o := &officer{tab: open(t, browser, base, "", desk, a)}
			o.signIn(login)
			return o
		}
		county, poor, city := person("ps.shouli"), person("ps.fupin"), person("shi.shenpi")
		item := county.dockets()
		county.takes("issue")
		poor.visit("/console")
		poor.says("main", instructed)
		poor.expect(poor.visit(item), http.StatusOK)
		poor.fills("acknowledge", "responsible", "祝办事")
		poor.shot("acknowledge")
		poor.takes("acknowledge")

		s := demoStore(t, folder)
		worksToday(t, s)
		days := func(late int) { lateBy(t, s, path.Base(item), late) }
		days(2)
		poor.hears("yellow")
		county.hears("yellow")
		city.visit("/console/alarms")
		if strings.Contains(city.text("main"), instructed) {
			t.Error("the city hears of an item that is only yellow")
		}
		days(7)
		county.hears("red")
		city.hears("escalated")
		city.shot("escalated")
		city.expect(city.visit(item), http.StatusOK)
		city.says("main", "升级")
		city.expect(city.visit("/console/alarms"), http.StatusOK)
		once := strings.Count(city.text("main"), instructed)
		days(9)
		time.Sleep(3 * time.Second) // three more turns of the watch
		city.visit("/console/alarms")
		if again := strings.Count(city.text("main"), instructed); again != once || once != 1 {
			t.Errorf("the city hears of it %d times, then %d", once, again)
		}
	}
}

// dockets writes down what a leader instructed, and returns the path of the item.
func (o *officer) dockets() string {
	o.t.Helper()
	o.visit("/console/items/new")
	o.tap(`label:has(input[name="origin"][value="leader_instruction"])`)
	for field, text := range map[string]string{
		"origin_note": "县政府主要领导在信息专报上批示：请督查室盯住。", "title": instructed,
		"summary": "多个镇反映低保补贴隔月发放，有的两个月并一次。", "requirement": "逐镇查清停在哪一步，补齐欠发月份，报送发放回单。",
	} {
		o.write(`[name="`+field+`"]`, text)
	}
	o.sets(`[name="origin_on"]`, string(workday.On(time.Now())))
	o.tap(`label:has(input[name="urgency"][value="normal"])`)
	o.choose(`select[name="lead"]`, "盘山县扶贫开发办公室")
	o.choose(`select[name="town"]`, "甜水镇")
	o.shot("new-item")
	o.expect(o.press(`.panel form .send button[type=submit]`), http.StatusOK)
	o.says("main", instructed)
	return ask[string](o.tab, `location.pathname`)
}

// hears waits until the watch has announced a stage of the item.
func (o *officer) hears(stage string) {
	o.t.Helper()
	for end := time.Now().Add(50 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		o.expect(o.visit("/console/alarms"), http.StatusOK)
		if strings.Contains(ask[string](o.tab, `[...document.querySelectorAll('.a-`+stage+`')].map(e => e.innerText).join()`), instructed) {
			o.shot("alarm-" + stage)
			return
		}
		if time.Now().After(end) {
			o.t.Fatalf("nobody hears that the item is %s: %s", stage, o.text("main"))
		}
	}
}

// worksToday makes today and tomorrow working days: the watch disturbs nobody on
// others, and tests run on any day.
func worksToday(t *testing.T, s *store.Store) {
	t.Helper()
	today := workday.On(time.Now())
	for _, day := range []workday.Date{today, today.Add(1)} {
		err := s.Read(t.Context()).Exec("INSERT INTO calendar_day (on_day, works, name, source, at) VALUES (?, ?, '加班', '测试', ?) ON CONFLICT (on_day) DO UPDATE SET works = excluded.works",
			string(day), true, s.Now()).Error
		if err != nil {
			t.Fatal(err)
		}
	}
}

// lateBy makes the last day of an item so many working days ago, in the database of
// the running demo: nobody can wait three weeks for a test.
func lateBy(t *testing.T, s *store.Store, item string, days int) {
	t.Helper()
	due := workday.BuiltIn().WorkdaysBefore(workday.On(s.Now()), days)
	err := s.Transact(t.Context(), func(tx *gorm.DB) error {
		id := uuid.MustParse(item)
		err := tx.Exec("UPDATE deadline SET due_on = ?, started_on = ? WHERE subject_id = ? AND met_at IS NULL", due, due.Add(-15), id).Error
		if err != nil {
			return err
		}
		return tx.Exec("UPDATE supervision_item SET due_on = ?, version = version + 1 WHERE id = ?", due, id).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}
