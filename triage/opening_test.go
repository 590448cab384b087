package triage

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// keyed is a crew whose county keeps names under a key of its two custodians.
func keyed(t *testing.T, s *store.Store) *crew {
	t.Helper()
	w := newCrew(t, s)
	w.key(w.keeper)
	w.must(w.custody.Ring(custody.Identity).Create(bg, w.custodian, w.key(w.custodian)))
	w.must(w.custody.Ring(custody.Identity).Admit(bg, w.custodian, w.key(w.custodian), w.keeper.ID, w.key(w.keeper).Recipient()))
	return w
}

// askedFor is the id of the newest request on a case.
func (w *crew) askedFor(c intake.Complaint) uuid.UUID {
	w.t.Helper()
	list, err := w.NamesOf(bg, w.custodian, c.ID)
	w.must(err)
	return list[len(list)-1].ID
}

const toVisit = "visit: 要约定入户时间"

func TestANameIsOpenedByASecondCustodianForOneDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := keyed(t, s)
		c, receipt := w.handIn(shuangliu)
		first, then := w.key(w.custodian), w.key(w.keeper)
		if err := w.AskName(bg, w.custodian, first, c.ID, "contact: "); problem(err, "reason") == "" {
			t.Errorf("no words: %v", err)
		}
		if err := w.AskName(bg, w.custodian, nil, c.ID, toVisit); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("without a key: %v", err)
		}
		w.must(w.AskName(bg, w.custodian, first, c.ID, toVisit))
		if err := w.AskName(bg, w.custodian, first, c.ID, toVisit); !errors.Is(err, step.ErrState) {
			t.Errorf("asked twice: %v", err)
		}
		// Alone a custodian opens nothing.
		if _, _, err := w.Name(bg, w.custodian, first, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("opened by nobody: %v", err)
		}
		if err := w.RuleName(bg, w.custodian, first, w.askedFor(c), true); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("the same person: %v", err)
		}
		outsider := w.office.officer(cityDesk, staff.IdentityCustodian)
		if err := w.RuleName(bg, outsider, w.key(outsider), w.askedFor(c), true); !errors.Is(err, custody.ErrNotMember) {
			t.Errorf("a custodian who holds no key: %v", err)
		}
		if err := w.RuleName(bg, w.keeper, first, w.askedFor(c), true); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("with somebody else's key: %v", err)
		}
		w.must(w.RuleName(bg, w.keeper, then, w.askedFor(c), true))
		who, until, err := w.Name(bg, w.custodian, first, c.ID)
		w.must(err)
		if who.Name != "张试样" || who.Phone != "13800000001" || until.Sub(w.store.Now()) > 24*time.Hour {
			t.Errorf("opened %+v until %v", who, until)
		}
		if _, _, err := w.Name(bg, w.keeper, then, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("who opened it reads it: %v", err)
		}
		page, err := w.intake.Track(bg, receipt)
		w.must(err)
		if o := page.IdentityOpenings; len(o) != 1 || o[0].UnitName != panshan || o[0].Reason != "visit" {
			t.Errorf("the reporter reads %+v", o)
		}
		reader := w.keeper
		reader.Key = then
		asked, err := w.NamesOf(bg, reader, c.ID)
		w.must(err)
		if len(asked) != 1 || asked[0].Words != "要约定入户时间" {
			t.Errorf("who keeps the name reads %+v", asked)
		}
		// After a day it is closed, before anybody has swept and after.
		yesterday := w.store.Now().Add(-time.Minute)
		w.must(s.Read(bg).Table("identity_opening").Where("complaint_id = ?", c.ID).Update("until", yesterday).Error)
		if _, _, err := w.Name(bg, w.custodian, first, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("after a day: %v", err)
		}
		w.must(w.EndNames(bg))
		var row openingRow
		w.must(store.One(s.Read(bg).Where("complaint_id = ?", c.ID), &row))
		if row.State != NameOver || row.Sealed != nil {
			t.Errorf("the copy is left: %s, %d bytes", row.State, len(row.Sealed))
		}
		w.must(w.AskName(bg, w.custodian, first, c.ID, toVisit))
		w.must(w.RuleName(bg, w.keeper, then, w.askedFor(c), false))
		if _, _, err := w.Name(bg, w.custodian, first, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("refused: %v", err)
		}
		if err := w.RuleName(bg, w.keeper, then, w.askedFor(c), true); !errors.Is(err, step.ErrState) {
			t.Errorf("ruled twice: %v", err)
		}
	})
}

