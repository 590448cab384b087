package roll

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// expect compares an error with the one that should have come.
func (h *shelf) expect(what string, got, want error) {
	h.t.Helper()
	if !errors.Is(got, want) {
		h.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestHouseholdsGoThroughTwoRoundsAndTheAnnouncement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.create(Households, shuangliu)
		next := func(to Stage, today workday.Date) error { return h.advance(r.ID, to, today, today.Add(6)) }
		h.expect("empty", next(Village, "2026-03-02"), ErrEmpty)
		h.fill(r, records(3))
		h.expect("without minutes", next(Village, "2026-03-02"), ErrMinutes)
		must(t, h.minutes(r.ID, Village))
		h.expect("a round left out", next(Town, "2026-03-02"), ErrStage)
		must(t, next(Village, "2026-03-02"))
		h.expect("the round again", next(Village, "2026-03-20"), ErrStage)
		must(t, h.minutes(r.ID, Town))
		h.expect("on the last day", next(Town, "2026-03-08"), ErrStanding)
		objection, err := h.hold(r.ID, 2)
		must(t, err)
		h.expect("with an objection to a row", next(Town, "2026-03-09"), ErrHeld)
		h.lift(objection)
		objection, err = h.hold(r.ID, 0)
		must(t, err)
		h.expect("with an objection to the list", next(Town, "2026-03-09"), ErrHeld)
		h.lift(objection)
		must(t, next(Town, "2026-03-09"))
		h.expect("within the second round", next(County, "2026-03-10"), ErrStanding)
		must(t, next(County, "2026-03-16"))
		must(t, next(Final, "2026-03-23"))
		h.expect("beyond the end", next("", "2026-05-01"), ErrStage)
		if r := h.now(r.ID); r.Stage != Final || r.Next() != "" {
			t.Errorf("%+v", r)
		}
		_, err = h.hold(r.ID, 1)
		h.expect("an objection to a final list", err, ErrStage)
	})
}

func TestExitsNeedEveryHouseholdsAgreement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.create(Exits, shuangliu)
		h.fill(r, []sheet.Record{record(2, "label", "王小二", "people", "3", "agreed", "是"),
			record(3, "label", "李小四", "people", "1", "agreed", "否", "note", `"agreed":"yes"`)})
		h.expect("one has not", h.advance(r.ID, Village, "2026-03-02", "2026-03-08"), ErrConsent)
		must(t, h.amend(r.ID, "", Edit{Key: 2, Label: "李小四", People: 1, Cells: map[string]string{"agreed": "yes"}}))
		must(t, h.advance(r.ID, Village, "2026-03-02", "2026-03-08"))
		h.expect("a town round", h.advance(r.ID, Town, "2026-03-09", "2026-03-15"), ErrStage)
		must(t, h.advance(r.ID, County, "2026-03-09", ""))
		must(t, h.advance(r.ID, Final, "2026-03-09", ""))
	})
}

func TestOtherRollsAreFinalWhenPublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		for _, k := range []Kind{Payments, Allocation, Projects} {
			r := h.create(k, shuangliu)
			h.fill(r, records(2))
			h.expect(string(k), h.advance(r.ID, Village, "2026-03-02", "2026-03-08"), ErrStage)
			must(t, h.advance(r.ID, Final, "2026-03-02", "2026-03-08"))
			row, err := h.Row(bg, r.ID, 1)
			must(t, err)
			if row.StandsUntil != "2026-03-08" {
				t.Errorf("%s: %+v", k, row)
			}
		}
	})
}

func TestChangedRowsStandAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(3, "2026-03-02", "2026-03-08")
		objection, err := h.hold(r.ID, 2)
		must(t, err)
		edit := Edit{Key: 2, Label: "李小四", Team: "二组", People: 5, Reason: "objection_upheld"}
		h.expect("by somebody else", h.amend(r.ID, "2026-03-20", edit), ErrFrozen)
		h.expect("removed by somebody else", h.amend(r.ID, "2026-03-20", Edit{Key: 2, Gone: true}), ErrFrozen)
		must(t, h.amend(r.ID, "2026-03-20", Edit{Key: 1, Label: "王小二", People: 1, Reason: "typo"}))
		h.do(func(tx *gorm.DB) error {
			now, err := h.Amend(tx, r.ID, r.Version+1, []Edit{edit, {Label: "赵小五", People: 2, Reason: "missed"}}, "2026-03-25", objection)
			if err == nil && (now.Size != 4 || now.Version != r.Version+2) {
				t.Errorf("%+v", now)
			}
			return err
		})
		h.lift(objection)
		must(t, h.minutes(r.ID, Town))
		h.expect("while the changed row stands", h.advance(r.ID, Town, "2026-03-25", "2026-04-01"), ErrStanding)
		must(t, h.advance(r.ID, Town, "2026-03-26", "2026-04-01"))

		added, err := h.Row(bg, r.ID, 4)
		must(t, err)
		if added.N != 4 || added.Label != "赵小五" || added.Shown != "赵*五" || added.PlaceCode != shuangliu || added.Reason != "missed" {
			t.Errorf("added: %+v", added)
		}
	})
}

func TestTheRulingsObjectionMustBeTheRowsOnlyOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(3, "2026-03-02", "2026-03-08")
		first, err := h.hold(r.ID, 2)
		must(t, err)
		second, err := h.hold(r.ID, 2)
		must(t, err)
		_, err = h.hold(r.ID, 0)
		must(t, err)
		holds, err := h.Holds(bg, r.ID)
		must(t, err)
		if len(holds) != 2 || holds[2] != 2 || holds[0] != 1 {
			t.Errorf("holds: %v", holds)
		}
		rule := func() error {
			return s.Transact(bg, func(tx *gorm.DB) error {
				_, err := h.Amend(tx, r.ID, r.Version, []Edit{{Key: 2, Gone: true, Reason: "objection_upheld"}}, "2026-03-20", first)
				return err
			})
		}
		h.expect("another objection is open", rule(), ErrFrozen)
		h.lift(second)
		must(t, rule())
		_, err = h.hold(r.ID, 2)
		h.expect("an objection to what is gone", err, store.ErrNotFound)
	})
}

func TestWhatADraftSaidIsForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.households(3)
		must(t, h.amend(r.ID, "2026-03-20", Edit{Key: 1, Label: "王小二", People: 1, Reason: "typo"}, Edit{Key: 3, Gone: true}))
		var rows []Row
		must(t, s.Read(bg).Where("roll_id = ?", r.ID).Order("key").Find(&rows).Error)
		if len(rows) != 2 || rows[0].Label != "王小二" || rows[0].StandsUntil != "" {
			t.Errorf("%+v", rows)
		}
	})
}

func TestEditsThatCannotBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.opened(3, "2026-03-02", "2026-03-08")
		for _, c := range []struct {
			field, key string
			edit       Edit
		}{
			{"label", "required", Edit{Key: 1, Label: " "}},
			{"label", "too_long", Edit{Key: 1, Label: strings.Repeat("王", 51)}},
			{"note", "too_long", Edit{Key: 1, Label: "王", Cells: map[string]string{"note": strings.Repeat("王", 201)}}},
			{"people", "negative", Edit{Key: 1, Label: "王", People: -1}},
			{"people", "too_large", Edit{Key: 1, Label: "王", People: 1 << 40}},
			{"amount", "negative", Edit{Key: 1, Label: "王", AmountFen: -1}},
			{"amount", "too_large", Edit{Key: 1, Label: "王", AmountFen: 1 << 62}},
			{"place", "place_unknown", Edit{Key: 1, Label: "王", PlaceCode: weizigou}},
			{"key", "twice", Edit{Key: 2, Label: "王"}},
			{"key", "twice", Edit{Gone: true}},
			{"reason", "too_long", Edit{Key: 1, Label: "王", Reason: strings.Repeat("x", 51)}},
		} {
			err := h.amend(r.ID, "2026-03-20", Edit{Key: 2, Label: "李"}, c.edit)
			if wrong := (*Invalid)(nil); !errors.As(err, &wrong) || wrong.Edit != 1 || wrong.Problems[c.field] != c.key {
				t.Errorf("%s %s: %v %+v", c.field, c.key, err, wrong)
			}
		}
		h.expect("a key that is not there", h.amend(r.ID, "2026-03-20", Edit{Key: 9, Label: "王"}), store.ErrNotFound)
		must(t, h.amend(r.ID, "2026-03-20"))
		if now := h.now(r.ID); now.Version != r.Version || now.Size != r.Size {
			t.Errorf("changed by nothing: %+v", now)
		}
	})
}

func TestMinutesStandFromTheirRoundOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newShelf(t, s)
		r := h.households(2)
		today := workday.On(s.Now())
		set := func(by staff.Officer, m Minutes) (kept Minutes, err error) {
			m.RollID = r.ID
			err = s.Transact(bg, func(tx *gorm.DB) (err error) { kept, err = h.SetMinutes(tx, by, m); return err })
			return kept, err
		}
		good := Minutes{Stage: Village, MetOn: today, Present: 20, Entitled: 31, Note: " 到会过三分之二 "}
		first, err := set(h.by, good)
		must(t, err)
		good.Present = 22
		second, err := set(h.by, good)
		must(t, err)
		all, err := h.MinutesOf(bg, r.ID)
		must(t, err)
		if first.ID != second.ID || len(all) != 1 || all[0].Present != 22 || all[0].Note != "到会过三分之二" || all[0].ByID != h.by.ID {
			t.Errorf("%+v", all)
		}
		for field, m := range map[string]Minutes{
			"met_on":   {Stage: Village, MetOn: today.Add(1), Present: 1, Entitled: 1},
			"present":  {Stage: Village, MetOn: today, Entitled: 3},
			"entitled": {Stage: Village, MetOn: today, Present: 4, Entitled: 3},
			"note":     {Stage: Village, MetOn: today, Present: 1, Entitled: 1, Note: strings.Repeat("字", 501)},
		} {
			_, err := set(h.by, m)
			if wrong := (*Invalid)(nil); !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		must(t, h.advance(r.ID, Village, "2026-03-02", "2026-03-08"))
		_, err = set(h.by, good)
		h.expect("after the round began", err, ErrStage)
		good.Stage = Final
		_, err = set(h.by, good)
		h.expect("of no meeting", err, ErrStage)

		good.Stage = Town
		elsewhere := h.publisher(h.unit("大洼区督查室"))
		_, err = set(elsewhere, good)
		h.expect("by another office", err, store.ErrNotFound)
		nobody := h.by
		nobody.Roles = []staff.Role{staff.Registrar}
		_, err = set(nobody, good)
		h.expect("by a registrar", err, staff.ErrForbidden)
	})
}

func (h *shelf) unit(name string) region.Unit {
	h.t.Helper()
	for _, u := range h.atlas.Units() {
		if u.Name == name {
			return u
		}
	}
	h.t.Fatalf("no office %s", name)
	return region.Unit{}
}

func TestUnknownRolls(t *testing.T) {
	h := newShelf(t, storetest.SQLite(t))
	no := uuid.New()
	_, err := h.Roll(bg, no)
	h.expect("roll", err, store.ErrNotFound)
	_, _, err = h.Page(bg, no, Ask{})
	h.expect("page", err, store.ErrNotFound)
	h.expect("each", h.Each(bg, no, 0, nil), store.ErrNotFound)
	h.expect("advance", h.advance(no, Village, "2026-03-02", ""), store.ErrNotFound)
	h.expect("may", h.May(bg, no, Village, "2026-03-02"), store.ErrNotFound)
	h.expect("amend", h.amend(no, "", Edit{Label: "王"}), store.ErrNotFound)
	_, err = h.hold(no, 1)
	h.expect("hold", err, store.ErrNotFound)
	_, err = h.Compare(bg, no, 1, 2)
	h.expect("compare", err, store.ErrNotFound)
	h.lift(no)
}
