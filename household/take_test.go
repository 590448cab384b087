package household

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/tray"
)

func TestABatchIsCountedRecordedAndListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by, county := o.loader(cityPoor), o.loader("盘山县扶贫开发办公室")
		first, err := o.load(by, "一季度.xlsx", pay("王小二", idPlain), pay("李小四", idWithX))
		must(t, err)
		second, err := o.load(by, "二季度.xlsx", pay("赵小五", idPlain))
		must(t, err)
		events, err := ledger.Of(bg, s, ledger.OfPayments, first)
		must(t, err)
		if len(events) != 1 || events[0].Kind != "payments_loaded" || events[0].Body["payments"] != "2" || events[0].Body["fen"] != "246800" || len(events[0].Body) != 2 {
			t.Errorf("events: %+v", events)
		}
		batches, err := o.Batches(bg, by, uuid.Nil)
		must(t, err)
		if len(batches) != 2 || batches[0].ID != second || batches[1].Size != 2 || batches[1].TotalFen != 246800 || batches[0].UnitName != cityPoor || batches[0].Title != "二季度.xlsx" {
			t.Errorf("batches: %+v", batches)
		}
		if next, err := o.Batches(bg, by, second); err != nil || len(next) != 1 || next[0].ID != first {
			t.Errorf("after the second: %+v, %v", next, err)
		}
		if elsewhere, err := o.Batches(bg, county, uuid.Nil); err != nil || len(elsewhere) != 0 {
			t.Errorf("another office sees %+v, %v", elsewhere, err)
		}
		if _, err := o.Batches(bg, county, second); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another office's cursor: %v", err)
		}
		if _, err := o.Batches(bg, staff.Officer{UnitID: by.UnitID, Roles: []staff.Role{staff.Registrar}}, uuid.Nil); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("without the right: %v", err)
		}
	})
}

func TestTheSamePaymentsAreNotTakenTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.loader(cityPoor)
		file := []paid{pay("王小二", idPlain), pay("李小四", idWithX)}
		_, err := o.load(by, "一.xlsx", file...)
		must(t, err)
		if _, err := o.load(by, "换了名字.csv", file...); !errors.Is(err, ErrSameFile) {
			t.Errorf("again: %v", err)
		}
		if n := len(o.look(shuangliu, "王小二", "010014")); n != 1 {
			t.Errorf("%d lines: the second was not undone", n)
		}
		longer := append(file, pay("赵小五", idPlain))
		check, err := o.Target().Check(bg, by, tray.Sheet{})
		must(t, err)
		for i, p := range longer {
			problems := check(p.record(i + 2))
			if told := len(problems) == 1 && problems[0].Key == "same_file"; told != (i == 1) {
				t.Errorf("row %d: %+v", i+2, problems)
			}
		}
		file[1].fen++
		_, err = o.load(by, "改正.xlsx", file...)
		must(t, err)
	})
}

func TestVillagesMustBeTheOfficesOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		county := o.loader("盘山县扶贫开发办公室")
		check, err := o.Target().Check(bg, county, tray.Sheet{})
		must(t, err)
		for village, want := range map[string]string{
			"双柳村": "", "双柳": "", "甜水镇双柳村": "", "双柳村委会": "", shuangliu: "", "盘山县甜水镇双柳村": "", "甜水新立村": "",
			"大榆树村": "place_unknown", "211104112904": "place_unknown", "没有村": "place_unknown", "新立村": "place_several", "甜水镇": "place_village",
		} {
			p := pay("王小二", idPlain)
			p.village = village
			got := ""
			if problems := check(p.record(2)); len(problems) > 0 {
				got = problems[0].Key
			}
			if got != want {
				t.Errorf("%s: %q, want %q", village, got, want)
			}
			_, err := o.load(county, village, p)
			if (want == "") != (err == nil) && !errors.Is(err, ErrSameFile) || want != "" && !errors.Is(err, tray.ErrProblems) {
				t.Errorf("%s is taken with %v", village, err)
			}
		}
	})
}

func TestOnlyLoadersLoad(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	by := o.loader(cityPoor)
	by.Roles = []staff.Role{staff.Supervisor}
	if _, err := o.load(by, "一.xlsx", pay("王小二", idPlain)); !errors.Is(err, staff.ErrForbidden) {
		t.Error(err)
	}
}

func TestKeysFoldWhatPeopleTypeDifferently(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	same := func(what string, a, b []byte, want bool) {
		t.Helper()
		if a == nil || b == nil || bytes.Equal(a, b) != want {
			t.Errorf("%s: same is not %v", what, want)
		}
	}
	same("width and x of an id", o.IDKey(idWithX), o.IDKey("１１０１０５ １９４９１２３１ ００２ｘ"), true)
	same("ids", o.IDKey(idWithX), o.IDKey(idPlain), false)
	same("spaces and dots of a name", o.NameKey(shuangliu, "古丽 • 买买提"), o.NameKey(shuangliu, "古丽·买买提"), true)
	same("names in two villages", o.NameKey(shuangliu, "王小二"), o.NameKey("211122108902", "王小二"), false)
	same("spaces of an account", o.AccountKey("6217 0000 0000 00001234"), o.AccountKey("６２１７００００００００００００1234"), true)
	same("parts that run together", o.mac("look", "ab", "c"), o.mac("look", "a", "bc"), false)
	same("purposes", o.mac("id", "a"), o.mac("name", "a"), false)
	if o.IDKey("123") != nil || o.AccountKey("1234") != nil || o.NameKey("", "王") != nil || o.NameKey(shuangliu, " ") != nil {
		t.Error("what has not the form has a key")
	}
	id := uuid.New()
	if name, err := o.OpenName(id, o.SealName(id, "王小二")); err != nil || name != "王小二" {
		t.Error(name, err)
	}
	if _, err := o.OpenName(uuid.New(), o.SealName(id, "王小二")); err == nil {
		t.Error("a name moved to another row opens")
	}
}

// TestManyPaymentsAreTakenTogether: more than one statement takes.
func TestManyPaymentsAreTakenTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		_, err := o.load(o.loader(cityPoor), "一.xlsx", manyPaid(2_500)...)
		must(t, err)
		var n int64
		must(t, s.Read(bg).Model(&Payment{}).Count(&n).Error)
		if n != 2_500 {
			t.Errorf("%d payments", n)
		}
	})
}

func manyPaid(n int) []paid {
	all := make([]paid, n)
	for i := range all {
		all[i] = pay(fmt.Sprintf("王%d", i), idPlain)
	}
	return all
}