func TestWhoMayAskForAName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		anonymous := w.told(shuangliu, "路灯坏了很久没有人修理")
		if err := w.AskName(bg, w.custodian, w.key(w.custodian), anonymous.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("anonymous: %v, want ErrNotFound", err)
		}
		// In 大洼区 there is one custodian, and none above.
		c, _ := w.handIn(dayushu)
		single := w.office.officer(dawa, staff.IdentityCustodian)
		if err := w.AskName(bg, single, w.key(single), c.ID, toVisit); !errors.Is(err, custody.ErrAlone) {
			t.Errorf("the only custodian: %v", err)
		}
		for _, who := range []staff.Officer{w.custodian, w.office.officer(panshanPoor, staff.IdentityCustodian)} {
			if err := w.AskName(bg, who, w.key(who), c.ID, toVisit); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("another office: %v", err)
			}
		}
		// Whom the case turns out to accuse opens nothing of it any more.
		mine, _ := w.handIn(shuangliu)
		w.must(w.AskName(bg, w.custodian, w.key(w.custodian), mine.ID, toVisit))
		asked := w.askedFor(mine)
		w.must(w.NameSubject(bg, w.officer, mine.ID, w.again(mine).Version, []uuid.UUID{w.units[panshan].ID}))
		if err := w.RuleName(bg, w.keeper, w.key(w.keeper), asked, true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an accused office opens: %v", err)
		}
		if list, err := w.AskedNames(bg, w.keeper); err != nil || len(list) != 0 {
			t.Errorf("it still lists %+v, %v", list, err)
		}
	})
}

// TestOfTwoWhoOpenOneDoes: the name is opened once and told once.
func TestOfTwoWhoOpenOneDoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := keyed(t, s)
		third := w.office.officer(panshan, staff.IdentityCustodian)
		w.must(w.custody.Ring(custody.Identity).Admit(bg, w.custodian, w.key(w.custodian), third.ID, w.key(third).Recipient()))
		c, receipt := w.handIn(shuangliu)
		w.must(w.AskName(bg, w.custodian, w.key(w.custodian), c.ID, toVisit))
		asked := w.askedFor(c)
		var both sync.WaitGroup
		errs := make([]error, 2)
		keys := []*staff.Key{w.key(w.keeper), w.key(third)}
		for i, by := range []staff.Officer{w.keeper, third} {
			both.Go(func() { errs[i] = w.RuleName(bg, by, keys[i], asked, true) })
		}
		both.Wait()
		late := slices.IndexFunc(errs, func(err error) bool { return errors.Is(err, step.ErrState) })
		if late < 0 || errs[1-late] != nil {
			t.Errorf("the two got %v", errs)
		}
		page, err := w.intake.Track(bg, receipt)
		w.must(err)
		if len(page.IdentityOpenings) != 1 {
			t.Errorf("the reporter reads %+v", page.IdentityOpenings)
		}
	})
}

// TestTheNameIsCoveredInTheWords: more people read what was written than may know
// who wrote it, and none of them can carry the name out.
func TestTheNameIsCoveredInTheWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := keyed(t, s)
		const said = "我叫张 试样,电话138-0000-0001,也可打１３８００００００01。张试样家的补助少发三千。"
		c, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Text = said })
		page, err := w.Case(bg, w.officer, c.ID)
		w.must(err)
		if got := page.Narrative.Text; strings.Contains(got, "试样") || strings.Contains(got, "0001") || strings.Contains(got, "01。") || strings.Count(got, "〔反映人姓名〕") != 2 {
			t.Errorf("officers read %q", got)
		}
		w.opened(w.custodian, w.keeper, c.ID, toVisit)
		who, _, err := w.Name(bg, w.custodian, w.key(w.custodian), c.ID)
		w.must(err)
		if who.Said == nil || who.Said.Text != said {
			t.Errorf("their own words: %+v", who.Said)
		}
	})
}

// TestWhereNamesAreKeptNoMobileNumberGoesToSeveralReporters: what is with the
// custodians cannot be compared with an answer.
func TestWhereNamesAreKeptNoMobileNumberGoesToSeveralReporters(t *testing.T) {
	kept := Secrets{kept: true}
	if err := kept.Names([2]string{"facts.1", "已与 138 0000 0002 核对。"}); err == nil {
		t.Error("a mobile number went out")
	}
	for _, text := range []string{"请拨打 0427-2800000。", "已核对存折。"} {
		if err := kept.Names([2]string{"facts.1", text}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := (Secrets{}).Names([2]string{"facts.1", "已与13800000002核对。"}); err != nil {
		t.Errorf("nobody's name is kept: %v", err)
	}
}
